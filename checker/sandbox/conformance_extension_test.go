package sandbox

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

var extensionRows = []conformance.Row{
	{
		ID: "extension-register", Certainty: conformance.Source,
		Fact: "lambda.WithEnableSIGTERM registers the internal extension GoLangEnableSIGTERM, for no events",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"sleep","Millis":200}`, env: []string{"SIGTERM=yes"}}).run(t, "probe")
			registered := c.posts("/extension/register")
			require.Len(t, registered, 1)
			assert.Equal(t, "GoLangEnableSIGTERM", registered[0].Header.Get("Lambda-Extension-Name"))
			assert.JSONEq(t, `{"events":null}`, registered[0].Body)
		},
	},
	{
		ID: "extension-identifier", Certainty: conformance.Source,
		Fact: "Registering answers 200 with Lambda-Extension-Identifier",
		Test: func(t *testing.T) {
			_, got := steps(t, raw(t), post("/2020-01-01/extension/register", `{"events":[]}`), post(ownResponse, "1"))
			assert.Equal(t, http.StatusOK, got[0].Status)
			assert.NotEmpty(t, got[0].Header.Get("Lambda-Extension-Identifier"))
		},
	},
	{
		ID: "extension-next-blocks", Certainty: conformance.Source,
		Fact: "GET …/extension/event/next blocks when no events are registered",
		Test: func(t *testing.T) {
			_, got := steps(t, raw(t), step{Method: http.MethodGet, Path: "/2020-01-01/extension/event/next", Wait: 300}, post(ownResponse, "1"))
			assert.Zero(t, got[0].Status)
			assert.Contains(t, got[0].Err, "Timeout exceeded")
		},
	},
	{
		ID: "extension-sigterm", Certainty: conformance.Source,
		Fact: "A function that registered gets SIGTERM when its environment is shut down",
		Test: func(t *testing.T) {
			const attempts = 5 // on a busy machine, 500 ms may not be enough to write a file
			for attempt := 1; ; attempt++ {
				f := deploy(t, env("SIGTERM", "yes"))
				invoke(t, f, request{Do: "count"})
				f.Close()
				if _, err := os.Stat(inTmp(f, "sigterm")); err == nil {
					return
				}
				require.Less(t, attempt, attempts, "it was not told")
			}
		},
	},
	{
		ID: "extension-sigterm-grace", Certainty: conformance.Source,
		Fact: "SIGKILL follows about 500 ms after SIGTERM",
		Test: func(t *testing.T) {
			var alive func() []string
			f := deploy(t, env("SIGTERM", "hang"), func(c *Config) { alive = marked(c) })
			invoke(t, f, request{Do: "count"})
			begin := time.Now()
			f.Close()
			assert.GreaterOrEqual(t, time.Since(begin), 500*time.Millisecond)
			assertNone(t, alive)
		},
	},
	{
		ID: "extension-sigkill-only", Certainty: conformance.Source,
		Fact: "A function that did not register gets SIGKILL alone",
		Test: func(t *testing.T) {
			var alive func() []string
			f := deploy(t, func(c *Config) { alive = marked(c) })
			invoke(t, f, request{Do: "mark-sigterm"})
			f.Close()
			assertNone(t, alive)
			assert.NoFileExists(t, inTmp(f, "sigterm"))
		},
	},
}
