package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
)

func TestAnsweredAcceptsAnyAnswer(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{`null`, `"text"`, `{"statusCode":500}`, `[]`} {
		result := end(t, Check{}, func(t *T) { replyOf(t, answering(payload)).Answered() })
		assert.Equal(t, Passed, result.Verdict, payload)
	}
}

func TestAnsweredSaysOfEachOtherOutcomeWhatItMeansAndWhatToDo(t *testing.T) {
	t.Parallel()
	exited := failing(sandbox.Exited, `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited with error: exit status 1"}`)
	exited.Exit, exited.InitCompleted = "exit status 1", true
	panicked := failing(sandbox.Failed, `{"errorType":"string","errorMessage":"out of tea","stackTrace":[{"line":1}]}`)
	panicked.Exit = "exit status 1"
	for name, test := range map[string]struct {
		invocation     *sandbox.Invocation
		got, why, next string
	}{
		"timeout": {
			failing(sandbox.TimedOut, `{"errorType":"Sandbox.Timedout","errorMessage":"…"}`),
			"no answer within the function's timeout of 3s; it was killed", "kills the process at its timeout", "ctx.Deadline()",
		},
		"panic": {
			panicked,
			"a panic: out of tea", "A panic ends the process", "Find the line in the log, and look there for what the code takes for granted",
		},
		"error": {
			failing(sandbox.Failed, `{"errorType":"errorString","errorMessage":"out of tea"}`),
			`an error returned to the runtime, so the caller gets no answer: errorString "out of tea"`, "goes to Lambda, not to the caller", "return a nil error",
		},
		"exit": {
			exited, "the process ended with exit status 1, without an answer", "start a new process", "no os.Exit",
		},
		"too large": {
			failing(sandbox.TooLarge, `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`),
			"Response payload size exceeded maximum allowed payload size (6291556 bytes).", "over 6 MB", "the check's next step",
		},
		"not started": {
			failing(sandbox.NotStarted, `{"errorMessage":"exec format error"}`),
			"exec format error", "could not execute the bootstrap", "main package",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := finding(t, Check{Why: "the check's reason", Next: "the check's next step"}, func(t *T) {
				replyOf(t, test.invocation).Answered()
			})
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, "an answer", f.Want)
			assert.Contains(t, f.Why, test.why)
			assert.Contains(t, f.Next, test.next)
			assert.Equal(t, "invoked EchoFunction with a test", f.Did)
			assert.Equal(t, []string{"call: none to AWS", "log:  nothing"}, f.Evidence)
		})
	}
}

func TestAnsweredSaysWhyTheGoRuntimeEndedTheProcess(t *testing.T) {
	t.Parallel()
	for line, next := range map[string]string{
		"fatal error: concurrent map writes":                "sync.Mutex",
		"panic: assignment to entry in nil map [recovered]": "The evidence has the place.",
	} {
		exited := failing(sandbox.Exited, `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited with error: exit status 2"}`)
		exited.Exit, exited.InitCompleted = "exit status 2", true
		exited.Log = []string{"panic, as the function says itself: tea", line, "", "goroutine 7 [running]:"}
		f := finding(t, Check{}, func(t *T) { replyOf(t, exited).Answered() })
		assert.Equal(t, "the process ended with exit status 2, without an answer: "+line, f.Got)
		assert.Contains(t, f.Next, next)
	}
}

func TestAnswerReadsWhatAPIGatewayTakes(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]Answer{
		`{"statusCode":204}`: {Status: 204, Headers: map[string]string{}},
		`{"statusCode":200,"headers":null,"body":null,"isBase64Encoded":false}`: {Status: 200, Headers: map[string]string{}},
		`{"statusCode":404,"headers":{"Content-Type":"a","X-OTHER":"B"},"body":"no"}`: {
			Status: 404, Headers: map[string]string{"content-type": "a", "x-other": "B"}, Body: "no",
		},
		`{"statusCode":200,"body":"eyJhIjoxfQ==","isBase64Encoded":true}`:  {Status: 200, Headers: map[string]string{}, Body: `{"a":1}`},
		`{"statusCode":200,"body":"eyJhIjoxfQ==","isBase64Encoded":false}`: {Status: 200, Headers: map[string]string{}, Body: `eyJhIjoxfQ==`},
		`{"statusCode":100}`: {Status: 100, Headers: map[string]string{}},
		`{"statusCode":599}`: {Status: 599, Headers: map[string]string{}},
	} {
		result := end(t, Check{}, func(c *T) { assert.Equal(t, want, replyOf(c, answering(payload)).Answer(), payload) })
		assert.Equal(t, Passed, result.Verdict, payload)
	}
}

