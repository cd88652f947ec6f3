package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

// AccountID is the account that everything is deployed to: the one of AWS's examples.
const AccountID = wire.AccountID

// regions are those that a stack may be in. The Lambda environment says which; code that has one
// written into it has hardly one of these.
var regions = []string{"af-south-1", "ap-south-2", "ap-southeast-3", "ca-west-1", "eu-north-1", "eu-south-2", "sa-east-1"}

// Stack is a deployed template. Its methods may be called from several goroutines at once.
type Stack struct {
	Region string

	name      string
	template  *sam.Template
	given     map[string]string // values of parameters in place of their Default
	names     map[string]string // physical names by logical id
	wire      *wire.Server
	dynamodb  *dynamodb.Client
	sqs       *sqs.Client
	s3        *s3.Client
	functions map[string]*Function
	tables    map[string]*Table
	queues    map[string]*Queue
	buckets   map[string]*Bucket
	mappings  []*eventsource.Mapping
	apis      map[string]*API
	requests  *http.Transport // of clients of the APIs
	dir       string
	retired   retired

	notifications *eventsource.Notifications
	schedules     *eventsource.Schedules
	stopPolling   context.CancelFunc // nil if nothing polls
	polling       sync.WaitGroup
	stopped       atomic.Pointer[error] // why the first of what polled has ended
}

// MissingError says that the template lacks a resource that somebody asks for: a fault of the
// template, not of this machine.
type MissingError struct{ LogicalID, Type, File string }

// Parameter tells whether it is a parameter that is missing, and no resource.
func (e *MissingError) Parameter() bool { return e.Type == parameterType }

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s has no %s called %s", e.File, e.Type, e.LogicalID)
}

// Deploy makes everything that the template declares. On an error nothing is left behind; [FaultOfTemplate] tells
// whose fault it is.
func Deploy(ctx context.Context, o Options) (*Stack, error) {
	random := rand.New(rand.NewPCG(o.Seed, 0x737461636b))
	region := regions[random.IntN(len(regions))]
	s := &Stack{
		Region:    region,
		name:      o.Name,
		template:  o.Template,
		given:     o.Parameters,
		names:     physicalNames(o, region),
		functions: map[string]*Function{},
		tables:    map[string]*Table{},
		queues:    map[string]*Queue{},
		buckets:   map[string]*Bucket{},
		apis:      map[string]*API{},
		requests:  &http.Transport{DisableCompression: true},
		dir:       o.Dir,
	}
	if err := Supported(o.Template); err != nil {
		return nil, err
	}
	if err := undeclared(o); err != nil {
		return nil, err
	}
	endpoint, err := wire.Listen(withBuckets(o), o.Seed)
	if err != nil {
		return nil, err
	}
	s.wire = endpoint
	s.wire.KeepCalls(o.KeepCalls)
	operator := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return endpoint.Operator(), nil })
	client := &http.Client{Transport: direct{endpoint}}
	s.dynamodb = dynamodb.New(dynamodb.Options{Region: s.Region, BaseEndpoint: aws.String(endpoint.URL()), Credentials: operator, HTTPClient: client})
	s.sqs = sqs.New(sqs.Options{Region: s.Region, BaseEndpoint: aws.String(endpoint.URL()), Credentials: operator, HTTPClient: client})
	s.s3 = newS3(s.Region, endpoint.URL(), operator, client)
	if err := s.create(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if o.Poll {
		s.startPolling()
	}
	return s, nil
}

// create makes what the template declares, in an order in which each finds what it refers to.
func (s *Stack) create(ctx context.Context, o Options) error {
	for _, t := range o.Template.Tables {
		if err := s.createTable(ctx, t); err != nil {
			return err
		}
	}
	if err := s.createQueues(ctx, o); err != nil {
		return err
	}
	if err := s.createBuckets(ctx); err != nil {
		return err
	}
	for _, f := range o.Template.Functions {
		if err := s.createFunction(f, o); err != nil {
			return err
		}
	}
	clock := &eventsource.Clock{}
	if err := s.createMappings(clock, o); err != nil {
		return err
	}
	if err := s.createNotifications(clock, o); err != nil {
		return err
	}
	if err := s.createSchedules(clock, o); err != nil {
		return err
	}
	return s.createAPIs(o)
}

// FaultOfTemplate tells whether an error of [Deploy] is the template's fault, so that AWS would not deploy it either,
// and not one of this machine.
func FaultOfTemplate(err error) bool {
	var (
		policies *PolicyError
		bucket   *BucketError
		queue    *QueueError
		missing  *MissingError
		function *sandbox.RequestError
		event    *eventsource.RequestError
	)
	return errors.As(err, &policies) || errors.As(err, &bucket) || errors.As(err, &queue) || errors.As(err, &missing) ||
		errors.As(err, &function) || errors.As(err, &event)
}

// Supported names what Deploy cannot make of a template.
func Supported(t *sam.Template) error {
	var all []error
	refuse := func(r sam.Resource) {
		all = append(all, fmt.Errorf("%s:%d: %s is of type %s, which the local stack cannot deploy yet",
			t.File, r.Line, r.LogicalID, r.Type))
	}
	for _, a := range t.Applications {
		refuse(a.Resource)
	}
	all = append(all, apigateway.Unsupported(t), eventsource.Unsupported(t))
	return errors.Join(append(all, policyLimits(t)...)...)
}

