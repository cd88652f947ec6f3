package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

// heard is a request that a function sent to a runtime API of the test's own.
type heard struct {
	Path     string
	Header   http.Header
	Chunked  bool
	Declared []string // trailers
	Body     string
}

// talk is a runtime API that gives a function one event and then an error, so that it ends. It shows what
// the Go runtime library sends, whatever the sandbox makes of it.
type talk struct {
	event    string
	deadline string // for the header; "" is in an hour
	posted   int    // the status for what is posted; 0 is 202
	env      []string

	mu     sync.Mutex
	heard  []heard
	exit   string
	output string
}

func (c *talk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	c.heard = append(c.heard, heard{
		Path: r.URL.Path, Header: r.Header, Chunked: slices.Contains(r.TransferEncoding, "chunked"),
		Declared: strings.Split(r.Header.Get("Trailer"), ","), Body: string(body),
	})
	nexts := 0
	for _, h := range c.heard {
		if h.Path == "/2018-06-01/runtime/invocation/next" {
			nexts++
		}
	}
	c.mu.Unlock()
	switch {
	case r.URL.Path == "/2020-01-01/extension/register":
		w.Header().Set("Lambda-Extension-Identifier", "an-id")
	case r.URL.Path == "/2020-01-01/extension/event/next":
		<-r.Context().Done()
	case r.Method == http.MethodPost && c.posted != 0:
		w.WriteHeader(c.posted)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusAccepted)
	case nexts > 1 || c.event == "":
		w.WriteHeader(http.StatusInternalServerError)
	default:
		deadline := c.deadline
		if deadline == "" {
			deadline = "4102444800000"
		}
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "the-id")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", deadline)
		_, _ = io.WriteString(w, c.event)
	}
}

// run runs a function until it ends.
func (c *talk) run(t *testing.T, function string) *talk {
	t.Helper()
	server := httptest.NewServer(c)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(t, function))
	cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(server.URL, "http://"), "TMPDIR=" + t.TempDir()}, c.env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	_ = cmd.Run() // how it ended is in the state
	require.NoError(t, ctx.Err())
	c.exit, c.output = cmd.ProcessState.String(), output.String()
	return c
}

// posts are the requests with this end of their path.
func (c *talk) posts(end string) []heard {
	var found []heard
	for _, h := range c.heard {
		if strings.HasSuffix(h.Path, end) {
			found = append(found, h)
		}
	}
	return found
}

