package containers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"example.com/serverless-patterns/checker/backend"
)

// fleet is the containers that bear one label. Its value is the service.
type fleet struct {
	label string
}

// course is the fleet that checks share. Tests have fleets of their own.
var course = fleet{label: "serverless-patterns"}

// specLabel holds all that makes one container as good as another, so that a course that was
// updated does not take up the container of the version before.
func (f fleet) specLabel() string { return f.label + ".spec" }

func (s program) spec() string {
	spec := strings.Join(append(append([]string{s.image}, s.env...), s.args...), " ")
	if s.configPath != "" {
		spec += fmt.Sprintf(" config %x", sha256.Sum256([]byte(s.configPath+s.config)))
	}
	return spec
}

// reuseLimit is how long a container that runs already may take to answer before it is given up
// for a new one. A machine that was asleep, or a check of another user that started it a moment
// ago, needs some seconds.
const reuseLimit = 15 * time.Second

// removeLimit is how long the removal of a container may take when the caller has no time left.
const removeLimit = 20 * time.Second

func (f fleet) open(ctx context.Context, opt Options) (*Backend, error) {
	e, err := f.connect(ctx, opt.progress())
	if err != nil {
		return nil, err
	}
	defer e.close()
	var programs []program
	if len(opt.Services) == 0 || slices.Contains(opt.Services, backend.DynamoDB) {
		programs = append(programs, dynamoDBLocal(opt))
	}
	if slices.Contains(opt.Services, backend.SQS) {
		programs = append(programs, elasticMQ(opt))
	}
	running, err := e.ensure(ctx, programs...)
	if err != nil {
		return nil, err
	}
	b := Backend{database: wholeDatabase}
	for n, c := range running {
		switch c.Service {
		case backend.DynamoDB:
			b.dynamoDB = newDynamoDB(c, programs[n].title)
		case backend.SQS:
			b.sqs = newSQS(c, programs[n].title)
		}
	}
	return &b, nil
}

// engine is a fleet with a connection to the Docker engine that it is on.
type engine struct {
	fleet
	docker   *client.Client
	progress func(string)
}

func (f fleet) connect(ctx context.Context, progress func(string)) (*engine, error) {
	limited, cancel := context.WithTimeoutCause(ctx, connectLimit, errNoAnswer)
	defer cancel()
	docker, err := connect(limited)
	if err != nil {
		return nil, err
	}
	return &engine{fleet: f, docker: docker, progress: progress}, nil
}

func (e *engine) close() { _ = e.docker.Close() }

// ensure returns a container of each program that answers. They are started side by side; that one does not
// come up takes none of the others down.
//
// The lock is held until all answer. A second check would have to wait as long anyway,
// and finds no container that the first might still give up.
func (e *engine) ensure(ctx context.Context, programs ...program) ([]Container, error) {
	unlock, err := lock(ctx, e.label, e.progress)
	if err != nil {
		return nil, err
	}
	defer unlock()
	running := make([]Container, len(programs))
	failed := make([]error, len(programs))
	var all sync.WaitGroup
	for n, p := range programs {
		all.Go(func() { running[n], failed[n] = e.provide(ctx, p) })
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, cmp.Or(failed[0], context.Cause(ctx)) // each would say the same
	}
	if err := errors.Join(failed...); err != nil {
		return nil, e.gone(ctx, err)
	}
	return running, nil
}

// gone says that the engine is not there any more, if that is why something failed.
func (e *engine) gone(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, availableLimit, errNoAnswer)
	defer cancel()
	if why := ping(ctx, e.docker); why != nil {
		return fmt.Errorf("the Docker engine went away while containers were being started: %w", why)
	}
	return err
}

