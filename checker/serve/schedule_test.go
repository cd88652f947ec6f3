package serve

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASchedulesTimeCanBeNow(t *testing.T) {
	t.Parallel()
	p := uploadsProject(t)
	require.NoError(t, os.MkdirAll(filepath.Join(filepath.Dir(p.Template), "echo"), 0o755))
	echo, err := os.ReadFile(filepath.Join(tiny, "echo", "main.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(p.Template), "echo", "main.go"), echo, 0o600))
	require.NoError(t, os.WriteFile(p.Template, []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: echo/
      Events:
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{"Log":["good evening"],"Return":1}'}}
        Off: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 18 * * ? *)", ScheduleExpressionTimezone: Europe/Berlin, State: DISABLED}}
`), 0o600))
	r := start(t, p)
	r.await("Ctrl-C")
	assert.Contains(t, r.String(), "EchoFunction  Daily  rate(1 day)\n")
	assert.Contains(t, r.String(), "EchoFunction  Off    cron(0 18 * * ? *) in Europe/Berlin, disabled\n")
	url := r.client() + "/_schedules/EchoFunction/"
	assert.Contains(t, r.String(), "curl -X POST "+url+"Daily\n")
	status, _, _ := r.post(url+"Daily", "")
	assert.Equal(t, http.StatusAccepted, status)
	r.await("schedule Daily, rate(1 day): answered  EchoFunction (cold start")
	r.await("| good evening")
	status, _, _ = r.post(url+"Weekly", "")
	assert.Equal(t, http.StatusNotFound, status)
	require.NoError(t, r.end())
	r.nothingLeft()
}
