package serve

import (
	"fmt"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// delivered shows what came of a message of a batch, and before the first of them the invocation that had the batch.
func (d *deployment) delivered(queue, function string, m eventsource.Message, x eventsource.Delivery) {
	s := d.stack()
	if s == nil {
		return // still being deployed: nobody can have sent anything
	}
	what := fmt.Sprintf("message %.8s %s", m.ID, shown(m.Body))
	_, letters := d.redrive(queue)
	if x.Then == eventsource.DeadLettered {
		d.live.Event("%s of %s is in %s, after %s", what, queue, letters, counted(x.Attempt, "delivery", "deliveries"))
		return
	}
	batch := fmt.Sprintf("batch %d of %s, %s", x.Batch, queue, counted(x.Of, "message", "messages"))
	if i := stack.DeliveredBy(x); i == nil {
		d.live.Event("%s: not delivered to %s: %s", batch, function, x.Why)
	} else if f, err := s.Function(function); err == nil && d.first(queue, function, i) {
		d.live.Invocation(function, batch+":", i, f.Calls(i))
	}
	d.live.Detail("%s: %s", what, d.became(queue, x))
}

// first tells whether an invocation has not been shown yet.
func (d *deployment) first(queue, function string, i *sandbox.Invocation) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := queue + " " + function
	if d.batch[key] == i {
		return false
	}
	d.batch[key] = i
	return true
}

// became says what a delivery came to.
func (d *deployment) became(queue string, x eventsource.Delivery) string {
	text := string(x.Outcome)
	switch x.Then {
	case eventsource.Waiting:
		when := "in " + eventsource.Span(time.Duration(x.BackAfter*float64(time.Second)))
		if d.hurry {
			when = "at once, on AWS " + when
		}
		if most, letters := d.redrive(queue); most > 0 && x.Attempt >= most {
			text += fmt.Sprintf(" in delivery %d of %d, to %s %s", x.Attempt, most, letters, when)
		} else {
			text += fmt.Sprintf(" in delivery %d, back %s", x.Attempt, when)
		}
	default:
		text += ", " + string(x.Then)
	}
	if x.Why != "" {
		text += ": " + x.Why
	}
	return text
}

// redrive is after how many deliveries a queue's messages go where; 0 if they do not.
func (d *deployment) redrive(queue string) (most int, letters string) {
	q, err := d.stack().Queue(queue)
	if err != nil {
		return 0, ""
	}
	for _, m := range q.Mappings() {
		t := m.Timeline()
		return t.MaxReceiveCount, t.DeadLetterQueue
	}
	return 0, ""
}

// shown is the beginning of a body, in one line.
func shown(body string) string {
	const most = 60
	body = strings.Join(strings.Fields(body), " ")
	if text := []rune(body); len(text) > most {
		return string(text[:most]) + "…"
	}
	return body
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
