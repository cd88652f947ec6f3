package stack

import (
	"maps"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// Options say what to deploy, and on what.
type Options struct {
	Template *sam.Template
	// Binaries are the built bootstraps, by CodeUri.
	Binaries map[string]string
	// InPlace is that of [sandbox.Config], for all of Binaries.
	InPlace bool
	Backend backend.Backend
	// Dir is an existing directory for the files of this stack alone. The caller removes it after Close.
	Dir string
	// Name is the first part of physical names, as a CloudFormation stack's name is.
	Name string
	// Seed decides everything random but the end of physical names, which is different each time, so
	// that runs with the same seed can share a backend.
	Seed uint64
	// Parameters are values for parameters of the template, by name, in place of their Default.
	Parameters map[string]string
	// Variables may change the environment variables of a function before it is deployed. Nil changes
	// nothing.
	Variables func(function string, variables map[string]string)
	// MaxTimeout is the longest that an invocation may take here, whatever the template says; 0 is no
	// limit.
	MaxTimeout time.Duration
	// MemorySize is that of every function, in MB, whatever the template says; 0 is what it says.
	MemorySize int
	// Overtime is that of [sandbox.Config].
	Overtime time.Duration
	// Observe is told each request to an API when its response is about to be sent, from several goroutines
	// at once; nil is told nothing.
	Observe func(apigateway.Exchange)
	// Address is where an API is to listen, by its logical id: 127.0.0.1:8080. Nil is a free port for each.
	Address func(api string) string
	// KeepCalls is how many of the functions' AWS calls are remembered, the latest; 0 is all of them.
	KeepCalls int
	// ExactNames gives tables and functions the very names that the template has for them, as AWS does. Only one
	// such stack at a time can be on a backend.
	ExactNames bool
	// Debug runs a function under a debugger, by its logical id. APIs wait for functions without a limit then. Nil
	// runs none.
	Debug map[string]*sandbox.Debugger
	// Disorder is what the queues do that AWS's do now and then.
	Disorder eventsource.Disorder
	// Poll has event source mappings deliver by themselves, in real time, as on AWS. Otherwise they deliver
	// when Drain or Deliver is called.
	Poll bool
	// Hurry has what polls bring messages back at once, and not when their visibility timeout is over.
	Hurry bool
	// ObserveDelivery is told each delivery of a message to a function, by the logical ids of both, and once more when
	// SQS has moved the message to the dead-letter queue; nil is told nothing. It is called from a goroutine for each mapping.
	ObserveDelivery func(queue, function string, m eventsource.Message, d eventsource.Delivery)
	// ObserveNotification is told each attempt to notify a function of a change in a bucket, and what was stopped; nil is
	// told nothing. It is called from one goroutine.
	ObserveNotification func(eventsource.Notification)
	// ObserveFiring is told each attempt to invoke a function on its schedule; nil is told nothing. It is called from
	// several goroutines.
	ObserveFiring func(eventsource.Firing)
}

func (o Options) timeout(template time.Duration) time.Duration {
	if o.MaxTimeout > 0 {
		return min(template, o.MaxTimeout)
	}
	return template
}

// undeclared is a [*MissingError] if a value is for a parameter that the template does not have.
func undeclared(o Options) error {
	for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
		if !slices.ContainsFunc(o.Template.Parameters, func(p sam.Parameter) bool { return p.Name == name }) {
			return &MissingError{name, parameterType, o.Template.File}
		}
	}
	return nil
}
