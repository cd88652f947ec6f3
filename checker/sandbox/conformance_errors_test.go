package sandbox

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

// fails tests what a handler's error looks like to the caller.
func fails(r request, errorType, message string) func(*testing.T) {
	return func(t *testing.T) {
		i := invoke(t, deploy(t), r)
		assert.Equal(t, Failed, i.Outcome)
		assert.Equal(t, ErrorObject{Message: message, Type: errorType}, i.Error())
		assert.Empty(t, i.Exit)
		assert.False(t, i.Panicked())
	}
}

var errorRows = []conformance.Row{
	{
		ID: "error-plain", Certainty: conformance.Measured,
		Fact: "errors.New: the type is errorString, and there is no stack",
		Test: fails(request{Do: "error", Text: "boom"}, "errorString", "boom"),
	},
	{
		ID: "error-wrapped", Certainty: conformance.Measured,
		Fact: "fmt.Errorf with %w: the type is wrapError, that of the outermost error",
		Test: fails(request{Do: "error-wrapped", Text: "boom"}, "wrapError", "wrapped: boom"),
	},
	{
		ID: "error-joined", Certainty: conformance.Measured,
		Fact: "errors.Join: the type is joinError",
		Test: fails(request{Do: "error-joined", Text: "boom"}, "joinError", "boom\nand another"),
	},
	{
		ID: "error-custom-value", Certainty: conformance.Measured,
		Fact: "An error of an own type: the type is its name, without the package",
		Test: fails(request{Do: "error-value", Text: "boom"}, "valueError", "boom"),
	},
	{
		ID: "error-custom-pointer", Certainty: conformance.Measured,
		Fact: "A pointer to an own type: the type is the name of what it points to",
		Test: fails(request{Do: "error-pointer", Text: "boom"}, "pointerError", "boom"),
	},
	{
		ID: "error-message", Certainty: conformance.Source,
		Fact: "messages.InvokeResponse_Error is sent as it is: the way to set type and stack",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t), request{Do: "error-message", Text: "sold out"})
			assert.JSONEq(t, `{"errorType":"Shop.OutOfTea","errorMessage":"sold out","stackTrace":[{"path":"tea.go","line":7,"label":"brew"}]}`, string(i.Payload))
			assert.False(t, i.Panicked())
		},
	},
	{
		ID: "error-context", Certainty: conformance.Measured,
		Fact: "ctx.Err() at the deadline: deadlineExceededError, context deadline exceeded, if anybody still hears it",
		Test: func(t *testing.T) {
			c := (&talk{event: `{"Do":"deadline"}`, deadline: "1000"}).run(t, "probe")
			require.Len(t, c.posts("/error"), 1)
			assert.JSONEq(t, `{"errorMessage":"context deadline exceeded","errorType":"deadlineExceededError"}`, c.posts("/error")[0].Body)
		},
	},
	{
		ID: "error-not-json", Certainty: conformance.Measured,
		Fact: "A result that is no JSON, such as a channel or a function: UnsupportedTypeError",
		Test: func(t *testing.T) {
			for do, message := range map[string]string{"channel": "chan int", "function": "func()"} {
				fails(request{Do: do}, "UnsupportedTypeError", "json: unsupported type: "+message)(t)
			}
		},
	},
	{
		ID: "error-event-type", Certainty: conformance.Source,
		Fact: "An event that does not fit the handler's parameter: UnmarshalTypeError, and the handler does not run",
		Test: func(t *testing.T) {
			f := deploy(t)
			i := send(t, f, `{"Do":"count","Millis":"many"}`)
			assert.Equal(t, Failed, i.Outcome)
			assert.Equal(t, "UnmarshalTypeError", i.Error().Type)
			assert.Equal(t, 1, decode[int](t, invoke(t, f, request{Do: "count"})), "it was not called before")
		},
	},
	{
		ID: "error-event-syntax", Certainty: conformance.Source,
		Fact: "An event that is not JSON: SyntaxError",
		Test: func(t *testing.T) {
			c := (&talk{event: `{tea`}).run(t, "probe")
			require.Len(t, c.posts("/error"), 1)
			assert.Contains(t, c.posts("/error")[0].Body, `"errorType":"SyntaxError"`)
		},
	},
	{
		ID: "error-event-unknown-fields", Certainty: conformance.Source,
		Fact: "Fields of the event that the parameter does not have are ignored",
		Test: func(t *testing.T) {
			assert.Equal(t, "tea", decode[string](t, send(t, deploy(t), `{"Do":"echo","Text":"tea","Milk":true}`)))
		},
	},
	{
		ID: "error-handler-invalid", Certainty: conformance.Source,
		Fact: "With an invalid handler the process starts as always, and every invocation fails",
		Test: func(t *testing.T) {
			f := deploy(t, fixture(t, "invalid"))
			for n := range 2 {
				i := send(t, f, `{}`)
				assert.True(t, i.InitCompleted)
				assert.Equal(t, n == 0, i.ColdStart)
				assert.Equal(t, ErrorObject{Type: "errorString", Message: "handlers may not take more than two arguments, but handler takes 3"}, i.Error())
			}
		},
	},
	{
		ID: "error-is-printed", Certainty: conformance.Measured,
		Fact: "The library prints every error that the handler returned to stderr, as JSON: secrets in it reach the log",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t), request{Do: "error", Text: "password hunter2"})
			require.Len(t, i.Log, 1)
			assert.Regexp(t, `^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \{"errorMessage":"password hunter2","errorType":"errorString"\}$`, i.Log[0])
		},
	},
}

