package wire

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/access"
	"example.com/serverless-patterns/checker/wire/iam"
	"example.com/serverless-patterns/checker/wire/signature"
)

// Call is one AWS request of a function.
type Call struct {
	Function    string // as given to NewCaller; "" when the access key is none of ours
	Environment string
	// TraceID is the root of the trace of the invocation that the call was made in; "" during INIT.
	TraceID string

	Service   backend.Service
	Operation string // as in AWS's API reference: GetItem
	Resource  string // the name of the table, queue or bucket, when the request names one
	Region    string // that the request was signed for

	// Key is that of the item, for operations on one item: id=kettle-1; or of the object.
	Key string
	// Decisions are about each action on each resource that the call needs: it was allowed if all are. They
	// are empty when the access key is none of ours, and for requests that are too wrong to tell.
	Decisions []iam.Decision
	// Effect is what came of a call that succeeded, in words: "an item". "" when there is no more to say.
	Effect string

	Connection int    // numbered as they were opened
	Request    []byte // nil if it is the content of an object
	Status     int    // 0 while the call is under way, and when the caller gave up
	ErrorCode  string // as the SDK reports it: ResourceNotFoundException
	ErrorText  string // the message beside the code
	Fault      string // the injected fault, in words; "" when there was none
	Start      time.Time
	Duration   time.Duration
	// Abandoned is set when the caller closed the connection before it had an answer.
	Abandoned bool
	// Presigned is set when the caller is not the function itself, but somebody who has a URL or a form that it has
	// signed. Such a call belongs to no invocation.
	Presigned bool

	method string
	// bySDK is set when the SDK sent it, which leaves out the trace in INIT alone.
	bySDK bool
}

// String is a line of evidence: what was called, and what came of it.
func (c Call) String() string {
	line := fmt.Sprintf("%s %s", c.serviceName(), c.Operation)
	if c.Resource != "" {
		line += " on " + c.Resource
	}
	if c.Key != "" {
		line += ", " + c.Key
	}
	switch {
	case c.Status == 0:
		line += ": no answer"
	case c.ErrorCode != "":
		line += fmt.Sprintf(": %d %s", c.Status, c.ErrorCode)
	default:
		line += fmt.Sprintf(": %d", c.Status)
	}
	if c.Effect != "" {
		line += ", " + c.Effect
	}
	if d, denied := c.Denied(); denied {
		line += ", " + refusal(d, c.Resource)
	}
	if c.Presigned {
		line += " (presigned)"
	}
	if c.Fault != "" {
		line += " (" + c.Fault + " by the checker)"
	}
	return line
}

// refusal says why a call was denied: no policy allows dynamodb:PutItem. The resource follows where it is
// more than the one that the call names.
func refusal(d iam.Decision, named string) string {
	text := "no policy allows " + d.Action
	switch {
	case d.Elsewhere: // the whole ARN: it may be the region that is wrong
		return d.Action + " is allowed, but not on " + d.Resource
	case d.Explicit():
		text = d.By + " denies " + d.Action
	}
	name := iam.Name(d.Resource)
	if named == "" || name != named && name != "table/"+named {
		text += " on " + name
	}
	return text
}

func (c Call) serviceName() string {
	switch c.Service {
	case backend.DynamoDB:
		return "DynamoDB"
	case sqs:
		return "SQS"
	case s3:
		return "S3"
	}
	return string(c.Service)
}

var credentialScope = regexp.MustCompile(`Credential=([^/,\s]+)/[0-9]{8}/([^/]+)/([^/]+)/aws4_request`)

// newCall reads who sends a request, and to which service. The access key is returned beside it. A form has its own
// credential, and is nil for any other request. A request without a signature is for the service unsigned.
func newCall(r *http.Request, body []byte, form *form, unsigned backend.Service) (c Call, accessKey string) {
	c = Call{Request: body, Start: time.Now(), TraceID: traceRoot(r.Header.Get("X-Amzn-Trace-Id")), method: r.Method}
	c.bySDK = strings.Contains(r.UserAgent(), "aws-sdk-go")
	signedBy := r.Header.Get("Authorization")
	switch {
	case form != nil:
		signedBy, c.Presigned = "Credential="+form.Fields["x-amz-credential"], true
	case signature.IsPresigned(r):
		signedBy, c.Presigned = "Credential="+r.URL.Query().Get("X-Amz-Credential"), true
	}
	if scope := credentialScope.FindStringSubmatch(signedBy); scope != nil {
		accessKey, c.Region, c.Service = scope[1], scope[2], backend.Service(scope[3])
	}
	if c.Service == "" {
		c.Service = unsigned
	}
	return c, accessKey
}

// read reads what the request asks for.
func (c *Call) read(r *http.Request, form *form) access.Access {
	a := access.Of(c.Service, r, c.Request, access.Place{Region: c.Region, AccountID: AccountID})
	c.Operation, c.Resource, c.Key = a.Operation, a.Resource, a.Key
	if c.Service == s3 && (c.Operation == "PutObject" || c.Operation == "UploadPart") {
		c.Request = nil
	}
	if form != nil {
		c.Operation = "PostObject"
	}
	return a
}

// effect says what a successful call found, where the status alone does not.
func effect(operation string, body []byte) string {
	if operation != "GetItem" {
		return ""
	}
	var found struct{ Item json.RawMessage }
	if json.Unmarshal(body, &found) == nil && len(found.Item) > 0 {
		return "an item"
	}
	return "no item"
}

// Unsupported tells whether the call is one that AWS takes, and the backend does not. Its codes for that are none that AWS has
// for such a call, and its ErrorText says what it lacks.
func (c Call) Unsupported() bool {
	return (c.ErrorCode == "UnsupportedOperationException" || c.ErrorCode == "NotImplemented") && strings.Contains(c.ErrorText, "is not supported here")
}

// traceRoot is the Root field of an X-Ray tracing header: Root=1-5759e988-…;Parent=…;Sampled=0.
func traceRoot(header string) string {
	for field := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(strings.TrimSpace(field), "Root="); ok {
			return root
		}
	}
	return ""
}

// errorCode is the code of an AWS error, as the SDK reports it: of JSON the part of __type behind the
// namespace, or what the header of a service says that once had another protocol; of XML the Code.
func errorCode(header http.Header, body []byte) string {
	if code, _, _ := strings.Cut(header.Get("X-Amzn-Query-Error"), ";"); code != "" {
		return code
	}
	var e struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(body, &e) == nil {
		return e.Type[strings.LastIndexByte(e.Type, '#')+1:]
	}
	var x struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}
	if xml.Unmarshal(body, &x) == nil {
		return x.Code
	}
	return ""
}

// errorText is the message of an AWS error, in JSON, where services write it in one case or the other, or in XML.
func errorText(body []byte) string {
	var e struct{ Message string }
	if json.Unmarshal(body, &e) != nil && xml.Unmarshal(body, &e) != nil {
		return ""
	}
	return e.Message
}
