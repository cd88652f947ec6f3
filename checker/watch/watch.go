// Package watch checks a lesson again whenever one of its files is saved.
//
// A [Loop] looks at the few files every [Interval]. When one has changed, what runs is abandoned, and waited for, and a
// new run begins: there is never more than one. What is known is told as a [State], from the compiler's first error
// to the last check. It is for whoever shows it, in package report; what is checked, and how, is the caller's.
package watch

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/files"
)

// Interval is how often files are looked at: often enough that nobody waits for it, and a hundred files are looked at
// in less than a millisecond.
const Interval = 50 * time.Millisecond

// State is what is known of the newest run. It is not changed once it is told.
type State struct {
	// Run counts the runs, from 1.
	Run int
	// Changed are the paths that the run is for; none for the first.
	Changed []string
	// Build is nil until the build has ended.
	Build *check.BuildResult
	// Results are those of the checks, in order, as far as they are known.
	Results []check.Result
	// Result is nil until the run has ended.
	Result *check.LessonResult
}

// Ended tells whether the run is over.
func (s State) Ended() bool { return s.Result != nil }

// Passed tells whether the run is over, and the lesson passed.
func (s State) Passed() bool { return s.Ended() && s.Result.Verdict == check.Passed }

// Loop is what is watched, and how it is checked.
type Loop struct {
	// Dir is the directory whose files are looked at. It need not be there.
	Dir string
	// Check runs the checks, and tells the end of the build and each result as [check.Options] says. It returns soon
	// once its context has ended.
	Check func(ctx context.Context, built func(check.BuildResult), checked func(check.Result)) check.LessonResult
	// Tell is told each new state, one at a time. It returns soon.
	Tell func(State)
	// Again begins a new run although nothing has changed. Nil never does.
	Again <-chan struct{}
	// Once ends the loop when the lesson is passed.
	Once bool
	// Interval is how often files are looked at. It is [Interval] if it is 0.
	Interval time.Duration
}

// Run checks, and checks again, until the context ends, or Once is met. It returns the last state that was told.
func (l *Loop) Run(ctx context.Context) State {
	ticker := time.NewTicker(cmp.Or(l.Interval, Interval))
	defer ticker.Stop()
	seen := files.NewWatcher([]string{l.Dir}) // before anything is read
	var changed []string
	for n := 1; ; n++ {
		r := l.start(ctx, State{Run: n, Changed: changed})
		changed = l.await(ctx, seen, ticker.C, r)
		last := r.end()
		if ctx.Err() != nil || l.Once && last.Passed() && len(changed) == 0 {
			return last
		}
	}
}

// settling is for how many looks a file may be missing or empty before that is taken for what the learner wants:
// editors empty a file before they fill it, or put another in its place.
const settling = 4

// await returns when there is reason for a new run, or for none: with the files that have changed, if it is for them.
// The old run is abandoned at the first sign.
func (l *Loop) await(ctx context.Context, seen *files.Watcher, tick <-chan time.Time, r *run) (changed []string) {
	ended := r.ended
	for quiet := 0; ; {
		select {
		case <-ctx.Done():
			return changed
		case <-l.Again:
			return changed
		case <-ended:
			if l.Once && r.state.Passed() {
				return changed
			}
			ended = nil
		case <-tick:
			now := seen.Look()
			if quiet++; len(now) > 0 {
				quiet = 0
				r.abandon()
			}
			for _, path := range now {
				if !slices.Contains(changed, path) {
					changed = append(changed, path)
				}
			}
			if len(changed) > 0 && (quiet >= settling || !slices.ContainsFunc(changed, unfinished)) {
				return changed
			}
		}
	}
}

// unfinished tells whether a file is missing or empty.
func unfinished(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Size() == 0
}

// run is one run of the checks.
type run struct {
	abandon context.CancelFunc
	ended   chan struct{}
	state   State // once it has ended
}

func (l *Loop) start(ctx context.Context, s State) *run {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{abandon: cancel, ended: make(chan struct{}), state: s}
	// What an abandoned run finds is of files that are no more.
	tell := func() {
		if ctx.Err() == nil {
			s := r.state
			s.Results = slices.Clone(s.Results)
			l.Tell(s)
		}
	}
	go func() {
		defer close(r.ended)
		tell()
		result := l.Check(ctx, func(b check.BuildResult) {
			r.state.Build = &b
			tell()
		}, func(c check.Result) {
			r.state.Results = append(r.state.Results, c)
			tell()
		})
		if ctx.Err() == nil {
			r.state.Result = &result
			r.state.Results = result.Checks // of a lesson that was looked at twice, the last word
		}
		tell()
	}()
	return r
}

// end abandons the run, if it is not over, and waits for its end.
func (r *run) end() State {
	r.abandon()
	<-r.ended
	return r.state
}
