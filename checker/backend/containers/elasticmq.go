package containers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/network"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/proxy"
)

// elasticRegion is in the ARNs that ElasticMQ makes. It knows one region only, and callers have their own, so
// it is none of AWS's, and the proxy puts the caller's in its place.
const elasticRegion = "elasticmq"

// elasticConfig has queue URLs begin with what the client calls the host, and makes the account that of
// package wire.
const elasticConfig = `include classpath("application.conf")
node-address { protocol = http, host = "*", port = 9324, context-path = "" }
rest-sqs { enabled = true, bind-hostname = "0.0.0.0", bind-port = 9324, sqs-limits = strict }
rest-stats { enabled = false }
aws { region = "` + elasticRegion + `", accountId = "123456789012" }
`

// elasticMQ is ElasticMQ as the checks need it. The maker's image has its configuration in the same place as
// the one built by tools/images.
func elasticMQ(opt Options) program {
	image, hint := imageOf(opt.ElasticMQImage, ElasticMQImageEnv, DefaultElasticMQImage)
	return program{
		id:         backend.SQS,
		title:      "ElasticMQ",
		image:      image,
		hint:       hint,
		configPath: "/opt/elasticmq.conf",
		config:     elasticConfig,
		port:       network.MustParsePort("9324/tcp"),
		target:     "AmazonSQS.ListQueues",
		startLimit: 60 * time.Second,
	}
}

// newSQS passes requests on to ElasticMQ, and mends in its answers what a lesson would stumble over: the
// region of ARNs, and the codes that the SDK reads of errors.
func newSQS(c Container, title string) *service {
	s := newService(c, title)
	direct := s.Reverse.Rewrite
	s.Reverse.Rewrite = func(r *httputil.ProxyRequest) {
		direct(r)
		r.Out.Host = r.In.Host // queue URLs are made of it
		r.Out.Header.Del("Accept-Encoding")
	}
	s.Reverse.ModifyResponse = mend
	return s
}

func mend(r *http.Response) error {
	mendErrorCode(r.Header)
	operation, region := r.Request.Header.Get("X-Amz-Target"), proxy.SignedRegion(r.Request)
	var change func([]byte) []byte
	switch {
	case r.StatusCode != http.StatusOK || region == "":
		return nil
	case operation == "AmazonSQS.GetQueueAttributes":
		change = func(body []byte) []byte { return inRegion(body, region) }
	case operation == "AmazonSQS.ReceiveMessage":
		change = func(body []byte) []byte { return sourcesInRegion(body, region) }
	default:
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_ = r.Body.Close() // all of it was read
	body = change(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

func inRegion(text []byte, region string) []byte {
	return bytes.ReplaceAll(text, []byte("arn:aws:sqs:"+elasticRegion+":"), []byte("arn:aws:sqs:"+region+":"))
}

// sourcesInRegion changes only what SQS says about messages, never the messages.
func sourcesInRegion(body []byte, region string) []byte {
	if !bytes.Contains(body, []byte(`"DeadLetterQueueSourceArn"`)) {
		return body
	}
	var answer struct{ Messages []map[string]json.RawMessage }
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	for _, m := range answer.Messages {
		if attributes, ok := m["Attributes"]; ok {
			m["Attributes"] = inRegion(attributes, region)
		}
	}
	changed, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return changed
}

const queryErrorHeader = "X-Amzn-Query-Error"

// queryCodes are the codes of SQS's older protocol, which AWS sends in a header and SDKs take for the code of
// the error, where they differ from the names of the errors (the API's model has them). ElasticMQ sends the names.
var queryCodes = map[string]string{
	"BatchEntryIdsNotDistinct":          "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
	"BatchRequestTooLong":               "AWS.SimpleQueueService.BatchRequestTooLong",
	"EmptyBatchRequest":                 "AWS.SimpleQueueService.EmptyBatchRequest",
	"InvalidBatchEntryId":               "AWS.SimpleQueueService.InvalidBatchEntryId",
	"InvalidParameterValueException":    "InvalidParameterValue",
	"MessageNotInflight":                "AWS.SimpleQueueService.MessageNotInflight",
	"MissingRequiredParameterException": "MissingParameter",
	"PurgeQueueInProgress":              "AWS.SimpleQueueService.PurgeQueueInProgress",
	"QueueDeletedRecently":              "AWS.SimpleQueueService.QueueDeletedRecently",
	"QueueDoesNotExist":                 "AWS.SimpleQueueService.NonExistentQueue",
	"QueueNameExists":                   "QueueAlreadyExists",
	"TooManyEntriesInBatchRequest":      "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
	"UnsupportedOperation":              "AWS.SimpleQueueService.UnsupportedOperation",
}

func mendErrorCode(h http.Header) {
	_, name, ok := strings.Cut(h.Get(queryErrorHeader), "#")
	if !ok {
		return
	}
	code := name
	if other, ok := queryCodes[name]; ok {
		code = other
	}
	h.Set(queryErrorHeader, code+";Sender")
}
