package eventsource

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // of ScheduleExpressionTimezone

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/sam"
)

// Schedule is a schedule of EventBridge that invokes a function: a rule of an event of type Schedule, or a schedule of the
// EventBridge scheduler, of type ScheduleV2.
type Schedule struct {
	Function   string // logical id
	Name       string // of the event in the template
	Expression string // rate(5 minutes)
	Timezone   string // that it is evaluated in, as the template names it; "" is UTC
	Enabled    bool

	version2 bool
	input    string // the event, if the template has one
	timing   timing
}

// When says when the schedule comes round: cron(0 18 * * ? *) in Europe/Berlin.
func (s Schedule) When() string {
	if s.Timezone == "" || strings.HasPrefix(s.Expression, "rate(") {
		return s.Expression
	}
	return s.Expression + " in " + s.Timezone
}

// Between is how often the schedule comes round after a time, and up to another, if it was made at the first.
func (s Schedule) Between(begin, end time.Time) (times int) {
	for last := begin; ; times++ {
		next, ok := s.timing.next(begin, last)
		if !ok || next.After(end) {
			return times
		}
		last = next
	}
}

// Firing is one time that a schedule came round, and what became of it: asynchronously, so a failure is tried again twice.
type Firing struct {
	Schedule
	At       time.Time // that the event says
	Event    []byte
	Attempts []Attempt
}

// Last is the latest attempt; the zero value if there was none.
func (f Firing) Last() Attempt {
	if len(f.Attempts) == 0 {
		return Attempt{}
	}
	return f.Attempts[len(f.Attempts)-1]
}

// ScheduleDeployment says where schedules are.
type ScheduleDeployment struct {
	Region, Account string
	// RuleName is the physical name of a rule or a schedule, by the logical id that SAM gives it.
	RuleName func(logicalID string) string
	// Resolve is the text of a value of the template.
	Resolve func(sam.Value) (string, error)
	// Invoke invokes a function asynchronously, and waits for the end; see [NotificationDeployment].
	Invoke func(ctx context.Context, function string, event []byte, failed any) (Invocation, error)
	// Clock is the time of the stack; nil is a clock of its own.
	Clock *Clock
	Seed  uint64
	// Observe is told each attempt when it has ended; nil is told nothing. It is called from several goroutines.
	Observe func(Firing)
}

// Schedules are those of a stack. Its methods may be called from several goroutines at once.
type Schedules struct {
	deployment ScheduleDeployment
	clock      *Clock
	all        []Schedule

	mu     sync.Mutex
	random *rand.Rand
}

// NewSchedules reads the events of types Schedule and ScheduleV2 of a template. What AWS would refuse is a [*RequestError].
func NewSchedules(t *sam.Template, d ScheduleDeployment) (*Schedules, error) {
	s := &Schedules{deployment: d, clock: d.Clock, random: newRandom(d.Seed)}
	if s.clock == nil {
		s.clock = &Clock{}
	}
	for _, f := range t.Functions {
		for _, e := range f.Events {
			source, ok := e.Source.(*sam.ScheduleEvent)
			if !ok {
				continue
			}
			refuse := func(message string) error {
				return &RequestError{t.File, e.Line, f.LogicalID, e.Name, "ValidationException", message}
			}
			schedule := Schedule{
				Function: f.LogicalID, Name: e.Name, Expression: source.Expression, Timezone: source.Timezone, Enabled: source.Enabled,
				version2: e.Type == "ScheduleV2",
			}
			zone, err := zoneOf(source.Timezone)
			if err != nil {
				return nil, refuse(fmt.Sprintf("Invalid ScheduleExpressionTimezone: %v", err))
			}
			if schedule.timing, err = parseTiming(source.Expression, schedule.version2, zone); err != nil {
				return nil, refuse(fmt.Sprintf("Parameter ScheduleExpression is not valid: %v", err))
			}
			if !source.Input.IsZero() {
				if schedule.input, err = d.Resolve(source.Input); err != nil {
					return nil, fmt.Errorf("%s: Input of the event %s of %s: %w", t.File, e.Name, f.LogicalID, err)
				}
				if !json.Valid([]byte(schedule.input)) {
					return nil, refuse("JSON syntax error in input for target: Input is " + schedule.input)
				}
			}
			s.all = append(s.all, schedule)
		}
	}
	return s, nil
}

// zoneOf is a time zone of the IANA database; "" is UTC. The checker brings the database, for machines that have none.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local {
		return nil, fmt.Errorf("%q is not in the IANA Time Zone Database, where names are like Europe/Berlin", name)
	}
	return zone, nil
}

// Schedules are all of them, in the order of the template.
func (s *Schedules) Schedules() []Schedule { return slices.Clone(s.all) }

// ErrNoSchedule says that there is none of that name.
var ErrNoSchedule = errors.New("there is no such schedule")

