package serve

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

func TestServesUntilItIsInterrupted(t *testing.T) {
	t.Parallel()
	r := serveTiny(t)
	for _, text := range []string{"The tiny lesson", "API ServerlessRestApi", "POST  /echo/{id}  EchoFunction", "ItemsTable  tiny-ItemsTable-", "AWS_ACCESS_KEY_ID=ASIA"} {
		assert.Contains(t, r.String(), text)
	}
	status, _, body := r.post(r.url("ServerlessHttpApi")+"/echo/1", `{"Calls":1,"Log":["hello\u001b[2J"],"Return":{"statusCode":202,"body":"done"}}`)
	assert.Equal(t, 202, status)
	assert.Equal(t, "done", body)
	shown := r.String()
	assert.Regexp(t, `\d\d:\d\d:\d\d POST /echo/1 202 in .* ms  EchoFunction \(cold start, INIT .* ms\)\n    ran for .*, billed \d+ ms, .*128 MB\n`+
		`    DynamoDB GetItem on tiny-ItemsTable-\S+, id=nobody: 200, no item in .* ms\n    \| hello\S\[2J\n`, shown)
	assert.NotContains(t, shown, "\x1b", "there is no terminal")

	r.post(r.url("ServerlessHttpApi")+"/nowhere", ``)
	assert.Contains(t, r.String(), "POST /nowhere 404 in ")
	assert.Contains(t, r.String(), "    API Gateway: no route of the API takes POST /nowhere; it has ")
	r.post(r.url("ServerlessRestApi")+"/echo/1", `{"Error":"no luck"}`)
	assert.Contains(t, r.String(), "POST /Prod/echo/1 502 in ")
	assert.Contains(t, r.String(), "    errorString: no luck\n")

	require.NoError(t, r.end())
	r.nothingLeft()
}

func TestAFunctionThatOutlivesItsRequestIsShownWhenItEnds(t *testing.T) {
	t.Parallel()
	b, free := hold(t)
	r := serveTiny(t, opening(b))
	t.Cleanup(free)
	answered := make(chan int, 1)
	url := r.url("ServerlessHttpApi")
	go func() {
		status, _, _, _ := try(url+"/slow", `{"Calls":1}`)
		answered <- status
	}()
	b.arrival(t)
	assert.Equal(t, 503, <-answered)
	assert.NotContains(t, r.String(), "ended after")
	free()
	r.await("ended after the answer to POST /slow: answered  EchoFunction")
}

func opening(b backend.Backend) func(*Options) {
	return func(o *Options) {
		o.Open = func(context.Context, []backend.Service) (backend.Backend, error) { return b, nil }
	}
}

func TestSavedCodeTakesOver(t *testing.T) {
	t.Parallel()
	b, free := hold(t)
	r := serveTiny(t, opening(b))
	t.Cleanup(free)
	url := r.url("ServerlessHttpApi") + "/echo/1"
	const old, text = "return r.Return, nil", `return json.RawMessage("\"new\""), nil`

	// One request is under way when the new code comes.
	underWay := make(chan string, 1)
	go func() {
		_, _, body, _ := try(url, `{"Calls":1,"Return":"old"}`)
		underWay <- body
	}()
	b.arrival(t)
	r.edit("echo/main.go", old, text)
	r.await("echo/main.go changed: building")
	r.await("new code from the next invocation on: EchoFunction")
	_, _, body := r.post(url, `{"Return":"old"}`)
	assert.Equal(t, "new", body)
	free()
	assert.Equal(t, "old", <-underWay)

	// What does not build changes nothing, and what is put right does.
	r.edit("echo/main.go", text, "return broken")
	r.await("✗ It does not build. What was built before goes on.\n\n")
	assert.Contains(t, r.String(), "undefined: broken")
	_, _, body = r.post(url, `{"Return":"old"}`)
	assert.Equal(t, "new", body)
	r.edit("echo/main.go", "return broken", `return json.RawMessage("\"right\""), nil`)
	require.Eventually(t, func() bool {
		return strings.Count(r.String(), "new code from the next invocation on: EchoFunction") == 2
	}, patience, tick)
	_, _, body = r.post(url, `{"Return":"old"}`)
	assert.Equal(t, "right", body)

	// Nor does a file that is no code.
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "notes.md"), []byte("to do"), 0o600))
	r.await("notes.md changed: building")
	r.await("the functions are the same as before")
	require.NoError(t, r.end())
	r.nothingLeft()
}

