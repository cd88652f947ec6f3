package check

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// Answer is an API Gateway compatible answer of a function, or the response of an API.
type Answer struct {
	Status  int
	Headers map[string]string // by their names in lower case; several values are joined by ", "
	Body    string            // decoded, if it was base64
}

// String shows the answer as findings do.
func (a Answer) String() string {
	return fmt.Sprintf("status %d, body %s", a.Status, cut(quote(a.Body), maxValue))
}

// quote puts a text in quotes that are not in it, so that JSON stays readable.
func quote(text string) string {
	if strings.ContainsAny(text, "`\n\r") || !strings.Contains(text, `"`) {
		return fmt.Sprintf("%q", text)
	}
	return "`" + text + "`"
}

// undecodable are the error types that the Go runtime library posts when it cannot decode an event.
var undecodable = map[string]bool{"UnmarshalTypeError": true, "SyntaxError": true}

// Answered requires that the function answered at all, whatever the answer.
func (r *Reply) Answered() { r.answered("an answer") }

func (r *Reply) answered(want string) {
	if r.Outcome == sandbox.Answered {
		return
	}
	if r.function == nil {
		r.refused(want)
	}
	f := Finding{Got: Outcome(r.Invocation), Want: want}
	if r.front != nil {
		f.Got = r.front.response.String() + ": " + f.Got
	}
	switch {
	case !r.InitCompleted && r.Outcome != sandbox.NotStarted:
		f.Why, f.Next = notStarted()
	case r.Outcome == sandbox.NotStarted:
		f.Why = "Lambda could not execute the bootstrap, so no event ever reaches it."
		f.Next = "Build it as a main package, for the system that it runs on."
	case r.Outcome == sandbox.TimedOut:
		f.Why = "Lambda kills the process at its timeout. Whoever called gets an error without a reason, and the next request pays for a cold start."
		f.Next = "Pass the handler's ctx to every call, and give up before its deadline: ctx.Deadline() says when that is."
	case r.Panicked():
		f.Why = "A panic ends the process: API Gateway answers 500 without a reason, and the next request pays for a cold start."
		f.Next = afterPanic(r.Invocation)
	case r.Outcome == sandbox.Failed && undecodable[r.Error().Type]:
		f.Why = "The Go runtime library decodes the event into the type of the handler's parameter. This event does not fit, so it never reached your code."
		f.Next = "Take the event as json.RawMessage, and look at what it has before you decode it further."
	case r.Outcome == sandbox.Failed:
		f.Why = "An error that the handler returns goes to Lambda, not to the caller: API Gateway answers 500 without a reason."
		f.Next = "Turn the error into an answer with a status code and a body, and return a nil error."
	case r.Outcome == sandbox.Exited && crash(r.Log) != "":
		f.Got += ": " + crash(r.Log)
		f.Why = "What goes wrong in a goroutine of its own ends the whole process: nobody above it can recover. API Gateway answers 500 without a reason, and the next request pays for a cold start."
		f.Next = "The evidence has the place."
		if strings.Contains(crash(r.Log), "concurrent map") {
			f.Next += " A map that several goroutines use needs a sync.Mutex, or a result of its own for each goroutine."
		}
	case r.Outcome == sandbox.Exited:
		f.Why = "Lambda has to start a new process: API Gateway answers 500 without a reason, and the next request pays for a cold start."
		f.Next = "Do not end the process in a handler: no os.Exit, no log.Fatal. The evidence has its last words."
	case r.Outcome == sandbox.OutOfMemory:
		f.Why = "Lambda kills a process that uses more memory than MemorySize. The caller gets an error without a reason, and the next request pays for a cold start."
		f.Next = "Keep less at once, or raise MemorySize in the template."
	case r.Outcome == sandbox.TooLarge:
		f.Why = "Lambda refuses answers over 6 MB."
	}
	if r.isAsynchronous() && r.InitCompleted {
		r.asynchronous(&f)
	}
	r.Fail(f)
}

// isAsynchronous tells whether nobody ever waits for what the function answers.
func (r *Reply) isAsynchronous() bool {
	for _, e := range r.function.Declared.Events {
		switch e.Source.(type) {
		case *sam.S3Event, *sam.ScheduleEvent:
		default:
			return false
		}
	}
	return len(r.function.Declared.Events) > 0
}

// asynchronous says what an invocation that failed means where nobody waits for an answer.
func (r *Reply) asynchronous(f *Finding) {
	const again = "Lambda sends the event again, after one minute and after two more, and then drops it."
	f.Want = "an invocation that succeeds"
	switch {
	case r.Outcome == sandbox.TimedOut:
		f.Why = "Lambda kills the process at its timeout. " + again
	case r.Panicked():
		f.Why = "A panic ends the process. " + again
	case r.Outcome == sandbox.Failed && !undecodable[r.Error().Type]:
		f.Got = fmt.Sprintf("the function returned an error: %s %q", r.Error().Type, cut(r.Error().Message, maxValue))
		f.Why = "What ends with an error is tried again: " + again
		f.Next = "The evidence has the error. Return one only for what another attempt may mend."
	case r.Outcome == sandbox.Exited:
		f.Why = "The process has ended. " + again
	case r.Outcome == sandbox.OutOfMemory:
		f.Why = "Lambda kills a process that uses more memory than MemorySize. Then it sends the event again, twice, and kills the process again."
	}
}