// panics tests a panic of the handler.
func panics(r request, errorType, message string) func(*testing.T) {
	return func(t *testing.T) {
		f := deploy(t)
		i := invoke(t, f, r)
		assert.Equal(t, Failed, i.Outcome)
		assert.True(t, i.Panicked())
		assert.Equal(t, errorType, i.Error().Type)
		assert.Equal(t, message, i.Error().Message)
		require.NotEmpty(t, i.Error().StackTrace)
		var frame struct {
			Path, Label string
			Line        int
		}
		require.NoError(t, json.Unmarshal(i.Error().StackTrace[0], &frame))
		assert.NotEmpty(t, frame.Path)
		assert.NotEmpty(t, frame.Label)
		assert.Positive(t, frame.Line)
		assert.Equal(t, "exit status 1", i.Exit)
		assert.Contains(t, strings.Join(i.Log, "\n"), "calling the handler function resulted in a panic, the process should exit")
		next := invoke(t, f, request{Do: "count"})
		assert.True(t, next.ColdStart)
		assert.Equal(t, 1, decode[int](t, next))
	}
}

// exits tests a process that ends without an answer.
func exits(r request, exit, message string) func(*testing.T) {
	return func(t *testing.T) {
		f := deploy(t)
		i := invoke(t, f, r)
		assert.Equal(t, Exited, i.Outcome)
		assert.Equal(t, exit, i.Exit)
		want, err := json.Marshal(map[string]string{"errorType": "Runtime.ExitError", "errorMessage": "RequestId: " + i.RequestID + " Error: " + message})
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(i.Payload))
		assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
	}
}

var exitRows = []conformance.Row{
	{
		ID: "panic-value", Certainty: conformance.Measured,
		Fact: "A panic is posted with its stack, the type is that of the value; then the process ends with status 1",
		Test: panics(request{Do: "panic", Text: "oh no"}, "string", "oh no"),
	},
	{
		ID: "panic-error", Certainty: conformance.Measured,
		Fact: "A panic with an error has the error's type",
		Test: panics(request{Do: "panic-error", Text: "oh no"}, "pointerError", "oh no"),
	},
	{
		ID: "panic-nil-map", Certainty: conformance.Measured,
		Fact: "A write to a nil map: plainError",
		Test: panics(request{Do: "panic-map", Text: "tea"}, "plainError", "assignment to entry in nil map"),
	},
	{
		ID: "panic-index", Certainty: conformance.Measured,
		Fact: "An index that is out of range: boundsError",
		Test: panics(request{Do: "panic-index", Millis: 3}, "boundsError", "runtime error: index out of range [3] with length 0"),
	},
	{
		ID: "panic-goroutine", Certainty: conformance.Recorded,
		Fact: "A panic in another goroutine posts nothing: exit status 2",
		Test: exits(request{Do: "panic-goroutine", Text: "oh no"}, "exit status 2", "Runtime exited with error: exit status 2"),
	},
	{
		ID: "exit-0", Certainty: conformance.Recorded,
		Fact: "os.Exit(0): Runtime.ExitError, without a reason",
		Test: exits(request{Do: "exit", Millis: 0}, "exit status 0", "Runtime exited without providing a reason"),
	},
	{
		ID: "exit-3", Certainty: conformance.Recorded,
		Fact: "os.Exit(3): Runtime.ExitError, with the status",
		Test: exits(request{Do: "exit", Millis: 3}, "exit status 3", "Runtime exited with error: exit status 3"),
	},
	{
		ID: "exit-log-fatal", Certainty: conformance.Recorded,
		Fact: "log.Fatal is os.Exit(1): nothing is posted, and what it printed is in the log",
		Test: func(t *testing.T) {
			exits(request{Do: "fatal", Text: "no tea"}, "exit status 1", "Runtime exited with error: exit status 1")(t)
			assert.Contains(t, strings.Join(invoke(t, deploy(t), request{Do: "fatal", Text: "no tea"}).Log, "\n"), "no tea")
		},
	},
}

// answers tests what the caller gets of a result.
func answers(do, want string) func(*testing.T) {
	return func(t *testing.T) {
		i := invoke(t, deploy(t), request{Do: do})
		assert.Equal(t, Answered, i.Outcome)
		assert.Equal(t, want, string(i.Payload))
	}
}

var answerRows = []conformance.Row{
	{
		ID: "answer-nil", Certainty: conformance.Measured,
		Fact: "nil is null",
		Test: answers("nothing", `null`),
	},
	{
		ID: "answer-html", Certainty: conformance.Measured,
		Fact: "HTML is not escaped",
		Test: answers("html", `"<b>&</b>"`),
	},
	{
		ID: "answer-sqs", Certainty: conformance.Measured,
		Fact: "events.SQSEventResponse{} has a null list",
		Test: answers("sqs", `{"batchItemFailures":null}`),
	},
	{
		ID: "answer-http", Certainty: conformance.Measured,
		Fact: "events.APIGatewayV2HTTPResponse{} has status 0 and nulls",
		Test: answers("http", `{"statusCode":0,"headers":null,"multiValueHeaders":null,"body":"","cookies":null}`),
	},
}
