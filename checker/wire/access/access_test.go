package access_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/access"
)

var place = access.Place{Region: "eu-north-1", AccountID: "123456789012"}

// lines are what a request needs: dynamodb:GetItem table/items.
func lines(a access.Access) []string {
	all := []string{}
	for _, n := range a.Needs {
		resource := strings.TrimPrefix(n.Resource, "arn:aws:dynamodb:eu-north-1:123456789012:")
		resource = strings.TrimPrefix(strings.TrimPrefix(resource, "arn:aws:sqs:eu-north-1:123456789012:"), "arn:aws:s3:::")
		all = append(all, n.Action+" "+resource)
	}
	return all
}

func request(t *testing.T, method, path, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(body))
	require.NoError(t, err)
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	return r
}

func TestDynamoDB(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		operation, body, resource string
		needs                     []string
	}{
		{"GetItem", `{"TableName":"items"}`, "items", []string{"dynamodb:GetItem table/items"}},
		{"PutItem", `{"TableName":"items"}`, "items", []string{"dynamodb:PutItem table/items"}},
		{"UpdateItem", `{"TableName":"items"}`, "items", []string{"dynamodb:UpdateItem table/items"}},
		{"DeleteItem", `{"TableName":"items"}`, "items", []string{"dynamodb:DeleteItem table/items"}},
		{"DescribeTable", `{"TableName":"items"}`, "items", []string{"dynamodb:DescribeTable table/items"}},
		{"UpdateTimeToLive", `{"TableName":"items"}`, "items", []string{"dynamodb:UpdateTimeToLive table/items"}},
		{"Query", `{"TableName":"items"}`, "items", []string{"dynamodb:Query table/items"}},
		{"Query", `{"TableName":"items","IndexName":"by-day"}`, "items", []string{"dynamodb:Query table/items/index/by-day"}},
		{"Scan", `{"TableName":"items","IndexName":"by-day"}`, "items", []string{"dynamodb:Scan table/items/index/by-day"}},
		{"GetItem", `{"TableName":"arn:aws:dynamodb:us-east-1:1:table/items"}`, "arn:aws:dynamodb:us-east-1:1:table/items",
			[]string{"dynamodb:GetItem arn:aws:dynamodb:us-east-1:1:table/items"}},
		{"BatchGetItem", `{"RequestItems":{"b":{"Keys":[]},"a":{}}}`, "", []string{"dynamodb:BatchGetItem table/a", "dynamodb:BatchGetItem table/b"}},
		{"BatchWriteItem", `{"RequestItems":{"a":[]}}`, "", []string{"dynamodb:BatchWriteItem table/a"}},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"a"}},{"Get":{"TableName":"b"}},{"Get":{"TableName":"a"}}]}`, "",
			[]string{"dynamodb:GetItem table/a", "dynamodb:GetItem table/b"}},
		{"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"a"}},{"Update":{"TableName":"a"}},{"Delete":{"TableName":"b"}},{"ConditionCheck":{"TableName":"c"}}]}`, "",
			[]string{"dynamodb:PutItem table/a", "dynamodb:UpdateItem table/a", "dynamodb:DeleteItem table/b", "dynamodb:ConditionCheckItem table/c"}},
		{"ListTables", `{}`, "", []string{"dynamodb:ListTables table/*"}},
		{"DescribeLimits", `{}`, "", []string{"dynamodb:DescribeLimits *"}},
		{"ListTagsOfResource", `{"ResourceArn":"arn:x"}`, "", []string{"dynamodb:ListTagsOfResource arn:x"}},
		{"DescribeStream", `{"StreamArn":"arn:s"}`, "", []string{"dynamodb:DescribeStream arn:s"}},
		{"GetRecords", `{"ShardIterator":"arn:s|1|x"}`, "", []string{"dynamodb:GetRecords arn:s"}},
		{"ListStreams", `{}`, "", []string{"dynamodb:ListStreams table/*/stream/*"}},
		{"RestoreTableFromBackup", `{"BackupArn":"arn:b","TargetTableName":"t"}`, "", []string{"dynamodb:RestoreTableFromBackup arn:b"}},
		// PartiQL.
		{"ExecuteStatement", `{"Statement":"SELECT * FROM \"my-items\" WHERE id='from x'"}`, "my-items", []string{"dynamodb:PartiQLSelect table/my-items"}},
		{"ExecuteStatement", `{"Statement":" select a\nfrom items.\"by-day\" where b=1"}`, "items", []string{"dynamodb:PartiQLSelect table/items/index/by-day"}},
		{"ExecuteStatement", `{"Statement":"INSERT INTO items VALUE {'id':'a'}"}`, "items", []string{"dynamodb:PartiQLInsert table/items"}},
		{"ExecuteStatement", `{"Statement":"UPDATE items SET a=1 WHERE id='a'"}`, "items", []string{"dynamodb:PartiQLUpdate table/items"}},
		{"ExecuteStatement", `{"Statement":"DELETE FROM items WHERE id='a'"}`, "items", []string{"dynamodb:PartiQLDelete table/items"}},
		{"BatchExecuteStatement", `{"Statements":[{"Statement":"SELECT * FROM a"},{"Statement":"DELETE FROM b WHERE id='x'"}]}`, "b",
			[]string{"dynamodb:PartiQLSelect table/a", "dynamodb:PartiQLDelete table/b"}},
		{"ExecuteTransaction", `{"TransactStatements":[{"Statement":"EXISTS(SELECT * FROM a WHERE id='x')"}]}`, "a",
			[]string{"dynamodb:ConditionCheckItem table/a"}},
		{"ExecuteStatement", `{"Statement":"FROM items SELECT *"}`, "", []string{
			"dynamodb:PartiQLSelect table/*", "dynamodb:PartiQLInsert table/*", "dynamodb:PartiQLUpdate table/*", "dynamodb:PartiQLDelete table/*"}},
		// What the service refuses by itself, or does not know.
		{"GetItem", `{}`, "", []string{}},
		{"GetItem", `not json`, "", []string{}},
		{"GetItem", `{"TableName":5}`, "", []string{}},
		{"Query", `{"TableName":"items","IndexName":5}`, "items", []string{"dynamodb:Query table/items"}},
		{"BatchGetItem", `{"RequestItems":[]}`, "", []string{}},
		{"TransactWriteItems", `{"TransactItems":[{"Upsert":{"TableName":"a"}},{"Put":{}}]}`, "", []string{}},
		{"Unheard", `{"TableName":"items"}`, "items", []string{"dynamodb:Unheard table/items"}},
		{"Unheard", `{}`, "", []string{"dynamodb:Unheard *"}},
	} {
		a := access.Of(backend.DynamoDB, request(t, "POST", "/", "DynamoDB_20120810."+test.operation, test.body), []byte(test.body), place)
		assert.Equal(t, test.needs, lines(a), "%s %s", test.operation, test.body)
		assert.Equal(t, test.operation, a.Operation)
		assert.Equal(t, test.resource, a.Resource, "%s %s", test.operation, test.body)
	}
}

