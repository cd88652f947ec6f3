// Package containers is the backend that is nearest to AWS on a learner's machine: the service
// makers' own emulators, under Docker: DynamoDB Local, and ElasticMQ for SQS.
//
// [Open] finds the containers of an earlier check by their label, or starts them, and returns once the
// services answer. Containers are published on 127.0.0.1 only, shared by all checks of this
// machine, and outlive the process, so that the next check finds them warm; [Down] removes them.
// The data in them is shared as well: whoever deploys a stack gives its tables and queues random names,
// and deletes them.
//
// testcontainers-go finds the Docker engine and the credentials of registries, in the ways that
// its users have configured. Its containers belong to one test session and end with it, though,
// and these must not, so they are created, found and removed through the Docker client that it
// hands out.
//
// This package leaves to others who may call what and the recording of calls (package wire), and
// when to prefer it to the embedded backend (the command).
package containers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/moby/moby/api/types/network"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/proxy"
)

// DefaultDynamoDBImage is the image that Open runs when nothing else is asked for. It is pinned,
// so that two machines give the same verdict; `tools/images/build` makes the same tag.
const DefaultDynamoDBImage = "amazon/dynamodb-local:3.3.1"

// DynamoDBImageEnv is the environment variable that names another image, for a registry of one's own.
const DynamoDBImageEnv = "SERVERLESS_PATTERNS_DYNAMODB_IMAGE"

// DefaultElasticMQImage and ElasticMQImageEnv are the same for SQS.
const (
	DefaultElasticMQImage = "softwaremill/elasticmq-native:1.7.1"
	ElasticMQImageEnv     = "SERVERLESS_PATTERNS_ELASTICMQ_IMAGE"
)

// Options of Open. The zero value is what a check of a lesson without queues uses.
type Options struct {
	// Services are what the backend will be asked for: [backend.DynamoDB], which is also what none
	// means, and [backend.SQS]. Only these are started.
	Services []backend.Service

	// DynamoDBImage is the image of DynamoDB Local to run: by default what the environment
	// variable [DynamoDBImageEnv] names, else [DefaultDynamoDBImage].
	DynamoDBImage string

	// ElasticMQImage is the same for [ElasticMQImageEnv] and [DefaultElasticMQImage].
	ElasticMQImage string

	// Progress, when set, is told in a short sentence whatever may take longer than a moment. There is one call
	// at a time, and none after Open.
	Progress func(string)
}

func (o Options) progress() func(string) {
	var mu sync.Mutex
	return func(sentence string) {
		mu.Lock()
		defer mu.Unlock()
		if o.Progress != nil {
			o.Progress(sentence)
		}
	}
}

// Backend is a backend whose data is in containers. Its methods may be called concurrently.
type Backend struct {
	dynamoDB *service // nil if it was not asked for
	sqs      *service // the same
	database string   // the one of DynamoDB Local
}

var (
	_ backend.Backend   = (*Backend)(nil)
	_ backend.Divisible = (*Backend)(nil)
)

// Open returns a backend that answers, starting what is not running.
//
// It takes some milliseconds on a running container and a few seconds on a new one, and pulls an
// image that is missing, which may take minutes and is told to Options.Progress. Checks that open
// at the same time, in this process or another of the same user, wait for each other and end with
// one container of each service. When Open fails, or ctx ends, a container that does not answer yet is
// removed; the error says what to do next. Ask [Available] first whether there is a Docker engine at all.
func Open(ctx context.Context, opt Options) (*Backend, error) {
	return course.open(ctx, opt)
}

// Name is "containers".
func (b *Backend) Name() string { return "containers" }

// Handler answers the requests of a service that Open was asked for, and is nil for any other. A
// request that the container does not answer gets an AWS error with status 500, and [Backend.Err]
// tells why.
func (b *Backend) Handler(s backend.Service) http.Handler {
	switch {
	case s == backend.DynamoDB && b.dynamoDB != nil:
		return inDatabase{b.database, b.dynamoDB}
	case s == backend.SQS && b.sqs != nil:
		return b.sqs
	}
	return nil
}

// Part is the same backend, in a database that serves a few stacks only.
func (b *Backend) Part() backend.Backend {
	return &Backend{dynamoDB: b.dynamoDB, sqs: b.sqs, database: nextDatabase()}
}

// Err is nil for as long as the containers answered all that they were sent. After that it is the
// first failure of each: results since then say nothing about a learner's code.
func (b *Backend) Err() error {
	var all []error
	for _, p := range b.running() {
		all = append(all, p.Err())
	}
	return errors.Join(all...)
}

// Close gives up the connections to the containers and leaves them running. The Handlers work no
// worse for it, but keep connections again. Close never fails.
func (b *Backend) Close() error {
	for _, p := range b.running() {
		p.Close()
	}
	return nil
}

func (b *Backend) running() (all []*service) {
	for _, s := range []*service{b.dynamoDB, b.sqs} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// service is one that runs, and the way to it.
type service struct {
	*proxy.Proxy
	container Container
}

func newService(c Container, title string) *service {
	return &service{container: c, Proxy: proxy.New(c.Service, &url.URL{Scheme: "http", Host: c.Address}, func(cause error) error {
		return fmt.Errorf("%s in container %s did not answer: %w; see `docker logs %[2]s`, then check again, which starts another if this one is gone",
			title, c.short(), cause)
	})}
}

// program is what runs in a container.
type program struct {
	id    backend.Service
	title string // what the learner knows it by
	image string
	hint  string // how to come by the image
	args  []string
	env   []string
	port  network.Port

	// config is a file that the image has as well, put in its place before the start; none if the path is "".
	configPath, config string

	// target is the operation, in the form of the header X-Amz-Target, that tells whether the
	// service is ready. It needs no input and no data.
	target string

	// startLimit is how long the service may take from the container's start to its first answer.
	startLimit time.Duration
}

// imageOf chooses an image, and says how to come by it.
func imageOf(option, env, usual string) (image, hint string) {
	image = cmp.Or(option, os.Getenv(env), usual)
	if image == usual {
		return image, "`make images` builds it on this machine, or `docker pull " + image + "` fetches it"
	}
	return image, "correct its name, or `docker pull " + image + "` and see why; without " + env + " the image is " + usual
}

// dynamoDBLocal is DynamoDB Local as the checks need it. The arguments suit the maker's image as
// well as the one built by tools/images: both have `java` for an entry point.
func dynamoDBLocal(opt Options) program {
	image, hint := imageOf(opt.DynamoDBImage, DynamoDBImageEnv, DefaultDynamoDBImage)
	return program{
		id:    backend.DynamoDB,
		title: "DynamoDB Local",
		image: image,
		hint:  hint,
		args: []string{
			// A server that lives for minutes gains more from a start in half the time than from
			// an optimising compiler.
			"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
			"-jar", "DynamoDBLocal.jar", "-inMemory",
		},
		// Workshops run offline, and nobody asked the learner.
		env:        []string{"DDB_LOCAL_TELEMETRY=0"},
		port:       network.MustParsePort("8000/tcp"),
		target:     "DynamoDB_20120810.ListTables",
		startLimit: 60 * time.Second,
	}
}
