package apigateway

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

func TestAConnectionServesManyRequestsWithTheirOwnHeaders(t *testing.T) {
	t.Parallel()
	f := rest.deploy(t)
	c := f.dial()
	defer c.Close()
	buffered := bufio.NewReader(c)
	// All at once, with bodies between them: each head has to be found where it is.
	var all strings.Builder
	for n := range 5 {
		body := strings.Repeat("x-Fake: 1\r\n\r\n", n)
		fmt.Fprintf(&all, "POST /prod/%d HTTP/1.1\r\nHost: x\r\nx-Number-%d: yes\r\nContent-Length: %d\r\n\r\n%s", n, n, len(body), body)
	}
	_, err := io.WriteString(c, all.String())
	require.NoError(t, err)
	for n := range 5 {
		r := f.receive(buffered, "POST")
		assert.Equal(t, fmt.Sprintf("/%d", n), r.at(t, "path"))
		headers, isObject := r.at(t, "headers").(map[string]any)
		require.True(t, isObject)
		assert.Equal(t, "yes", headers[fmt.Sprintf("x-Number-%d", n)])
		assert.NotContains(t, headers, "x-Fake")
		assert.NotContains(t, headers, fmt.Sprintf("x-Number-%d", n-1))
	}
}

func TestAChunkedBodyIsReadAndEndsTheConnection(t *testing.T) {
	t.Parallel()
	r := rest.deploy(t).raw("POST", "POST /prod/a HTTP/1.1\r\nHost: x\r\nx-Kept: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	assert.Equal(t, "abcde", r.at(t, "body"))
	assert.Equal(t, "1", r.at(t, "headers", "x-Kept"))
	assert.True(t, r.Close)
}

func TestAFoldedHeaderIsOneValue(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Header{{"Host", "x"}, {"A", "b c"}}, fields([]byte("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\t c\r\n\r\n")))
	assert.Equal(t, -1, headEnd([]byte("GET / HTTP/1.1\r\nA: b\r\n")))
	assert.Equal(t, 18, headEnd([]byte("GET / HTTP/1.1\nA\n\nB")))
}

func TestAClientMaySendItsRequestInPieces(t *testing.T) {
	t.Parallel()
	f := rest.deploy(t)
	c := f.dial()
	defer c.Close()
	for _, b := range []byte("PUT /prod/a HTTP/1.1\r\nHost: x\r\nx-Slow: 1\r\nContent-Length: 3\r\n\r\nabc") {
		_, err := c.Write([]byte{b})
		require.NoError(t, err)
	}
	r := f.receive(c, "PUT")
	assert.Equal(t, "abc", r.at(t, "body"))
	assert.Equal(t, "1", r.at(t, "headers", "x-Slow"))
}

func TestABodyThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	f := setup{answer: ok, deployment: Deployment{BodyTimeout: 50 * time.Millisecond}}.deploy(t)
	c := f.dial()
	defer c.Close()
	_, err := io.WriteString(c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
	require.NoError(t, err)
	r := f.receive(c, "POST")
	assert.Equal(t, http.StatusRequestTimeout, r.StatusCode)
	assert.Contains(t, r.exchange.Reason, "was not complete after 50ms")
	assert.Zero(t, f.invoked())
}

func TestABodyWithoutEndIsCutAtTheLimit(t *testing.T) {
	t.Parallel()
	f := setup{answer: ok}.deploy(t)
	c := f.dial()
	defer c.Close()
	go func() {
		_, _ = io.WriteString(c, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat("a", 1<<16))
		for {
			if _, err := io.WriteString(c, chunk); err != nil {
				return // the server has closed, as it should
			}
		}
	}()
	// The response may be lost to the reset that the flood causes: the exchange is what counts.
	require.Eventually(t, func() bool {
		all := f.Exchanges()
		return len(all) == 1 && all[0].Status == http.StatusRequestEntityTooLarge
	}, patience, time.Millisecond)
	assert.Zero(t, f.invoked())
}

func TestAClientThatGoesAwayIsNoEvent(t *testing.T) {
	t.Parallel()
	f := setup{answer: ok}.deploy(t)
	c := f.dial()
	_, err := io.WriteString(c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool {
		all := f.Exchanges()
		return len(all) == 1 && all[0].Reason != ""
	}, patience, time.Millisecond)
	x := f.Exchanges()[0]
	assert.Equal(t, "the client went away before its request was complete", x.Reason)
	assert.Zero(t, x.Status)
	assert.Equal(t, "POST /a → no response by ANY /{proxy+} (Fn): the client went away before its request was complete", x.String())
	assert.Zero(t, f.invoked())
}

func TestAFunctionGoesOnWithoutItsClient(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	f := setup{invoke: func(ctx context.Context, _ string, _ []byte) (Invocation, error) {
		close(entered)
		select {
		case <-release:
			return Invocation{RequestID: "whole", Payload: []byte(ok)}, nil
		case <-ctx.Done():
			return Invocation{}, ctx.Err()
		}
	}}.deploy(t)
	c := f.dial()
	_, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-entered
	require.NoError(t, c.Close())
	close(release)
	require.Eventually(t, func() bool { return f.Exchanges()[0].Status == 200 }, patience, time.Millisecond)
	assert.Equal(t, "whole", f.Exchanges()[0].Invocation.RequestID)
}

