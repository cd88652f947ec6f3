package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/backend"
)

// Call is one AWS request of a function.
type Call struct {
	Function    string // as given to NewCaller; "" when the access key is none of ours
	Environment string
	// TraceID is the root of the trace of the invocation that the call was made in; "" during INIT.
	TraceID string

	Service   backend.Service
	Operation string // as in AWS's API reference: GetItem
	Resource  string // the table's name, when the request names one
	Region    string // that the request was signed for

	// Key is that of the item, for operations on one item: id=kettle-1.
	Key string
	// Effect is what came of a call that succeeded, in words: "an item". "" when there is no more to say.
	Effect string

	Connection int // numbered as they were opened
	Request    []byte
	Status     int    // 0 while the call is under way, and when the caller gave up
	ErrorCode  string // as the SDK reports it: ResourceNotFoundException
	Fault      string // the injected fault, in words; "" when there was none
	Start      time.Time
	Duration   time.Duration
	// Abandoned is set when the caller closed the connection before it had an answer.
	Abandoned bool
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
	if c.Fault != "" {
		line += " (" + c.Fault + " by the checker)"
	}
	return line
}

func (c Call) serviceName() string {
	if c.Service == backend.DynamoDB {
		return "DynamoDB"
	}
	return string(c.Service)
}

var credentialScope = regexp.MustCompile(`Credential=([^/,\s]+)/[0-9]{8}/([^/]+)/([^/]+)/aws4_request`)

// newCall reads what a request says about itself. The access key is returned beside it.
func newCall(r *http.Request, body []byte) (Call, string) {
	c := Call{Request: body, Start: time.Now(), TraceID: traceRoot(r.Header.Get("X-Amzn-Trace-Id"))}
	accessKey := ""
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		accessKey, c.Region, c.Service = scope[1], scope[2], backend.Service(scope[3])
	}
	// AWS JSON protocols name the operation in a header: DynamoDB_20120810.GetItem.
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		c.Operation = operation
	}
	var names struct {
		TableName string
		Key       map[string]map[string]any // DynamoDB JSON: {"id": {"S": "kettle-1"}}
	}
	if json.Unmarshal(body, &names) == nil {
		c.Resource = names.TableName
		c.Key = keyText(names.Key)
	}
	return c, accessKey
}

// keyText shows an item's key: id=kettle-1.
func keyText(key map[string]map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(key)) {
		for _, value := range key[name] {
			parts = append(parts, fmt.Sprintf("%s=%v", name, value))
		}
	}
	return strings.Join(parts, " ")
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

// traceRoot is the Root field of an X-Ray tracing header: Root=1-5759e988-…;Parent=…;Sampled=0.
func traceRoot(header string) string {
	for field := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(strings.TrimSpace(field), "Root="); ok {
			return root
		}
	}
	return ""
}

// errorCode is the code of an AWS JSON error: the part of __type behind the namespace.
func errorCode(body []byte) string {
	var e struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	return e.Type[strings.LastIndexByte(e.Type, '#')+1:]
}
