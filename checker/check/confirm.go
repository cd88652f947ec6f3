package check

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/sam"
)

// Confirmation is what came of a second look at a lesson that was passed: the same checks with the same binaries, on
// a backend that is nearer to AWS. Where that said otherwise, its results are the lesson's, and both are kept here.
type Confirmation struct {
	// Backend is the second one's name; "" if it was not opened.
	Backend string `json:"backend,omitempty"`
	// Services are those in which the lesson keeps data, and which another backend may have: S3 is not among them.
	Services []backend.Service `json:"services"`
	// Verdict is the second look's own. It is skipped if there was none, with the Reason, and an error if it did not
	// come to its end, with the Error. Neither changes the lesson's verdict: it was passed on the first backend.
	Verdict Verdict `json:"verdict"`
	Seconds float64 `json:"seconds"`
	Reason  string  `json:"reason,omitempty"`
	Error   string  `json:"error,omitempty"`
	// Disagreements are the checks that ended otherwise. They are faults of the course, never the learner's.
	Disagreements []Disagreement `json:"disagreements,omitempty"`
}

// Disagreement is a check whose verdict depends on the backend.
type Disagreement struct {
	First  Result `json:"first"`
	Second Result `json:"second"`
}

// Confirmed tells whether the lesson is passed on both backends.
func (l LessonResult) Confirmed() bool {
	return l.Verdict == Passed && l.Confirmation != nil && l.Confirmation.Verdict == Passed
}

// opening is a backend on its way.
type opening struct {
	cancel  context.CancelFunc
	done    chan struct{}
	backend backend.Backend // nil, with err, if it could not be opened
	err     error
}

// confirmable are the services that a second look could be about.
func confirmable(t *sam.Template) (services []backend.Service) {
	if len(t.Tables) > 0 {
		services = append(services, backend.DynamoDB)
	}
	if len(t.Queues) > 0 {
		services = append(services, backend.SQS)
	}
	return services
}

func (r *run) open(ctx context.Context, opener backend.Opener) *opening {
	ctx, cancel := context.WithCancel(ctx)
	o := &opening{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(o.done)
		o.backend, o.err = opener(ctx, r.services)
	}()
	return o
}

// close gives up the backend, or what is on its way to it.
func (o *opening) close() error {
	o.cancel()
	<-o.done
	if o.backend == nil {
		return nil
	}
	return o.backend.Close()
}

// confirm runs the checks again on the second backend, if the lesson is passed and there is to be one. Only
// checks that came to an end there change a result.
func (r *run) confirm(ctx context.Context, work string) {
	about := confirmable(r.template)
	if r.options.Confirm == nil || len(about) == 0 || r.result.verdict() != Passed {
		return
	}
	begin := time.Now()
	c := &Confirmation{Services: about, Verdict: Skipped}
	r.result.Confirmation = c
	defer func() { c.Seconds = seconds(time.Since(begin)) }()
	if r.second == nil {
		r.second = r.open(ctx, r.options.Confirm)
	}
	<-r.second.done
	if r.second.err != nil {
		c.Reason = r.second.err.Error()
		return
	}
	c.Backend = r.second.backend.Name()
	dir := filepath.Join(work, "confirmation")
	if err := os.Mkdir(dir, 0o755); err != nil {
		c.Verdict, c.Error = Errored, withNext(err)
		return
	}
	again := &run{
		lesson: r.lesson, options: r.options, services: r.services, template: r.template, binaries: r.binaries,
		backend: r.second.backend, result: LessonResult{Checks: notRun(r.lesson)},
	}
	again.options.Checked = nil // each was told
	again.checks(ctx, dir)
	c.Verdict = again.result.verdict()
	for n, second := range again.result.Checks {
		first := r.result.Checks[n]
		switch {
		case second.Verdict == Errored:
			c.Verdict, c.Error = Errored, second.Error
			continue
		case second.Verdict != first.Verdict:
			c.Disagreements = append(c.Disagreements, Disagreement{first, second})
		}
		r.result.Checks[n] = second
	}
}

// notRun are the results of a lesson's checks before any was run.
func notRun(l Lesson) (all []Result) {
	for _, c := range l.Checks {
		all = append(all, Result{ID: c.ID, Requirement: c.Requirement, Severity: c.severity(), Verdict: Skipped})
	}
	return all
}
