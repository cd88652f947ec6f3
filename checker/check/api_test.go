package check

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// post asks the echo function through an API.
func post(t *T, api, path string, what todo) *Reply {
	data, err := json.Marshal(what)
	if err != nil {
		t.fault(err)
	}
	return t.API(api).Send(Request{Method: "POST", Path: path, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(data)})
}

// returning is what the echo function has to be asked for to return this.
func returning(result string) todo { return todo{Return: json.RawMessage(result)} }

func TestAnAPIsResponseIsAReply(t *testing.T) {
	t.Parallel()
	for _, api := range []string{implied, "ServerlessRestApi"} {
		result := end(t, Check{}, func(c *T) {
			r := post(c, api, "/echo/a", todo{Calls: 1, Log: []string{"said"},
				Return: json.RawMessage(`{"statusCode":201,"headers":{"Content-Type":"application/json","X-Own":"1"},"body":"{\"id\":\"a\"}"}`)})
			r.Answered()
			r.Status(201)
			r.JSON(201, map[string]string{"id": "a"})
			r.Body(201, `{"id":"a"}`)
			r.Header("Content-Type", "application/json")
			assert.Equal(t, "1", r.Header("x-own", "1").Headers["x-own"])
			assert.Len(t, r.Calls(), 1)
			assert.Equal(t, []string{"said"}, r.Log)
			assert.NotEmpty(t, r.RequestID, "it has its invocation")
		})
		assert.Equal(t, Passed, result.Verdict, "%v %v", result.Error, result.Finding)
	}
}

func TestErrorsOfAPIGatewayAreAnswersToo(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(t *T) {
		t.API(implied).Get("/nothing").JSON(404, map[string]string{"message": "Not Found"})
		t.API("ServerlessRestApi").Get("/nothing").Status(403)
		post(t, implied, "/echo/a", todo{Error: "out of tea"}).Body(500, `{"message":"Internal Server Error"}`)
	})
	assert.Equal(t, Passed, result.Verdict, "%v %v", result.Error, result.Finding)
}

func TestAFailedFunctionIsExplainedBehindAnAPIToo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		todo      todo
		got, next string
	}{
		"panic": {todo{Panic: "out of tea"}, "a panic: out of tea, in handle at echo/main.go:41", "Look at that line for what the code takes for granted"},
		"error": {todo{Error: "out of tea"}, `an error returned to the runtime, so the caller gets no answer: errorString "out of tea"`, "return a nil error"},
		"exit":  {todo{Exit: 3}, "the process ended with exit status 3, without an answer", "no os.Exit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := finding(t, Check{}, func(t *T) { post(t, implied, "/echo/a", test.todo).Status(200) })
			assert.Equal(t, "status 500, body `{\"message\":\"Internal Server Error\"}`: "+test.got, f.Got)
			assert.Equal(t, "status 200", f.Want)
			assert.Contains(t, f.Next, test.next)
			assert.True(t, strings.HasPrefix(f.Did, "sent POST /echo/a with Content-Type: application/json and the body `{"), f.Did)
		})
	}
}

func TestWhatAPIGatewayCannotUseIsExplained(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api, result string
		want        Finding
	}{
		"HTTP API": {implied, `{"statusCode":200,"body":{"id":"a"}}`, Finding{
			Got:  "status 500, body `{\"message\":\"Internal Server Error\"}`",
			Why:  "The response's body is an object, not a string: API Gateway answers 500.",
			Next: "Return an events.APIGatewayV2HTTPResponse, with the body encoded to a JSON string.",
		}},
		"inferred": {implied, `{"id":"a"}`, Finding{
			Got:  "status 200, body `{\"id\":\"a\"}`",
			Why:  "The response has no statusCode: API Gateway answers 200 with all of it as the body.",
			Next: "Return an events.APIGatewayV2HTTPResponse, with the body encoded to a JSON string.",
		}},
		"REST API": {"ServerlessRestApi", `{"statusCode":200,"body":"a","cookies":null}`, Finding{
			Got:  "status 502, body `{\"message\": \"Internal server error\"}`",
			Why:  `The response has "cookies", and a REST API takes nothing but body, headers, isBase64Encoded, multiValueHeaders, statusCode: API Gateway answers 502.`,
			Next: "Return an events.APIGatewayProxyResponse, with the body encoded to a JSON string.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := finding(t, Check{Why: "the check's", Next: "the check's"}, func(t *T) { post(t, test.api, "/echo/a", returning(test.result)).Body(201, "a") })
			assert.Equal(t, test.want.Got, f.Got)
			assert.Equal(t, `status 201, body "a"`, f.Want)
			assert.Equal(t, test.want.Why, f.Why)
			assert.Equal(t, test.want.Next, f.Next)
		})
	}
}

