package lesson02

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var generatedID = check.Check{
	ID:          "generated-id",
	Requirement: "An item without an id gets one, and no two get the same",
	Why: "Requests at the same moment run in execution environments of their own, which know nothing of each other: each of them counts from the start, " +
		"and their clocks show the same second.",
	Next:  "If the body has no id, make one up that cannot come twice: rand.Text() of crypto/rand.",
	After: "create",
	Run: func(t *check.T) {
		isRare(t)
		const requests = 3 // also when a second ends meanwhile, two of them are in the same one
		body := post(`{"name":"Blue kettle","price":19.99}`)
		apart := t.Inject("", wire.Meet(requests)) // each has an environment of its own
		replies := t.API(httpAPI).SendAtOnce(slices.Repeat([]check.Request{body}, requests)...)
		apart()
		first := map[string]bool{}
		for _, reply := range replies {
			id, _ := reply.Object(201, stack.Item{"id": "made-up", "name": "Blue kettle", "price": 19.99})["id"].(string)
			switch {
			case id == "":
				reply.Fail(check.Finding{Got: "no id in the " + reply.Answer().String(), Want: "an id that is not empty"})
			case first[id]:
				reply.Fail(check.Finding{Got: fmt.Sprintf("the id %q twice", id), Want: "an id that no other item has"})
			}
			first[id] = true
			isThere(t, reply, id)
			leadsTo(t, reply, id)
		}
	},
}

// isRare requires that an id which comes twice sooner or later is made up again then: one that is the time in milliseconds,
// or has no more than six digits. What comes of a table's counter needs another call.
func isRare(t *check.T) {
	request := post(`{"name":"Blue kettle","price":19.99}`)
	one := makeID(t, request)
	<-time.After(2 * time.Millisecond) // else the clock may show the same, and the other be refused
	other := makeID(t, request)
	words := one.likeness(other)
	switch {
	case words == "":
		return
	case other.unconditional():
		other.reply.Fail(check.Finding{
			Got:  fmt.Sprintf("an id that is made of %s, %q", words, other.id),
			Want: "an id that cannot come twice",
			Why: "Execution environments know nothing of each other, and requests come at the same moment. Of a million ids, two are the same " +
				"among some 1,200 items; of those that are milliseconds, in the first rush. The second item then takes the place of the first.",
		})
	}
	heal := t.Inject("PutItem", wire.Once(wire.Exists()))
	reply := t.API(httpAPI).Send(request)
	heal()
	if a := reply.Answer(); a.Status != 201 {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("%s: the id is made of %s, and it was taken", a, words),
			Want: "an id that cannot come twice, or another one when it is taken",
			Why: "Execution environments know nothing of each other, and requests come at the same moment. Of a million ids, two are the same " +
				"among some 1,200 items; of those that are milliseconds, in the first rush. The client has sent no id, and is told that its id is taken.",
		})
	}
}

// madeID is an id that was made up, and what tells how.
type madeID struct {
	id       string
	reply    *check.Reply
	calls    int
	from, to time.Time
}

// unconditional tells whether the item was written over one that has its id, if there was one.
func (m madeID) unconditional() bool {
	calls := m.reply.Calls()
	return len(calls) == 1 && calls[0].Operation == "PutItem" && !bytes.Contains(calls[0].Request, []byte(`"ConditionExpression"`)) &&
		!bytes.Contains(calls[0].Request, []byte(`"Expected"`))
}

func makeID(t *check.T, request check.Request) madeID {
	from := time.Now()
	reply := t.API(httpAPI).Send(request)
	to := time.Now()
	id, _ := reply.Object(201, stack.Item{"id": "made-up", "name": "Blue kettle", "price": 19.99})["id"].(string)
	return madeID{id, reply, len(reply.Calls()), from, to}
}

// onlyDigits is an id that differs from others in one number.
var onlyDigits = regexp.MustCompile(`^(\D*)(\d+)(\D*)$`)

// likeness says what two ids are made of, if that is too little to tell many items apart; "" otherwise.
func (m madeID) likeness(other madeID) string {
	a, b := onlyDigits.FindStringSubmatch(m.id), onlyDigits.FindStringSubmatch(other.id)
	if a == nil || b == nil || a[1] != b[1] || a[3] != b[3] || m.calls > 1 || other.calls > 1 {
		return ""
	}
	x, err := strconv.ParseInt(a[2], 10, 64)
	y, err2 := strconv.ParseInt(b[2], 10, 64)
	switch {
	case err != nil || err2 != nil:
	case m.during(x) && other.during(y):
		return "the time in milliseconds"
	case len(a[2]) <= 6 && len(b[2]) <= 6 && y != x+1: // one more is a count, which shows by itself
		return "at most six digits"
	}
	return ""
}

// during tells whether the clock showed this number of milliseconds while the id was made up.
func (m madeID) during(milliseconds int64) bool {
	return m.from.UnixMilli() <= milliseconds && milliseconds <= m.to.UnixMilli()
}
