package queue

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

type createQueueInput struct {
	QueueName  string
	Attributes map[string]string
	Tags       map[string]string
	LowerTags  map[string]string `json:"tags"` // as the API's model writes it
}

var name = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// isName tells whether a queue may be called so, and an entry of a batch. The length is looked at apart, as elsewhere in
// this program: in an expression it would be compiled letter by letter, whenever a check begins.
func isName(text string) bool { return len(text) <= 80 && name.MatchString(text) }

const fifoSuffix = ".fifo"

func (in *createQueueInput) do(c *call) (any, *fault) {
	if f := in.checkName(); f != nil {
		return nil, f
	}
	defer c.lock()()
	if q := c.queues[in.QueueName]; q != nil {
		return in.again(c, q)
	}
	now := c.clock.Now()
	q := &queue{
		name: in.QueueName, region: c.region, created: now, changed: now,
		tags: map[string]string{}, messages: map[string]*message{}, hidden: line{byTime: true},
	}
	s, f := c.set(usualSettings(), in.Attributes, q)
	if f != nil {
		return nil, f
	}
	q.settings = s
	maps.Copy(q.tags, in.Tags)
	maps.Copy(q.tags, in.LowerTags)
	c.created++
	q.number = c.created
	c.queues[q.name] = q
	return urlOutput{c.url(q)}, nil
}

// checkName refuses what is no name, and FIFO queues, which are not here.
func (in *createQueueInput) checkName() *fault {
	base, fifo := strings.CutSuffix(in.QueueName, fifoSuffix)
	switch {
	case in.QueueName == "":
		return missingParameter("QueueName")
	case fifo && isName(base) && in.Attributes["FifoQueue"] == "true":
		return notSupported("a FIFO queue")
	case !isName(in.QueueName):
		return invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	case in.Attributes["FifoQueue"] == "true":
		return invalidParameter("The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, " +
			"must end with .fifo suffix and be 1 to 80 in length")
	}
	return nil
}

// again creates a queue that is there: nothing happens, unless it should be another one.
func (in *createQueueInput) again(c *call, q *queue) (any, *fault) {
	wanted, f := c.set(q.settings, in.Attributes, q)
	if f != nil {
		return nil, f
	}
	other := *q
	other.settings = wanted
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		have, _ := q.value(name)
		if want, _ := other.value(name); have != want {
			return nil, queueExists(name)
		}
	}
	return urlOutput{c.url(q)}, nil
}

type urlOutput struct{ QueueUrl string }

type getQueueURLInput struct{ QueueName, QueueOwnerAWSAccountId string }

func (in *getQueueURLInput) do(c *call) (any, *fault) {
	if in.QueueName == "" {
		return nil, missingParameter("QueueName")
	}
	defer c.lock()()
	q := c.queues[in.QueueName]
	if q == nil || in.QueueOwnerAWSAccountId != "" && in.QueueOwnerAWSAccountId != AccountID {
		return nil, noQueue()
	}
	return urlOutput{c.url(q)}, nil
}

type getQueueAttributesInput struct {
	queueURL
	AttributeNames []string
}

func (in *getQueueAttributesInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	q.expire(c.clock.Now())
	var names []string
	all := allAttributes()
	for _, name := range in.AttributeNames {
		switch {
		case name == "All":
			names = append(names, all...)
		case slices.Contains(all, name), slices.Contains(ofFIFO, name), slices.Contains(ofOthers, name):
			names = append(names, name)
		default:
			return nil, unknownAttribute(name)
		}
	}
	out := struct {
		Attributes map[string]string `json:",omitempty"`
	}{map[string]string{}}
	for _, name := range names {
		if value, ok := q.value(name); ok {
			out.Attributes[name] = value
		}
	}
	return out, nil
}

type setQueueAttributesInput struct {
	queueURL
	Attributes map[string]string
}

func (in *setQueueAttributesInput) do(c *call) (any, *fault) {
	if in.Attributes == nil {
		return nil, missingParameter("Attributes")
	}
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	s, f := c.set(q.settings, in.Attributes, q)
	if f != nil {
		return nil, f
	}
	q.settings = s
	q.changed = c.clock.Now()
	q.tell()
	return nothing{}, nil
}

type page struct {
	MaxResults *int
	NextToken  string
}

// maxResults is how many queues a list has at most.
const maxResults = 1000

// of cuts a page out of names in order. The token is the last name, in Base64.
func (p page) of(names []string) (_ []string, next string, _ *fault) {
	size := maxResults
	if p.MaxResults != nil {
		size = *p.MaxResults
		if size < 1 || size > maxResults {
			return nil, "", invalidValue(size, "MaxResults", "MaxResults must be an integer between 1 and 1000.")
		}
	}
	if p.NextToken != "" {
		last, err := base64.StdEncoding.DecodeString(p.NextToken)
		if err != nil {
			return nil, "", invalidParameter("Invalid or expired next token.")
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name <= string(last) })
	}
	if len(names) > size {
		names = names[:size]
		if p.MaxResults != nil {
			next = base64.StdEncoding.EncodeToString([]byte(names[size-1]))
		}
	}
	return names, next, nil
}

type listQueuesInput struct {
	page
	QueueNamePrefix string
}

func (in *listQueuesInput) do(c *call) (any, *fault) {
	defer c.lock()()
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(c.queues)), func(name string) bool { return !strings.HasPrefix(name, in.QueueNamePrefix) })
	names, next, f := in.of(names)
	if f != nil {
		return nil, f
	}
	out := struct {
		QueueUrls []string `json:",omitempty"`
		NextToken string   `json:",omitempty"`
	}{NextToken: next}
	for _, name := range names {
		out.QueueUrls = append(out.QueueUrls, c.url(c.queues[name]))
	}
	return out, nil
}

type listSourcesInput struct {
	queueURL
	page
}

func (in *listSourcesInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(c.queues)), func(name string) bool {
		source := c.queues[name]
		return source.redrive == nil || source.redrive.target != q.arn()
	})
	names, next, f := in.of(names)
	if f != nil {
		return nil, f
	}
	out := struct {
		QueueUrls []string `json:"queueUrls"` // the API's model has this one in lower case
		NextToken string   `json:",omitempty"`
	}{QueueUrls: []string{}, NextToken: next}
	for _, name := range names {
		out.QueueUrls = append(out.QueueUrls, c.url(c.queues[name]))
	}
	return out, nil
}

type purgeQueueInput struct{ queueURL }

// purgePause is how long a queue cannot be purged again.
const purgePause = 60 * time.Second

// do drops the messages at once. AWS takes up to a minute.
func (in *purgeQueueInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	now := c.clock.Now()
	if !q.purged.IsZero() && now.Before(q.purged.Add(purgePause)) {
		f := modeled("PurgeQueueInProgress", "Only one PurgeQueue operation on "+q.name+" is allowed every 60 seconds.")
		f.status = 403
		return nil, f
	}
	q.purged = now
	clear(q.messages)
	q.ready, q.hidden = line{}, line{byTime: true}
	return nothing{}, nil
}

type deleteQueueInput struct{ queueURL }

func (in *deleteQueueInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	delete(c.queues, q.name)
	q.tell() // who waits for its messages waits in vain
	return nothing{}, nil
}