func TestAChangedTemplateIsDeployedAnewAtTheSameAddresses(t *testing.T) {
	t.Parallel()
	r := serveTiny(t)
	http, rest, client := r.url("ServerlessHttpApi"), r.url("ServerlessRestApi"), r.client()
	require.Len(t, tables(t, client), 1)
	first := tables(t, client)[0]
	r.edit("template.yaml", "Timeout: 60", "Timeout: sixty")
	r.await("✗ The template has problems. What was built before goes on.")
	assert.Equal(t, first, tables(t, client)[0])
	r.edit("template.yaml", "Timeout: sixty", "Timeout: 59")
	r.await("deployed anew, at the same addresses, with empty tables")
	r.await("EchoFunction") // and again
	require.Eventually(t, func() bool { return strings.Count(r.String(), "Ctrl-C") == 2 }, patience, tick)
	assert.Equal(t, 2, strings.Count(r.String(), http+"\n"))
	assert.Equal(t, 2, strings.Count(r.String(), rest+"\n"))
	_, _, body := r.post(http+"/echo/1", `{"Return":"anew"}`)
	assert.Equal(t, "anew", body)
	require.Len(t, tables(t, client), 1)
	assert.NotEqual(t, first, tables(t, client)[0])
}

// tables asks the endpoint as the AWS CLI would.
func tables(t *testing.T, endpoint string) []string {
	t.Helper()
	const key = "ASIACNDQGHDIIMYPW3D5" // of seed 1
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-north-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider(key, "any", ""),
	})
	out, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	require.NoError(t, err)
	return out.TableNames
}

func TestInvokeIsAsInLambdasAPI(t *testing.T) {
	t.Parallel()
	r := serveTiny(t)
	invoke := func(name string) string { return r.client() + "/2015-03-31/functions/" + name + "/invocations" }

	status, header, body := r.post(invoke("EchoFunction"), `{"Return":{"a":1},"Log":["hello"]}`, "X-Amz-Log-Type", "Tail")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"a":1}`, body)
	assert.Equal(t, "$LATEST", header.Get("X-Amz-Executed-Version"))
	assert.Empty(t, header.Get("X-Amz-Function-Error"))
	text, err := base64.StdEncoding.DecodeString(header.Get("X-Amz-Log-Result"))
	require.NoError(t, err)
	assert.Regexp(t, `(?s)START RequestId: .*\nhello\nEND .*\nREPORT .*\n$`, string(text))
	assert.Regexp(t, `invoked answered  EchoFunction \(cold start, INIT`, r.String())

	_, header, _ = r.post(invoke("EchoFunction"), `{"Log":["`+strings.Repeat("x", 9000)+`"]}`, "X-Amz-Log-Type", "Tail")
	text, err = base64.StdEncoding.DecodeString(header.Get("X-Amz-Log-Result"))
	require.NoError(t, err)
	assert.Len(t, text, 4096)

	status, header, body = r.post(invoke("arn:aws:lambda:eu-north-1:123456789012:function:EchoFunction:live"), `{"Error":"no luck"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "Unhandled", header.Get("X-Amz-Function-Error"))
	assert.JSONEq(t, `{"errorMessage":"no luck","errorType":"errorString"}`, body)

	for _, c := range []struct {
		name, event, kind string
		status            int
		code              string
	}{
		{"NoFunction", `{}`, "", 404, "ResourceNotFoundException"},
		{"EchoFunction", `{`, "", 400, "InvalidRequestContentException"},
		{"EchoFunction", `{`, "Event", 400, "InvalidRequestContentException"},
		{"EchoFunction", strings.Repeat(" ", 6<<20+2), "", 413, "RequestTooLargeException"},
		{"EchoFunction", `{}`, "Other", 400, "InvalidParameterValueException"},
		{"EchoFunction", `{}`, "DryRun", 204, ""},
		{"EchoFunction", ``, "", 200, ""},
		{"EchoFunction", `{"Log":["in its own time"]}`, "Event", 202, ""},
	} {
		status, header, body := r.post(invoke(c.name), c.event, "X-Amz-Invocation-Type", c.kind)
		assert.Equal(t, c.status, status, "%s %.20s: %s", c.kind, c.event, body)
		assert.Equal(t, c.code, header.Get("X-Amzn-Errortype"), "%s %.20s", c.kind, c.event)
	}
	r.await("| in its own time")
}