// crash is the line in which the Go runtime says why it ended the process, or "".
func crash(log []string) string {
	for _, line := range log {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") {
			return line
		}
	}
	return ""
}

// Answer requires an answer in the form that API Gateway takes, and returns it. The response of an API is
// one, whatever it says.
func (r *Reply) Answer() Answer { return r.answer("an answer") }

func (r *Reply) answer(want string) Answer {
	if r.front != nil {
		return r.front.response
	}
	r.answered(want)
	malformed := func(got string) {
		r.Fail(Finding{
			Got:  got + " in " + cut(string(r.Payload), maxValue),
			Want: "an object with a number as statusCode, and a string as body",
			Why:  "API Gateway answers 500 to the caller when it cannot read the function's answer.",
			Next: "Return an events.APIGatewayV2HTTPResponse, with the body encoded to a JSON string.",
		})
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(r.Payload, &fields); err != nil || fields == nil {
		malformed("no object")
	}
	var a Answer
	if err := json.Unmarshal(fields["statusCode"], &a.Status); err != nil || a.Status < 100 || a.Status > 599 {
		malformed("no valid statusCode")
	}
	if raw, ok := fields["body"]; ok && json.Unmarshal(raw, &a.Body) != nil {
		malformed("a body that is no string")
	}
	var headers map[string]string
	if raw, ok := fields["headers"]; ok && json.Unmarshal(raw, &headers) != nil {
		malformed("headers that are not all strings")
	}
	a.Headers = make(map[string]string, len(headers))
	for name, value := range headers {
		a.Headers[strings.ToLower(name)] = value
	}
	if bytes.Equal(fields["isBase64Encoded"], []byte("true")) {
		decoded, err := base64.StdEncoding.DecodeString(a.Body)
		if err != nil {
			malformed("a body that is not base64, although isBase64Encoded says so")
		}
		a.Body = string(decoded)
	}
	return a
}

// Status requires an answer with a status code, and returns the answer.
func (r *Reply) Status(want int) Answer {
	return r.status(want, fmt.Sprintf("status %d", want))
}

func (r *Reply) status(want int, words string) Answer {
	a := r.answer(words)
	if a.Status != want {
		r.explain(words)
		r.Fail(Finding{Got: a.String(), Want: words})
	}
	return a
}

// JSON requires an answer with a status code and a body that is this value in JSON.
func (r *Reply) JSON(status int, want any) Answer {
	words := fmt.Sprintf("status %d, body %s", status, encode(want))
	a := r.status(status, words)
	if got := r.decoded(a, "the body "+encode(want)); !assert.ObjectsAreEqual(normal(want), got) {
		r.explain(words)
		r.Fail(Finding{Got: "the body " + cut(a.Body, maxValue), Want: "the body " + encode(want)})
	}
	return a
}

// Object requires an answer with a status code and a JSON object as its body, and returns that. Like is one that
// would do, to be shown.
func (r *Reply) Object(status int, like any) map[string]any {
	words := fmt.Sprintf("status %d, body %s", status, encode(like))
	a := r.status(status, words)
	object, ok := r.decoded(a, "the body "+encode(like)).(map[string]any)
	if !ok {
		r.explain(words)
		r.Fail(Finding{Got: "the body " + cut(a.Body, maxValue) + ", which is no object", Want: "the body " + encode(like)})
	}
	return object
}

// decoded is the body as JSON.
func (r *Reply) decoded(a Answer, want string) any {
	var got any
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil {
		r.explain(want)
		r.Fail(Finding{
			Got:  fmt.Sprintf("a body that is not JSON: %s", cut(quote(a.Body), maxValue)),
			Want: want,
			Next: "Encode the value once with json.Marshal, and put the text into the body.",
		})
	}
	if text, ok := got.(string); ok && json.Valid([]byte(text)) {
		r.Fail(Finding{
			Got:  "a JSON string that holds JSON: " + cut(quote(a.Body), maxValue),
			Want: want,
			Why:  "The caller has to decode the body twice.",
			Next: "Encode the value once: what json.Marshal returns is the body already.",
		})
	}
	return got
}

// ErrorBody requires an answer with a status code and a body of the form {"error": "…"}, and returns
// the text.
func (r *Reply) ErrorBody(status int) string {
	words := fmt.Sprintf(`status %d, and a body like {"error": "what is wrong"}`, status)
	a := r.status(status, words)
	var body map[string]any // not a struct: its names would match in any case
	err := json.Unmarshal([]byte(a.Body), &body)
	text, _ := body["error"].(string)
	if err != nil || text == "" {
		r.explain(words)
		r.Fail(Finding{
			Got:  "the body " + cut(quote(a.Body), maxValue),
			Want: `a body like {"error": "what is wrong"}`,
			Why:  "Callers show or log what went wrong. They look for it in one place, whatever the status.",
			Next: `Answer every error through one function that writes {"error": "…"}.`,
		})
	}
	return text
}

// normal is a value as encoding/json would read it back.
func normal(v any) any {
	var out any
	if err := json.Unmarshal([]byte(encode(v)), &out); err != nil {
		return v
	}
	return out
}

func encode(v any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(out.String())
}
