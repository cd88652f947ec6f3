package lesson05

import (
	"fmt"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/anatomy"
	"example.com/serverless-patterns/checker/check"
)

// What a cold start may cost. hello is a function that only says that. A client of DynamoDB with its configuration
// makes INIT compute about two and a half times as long.
const (
	maxInit  = 8.0                    // computed in INIT, in INITs of hello
	maxEvent = 6.0                    // computed for an event, in INITs of hello: one short rule takes some 3, long ones 12
	longWait = 250 * time.Millisecond // in which INIT computes nothing, beyond five times what hello waits on the same machine, each at the least
	rounds   = 3                      // of measuring before it is said that something is too much, or is not and nearly was
	nearly   = 0.75                   // of a limit: beyond that, one round on a busy machine is not enough to pass
)

var initCalls = check.Check{
	ID:          "init-calls",
	Requirement: "INIT makes no AWS call",
	Why: "Each cold start waits for it: on AWS the first call of a process costs a TLS handshake, and then its answer. When DynamoDB is slow, " +
		"INIT is, too, and after 10 s Lambda ends it. And it proves nothing: what is there now may be gone with the first request.",
	Next: "Make the client in main, and no call. The first request says soon enough if the table is not there.",
	Run: func(t *check.T) {
		f := t.Function(function)
		reply := f.Invoke(request(t.Table(table).Put(kettle(t))))
		reply.Answered()
		calls := f.InitCalls()
		if len(calls) == 0 {
			return
		}
		finding := check.Finding{
			Did:  fmt.Sprintf("started %s, and looked at what it called before it asked for the first event", function),
			Got:  fmt.Sprintf("a DynamoDB %s in INIT", calls[0].Operation),
			Want: "no AWS call before the first event",
		}
		for _, c := range calls {
			finding.Evidence = append(finding.Evidence, "call: "+c.String())
		}
		reply.Fail(finding)
	},
}

var initTime = check.Check{
	ID:          "init",
	Requirement: "INIT computes at most 8 times as long as that of a function that only says hello, and waits for nothing",
	Why: "INIT is what each cold start begins with: the client waits for it, and it is billed. What it makes for requests that may never " +
		"come, every new process makes again.",
	Next:  "Look for what is made before lambda.Start and most requests do not need, and leave it out.",
	Alone: true,
	Run: func(t *check.T) {
		p := pairOf(t)
		var all []check.ColdStart
		for round := 1; ; round++ {
			hello, own := p.measure()
			all = check.Together(all, []check.ColdStart{hello, own})
			tooMuch := excessOfInit(all[0], all[1])
			if sure := tooMuch == nil && check.Times(all[1].InitCPU, all[0].InitCPU) < nearly*maxInit; !sure && round < rounds {
				continue
			}
			t.Measure(coldStartTable(hello, own))
			if tooMuch != nil {
				own.Last.Fail(*tooMuch)
			}
			return
		}
	},
}

// excessOfInit is the finding if INIT costs too much.
func excessOfInit(hello, own check.ColdStart) *check.Finding {
	times := check.Times(own.InitCPU, hello.InitCPU)
	wait := own.Wait - 5*hello.Wait
	switch {
	case times > maxInit:
		most, next, evidence := culprit(own)
		return &check.Finding{
			Got:      fmt.Sprintf("INIT computes for ≈%s ms, ≈%.0f times as long as that of hello, world; most of it is for %s", check.Milliseconds(own.InitCPU), times, most),
			Want:     fmt.Sprintf("at most %.0f times as long as that of hello, world", maxInit),
			Next:     next,
			Evidence: evidence,
		}
	case wait > longWait:
		return &check.Finding{
			Got:  fmt.Sprintf("INIT takes ≈%.0f ms, and computes for ≈%s ms of them: otherwise it waits", own.Init.Seconds()*1000, check.Milliseconds(own.InitCPU)),
			Want: "INIT that waits for nothing",
			Next: "Look in main, and in init functions, for what sleeps or waits for somebody else, and leave it out.",
		}
	}
	return nil
}