func TestARouteThatIsNotThereIsExplained(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { t.API(implied).Get("/echo/a?b=c").Status(200) })
	assert.Equal(t, Finding{
		Did:      "sent GET /echo/a?b=c to ServerlessHttpApi",
		Got:      "status 404, body `{\"message\":\"Not Found\"}`",
		Want:     "status 200",
		Why:      "No route of the API takes GET /echo/a, only POST /echo/{id}.",
		Next:     "In the template, give the function that is to answer an event of type HttpApi with the request's method and path.",
		Evidence: []string{"http: GET /echo/a?b=c → 404: no route of the API takes GET /echo/a, only POST /echo/{id}"},
	}, f)
}

// An event without ApiId is one of an API that SAM adds: the template looks complete, and the request finds nothing.
func TestARouteOfAnImpliedAPIIsExplained(t *testing.T) {
	t.Parallel()
	tiny := newFixture(tinyID, "echo/")
	declared := []string{"  ItemsTable:\n", "  ItemsApi: {Type: AWS::Serverless::HttpApi}\n" +
		"  ItemsRestApi: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}\n  ItemsTable:\n"}
	next := func(api string, r Request, changes ...string) string {
		f := fails(t, tiny.on(t, Check{}, append(changes, declared...)...), func(c *T) { c.API(api).Send(r).Status(200) })
		return f.Next
	}
	assert.Equal(t, "The event Http of EchoFunction names no API, so that SAM makes ServerlessHttpApi for it. "+
		"Make it one of type HttpApi with ApiId: !Ref ItemsApi.", next("ItemsApi", Request{Method: "POST", Path: "/echo/a?b=c"}))
	assert.Equal(t, "The event Rest of EchoFunction names no API, so that SAM makes ServerlessRestApi for it. "+
		"Make it one of type Api with RestApiId: !Ref ItemsRestApi.", next("ItemsRestApi", Request{Method: "POST", Path: "/echo/a"}, "Http: {Type: HttpApi, Properties: {Method: POST", "Http: {Type: HttpApi, Properties: {Method: GET"))
	for name, r := range map[string]Request{
		"another method": {Path: "/echo/a"}, "a longer path": {Method: "POST", Path: "/echo/a/b"}, "a shorter path": {Method: "POST", Path: "/echo"},
		"another path": {Method: "POST", Path: "/sound/a"},
	} {
		assert.Equal(t, "In the template, give the function that is to answer an event of type HttpApi with ApiId: !Ref ItemsApi, "+
			"and with the request's method and path.", next("ItemsApi", r), name)
	}
}

func TestAnIntegrationThatIsGivenUpIsExplained(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { post(t, implied, "/slow", todo{Hang: true}).Answered() })
	assert.Equal(t, "status 503, body `{\"message\":\"Service Unavailable\"}`", f.Got)
	assert.Equal(t, "an answer", f.Want)
	assert.Equal(t, "The function had not answered after 200ms: API Gateway answers 503, and the function goes on.", f.Why)
	assert.Contains(t, f.Next, "Answer sooner")
	assert.Len(t, f.Evidence, 1)
}

func TestAnAnswerThatIsOnlyWrongIsTheChecksToExplain(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{Why: "the check's reason", Next: "the check's next step"}, func(t *T) {
		post(t, implied, "/echo/a", returning(`{"statusCode":404,"body":"no"}`)).Status(200)
	})
	assert.Equal(t, `status 404, body "no"`, f.Got)
	assert.Equal(t, "the check's reason", f.Why)
	assert.Equal(t, "the check's next step", f.Next)
}

