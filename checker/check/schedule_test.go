package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scheduled is a lessons directory whose EchoFunction has this event.
func scheduled(t *testing.T, event string) string {
	t.Helper()
	echo, err := os.ReadFile(filepath.Join(lessons, tinyID, "echo", "main.go"))
	require.NoError(t, err)
	return submission(t, map[string]string{"echo/main.go": string(echo), "template.yaml": oneFunction + "      Events:\n        Daily: " + event + "\n"})
}

func TestAScheduleComesRound(t *testing.T) {
	t.Parallel()
	dir := scheduled(t, `{Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{"Error":"no"}'}}`)
	r := run0(t, tiny(Check{ID: "fails", Run: func(c *T) {
		f := c.Function("EchoFunction").Fire(time.Date(2026, 2, 3, 18, 0, 0, 0, time.UTC))
		require.Len(t, f.Replies, 3)
		ids := map[string]bool{}
		traces := map[string]bool{}
		for _, reply := range f.Replies {
			ids[reply.RequestID], traces[reply.TraceID] = true, true
		}
		assert.Len(t, ids, 1, "a retry has the same request id")
		assert.Len(t, traces, 3)
		assert.JSONEq(t, `{"Error":"no"}`, string(f.Replies[2].Invocation.Event))
		f.Processed()
	}}), in(dir))
	require.NotNil(t, r.Checks[0].Finding, "%+v", r)
	assert.Equal(t, "let the schedule Daily (rate(1 day)) of EchoFunction come round at 2026-02-03T18:00:00Z", r.Checks[0].Finding.Did)
	assert.Equal(t, "the function returned an error, 3 times, and then the event was gone", r.Checks[0].Finding.Got)

	dir = scheduled(t, "{Type: ScheduleV2, Properties: {ScheduleExpression: \"cron(0 18 ? * MON-FRI *)\"}}")
	r = run0(t, tiny(Check{ID: "works", Run: func(c *T) {
		reply := c.Function("EchoFunction").Fire(time.Date(2026, 2, 3, 18, 0, 0, 0, time.UTC)).Processed()
		var event struct{ Source string }
		require.NoError(t, json.Unmarshal(reply.Invocation.Event, &event))
		assert.Equal(t, "aws.scheduler", event.Source)
		assert.Len(t, c.Function("EchoFunction").Schedules(), 1)
	}}), in(dir))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
}

func TestAFunctionThatNothingInvokesOnTimeIsSaidToBe(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]string{
		"{Type: HttpApi, Properties: {Method: GET, Path: /}}":                   "EchoFunction has no event of type Schedule or ScheduleV2",
		"{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}": "the schedule Daily of EchoFunction is disabled",
		"{Type: Schedule, Properties: {Schedule: rate(1 days)}}":                "Parameter ScheduleExpression is not valid",
		"{Type: Schedule, Properties: {Schedule: \"cron(0 12 * * *)\"}}":        "cron has six fields",
	} {
		r := run0(t, tiny(Check{ID: "fires", Run: func(c *T) { c.Function("EchoFunction").Fire(time.Date(2026, 2, 3, 18, 0, 0, 0, time.UTC)) }}), in(scheduled(t, event)))
		require.NotNil(t, r.Checks[0].Finding, "%+v", r)
		assert.Contains(t, r.Checks[0].Finding.Got, want)
		assert.NotEmpty(t, strings.TrimSpace(r.Checks[0].Finding.Next))
	}
}
