package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"time"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// T is a check under way. It belongs to the goroutine that the check runs in.
type T struct {
	check  Check
	ctx    context.Context
	random *rand.Rand
	deploy func(stack.Options) (*stack.Stack, error)
	// deployReference deploys a [Reference], the n-th of the check.
	deployReference func(files fs.FS, n int) (*stack.Stack, error)

	stack   *stack.Stack
	warm    *stack.Stack // that another check has left; nil if none has
	altered bool         // the stack is not as it was deployed, beside what is in it
	options stack.Options
	// conditions are those under which functions are invoked, such as faults, in words.
	conditions string
	sequence   bool
	steps      []string // the invocations so far, if they are shown
	did        string
	hangs      *hangs
	notes      notes
	measures   []Measure
	references []*stack.Stack
	downstream []*Downstream
	sent       map[string][]string          // the ids of messages that the check sent, by queue
	delivered  map[*sandbox.Invocation]bool // by event source mappings
}

// notes are what a check saw that concerns more than itself.
type notes struct {
	hung     string        // a function that did not get through INIT
	timedOut bool          // an invocation was not answered in time
	slowest  time.Duration // of the backend, to answer a call
}

// maxTimeout is the longest that an invocation is waited for. No API Gateway waits longer.
const maxTimeout = 30 * time.Second

// overtime is enough for a process that is about to answer, also on a busy machine.
const overtime = 500 * time.Millisecond

// failure and fault are how a check ends early, by panic.
type (
	failure struct{ Finding }
	fault   struct{ error }
)

func newT(ctx context.Context, c Check, seed uint64, deploy func(stack.Options) (*stack.Stack, error)) *T {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(c.ID)) // never fails
	return &T{
		options: defaults(), check: c, ctx: ctx, random: rand.New(rand.NewPCG(seed, hash.Sum64())),
		deploy: deploy, hangs: &hangs{}, sent: map[string][]string{}, delivered: map[*sandbox.Invocation]bool{},
	}
}

// Fail ends the check. Did, Why and Next may be left out: they are then what the check did last and
// what it says of itself.
func (t *T) Fail(f Finding) {
	if f.Did == "" {
		f.Did = t.did
	}
	if f.Why == "" {
		f.Why = t.check.Why
	}
	if f.Next == "" {
		f.Next = t.check.Next
	}
	if f.Evidence == nil {
		f.Evidence = []string{} // a list in JSON, too
	}
	if f.Timelines == nil {
		f.Timelines = t.timelines()
	}
	panic(failure{f})
}

// fault ends the check with a fault of this machine or of the checker.
func (t *T) fault(err error) { panic(fault{err}) }

// ID makes up an id that nobody can know beforehand.
func (t *T) ID(prefix string) string {
	return fmt.Sprintf("%s-%04x", prefix, t.random.Uint32()&0xffff)
}

// refused ends the check with a finding if it is the template that Lambda refuses, or refuses to run more
// of, and with a fault otherwise.
func (t *T) refused(err error) {
	var by *sandbox.RequestError
	switch {
	case !errors.As(err, &by):
	case by.Code == "InvalidParameterValueException":
		t.Fail(Finding{
			Did: t.did, Got: err.Error(), Want: "a template that can be deployed",
			Next: "AWS would refuse it in the same way: change what the message names.",
		})
	case by.Status == http.StatusTooManyRequests:
		t.Fail(Finding{
			Did: t.did, Got: fmt.Sprintf("%d %s: %s", by.Status, by.Code, by.Reason), Want: "an answer",
			Why:  "No more invocations run at once than ReservedConcurrentExecutions says. Further events are refused, and 0 refuses them all.",
			Next: "Raise ReservedConcurrentExecutions in the template, or leave it out.",
		})
	}
	t.fault(err)
}

// Without deploys the functions without an environment variable. It comes first in a check.
func (t *T) Without(variable string) {
	t.options.Variables = func(_ string, variables map[string]string) { delete(variables, variable) }
}

// WatchOvertime watches functions for a while after their deadline, to see whether they answer too late
// or not at all. It comes first in a check, and is for checks in which nothing is written: what happens in
// that time would not happen on Lambda.
func (t *T) WatchOvertime() { t.options.Overtime = overtime }

// MaxTimeout runs functions with a timeout of at most d, whatever the template says, so that a deadline
// does not have to be waited for too long. It comes first in a check.
func (t *T) MaxTimeout(d time.Duration) { t.options.MaxTimeout = d }

// MemorySize runs functions with this MemorySize, in MB, whatever the template says, so that what they use can be
// measured. It comes first in a check.
func (t *T) MemorySize(megabytes int) { t.options.MemorySize = megabytes }

func (t *T) deployed() *stack.Stack {
	if t.stack != nil {
		return t.stack
	}
	t.options.Seed = t.random.Uint64()
	if t.warm != nil && t.isUsual() {
		t.stack = t.warm
		return t.stack
	}
	s, err := t.deploy(t.options)
	// In this order: the first that knows the error says most of it.
	for _, finding := range []func(error) (Finding, bool){
		refusedPolicies, refusedBucket, refusedSchedule, refusedMapping, withoutResource, refusedQueue,
	} {
		if f, ok := finding(err); ok {
			t.Fail(f)
		}
	}
	if err != nil {
		t.did = "deployed the template"
		t.refused(err)
	}
	t.stack = s
	return s
}

