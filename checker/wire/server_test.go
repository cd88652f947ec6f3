package wire_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/wire"
	"example.com/serverless-patterns/checker/wire/iam"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everything is a policy that allows all calls.
var everything = iam.Policy{{Name: "everything", Effect: iam.Allow, Actions: []string{"*"}, Resources: []string{"*"}}}

// listen starts an endpoint with a table "items" that holds the item "a".
func listen(t testing.TB) *wire.Server {
	t.Helper()
	b := embedded.New()
	s, err := wire.Listen(b, 1)
	require.NoError(t, err)
	t.Cleanup(func() {
		s.Close()
		require.NoError(t, b.Close())
	})
	for _, function := range []string{"one", "two"} {
		s.Assign(function, wire.Role{Name: function + "-role", Session: function, Policy: everything})
	}
	db := client(t, s, s.Operator())
	_, err = db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("items"),
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: key("a")})
	require.NoError(t, err)
	return s
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// client makes an SDK client as a function would, with connections of its own.
func client(t testing.TB, s *wire.Server, c aws.Credentials) *dynamodb.Client {
	t.Helper()
	transport := awshttp.NewBuildableClient()
	t.Cleanup(func() { transport.GetTransport().CloseIdleConnections() })
	h := &http.Client{Transport: transport.GetTransport()}
	t.Cleanup(h.CloseIdleConnections)
	return dynamodb.New(dynamodb.Options{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(s.URL()),
		Credentials:  aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil }),
		HTTPClient:   h,
		Logger: logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) {
			t.Errorf("the SDK logs: "+format, v...) // such as a warning of a missing checksum
		}),
	})
}

func get(t *testing.T, db *dynamodb.Client, id string) (*dynamodb.GetItemOutput, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key(id)})
}

func code(t *testing.T, err error) string {
	t.Helper()
	var failed smithy.APIError
	require.ErrorAs(t, err, &failed)
	return failed.ErrorCode()
}

func TestCallsAreRecordedByCallerAndConnection(t *testing.T) {
	t.Parallel()
	s := listen(t)
	one, two := client(t, s, s.NewCaller("one", "env-1")), client(t, s, s.NewCaller("two", "env-2"))
	out, err := get(t, one, "a")
	require.NoError(t, err)
	assert.Len(t, out.Item, 1)
	// On a busy machine, net/http may not have its connection back yet, and makes another.
	for n, again := 0, false; !again; n++ {
		require.Less(t, n, 100, "no connection was used again")
		_, err = get(t, one, "b")
		require.NoError(t, err)
		calls := s.Calls()
		last := len(calls) - 1
		again = calls[last].Connection == calls[last-1].Connection
	}
	_, err = two.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("other"), Key: key("a")})
	require.Equal(t, "ResourceNotFoundException", code(t, err))

	calls := s.Calls()
	others := calls[len(calls)-1]
	assert.Equal(t, "one", calls[0].Function, "the checker's own calls are not there")
	assert.Equal(t, "two", others.Function)
	assert.Equal(t, "env-1", calls[0].Environment)
	assert.Equal(t, "eu-central-1", calls[0].Region)
	assert.NotContains(t, []int{calls[0].Connection, calls[len(calls)-2].Connection}, others.Connection)
	assert.Equal(t, "DynamoDB GetItem on items, id=a: 200, an item", calls[0].String())
	assert.Equal(t, "DynamoDB GetItem on other, id=a: 400 ResourceNotFoundException", others.String())
}

func TestTheInvocationIsTheTraces(t *testing.T) {
	s := listen(t)
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "one")
	t.Setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
	_, err := get(t, client(t, s, s.NewCaller("one", "env-1")), "a")
	require.NoError(t, err)
	assert.Equal(t, "1-5759e988-bd862e3fe1be46a994272793", s.Calls()[0].TraceID)
}

