package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/serverless-patterns/checker/eventsource"
)

// What is shown of long stories.
const (
	maxBody       = 32 // characters of a message's body
	maxMessages   = 8
	maxBatches    = 5 // side by side
	maxDeliveries = 4 // of a message, in turn
)

// picture shows what happened to the messages of a queue, as one would draw it on a board: a line for each message,
// a column for each of its deliveries, and below how long all that takes on AWS. The message with the id about is shown
// however many there are.
func (q *Queue) picture(timelines []eventsource.Timeline, about string) []string {
	var lines []string
	for _, t := range timelines {
		if len(t.Messages) > 0 {
			lines = append(lines, drawing(t, q.t.sent[q.queue.LogicalID], about)...)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "message: none was delivered from "+q.queue.LogicalID)
	}
	return lines
}

// drawing is the picture of one mapping. Messages that the check has sent have the number in which it sent them.
func drawing(t eventsource.Timeline, sent []string, about string) []string {
	number := func(m eventsource.Message) int { return slices.Index(sent, m.ID) + 1 }
	messages, more := mostTelling(t.Messages, about, number)
	head, cells := columns(t, messages)
	rows := [][]string{append([]string{""}, head...)}
	var reasons []string
	for _, m := range messages {
		name := cut(quote(m.Body), maxBody)
		if at := number(m); at > 0 {
			name = fmt.Sprintf("%d. %s", at, name)
		}
		rows = append(rows, append([]string{name}, cells(m)...))
		for _, d := range m.Deliveries {
			reason := fmt.Sprintf("why:     batch %d: %s", d.Batch, d.Why)
			if d.Why != "" && !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	if len(head) == 0 {
		rows = rows[1:]
	}
	lines := aligned(rows)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("message: … and %d more", more))
	}
	for n, reason := range reasons {
		if n == maxLines {
			lines = append(lines, fmt.Sprintf("why:     … and %d more", len(reasons)-n))
			break
		}
		lines = append(lines, cut(reason, maxLine))
	}
	return append(lines, "on AWS:  "+onAWS(t))
}

// mostTelling are the messages to show, in the order in which they were sent: the one that it is about says most, what went as
// usual says least, and what was sent last is what the check looks at.
func mostTelling(all []eventsource.Message, about string, number func(eventsource.Message) int) (shown []eventsource.Message, more int) {
	inOrder := func(a, b eventsource.Message) int { return number(a) - number(b) }
	shown = slices.Clone(all)
	slices.SortStableFunc(shown, inOrder)
	if more = len(shown) - maxMessages; more <= 0 {
		return shown, 0
	}
	slices.SortStableFunc(shown, func(a, b eventsource.Message) int {
		return cmp.Or(other(a, about)-other(b, about), usual(a)-usual(b), inOrder(b, a))
	})
	shown = shown[:maxMessages]
	slices.SortStableFunc(shown, inOrder)
	return shown, more
}

// other is 0 for the message with this id, else 1.
func other(m eventsource.Message, id string) int {
	if m.ID == id {
		return 0
	}
	return 1
}

// usual is 1 for a message that was delivered once, and processed, else 0.
func usual(m eventsource.Message) int {
	if len(m.Deliveries) == 1 && m.Last().Outcome == eventsource.Processed && m.Last().Then == eventsource.Deleted {
		return 1
	}
	return 0
}

// columns are the batches of messages, with the time of each since the first, as long as they fit beside each other. Otherwise they
// are the deliveries of each message, without a head.
func columns(t eventsource.Timeline, messages []eventsource.Message) (head []string, cells func(eventsource.Message) []string) {
	if t.Batches > maxBatches {
		return nil, func(m eventsource.Message) []string { return inTurn(t, m) }
	}
	start := -1.0
	for _, m := range t.Messages {
		for _, d := range m.Deliveries {
			if start < 0 || d.At < start {
				start = d.At
			}
		}
	}
	named := map[int]string{}
	for _, m := range messages {
		for _, d := range m.Deliveries {
			named[d.Batch] = fmt.Sprintf("batch %d", d.Batch)
			if later := spanOf(d.At - start); later > 0 {
				named[d.Batch] += ", after " + eventsource.Span(later)
			}
		}
	}
	shown := slices.Sorted(maps.Keys(named))
	for _, batch := range shown {
		head = append(head, named[batch])
	}
	return head, func(m eventsource.Message) []string {
		row := make([]string, len(shown))
		for _, d := range m.Deliveries {
			cell := outcome(d) + became(t, d)
			if d.Then == eventsource.Back {
				cell = outcome(d) + ", back" // the next batch says when
			}
			if d.Duplicate {
				cell = "a duplicate: " + cell
			}
			row[slices.Index(shown, d.Batch)] = cell
		}
		return row
	}
}

// inTurn are the deliveries of a message: the first ones, and the last.
func inTurn(t eventsource.Timeline, m eventsource.Message) []string {
	all := make([]string, len(m.Deliveries))
	for n, d := range m.Deliveries {
		batch := fmt.Sprintf("batch %d: ", d.Batch)
		if d.Duplicate {
			batch = fmt.Sprintf("batch %d, a duplicate: ", d.Batch)
		}
		all[n] = batch + outcome(d) + became(t, d)
	}
	if len(all) > maxDeliveries {
		last := all[len(all)-1]
		all = append(all[:maxDeliveries-2], fmt.Sprintf("… %d more …", len(all)-maxDeliveries+1), last)
	}
	return all
}

func outcome(d eventsource.Delivery) string {
	if d.Outcome == eventsource.BatchFailed {
		return "failed" // as a whole
	}
	return string(d.Outcome)
}

// became says what became of a message after a delivery, to go on after its outcome.
func became(t eventsource.Timeline, d eventsource.Delivery) string {
	switch d.Then {
	case eventsource.Back:
		return ", back after " + eventsource.Span(spanOf(d.BackAfter))
	case eventsource.Waiting:
		return ", back in " + eventsource.Span(spanOf(d.BackAfter))
	case eventsource.DeadLettered:
		return " → " + t.DeadLetterQueue
	case eventsource.Gone:
		return " → deleted by somebody else"
	}
	return " → " + string(d.Then)
}

// spanOf is a number of seconds.
func spanOf(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// aligned makes lines of rows whose columns are below each other.
func aligned(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for n, cell := range row {
			if n == len(widths) {
				widths = append(widths, 0)
			}
			widths[n] = max(widths[n], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		line := "message: "
		for k, cell := range row {
			line += cell + strings.Repeat(" ", widths[k]-utf8.RuneCountInString(cell)) + "   "
		}
		lines[n] = strings.TrimRight(line, " ")
	}
	return lines
}

// onAWS says how long the same story takes there.
func onAWS(t eventsource.Timeline) string {
	took := t.Elapsed()
	waiting := slices.ContainsFunc(t.Messages, func(m eventsource.Message) bool { return m.Last().Then == eventsource.Waiting })
	switch {
	case took == 0 && waiting:
		return "what failed comes back after a visibility timeout of " + eventsource.Span(spanOf(t.VisibilityTimeout))
	case took == 0:
		return "nothing of this takes longer; no message had to come back"
	}
	return fmt.Sprintf("this takes %s and longer; what fails comes back after a visibility timeout of %s", eventsource.Span(took), eventsource.Span(spanOf(t.VisibilityTimeout)))
}
