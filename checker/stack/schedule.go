package stack

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

// createSchedules makes the template's schedules. They come round when Fire says so, and by themselves with
// [Options.Poll].
func (s *Stack) createSchedules(clock *eventsource.Clock, o Options) error {
	all, err := eventsource.NewSchedules(s.template, eventsource.ScheduleDeployment{
		Region: s.Region, Account: AccountID,
		RuleName: func(logicalID string) string { return s.name + "-" + logicalID + "-" + rand.Text()[:13] },
		Resolve:  func(v sam.Value) (string, error) { return v.Resolve(resolver{s}) },
		Invoke:   s.invokeAsynchronously, Clock: clock, Seed: o.Seed, Observe: o.ObserveFiring,
	})
	if err != nil {
		return fmt.Errorf("cannot make schedules: %w", err)
	}
	s.schedules = all
	return nil
}

// Schedules are those of the template, in its order.
func (s *Stack) Schedules() []eventsource.Schedule { return s.schedules.Schedules() }

// Fire has a schedule come round, as if it were this time; see [eventsource.Schedules.Fire].
func (s *Stack) Fire(ctx context.Context, function, name string, now time.Time) (eventsource.Firing, error) {
	return s.schedules.Fire(ctx, function, name, now)
}

// ScheduledEvent is what a schedule sends at a time; see [eventsource.Schedules.Event].
func (s *Stack) ScheduledEvent(function, name string, at time.Time) ([]byte, error) {
	return s.schedules.Event(function, name, at)
}