func TestMalformedRequestsAreRefusedAndTheServerLives(t *testing.T) {
	t.Parallel()
	f := setup{answer: ok}.deploy(t)
	for _, text := range []string{
		"nonsense\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: x\r\nbad name: 1\r\n\r\n", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
	} {
		assert.Equal(t, 400, f.raw("GET", text).StatusCode, "%q", text)
	}
	assert.Empty(t, f.Exchanges())
	assert.Equal(t, 200, f.send("GET", "/a", "").StatusCode)
	for _, line := range []string{"OPTIONS * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET //a//b HTTP/1.1", "GET http://else/a HTTP/1.1"} {
		f.raw("GET", line+"\r\nHost: x\r\n\r\n")
	}
	assert.Equal(t, 200, f.send("GET", "/a", "").StatusCode)
}

func TestRequestsAreServedSideBySide(t *testing.T) {
	t.Parallel()
	const n = 16
	var barrier sync.WaitGroup
	barrier.Add(n)
	f := setup{invoke: func(context.Context, string, []byte) (Invocation, error) {
		barrier.Done()
		barrier.Wait() // nobody is answered before all are there
		return Invocation{Payload: []byte(ok)}, nil
	}}.deploy(t)
	var group sync.WaitGroup
	for range n {
		group.Go(func() { assert.Equal(t, 200, f.send("GET", "/a", "").StatusCode) })
	}
	group.Wait()
	all := f.Exchanges()
	require.Len(t, all, n)
	seen := map[string]bool{}
	for k, x := range all {
		assert.Equal(t, k+1, x.Number)
		seen[x.RequestID] = true
	}
	assert.Len(t, seen, n, "request ids differ")
}

func TestCloseEndsRequestsAndInvocations(t *testing.T) {
	t.Parallel()
	entered, ended := make(chan struct{}), make(chan struct{})
	f := setup{invoke: func(ctx context.Context, _ string, _ []byte) (Invocation, error) {
		close(entered)
		<-ctx.Done()
		close(ended)
		return Invocation{}, ctx.Err()
	}}.deploy(t)
	c := f.dial()
	defer c.Close()
	_, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-entered
	f.server.Close()
	select {
	case <-ended:
	default:
		assert.Fail(t, "Close did not wait for the invocation")
	}
	_, err = io.ReadAll(c)
	if err != nil {
		var network *net.OpError
		require.ErrorAs(t, err, &network)
	}
	x := f.Exchanges()[0]
	assert.Zero(t, x.Status)
	assert.Equal(t, "the API has been removed", x.Reason)
	require.NoError(t, x.Fault)
	f.server.Close() // again
	assert.Panics(t, func() { f.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a", nil)) })
}

func TestAFaultOfThisMachineIsNotTheFunctions(t *testing.T) {
	t.Parallel()
	broken := errors.New("no more processes")
	r := setup{invoke: func(context.Context, string, []byte) (Invocation, error) { return Invocation{}, broken }}.deploy(t).send("GET", "/a", "")
	assert.Equal(t, 500, r.StatusCode)
	assert.ErrorIs(t, r.exchange.Fault, broken)
}

func TestTheHandlerWorksWithoutAServer(t *testing.T) {
	t.Parallel()
	f := rest.deploy(t)
	w := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodPost, "/prod/a", strings.NewReader("abc"))
	request.Header.Set("x-thing", "1")
	f.ServeHTTP(w, request)
	assert.Equal(t, 200, w.Code)
	assert.Equal(t, "1", reply{exchange: f.Exchanges()[0]}.at(t, "headers", "X-Thing"), "as net/http spells it")
}

func TestExchangesAreKeptAndTold(t *testing.T) {
	t.Parallel()
	told := make(chan Exchange, 1)
	f := setup{answer: ok, deployment: Deployment{Observe: func(x Exchange) { told <- x }}}.deploy(t)
	r := f.send("POST", "/a?b=c", "abc", "Content-Type: text/plain")
	x := <-told
	assert.Equal(t, r.exchange, x)
	assert.Equal(t, "POST", x.Method)
	assert.Equal(t, "/a?b=c", x.Target)
	assert.Equal(t, "abc", string(x.RequestBody))
	assert.Equal(t, "Fn", x.Function)
	assert.Equal(t, "Api", x.API)
	assert.Equal(t, "lambda", x.Invocation.RequestID)
	assert.Equal(t, "fine", string(x.Body))
	assert.Equal(t, "text/plain; charset=utf-8", x.Header.Get("content-type"))
	assert.Equal(t, "POST /a?b=c → 200 by ANY /{proxy+} (Fn)", x.String())
	for n := range maxExchanges {
		f.record(&Exchange{RequestID: fmt.Sprint(n)})
	}
	assert.Len(t, f.Exchanges(), maxExchanges)
	_, known := f.Exchange(x.RequestID)
	assert.False(t, known, "the first is forgotten")
}

func TestWhatIsNotEmulatedIsNamed(t *testing.T) {
	t.Parallel()
	parsed, err := sam.Parse("template.yaml", []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  Http: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: A}, Tags: {a: b}}}
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: prod, GatewayResponses: {}, Variables: {}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: a/
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: GET, Auth: {Authorizer: NONE}}}
`))
	require.NoError(t, err)
	err = Unsupported(parsed)
	for _, want := range []string{
		"template.yaml:3: Auth of AWS::Serverless::HttpApi Http is not supported by the local API Gateway yet",
		"template.yaml:4: GatewayResponses and Variables of AWS::Serverless::Api Rest",
		"template.yaml:12: Auth of the event Fn.Get",
	} {
		require.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "Tags")
	_, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{}, Deployment{})
	assert.Error(t, err)
}