func TestACallWithoutATraceIsOfTheLatestInvocationUnlessTheSDKMadeIt(t *testing.T) {
	t.Parallel()
	s := listen(t)
	c := s.NewCaller("one", "env-1")
	ask := func() {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), strings.NewReader(`{"TableName":"items","Key":{"id":{"S":"a"}}}`))
		require.NoError(t, err)
		req.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.AccessKeyID+"/20260101/eu-central-1/dynamodb/aws4_request")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	ask()
	s.Invoked("env-1", "1-a")
	s.Invoked("env-2", "1-b")
	ask()
	_, err := get(t, client(t, s, c), "a")
	require.NoError(t, err)
	var traces []string
	for _, call := range s.Calls() {
		traces = append(traces, call.TraceID)
	}
	assert.Equal(t, []string{"", "1-a", ""}, traces, "in INIT, in an invocation, and begun in INIT")
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    wire.Kind
		code     string // of the first answer; "" for success
		attempts int
		line     string
	}{
		"deny": {wire.Deny(), "AccessDeniedException", 1,
			"DynamoDB GetItem on items, id=a: 400 AccessDeniedException (denied by the checker)"},
		"no table": {wire.NoTable(), "ResourceNotFoundException", 1,
			"DynamoDB GetItem on items, id=a: 400 ResourceNotFoundException (sent to no table by the checker)"},
		"exists": {wire.Exists(), "ConditionalCheckFailedException", 1,
			"DynamoDB GetItem on items, id=a: 400 ConditionalCheckFailedException (refused by the checker)"},
		"throttle": {wire.Throttle(), "ProvisionedThroughputExceededException", 3,
			"DynamoDB GetItem on items, id=a: 400 ProvisionedThroughputExceededException (throttled by the checker)"},
		"before": {wire.FailBefore(), "InternalServerError", 3,
			"DynamoDB GetItem on items, id=a: 500 InternalServerError (failed before the effect by the checker)"},
		"after": {wire.FailAfter(), "InternalServerError", 3,
			"DynamoDB GetItem on items, id=a: 500 InternalServerError (failed after the effect by the checker)"},
		"delay": {wire.Delay(20 * time.Millisecond), "", 1,
			"DynamoDB GetItem on items, id=a: 200, an item (delayed for 20ms by the checker)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listen(t)
			db := client(t, s, s.NewCaller("one", "env-1"))
			remove := s.Inject(wire.Fault{Operation: "GetItem", Kind: test.fault})
			_, err := get(t, db, "a")
			if test.code == "" {
				require.NoError(t, err)
			} else {
				assert.Equal(t, test.code, code(t, err))
			}
			assert.Equal(t, test.attempts > 1 || name == "delay", test.fault.Waits)
			calls := s.Calls()
			assert.Len(t, calls, test.attempts, "what the SDK retries")
			assert.Equal(t, test.line, calls[0].String())
			remove()
			_, err = get(t, db, "a")
			require.NoError(t, err)
		})
	}
}

func TestABrokenConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := listen(t)
	remove := s.Inject(wire.Fault{Kind: wire.Break()})
	db := client(t, s, s.NewCaller("one", "env-1"))
	_, err := get(t, db, "a")
	require.ErrorContains(t, err, `Post "`+s.URL())
	calls := s.Calls()
	assert.GreaterOrEqual(t, len(calls), 3, "what the SDK retries")
	assert.Equal(t, "DynamoDB GetItem on items, id=a: no answer (broken off by the checker)", calls[0].String())
	remove()
	_, err = get(t, db, "a")
	require.NoError(t, err)
}

