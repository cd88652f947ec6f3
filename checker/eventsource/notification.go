package eventsource

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/serverless-patterns/checker/sam"
)

const (
	// maxHops is how many invocations in a row come of each other's changes before Lambda stops the next ("Use Lambda
	// recursive loop detection to prevent infinite loops": approximately 16).
	maxHops = 16
	// runaway is how many notifications a Drain delivers, at most: a function that writes two objects for each that it is
	// told of makes 65,536 of one in 16 hops.
	runaway = 100
)

// ObjectChange is what happened to an object of a bucket.
type ObjectChange struct {
	Event       string // ObjectCreated:Put
	Bucket, Key string // physical name, and the key as it is
	Size        int64  // bytes
	ETag        string
	At          time.Time
	SourceIP    string
	// TraceID is the root of the trace of the invocation that made it; "" for somebody else.
	TraceID string
}

// Notification is one event of S3 for one function, and what became of it.
type Notification struct {
	Number   int    // from 1, in the order in which they arose
	Bucket   string // logical id
	Key      string // as it is, not as it is encoded in the event
	Event    string // ObjectCreated:Put
	Size     int64  // bytes
	Function string // logical id
	// Hop is 1 for what somebody did, and 1 more than that of its Cause for what a function did that was told of another
	// change.
	Hop   int
	Cause int // the Number of the notification whose invocation made the change; 0 if none did
	// Duplicate is set if S3 has sent the same event before.
	Duplicate bool
	Attempts  []Attempt
	// Stopped says why it was not delivered, to go on after "not delivered: "; "" if it was, or will be.
	Stopped string
}

// Last is the latest attempt; the zero value if there was none.
func (n Notification) Last() Attempt {
	if len(n.Attempts) == 0 {
		return Attempt{}
	}
	return n.Attempts[len(n.Attempts)-1]
}

// NotificationDeployment says where buckets are, and what they notify.
type NotificationDeployment struct {
	// BucketName is the physical name of a bucket, by its logical id.
	BucketName func(logicalID string) string
	Region     string
	// Invoke invokes a function asynchronously, and waits for the end. failed are the Details of the attempt before, under
	// whose request id it is invoked again; nil for the first attempt.
	Invoke func(ctx context.Context, function string, event []byte, failed any) (Invocation, error)
	// Clock is the time of the stack; nil is a clock of its own.
	Clock *Clock
	// Disorder is what S3 does now and then: Duplicates and Reorder.
	Disorder Disorder
	Seed     uint64
	// Observe is told each attempt when it has ended, and what was stopped; nil is told nothing. It is called from the
	// goroutine that delivers.
	Observe func(Notification)
}

// Notifications are those of all buckets of a stack. What happens to an object becomes an event for each function that has
// an event of type S3 for it, and Lambda invokes the function with it asynchronously: nobody waits for the result, and a
// failure is tried again twice. Its methods may be called from several goroutines at once; of those that deliver, one waits
// for the other.
type Notifications struct {
	deployment     NotificationDeployment
	configurations []configuration
	clock          *Clock

	turn   sync.Mutex // held by who delivers
	random *rand.Rand
	causes map[string]int // the Number of a notification, by the trace of its invocations

	mu        sync.Mutex
	arrived   chan struct{} // has something when there is news for Run
	pending   []*pending
	stories   []*Notification
	sequencer uint64
}

// pending is an event on its way.
type pending struct {
	story   *Notification
	event   []byte
	traceID string        // of the invocation that made the change
	due     time.Duration // in logical time
	failed  any           // Details of the attempt before
}

// configuration is what a bucket notifies, of an event of type S3.
type configuration struct {
	id                       string
	bucket, physical         string
	function, name           string // the function's and the event's
	line                     int
	events                   []string
	prefix, suffix, template string
}

// NewNotifications reads the events of type S3 of a template. What AWS would refuse is a [*RequestError].
func NewNotifications(t *sam.Template, d NotificationDeployment) (*Notifications, error) {
	n := &Notifications{
		deployment: d, clock: d.Clock, random: newRandom(d.Seed), causes: map[string]int{}, arrived: make(chan struct{}, 1),
	}
	if n.clock == nil {
		n.clock = &Clock{}
	}
	for _, f := range t.Functions {
		for _, e := range f.Events {
			source, ok := e.Source.(*sam.S3Event)
			if !ok {
				continue
			}
			if err := circular(t, f, e, source.Bucket); err != nil {
				return nil, err
			}
			n.configurations = append(n.configurations, configuration{
				id: f.LogicalID + e.Name, bucket: source.Bucket, physical: d.BucketName(source.Bucket), function: f.LogicalID, name: e.Name,
				line: e.Line, events: source.Events, prefix: source.Prefix, suffix: source.Suffix, template: t.File,
			})
		}
	}
	return n, refusedConfigurations(n.configurations)
}

// fits tells whether a change is one that the bucket notifies. Filters are compared with the key as it is in the event
// ("Configuring event notifications using object key name filtering": a space in a filter is a plus sign).
func (c configuration) fits(o ObjectChange) bool {
	key := encodeKey(o.Key)
	return c.physical == o.Bucket && strings.HasPrefix(key, c.prefix) && strings.HasSuffix(key, c.suffix) &&
		slices.ContainsFunc(c.events, func(pattern string) bool { return covers(pattern, "s3:"+o.Event) })
}

// covers tells whether an event type is, or stands for, another: s3:ObjectCreated:* for s3:ObjectCreated:Put.
func covers(pattern, event string) bool {
	if all, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(event, all)
	}
	return pattern == event
}

// Changed puts events for a change on their way. It waits for nothing.
func (n *Notifications) Changed(o ObjectChange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sequencer++
	for _, c := range n.configurations {
		if !c.fits(o) {
			continue
		}
		story := &Notification{Number: len(n.stories) + 1, Bucket: c.bucket, Key: o.Key, Event: o.Event, Size: o.Size, Function: c.function, Hop: 1}
		n.stories = append(n.stories, story)
		n.pending = append(n.pending, &pending{
			story: story, event: encodeNotification(o, c, n.deployment.Region, n.sequencer), traceID: o.TraceID, due: n.clock.Now(),
		})
	}
	select {
	case n.arrived <- struct{}{}:
	default: // it is known already
	}
}

// Notifications are copies of all so far, in the order in which they arose.
func (n *Notifications) Notifications() []Notification {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]Notification, len(n.stories))
	for i, s := range n.stories {
		all[i] = *s
		all[i].Attempts = slices.Clone(s.Attempts)
	}
	return all
}

// Functions are those that buckets notify, by logical id, each once.
func (n *Notifications) Functions() []string {
	var all []string
	for _, c := range n.configurations {
		if !slices.Contains(all, c.function) {
			all = append(all, c.function)
		}
	}
	return all
}
