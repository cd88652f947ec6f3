package lesson04

import (
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/tools/txtar"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// What a function may cost that does one thing, beside the one that does everything.
const (
	maxInit = 0.5 // of its INIT, for those that look up and delete
	maxSize = 0.8 // of its bootstrap, for those behind the API
	rounds  = 3   // of measuring before it is said that something is too much
)

var start = check.Check{
	ID:          "start",
	Requirement: "GetItemFunction and DeleteItemFunction compute at most half as long in INIT as ApiFunction did; they and CreateItemFunction are at most 0.8 times as large",
	Why: "A cold start pays for all that is in the binary. The look-up waited for rules that only a new item needs, and had the report's template in it, " +
		"with which the linker keeps every method of every type.",
	Next:  "Leave in each directory only what its operation uses: rules.go belongs to create-item, and text.go to report.",
	Alone: true,
	Run: func(t *check.T) {
		before := t.Reference(beginning())
		starts := startsOf(t, before)
		var all []check.ColdStart
		for round := 1; ; round++ {
			costs := t.ColdStarts(starts...)
			all = check.Together(all, costs)
			reply, tooMuch := excess(all)
			if tooMuch != nil && round < rounds {
				continue
			}
			t.Measure(startTable(t, before, costs))
			if tooMuch != nil {
				reply.Fail(*tooMuch)
			}
			for _, name := range own {
				t.Function(name) // all have to be there
			}
			return
		}
	},
}

// own are the functions that the one is to become.
var own = []string{getFunction, createFunction, deleteFunction, reportFunction}

// startsOf are what is measured: what the lesson begins with, and those of the functions that are there already.
func startsOf(t *check.T, before *check.Reference) []check.Start {
	id := fmt.Sprint(t.Table(table).Put(kettle(t))["id"])
	old := fmt.Sprint(before.Table(table).Put(kettle(t))["id"])
	events := []check.Event{
		request("GET", "/items/{id}", id, ""), request("POST", "/items", "", `{"name":"Kettle","price":1}`),
		request("DELETE", "/items/{id}", t.ID("nobody"), ""), scheduled(),
	}
	starts := []check.Start{{Function: before.Function(monolith), Event: request("GET", "/items/{id}", old, "")}}
	for n, name := range own {
		if !t.HasFunction(name) {
			continue
		}
		f, event := t.Function(name), events[n]
		if own, ok := f.ScheduledEvent(evening); ok {
			event = own
		}
		starts = append(starts, check.Start{Function: f, Event: event})
	}
	return starts
}

// beginning is what the lesson begins with, as it is kept: the learner's own has changed.
func beginning() fs.FS {
	data, err := Files.ReadFile("starter.txtar")
	if err != nil {
		panic(err) // it is embedded
	}
	files, err := txtar.FS(txtar.Parse(data))
	if err != nil {
		panic(err) // package bank has read it
	}
	return files
}

// scheduled is an event of a schedule.
func scheduled() check.Event {
	return check.Event{Words: "the event of a schedule", JSON: fmt.Appendf(nil, `{"version":"0","id":"89d1a02d-5ec7-412e-82f5-13505f849b41",`+
		`"detail-type":"Scheduled Event","source":"aws.scheduler","account":"%s","time":"%sT18:00:00Z","region":"eu-north-1","resources":[],"detail":{}}`,
		stack.AccountID, day)}
}

// excess is the finding if a function costs too much, with its reply.
func excess(costs []check.ColdStart) (*check.Reply, *check.Finding) {
	before := costs[0]
	for _, own := range costs[1:] {
		name := own.Function.LogicalID()
		if times := check.Times(own.InitCPU, before.InitCPU); (name == getFunction || name == deleteFunction) && times > maxInit {
			return own.Last, &check.Finding{
				Got:  fmt.Sprintf("INIT of %s computes for ≈%s ms, ≈%.2f times as long as that of %s did", name, check.Milliseconds(own.InitCPU), times, monolith),
				Want: fmt.Sprintf("at most %.1f times as long", maxInit),
			}
		}
		if times := check.Times(own.Function.Size(), before.Function.Size()); name != reportFunction && times > maxSize {
			return own.Last, &check.Finding{
				Got:  fmt.Sprintf("the bootstrap of %s has ≈%s MB, ≈%.2f times as many as that of %s", name, check.Megabytes(own.Function.Size()), times, monolith),
				Want: fmt.Sprintf("at most %.1f times as many", maxSize),
			}
		}
	}
	return nil, nil
}

func startTable(t *check.T, before *check.Reference, costs []check.ColdStart) check.Measure {
	m := check.Measure{
		Title: "What each function costs to start, and what it may do",
		Columns: []check.Column{
			{Name: "function"}, {Name: "size (MB)", Varies: true}, {Name: "INIT (ms)", Varies: true}, {Name: "its CPU (ms)", Varies: true},
			{Name: "may do to ItemsTable"},
		},
		Note: fmt.Sprintf("Medians of %d cold starts on this machine. On AWS, compare Init Duration in the REPORT line.", check.Samples),
	}
	row := func(name string, c check.ColdStart, may string) {
		m.Rows = append(m.Rows, []string{name, check.Megabytes(c.Function.Size()), check.Milliseconds(c.Init), check.Milliseconds(c.InitCPU), may})
	}
	row(monolith+", before", costs[0], mayDo(costs[0].Function, before.Table(table)))
	for _, name := range own {
		if !t.HasFunction(name) {
			m.Rows = append(m.Rows, []string{name, "–", "–", "–", "not there yet"})
			continue
		}
		for _, c := range costs[1:] {
			if c.Function.LogicalID() == name {
				row(name, c, mayDo(c.Function, t.Table(table)))
			}
		}
	}
	return m
}

// mayDo says in a few words what a function is allowed.
func mayDo(f *check.Function, on *check.Table) string {
	var all []string
	for _, each := range []struct{ words, operation string }{
		{"read", "GetItem"}, {"scan", "Scan"}, {"write", "PutItem"}, {"delete", "DeleteItem"}, {"drop it", "DeleteTable"},
	} {
		if f.Permissions().May(on, each.operation) {
			all = append(all, each.words)
		}
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}
