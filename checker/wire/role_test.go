package wire_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire"
	"example.com/serverless-patterns/checker/wire/iam"
)

const (
	account = "eu-central-1:123456789012:"
	items   = "arn:aws:dynamodb:" + account + "table/items"
)

// may makes a role that allows these actions on these resources.
func may(actions string, resources ...string) wire.Role {
	return wire.Role{Name: "one-role", Session: "shop-one", Policy: iam.Policy{
		{Name: "the statement", Effect: iam.Allow, Actions: strings.Fields(actions), Resources: resources},
	}}
}

func TestOnlyWhatIsAllowedReachesTheBackend(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.Assign("one", may("dynamodb:GetItem dynamodb:PutItem", items))
	db := client(t, s, s.NewCaller("one", "env-1"))
	_, err := get(t, db, "a")
	require.NoError(t, err)
	_, err = db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("items"), Key: key("a")})
	assert.Equal(t, "AccessDeniedException", code(t, err))
	require.ErrorContains(t, err, "StatusCode: 400")
	require.ErrorContains(t, err, "User: arn:aws:sts::123456789012:assumed-role/one-role/shop-one is not authorized to perform: dynamodb:DeleteItem "+
		"on resource: "+items+" because no identity-based policy allows the dynamodb:DeleteItem action")
	_, err = db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("items"), Item: key("b")}},
		{Delete: &types.Delete{TableName: aws.String("items"), Key: key("a")}},
	}})
	assert.Equal(t, "AccessDeniedException", code(t, err), "a transaction is denied as a whole")
	out, err := get(t, db, "a")
	require.NoError(t, err)
	assert.Len(t, out.Item, 1, "it is still there")
	out, err = get(t, db, "b")
	require.NoError(t, err)
	assert.Empty(t, out.Item)

	calls := s.Calls()
	require.Len(t, calls, 5, "the SDK does not try again")
	assert.Equal(t, []iam.Decision{{Request: iam.Request{Action: "dynamodb:GetItem", Resource: items}, Allowed: true, By: "the statement"}}, calls[0].Decisions)
	assert.Equal(t, "DynamoDB DeleteItem on items, id=a: 400 AccessDeniedException, no policy allows dynamodb:DeleteItem", calls[1].String())
	assert.Equal(t, "DynamoDB TransactWriteItems: 400 AccessDeniedException, no policy allows dynamodb:DeleteItem on table/items", calls[2].String())
	_, denied := calls[0].Denied()
	assert.False(t, denied)
}

func TestADenyIsNamed(t *testing.T) {
	t.Parallel()
	s := listen(t)
	role := may("*", "*")
	role.Policy = append(role.Policy, iam.Statement{Name: "the statement in line 7", Effect: iam.Deny, Actions: []string{"dynamodb:Get*"}, Resources: []string{"*"}})
	s.Assign("one", role)
	_, err := get(t, client(t, s, s.NewCaller("one", "env-1")), "a")
	assert.Equal(t, "AccessDeniedException", code(t, err))
	require.ErrorContains(t, err, "on resource: "+items+" with an explicit deny in an identity-based policy")
	assert.Equal(t, "DynamoDB GetItem on items, id=a: 400 AccessDeniedException, the statement in line 7 denies dynamodb:GetItem", s.Calls()[0].String())
}

func TestAFunctionWithoutARoleMayNothing(t *testing.T) {
	t.Parallel()
	s := listen(t)
	_, err := get(t, client(t, s, s.NewCaller("three", "env-1")), "a")
	assert.Equal(t, "AccessDeniedException", code(t, err))
}

// What is denied gets no further: no fault has been injected into it.
func TestADenialComesBeforeAFault(t *testing.T) {
	t.Parallel()
	s := listen(t)
	s.Assign("one", may("sqs:*", "*"))
	s.Inject(wire.Fault{Kind: wire.Throttle()})
	_, err := get(t, client(t, s, s.NewCaller("one", "env-1")), "a")
	assert.Equal(t, "AccessDeniedException", code(t, err))
	require.Len(t, s.Calls(), 1)
	assert.Empty(t, s.Calls()[0].Fault)
}

