package stack

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// frontBuilt is the function of these tests, built once.
var frontBuilt = sync.OnceValues(func() (map[string]string, error) {
	b := &sandbox.Builder{Root: module, Cache: filepath.Join(cache, "front-builds")}
	return b.Build(context.Background(), sandbox.Source{Dir: "testdata", Place: "lessons/91-api", Functions: []string{"front/"}}, cache)
})

const fronts = `Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: live}
Resources:
  Http: {Type: AWS::Serverless::HttpApi, Properties: {StageName: !Ref Stage}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: front/
      Timeout: 10
      MemorySize: 512
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Http, Method: GET, Path: "/items/{id}"}}
        Post: {Type: HttpApi, Properties: {ApiId: !Ref Http, Method: POST, Path: "/items"}}
        Rest: {Type: Api, Properties: {Method: GET, Path: "/items/{id}"}}
        Simple: {Type: HttpApi, Properties: {Method: GET, Path: /simple}}
Outputs:
  HttpUrl: {Value: !Sub "https://${Http}.execute-api.${AWS::Region}.amazonaws.com/${Stage}/items/a"}
  RestUrl: {Value: !Sub "https://${ServerlessRestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/Prod/items/a"}
  Broken: {Value: !GetAtt ServerlessRestApi.RootResourceId}
`

func deployFronts(t *testing.T) *Stack {
	t.Helper()
	return deploy(t, frontOptions(t))
}

func frontOptions(t *testing.T) Options {
	t.Helper()
	template, err := sam.Parse("template.yaml", []byte(fronts))
	require.NoError(t, err)
	binaries, err := frontBuilt()
	require.NoError(t, err)
	return Options{Template: template, Binaries: binaries, Backend: newBackend(t), Dir: t.TempDir(), Name: "shop", Seed: 1}
}

// request sends a request by the stack's client.
func request(t *testing.T, s *Stack, method, url, body string) (status int, header http.Header, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	require.NoError(t, err)
	response, err := s.Client().Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(read)
}

func api(t *testing.T, s *Stack, logicalID string) *API {
	t.Helper()
	a, err := s.API(logicalID)
	require.NoError(t, err)
	return a
}

func TestARealFunctionAnswersBehindAnHTTPAPI(t *testing.T) {
	t.Parallel()
	told := make(chan apigateway.Exchange, 1)
	o := frontOptions(t)
	o.Observe = func(x apigateway.Exchange) { told <- x }
	s := deploy(t, o)
	a := api(t, s, "Http")
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/live$`, a.URL)
	status, header, body := request(t, s, http.MethodGet, a.URL+"/items/b%20c", "")
	assert.Equal(t, 200, status)
	domain := s.names["Http"] + ".execute-api." + s.Region + ".amazonaws.com"
	assert.JSONEq(t, `{"route":"GET /items/{id}","id":"b c","domain":"`+domain+`"}`, body)

	x, ok := a.Exchange(header)
	require.True(t, ok)
	assert.Equal(t, "Fn", x.Function)
	i := InvocationOf(x)
	require.NotNil(t, i)
	assert.Equal(t, sandbox.Answered, i.Outcome)
	assert.Equal(t, x.Event, i.Event)
	assert.Equal(t, i.RequestID, x.Invocation.RequestID)
	assert.Len(t, a.Exchanges(), 1)
	assert.Equal(t, x, <-told)
}

func TestARealFunctionAnswersBehindARestAPI(t *testing.T) {
	t.Parallel()
	s := deployFronts(t)
	a := api(t, s, "ServerlessRestApi")
	status, _, body := request(t, s, http.MethodGet, a.URL+"/items/b%20c", "")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"id":"b%20c"`)
	assert.Contains(t, body, `"route":"GET /items/{id}"`)

	// The answer's type of the other kind of API: its cookies are a field that REST APIs do not take.
	status, header, body := request(t, s, http.MethodGet, a.URL+"/items/b?wrong=1", "")
	assert.Equal(t, 502, status)
	assert.JSONEq(t, `{"message": "Internal server error"}`, body)
	x, ok := a.Exchange(header)
	require.True(t, ok)
	assert.Contains(t, x.Reason, `the response has "cookies"`)
}

func TestTheAddressesOfOutputsWork(t *testing.T) {
	t.Parallel()
	s := deployFronts(t)
	for _, name := range []string{"HttpUrl", "RestUrl"} {
		url, err := s.Output(name)
		require.NoError(t, err)
		assert.Regexp(t, `^https://[a-z0-9]{10}\.execute-api\.`+s.Region+`\.amazonaws\.com/(live|Prod)/items/a$`, url)
		status, _, body := request(t, s, http.MethodGet, url, "")
		assert.Equal(t, 200, status)
		assert.Contains(t, body, `"id":"a"`)
	}
	var missing *MissingError
	_, err := s.Output("Nothing")
	require.ErrorAs(t, err, &missing)
	require.EqualError(t, err, "template.yaml has no output called Nothing")
	_, err = s.Output("Broken")
	require.ErrorContains(t, err, "output Broken: line")
	_, err = s.API("Nothing")
	require.ErrorAs(t, err, &missing)
	assert.NotEqual(t, s.names["Http"], s.names["ServerlessHttpApi"])
	assert.Equal(t, "http://127.0.0.1", api(t, s, "ServerlessHttpApi").URL[:16])
}

func TestLambdasLimitsAreThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	s := deployFronts(t)
	a := api(t, s, "Http")
	status, header, _ := request(t, s, http.MethodPost, a.URL+"/items", strings.Repeat("\x00", 5<<20)) // base64 makes it 6.7 MB
	assert.Equal(t, 413, status)
	x, _ := a.Exchange(header)
	assert.Contains(t, x.Reason, "6 MB")
	require.NoError(t, x.Fault)

	status, header, body := request(t, s, http.MethodGet, a.URL+"/items/a?large=1", "")
	assert.Equal(t, 500, status)
	assert.JSONEq(t, `{"message":"Internal Server Error"}`, body)
	x, _ = a.Exchange(header)
	assert.Contains(t, x.Reason, "too large")

	status, header, _ = request(t, s, http.MethodGet, a.URL+"/items/a?panic=1", "")
	assert.Equal(t, 500, status)
	x, _ = a.Exchange(header)
	assert.True(t, InvocationOf(x).Panicked())
}

func TestAnAPIThatIsNotEmulatedIsRefused(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  Http: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: A}}}
`))
	require.NoError(t, err)
	require.ErrorContains(t, Supported(template), "Auth of AWS::Serverless::HttpApi Http is not supported")
	_, err = Deploy(t.Context(), Options{Template: template, Backend: newBackend(t), Dir: t.TempDir(), Name: "shop"})
	assert.ErrorContains(t, err, "Auth of")
}

func TestCloseEndsTheAPIsFirst(t *testing.T) {
	t.Parallel()
	s, err := Deploy(t.Context(), frontOptions(t))
	require.NoError(t, err)
	a := api(t, s, "Http")
	status, _, _ := request(t, s, http.MethodGet, a.URL+"/items/a", "")
	assert.Equal(t, 200, status)
	require.NoError(t, s.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"/items/a", nil)
	require.NoError(t, err)
	response, err := s.Client().Do(r)
	if err == nil {
		_ = response.Body.Close()
	}
	require.Error(t, err)
	assert.Nil(t, InvocationOf(apigateway.Exchange{}))
}
