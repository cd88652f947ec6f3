package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/files"
	"example.com/serverless-patterns/checker/report"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

const (
	// interval is how often files are looked at.
	interval = 500 * time.Millisecond
	// keptCalls is how many AWS calls are remembered, for the lines of the requests that made them.
	keptCalls = 1000
)

// Options say what to serve, and how.
type Options struct {
	Project
	// State is where the checker keeps files between runs: .workshop.
	State string
	// Open opens the backend. It is called while the functions are built. Run closes it.
	Open backend.Opener
	// Port is where the first API listens. The others follow, and the AWS endpoint comes last. 0 is a free port for each.
	Port int
	// Seed decides everything random, credentials too.
	Seed uint64
	// Parameters are values for parameters of the template, by name, such as the addresses of services.
	Parameters map[string]string
	// Debug has a function run under a debugger. Nil runs all as Lambda does.
	Debug *Debug
	Live  *report.Live
	// Hurry has messages that were not processed come back at once, and not after a visibility timeout.
	Hurry bool
	// Built is told when the first build has ended. Nil is told nothing.
	Built func()
	// Interval is how often files are looked at; 0 is twice a second.
	Interval time.Duration
}

// ErrFault says that the code or the template is at fault. What is wrong has been shown.
var ErrFault = errors.New("the code or the template is at fault")

// Run serves the project until the context ends, which is its normal end, and returns nil then. It returns [ErrFault]
// if there was nothing to serve from the beginning, and another error for a fault of this machine.
func Run(ctx context.Context, o Options) error {
	s := &server{Options: o, addresses: map[string]string{}, sums: map[string]string{}}
	if s.Interval == 0 {
		s.Interval = interval
	}
	err := s.run(ctx)
	var fault *faultError
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		return nil
	case errors.As(err, &fault):
		s.Live.Failure(fault.what, fault.output)
		return ErrFault
	}
	return err
}

type server struct {
	Options
	work    string // a directory for the files of this run
	builds  int
	backend backend.Backend
	watcher *files.Watcher

	template  *sam.Template
	notes     []string
	source    string            // of the template as it is deployed, by its sum
	sums      map[string]string // of the binaries that are deployed, by CodeUri
	addresses map[string]string // of APIs, by logical id
	endpoint  *endpoint
	current   *deployment // nil if nothing is deployed
	number    int         // of deployments
}

func (s *server) run(ctx context.Context) (err error) {
	work, err := check.NewWorkdir(filepath.Join(s.State, "run"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.Remove()) }()
	s.work = work.Path

	opened := make(chan error, 1)
	go func() {
		var err error
		// All that a stack may need: the template is not read yet, and may change.
		s.backend, err = s.Open(ctx, []backend.Service{backend.DynamoDB, backend.SQS})
		opened <- err
	}()
	s.watcher = files.NewWatcher(s.sources(nil)) // before anything is read
	built, err := s.prepare(ctx)
	if s.Built != nil {
		s.Built()
	}
	err = errors.Join(err, <-opened)
	if s.backend != nil {
		defer func() { err = errors.Join(err, s.backend.Close()) }()
	}
	if err != nil {
		return err
	}
	defer s.end(&err)
	if err := s.deploy(ctx, built); err != nil {
		return err
	}
	if err := s.listen(); err != nil {
		return err
	}
	s.describe()
	s.provision()
	return s.keep(ctx)
}

// end ends what is deployed. The endpoint goes first: nothing new may begin.
func (s *server) end(err *error) {
	if s.endpoint != nil {
		s.endpoint.use(nil)
	}
	*err = errors.Join(*err, s.undeploy())
	if s.endpoint != nil {
		s.endpoint.Close()
	}
}

// listen serves the AWS endpoint, for as long as Run.
func (s *server) listen() (err error) {
	port := 0
	if s.Port > 0 {
		port = s.Port + len(s.template.HTTPAPIs) + len(s.template.RestAPIs)
	}
	s.endpoint, err = newEndpoint(loopback(port), func(f *stack.Function, i *sandbox.Invocation) {
		s.Live.Invocation(f.LogicalID, "invoked", i, f.Calls(i))
	})
	if err == nil {
		s.endpoint.use(s.current)
	}
	return err
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// keep looks at the files until the context ends.
func (s *server) keep(ctx context.Context) error {
	ticker := time.NewTicker(s.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
		if err := s.fault(); err != nil {
			return err
		}
		changed := s.watcher.Look()
		if len(changed) == 0 {
			continue
		}
		s.Live.Event("%s: building", s.named(changed))
		err := s.renew(ctx)
		var fault *faultError
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &fault):
			kept := "What was built before goes on."
			if s.current == nil {
				kept = "Nothing is deployed."
			}
			s.Live.Failure(fault.what+" "+kept, fault.output)
		case err != nil:
			return err
		}
	}
}

// fault is why what is deployed cannot go on, on this machine or with this backend; nil if it can.
func (s *server) fault() error {
	if err := s.backend.Err(); err != nil || s.current == nil {
		return err
	}
	return s.current.stack().Err()
}

// named is how changed files are told.
func (s *server) named(changed []string) string {
	name := changed[0]
	if rel, err := filepath.Rel(s.dir(), name); err == nil && filepath.IsLocal(rel) {
		name = rel
	}
	if len(changed) > 1 {
		return fmt.Sprintf("%s and %d more changed", name, len(changed)-1)
	}
	return name + " changed"
}