// What aws-lambda-go does with the API, which functions in Go are bound to.
var libraryRows = []conformance.Row{
	{
		ID: "library-next-fatal", Certainty: conformance.Source,
		Fact: "The Go runtime library ends the process with status 1 when …/next answers anything but 200",
		Test: func(t *testing.T) {
			c := (&talk{}).run(t, "probe")
			assert.Equal(t, "exit status 1", c.exit)
			assert.Contains(t, c.output, "got unexpected status code: 500")
		},
	},
	{
		ID: "library-post-fatal", Certainty: conformance.Source,
		Fact: "It ends the process with status 1 when its answer is not accepted with 202",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"echo"}`, posted: http.StatusOK}).run(t, "probe")
			assert.Equal(t, "exit status 1", c.exit)
			assert.Len(t, c.posts("/next"), 1, "it did not ask again")
		},
	},
	{
		ID: "library-too-large-exits", Certainty: conformance.Measured,
		Fact: "After a 413 the process ends with status 1, so the next invocation is a cold start",
		Test: func(t *testing.T) {
			f := deploy(t)
			i := invoke(t, f, request{Do: "large"})
			assert.Equal(t, TooLarge, i.Outcome)
			assert.Equal(t, "exit status 1", i.Exit)
			assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
		},
	},
	{
		ID: "library-next-immediately", Certainty: conformance.Source,
		Fact: "It asks for the next event as soon as its answer is accepted",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"echo"}`}).run(t, "probe")
			require.Len(t, c.heard, 3)
			assert.Equal(t, "/2018-06-01/runtime/invocation/the-id/response", c.heard[1].Path)
			assert.Equal(t, "/2018-06-01/runtime/invocation/next", c.heard[2].Path)
		},
	},
	{
		ID: "library-user-agent", Certainty: conformance.Measured,
		Fact: "It calls itself aws-lambda-go/ and the version of Go",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"echo"}`}).run(t, "probe")
			for _, h := range c.heard {
				assert.Regexp(t, `^aws-lambda-go/go1\.`, h.Header.Get("User-Agent"), h.Path)
			}
		},
	},
	{
		ID: "library-chunked", Certainty: conformance.Measured,
		Fact: "It posts in chunks, as application/json, and declares trailers for an error",
		Test: func(t *testing.T) {
			for _, event := range []string{`{"Do":"echo"}`, `{"Do":"error","Text":"boom"}`} {
				c := (&talk{event: event}).run(t, "probe")
				posted := c.heard[1]
				assert.True(t, posted.Chunked)
				assert.Equal(t, "application/json", posted.Header.Get("Content-Type"))
			}
			i := send(t, raw(t), `{"Steps": [{"Method": "POST", "Path": "`+ownResponse+`", "Body": "1", "Header": {"Transfer-Encoding": "chunked"}}]}`)
			assert.Equal(t, 1, decode[int](t, i))
		},
	},
	{
		ID: "library-xray-cause", Certainty: conformance.Measured,
		Fact: "With an error it sends Lambda-Runtime-Function-Xray-Error-Cause, and not …-Error-Type",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"error","Text":"boom"}`}).run(t, "probe")
			header := c.heard[1].Header
			assert.Contains(t, header.Get("Lambda-Runtime-Function-Xray-Error-Cause"), `"exceptions":[{"type":"errorString","message":"boom"`)
			assert.Empty(t, header.Get("Lambda-Runtime-Function-Error-Type"))
		},
	},
	{
		ID: "library-xray-cause-size", Certainty: conformance.Measured,
		Fact: "The cause has less than 1 MiB, or is left out; the error is accepted either way",
		Test: func(t *testing.T) {
			for _, size := range []int{1<<20 - 600, 1<<20 + 600} {
				event, err := json.Marshal(request{Do: "error", Text: strings.Repeat("x", size)})
				require.NoError(t, err)
				i := send(t, deploy(t), string(event))
				assert.Equal(t, Failed, i.Outcome)
				assert.Len(t, i.Error().Message, size)
				assert.Empty(t, i.Exit)
			}
		},
	},
	{
		ID: "library-streamed", Certainty: conformance.Source,
		Fact: "A handler may answer with an io.Reader, which is passed on as it is",
		Test: func(t *testing.T) {
			i := send(t, deploy(t, fixture(t, "streamed")), `{"Text": "not JSON <&>"}`)
			assert.Equal(t, Answered, i.Outcome)
			assert.Equal(t, "not JSON <&>", string(i.Payload))
		},
	},
	{
		ID: "library-streamed-fails", Certainty: conformance.Measured,
		Fact: "When the reader fails midway, a trailer has the error, and the invocation has failed",
		Test: func(t *testing.T) {
			f := deploy(t, fixture(t, "streamed"))
			i := send(t, f, `{"Text": "half a", "Fail": "out of tea"}`)
			assert.Equal(t, Failed, i.Outcome)
			assert.Equal(t, "Unhandled", i.FunctionError)
			assert.Equal(t, ErrorObject{Message: "out of tea", Type: "errorString"}, i.Error())
			assert.False(t, send(t, f, `{}`).ColdStart, "the process goes on")
		},
	},
	{
		ID: "library-no-init-error", Certainty: conformance.Source,
		Fact: "It never posts to /runtime/init/error: an INIT that fails is the end of the process, and no more",
		Test: func(t *testing.T) {
			for init, exit := range map[string]string{"fatal": "exit status 1", "panic": "exit status 2", "exit": "exit status 3"} {
				c := (&talk{env: []string{"INIT=" + init}}).run(t, "probe")
				assert.Empty(t, c.heard)
				assert.Equal(t, exit, c.exit)
			}
		},
	},
	{
		ID: "library-deadline-invalid", Certainty: conformance.Source,
		Fact: "Without a valid deadline it posts an error, and the handler does not run",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"log","Text":"running"}`, deadline: "soon"}).run(t, "probe")
			require.Len(t, c.posts("/the-id/error"), 1)
			assert.Contains(t, c.posts("/the-id/error")[0].Body, "failed to parse deadline")
			assert.NotContains(t, c.output, "running")
		},
	},
	{
		ID: "library-no-proxy", Certainty: conformance.Source,
		Fact: "It ignores HTTP_PROXY and HTTPS_PROXY for this API",
		Skip: "the API is on the loopback address here, which Go never asks a proxy for",
	},
	{
		ID: "library-concurrency", Certainty: conformance.Source,
		Fact: "With AWS_LAMBDA_MAX_CONCURRENCY over 1 it runs several loops, and does not set _X_AMZN_TRACE_ID",
		Skip: "only Lambda Managed Instances set it; the workshop is about the default kind of function",
	},
}
