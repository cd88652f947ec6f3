package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process may send anything to the runtime API. It never fails, it always answers with JSON, and it takes
// no answer but the first one to the invocation under way.
func FuzzRuntimeAPI(f *testing.F) {
	const current, earlier = "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000001"
	f.Add("GET", "/2018-06-01/runtime/invocation/next", "", "", "", false)
	f.Add("GET", "/2018-06-01/runtime/invocation/next", "", "", "", true)
	f.Add("POST", "/2018-06-01/runtime/invocation/"+current+"/response", "Content-Type", "application/json", `{"a":1}`, false)
	f.Add("POST", "/2018-06-01/runtime/invocation/"+current+"/error", "Lambda-Runtime-Function-Error-Type", "A", `{"errorType":"A"}`, false)
	f.Add("POST", "/2018-06-01/runtime/invocation/"+current+"/response", "", "", "twice", true)
	f.Add("POST", "/2018-06-01/runtime/invocation/"+earlier+"/response", "", "", "late", false)
	f.Add("POST", "/2018-06-01/runtime/invocation/%2e%2e/"+current+"/response", "", "", "", false)
	f.Add("POST", "/2018-06-01/runtime/invocation//response", "", "", "", false)
	f.Add("POST", "/2018-06-01/runtime/init/error", "", "", `{}`, false)
	f.Add("POST", "/2020-01-01/extension/register", "Lambda-Extension-Name", "x", `{"events":[]}`, false)
	f.Add("GET", "/2020-01-01/extension/event/next", "Lambda-Extension-Identifier", "x", "", false)
	f.Add("HEAD", "/2018-06-01/runtime/invocation/next", "", "", "", false)
	f.Add("CONNECT", "//", "", "", "", false)
	f.Fuzz(func(t *testing.T, method, path, name, value, body string, answered bool) {
		api := newRuntimeAPI("f")
		defer api.stop()
		require.True(t, api.wish())
		<-api.ready
		api.begin(current)
		if answered {
			first := httptest.NewRequest(http.MethodPost, "/2018-06-01/runtime/invocation/"+current+"/response", strings.NewReader("first"))
			api.serve(httptest.NewRecorder(), first)
			require.Equal(t, "first", string((<-api.posted).body))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := (&http.Request{
			Method: method, URL: &url.URL{Path: path}, Header: http.Header{}, Trailer: http.Header{}, Body: http.NoBody,
		}).WithContext(ctx)
		r.Header.Set(name, value)
		r.Trailer.Set(name, value) // which the HTTP server fills in for chunks
		r.Body = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)).Body
		switch path {
		case "/2018-06-01/runtime/invocation/next":
			go func() {
				select {
				case api.events <- delivery{invocation: &Invocation{RequestID: "the next", Event: []byte(`{}`)}, deadline: time.Now()}:
				case <-ctx.Done():
				}
			}()
		case "/2020-01-01/extension/event/next":
			cancel() // it would wait for ever
		}
		w := httptest.NewRecorder()
		api.serve(w, r)

		if path != "/2020-01-01/extension/event/next" || method != http.MethodGet {
			assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
			assert.True(t, json.Valid(w.Body.Bytes()), "%q", w.Body)
		}
		own := strings.TrimPrefix(path, "/2018-06-01/runtime/invocation/"+current)
		mayAnswer := method == http.MethodPost && (own == "/response" || own == "/error") && !answered
		select {
		case a := <-api.posted:
			assert.True(t, mayAnswer, "an answer was taken: %q", a.body)
			assert.Equal(t, http.StatusAccepted, w.Code)
			assert.True(t, a.failed || string(a.body) == body)
		default:
			assert.False(t, mayAnswer, "the answer was not taken: %d %s", w.Code, w.Body)
		}
		if w.Code == http.StatusOK && method == http.MethodGet && strings.HasSuffix(path, "invocation/next") {
			assert.True(t, answered, "the next event was given before an answer")
		}
	})
}

// An event is refused, or reaches the process byte for byte.
func FuzzEvent(f *testing.F) {
	for _, event := range []string{
		"", "null", "{}", "[]", `"tea"`, "1e400", "-0", "{", "{}{}", "\ufeff{}", "\xff", `"\ud800"`, " \t\r\n{}\n", `{"a":1,"a":2}`, "\x00", "nul",
	} {
		f.Add([]byte(event))
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		if err := checkEvent(event); err != nil {
			var refused *RequestError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, http.StatusBadRequest, refused.Status)
			assert.Equal(t, "InvalidRequestContentException", refused.Code)
			assert.False(t, json.Valid(event))
			return
		}
		api := newRuntimeAPI("f")
		defer api.stop()
		go func() {
			select {
			case api.events <- delivery{invocation: &Invocation{RequestID: "id", Event: event}, deadline: time.Now()}:
			case <-t.Context().Done():
			}
		}()
		w := httptest.NewRecorder()
		api.serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/2018-06-01/runtime/invocation/next", http.NoBody))
		assert.Equal(t, http.StatusOK, w.Code)
		assert.Equal(t, event, w.Body.Bytes())
	})
}