// Region is where everything is deployed in this check.
func (t *T) Region() string { return t.deployed().Region }

// Template is what is deployed in this check, for what only the template decides and is judged as declared.
func (t *T) Template() *sam.Template { return t.deployed().Template() }

// Table is a table of the template. A template without it fails the check.
func (t *T) Table(logicalID string) *Table {
	table, err := t.deployed().Table(logicalID)
	t.present(err)
	return &Table{t: t, table: table}
}

// Function is a function of the template. A template without it fails the check.
func (t *T) Function(logicalID string) *Function {
	function, err := t.deployed().Function(logicalID)
	t.present(err)
	return &Function{t: t, function: function}
}

// HasFunction tells whether the template has a function.
func (t *T) HasFunction(logicalID string) bool {
	_, err := t.deployed().Function(logicalID)
	return err == nil
}

// present ends the check if there is an error: with a finding if it is a resource that the template lacks.
func (t *T) present(err error) {
	if f, ok := withoutResource(err); ok {
		t.suggest(&f, err)
		t.Fail(f)
	}
	if err != nil {
		t.fault(err)
	}
}

// withoutResource is the finding if it is a resource, or a parameter, that the template lacks.
func withoutResource(err error) (Finding, bool) {
	var missing *stack.MissingError
	if !errors.As(err, &missing) {
		return Finding{}, false
	}
	named := *missing
	named.File = filepath.Base(named.File) // the learner knows where the lesson is
	if named.Parameter() {
		return withoutParameter(&named), true
	}
	return Finding{
		Did:  "deployed the template",
		Got:  named.Error(),
		Want: fmt.Sprintf("a resource %s of type %s", named.LogicalID, named.Type),
		Why:  "Other parts of the application find a resource by its logical id.",
		Next: fmt.Sprintf("Add %s to the Resources of %s.", named.LogicalID, named.File),
	}, true
}

// suggest adds the resource that may be meant to be the one which is missing.
func (t *T) suggest(f *Finding, err error) {
	var missing *stack.MissingError
	if !errors.As(err, &missing) {
		return
	}
	if similar := t.similar(missing); similar != "" {
		f.Got += fmt.Sprintf(", but one called %s", similar)
		f.Next = fmt.Sprintf("Call it %s in %s, if that is what it is meant to be.", missing.LogicalID, filepath.Base(missing.File))
	}
}

// similar is the resource that may be meant to be one which is missing; "" if none may.
func (t *T) similar(missing *stack.MissingError) string {
	if t.stack == nil {
		return ""
	}
	var ids []string
	switch template := t.stack.Template(); missing.Type {
	case "AWS::Serverless::Function":
		for _, f := range template.Functions {
			ids = append(ids, f.LogicalID)
		}
	case "AWS::DynamoDB::Table":
		for _, table := range template.Tables {
			ids = append(ids, table.LogicalID)
		}
	case "AWS::SQS::Queue":
		for _, q := range template.Queues {
			ids = append(ids, q.LogicalID)
		}
	}
	return sam.Nearest(missing.LogicalID, ids)
}

// ShowSequence has findings show all invocations of the check, because each depends on those before it.
func (t *T) ShowSequence() { t.sequence = true }

// Inject makes AWS calls of an operation go wrong, or of all if it is "", until the returned function is called.
//
// What keeps callers waiting is for checks that say so in Waits.
func (t *T) Inject(operation string, kind wire.Kind) (remove func()) {
	t.declaresWait(operation, kind)
	return t.during(fmt.Sprintf("%s %s", cmp.Or(operation, "every AWS call"), kind.During),
		t.deployed().Inject(wire.Fault{Operation: operation, Kind: kind}))
}

// InjectFor does what Inject does, to calls of any operation whose request has a text in it, such as the id of an item.
func (t *T) InjectFor(text string, kind wire.Kind) (remove func()) {
	t.declaresWait("for "+text, kind)
	return t.during(fmt.Sprintf("every AWS call for %s %s", text, kind.During), t.deployed().Inject(wire.Fault{Text: text, Kind: kind}))
}

// injectOn makes calls go wrong that have the name of a resource in them.
func (t *T) injectOn(logicalID, name string, kind wire.Kind) (remove func()) {
	t.declaresWait("on "+logicalID, kind)
	return t.during(fmt.Sprintf("every call for %s %s", logicalID, kind.During), t.deployed().Inject(wire.Fault{Text: name, Kind: kind}))
}

// CrashAt has the process of a function killed at the nth AWS call from now on, before that has any effect, until the
// returned function is called: on AWS too a process can end at any moment.
func (t *T) CrashAt(n int32) (remove func()) {
	return t.during(fmt.Sprintf("the process is killed at AWS call %d", n), t.deployed().CrashAt(n))
}

func (t *T) declaresWait(what string, kind wire.Kind) {
	if kind.Waits && t.check.Waits == "" {
		t.fault(fmt.Errorf("the check %s keeps callers waiting (%s %s), and does not declare it in Waits", t.check.ID, what, kind.During))
	}
}

// during notes under which condition functions are invoked, until what is returned is called, which heals it.
func (t *T) during(condition string, heal func()) (remove func()) {
	before := t.conditions
	if before == "" {
		t.conditions = ", while " + condition
	} else {
		t.conditions += " and " + condition
	}
	return func() {
		heal()
		t.conditions = before
	}
}
