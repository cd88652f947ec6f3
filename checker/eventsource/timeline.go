package eventsource

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcome says what came of a delivery.
type Outcome string

// The outcomes of deliveries.
const (
	Processed   Outcome = "processed"    // by all that Lambda knows
	Reported    Outcome = "reported"     // in batchItemFailures
	BatchFailed Outcome = "batch failed" // with all that was in it
	Throttled   Outcome = "throttled"    // the function was not invoked, for as long as the message was invisible
	UnderWay    Outcome = "under way"
)

// Then says what became of a message after a delivery.
type Then string

// What can become of a message.
const (
	Deleted      Then = "deleted"
	Back         Then = "back"        // it was delivered again, after the delivery's BackAfter
	DeadLettered Then = "dead-letter" // SQS moved it to the dead-letter queue
	// Lost is a message that is gone, or will be, without having been processed: it was reported, and deleted all
	// the same; or it comes back until its retention period is over, for lack of a dead-letter queue.
	Lost    Then = "lost"
	Gone    Then = "gone"    // not by the mapping: somebody else deleted it
	Waiting Then = "waiting" // to become visible again
)

// Timeline is what a mapping did with each message. It is a copy.
type Timeline struct {
	Queue    string `json:"queue"`    // logical id
	Function string `json:"function"` // logical id
	// VisibilityTimeout is what passes on AWS between a failed delivery and the next, in seconds.
	VisibilityTimeout float64 `json:"visibilityTimeout"`
	MaxReceiveCount   int     `json:"maxReceiveCount,omitempty"` // 0 without a dead-letter queue
	DeadLetterQueue   string  `json:"deadLetterQueue,omitempty"` // logical id
	Batches           int     `json:"batches"`
	// Messages are in the order in which they were first delivered.
	Messages []Message `json:"messages"`
}

// Message is what happened to a message.
type Message struct {
	ID         string     `json:"id"`
	Body       string     `json:"body"`
	Deliveries []Delivery `json:"deliveries"`
}

// Delivery is one time that a function was given a message.
type Delivery struct {
	Batch      int     `json:"batch"`      // counted from 1, of all batches of the mapping
	Of         int     `json:"of"`         // messages in the batch
	Attempt    int     `json:"attempt"`    // the message's ApproximateReceiveCount
	At         float64 `json:"at"`         // seconds of logical time since the stack was deployed
	Invocation string  `json:"invocation"` // Lambda's request id; "" if the function was not invoked
	Outcome    Outcome `json:"outcome"`
	Then       Then    `json:"then"`
	// Why explains the outcome or what happened then, where they do not explain themselves.
	Why string `json:"why,omitempty"`
	// BackAfter is how long the message stays invisible on AWS before it comes back, in seconds of logical time.
	BackAfter float64 `json:"backAfter,omitempty"`
	// Duplicate is set if the message had been deleted before, and came all the same.
	Duplicate bool `json:"duplicate,omitempty"`

	// Details are those of the [Invocation].
	Details any `json:"-"`
}

// Last is the latest delivery; the zero value if there was none.
func (m Message) Last() Delivery {
	if len(m.Deliveries) == 0 {
		return Delivery{}
	}
	return m.Deliveries[len(m.Deliveries)-1]
}

// Find is what happened to a message, by its id.
func (t Timeline) Find(id string) (Message, bool) {
	for _, m := range t.Messages {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

// Elapsed is how long the story takes on AWS: from the first delivery to the last thing that happened, in
// logical time. What invocations take is not in it.
func (t Timeline) Elapsed() time.Duration {
	first, last := -1.0, 0.0
	for _, m := range t.Messages {
		for _, d := range m.Deliveries {
			if first < 0 || d.At < first {
				first = d.At
			}
			end := d.At
			if d.Then == DeadLettered {
				end += d.BackAfter // SQS moves it when it would come again
			}
			last = max(last, end)
		}
	}
	if first < 0 {
		return 0
	}
	return time.Duration((last - first) * float64(time.Second))
}

// Timeline tells what the mapping did so far.
func (m *Mapping) Timeline() Timeline {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := Timeline{
		Queue: m.Queue, Function: m.Function, VisibilityTimeout: m.visibility.Seconds(), MaxReceiveCount: m.maxReceives,
		DeadLetterQueue: m.deadLetter, Batches: m.batches, Messages: make([]Message, len(m.stories)),
	}
	for n, story := range m.stories {
		t.Messages[n] = *story
		t.Messages[n].Deliveries = slices.Clone(story.Deliveries)
	}
	return t
}

// maxStories is how many messages a timeline keeps, the latest.
const maxStories = 10_000

// story is the record of a message, made when it is first delivered. The caller holds the lock.
func (m *Mapping) story(id, body string) *Message {
	for n := len(m.stories) - 1; n >= 0; n-- { // those that come back are mostly young
		if m.stories[n].ID == id {
			return m.stories[n]
		}
	}
	if len(m.stories) == maxStories {
		m.stories = slices.Clone(m.stories[1:])
	}
	story := &Message{ID: id, Body: body}
	m.stories = append(m.stories, story)
	return story
}

// amend changes the latest delivery of a message.
func (m *Mapping) amend(id string, change func(*Delivery)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, story := range slices.Backward(m.stories) {
		if story.ID == id && len(story.Deliveries) > 0 {
			change(&story.Deliveries[len(story.Deliveries)-1])
			return
		}
	}
}

// Span writes a duration as people do: 1 min 30 s.
func Span(d time.Duration) string {
	if d < time.Second {
		return "0 s"
	}
	var parts []string
	if days := d / (24 * time.Hour); days > 0 {
		parts = append(parts, plural(int(days), "day"))
		d -= days * 24 * time.Hour
	}
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		if n := d / unit.of; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d -= n * unit.of
		}
	}
	return strings.Join(parts, " ")
}
