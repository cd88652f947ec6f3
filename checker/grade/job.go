package grade

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// Job is what goes into an enclosure.
type Job struct {
	Root   string `json:"root"`   // of the course
	Dir    string `json:"dir"`    // has the lesson's directory
	Disk   string `json:"disk"`   // an existing, empty directory for everything that is written
	Lesson string `json:"lesson"` // "" only tries the enclosure
	Seed   uint64 `json:"seed"`
	Only   string `json:"only,omitempty"` // the id of the one check to run; "" runs all
	// SkipWaits leaves out the checks that order waits.
	SkipWaits bool `json:"skipWaits,omitempty"`
	// Limits are nil for a job that is worked on without an enclosure.
	Limits *enclosure.Limits `json:"limits,omitempty"`
}

// Report is what comes out.
type Report struct {
	Result *check.LessonResult `json:"result,omitempty"`
	// Stopped is which limit the submission went over, to go on after "it used".
	Stopped string `json:"stopped,omitempty"`
	// Error is why there is no enclosure, or no work in it.
	Error string `json:"error,omitempty"`
}

// word is what a worker says while it works, one after the other. The last has the report.
type word struct {
	Built  bool    `json:"built,omitempty"` // or not: it builds no more
	Alone  bool    `json:"alone,omitempty"` // it is to measure, and waits to be told that nobody else is at work
	Report *Report `json:"report,omitempty"`
}

// speech is where a worker says its words, from several goroutines. After the report it says no more.
type speech struct {
	mu   sync.Mutex
	out  *json.Encoder
	over bool
}

func (s *speech) say(w word) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return io.ErrClosedPipe
	}
	s.over = w.Report != nil
	return s.out.Encode(w)
}

// Work reads a job, does it, and writes its report to out, which nothing that it starts can write to. Over a limit, it
// ends the program, and with it all that is in the enclosure.
func Work(ctx context.Context, in io.Reader, out io.Writer, open backend.Opener) error {
	said := &speech{out: json.NewEncoder(out)}
	tell := func(r Report) error { return said.say(word{Report: &r}) }
	jobs := json.NewDecoder(in)
	var j Job
	if err := jobs.Decode(&j); err != nil {
		return fmt.Errorf("cannot read the job: %w", err)
	}
	if j.Limits != nil {
		if err := enclosure.Enter(j.Disk, *j.Limits); err != nil {
			return tell(Report{Error: err.Error()})
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() {
			if over := j.Limits.Watch(ctx, j.Disk); over != "" {
				_ = tell(Report{Stopped: over}) // whoever does not read it knows no less
				os.Exit(1)
			}
		}()
	}
	if j.Lesson == "" {
		return tell(Report{})
	}
	l, err := course.Find(j.Lesson)
	if err != nil {
		return tell(Report{Error: err.Error()})
	}
	result := l.Run(ctx, check.Options{
		Root: j.Root, Dir: j.Dir, State: j.Disk, Open: open, Seed: j.Seed, Only: j.Only, SkipWaits: j.SkipWaits,
		// Whoever does not hear it has ended, and this program with it.
		Built: func(check.BuildResult) { _ = said.say(word{Built: true}) },
		Alone: func() {
			var now bool
			_ = errors.Join(said.say(word{Alone: true}), jobs.Decode(&now))
		},
	})
	// The disk is the submission's alone. What fills it may be gone again before anybody looks.
	if outcome, why := outcomeOf(result); j.Limits != nil && outcome == Errored && strings.Contains(why, syscall.ENOSPC.Error()) {
		return tell(Report{Stopped: j.Limits.AllOfDisk()})
	}
	// Where it was built is nobody's business, and gone in a moment.
	result.Build.Output = strings.ReplaceAll(result.Build.Output, j.Dir+string(os.PathSeparator), "")
	return tell(Report{Result: &result})
}
