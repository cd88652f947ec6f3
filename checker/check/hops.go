package check

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// maxHops is how many notifications are shown of a long chain: the first ones, and the last.
const maxHops = 6

// NotificationEvidence is the picture of what buckets have notified functions of: a line for each notification, moved to
// the right by its hop, and what is known of the last invocation that failed, or of the last at all.
func (t *T) NotificationEvidence() []string {
	if t.stack == nil {
		return nil
	}
	return t.pictureOf(t.Notifications())
}

// EvidenceOf is the same picture, of what happened to one object alone.
func (t *T) EvidenceOf(key string) []string {
	var of []eventsource.Notification
	for _, n := range t.Notifications() {
		if n.Key == key {
			of = append(of, n)
		}
	}
	return t.pictureOf(of)
}

func (t *T) pictureOf(all []eventsource.Notification) []string {
	lines := hops(all)
	if len(all) == 0 {
		return append(lines, "hop:  none; no function was notified of anything")
	}
	shown := lastFailed(all, "")
	for i := len(all) - 1; i >= 0 && shown == nil; i-- {
		if len(all[i].Attempts) > 0 {
			shown = &all[i]
		}
	}
	if shown == nil {
		return lines
	}
	if i := stack.NotifiedBy(shown.Last()); i != nil {
		lines = append(lines, (&Reply{t: t, function: t.Function(shown.Function).function, Invocation: i}).Evidence()...)
	}
	return lines
}

// lastFailed is the last notification of a key, or of any if that is "", that did not end well, or nil.
func lastFailed(all []eventsource.Notification, key string) *eventsource.Notification {
	for i := len(all) - 1; i >= 0; i-- {
		if n := &all[i]; len(n.Attempts) > 0 && n.Last().Then != eventsource.Deleted && (key == "" || key == n.Key) {
			return n
		}
	}
	return nil
}

// NotifiedInVain says how the invocation failed that was notified of an object, with "; " before it, to go on with what is
// missing for it. It is "" if none has failed.
func (t *T) NotifiedInVain(key string) string {
	failed := lastFailed(t.Notifications(), key)
	if failed == nil {
		return ""
	}
	if i := stack.NotifiedBy(failed.Last()); i != nil && i.Panicked() {
		return "; " + Outcome(i)
	}
	return "; " + failed.Last().Why
}

// NotifiedLacking is what to do about the permission that the last invocation lacked which was notified of an object, and failed;
// ok is false if it was another reason.
func (t *T) NotifiedLacking(key string) (why, next string, ok bool) {
	failed := lastFailed(t.Notifications(), key)
	if failed == nil {
		return "", "", false
	}
	i := stack.NotifiedBy(failed.Last())
	if i == nil {
		return "", "", false
	}
	f, ok := (&Reply{t: t, function: t.Function(failed.Function).function, Invocation: i}).lacking()
	return f.Why, f.Next, ok
}

// hops draws notifications: hop 2:    ObjectCreated:Put of small/cat.png in Photos → ResizeFunction: done.
func hops(all []eventsource.Notification) []string {
	var lines []string
	for i, n := range all {
		if len(all) > maxHops && i == maxHops-2 {
			lines = append(lines, fmt.Sprintf("hop:    … %d more …", len(all)-maxHops+1))
		}
		if len(all) > maxHops && i >= maxHops-2 && i < len(all)-1 {
			continue
		}
		lines = append(lines, cut(fmt.Sprintf("hop %d: %s%s of %s in %s → %s: %s",
			n.Hop, strings.Repeat("  ", min(n.Hop, maxHops)-1), n.Event, n.Key, n.Bucket, n.Function, outcomeOf(n)), maxLine))
	}
	return lines
}

// outcomeOf says what became of a notification.
func outcomeOf(n eventsource.Notification) string {
	if n.Stopped != "" {
		return "not delivered: " + n.Stopped
	}
	last := n.Last()
	var words string
	switch last.Then {
	case eventsource.Deleted:
		words = "done"
	case eventsource.Back:
		words = "failed, and is tried again"
	case eventsource.Lost:
		words = "failed, and is lost"
	default:
		words = "not yet delivered"
	}
	if tries := len(n.Attempts); tries > 1 {
		words += fmt.Sprintf(" after %d attempts", tries)
	}
	if last.Why != "" {
		words += ": " + last.Why
	}
	if n.Duplicate {
		words += " (S3 has sent it before)"
	}
	return words
}