// other is a backend with SQS and S3 that have nothing in them, and answer so.
type other struct{ backend.Backend }

func (other) Name() string { return "other" }
func (other) Handler(service backend.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case service == "sqs":
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, `{"Messages":[]}`)
		case strings.HasSuffix(r.URL.Path, "/missing"):
			w.WriteHeader(http.StatusNotFound)
			if r.Method != http.MethodHead {
				_, _ = io.WriteString(w, `<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>`)
			}
		case r.Method == http.MethodPut:
			w.Header().Set("Etag", `"etag"`)
		default:
			_, _ = io.WriteString(w, `<ListBucketResult/>`)
		}
	})
}

func elsewhere(t *testing.T, role wire.Role) (*wire.Server, aws.CredentialsProvider, *http.Client) {
	t.Helper()
	s, err := wire.Listen(other{}, 1)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	s.Assign("one", role)
	credentials := s.NewCaller("one", "env-1")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return s, aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }), &http.Client{Transport: transport}
}

func TestSQS(t *testing.T) {
	t.Parallel()
	s, credentials, h := elsewhere(t, may("sqs:ReceiveMessage", "arn:aws:sqs:"+account+"jobs"))
	queues := sqs.New(sqs.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), Credentials: credentials, HTTPClient: h})
	queue := aws.String(s.URL() + "/123456789012/jobs")
	_, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue})
	require.NoError(t, err)
	_, err = queues.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("a")})
	assert.Equal(t, "AccessDenied", code(t, err))
	require.ErrorContains(t, err, "StatusCode: 403")
	require.ErrorContains(t, err, "is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:"+account+"jobs "+
		"because no identity-based policy allows the sqs:sendmessage action")
	_, err = queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: aws.String(s.URL() + "/123456789012/others")})
	assert.Equal(t, "AccessDenied", code(t, err))
	calls := s.Calls()
	require.Len(t, calls, 3, "the SDK does not try again")
	assert.Equal(t, "SQS ReceiveMessage on jobs: 200", calls[0].String())
	assert.Equal(t, "SQS SendMessage on jobs: 403 AccessDenied, no policy allows sqs:SendMessage", calls[1].String())
	assert.Equal(t, "SQS ReceiveMessage on others: 403 AccessDenied, sqs:ReceiveMessage is allowed, but not on arn:aws:sqs:"+account+"others", calls[2].String())
}

func TestS3(t *testing.T) {
	t.Parallel()
	s, credentials, h := elsewhere(t, may("s3:GetObject", "arn:aws:s3:::files/*"))
	objects := s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, Credentials: credentials, HTTPClient: h})
	bucket := aws.String("files")
	out, err := objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: aws.String("a b")})
	require.NoError(t, err)
	require.NoError(t, out.Body.Close())
	_, err = objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("a"), Body: strings.NewReader("x")})
	assert.Equal(t, "AccessDenied", code(t, err))
	require.ErrorContains(t, err, "StatusCode: 403")
	require.ErrorContains(t, err, `is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::files/a" because no identity-based policy allows the s3:PutObject action`)
	_, err = objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket})
	assert.Equal(t, "AccessDenied", code(t, err))
	calls := s.Calls()
	require.Len(t, calls, 3, "the SDK does not try again")
	assert.Equal(t, "S3 GetObject on files, a b: 200", calls[0].String())
	assert.Equal(t, "S3 PutObject on files, a: 403 AccessDenied, no policy allows s3:PutObject on files/a", calls[1].String())
	assert.Equal(t, "S3 ListObjectsV2 on files: 403 AccessDenied, no policy allows s3:ListBucket", calls[2].String())
}

