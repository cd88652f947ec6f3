package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRequestBytes is more than the largest legal request: 1 MiB of messages, with what JSON adds to escape
// them.
const maxRequestBytes = 8 << 20

const targetPrefix = "AmazonSQS."

// input is the body of a request.
type input interface {
	// do executes the operation and returns its output, which is marshalled as JSON.
	do(*call) (any, *fault)
}

// call is a request being answered.
type call struct {
	*Service
	ctx       context.Context // ends when the client goes away
	endpoint  string          // of queue URLs, without a slash at its end
	region    string
	accessKey string
	trace     string // the header X-Amzn-Trace-Id
}

// lock is held while queues are looked at: defer c.lock()().
func (c *call) lock() func() {
	c.mu.Lock()
	return c.mu.Unlock
}

// inputOf is the allow-list. It returns an empty input of an operation, nil if the operation is not
// supported.
func inputOf(operation string) input {
	switch operation {
	case "CreateQueue":
		return new(createQueueInput)
	case "GetQueueUrl":
		return new(getQueueURLInput)
	case "GetQueueAttributes":
		return new(getQueueAttributesInput)
	case "SetQueueAttributes":
		return new(setQueueAttributesInput)
	case "ListQueues":
		return new(listQueuesInput)
	case "ListDeadLetterSourceQueues":
		return new(listSourcesInput)
	case "PurgeQueue":
		return new(purgeQueueInput)
	case "DeleteQueue":
		return new(deleteQueueInput)
	case "TagQueue":
		return new(tagQueueInput)
	case "UntagQueue":
		return new(untagQueueInput)
	case "ListQueueTags":
		return new(listQueueTagsInput)
	case "SendMessage":
		return new(sendMessageInput)
	case "SendMessageBatch":
		return new(sendMessageBatchInput)
	case "ReceiveMessage":
		return new(receiveMessageInput)
	case "DeleteMessage":
		return new(deleteMessageInput)
	case "DeleteMessageBatch":
		return new(deleteMessageBatchInput)
	case "ChangeMessageVisibility":
		return new(changeVisibilityInput)
	case "ChangeMessageVisibilityBatch":
		return new(changeVisibilityBatchInput)
	default:
		return nil
	}
}

// ServeHTTP answers one request. ReceiveMessage may take as long as it asks for; it ends early when the
// request's context does.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, in, f := parse(r)
	if f != nil {
		f.answer().write(w)
		return
	}
	s.answer(s.call(r), operation, in).write(w)
}

func (s *Service) answer(c *call, operation string, in input) (a answer) {
	// A panic must not look like a broken connection, nor end in the host's log.
	defer func() {
		if p := recover(); p != nil {
			a = internal(fmt.Sprintf("the embedded backend failed at %s: %v; "+
				"this is a fault of the checker, use --backend containers", operation, p)).answer()
		}
	}()
	out, f := in.do(c)
	if f != nil {
		return f.answer()
	}
	return answer{status: http.StatusOK, body: mustMarshal(out)}
}

// call reads what is not in the body. The region and the access key are in the scope of a signature, which
// is not verified:
//
//	AWS4-HMAC-SHA256 Credential=KEY/20261124/eu-west-1/sqs/aws4_request, …
func (s *Service) call(r *http.Request) *call {
	c := &call{Service: s, ctx: r.Context(), endpoint: "http://" + r.Host, region: "us-east-1", trace: r.Header.Get("X-Amzn-Trace-Id")}
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	credential, _, _ = strings.Cut(credential, ",")
	if scope := strings.Split(credential, "/"); len(scope) == 5 && scope[2] != "" {
		c.accessKey, c.region = scope[0], scope[2]
	}
	return c
}

// parse decodes the body.
func parse(r *http.Request) (operation string, in input, _ *fault) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if r.Method != http.MethodPost || !ok || operation == "" {
		return "", nil, unknownOperation()
	}
	in = inputOf(operation)
	if in == nil {
		return "", nil, notSupported(operation)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	switch {
	case err != nil:
		return "", nil, serialization("the request could not be read: " + err.Error())
	case len(body) > maxRequestBytes:
		return "", nil, serialization(fmt.Sprintf("the request is larger than %d bytes", maxRequestBytes))
	}
	// null and lists would decode into nothing without an error.
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return "", nil, serialization("the request is not a JSON object")
	}
	if err := json.Unmarshal(body, in); err != nil {
		return "", nil, serialization(err.Error())
	}
	return operation, in, nil
}

// answer is complete before any of it is sent.
type answer struct {
	status     int
	queryError string // of an error: its code in the older protocol, and who made it
	body       []byte // JSON
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("X-Amzn-Requestid", newID())
	if a.queryError != "" {
		h.Set("X-Amzn-Query-Error", a.queryError)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client that went away is the only one who could be told
}

// mustMarshal is for values that cannot fail to marshal.
func mustMarshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// nothing is the output of operations that have none.
type nothing struct{}

// queueURL is the URL of a queue as a parameter.
type queueURL struct{ QueueUrl string }

// queue finds the queue of a URL, by what is after its last slash: clients may reach this service by more
// than one name. It is called with the lock.
func (c *call) queue(u queueURL) (*queue, *fault) {
	if u.QueueUrl == "" {
		return nil, missingParameter("QueueUrl")
	}
	q := c.queues[u.QueueUrl[strings.LastIndexByte(u.QueueUrl, '/')+1:]]
	if q == nil {
		return nil, noQueue()
	}
	q.settle(c.clock.Now())
	return q, nil
}

func (c *call) url(q *queue) string { return c.endpoint + "/" + AccountID + "/" + q.name }

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// sender is the SenderId of a message: an id of the form that AWS gives to users and roles, made of the
// access key, since there are no users here.
func (c *call) sender() string {
	switch {
	case strings.HasPrefix(c.accessKey, "ASIA"):
		return "AROA" + c.accessKey[4:] + ":session"
	case strings.HasPrefix(c.accessKey, "AKIA"):
		return "AIDA" + c.accessKey[4:]
	case c.accessKey != "":
		return c.accessKey
	default:
		return "anonymous"
	}
}
