package eventsource

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// s3Record is an event as S3 sends it, with the names and the order of "Event message structure" in the S3 User Guide.
type s3Record struct {
	EventVersion      string            `json:"eventVersion"`
	EventSource       string            `json:"eventSource"`
	AWSRegion         string            `json:"awsRegion"`
	EventTime         string            `json:"eventTime"`
	EventName         string            `json:"eventName"`
	UserIdentity      s3Identity        `json:"userIdentity"`
	RequestParameters map[string]string `json:"requestParameters"`
	ResponseElements  map[string]string `json:"responseElements"`
	S3                s3Entity          `json:"s3"`
}

type s3Identity struct {
	PrincipalID string `json:"principalId"`
}

type s3Entity struct {
	SchemaVersion   string   `json:"s3SchemaVersion"`
	ConfigurationID string   `json:"configurationId"`
	Bucket          s3Bucket `json:"bucket"`
	Object          s3Object `json:"object"`
}

type s3Bucket struct {
	Name          string     `json:"name"`
	OwnerIdentity s3Identity `json:"ownerIdentity"`
	ARN           string     `json:"arn"`
}

// s3Object is an object in an event. One that was removed has neither a size nor an ETag.
type s3Object struct {
	Key       string `json:"key"`
	Size      *int64 `json:"size,omitempty"`
	ETag      string `json:"eTag,omitempty"`
	Sequencer string `json:"sequencer"`
}

// encodeKey writes a key as events have it: form-encoded, except for the slashes. A space is a plus sign.
func encodeKey(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }

// encodeNotification is the event for a change: S3 puts one record into each.
func encodeNotification(o ObjectChange, c configuration, region string, sequencer uint64) []byte {
	object := s3Object{Key: encodeKey(o.Key), ETag: o.ETag, Sequencer: fmt.Sprintf("00%016X", uint64(o.At.UnixNano())+sequencer)}
	if strings.HasPrefix(o.Event, "ObjectCreated:") {
		object.Size = &o.Size
	}
	record := s3Record{
		EventVersion: "2.1", EventSource: "aws:s3", AWSRegion: region,
		EventTime: o.At.UTC().Format("2006-01-02T15:04:05.000Z"), EventName: o.Event,
		UserIdentity:      s3Identity{"AWS:AROACKCEVSQ6C2EXAMPLE"},
		RequestParameters: map[string]string{"sourceIPAddress": o.SourceIP},
		ResponseElements:  map[string]string{"x-amz-request-id": fmt.Sprintf("%016X", sequencer), "x-amz-id-2": "EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH"},
		S3: s3Entity{
			SchemaVersion: "1.0", ConfigurationID: c.id,
			Bucket: s3Bucket{Name: o.Bucket, OwnerIdentity: s3Identity{"A3NL1KOZZKExample"}, ARN: "arn:aws:s3:::" + o.Bucket},
			Object: object,
		},
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string][]s3Record{"Records": {record}}) // texts and numbers always encode
	return bytes.TrimSpace(out.Bytes())
}
