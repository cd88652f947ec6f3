package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/anatomy"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

// Start is a function with the event that its cold starts are measured with.
type Start struct {
	Function *Function
	Event    Event
}

// ColdStart is what a function's cold starts cost: the medians of several. CPU is what the process computed, on all CPUs
// together, which another process on a busy machine changes far less than the time that passed; it is that time where
// CPU time cannot be read.
type ColdStart struct {
	Start
	Init, InitCPU  time.Duration // up to the request for the first event
	Wait           time.Duration // in which INIT did not compute: the least of all, since a busy machine makes every process wait
	Took, EventCPU time.Duration // by the first event
	Calls          []wire.Call   // to AWS in one INIT
	Last           *Reply        // to one of the first events

	taken []*sandbox.Invocation // that the medians are of
}

// CPU is that of INIT and the first event together: work that is put off counts once it is done.
func (c ColdStart) CPU() time.Duration { return c.InitCPU + c.EventCPU }

// Samples is how many cold starts a median is of.
const Samples = 5

// traces is in how many cold starts the runtime tells of packages.
const traces = 3

// ColdStarts measures cold starts, each in an execution environment of its own, of several functions in turns, so that
// what disturbs one disturbs all. A function that does not answer fails the check.
//
// It is for checks that are Alone.
func (t *T) ColdStarts(of ...Start) []ColdStart {
	taken := make([][]*sandbox.Invocation, len(of))
	last := make([]*Reply, len(of))
	for range Samples {
		for n, s := range of {
			last[n] = s.Function.coldStart(s.Event, nil)
			taken[n] = append(taken[n], last[n].Invocation)
		}
	}
	all := make([]ColdStart, len(of))
	for n, s := range of {
		all[n] = coldStartOf(s, taken[n], last[n])
	}
	return all
}

// Together are what two measurements of the same functions come to, with medians of all that was measured: what was disturbed in one of
// them changes little. The first of several is nil.
func Together(earlier, later []ColdStart) []ColdStart {
	if earlier == nil {
		return later
	}
	all := make([]ColdStart, len(later))
	for n, c := range later {
		all[n] = coldStartOf(c.Start, append(slices.Clone(earlier[n].taken), c.taken...), c.Last)
	}
	return all
}

func coldStartOf(s Start, taken []*sandbox.Invocation, last *Reply) ColdStart {
	return ColdStart{
		Start:    s,
		Init:     median(taken, func(i *sandbox.Invocation) time.Duration { return i.InitDuration }),
		InitCPU:  median(taken, initCPU),
		Wait:     least(taken, func(i *sandbox.Invocation) time.Duration { return max(0, i.InitDuration-initCPU(i)) }),
		Took:     median(taken, func(i *sandbox.Invocation) time.Duration { return i.Duration }),
		EventCPU: median(taken, eventCPU),
		Calls:    s.Function.InitCalls(),
		Last:     last,
		taken:    taken,
	}
}

// Anatomy is where the size of the function's bootstrap and the time of its INIT come from, by package. The event is
// for cold starts in which the runtime tells; a package's time is the least of several.
func (f *Function) Anatomy(e Event) []anatomy.Part {
	code, err := anatomy.Code(f.function.Binary())
	if err != nil {
		f.t.fault(err)
	}
	least := map[string]time.Duration{}
	for range traces {
		reply := f.coldStart(e, map[string]string{anatomy.TraceName: anatomy.TraceValue})
		for pkg, took := range anatomy.Inits(reply.Log) {
			if known, ok := least[pkg]; !ok || took < known {
				least[pkg] = took
			}
		}
	}
	return anatomy.Of(code, least)
}

// ColdStart sends an event to a process made for it. A function that does not answer fails the check.
func (f *Function) ColdStart(e Event) *Reply { return f.coldStart(e, nil) }

func (f *Function) coldStart(e Event, variables map[string]string) *Reply {
	f.t.did = fmt.Sprintf("started %s several times, and sent each new process %s%s", f.function.LogicalID, e.Words, f.t.conditions)
	f.giveUp()
	reply := f.replied(f.function.ColdStart(f.t.ctx, e.JSON, variables))
	reply.Answered()
	return reply
}

// InitCalls are the AWS calls that the function made before its first event, in the cold start that made the most.
func (f *Function) InitCalls() (most []wire.Call) {
	by := map[string][]wire.Call{}
	for _, c := range f.function.InitCalls() {
		by[c.Environment] = append(by[c.Environment], c)
		if len(by[c.Environment]) > len(most) {
			most = by[c.Environment]
		}
	}
	return most
}

func initCPU(i *sandbox.Invocation) time.Duration {
	if i.InitCPUTime > 0 {
		return i.InitCPUTime
	}
	return i.InitDuration
}

func eventCPU(i *sandbox.Invocation) time.Duration {
	if i.CPUTime > 0 {
		return i.CPUTime
	}
	return i.Duration
}

func median(of []*sandbox.Invocation, figure func(*sandbox.Invocation) time.Duration) time.Duration {
	all := make([]time.Duration, len(of))
	for n, i := range of {
		all[n] = figure(i)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func least(of []*sandbox.Invocation, figure func(*sandbox.Invocation) time.Duration) time.Duration {
	return figure(slices.MinFunc(of, func(a, b *sandbox.Invocation) int { return cmp.Compare(figure(a), figure(b)) }))
}

// Times is how many times as large one figure is as another, such as two durations or two sizes.
func Times[N int64 | time.Duration](figure, of N) float64 {
	return float64(figure) / float64(max(1, of))
}

// Milliseconds writes a duration as a cell of a table.
func Milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }

// Megabytes writes a size as a cell of a table.
func Megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }
