package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/backend/endpoint"
	"example.com/serverless-patterns/checker/check"
)

// The backends by their names; the URL of an endpoint is one, too.
const (
	autoBackend       = "auto"
	embeddedBackend   = "embedded"
	containersBackend = "containers"
)

// images are the flags for those who have the containers' images under other names.
type images struct {
	DynamoDBImage  string `name:"dynamodb-image" help:"The image of DynamoDB Local, in place of the one that is pinned." placeholder:"IMAGE"`
	ElasticMQImage string `name:"elasticmq-image" help:"The image of ElasticMQ, in place of the one that is pinned." placeholder:"IMAGE"`
}

// known requires that a name is one of these, or the URL of an endpoint.
func known(name string, names ...string) error {
	if slices.Contains(names, name) {
		return nil
	}
	_, err := endpoint.Parse(name)
	if err != nil && !strings.Contains(name, "://") {
		return usageError{fmt.Errorf("--backend %s: there is no such backend; it is %s, or the URL of an endpoint", name, strings.Join(names, ", "))}
	}
	if err != nil {
		return usageError{fmt.Errorf("--backend: %w", err)}
	}
	return nil
}

// shown is a backend's name as results have it: without the credentials that a URL may have.
func shown(name string) string {
	at, err := endpoint.Parse(name)
	if err != nil {
		return name
	}
	at.User = nil
	return at.String()
}

// opener opens a backend by its name, which is known, and not auto.
func opener(name string, i images, p Process) backend.Opener {
	switch name {
	case embeddedBackend:
		return func(context.Context, []backend.Service) (backend.Backend, error) { return embedded.New(), nil }
	case containersBackend:
		return openContainers(i, p)
	}
	return func(ctx context.Context, services []backend.Service) (backend.Backend, error) {
		at, err := endpoint.Parse(name)
		if err != nil {
			return nil, err
		}
		b, err := endpoint.Open(ctx, at, services)
		if err != nil {
			return nil, err // not b: a nil pointer in an interface is not nil
		}
		return backend.Join(b, embedded.New()), nil
	}
}

// openOn has checks run on a backend; auto is embedded first, and containers to confirm what is passed.
func openOn(name string, i images, p Process, o *check.Options) {
	if name != autoBackend {
		o.Open = opener(name, i, p)
		return
	}
	o.Open = opener(embeddedBackend, i, p)
	o.Confirm = opener(containersBackend, i, p)
}

// openContainers opens what containers have, and the embedded backend for the rest.
func openContainers(i images, p Process) backend.Opener {
	var said sync.Map // each sentence once, however many answers are judged side by side
	progress := func(sentence string) {
		if _, again := said.LoadOrStore(sentence, true); !again {
			fmt.Fprintln(p.Stderr, sentence)
		}
	}
	return func(ctx context.Context, services []backend.Service) (backend.Backend, error) {
		if err := containers.Available(ctx); err != nil {
			return nil, err
		}
		limit, err := idleLimit(p)
		if err != nil {
			return nil, err
		}
		b, err := containers.Open(ctx, containers.Options{
			Services: services, Progress: progress, DynamoDBImage: i.DynamoDBImage, ElasticMQImage: i.ElasticMQImage,
		})
		if err != nil {
			return nil, err
		}
		watchIdle(p, limit)
		return backend.Join(b, embedded.New()), nil
	}
}