// Fire has a schedule come round now, enabled or not, by its function and its name in the template. What fails is tried
// again at once: the time that Lambda waits passes on the clock.
func (s *Schedules) Fire(ctx context.Context, function, name string, now time.Time) (Firing, error) {
	schedule, err := s.find(function, name)
	if err != nil {
		return Firing{}, err
	}
	return s.fire(ctx, schedule, now, func(d time.Duration) error {
		s.clock.reach(s.clock.Now() + d)
		return nil
	})
}

// Event is what a schedule sends when it comes round at a time, by its function and its name in the template.
func (s *Schedules) Event(function, name string, at time.Time) ([]byte, error) {
	schedule, err := s.find(function, name)
	if err != nil {
		return nil, err
	}
	return s.event(schedule, at), nil
}

func (s *Schedules) find(function, name string) (Schedule, error) {
	at := slices.IndexFunc(s.all, func(each Schedule) bool { return each.Function == function && each.Name == name })
	if at < 0 {
		return Schedule{}, fmt.Errorf("%w: %s of %s", ErrNoSchedule, name, function)
	}
	return s.all[at], nil
}

// fire delivers the event of a schedule, until the function has taken it or Lambda gives up.
func (s *Schedules) fire(ctx context.Context, schedule Schedule, now time.Time, wait func(time.Duration) error) (Firing, error) {
	f := Firing{Schedule: schedule, At: now, Event: s.event(schedule, now)}
	var failed any
	for {
		at := s.clock.Now()
		i, err := s.deployment.Invoke(ctx, schedule.Function, f.Event, failed)
		throttled := errors.Is(err, ErrThrottled)
		if err != nil && !throttled {
			return f, fmt.Errorf("cannot invoke %s for its schedule %s: %w", schedule.Function, schedule.Name, err)
		}
		if !throttled {
			failed = i.Details
		}
		tries := len(f.Attempts) + 1
		a := attempted(tries, at, i, throttled)
		f.Attempts = append(f.Attempts, a)
		if s.deployment.Observe != nil {
			story := f
			story.Attempts = slices.Clone(f.Attempts)
			s.deployment.Observe(story)
		}
		if a.Then != Back {
			return f, nil
		}
		if err := wait(retryAfter[tries-1]); err != nil {
			return f, err
		}
	}
}

// event is what EventBridge sends: "Scheduled Event" in the EventBridge User Guide. The scheduler's own differs in its
// source, and in a detail that is a text.
func (s *Schedules) event(schedule Schedule, now time.Time) []byte {
	d := s.deployment
	name, due := d.RuleName(schedule.Function+schedule.Name), now.UTC().Format(time.RFC3339)
	source, arn, detail := "aws.events", fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", d.Region, d.Account, name), json.RawMessage("{}")
	if schedule.version2 {
		source, arn, detail = "aws.scheduler", fmt.Sprintf("arn:aws:scheduler:%s:%s:schedule/default/%s", d.Region, d.Account, name), json.RawMessage(`"{}"`)
	}
	switch {
	case schedule.input != "" && schedule.version2:
		// "Adding context attributes in EventBridge Scheduler"
		return []byte(strings.NewReplacer("<aws.scheduler.scheduled-time>", due, "<aws.scheduler.schedule-arn>", arn,
			"<aws.scheduler.execution-id>", s.id(), "<aws.scheduler.attempt-number>", "1").Replace(schedule.input))
	case schedule.input != "":
		return []byte(schedule.input)
	}
	data, _ := json.Marshal(struct { // texts always encode
		Version    string          `json:"version"`
		ID         string          `json:"id"`
		DetailType string          `json:"detail-type"`
		Source     string          `json:"source"`
		Account    string          `json:"account"`
		Time       string          `json:"time"`
		Region     string          `json:"region"`
		Resources  []string        `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}{"0", s.id(), "Scheduled Event", source, d.Account, due, d.Region, []string{arn}, detail})
	return data
}

func (s *Schedules) id() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, b := s.random.Uint64(), s.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}

// Run has the enabled schedules come round in real time, until the context ends, which it returns the cause of, or
// until something on this machine fails. A rate begins to count now.
func (s *Schedules) Run(ctx context.Context) error {
	begin := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for _, schedule := range s.all {
		if schedule.Enabled {
			group.Go(func() error { return s.run(ctx, schedule, begin, group) })
		}
	}
	<-ctx.Done()
	return cmp.Or(group.Wait(), context.Cause(ctx))
}

// run has one schedule come round until the context ends. Each time is in the group: the next one does not wait for its tries.
func (s *Schedules) run(ctx context.Context, schedule Schedule, begin time.Time, group *errgroup.Group) error {
	for last := begin; ; {
		next, ok := schedule.timing.next(begin, last)
		if !ok {
			return nil // never again
		}
		if err := sleep(ctx, time.Until(next)); err != nil {
			return err
		}
		last = next
		group.Go(func() error {
			_, err := s.fire(ctx, schedule, next, func(d time.Duration) error { return sleep(ctx, d) })
			return cmp.Or(context.Cause(ctx), err) // what the end of the context has cut off is no fault
		})
	}
}

// sleep waits, unless the context ends before, which it returns the cause of.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
