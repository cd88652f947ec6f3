package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// scheduled reads a template with a function that has these events.
func scheduled(t *testing.T, events string) *sam.Template {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.yaml")
	require.NoError(t, os.WriteFile(path, []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  ReportFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      Events:
`+events), 0o600))
	template, err := sam.Load(path)
	require.NoError(t, err)
	return template
}

// lambda counts invocations, and fails the first ones.
type lambda struct {
	mu     sync.Mutex
	fails  int
	err    error // instead of a failure
	events [][]byte
	failed []any
}

func (l *lambda) invoke(_ context.Context, _ string, event []byte, failed any) (Invocation, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events, l.failed = append(l.events, event), append(l.failed, failed)
	n := len(l.events)
	if n > l.fails {
		return Invocation{RequestID: "id", Details: n}, nil
	}
	if l.err != nil {
		return Invocation{}, l.err
	}
	return Invocation{RequestID: "id", Details: n, FunctionError: "Unhandled", Outcome: "panicked"}, nil
}

func (l *lambda) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

func schedulesOf(t *testing.T, events string, l *lambda) (*Schedules, error) {
	t.Helper()
	return NewSchedules(scheduled(t, events), ScheduleDeployment{
		Region: "eu-north-1", Account: "123456789012", Seed: 1, Invoke: l.invoke,
		RuleName: func(id string) string { return "shop-" + id + "-1" },
		Resolve:  func(v sam.Value) (string, error) { text, _ := v.Literal(); return text, nil },
	})
}

const (
	rule      = "        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}\n"
	scheduler = "        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}\n"
)

var evening = time.Date(2026, 11, 27, 18, 0, 0, 0, time.FixedZone("", 3600))

// As in "Scheduled Event" of the EventBridge User Guide.
func theEventOfARule(t *testing.T) {
	l := &lambda{}
	s, err := schedulesOf(t, rule, l)
	require.NoError(t, err)
	fired, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
	require.NoError(t, err)
	var event map[string]any
	require.NoError(t, json.Unmarshal(fired.Event, &event))
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`, event["id"])
	delete(event, "id")
	assert.Equal(t, map[string]any{
		"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012", "time": "2026-11-27T17:00:00Z",
		"region": "eu-north-1", "resources": []any{"arn:aws:events:eu-north-1:123456789012:rule/shop-ReportFunctionDaily-1"}, "detail": map[string]any{},
	}, event)
	assert.Equal(t, [][]byte{fired.Event}, l.events)
	again, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
	require.NoError(t, err)
	assert.NotEqual(t, string(fired.Event), string(again.Event), "each has an id of its own")
}

func theEventOfTheScheduler(t *testing.T) {
	s, err := schedulesOf(t, scheduler, &lambda{})
	require.NoError(t, err)
	fired, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
	require.NoError(t, err)
	assert.Contains(t, string(fired.Event), `"source":"aws.scheduler"`)
	assert.Contains(t, string(fired.Event), `"arn:aws:scheduler:eu-north-1:123456789012:schedule/default/shop-ReportFunctionDaily-1"`)
	assert.Contains(t, string(fired.Event), `"detail":"{}"`)
}

func aScheduleIsEvaluatedInItsTimeZone(t *testing.T) {
	s, err := schedulesOf(t, `        Berlin: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 18 * * ? *)", ScheduleExpressionTimezone: Europe/Berlin}}
        UTC: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 18 * * ? *)"}}
        Each: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour), ScheduleExpressionTimezone: Europe/Berlin}}
`, &lambda{})
	require.NoError(t, err)
	six := time.Date(2026, 7, 1, 18, 0, 0, 0, time.UTC)
	for name, want := range map[string]struct {
		words           string
		upToSix, tillIt int // in UTC
	}{
		"Berlin": {"cron(0 18 * * ? *) in Europe/Berlin", 1, 1},
		"UTC":    {"cron(0 18 * * ? *)", 1, 0},
		"Each":   {"rate(1 hour)", 18, 17},
	} {
		at := slices.IndexFunc(s.Schedules(), func(each Schedule) bool { return each.Name == name })
		schedule, midnight := s.Schedules()[at], six.Truncate(24*time.Hour)
		assert.Equal(t, want.words, schedule.When())
		assert.Equal(t, want.upToSix, schedule.Between(midnight, six), name)
		assert.Equal(t, want.tillIt, schedule.Between(midnight, six.Add(-time.Second)), name)
	}
}

func anInputIsTheWholeEvent(t *testing.T) {
	s, err := schedulesOf(t, `        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{"report":"short"}', Enabled: false}}`+"\n", &lambda{})
	require.NoError(t, err)
	fired, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
	require.NoError(t, err)
	assert.JSONEq(t, `{"report":"short"}`, string(fired.Event))
	assert.False(t, s.Schedules()[0].Enabled)
	_, err = s.Fire(t.Context(), "ReportFunction", "Weekly", evening)
	require.ErrorIs(t, err, ErrNoSchedule)

	const attributes = `'{"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>","try":"<aws.scheduler.attempt-number>"}'`
	for kind, want := range map[string]string{
		"ScheduleV2, Properties: {ScheduleExpression": `{"at":"2026-11-27T17:00:00Z","of":"arn:aws:scheduler:eu-north-1:123456789012:schedule/default/shop-ReportFunctionDaily-1","try":"1"}`,
		"Schedule, Properties: {Schedule":             strings.Trim(attributes, "'"),
	} {
		s, err := schedulesOf(t, "        Daily: {Type: "+kind+": rate(1 day), Input: "+attributes+"}}\n", &lambda{})
		require.NoError(t, err)
		fired, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
		require.NoError(t, err)
		assert.Equal(t, want, string(fired.Event))
	}
}

func whatFailsIsTriedTwiceMore(t *testing.T) {
	for fails, want := range map[int]string{
		0: "[processed→deleted@0s]",
		1: "[failed→back@0s processed→deleted@1m0s]",
		2: "[failed→back@0s failed→back@1m0s processed→deleted@3m0s]",
		9: "[failed→back@0s failed→back@1m0s failed→lost@3m0s]",
	} {
		for _, throttled := range []bool{false, true} {
			l := &lambda{fails: fails}
			if throttled {
				l.err = fmt.Errorf("%w: 429", ErrThrottled)
			}
			s, err := schedulesOf(t, rule, l)
			require.NoError(t, err)
			fired, err := s.Fire(t.Context(), "ReportFunction", "Daily", evening)
			require.NoError(t, err)
			var got []string
			for n, a := range fired.Attempts {
				outcome := "processed"
				if a.Outcome != Processed {
					outcome = "failed"
					assert.NotEmpty(t, a.Why)
				}
				got = append(got, fmt.Sprintf("%s→%s@%v", outcome, map[Then]string{Deleted: "deleted", Back: "back", Lost: "lost"}[a.Then], a.At))
				if throttled || n == 0 {
					assert.Nil(t, l.failed[n], "nothing ran before")
				} else {
					assert.Equal(t, n, l.failed[n], "the attempt before")
				}
			}
			assert.Equal(t, want, fmt.Sprint(got), "throttled: %v", throttled)
			assert.Equal(t, fired.Attempts[len(fired.Attempts)-1], fired.Last())
		}
	}
}

func TestAFaultOfThisMachineEndsAFiring(t *testing.T) {
	t.Parallel()
	broken := errors.New("no more processes")
	s, err := schedulesOf(t, rule, &lambda{fails: 1, err: broken})
	require.NoError(t, err)
	_, err = s.Fire(t.Context(), "ReportFunction", "Daily", evening)
	require.ErrorIs(t, err, broken)
}

func whatAWSWouldRefuse(t *testing.T) {
	for events, want := range map[string]string{
		"        Daily: {Type: Schedule, Properties: {Schedule: rate(1 days)}}\n":                                                     "Parameter ScheduleExpression is not valid",
		"        Daily: {Type: Schedule, Properties: {Schedule: at(2026-11-27T18:00:00)}}\n":                                          "Parameter ScheduleExpression is not valid",
		"        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: \"no json\"}}\n":                                  "JSON syntax error in input",
		"        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: cron(0 12 * * *)}}\n":                                     "cron has six fields",
		"        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), ScheduleExpressionTimezone: Europe/Bonn}}\n": `Invalid ScheduleExpressionTimezone: "Europe/Bonn" is not in the IANA Time Zone Database`,
		"        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), ScheduleExpressionTimezone: Local}}\n":       `Invalid ScheduleExpressionTimezone: "Local"`,
	} {
		_, err := schedulesOf(t, events, &lambda{})
		var refused *RequestError
		require.ErrorAs(t, err, &refused, events)
		assert.Equal(t, "ValidationException", refused.Code)
		assert.Contains(t, err.Error(), want)
	}
}

// The times of this schedule are as close as they can be: it is a timing of the test's own.
func TestSchedulesComeRoundByThemselvesUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	l := &lambda{}
	s, err := schedulesOf(t, rule+"        Never: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}\n", l)
	require.NoError(t, err)
	for n := range s.all {
		s.all[n].timing = rate(5 * time.Millisecond)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool { return l.count() > 2 }, 30*time.Second, time.Millisecond)
	done := errors.New("done")
	cancel(done)
	require.ErrorIs(t, <-ended, done)
	for _, event := range l.events {
		assert.Contains(t, string(event), "ReportFunctionDaily")
	}
}

func TestAFaultOfThisMachineEndsAllSchedules(t *testing.T) {
	t.Parallel()
	broken := errors.New("no more processes")
	l := &lambda{fails: 1, err: broken}
	s, err := schedulesOf(t, rule+"        Weekly: {Type: Schedule, Properties: {Schedule: rate(7 days)}}\n", l)
	require.NoError(t, err)
	s.all[0].timing = rate(5 * time.Millisecond)
	require.ErrorIs(t, s.Run(t.Context()), broken)
	assert.Contains(t, string(l.events[0]), "ReportFunctionDaily")
}
