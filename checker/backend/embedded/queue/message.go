package queue

import (
	"container/heap"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// message is a message that was sent and is not deleted.
type message struct {
	id         string
	body       string
	bodyMD5    string
	attributes attributes
	trace      string // AWSTraceHeader
	group      string // MessageGroupId, which a standard queue only keeps
	sender     string
	sent       time.Time
	first      time.Time // when it was received first; zero if it never was
	received   time.Time // when it was received last
	receives   int
	source     string // the ARN of the queue that gave it up, if this is the dead-letter queue

	order   int       // in its queue
	visible time.Time // when it is hidden: until then
	delayed bool      // hidden because it was sent so, and not because it was received
	line    *line     // where it is
	at      int       // in its line
}

// line is a heap of messages.
type line struct {
	messages []*message
	byTime   bool // by the time when they are visible; else in their order
}

var _ heap.Interface = (*line)(nil)

func (l *line) Len() int { return len(l.messages) }

func (l *line) Less(i, j int) bool {
	a, b := l.messages[i], l.messages[j]
	if l.byTime && !a.visible.Equal(b.visible) {
		return a.visible.Before(b.visible)
	}
	return a.order < b.order
}

func (l *line) Swap(i, j int) {
	l.messages[i], l.messages[j] = l.messages[j], l.messages[i]
	l.messages[i].at, l.messages[j].at = i, j
}

// Push is container/heap's.
func (l *line) Push(x any) {
	m := x.(*message)
	m.line, m.at = l, len(l.messages)
	l.messages = append(l.messages, m)
}

// Pop is container/heap's.
func (l *line) Pop() any {
	last := len(l.messages) - 1
	m := l.messages[last]
	l.messages[last] = nil
	l.messages = l.messages[:last]
	m.line = nil
	return m
}

// leave takes a message out of its line.
func (m *message) leave() {
	if m.line != nil {
		heap.Remove(m.line, m.at)
	}
}

// hide has a message not received until a time.
func (q *queue) hide(m *message, until time.Time) {
	m.leave()
	m.visible = until
	heap.Push(&q.hidden, m)
	q.tell() // whoever waits for the next message may have to wait less
}

// show has a message received next.
func (q *queue) show(m *message) {
	m.leave()
	m.delayed = false
	heap.Push(&q.ready, m)
	q.tell()
}

// add puts a message in the queue: one that is new, or one that another queue gave up.
func (q *queue) add(m *message, now time.Time, delay time.Duration) {
	q.sent++
	m.order = q.sent
	q.messages[m.id] = m
	if delay > 0 {
		m.delayed = true
		q.hide(m, now.Add(delay))
		return
	}
	q.show(m)
}

func (q *queue) remove(m *message) {
	m.leave()
	delete(q.messages, m.id)
}

// settle does what time has done by itself: it shows the messages whose time is over.
func (q *queue) settle(now time.Time) {
	for q.hidden.Len() > 0 && !q.hidden.messages[0].visible.After(now) {
		q.show(q.hidden.messages[0])
	}
}

// expired says whether the queue has kept a message for as long as it keeps any.
func (q *queue) expired(m *message, now time.Time) bool {
	return !now.Before(m.sent.Add(q.seconds(messageRetentionPeriod)))
}

// expire drops the messages that were kept long enough.
func (q *queue) expire(now time.Time) {
	for _, m := range q.messages {
		if q.expired(m, now) {
			q.remove(m)
		}
	}
}

// next is how long it takes until a hidden message is visible; false if there is none.
func (q *queue) next(now time.Time) (time.Duration, bool) {
	if q.hidden.Len() == 0 {
		return 0, false
	}
	return q.hidden.messages[0].visible.Sub(now), true
}

// inFlight is how many messages were received and are neither deleted nor visible again.
func (q *queue) inFlight() (n int) {
	for _, m := range q.hidden.messages {
		if !m.delayed {
			n++
		}
	}
	return n
}

// newID is a random UUID, as AWS's message ids are.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// handlePrefix makes a handle recognizable as one of this package's, and unreadable as one of its uses.
const handlePrefix = "receipt"

// handle is the receipt handle of the message as it was received last.
func (q *queue) handle(m *message) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %d %s %d %s", handlePrefix, q.number, m.id, m.receives, rand.Text()))
}

// find returns the message of a receipt handle. It is nil if there is none any more, and also, with stale
// true, when it was received again since: a handle counts for one receipt.
func (q *queue) find(handle string) (m *message, stale bool, _ *fault) {
	raw, err := base64.StdEncoding.DecodeString(handle)
	parts := strings.Split(string(raw), " ")
	if err != nil || len(parts) != 5 || parts[0] != handlePrefix || parts[1] != strconv.Itoa(q.number) {
		return nil, false, invalidHandle(handle)
	}
	m = q.messages[parts[2]]
	if m != nil && parts[3] != strconv.Itoa(m.receives) {
		return nil, true, nil
	}
	return m, false, nil
}