// culprit is what most of INIT is for, what to do about it, and how that is known.
func culprit(own check.ColdStart) (most, next string, evidence []string) {
	parts := own.Function.Anatomy(own.Event)
	largest := slices.MaxFunc(parts, func(a, b anatomy.Part) int { return int(a.Init - b.Init) })
	evidence = []string{fmt.Sprintf("INIT: ≈%s ms for the variables and init functions of %s, and less for any other package", check.Milliseconds(largest.Init), largest.Name)}
	switch {
	case 2*largest.Init < own.InitCPU:
		return "main, up to lambda.Start",
			"Look in main for what is made before lambda.Start and that most requests do not need, and leave it out.", evidence
	case largest.Name == anatomy.YourCode:
		return "variables and init functions of " + largest.Name,
			"Look for variables outside of functions that are made by a call, such as regexp.MustCompile: each is made in INIT, used or not. " +
				"Leave out what nothing uses, and do the rest without.", evidence
	}
	return "variables and init functions of " + largest.Name, "Do without " + largest.Name + ", or with less of it.", evidence
}

// coldStartTable is what the learner sees change.
func coldStartTable(hello, own check.ColdStart) check.Measure {
	row := func(name string, c check.ColdStart) []string {
		return []string{
			name, check.Milliseconds(c.Init), check.Milliseconds(c.InitCPU), fmt.Sprintf("%.1f", check.Times(c.InitCPU, hello.InitCPU)),
			fmt.Sprint(len(c.Calls)), check.Milliseconds(c.EventCPU),
		}
	}
	return check.Measure{
		Title: "What a cold start costs",
		Columns: []check.Column{
			{Name: "function"}, {Name: "INIT (ms)", Varies: true}, {Name: "its CPU (ms)", Varies: true}, {Name: "× hello", Varies: true},
			{Name: "AWS calls"}, {Name: "1st event's CPU", Varies: true},
		},
		Rows: [][]string{row("hello, world", hello), row(function, own)},
		Note: fmt.Sprintf("Medians of %d cold starts on this machine. On AWS, compare Init Duration in the REPORT line.", check.Samples),
	}
}

var events = check.Check{
	ID:          "events",
	Requirement: "What leaves INIT does not come back with an event: none computes longer than 6 INITs of a function that only says hello",
	Why: "The client of a cold start waits for INIT and for the first event: it is all the same to it where the time goes. And what INIT does " +
		"once, a handler does each time.",
	Next:  "Leave out what requests do not need. What few of them need, sync.OnceValue makes when it is first asked for.",
	Alone: true,
	Run: func(t *check.T) {
		p := pairOf(t)
		var all []check.ColdStart
		for round := 1; ; round++ {
			hello, own := p.measure()
			all = check.Together(all, []check.ColdStart{hello, own})
			hello, own = all[0], all[1]
			warm := p.warm()
			got, limit := "", time.Duration(maxEvent*float64(hello.InitCPU))
			switch {
			case warm > limit:
				got = fmt.Sprintf("each event computes for ≈%s ms, ≈%.0f times as long as INIT of hello, world", check.Milliseconds(warm), check.Times(warm, hello.InitCPU))
			case own.EventCPU > limit:
				got = fmt.Sprintf("the first event computes for ≈%s ms, ≈%.0f times as long as INIT of hello, world; those after it for ≈%s ms",
					check.Milliseconds(own.EventCPU), check.Times(own.EventCPU, hello.InitCPU), check.Milliseconds(warm))
			}
			sure := got == "" && float64(max(warm, own.EventCPU)) < nearly*float64(limit)
			switch {
			case !sure && round < rounds:
			case got == "":
				return
			default:
				own.Last.Fail(check.Finding{Got: got, Want: fmt.Sprintf("at most %.0f times as long", maxEvent)})
			}
		}
	},
}

// pair is the function, and the one that it is compared with.
type pair struct {
	t          *check.T
	hello, own *check.Function
	event      check.Event
}

func pairOf(t *check.T) pair {
	item := t.Table(table).Put(kettle(t))
	return pair{t, t.Hello(), t.Function(function), request(item)}
}

func (p pair) measure() (hello, own check.ColdStart) {
	all := p.t.ColdStarts(check.Start{Function: p.hello, Event: p.event}, check.Start{Function: p.own, Event: p.event})
	return all[0], all[1]
}

// warm is what an event computes in a process that has answered before: the median of several.
func (p pair) warm() time.Duration {
	p.own.Invoke(p.event).Answered()
	const several = 9
	all := make([]time.Duration, several)
	for n := range all {
		reply := p.own.Invoke(p.event)
		reply.Answered()
		all[n] = reply.CPUTime
	}
	slices.Sort(all)
	return all[several/2]
}