func TestAnswerRefusesWhatAPIGatewayCannotRead(t *testing.T) {
	t.Parallel()
	for payload, got := range map[string]string{
		`null`:                                 "no object",
		`"text"`:                               "no object",
		`[{"statusCode":200}]`:                 "no object",
		`7`:                                    "no object",
		`{}`:                                   "no valid statusCode",
		`{"id":"a"}`:                           "no valid statusCode",
		`{"statusCode":"200"}`:                 "no valid statusCode",
		`{"statusCode":null}`:                  "no valid statusCode",
		`{"statusCode":0}`:                     "no valid statusCode",
		`{"statusCode":99}`:                    "no valid statusCode",
		`{"statusCode":600}`:                   "no valid statusCode",
		`{"statusCode":200,"body":{}}`:         "a body that is no string",
		`{"statusCode":200,"body":7}`:          "a body that is no string",
		`{"statusCode":200,"headers":[]}`:      "headers that are not all strings",
		`{"statusCode":200,"headers":{"a":1}}`: "headers that are not all strings",
		`{"statusCode":200,"body":"{}?","isBase64Encoded":true}`: "a body that is not base64, although isBase64Encoded says so",
	} {
		f := finding(t, Check{}, func(t *T) { replyOf(t, answering(payload)).Answer() })
		assert.Equal(t, got+" in "+payload, f.Got)
		assert.Contains(t, f.Want, "statusCode")
		assert.Contains(t, f.Why, "500")
		assert.NotEmpty(t, f.Next)
	}
}

func TestAnswerRequiresAnAnswerFirst(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { replyOf(t, failing(sandbox.TimedOut, `{}`)).Answer() })
	assert.Equal(t, "an answer", f.Want)
}

func TestAMalformedAnswerIsShownInShort(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { replyOf(t, answering(`"`+strings.Repeat("é", 1000)+`"`)).Answer() })
	assert.LessOrEqual(t, len([]rune(f.Got)), maxValue+20)
	assert.True(t, strings.HasSuffix(f.Got, "é…"), f.Got)
}

func TestStatusRequiresTheStatusAndShowsTheBody(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		assert.Equal(t, "no", replyOf(c, answering(`{"statusCode":404,"body":"no"}`)).Status(404).Body)
	})
	assert.Equal(t, Passed, result.Verdict)

	f := finding(t, Check{}, func(t *T) { replyOf(t, answering(`{"statusCode":200,"body":"{\"id\":\"a\"}"}`)).Status(404) })
	assert.Equal(t, "status 200, body `{\"id\":\"a\"}`", f.Got)
	assert.Equal(t, "status 404", f.Want)
}

func TestAnEmptyBodyIsQuoted(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `status 200, body ""`, Answer{Status: 200}.String())
}

func TestQuotesAreThoseThatTheTextDoesNotHave(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":          `""`,
		"plain":     `"plain"`,
		`{"a":1}`:   "`{\"a\":1}`",
		"`":         "\"`\"",
		"\"`":       "\"\\\"`\"",
		"\"a\"\nb":  `"\"a\"\nb"`,
		"tab\there": `"tab\there"`,
	} {
		assert.Equal(t, want, quote(text))
	}
}

func TestJSONComparesValuesNotTexts(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(t *T) {
		replyOf(t, answering(`{"statusCode":200,"body":"{ \"stock\": 7.0, \"id\":\"a<b\" }"}`)).JSON(200, map[string]any{"id": "a<b", "stock": 7})
	})
	assert.Equal(t, Passed, result.Verdict, result.Finding)
}