func TestTheKeyOfAnItem(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"TableName":"items","Key":{"id":{"S":"kettle-1"}}}`:                  "id=kettle-1",
		`{"TableName":"items","Key":{"shop":{"S":"a"},"day":{"N":"7"}}}`:       "day=7 shop=a",
		`{"TableName":"items","Item":{"id":{"S":"kettle-1"}}}`:                 "",
		`{"TableName":"items","Key":"kettle-1"}`:                               "",
		`{"TableName":5,"Key":{"id":{"S":"what else is wrong is no matter"}}}`: "id=what else is wrong is no matter",
	} {
		a := access.Of(backend.DynamoDB, request(t, "POST", "/", "DynamoDB_20120810.GetItem", body), []byte(body), place)
		assert.Equal(t, want, a.Key, body)
	}
}

func TestSQS(t *testing.T) {
	t.Parallel()
	const queue = `{"QueueUrl":"http://127.0.0.1:4566/123456789012/jobs"}`
	for _, test := range []struct{ operation, body, need string }{
		{"SendMessage", queue, "sqs:SendMessage jobs"},
		{"SendMessageBatch", queue, "sqs:SendMessage jobs"},
		{"ReceiveMessage", queue, "sqs:ReceiveMessage jobs"},
		{"DeleteMessage", queue, "sqs:DeleteMessage jobs"},
		{"DeleteMessageBatch", queue, "sqs:DeleteMessage jobs"},
		{"ChangeMessageVisibility", queue, "sqs:ChangeMessageVisibility jobs"},
		{"ChangeMessageVisibilityBatch", queue, "sqs:ChangeMessageVisibility jobs"},
		{"GetQueueAttributes", queue, "sqs:GetQueueAttributes jobs"},
		{"PurgeQueue", queue, "sqs:PurgeQueue jobs"},
		{"GetQueueUrl", `{"QueueName":"jobs.fifo"}`, "sqs:GetQueueUrl jobs.fifo"},
		{"ListQueues", `{}`, "sqs:ListQueues *"},
		{"StartMessageMoveTask", `{"SourceArn":"arn:aws:sqs:eu-north-1:123456789012:dead"}`, "sqs:StartMessageMoveTask dead"},
		{"SendMessage", `nonsense`, "sqs:SendMessage *"},
	} {
		a := access.Of("sqs", request(t, "POST", "/", "AmazonSQS."+test.operation, test.body), []byte(test.body), place)
		assert.Equal(t, []string{test.need}, lines(a))
		assert.Equal(t, test.operation, a.Operation)
	}
	form := url.Values{"Action": {"SendMessageBatch"}, "QueueUrl": {"https://sqs.eu-north-1.amazonaws.com/123456789012/jobs"}}.Encode()
	assert.Equal(t, []string{"sqs:SendMessage jobs"}, lines(access.Of("sqs", request(t, "POST", "/", "", form), []byte(form), place)))
	assert.Equal(t, []string{"sqs:ReceiveMessage jobs"},
		lines(access.Of("sqs", request(t, "POST", "/123456789012/jobs", "", ""), []byte("Action=ReceiveMessage"), place)))
	assert.Empty(t, access.Of("sqs", request(t, "GET", "/", "", ""), nil, place).Needs)
}

func TestS3(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, path, operation string
		needs                   []string
	}{
		{"GET", "/", "ListBuckets", []string{"s3:ListAllMyBuckets *"}},
		{"GET", "/files/a/b%20c.txt", "GetObject", []string{"s3:GetObject files/a/b c.txt"}},
		{"GET", "/files/a?x-id=GetObject", "GetObject", []string{"s3:GetObject files/a"}},
		{"GET", "/files/a?versionId=1", "GetObject", []string{"s3:GetObjectVersion files/a"}},
		{"HEAD", "/files/a", "HeadObject", []string{"s3:GetObject files/a"}},
		{"GET", "/files/a?tagging", "GetObjectTagging", []string{"s3:GetObjectTagging files/a"}},
		{"GET", "/files/a?attributes", "GetObjectAttributes", []string{"s3:GetObject files/a", "s3:GetObjectAttributes files/a"}},
		{"PUT", "/files/a?x-id=PutObject", "PutObject", []string{"s3:PutObject files/a"}},
		{"POST", "/files/a?uploads", "CreateMultipartUpload", []string{"s3:PutObject files/a"}},
		{"PUT", "/files/a?partNumber=1&uploadId=x", "UploadPart", []string{"s3:PutObject files/a"}},
		{"POST", "/files/a?uploadId=x", "CompleteMultipartUpload", []string{"s3:PutObject files/a"}},
		{"DELETE", "/files/a?uploadId=x", "AbortMultipartUpload", []string{"s3:AbortMultipartUpload files/a"}},
		{"GET", "/files/a?uploadId=x", "ListParts", []string{"s3:ListMultipartUploadParts files/a"}},
		{"DELETE", "/files/a", "DeleteObject", []string{"s3:DeleteObject files/a"}},
		{"DELETE", "/files/a?versionId=1", "DeleteObject", []string{"s3:DeleteObjectVersion files/a"}},
		{"GET", "/files?list-type=2&prefix=a", "ListObjectsV2", []string{"s3:ListBucket files"}},
		{"GET", "/files/?prefix=a", "ListObjects", []string{"s3:ListBucket files"}},
		{"GET", "/files?versions", "ListObjectVersions", []string{"s3:ListBucketVersions files"}},
		{"GET", "/files?uploads", "ListMultipartUploads", []string{"s3:ListBucketMultipartUploads files"}},
		{"GET", "/files?location", "GetBucketLocation", []string{"s3:GetBucketLocation files"}},
		{"PUT", "/files?lifecycle", "PutBucketLifecycleConfiguration", []string{"s3:PutLifecycleConfiguration files"}},
		{"HEAD", "/files", "HeadBucket", []string{"s3:ListBucket files"}},
		{"PUT", "/files", "CreateBucket", []string{"s3:CreateBucket files"}},
		{"DELETE", "/files", "DeleteBucket", []string{"s3:DeleteBucket files"}},
		{"PATCH", "/files/a", "PATCH", []string{"s3:PATCH *"}},
	} {
		a := access.Of("s3", request(t, test.method, test.path, "", ""), nil, place)
		assert.Equal(t, test.needs, lines(a), "%s %s", test.method, test.path)
		assert.Equal(t, test.operation, a.Operation)
	}
}

func TestS3HeadersAndBodies(t *testing.T) {
	t.Parallel()
	put := func(header ...string) []string {
		r := request(t, "PUT", "/files/a", "", "")
		for n := 0; n < len(header); n += 2 {
			r.Header.Set(header[n], header[n+1])
		}
		return lines(access.Of("s3", r, nil, place))
	}
	assert.Equal(t, []string{"s3:PutObject files/a", "s3:PutObjectAcl files/a"}, put("X-Amz-Acl", "private"))
	assert.Equal(t, []string{"s3:PutObject files/a", "s3:PutObjectTagging files/a"}, put("X-Amz-Tagging", "a=b"))
	assert.Equal(t, []string{"s3:PutObject files/a", "s3:GetObject other/b c"}, put("X-Amz-Copy-Source", "/other/b%20c"))
	assert.Equal(t, []string{"s3:PutObject files/a", "s3:GetObjectVersion other/b"}, put("X-Amz-Copy-Source", "other/b?versionId=1"))

	body := `<Delete><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>1</VersionId></Object></Delete>`
	a := access.Of("s3", request(t, "POST", "/files?delete", "", body), []byte(body), place)
	assert.Equal(t, "DeleteObjects", a.Operation)
	assert.Equal(t, []string{"s3:DeleteObject files/a", "s3:DeleteObjectVersion files/b"}, lines(a))
	assert.Equal(t, []string{"s3:DeleteObject files/*"}, lines(access.Of("s3", request(t, "POST", "/files?delete", "", "x"), []byte("x"), place)))
}

func TestOtherServices(t *testing.T) {
	t.Parallel()
	a := access.Of("ssm", request(t, "POST", "/", "AmazonSSM.GetParameter", "{}"), []byte("{}"), place)
	assert.Equal(t, []string{"ssm:GetParameter *"}, lines(a))
	assert.Empty(t, access.Of("", request(t, "GET", "/", "", ""), nil, place).Needs)
}

// Whatever is sent, Of answers, and what it says that is needed is an action on something.
func FuzzOf(f *testing.F) {
	f.Add("dynamodb", "POST", "/", "DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"a"}},null,{"Get":null}]}`)
	f.Add("dynamodb", "POST", "/", "DynamoDB_20120810.ExecuteStatement", `{"Statement":"SELECT \"a\" FROM \"b\".\"c\""}`)
	f.Add("sqs", "POST", "/", "AmazonSQS.SendMessageBatch", `{"QueueUrl":"///"}`)
	f.Add("sqs", "POST", "/1/jobs", "", "Action=SendMessage&QueueUrl=%zz")
	f.Add("s3", "PUT", "/files/a%2Fb?uploadId&partNumber", "other/b?versionId=%zz", "")
	f.Add("s3", "POST", "/files?delete", "", "<Delete><Object><Key>")
	f.Add("", "", "", "", "")
	f.Fuzz(func(t *testing.T, service, method, path, header, body string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		r := &http.Request{Method: method, URL: u, Header: http.Header{}}
		r.Header.Set("X-Amz-Target", header)
		r.Header.Set("X-Amz-Copy-Source", header)
		a := access.Of(backend.Service(service), r, []byte(body), place)
		for _, n := range a.Needs {
			require.Contains(t, n.Action, ":")
		}
		require.Equal(t, a, access.Of(backend.Service(service), r, []byte(body), place))
		if service == "sqs" && header != "" && strings.Contains(header, ".") && !strings.HasSuffix(header, ".") {
			require.NotEmpty(t, a.Needs, "every operation of SQS needs something")
		}
	})
}
