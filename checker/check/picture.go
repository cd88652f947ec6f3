package check

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/serverless-patterns/checker/eventsource"
)

// What is shown of long stories.
const (
	maxBody       = 40 // characters of a message's body
	maxMessages   = 8
	maxDeliveries = 4 // of a message: the first ones, and the last
)

// picture shows what happened to the messages of a queue, as one would draw it on a board: a line for each message,
// a column for each of its deliveries, and below how long all that takes on AWS.
func (q *Queue) picture(timelines []eventsource.Timeline) []string {
	var lines []string
	for _, t := range timelines {
		if len(t.Messages) > 0 {
			lines = append(lines, drawing(t, q.t.sent[q.queue.LogicalID])...)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "message: none was delivered from "+q.queue.LogicalID)
	}
	return lines
}

// drawing is the picture of one mapping. Messages that the check has sent have the number in which it sent them.
func drawing(t eventsource.Timeline, sent []string) []string {
	messages := slices.Clone(t.Messages)
	number := func(m eventsource.Message) int { return slices.Index(sent, m.ID) + 1 }
	slices.SortStableFunc(messages, func(a, b eventsource.Message) int { return number(a) - number(b) })
	more := 0
	if len(messages) > maxMessages {
		// What went as usual says least.
		slices.SortStableFunc(messages, func(a, b eventsource.Message) int { return usual(a) - usual(b) })
		more = len(messages) - maxMessages
		messages = messages[:maxMessages]
		slices.SortStableFunc(messages, func(a, b eventsource.Message) int { return number(a) - number(b) })
	}
	rows := make([][]string, len(messages))
	var reasons []string
	for n, m := range messages {
		name := cut(quote(m.Body), maxBody)
		if at := number(m); at > 0 {
			name = fmt.Sprintf("%d. %s", at, name)
		}
		rows[n] = append([]string{name}, cells(t, m)...)
		for _, d := range m.Deliveries {
			reason := fmt.Sprintf("why:     batch %d: %s", d.Batch, d.Why)
			if d.Why != "" && !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
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

// usual is 1 for a message that was delivered once, and processed, else 0.
func usual(m eventsource.Message) int {
	if len(m.Deliveries) == 1 && m.Last().Outcome == eventsource.Processed && m.Last().Then == eventsource.Deleted {
		return 1
	}
	return 0
}

// cells are the deliveries of a message.
func cells(t eventsource.Timeline, m eventsource.Message) []string {
	all := make([]string, len(m.Deliveries))
	for n, d := range m.Deliveries {
		outcome := string(d.Outcome)
		if d.Outcome == eventsource.BatchFailed {
			outcome = "failed" // as a whole
		}
		batch := fmt.Sprintf("batch %d", d.Batch)
		if d.Duplicate {
			batch += ", a duplicate"
		}
		all[n] = fmt.Sprintf("%s: %s → %s", batch, outcome, became(t, d))
	}
	if len(all) > maxDeliveries {
		last := all[len(all)-1]
		all = append(all[:maxDeliveries-2], fmt.Sprintf("… %d more …", len(all)-maxDeliveries+1), last)
	}
	return all
}

// became says what became of a message after a delivery.
func became(t eventsource.Timeline, d eventsource.Delivery) string {
	switch d.Then {
	case eventsource.Back:
		return "back after " + span(time.Duration(d.BackAfter*float64(time.Second)))
	case eventsource.Waiting:
		return "back in " + span(time.Duration(d.BackAfter*float64(time.Second)))
	case eventsource.DeadLettered:
		return t.DeadLetterQueue
	case eventsource.Gone:
		return "deleted by somebody else"
	}
	return string(d.Then)
}

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
	if took == 0 {
		return "nothing of this takes longer; no message had to come back"
	}
	return fmt.Sprintf("this takes %s and longer; what fails comes back after a visibility timeout of %s", span(took), span(time.Duration(t.VisibilityTimeout*float64(time.Second))))
}

// span writes a duration as people do: 1 min 30 s.
func span(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d s", 0)
	}
	var parts []string
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		if n := d / unit.of; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d -= n * unit.of
		}
	}
	return strings.Join(parts, " ")
}
