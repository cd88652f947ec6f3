package queue_test

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
	"example.com/serverless-patterns/checker/scratch"
)

func init() { scratch.FixSeed() }

const most = 3 // receives before the dead-letter queue

// held is a message as the model knows it.
type held struct {
	body     string
	visible  time.Time
	receives int
	handle   string // of the last receipt
	deleted  bool
	dead     bool
}

// model is what a queue with a dead-letter queue has. Time is moved between the calls.
type model struct {
	direct
	clock        *manual
	source, dead string
	messages     map[string]*held
	order        []string
}

func (m *model) send(t *rapid.T) {
	delay := rapid.IntRange(0, 3).Draw(t, "delay")
	body := fmt.Sprint("body ", len(m.order))
	out := m.call("SendMessage", object{"QueueUrl": m.source, "MessageBody": body, "DelaySeconds": delay})
	require.NotEmpty(t, out.MessageId, out.Message)
	require.NotContains(t, m.messages, out.MessageId)
	m.messages[out.MessageId] = &held{body: body, visible: m.clock.Now().Add(time.Duration(delay) * time.Second)}
	m.order = append(m.order, out.MessageId)
}

// receive gets what must be there: as many as are visible, up to the number asked for.
func (m *model) receive(t *rapid.T) {
	number, timeout := rapid.IntRange(1, 10).Draw(t, "number"), rapid.IntRange(1, 5).Draw(t, "timeout")
	m.receiveFrom(t, m.source, false, number, timeout)
}

func (m *model) receiveDead(t *rapid.T) {
	m.receiveFrom(t, m.dead, true, 10, rapid.IntRange(1, 5).Draw(t, "timeout"))
}

func (m *model) receiveFrom(t *rapid.T, url string, dead bool, number, timeout int) {
	now := m.clock.Now()
	expected := 0
	for _, h := range m.messages {
		if h.deleted || h.dead != dead || h.visible.After(now) {
			continue
		}
		if dead || h.receives < most {
			expected++
		}
	}
	out := m.call("ReceiveMessage", object{"QueueUrl": url, "MaxNumberOfMessages": number, "VisibilityTimeout": timeout, "AttributeNames": []string{"All"}})
	require.Len(t, out.Messages, min(number, expected))
	for _, r := range out.Messages {
		h := m.messages[r.MessageId]
		require.NotNil(t, h, "a message that nobody sent")
		require.False(t, h.deleted, "a message that was deleted")
		require.Equal(t, dead, h.dead)
		require.False(t, h.visible.After(now), "a message in flight")
		h.receives++
		require.Equal(t, strconv.Itoa(h.receives), r.Attributes["ApproximateReceiveCount"])
		require.Equal(t, h.body, r.Body)
		h.visible, h.handle = now.Add(time.Duration(timeout)*time.Second), r.ReceiptHandle
	}
	if dead {
		return
	}
	// Those that had their chances have moved, as far as the queue was looked through: in the order of sending.
	for n, id := range m.order {
		if len(out.Messages) == number && n > slices.Index(m.order, out.Messages[number-1].MessageId) {
			break
		}
		if h := m.messages[id]; !h.deleted && !h.dead && !h.visible.After(now) && h.receives == most {
			h.dead, h.visible = true, now
		}
	}
}

// one draws a message that was received; nil if there is none.
func (m *model) one(t *rapid.T) *held {
	var all []*held
	for _, id := range m.order {
		if h := m.messages[id]; h.handle != "" && !h.deleted {
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return rapid.SampledFrom(all).Draw(t, "message")
}

func (m *model) url(h *held) string {
	if h.dead {
		return m.dead
	}
	return m.source
}

func (m *model) delete(t *rapid.T) {
	h := m.one(t)
	if h == nil {
		return
	}
	out := m.call("DeleteMessage", object{"QueueUrl": m.url(h), "ReceiptHandle": h.handle})
	if h.dead && h.receives == most { // the handle is of the other queue
		require.Contains(t, out.Type, "ReceiptHandleIsInvalid")
		return
	}
	require.Empty(t, out.Type, out.Message)
	h.deleted = true
}

func (m *model) hide(t *rapid.T) {
	h := m.one(t)
	if h == nil || h.dead && h.receives == most {
		return
	}
	timeout := rapid.IntRange(0, 5).Draw(t, "timeout")
	out := m.call("ChangeMessageVisibility", object{"QueueUrl": m.url(h), "ReceiptHandle": h.handle, "VisibilityTimeout": timeout})
	require.Empty(t, out.Type, out.Message)
	h.visible = m.clock.Now().Add(time.Duration(timeout) * time.Second)
}

func (m *model) wait(t *rapid.T) {
	m.clock.advance(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond)
}

// What is sent and not deleted is received until it is: in its queue as often as the policy says, then in
// the dead-letter queue, and never by two at once.
func TestRandomCallsAreThoseOfAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		clock := newClock()
		m := &model{direct: direct{queue.New(clock)}, clock: clock, messages: map[string]*held{}}
		m.dead = m.queueOf("dead", nil)
		m.source = m.queueOf("source", redriveTo("dead", strconv.Itoa(most)))
		rt.Repeat(map[string]func(*rapid.T){
			"send": m.send, "receive": m.receive, "receive dead": m.receiveDead, "delete": m.delete, "hide": m.hide, "wait": m.wait,
		})
		for range most + 1 { // what is left comes out
			clock.advance(time.Minute)
			for range len(m.order)/10 + 1 {
				m.receiveFrom(rt, m.source, false, 10, 1)
			}
		}
		clock.advance(time.Minute)
		found := map[string]bool{}
		for range len(m.order)/10 + 1 {
			for _, r := range m.call("ReceiveMessage", object{"QueueUrl": m.dead, "MaxNumberOfMessages": 10}).Messages {
				require.False(rt, found[r.MessageId], "a message in flight twice")
				found[r.MessageId] = true
			}
		}
		for id, h := range m.messages {
			require.Equal(rt, !h.deleted, found[id], "message %s: %+v", id, h)
		}
	})
}

