package apigateway

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/sam"
)

// patience is the deadline of everything that a test waits for.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		// A server that has refused a large body lingers for half a second, for the client's sake.
		if err := goleak.Find(goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// at is the time of all requests in tests: that of AWS's sample event.
var at = time.UnixMilli(1584039838000 + 123)

// names resolves what templates of tests refer to.
type names map[string]string

func (n names) Ref(id string) (string, error) {
	if text, ok := n[id]; ok {
		return text, nil
	}
	return "", fmt.Errorf("no %s", id)
}
func (n names) GetAtt(id, attribute string) (string, error) { return n.Ref(id + "." + attribute) }

// front is an API with a fake function behind it.
type front struct {
	*API
	server *Server
	t      *testing.T

	mu     sync.Mutex
	events []json.RawMessage
}

// setup is how a front is made; the zero value is a good start.
type setup struct {
	properties string // of the API, in YAML's flow form
	events     []string
	answer     string // what the function returns
	invoke     Invoke // instead of answer
	deployment Deployment
	rest       bool
}

// template has functions for events of the form "Fn: {Path: /a, Method: GET}", all on the API "Api".
func (s setup) template() string {
	var out strings.Builder
	kind, event, id := "HttpApi", "HttpApi", "ApiId"
	if s.rest {
		kind, event, id = "Api", "Api", "RestApiId"
	}
	properties := s.properties
	if properties == "" {
		properties = "{}"
	}
	if s.rest && !strings.Contains(properties, "StageName") {
		properties = strings.Replace(properties, "{", "{StageName: prod, ", 1)
	}
	fmt.Fprintf(&out, "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api: {Type: AWS::Serverless::%s, Properties: %s}\n", kind, properties)
	events := map[string][]string{}
	var order []string
	for _, e := range s.events {
		function, rest, _ := strings.Cut(e, ": {")
		if events[function] == nil {
			order = append(order, function)
		}
		separator := ", "
		if rest == "}" {
			separator = ""
		}
		events[function] = append(events[function],
			fmt.Sprintf("E%d: {Type: %s, Properties: {%s: !Ref Api%s%s}", len(events[function]), event, id, separator, rest))
	}
	for _, function := range order {
		fmt.Fprintf(&out, "  %s: {Type: AWS::Serverless::Function, Properties: {Runtime: provided.al2023, Handler: bootstrap, CodeUri: a/, Events: {%s}}}\n",
			function, strings.Join(events[function], ", "))
	}
	return out.String()
}

// deploy makes the API and serves it.
func (s setup) deploy(t *testing.T) *front {
	t.Helper()
	if s.events == nil {
		s.events = []string{"Fn: {Path: '/{proxy+}', Method: ANY}", "Fn: {Path: /, Method: ANY}"}
	}
	parsed, err := sam.Parse("template.yaml", []byte(s.template()))
	require.NoError(t, err)
	f := &front{t: t}
	d := s.deployment
	d.ID, d.AccountID, d.Region, d.Seed = "a1b2c3d4e5", "123456789012", "eu-north-1", 1
	d.Now = func() time.Time { return at }
	d.Invoke = func(ctx context.Context, function string, event []byte) (Invocation, error) {
		f.mu.Lock()
		f.events = append(f.events, event)
		f.mu.Unlock()
		if s.invoke != nil {
			return s.invoke(ctx, function, event)
		}
		return Invocation{RequestID: "lambda", Payload: []byte(s.answer)}, nil
	}
	if s.rest {
		f.API, err = NewREST(parsed, parsed.RestAPIs[0], names{}, d)
	} else {
		f.API, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{}, d)
	}
	require.NoError(t, err)
	f.server, err = Listen(f.API, "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(f.server.Close)
	return f
}

// ok is an answer that API Gateway takes.
const ok = `{"statusCode":200,"body":"fine"}`

// reply is what came of a request.
type reply struct {
	*http.Response
	body     string
	exchange Exchange
}

// is requires the body, byte by byte: where AWS puts spaces into JSON is a fact too.
func (r reply) is(t *testing.T, body string) {
	t.Helper()
	assert.Equal(t, body, r.body)
}

// event is what the function was given.
func (r reply) event(t *testing.T) map[string]any {
	t.Helper()
	var event map[string]any
	require.NoError(t, json.Unmarshal(r.exchange.Event, &event), "%s", r.exchange)
	return event
}

// at follows a path of names into the event; what is not there is nil.
func (r reply) at(t *testing.T, path ...string) any {
	t.Helper()
	var value any = r.event(t)
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// send sends a request with header fields "Name: value", below the API's URL.
func (f *front) send(method, path, body string, header ...string) reply {
	f.t.Helper()
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s%s HTTP/1.1\r\nHost: %s\r\n", method, f.prefix(), path, f.server.Address())
	for _, h := range header {
		head.WriteString(h + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(body))
	}
	return f.raw(method, head.String()+"\r\n"+body)
}

// raw sends bytes on a connection of its own and reads one response.
func (f *front) raw(method, text string) reply {
	f.t.Helper()
	c := f.dial()
	defer c.Close()
	_, err := io.WriteString(c, text)
	require.NoError(f.t, err)
	return f.receive(c, method)
}

func (f *front) dial() net.Conn {
	f.t.Helper()
	c, err := net.Dial("tcp", f.server.Address())
	require.NoError(f.t, err)
	require.NoError(f.t, c.SetDeadline(time.Now().Add(patience)))
	return c
}

func (f *front) receive(c io.Reader, method string) reply {
	f.t.Helper()
	buffered, isBuffered := c.(*bufio.Reader)
	if !isBuffered {
		buffered = bufio.NewReader(c)
	}
	response, err := http.ReadResponse(buffered, &http.Request{Method: method})
	require.NoError(f.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(f.t, err)
	r := reply{Response: response, body: string(body)}
	id := response.Header.Get("Apigw-Requestid")
	if f.rest {
		id = response.Header.Get("x-amzn-RequestId")
	}
	r.exchange, _ = f.Exchange(id)
	return r
}

// invoked is how many events the function has got.
func (f *front) invoked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.events)
}
