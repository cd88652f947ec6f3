package lesson06

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
)

var atOnce = check.Check{
	ID:          "at-once",
	Requirement: "The three services are asked at once: none waits for another's answer",
	Why: "Calls one after the other take as long as all of them together, and the caller waits for the sum on every request. The function is " +
		"paid for that time, too, although it does nothing.",
	Next: "Start a goroutine for each service, and wait for all of them: sync.WaitGroup and its method Go.",
	Run: func(t *check.T) {
		meeting := downstream.NewMeeting(len(figures))
		all := services(t)
		item := stocked(t)
		for _, s := range all {
			s.Inject(downstream.Fault{About: idOf(item), Kind: meeting.Attend()})
		}
		reply := t.API(api).Send(request(item)).About(idOf(item)).While("each service answers only once all three are asked")
		t.Measure(timeline(all, idOf(item)))
		there := asked(all, meeting.There())
		switch len(there) {
		case len(all):
			requireQuote(reply, whole(item))
		case 0:
			reply.Answered()
			reply.Fail(check.Finding{Got: "none of the services was asked: " + reply.Answer().String(), Want: "a request to each of them"})
		default:
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("only %s had been asked when it gave up waiting for the others", strings.Join(there, " and ")),
				Want: "a request to each of the three services before any of them answers",
			})
		}
	},
}

// asked are those of the services that are in a list, in their own order.
func asked(all []*check.Downstream, list []string) (names []string) {
	for _, s := range all {
		if slices.Contains(list, s.Name()) {
			names = append(names, s.Name())
		}
	}
	return names
}

// timeline is when each service was asked and answered.
func timeline(all []*check.Downstream, id string) check.Measure {
	m := check.Measure{
		Title:   "When the services were asked for one quote",
		Columns: []check.Column{{Name: "service"}, {Name: "asked at (ms)", Varies: true}, {Name: "done at (ms)", Varies: true}},
		Note:    "Each service answers once all three are asked, or after 1.5 s in vain.",
	}
	var begin time.Time
	for _, s := range all {
		for _, r := range s.About(id) {
			if begin.IsZero() || r.At.Before(begin) {
				begin = r.At
			}
		}
	}
	for _, s := range all {
		for _, r := range s.About(id) {
			asked := r.At.Sub(begin)
			m.Rows = append(m.Rows, []string{s.Name(), check.Milliseconds(asked), check.Milliseconds(asked + r.Took)})
		}
	}
	return m
}

const (
	quotes = 20
	// On a machine that is very busy, net/http gives a connection up now and then: when its writer has not run for 50 ms
	// (maxWriteWaitBeforeConnReuse). So a few more are allowed, and what is too much is counted again.
	allowed, attempts = 3, 3
	// The model of what a new connection costs in a VPC before the first byte of a request: the name is looked up at the
	// VPC's resolver, then TCP and TLS take a few ways to a service in another zone.
	lookUp, handshakes = 2 * time.Millisecond, 4 * time.Millisecond
)

var connections = check.Check{
	ID:          "connections",
	Requirement: "Connections are kept: 20 quotes in one execution environment need one to each service, and one to DynamoDB",
	Why: "Each new connection looks up the name, and shakes hands for TCP and TLS, before it carries a byte. In a VPC it also takes one of the ports " +
		"that the network interface has, which many environments share: under load they run out, and calls fail that have nothing wrong.",
	Next: "Make one http.Client in main, and use it for all calls. Read each body to its end and close it: only then the connection is used again.",
	Run: func(t *check.T) {
		all := services(t)
		for attempt := 1; ; attempt++ {
			opened, last := ofQuotes(t, all)
			most := slices.Max(opened)
			if most > allowed && attempt < attempts {
				continue
			}
			t.Measure(connectionTable(all, opened))
			if most <= allowed {
				return
			}
			finding := check.Finding{
				Did:  fmt.Sprintf("sent %d requests for quotes, one after the other", quotes),
				Got:  fmt.Sprintf("%d new connections to DynamoDB", most),
				Want: "one connection, used again and again",
			}
			if worst := slices.Index(opened, most); worst < len(all) {
				finding.Got = fmt.Sprintf("%d new connections to %s, each closed after its answer", most, all[worst].Name())
				if all[worst].Open() > most/2 {
					finding.Got = fmt.Sprintf("%d new connections to %s, left open and not used again", most, all[worst].Name())
				}
			}
			last.Fail(finding)
		}
	},
}

// ofQuotes asks for quotes, and returns how many new connections they took: to each service, and at last to DynamoDB.
func ofQuotes(t *check.T, all []*check.Downstream) (opened []int, last *check.Reply) {
	count := func() (n []int) {
		for _, s := range all {
			n = append(n, s.Connections())
		}
		return append(n, t.Function(function).Connections())
	}
	before := count()
	for range quotes {
		item := stocked(t)
		last = t.API(api).Send(request(item)).About(idOf(item))
		last.Status(200)
	}
	opened = count()
	for n := range opened {
		opened[n] -= before[n]
	}
	return opened, last
}

func connectionTable(all []*check.Downstream, opened []int) check.Measure {
	m := check.Measure{
		Title:   fmt.Sprintf("New connections of %d quotes", quotes),
		Columns: []check.Column{{Name: "to"}, {Name: "connections", Varies: true}, {Name: "to set them up (ms, modelled)", Varies: true}},
		Note: fmt.Sprintf("Modelled, not measured: for each connection %v to look up the name, and %v for TCP and TLS to a service in another zone.",
			lookUp, handshakes),
	}
	for n, count := range opened {
		name := "DynamoDB"
		if n < len(all) {
			name = all[n].Name()
		}
		m.Rows = append(m.Rows, []string{name, fmt.Sprint(count), check.Milliseconds(time.Duration(count) * (lookUp + handshakes))})
	}
	return m
}

var initCalls = check.Check{
	ID:          "init",
	Requirement: "Nothing is called during INIT: neither the services nor AWS",
	Why: "INIT has 10 s, and no caller. A service that is slow just then delays every cold start, or fails it: at the moment when the most environments " +
		"start at once, all of them ask it at once, too.",
	Next: "In main, only make clients and read the configuration. What a request needs is asked for in the handler, where there is a deadline and an answer.",
	Run: func(t *check.T) {
		all := services(t)
		f := t.Function(function)
		reply := f.Provision()
		if !reply.InitCompleted {
			reply.Answered()
		}
		connected := slices.IndexFunc(all, func(s *check.Downstream) bool { return s.Connections() > 0 })
		for _, c := range f.InitCalls() { // begun before it was ready
			reply.Fail(check.Finding{Got: "an AWS call before the first event: " + c.String(), Want: "no call before the first event"})
		}
		const did = "started " + function + ", and then sent it a request for a quote"
		item := stocked(t)
		first := t.API(api).Send(request(item)).About(idOf(item))
		requireQuote(first, whole(item)) // it has started, and works
		// What a goroutine of INIT has begun is frozen with the process at some point, and goes on with the first event. So it is now that
		// all of it can be seen.
		for _, s := range all {
			for _, r := range s.Requests() {
				if !slices.ContainsFunc(s.About(idOf(item)), func(own downstream.Request) bool { return own.At.Equal(r.At) }) {
					first.Fail(check.Finding{Did: did, Got: "a request that INIT began, and the quote did not need: " + r.String(), Want: "no request but those for the quote"})
				}
			}
		}
		if connected >= 0 {
			first.Fail(check.Finding{Did: did, Got: "a connection to " + all[connected].Name() + " before the first event", Want: "none before the first event"})
		}
	},
}
