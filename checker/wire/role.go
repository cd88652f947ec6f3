package wire

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/access"
	"example.com/serverless-patterns/checker/wire/iam"
	"example.com/serverless-patterns/checker/wire/signature"
)

// AccountID is the account of all ARNs: the one of AWS's examples.
const AccountID = "123456789012"

// Services that differ in how they refuse a call.
const (
	sqs = backend.SQS
	s3  = backend.S3
)

// Role is the execution role of a function.
type Role struct {
	Name    string // the last part of its ARN
	Session string // what Lambda calls the session: the physical name of the function
	Policy  iam.Policy
}

// ARN is how AWS names whoever acts in the role.
func (r Role) ARN() string {
	return fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", AccountID, r.Name, r.Session)
}

// Assign gives a function its role. Calls of a function without one are all denied, as a role without
// policies denies them.
func (s *Server) Assign(function string, r Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[function] = r
}

// decide says of everything that a call needs whether the role may do it.
func (r Role) decide(needs []iam.Request) []iam.Decision {
	var all []iam.Decision
	for _, need := range needs {
		all = append(all, r.Policy.Decide(need))
	}
	return all
}

// Denied returns the first of the decisions that denies the call; ok is false when none does.
func (c Call) Denied() (d iam.Decision, ok bool) {
	for _, d := range c.Decisions {
		if !d.Allowed {
			return d, true
		}
	}
	return iam.Decision{}, false
}

// deny refuses a call as its service does. None of these errors is retried by the SDK.
//
// DynamoDB answers 400 ("Error handling with DynamoDB"), SQS 403 with the code of its older protocol and
// the action in small letters, as seen by users of AWS, and S3 403 in XML, with the ARN in quotes ("Troubleshoot
// access denied (403 Forbidden) errors in Amazon S3").
func deny(w http.ResponseWriter, c *Call, role Role, d iam.Decision) {
	message := func(action, resource string) string {
		return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", role.ARN(), action, resource, d.Reason(action))
	}
	switch c.Service {
	case sqs:
		w.Header().Set("X-Amzn-Query-Error", "AccessDenied;Sender")
		refuse(w, http.StatusForbidden, "com.amazon.coral.service#AccessDeniedException", message(strings.ToLower(d.Action), d.Resource))
	case s3:
		refuseXML(w, c.method, signature.Refusal{
			Status: http.StatusForbidden, Code: "AccessDenied", Message: message(d.Action, `"`+d.Resource+`"`),
		})
	default:
		refuse(w, http.StatusBadRequest, "com.amazon.coral.service#AccessDeniedException", message(d.Action, d.Resource))
	}
}

// denyMissing turns S3's answer for an object that does not exist into a refusal for those who may not list
// the bucket: they are not told what is there. The decision is returned either way: who is told has used that permission.
func denyMissing(answer *answer, c *Call, role Role, a access.Access) (*iam.Decision, *answer) {
	if c.Service != s3 || !a.Reads() || answer.status != http.StatusNotFound {
		return nil, answer
	}
	if code := errorCode(answer.header, answer.body.Bytes()); code != "NoSuchKey" && code != "" {
		return nil, answer
	}
	d := role.Policy.Decide(iam.Request{Action: "s3:ListBucket", Resource: access.BucketARN(a.Resource)})
	if d.Allowed {
		return &d, answer
	}
	refusal := newAnswer()
	deny(refusal, c, role, d)
	return &d, refusal
}

// refuseXML answers in the form of S3's errors. The answer to a HEAD has no body, and so no code.
func refuseXML(w http.ResponseWriter, method string, r signature.Refusal) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "0000000000000000")
	w.WriteHeader(r.Status)
	if method == http.MethodHead {
		return
	}
	body, _ := xml.Marshal(struct { // strings always marshal
		XMLName                  xml.Name `xml:"Error"`
		Code, Message, RequestId string
	}{Code: r.Code, Message: r.Message, RequestId: "0000000000000000"})
	_, _ = w.Write(append([]byte(xml.Header), body...)) // a caller that is gone is seen by its context
}

// refuseStranger answers a call with an access key that is none of ours.
func refuseStranger(w http.ResponseWriter, c *Call) {
	switch c.Service {
	case sqs:
		w.Header().Set("X-Amzn-Query-Error", "InvalidClientTokenId;Sender")
		refuse(w, http.StatusForbidden, "com.amazon.coral.service#UnrecognizedClientException", "The security token included in the request is invalid.")
	case s3:
		refuseXML(w, c.method, signature.Refusal{
			Status: http.StatusForbidden, Code: "InvalidAccessKeyId",
			Message: "The AWS Access Key Id you provided does not exist in our records.",
		})
	default:
		refuse(w, http.StatusBadRequest, "com.amazon.coral.service#UnrecognizedClientException", "The security token included in the request is invalid.")
	}
}