func TestEvidenceOfAnAPIIsTheWholeWay(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) {
		post(t, implied, "/echo/a", todo{Calls: 1, Log: []string{"said"}, Return: json.RawMessage(`{"statusCode":200,"body":7}`)}).Status(200)
	})
	require.Len(t, f.Evidence, 6)
	assert.Equal(t, "http: POST /echo/a → 500 by POST /echo/{id} (EchoFunction): the response's body is a number, not a string: API Gateway answers 500", f.Evidence[0])
	assert.Equal(t, `API Gateway's log: The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field "body"`, f.Evidence[1])
	assert.True(t, strings.HasPrefix(f.Evidence[2], `event: {"version":"2.0","routeKey":"POST /echo/{id}","rawPath":"/echo/a",`), f.Evidence[2])
	assert.LessOrEqual(t, len([]rune(f.Evidence[2])), maxLine+len("event: …"))
	assert.NotContains(t, f.Evidence[2], "requestContext", "it is long, and differs each time")
	assert.Equal(t, `result: {"statusCode":200,"body":7}`, f.Evidence[3])
	assert.True(t, strings.HasPrefix(f.Evidence[4], "call: DynamoDB GetItem"), f.Evidence[4])
	assert.Equal(t, "log:  said", f.Evidence[5])
}

func TestHeaderAndBodySayWhatIsWrong(t *testing.T) {
	t.Parallel()
	reply := func(t *T) *Reply {
		return post(t, implied, "/echo/a", returning(`{"statusCode":200,"headers":{"x-own":"1"},"body":"b"}`))
	}
	for name, test := range map[string]struct {
		run       func(*T)
		got, want string
	}{
		"other header": {func(t *T) { reply(t).Header("X-Own", "2") }, "the header X-Own: 1", "the header X-Own: 2"},
		"no header":    {func(t *T) { reply(t).Header("Location", "/a") }, "status 200, and no header Location", "the header Location: /a"},
		"other body":   {func(t *T) { reply(t).Body(200, "c") }, `status 200, body "b"`, `status 200, body "c"`},
		"other status": {func(t *T) { reply(t).Body(201, "b") }, `status 200, body "b"`, `status 201, body "b"`},
		"lost header": {func(t *T) {
			post(t, implied, "/echo/a", returning(`{"statusCode":200,"multiValueHeaders":{"a":["b"]}}`)).Header("a", "b")
		}, "status 200, and no header a", "the header a: b"},
		"invocation": {func(t *T) { replyOf(t, answering(ok)).Header("a", "b") }, "status 200, and no header a", "the header a: b"},
	} {
		f := finding(t, Check{}, test.run)
		assert.Equal(t, test.got, f.Got, name)
		assert.Equal(t, test.want, f.Want, name)
	}
}

const ok = `{"statusCode":200}`

func TestARequestIsWhatItSays(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "GET /a", Request{Path: "/a"}.String())
	assert.Equal(t, "PUT /a?b=c&d=e+f with no Content-Type and the body \"g\"", Request{Method: "PUT", Path: "/a?b=c", Query: url.Values{"d": {"e f"}}, Body: "g"}.String())
	assert.Equal(t, "GET /a with Origin: b", Request{Path: "/a", Headers: map[string]string{"Origin": "b"}}.String())
	assert.Equal(t, "POST /a with A: b, Content-Type: c and the body \"d\"",
		Request{Method: "POST", Path: "/a", Headers: map[string]string{"Content-Type": "c", "A": "b"}, Body: "d"}.String())
	assert.Equal(t, "GET /a?d=e", Request{Path: "/a", Query: url.Values{"d": {"e"}}}.String())
}

func TestATemplateWithoutTheAPIFailsTheCheck(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { t.API("ItemsApi") })
	assert.Contains(t, f.Got, "has no AWS::Serverless::HttpApi called ItemsApi")
	assert.Contains(t, f.Next, "Add ItemsApi to the Resources")
}

func TestAnAPIThatTheTemplateDeclaresIsTheOneThatEventsWouldImply(t *testing.T) {
	t.Parallel()
	c := orders.on(t, Check{})
	assert.Equal(t, "OrdersApi", c.API(implied).api.LogicalID)
}

func TestSeveralRequestsAreShownAsASequence(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) {
		t.ShowSequence()
		t.API(implied).Get("/a")
		t.API(implied).Get("/b").Status(200)
	})
	assert.Equal(t, "sent several requests to ServerlessHttpApi, one after the other:\n1. GET /a\n2. GET /b", f.Did)
}

func TestARequestThatCannotBeSentIsAFaultOfTheChecker(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(t *T) { t.API(implied).Send(Request{Method: "BAD METHOD", Path: "/"}) })
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "sending BAD METHOD / to ServerlessHttpApi")
	result = end(t, Check{}, func(t *T) { t.API(implied).Get("/%zz") })
	assert.Equal(t, Errored, result.Verdict)
}
