package queue

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The attributes of a queue that are numbers.
const (
	delaySeconds           = "DelaySeconds"
	maximumMessageSize     = "MaximumMessageSize"
	messageRetentionPeriod = "MessageRetentionPeriod"
	receiveWaitSeconds     = "ReceiveMessageWaitTimeSeconds"
	visibilityTimeout      = "VisibilityTimeout"
)

// limits of an attribute, from "SetQueueAttributes". MaximumMessageSize was 262,144 at most, and by default,
// until August 2025; queues from before keep what they had.
type limits struct{ least, most, usual int }

var numbers = map[string]limits{
	delaySeconds:           {0, 900, 0},
	maximumMessageSize:     {1024, 1 << 20, 1 << 20},
	messageRetentionPeriod: {60, 1209600, 345600},
	receiveWaitSeconds:     {0, 20, 0},
	visibilityTimeout:      {0, maxVisibility, 30},
}

// maxVisibility is 12 hours, in seconds.
const maxVisibility = 43200

const (
	redrivePolicy      = "RedrivePolicy"
	redriveAllowPolicy = "RedriveAllowPolicy"
	sqsManagedSSE      = "SqsManagedSseEnabled"
)

// computed are attributes of a queue that nobody sets.
var computed = map[string]func(*queue) string{
	"ApproximateNumberOfMessages":           func(q *queue) string { return strconv.Itoa(q.ready.Len()) },
	"ApproximateNumberOfMessagesDelayed":    func(q *queue) string { return strconv.Itoa(q.hidden.Len() - q.inFlight()) },
	"ApproximateNumberOfMessagesNotVisible": func(q *queue) string { return strconv.Itoa(q.inFlight()) },
	"CreatedTimestamp":                      func(q *queue) string { return seconds(q.created) },
	"LastModifiedTimestamp":                 func(q *queue) string { return seconds(q.changed) },
	"QueueArn":                              (*queue).arn,
}

// ofFIFO are attributes that only FIFO queues have, ofOthers those of what is not here.
var (
	ofFIFO   = []string{"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"}
	ofOthers = []string{"Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"}
)

// settings are the attributes of a queue that are set.
type settings struct {
	numbers map[string]int
	redrive *redrive
	allow   string // RedriveAllowPolicy as it was given
	sse     bool
}

func usualSettings() settings {
	s := settings{numbers: map[string]int{}, sse: true}
	for name, l := range numbers {
		s.numbers[name] = l.usual
	}
	return s
}

func (s *settings) seconds(name string) time.Duration {
	return time.Duration(s.numbers[name]) * time.Second
}

// set reads attributes into a copy of the settings, so that all of them are set or none. Dead-letter queues
// are looked up, so it is called with the lock.
func (c *call) set(old settings, values map[string]string, of *queue) (settings, *fault) {
	s := old
	s.numbers = maps.Clone(old.numbers)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		limit, isNumber := numbers[name]
		switch {
		case isNumber:
			n, err := strconv.Atoi(value)
			if err != nil || n < limit.least || n > limit.most {
				return old, invalidAttributeValue(name)
			}
			s.numbers[name] = n
		case name == redrivePolicy:
			r, f := c.redrive(value, of.region)
			if f != nil {
				return old, f
			}
			s.redrive = r
		case name == redriveAllowPolicy:
			if value != "" && !json.Valid([]byte(value)) {
				return old, invalidAttributeValue(name)
			}
			s.allow = value
		case name == sqsManagedSSE:
			on, err := strconv.ParseBool(strings.ToLower(value))
			if err != nil {
				return old, invalidAttributeValue(name)
			}
			s.sse = on
		default:
			return old, wrongAttribute(name)
		}
	}
	return s, nil
}

// wrongAttribute is about an attribute that a standard queue of this package cannot be given.
func wrongAttribute(name string) *fault {
	switch {
	case name == "DeduplicationScope" || name == "FifoThroughputLimit":
		return invalidAttributeName("You can specify the " + name + " only when FifoQueue is set to true.")
	case slices.Contains(ofOthers, name):
		return notSupported("the attribute " + name)
	default:
		return unknownAttribute(name)
	}
}

func unknownAttribute(name string) *fault {
	return invalidAttributeName("Unknown Attribute " + name + ".")
}

// value is an attribute as GetQueueAttributes has it; false if the queue has none.
func (q *queue) value(name string) (string, bool) {
	if compute, ok := computed[name]; ok {
		return compute(q), true
	}
	if n, ok := q.numbers[name]; ok {
		return strconv.Itoa(n), true
	}
	switch name {
	case redrivePolicy:
		if q.redrive != nil {
			return q.redrive.String(), true
		}
	case redriveAllowPolicy:
		return q.allow, q.allow != ""
	case sqsManagedSSE:
		return strconv.FormatBool(q.sse), true
	}
	return "", false
}

func allAttributes() []string {
	names := []string{redrivePolicy, redriveAllowPolicy, sqsManagedSSE}
	names = slices.AppendSeq(names, maps.Keys(numbers))
	return slices.AppendSeq(names, maps.Keys(computed))
}

// redrive is a RedrivePolicy.
type redrive struct {
	target   string // ARN
	receives int    // the most in the queue itself
}

func (r *redrive) String() string {
	return fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, r.target, r.receives)
}

// redrive reads a policy. An empty one is none.
func (c *call) redrive(policy, region string) (*redrive, *fault) {
	if policy == "" {
		return nil, nil
	}
	wrong := func(reason string) *fault { return invalidValue(policy, redrivePolicy, reason) }
	var given struct {
		DeadLetterTargetArn *string         `json:"deadLetterTargetArn"`
		MaxReceiveCount     json.RawMessage `json:"maxReceiveCount"` // a number, also as a text
	}
	if err := json.Unmarshal([]byte(policy), &given); err != nil {
		return nil, wrong("Redrive policy is not a valid JSON map.")
	}
	const mandatory = "Redrive policy does not contain mandatory attribute: "
	switch {
	case given.DeadLetterTargetArn == nil:
		return nil, wrong(mandatory + "deadLetterTargetArn.")
	case given.MaxReceiveCount == nil:
		return nil, wrong(mandatory + "maxReceiveCount.")
	}
	count := strings.Trim(string(given.MaxReceiveCount), `"`)
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > 1000 {
		return nil, wrong("Invalid value for maxReceiveCount: " + count + ", valid values are from 1 to 1000 both inclusive.")
	}
	arn := *given.DeadLetterTargetArn
	parts := strings.Split(arn, ":")
	switch {
	case len(parts) != 6 || parts[0] != "arn" || parts[2] != "sqs":
		return nil, wrong("Invalid value for deadLetterTargetArn.")
	case parts[4] != AccountID:
		return nil, wrong("Dead-letter target owner should be same as the source.")
	case parts[3] != region || c.byARN(arn) == nil:
		return nil, wrong("Dead letter target does not exist.")
	}
	return &redrive{target: arn, receives: n}, nil
}

// byARN is nil for a queue that is not there. It is called with the lock.
func (s *Service) byARN(arn string) *queue {
	q := s.queues[arn[strings.LastIndexByte(arn, ':')+1:]]
	if q == nil || q.arn() != arn {
		return nil
	}
	return q
}
