package access

import (
	"net/http"
	"net/url"
	"strings"
)

// sqsActions are the operations whose permission has another name.
var sqsActions = map[string]string{
	"SendMessageBatch":             "SendMessage",
	"DeleteMessageBatch":           "DeleteMessage",
	"ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}

// ofSQS reads both protocols of SQS: AWS JSON, and the older query protocol, a form.
func ofSQS(r *http.Request, body []byte, at Place) Access {
	a := Access{Operation: target(r)}
	var queueURL, name, source string
	if a.Operation != "" {
		decode(body, map[string]any{"QueueUrl": &queueURL, "QueueName": &name, "SourceArn": &source})
	} else {
		form, _ := url.ParseQuery(string(body)) // what can be read of it
		a.Operation, queueURL, name = form.Get("Action"), form.Get("QueueUrl"), form.Get("QueueName")
		if a.Operation == "" {
			return a
		}
		if queueURL == "" && strings.Count(r.URL.Path, "/") >= 2 {
			queueURL = r.URL.Path
		}
	}
	action := a.Operation
	if other, ok := sqsActions[action]; ok {
		action = other
	}
	if queueURL != "" { // https://sqs.REGION.amazonaws.com/ACCOUNT/NAME
		queueURL, _, _ = strings.Cut(queueURL, "?")
		name = queueURL[strings.LastIndexByte(queueURL, '/')+1:]
	}
	a.Resource = name
	switch {
	case source != "":
		a.Resource = source[strings.LastIndexByte(source, ':')+1:]
		a.need("sqs:"+action, source)
	case name != "":
		a.need("sqs:"+action, at.arn(sqs, name))
	default:
		a.need("sqs:"+action, at.arn(sqs, "*"))
	}
	return a
}