// S3's answer to PutObject has a header, and no body.
func TestAnAnswerWithoutABodyIsOne(t *testing.T) {
	t.Parallel()
	s, credentials, h := elsewhere(t, may("s3:PutObject", "arn:aws:s3:::files/*"))
	objects := s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, Credentials: credentials, HTTPClient: h})
	out, err := objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("files"), Key: aws.String("a"), Body: strings.NewReader("x")})
	require.NoError(t, err)
	assert.Equal(t, `"etag"`, aws.ToString(out.ETag))
	assert.Equal(t, "S3 PutObject on files, a: 200", s.Calls()[0].String())
}

// Who may not list a bucket is not told that an object does not exist.
func TestAMissingObjectIsForbiddenToThoseWhoMayNotList(t *testing.T) {
	t.Parallel()
	ask := func(role wire.Role) (calls []wire.Call, get, head error) {
		s, credentials, h := elsewhere(t, role)
		objects := s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, Credentials: credentials, HTTPClient: h})
		_, get = objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String("missing")})
		_, head = objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("files"), Key: aws.String("missing")})
		return s.Calls(), get, head
	}
	calls, get, head := ask(may("s3:GetObject s3:ListBucket", "arn:aws:s3:::files", "arn:aws:s3:::files/*"))
	assert.Equal(t, "NoSuchKey", code(t, get))
	assert.Equal(t, "NotFound", code(t, head))
	var used []string
	for _, d := range calls[0].Decisions {
		used = append(used, d.Action)
	}
	assert.Equal(t, []string{"s3:GetObject", "s3:ListBucket"}, used, "who is told has used it")
	assert.Equal(t, "S3 GetObject on files, missing: 404 NoSuchKey", calls[0].String())

	calls, get, head = ask(may("s3:GetObject", "arn:aws:s3:::files/*"))
	assert.Equal(t, "AccessDenied", code(t, get))
	require.ErrorContains(t, get, `s3:ListBucket on resource: "arn:aws:s3:::files"`)
	assert.Equal(t, "Forbidden", code(t, head))
	require.Len(t, calls, 2)
	assert.Equal(t, "S3 GetObject on files, missing: 403 AccessDenied, no policy allows s3:ListBucket", calls[0].String())
}

// A presigned URL is used by somebody without credentials, and may what its signer may.
func TestAPresignedURLMayWhatItsSignerMay(t *testing.T) {
	t.Parallel()
	s, credentials, h := elsewhere(t, may("s3:GetObject", "arn:aws:s3:::files/*"))
	presign := s3.NewPresignClient(s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, Credentials: credentials, HTTPClient: h}))
	get, err := presign.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String("a")})
	require.NoError(t, err)
	put, err := presign.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("files"), Key: aws.String("a")})
	require.NoError(t, err)
	for _, signed := range []struct {
		method, url string
		status      int
	}{{http.MethodGet, get.URL, http.StatusOK}, {http.MethodPut, put.URL, http.StatusForbidden}} {
		r, err := http.NewRequestWithContext(t.Context(), signed.method, signed.url, nil)
		require.NoError(t, err)
		response, err := h.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, signed.status, response.StatusCode)
	}
	assert.Equal(t, "one", s.Calls()[0].Function)
}

func TestStrangersAreRefusedInTheWordsOfTheService(t *testing.T) {
	t.Parallel()
	s, _, h := elsewhere(t, wire.Role{})
	stranger := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIAHARDCODED", SecretAccessKey: "x"}, nil
	})
	queues := sqs.New(sqs.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), Credentials: stranger, HTTPClient: h})
	_, err := queues.ListQueues(t.Context(), &sqs.ListQueuesInput{})
	assert.Equal(t, "InvalidClientTokenId", code(t, err))
	objects := s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, Credentials: stranger, HTTPClient: h})
	_, err = objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String("a")})
	assert.Equal(t, "InvalidAccessKeyId", code(t, err))
}