// built is what there is to deploy.
type built struct {
	template *sam.Template
	notes    []string
	source   string
	binaries map[string]string // by CodeUri
	sums     map[string]string
	dir      string
	took     time.Duration
}

// prepare reads the template and builds its functions. It changes nothing that is deployed.
func (s *server) prepare(ctx context.Context) (*built, error) {
	begin := time.Now()
	s.builds++
	b := &built{dir: filepath.Join(s.work, fmt.Sprintf("build-%d", s.builds)), sums: map[string]string{}}
	var err error
	if b.source, err = sum(s.Template); err != nil {
		return nil, templateFault(err)
	}
	if b.template, b.notes, err = s.load(s.Parameters); err != nil {
		return nil, err
	}
	if err := s.Debug.in(b.template); err != nil {
		return nil, err
	}
	if b.binaries, err = s.build(ctx, b.template, filepath.Join(s.State, "build"), b.dir, s.Debug != nil); err != nil {
		return nil, errors.Join(err, os.RemoveAll(b.dir))
	}
	for uri, path := range b.binaries {
		if b.sums[uri], err = sum(path); err != nil {
			return nil, fmt.Errorf("cannot read what was built: %w", err)
		}
	}
	if s.foreign() {
		more, err := outdated(b.template, b.binaries)
		if err != nil {
			return nil, err
		}
		b.notes = append(b.notes, more...)
	}
	b.took = time.Since(begin)
	return b, nil
}

// renew builds what was saved, and makes it run.
func (s *server) renew(ctx context.Context) error {
	b, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	if s.current == nil || b.source != s.source {
		if err := s.undeploy(); err != nil {
			return err
		}
		if err := s.deploy(ctx, b); err != nil {
			return err
		}
		s.endpoint.use(s.current)
		s.Live.Event("the template changed: everything is deployed anew, at the same addresses, with empty tables")
		s.describe()
		s.provision()
		return nil
	}
	binaries := map[string]string{}
	for _, f := range b.template.Functions {
		if b.sums[f.CodeUri] != s.sums[f.CodeUri] {
			binaries[f.LogicalID] = b.binaries[f.CodeUri]
		}
	}
	if err := s.current.stack().Update(binaries); err != nil {
		return err
	}
	s.sums = b.sums
	if s.Debug != nil && binaries[s.Debug.Function] != "" {
		s.provision()
	}
	ids := make([]string, 0, len(binaries))
	for id := range binaries {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		s.Live.Event("built in %.1f s: the functions are the same as before", b.took.Seconds())
	} else {
		s.Live.Event("built in %.1f s: new code from the next invocation on: %s", b.took.Seconds(), strings.Join(ids, ", "))
	}
	return os.RemoveAll(b.dir)
}

// deploy makes a stack of what was built, at the addresses of the one before.
func (s *server) deploy(ctx context.Context, b *built) error {
	s.number++
	dir := filepath.Join(s.work, fmt.Sprintf("stack-%d", s.number))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("cannot deploy: %w", err)
	}
	d := newDeployment(b.template, s.Live, s.Hurry)
	deployed, err := stack.Deploy(ctx, stack.Options{
		Template: b.template, Binaries: b.binaries, Backend: s.backend, Dir: dir, Name: s.Name, Seed: s.Seed,
		Observe: d.observe, Address: s.address(b.template), KeepCalls: keptCalls, ExactNames: true,
		Poll: true, Hurry: s.Hurry, ObserveNotification: d.notified, ObserveDelivery: d.delivered,
		ObserveFiring: d.fired,
		Debug:         s.debuggers(),
		Parameters:    s.given(),
	})
	if err != nil {
		d.cancel()
		if stack.FaultOfTemplate(err) {
			return templateFault(err)
		}
		return err
	}
	d.deployed.Store(deployed)
	for _, id := range apis(b.template) {
		if a, err := deployed.API(id); err == nil {
			s.addresses[id] = a.Address()
		}
	}
	s.current, s.template, s.notes, s.source, s.sums = d, b.template, b.notes, b.source, b.sums
	s.watcher.Also(s.sources(b.template))
	return os.RemoveAll(b.dir)
}

// undeploy removes what is deployed, if anything is.
func (s *server) undeploy() error {
	if s.current == nil {
		return nil
	}
	if s.endpoint != nil {
		s.endpoint.use(nil)
	}
	d := s.current
	s.current = nil
	return errors.Join(d.close(), os.RemoveAll(filepath.Join(s.work, fmt.Sprintf("stack-%d", s.number))))
}

// address says where an API listens: where it did before, or on the port that was asked for.
func (s *server) address(t *sam.Template) func(string) string {
	return func(id string) string {
		if known := s.addresses[id]; known != "" {
			return known
		}
		n := slices.Index(apis(t), id)
		if s.Port == 0 || s.endpoint != nil && s.Port+n >= s.endpoint.port() {
			return loopback(0)
		}
		return loopback(s.Port + n)
	}
}

// apis are the logical ids of the template's APIs, in the order in which they are served.
func apis(t *sam.Template) []string {
	var all []string
	for _, a := range t.HTTPAPIs {
		all = append(all, a.LogicalID)
	}
	for _, a := range t.RestAPIs {
		all = append(all, a.LogicalID)
	}
	return all
}