// tally is what concurrent consumers saw.
type tally struct {
	mu       sync.Mutex
	inFlight map[string]bool
	receives map[string]int
	done     map[string]string // by id: deleted or dead
	all      chan struct{}     // closed when all are done
	expected int
	faults   []string
}

func (s *tally) end(id, how string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, again := s.done[id]; again {
		s.faults = append(s.faults, fmt.Sprintf("%s is %s and was %s", id, how, before))
		return
	}
	s.done[id] = how
	if len(s.done) == s.expected {
		close(s.all)
	}
}

func TestConcurrentConsumersShareTheMessages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		senders, consumers := rapid.IntRange(1, 4).Draw(rt, "senders"), rapid.IntRange(1, 6).Draw(rt, "consumers")
		each, failing := rapid.IntRange(1, 12).Draw(rt, "messages"), rapid.IntRange(1, 4).Draw(rt, "every n-th fails")
		clock := newClock()
		service := queue.New(clock)
		d := direct{service}
		dead := d.queueOf("dead", nil)
		source := d.queueOf("source", redriveTo("dead", strconv.Itoa(most)))
		s := &tally{inFlight: map[string]bool{}, receives: map[string]int{}, done: map[string]string{}, all: make(chan struct{}), expected: senders * each}

		var wg sync.WaitGroup
		running := func() bool {
			select {
			case <-s.all:
				return false
			default:
				return true
			}
		}
		for n := range senders {
			wg.Go(func() {
				for k := range each {
					d.call("SendMessage", object{"QueueUrl": source, "MessageBody": fmt.Sprint(n*each + k), "DelaySeconds": k % 3})
				}
			})
		}
		for range consumers {
			wg.Go(func() {
				for running() {
					for _, r := range d.call("ReceiveMessage", object{"QueueUrl": source, "MaxNumberOfMessages": 3, "WaitTimeSeconds": 1, "VisibilityTimeout": 43200}).Messages {
						s.consume(d, source, r, failing)
					}
				}
			})
		}
		wg.Go(func() {
			for running() {
				for _, r := range d.call("ReceiveMessage", object{"QueueUrl": dead, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20, "VisibilityTimeout": 43200}).Messages {
					s.end(r.MessageId, "dead")
				}
			}
		})
		wg.Go(func() {
			for running() {
				if clock.waiting() == consumers+1 { // nobody has a message in hand
					clock.advance(100 * time.Millisecond)
				}
				runtime.Gosched()
			}
		})
		select {
		case <-s.all:
		case <-time.After(time.Minute):
			s.mu.Lock()
			defer s.mu.Unlock()
			rt.Fatalf("%d of %d messages are done; %d in flight", len(s.done), s.expected, len(s.inFlight))
		}
		service.Close()
		wg.Wait()
		assert.Empty(rt, s.faults)
		for id, how := range s.done {
			if how == "dead" {
				assert.Equal(rt, most, s.receives[id], "receives of a dead message")
			} else {
				assert.Equal(rt, 1, s.receives[id], "receives of a message that is deleted at once")
			}
		}
	})
}

// consume deletes a message, or gives it back if its number says that it fails.
func (s *tally) consume(d direct, source string, r received, failing int) {
	number, _ := strconv.Atoi(r.Body)
	s.mu.Lock()
	if s.inFlight[r.MessageId] {
		s.faults = append(s.faults, r.MessageId+" is in flight twice")
	}
	s.inFlight[r.MessageId] = true
	s.receives[r.MessageId]++
	s.mu.Unlock()
	if number%failing != 0 {
		d.call("DeleteMessage", object{"QueueUrl": source, "ReceiptHandle": r.ReceiptHandle})
		s.end(r.MessageId, "deleted")
		return
	}
	s.mu.Lock()
	delete(s.inFlight, r.MessageId)
	s.mu.Unlock()
	d.call("ChangeMessageVisibility", object{"QueueUrl": source, "ReceiptHandle": r.ReceiptHandle, "VisibilityTimeout": 0})
}