// parameterType stands for the type of a parameter in a [MissingError].
const parameterType = "parameter"

// Template is what was deployed.
func (s *Stack) Template() *sam.Template { return s.template }

// Services are those that Deploy, and the functions of the template, ask the backend for.
func Services(t *sam.Template) []backend.Service {
	services := []backend.Service{backend.DynamoDB}
	if len(t.Queues) > 0 {
		services = append(services, backend.SQS)
	}
	return services
}

func (s *Stack) createFunction(f *sam.Function, o Options) error {
	variables := make(map[string]string, len(f.Environment))
	for name, value := range f.Environment {
		text, err := value.Resolve(resolver{s})
		if err != nil {
			return fmt.Errorf("%s: environment variable %s of %s: %w", s.template.File, name, f.LogicalID, err)
		}
		variables[name] = text
	}
	if o.Variables != nil {
		o.Variables(f.LogicalID, variables)
	}
	binary, ok := o.Binaries[f.CodeUri]
	if !ok {
		return fmt.Errorf("cannot deploy %s: %s was not built", f.LogicalID, f.CodeUri)
	}
	arn, err := resolver{s}.GetAtt(f.LogicalID, "Arn")
	if err != nil {
		return err
	}
	grants, err := resolver{s}.grants(f)
	if err != nil {
		return err
	}
	s.wire.Assign(f.LogicalID, resolver{s}.role(f, grants))
	config := sandbox.Config{
		Name:       s.names[f.LogicalID],
		ARN:        arn,
		Handler:    f.Handler,
		Region:     s.Region,
		Binary:     binary,
		InPlace:    o.InPlace,
		MemorySize: cmp.Or(o.MemorySize, f.MemorySize),
		Timeout:    o.timeout(f.Timeout),
		Env:        variables,
		LogFormat:  f.Logging.LogFormat,
		LogLevel:   f.Logging.ApplicationLogLevel,
		Endpoint:   s.wire.URL(),
		NewCredentials: func(environment string) aws.Credentials {
			return s.wire.NewCaller(f.LogicalID, environment)
		},
		Invoked:             s.wire.Invoked,
		SystemLogLevel:      f.Logging.SystemLogLevel,
		ReservedConcurrency: f.ReservedConcurrency,
		Overtime:            o.Overtime,
		Debugger:            o.Debug[f.LogicalID],
		Seed:                o.Seed,
	}
	function := &Function{LogicalID: f.LogicalID, Declared: f, Variables: variables, Granted: grants, stack: s, name: config.Name, config: config}
	if _, err := function.deploy(binary, filepath.Join(s.dir, f.LogicalID)); err != nil {
		return err
	}
	s.functions[f.LogicalID] = function
	return nil
}

// Function returns a deployed function by its logical id. The error is a [*MissingError].
func (s *Stack) Function(logicalID string) (*Function, error) {
	f, ok := s.functions[logicalID]
	if !ok {
		return nil, &MissingError{logicalID, "AWS::Serverless::Function", s.template.File}
	}
	return f, nil
}

// Table returns a table by its logical id. The error is a [*MissingError].
func (s *Stack) Table(logicalID string) (*Table, error) {
	t, ok := s.tables[logicalID]
	if !ok {
		return nil, &MissingError{logicalID, "AWS::DynamoDB::Table", s.template.File}
	}
	return t, nil
}

// Endpoint is where the stack's functions send their AWS calls.
func (s *Stack) Endpoint() string { return s.wire.URL() }

// AWS answers calls as the endpoint does, for whoever serves it at another address too.
func (s *Stack) AWS() http.Handler { return s.wire }

// Operator are credentials that may do everything. Calls with them are not recorded.
func (s *Stack) Operator() aws.Credentials { return s.wire.Operator() }

// SlowestCall is the longest that the backend has taken for a call so far.
func (s *Stack) SlowestCall() time.Duration { return s.wire.Slowest() }

// Inject makes AWS calls of the stack's functions go wrong until the returned function is called.
func (s *Stack) Inject(f wire.Fault) (remove func()) { return s.wire.Inject(f) }

// Heal removes all faults that were injected, those of CrashAt too.
func (s *Stack) Heal() { s.wire.Heal() }

// CrashAt kills the process of the function that makes the nth AWS call from now on, before the call has any effect, unless
// the returned function is called before.
func (s *Stack) CrashAt(n int32) (remove func()) {
	return s.wire.Inject(wire.Fault{Kind: wire.Crash(n, func(function, environment string) {
		if f, err := s.Function(function); err == nil {
			f.deployed.Load().Kill(environment)
		}
	})})
}

// Close ends polling and all APIs with their requests, then all functions, and removes everything that the stack
// has on the backend. Invocations under way that neither has made must have been cancelled.
func (s *Stack) Close() error {
	if s.stopPolling != nil {
		s.stopPolling()
	}
	s.polling.Wait()
	for _, a := range s.apis {
		a.server.Close()
	}
	s.requests.CloseIdleConnections()
	for _, f := range s.functions {
		f.deployed.Load().Close()
	}
	s.retired.Wait()
	var all []error
	for _, t := range s.tables {
		all = append(all, t.remove())
	}
	for _, q := range s.queues {
		all = append(all, q.remove())
	}
	s.wire.Close()
	return errors.Join(all...)
}
