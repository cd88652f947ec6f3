package queue

import "maps"

type tagQueueInput struct {
	queueURL
	Tags map[string]string
}

func (in *tagQueueInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	maps.Copy(q.tags, in.Tags)
	return nothing{}, nil
}

type untagQueueInput struct {
	queueURL
	TagKeys []string
}

func (in *untagQueueInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	for _, key := range in.TagKeys {
		delete(q.tags, key)
	}
	return nothing{}, nil
}

type listQueueTagsInput struct{ queueURL }

func (in *listQueueTagsInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	return struct {
		Tags map[string]string `json:",omitempty"`
	}{maps.Clone(q.tags)}, nil
}