func TestAConflictCancelsATransaction(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.Inject(wire.Fault{Operation: "TransactWriteItems", Kind: wire.Conflict()})
	db := client(t, s, s.NewCaller("one", "env-1"))
	put := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("items"), Item: key("b")}}
	other := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("items"), Item: key("c")}}
	_, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put, other}})
	var cancelled *types.TransactionCanceledException
	require.ErrorAs(t, err, &cancelled)
	var codes []string
	for _, reason := range cancelled.CancellationReasons {
		codes = append(codes, aws.ToString(reason.Code))
	}
	assert.Equal(t, []string{"TransactionConflict", "None"}, codes)
	assert.Len(t, s.Calls(), 1, "the SDK does not retry it")
	out, err := get(t, db, "b")
	require.NoError(t, err)
	assert.Nil(t, out.Item)
}

func TestOnlyTheNamedOperationFails(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.Inject(wire.Fault{Operation: "PutItem", Kind: wire.Deny()})
	db := client(t, s, s.NewCaller("one", "env-1"))
	_, err := get(t, db, "a")
	require.NoError(t, err)
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: key("b")})
	assert.Equal(t, "AccessDeniedException", code(t, err))
	assert.ErrorContains(t, err, "is not authorized to perform: dynamodb:PutItem on resource: "+
		"arn:aws:dynamodb:eu-central-1:123456789012:table/items")
}

func TestHealRemovesAllFaults(t *testing.T) {
	t.Parallel()
	s := listen(t)
	db := client(t, s, s.NewCaller("one", "env-1"))
	remove := s.Inject(wire.Fault{Operation: "GetItem", Kind: wire.NoTable()})
	s.Inject(wire.Fault{Kind: wire.Deny()})
	s.Heal()
	_, err := get(t, db, "a")
	require.NoError(t, err)
	s.Inject(wire.Fault{Kind: wire.Deny()})
	remove() // of what is gone already
	_, err = get(t, db, "a")
	assert.Equal(t, "AccessDeniedException", code(t, err))
}

func TestFailAfterHasTheEffect(t *testing.T) {
	t.Parallel()
	s := listen(t)
	remove := s.Inject(wire.Fault{Operation: "PutItem", Kind: wire.FailAfter()})
	db := client(t, s, s.NewCaller("one", "env-1"))
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: key("b")})
	require.Error(t, err)
	remove()
	out, err := get(t, db, "b")
	require.NoError(t, err)
	assert.Len(t, out.Item, 1)
}

func TestAHungCallEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.Inject(wire.Fault{Kind: wire.Hang()})
	db := client(t, s, s.NewCaller("one", "env-1"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key("a")})
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(s.Calls()) == 1 }, 5*time.Second, time.Millisecond)
	assert.Equal(t, "DynamoDB GetItem on items, id=a: no answer (held back by the checker)", s.Calls()[0].String())
	assert.False(t, s.Calls()[0].Abandoned)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.Eventually(t, func() bool { return s.Calls()[0].Abandoned }, 5*time.Second, time.Millisecond)
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	s := listen(t)
	_, err := get(t, client(t, s, aws.Credentials{AccessKeyID: "AKIAHARDCODED", SecretAccessKey: "x"}), "a")
	assert.Equal(t, "UnrecognizedClientException", code(t, err))

	for name, request := range map[string]func() (*http.Response, error){
		"no signature": func() (*http.Response, error) { return http.Get(s.URL()) },
		"nonsense":     func() (*http.Response, error) { return http.Post(s.URL(), "text/plain", strings.NewReader("?")) },
	} {
		response, err := request()
		require.NoError(t, err, name)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err, name)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusBadRequest, response.StatusCode, name)
		assert.Contains(t, string(body), "UnrecognizedClientException", name)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestOnlyTheLatestCallsAreKeptIfThatIsWanted(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.KeepCalls(2)
	db := client(t, s, s.NewCaller("one", "environment"))
	for _, id := range []string{"a", "b", "c"} {
		_, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key(id)})
		require.NoError(t, err)
	}
	calls := s.Calls()
	require.Len(t, calls, 2)
	assert.Equal(t, []string{"id=b", "id=c"}, []string{calls[0].Key, calls[1].Key})
}