func TestJSONSaysWhatIsWrongWithABody(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]Finding{
		`{"statusCode":500,"body":"{\"id\":\"a\"}"}`:              {Got: "status 500, body `{\"id\":\"a\"}`", Want: "status 200, body {\"id\":\"<a>\"}"},
		`{"statusCode":200,"body":"<no>"}`:                        {Got: `a body that is not JSON: "<no>"`, Want: `the body {"id":"<a>"}`},
		`{"statusCode":200,"body":""}`:                            {Got: `a body that is not JSON: ""`, Want: `the body {"id":"<a>"}`},
		`{"statusCode":200,"body":"\"{\\\"id\\\":1}\""}`:          {Got: "a JSON string that holds JSON: `\"{\\\"id\\\":1}\"`", Want: `the body {"id":"<a>"}`},
		`{"statusCode":200,"body":"{\"id\":\"b\"}"}`:              {Got: `the body {"id":"b"}`, Want: `the body {"id":"<a>"}`},
		`{"statusCode":200,"body":"{\"id\":\"<a>\",\"more\":1}"}`: {Got: `the body {"id":"<a>","more":1}`, Want: `the body {"id":"<a>"}`},
		`{"statusCode":200,"body":"null"}`:                        {Got: `the body null`, Want: `the body {"id":"<a>"}`},
	} {
		f := finding(t, Check{}, func(t *T) { replyOf(t, answering(payload)).JSON(200, map[string]string{"id": "<a>"}) })
		assert.Equal(t, want.Got, f.Got, payload)
		assert.Equal(t, want.Want, f.Want, payload)
	}
}

func TestErrorBodyReturnsTheText(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		assert.Equal(t, "no id", replyOf(c, answering(`{"statusCode":400,"body":"{\"error\":\"no id\",\"code\":7}"}`)).ErrorBody(400))
	})
	assert.Equal(t, Passed, result.Verdict)
}

func TestErrorBodyWantsOneFormForEveryError(t *testing.T) {
	t.Parallel()
	for body, got := range map[string]string{
		``:                    `the body ""`,
		`no id`:               `the body "no id"`,
		`{\"message\":\"a\"}`: "the body `{\"message\":\"a\"}`",
		`{\"error\":\"\"}`:    "the body `{\"error\":\"\"}`",
		`{\"error\":7}`:       "the body `{\"error\":7}`",
		`{\"error\":null}`:    "the body `{\"error\":null}`",
		`[]`:                  `the body "[]"`,
	} {
		f := finding(t, Check{}, func(t *T) { replyOf(t, answering(`{"statusCode":400,"body":"`+body+`"}`)).ErrorBody(400) })
		assert.Equal(t, got, f.Got)
		assert.Equal(t, `a body like {"error": "what is wrong"}`, f.Want)
	}
	f := finding(t, Check{}, func(t *T) { replyOf(t, answering(`{"statusCode":400,"body":"{\"error\":\"a\"}"}`)).ErrorBody(404) })
	assert.Equal(t, "status 404, and a body like {\"error\": \"what is wrong\"}", f.Want, "the status comes first")
}

func TestErrorBodyWantsTheNameInLowerCase(t *testing.T) {
	t.Parallel()
	// encoding/json matches a field without regard to case; a caller in another language does not.
	result := end(t, Check{}, func(t *T) { replyOf(t, answering(`{"statusCode":400,"body":"{\"Error\":\"no id\"}"}`)).ErrorBody(400) })
	assert.Equal(t, Failed, result.Verdict)
}

func TestRealOutcomesOfAFunction(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		todo todo
		got  string
	}{
		"panic":  {todo{Panic: "out of tea"}, "a panic: out of tea, in handle at echo/main.go:41"},
		"error":  {todo{Error: "out of tea"}, `an error returned to the runtime, so the caller gets no answer: errorString "out of tea"`},
		"answer": {todo{Return: []byte(`"tea"`)}, `no object in "tea"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := finding(t, Check{}, func(t *T) { echo(t, test.todo).Answer() })
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, "invoked EchoFunction with a test", f.Did)
			require.NotEmpty(t, f.Evidence)
			assert.Equal(t, "call: none to AWS", f.Evidence[0])
		})
	}
}

func TestAProcessThatEndsInItsSecondInvocationDidNotEndDuringINIT(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "exits", Run: func(t *T) {
		echo(t, todo{}).Answered()
		echo(t, todo{Exit: 3}).Answered()
	}}))
	require.NotNil(t, r.FirstFailure())
	assert.Equal(t, "the process ended with exit status 3, without an answer", r.FirstFailure().Finding.Got)
}

func TestAProcessThatEndsInItsFirstInvocationDidNotEndDuringINIT(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "exits", Run: func(t *T) { echo(t, todo{Exit: 3}).Answered() }}))
	require.NotNil(t, r.FirstFailure())
	assert.Equal(t, "the process ended with exit status 3, without an answer", r.FirstFailure().Finding.Got)
}
