package check

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

const (
	// heldFor is how long a call is held back, at most: who has not answered by then waits for it.
	heldFor = time.Second
	// underWay is how long a call may be on its way from a process that is frozen already.
	underWay = 200 * time.Millisecond
	// thawed is how long work that was left behind has in the next invocation.
	thawed = 5 * time.Second
)

// Left is work that was not done when a function answered.
type Left struct {
	Operations []string // of the calls that had no answer by then, and whether there never was one
	Picture    []string // of the invocation and of the next one, as evidence
}

// String names the calls: UpdateItem, SendMessage (never).
func (l *Left) String() string { return strings.Join(l.Operations, ", ") }

// Step is a part of a function's work: a call of one of these operations, the usual one first.
type Step []string

// SendThenLook sends a request, and looks for work that the function does not wait for. The calls of each step are
// held back, one step after the other and in the order in which the function is to make them, until the response
// is there or the function is certain to wait for them. done tells whether all work has had its effect. It is asked
// when the response is there, and what is held then has had none. If messages of the template's queues go to functions,
// those are invoked, and it is asked again.
//
// A function that gives up a call sooner than that, and says so by a status of 500 or more, waits for it with a limit of
// its own. It is then sent another request, and what it waits for is not held any more.
//
// If there is work left, next is sent, to see what of it is done then. Otherwise left is nil, as for a response that is
// no success. It is for checks that have sent nothing before.
func (a *API) SendThenLook(steps []Step, another func() (r Request, done func() bool), next Request) (reply *Reply, left *Left) {
	for {
		r, done := another()
		var rest []Step
		reply, left, rest = a.sendThenLook(r, steps, done, next)
		if len(rest) == len(steps) {
			return reply, left
		}
		steps = rest
	}
}

// notGivenUp are the steps without those that a function has waited for, if it has given up a call that is held: all that
// it called, and that are not under way any more.
func (a *API) notGivenUp(reply *Reply, steps []Step) []Step {
	if reply.function == nil || reply.Outcome != sandbox.Answered || reply.Answer().Status < http.StatusInternalServerError {
		return steps
	}
	if !slices.ContainsFunc(reply.Calls(), func(c wire.Call) bool { return c.Status == 0 }) {
		return steps
	}
	a.until(func() bool { return !slices.ContainsFunc(reply.Calls(), isUnderWay) }) // that one was given up, is known a little later
	calls := reply.Calls()
	if !slices.ContainsFunc(calls, func(c wire.Call) bool { return c.Abandoned }) {
		return steps
	}
	return slices.DeleteFunc(slices.Clone(steps), func(s Step) bool {
		called := func(c wire.Call) bool { return slices.Contains(s, c.Operation) }
		return slices.ContainsFunc(calls, called) && !slices.ContainsFunc(calls, func(c wire.Call) bool { return called(c) && isUnderWay(c) })
	})
}

// sendThenLook does it with one request. The rest are the steps of which it is not certain that the function waits for them.
func (a *API) sendThenLook(r Request, steps []Step, done func() bool, next Request) (reply *Reply, left *Left, rest []Step) {
	held := a.t.hold(steps...)
	defer held.open()
	a.t.did = fmt.Sprintf("sent %s to %s, and looked which calls the function waits for", r, a.api.LogicalID)
	response := a.begin(r)
	for reply == nil {
		reply = response.orHeld(held)
	}
	reply.did = a.t.did
	if reply.function == nil || reply.Answer().Status >= 300 || done() {
		return reply, nil, a.notGivenUp(reply, steps)
	}
	if len(a.t.deployed().Mappings()) > 0 && !a.underWay(reply) {
		held.open()
		a.t.Drain()
		if done() {
			return reply, nil, steps
		}
	}
	return reply, a.left(reply, held, steps, next), steps
}

// underWay tells whether calls of an invocation that has ended have no answer, and are still waited for.
func (a *API) underWay(reply *Reply) bool {
	timer := time.NewTimer(underWay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.t.ctx.Done():
	}
	return slices.ContainsFunc(reply.Calls(), isUnderWay)
}

func isUnderWay(c wire.Call) bool { return c.Status == 0 && !c.Abandoned }

