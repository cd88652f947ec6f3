package lesson02

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// text is a value in JSON.
func text(v any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // strings, numbers, lists and maps of them always encode
	return strings.TrimSpace(out.String())
}

// shows requires an answer with a status and an item. It may have more fields than are wanted.
func shows(reply *check.Reply, status int, want stack.Item) {
	got := reply.Object(status, want)
	if name, differs := difference(want, got); differs {
		field := "no " + name
		if value, has := got[name]; has {
			field = fmt.Sprintf("%s %s", name, text(value))
		}
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("%s in the body %s", field, reply.Answer().Body),
			Want: "the body " + text(want),
			Why:  "A client goes on with what the answer says, and with what it finds later. Both have to be what was stored.",
			Next: fmt.Sprintf("Find where %s changes on its way between the request, the table and the answer: its type, its tags, or the code.", name),
		})
	}
}

// finds requires that an item is answered which was asked for by its id.
func finds(reply *check.Reply, want stack.Item) {
	a := reply.Answer()
	for _, call := range reply.Calls() {
		if key := fmt.Sprintf("id=%s", want["id"]); a.Status != 200 && call.Status == 200 && call.Key != "" && call.Key != key {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("%s: the table was asked for %s", a, call.Key),
				Want: fmt.Sprintf("status 200 and the item, for which the table has to be asked for %s", key),
			})
		}
	}
	shows(reply, 200, want)
}

// difference is the first field of an item, by name, that another does not have in the same way.
func difference(want stack.Item, got map[string]any) (name string, differs bool) {
	var names []string
	for name := range want {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "tags" {
			if !sameTags(want[name], got[name]) {
				return name, true
			}
			continue
		}
		if !assert.ObjectsAreEqual(normal(want[name]), normal(got[name])) {
			return name, true
		}
	}
	return "", false
}

// sameTags takes an empty list for none, and any order: tags have none.
func sameTags(want, got any) bool {
	a, b := tags(want), tags(got)
	return a != nil && b != nil && slices.Equal(a, b)
}

// tags are what a list has, in order; nil for anything else.
func tags(v any) []string {
	sorted := []string{}
	switch list := normal(v).(type) {
	case nil:
	case []any:
		for _, e := range list {
			tag, ok := e.(string)
			if !ok {
				return nil
			}
			sorted = append(sorted, tag)
		}
	default:
		return nil
	}
	slices.Sort(sorted)
	return sorted
}

// normal is a value as encoding/json would read it back.
func normal(v any) (out any) {
	_ = json.Unmarshal([]byte(text(v)), &out) // what text writes can be read
	return out
}
