package sandbox

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

// Source: "Lambda quotas".
var payloadRows = []conformance.Row{
	{
		ID: "payload-event-limit", Certainty: conformance.Documented,
		Fact: "An event may have 6 MB; a larger one is refused with 413",
		Test: func(t *testing.T) {
			f := raw(t)
			largest := `"` + strings.Repeat("x", maxEvent-2) + `"`
			_, err := f.Invoke(t.Context(), []byte(largest+" "))
			var refused *RequestError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, 413, refused.Status)
			assert.Equal(t, "RequestEntityTooLargeException", refused.Code)
			require.NoError(t, checkEvent([]byte(largest)))
			half := `{"Text":"` + strings.Repeat("x", maxEvent/2) + `"}` // raw answers with the event and more
			assert.Equal(t, half, decode[result](t, send(t, f, half)).Body)
		},
	},
	{
		ID: "payload-event-async", Certainty: conformance.Documented,
		Fact: "An asynchronous event may have 256 KB",
		Skip: "AWS raised it to 1 MB in 2025, which nobody has confirmed here; who sends the events knows whether they are asynchronous",
	},
	{
		ID: "payload-event-json", Certainty: conformance.Recorded,
		Fact: "An event that is not JSON is refused with 400 InvalidRequestContentException",
		Test: func(t *testing.T) {
			f := deploy(t)
			for _, event := range []string{"", "{", "{}{}", "tea", `"\x"`, "\x00"} {
				_, err := f.Invoke(t.Context(), []byte(event))
				var refused *RequestError
				require.ErrorAs(t, err, &refused, event)
				assert.Equal(t, 400, refused.Status)
				assert.Equal(t, "InvalidRequestContentException", refused.Code)
			}
		},
	},
	{
		ID: "payload-response-limit", Certainty: conformance.Recorded,
		Fact: "An answer may have 6,291,556 bytes; of a larger one the caller learns Function.ResponseSizeTooLarge",
		Test: func(t *testing.T) {
			f := raw(t)
			i, got := steps(t, f, step{Method: "POST", Path: ownResponse, Size: maxResponse})
			assert.Equal(t, 202, got[0].Status)
			assert.Equal(t, Answered, i.Outcome)
			assert.Len(t, i.Payload, 6291556)
			i, _ = steps(t, f, step{Method: "POST", Path: ownResponse, Size: maxResponse + 1})
			assert.JSONEq(t, `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",
				"errorType":"Function.ResponseSizeTooLarge"}`, string(i.Payload))
		},
	},
}