func TestInvocationsUnderWayEndWithTheServer(t *testing.T) {
	t.Parallel()
	r := serveTiny(t)
	ended := make(chan struct{})
	url := r.client() + "/2015-03-31/functions/EchoFunction/invocations"
	status, _, _ := r.post(url, `{"Hang":true}`, "X-Amz-Invocation-Type", "Event")
	assert.Equal(t, 202, status)
	go func() {
		defer close(ended)
		_, _, _, _ = try(url, `{"Hang":true}`) // it has no answer, or one that says so
	}()
	require.NoError(t, r.end())
	<-ended
	r.nothingLeft()
}

func TestWhatDoesNotBuildIsNotServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(tiny)))
	root, err := filepath.Abs(module)
	require.NoError(t, err)
	project := Project{Name: "tiny", Template: filepath.Join(dir, "template.yaml"), Root: root, Place: "lessons/90-tiny"}

	require.NoError(t, os.WriteFile(filepath.Join(dir, "echo", "more.go"), []byte("package main\n\nvar a = b\n"), 0o600))
	r := start(t, project)
	require.ErrorIs(t, r.ending(), ErrFault)
	assert.Contains(t, r.String(), "✗ It does not build.")
	assert.Contains(t, r.String(), "more.go:3:9: undefined: b")
	r.nothingLeft()

	require.NoError(t, os.WriteFile(project.Template, []byte("Resources: {}\n"), 0o600))
	r = start(t, project)
	require.ErrorIs(t, r.ending(), ErrFault)
	assert.Contains(t, r.String(), "✗ The template has problems.")

	broken := errors.New("no backend today")
	r = start(t, Project{Name: "tiny", Template: filepath.Join(tiny, "template.yaml"), Root: root, Place: "lessons/90-tiny"},
		func(o *Options) {
			o.Open = func(context.Context, []backend.Service) (backend.Backend, error) { return nil, broken }
		})
	require.ErrorIs(t, r.ending(), broken)
	r.nothingLeft()
}

func TestATemplateWithoutFunctionsIsServed(t *testing.T) {
	t.Parallel()
	p := tinyProject(t)
	require.NoError(t, os.WriteFile(p.Template, []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  OrdersQueue:
    Type: AWS::SQS::Queue
`), 0o600))
	r := start(t, p)
	r.await("Ctrl-C")
	assert.NotContains(t, r.String(), "aws lambda invoke")
	require.NoError(t, r.end())
	r.nothingLeft()
}

func TestTwoServersOfOneLesson(t *testing.T) {
	t.Parallel()
	first, second := serveTiny(t), serveTiny(t)
	for _, r := range []*running{first, second} {
		_, _, body := r.post(r.url("ServerlessHttpApi")+"/echo/1", `{"Return":"here"}`)
		assert.Equal(t, "here", body)
	}
}
