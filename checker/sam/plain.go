package sam

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// plain returns the text of a node that has to be known before the deployment.
func (d *decoder) plain(n *yaml.Node) (text string, ok bool) {
	v, ok := d.value(n)
	if !ok {
		return "", false
	}
	text, err := v.Resolve(defaults{d})
	if err != nil {
		if !errors.Is(err, errUnknown) { // verify reports those
			d.problem(n, "must be known before the deployment: %s: %s", v, rootCause(err))
		}
		return "", false
	}
	return text, true
}

func rootCause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

func (o *object) textOr(name, missing string) string {
	n := o.get(name)
	if n == nil {
		return missing
	}
	text, _ := o.plain(n)
	return text
}

// texts returns a list of plain texts; a single text stands for a list of one.
func (o *object) texts(name string) []string {
	n := o.get(name)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		text, ok := o.plain(n)
		switch {
		case !ok:
			return nil
		case isFunction(n):
			return splitList(text)
		}
		return []string{text}
	}
	var all []string
	for _, item := range o.list(name) {
		if text, ok := o.plain(item); ok {
			all = append(all, text)
		}
	}
	return all
}

// oneOf returns a text that has to be one of the options.
func (o *object) oneOf(name, missing string, options ...string) string {
	n := o.get(name)
	if n == nil {
		return missing
	}
	text, ok := o.plain(n)
	if ok && !slices.Contains(options, text) {
		o.problem(n, "is %q; it must be %s%s", text, strings.Join(options, " or "), didYouMean(text, options))
	}
	return text
}

func (o *object) booleanOr(name string, missing bool) bool {
	return o.oneOf(name, strconv.FormatBool(missing), "true", "false") == "true"
}

// integer returns a whole number within a range; unit is for messages, and may be "".
func (o *object) integer(name string, missing, least, most int, unit string) int {
	n := o.get(name)
	if n == nil {
		return missing
	}
	text, ok := o.plain(n)
	if !ok {
		return missing
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		o.problem(n, "is %q; it must be a whole number%s", text, prefixed(" of ", unit))
		return missing
	}
	if number < least || number > most {
		o.problem(n, "is %d; it must be from %d to %d%s", number, least, most, prefixed(" ", unit))
		return missing
	}
	return number
}

func (o *object) seconds(name string, missing, least, most int) time.Duration {
	return time.Duration(o.integer(name, missing, least, most, "seconds")) * time.Second
}

func prefixed(prefix, word string) string {
	if word == "" {
		return ""
	}
	return prefix + word
}