// provide returns a container of a program that answers: one that runs, else a new one.
func (e *engine) provide(ctx context.Context, s program) (Container, error) {
	all, err := e.list(ctx, e.label+"="+string(s.id))
	if err != nil {
		return Container{}, err
	}
	e.sweep(ctx, all)
	for _, c := range all {
		// A container that runs something else may be in use by another version of the course.
		if c.State != string(container.StateRunning) || c.spec != s.spec() {
			continue
		}
		err := e.waitReady(ctx, s, c, reuseLimit)
		if err == nil || ctx.Err() != nil {
			return c, err
		}
		e.progress(fmt.Sprintf("%s in container %s does not answer; starting another", s.title, c.short()))
		e.discard(ctx, c.ID)
	}
	started, err := e.start(ctx, s)
	if err != nil {
		return Container{}, err
	}
	// Docker may have gone on to create what a check asked for that was killed.
	if all, err := e.list(ctx, e.label+"="+string(s.id)); err == nil {
		e.sweep(ctx, all)
	}
	return started, nil
}

// sweep removes the containers that do not run: those that were stopped, and those that were never started.
func (e *engine) sweep(ctx context.Context, all []Container) {
	for _, c := range all {
		if c.State != string(container.StateRunning) {
			e.discard(ctx, c.ID)
		}
	}
}

// discard removes a container on behalf of a caller that may have no time left, and has better
// things to report than that it could not be removed. [Down] tries again, and does report it.
func (e *engine) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	_ = e.remove(ctx, id)
}

func (e *engine) remove(ctx context.Context, id string) error {
	_, err := e.docker.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	return err
}

// Container is a container of this package, running or not.
type Container struct {
	ID      string          // as Docker knows it, 64 hexadecimal digits
	Service backend.Service // what runs in it
	Image   string          // what it was started from
	State   string          // in Docker's words: "running", "exited", …
	Address string          // "127.0.0.1:PORT", empty when it is not running

	spec string
}

// short is the ID as `docker ps` shows it.
func (c Container) short() string { return c.ID[:min(12, len(c.ID))] }

// List returns the containers that checks have started and that are still there, newest first.
func List(ctx context.Context) ([]Container, error) { return course.list(ctx) }

func (f fleet) list(ctx context.Context) ([]Container, error) {
	e, err := f.connect(ctx, func(string) {})
	if err != nil {
		return nil, err
	}
	defer e.close()
	return e.list(ctx, e.label)
}

// list returns the containers that bear the label, or label=value, newest first.
func (e *engine) list(ctx context.Context, label string) ([]Container, error) {
	found, err := e.docker.ContainerList(ctx, client.ContainerListOptions{
		All:     true,
		Filters: make(client.Filters).Add("label", label),
	})
	if err != nil {
		return nil, fmt.Errorf("the Docker engine does not list the containers with label %s: %w", label, err)
	}
	all := make([]Container, len(found.Items))
	for i, c := range found.Items {
		all[i] = Container{
			ID:      c.ID,
			Service: backend.Service(c.Labels[e.label]),
			Image:   c.Image,
			State:   string(c.State),
			spec:    c.Labels[e.specLabel()],
		}
		for _, p := range c.Ports {
			if p.PublicPort != 0 {
				all[i].Address = loopback(p.PublicPort)
			}
		}
	}
	return all, nil
}

// Down removes the containers that checks have started, whatever they are doing, with their data.
// It returns how many it removed, and what kept it from removing others. A check that is starting
// one at the same time may fail for it, or leave one behind.
func Down(ctx context.Context) (removed int, err error) { return course.down(ctx) }

func (f fleet) down(ctx context.Context) (removed int, err error) {
	e, err := f.connect(ctx, func(string) {})
	if err != nil {
		return 0, err
	}
	defer e.close()
	all, err := e.list(ctx, e.label)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, c := range all {
		switch err := e.remove(ctx, c.ID); {
		case err == nil:
			removed++
		case cerrdefs.IsNotFound(err), cerrdefs.IsConflict(err): // someone else has removed it, or is at it
		default:
			failed = append(failed, fmt.Errorf("container %s is still there: %w; try `docker rm -f %[1]s`", c.short(), err))
		}
	}
	return removed, errors.Join(failed...)
}