// left lets held calls go on, in the next invocation, and draws what is done when. Which invocation a call came from is
// not asked of its trace id: the SDK takes that from the process's environment, where the next invocation has
// put its own. The next invocation makes no call of these steps before all that was left had its time; if the first has
// ended before its first call, there is no call to keep the next one back at.
func (a *API) left(reply *Reply, held *held, steps []Step, next Request) *Left {
	before := reply.Calls()
	var done []string
	operation := "" // the first one
	for _, c := range before {
		if c.Status != 0 {
			done = append(done, fmt.Sprintf("%s %d", c.Operation, c.Status))
			operation = cmp.Or(operation, c.Operation)
		}
	}
	undone := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.ended(before) != "" })
	busy := a.t.hold()
	if operation != "" {
		busy = a.t.hold(Step{operation})
	}
	defer busy.open()
	held.open()
	response := a.begin(next)
	a.until(func() bool {
		now := reply.function.AllCalls()
		return !slices.ContainsFunc(undone, func(s Step) bool { return s.ended(now) == "" })
	})
	after := reply.function.AllCalls()
	busy.open()
	later := response.wait()

	l := &Left{}
	var then []string
	for _, s := range undone {
		o, end := s.name(after), s.ended(after)
		then = append(then, o+" "+cmp.Or(end, "never"))
		if end == "" {
			o += " (never)"
		}
		l.Operations = append(l.Operations, o)
	}
	l.Picture = []string{
		fmt.Sprintf("1st invocation: %s → answer %d → frozen", strings.Join(done, " → "), reply.Answer().Status),
		fmt.Sprintf("2nd invocation, of another request: answer %d; of the work of the 1st: %s", later.Answer().Status, strings.Join(then, " → ")),
		"on AWS: between the two there may be minutes, and after the last one nothing comes any more",
	}
	return l
}

// ended says how the first call of a step was answered; "" if none was.
func (s Step) ended(calls []wire.Call) string {
	for _, c := range calls {
		if slices.Contains(s, c.Operation) && c.Status != 0 {
			return strings.TrimSpace(fmt.Sprintf("%d %s", c.Status, c.ErrorCode))
		}
	}
	return ""
}

// name is the operation that was called, or the usual one.
func (s Step) name(calls []wire.Call) string {
	for _, c := range calls {
		if slices.Contains(s, c.Operation) {
			return c.Operation
		}
	}
	return s[0]
}

// until waits for something that work which was left behind does.
func (a *API) until(happened func() bool) {
	limit := time.NewTimer(thawed)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-limit.C:
			return
		case <-a.t.ctx.Done():
			return
		}
	}
}

// held are calls that are held back, step by step.
type held struct {
	gates    []*wire.Gate
	remove   []func()
	arrivals chan *wire.Gate // each gate once, when a call has come to it
}

// hold holds calls back. It is no fault: calls may take their time.
func (t *T) hold(steps ...Step) *held {
	if t.check.Waits == "" {
		t.fault(fmt.Errorf("the check %s holds calls back, and does not declare it in Waits", t.check.ID))
	}
	h := &held{arrivals: make(chan *wire.Gate, len(steps))}
	for _, step := range steps {
		gate := wire.NewGate()
		h.gates = append(h.gates, gate)
		go func() {
			select {
			case <-gate.Arrived():
				h.arrivals <- gate
			case <-t.ctx.Done():
			}
		}()
		for _, o := range step {
			h.remove = append(h.remove, t.deployed().Inject(wire.Fault{Operation: o, Kind: gate.Hold()}))
		}
	}
	return h
}

func (h *held) open() {
	for _, gate := range h.gates {
		gate.Open()
	}
	for _, remove := range h.remove {
		remove()
	}
}

// response is one that is waited for.
type response struct {
	t     *T
	reply chan *Reply
	err   chan error
}

// begin sends a request without waiting for the response.
func (a *API) begin(r Request) *response {
	w := &response{t: a.t, reply: make(chan *Reply, 1), err: make(chan error, 1)}
	go func() {
		reply, err := a.exchange(r, a.api.URL+r.target())
		if err != nil {
			w.err <- fmt.Errorf("sending %s to %s: %w", r, a.api.LogicalID, err)
			return
		}
		w.reply <- reply
	}()
	return w
}

// orHeld waits for the response. Nil is none: a call that came meanwhile was held for long enough, and goes on.
func (w *response) orHeld(h *held) *Reply {
	var gate *wire.Gate
	select {
	case reply := <-w.reply:
		return reply
	case err := <-w.err:
		w.t.fault(err)
	case gate = <-h.arrivals:
	}
	timer := time.NewTimer(heldFor)
	defer timer.Stop()
	select {
	case reply := <-w.reply:
		return reply
	case err := <-w.err:
		w.t.fault(err)
	case <-timer.C:
		gate.Open()
	}
	return nil
}

func (w *response) wait() *Reply {
	select {
	case reply := <-w.reply:
		return reply
	case err := <-w.err:
		w.t.fault(err)
		return nil
	}
}

// Kept is how many messages could not be processed and are not lost: they wait in a queue of the template's functions,
// or are in its dead-letter queue. Without one they come back, for as long as the queue keeps messages.
func (t *T) Kept() int {
	n := 0
	for _, timeline := range t.timelines() {
		for _, m := range timeline.Messages {
			switch last := m.Last(); last.Then {
			case eventsource.DeadLettered, eventsource.Back, eventsource.Waiting:
				n++
			case eventsource.Lost:
				if last.BackAfter > 0 {
					n++
				}
			}
		}
	}
	return n
}
