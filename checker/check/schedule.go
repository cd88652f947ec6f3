package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// Firing is one time that a schedule came round: what it sent, and a reply to each attempt. Lambda invokes
// asynchronously, so nobody has waited for them, and each attempt has the same request id.
type Firing struct {
	eventsource.Firing
	Replies []*Reply

	t *T
}

// Schedules are the function's schedules in the template, in its order.
func (f *Function) Schedules() []eventsource.Schedule {
	var all []eventsource.Schedule
	for _, s := range f.t.deployed().Schedules() {
		if s.Function == f.function.LogicalID {
			all = append(all, s)
		}
	}
	return all
}

// ScheduledEvent is what the function's schedule sends when it comes round at a time, to invoke the function with it; ok is
// false if it has none that is enabled.
func (f *Function) ScheduledEvent(at time.Time) (e Event, ok bool) {
	for _, s := range f.Schedules() {
		if !s.Enabled {
			continue
		}
		data, err := f.t.deployed().ScheduledEvent(s.Function, s.Name, at)
		if err != nil {
			f.t.refused(err)
		}
		return Event{Words: "the event of its schedule", JSON: data}, true
	}
	return Event{}, false
}

// Fire has the function's schedule come round at a time, which its event says, and waits until the function has taken the
// event or Lambda has given up. A function without a schedule that is enabled fails the check.
func (f *Function) Fire(at time.Time) *Firing {
	for _, s := range f.Schedules() {
		if s.Enabled {
			return f.fire(s, at)
		}
	}
	finding := Finding{
		Did: "looked for what invokes " + f.function.LogicalID, Want: "a schedule that invokes it",
		Got:  f.function.LogicalID + " has no event of type Schedule or ScheduleV2",
		Why:  "What has no event is deployed, and never runs.",
		Next: fmt.Sprintf("In the template, give %s an event of type ScheduleV2, with a ScheduleExpression such as rate(1 day).", f.function.LogicalID),
	}
	if all := f.Schedules(); len(all) > 0 {
		finding.Got = fmt.Sprintf("the schedule %s of %s is disabled", all[0].Name, f.function.LogicalID)
		finding.Why = "A schedule that is disabled never comes round, and nothing says so."
		finding.Next = fmt.Sprintf("Take State: DISABLED, or Enabled: false, from the event %s in the template.", all[0].Name)
	}
	f.t.Fail(finding)
	return nil
}

func (f *Function) fire(s eventsource.Schedule, at time.Time) *Firing {
	f.t.did = fmt.Sprintf("let the schedule %s (%s) of %s come round at %s%s", s.Name, s.When(), f.function.LogicalID, at.UTC().Format(time.RFC3339), f.t.conditions)
	f.giveUp()
	fired, err := f.t.deployed().Fire(f.t.ctx, s.Function, s.Name, at)
	if err != nil {
		f.t.refused(err)
	}
	firing := &Firing{Firing: fired, t: f.t}
	for _, a := range fired.Attempts {
		if i := stack.NotifiedBy(a); i != nil {
			f.note(i)
			firing.Replies = append(firing.Replies, f.reply(i))
		}
	}
	return firing
}

// Processed requires that the function took the event, with whichever attempt, and returns the last reply.
func (f *Firing) Processed() *Reply {
	last := f.Last()
	if last.Outcome == eventsource.Processed {
		return f.Replies[len(f.Replies)-1]
	}
	finding := Finding{
		Got:  fmt.Sprintf("%s, %d times, and then the event was gone", last.Why, len(f.Attempts)),
		Want: "an invocation that succeeds",
		Why:  "EventBridge invokes asynchronously: nobody is told of a failure. Lambda tries twice more, after one and two minutes, and then drops the event.",
	}
	if len(f.Replies) == 0 {
		f.t.Fail(finding)
	}
	reply := f.Replies[len(f.Replies)-1]
	if cause, ok := reply.prevented(); ok {
		finding.Got += ": " + cause.Got
		finding.Why, finding.Next = cause.Why, cause.Next
	}
	reply.Fail(finding)
	return nil
}

// refusedSchedule is the finding if it is a schedule that EventBridge refuses.
func refusedSchedule(err error) (Finding, bool) {
	var refused *eventsource.RequestError
	if !errors.As(err, &refused) || refused.Code != "ValidationException" {
		return Finding{}, false
	}
	why := "EventBridge looks at a schedule when it is made, and refuses what it cannot read."
	if strings.Contains(refused.Error(), "cron") {
		why = "EventBridge looks at a schedule when it is made. A cron expression of Unix has other fields than one of AWS."
	}
	return Finding{
		Did: "deployed the template", Got: refusedWords(*refused), Want: "a template that can be deployed",
		Why:  why,
		Next: fmt.Sprintf("AWS would refuse it in the same way: correct the schedule in line %d of the template.", refused.Line),
	}, true
}
