package check

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

func TestFailTakesFromTheCheckWhatAnAssertionLeavesOut(t *testing.T) {
	t.Parallel()
	c := Check{Why: "the check's reason", Next: "the check's next step"}
	short := finding(t, c, func(t *T) { t.Fail(Finding{Got: "a", Want: "b"}) })
	assert.Empty(t, short.Evidence)
	short.Evidence = nil
	assert.Equal(t, Finding{Got: "a", Want: "b", Why: "the check's reason", Next: "the check's next step"}, short)
	exact := Finding{Did: "d", Got: "a", Want: "b", Why: "w", Next: "n", Evidence: []string{"e"}}
	assert.Equal(t, exact, finding(t, c, func(t *T) { t.Fail(exact) }), "an assertion says it more exactly")
}

func TestFailTellsWhatTheCheckDidLast(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) {
		t.Function("EchoFunction").Invoke(Event{Words: "one", JSON: []byte(`{}`)})
		t.Function("EchoFunction").Invoke(Event{Words: "two", JSON: []byte(`{}`)})
		t.Fail(Finding{})
	})
	assert.Equal(t, "invoked EchoFunction with two", f.Did)
}

func TestAReplyTellsItsOwnInvocationAlsoAfterTheNext(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) {
		first := t.Function("EchoFunction").Invoke(Event{Words: "one", JSON: []byte(`{"Log":["first"]}`)})
		t.Function("EchoFunction").Invoke(Event{Words: "two", JSON: []byte(`{}`)})
		first.Fail(Finding{})
	})
	assert.Equal(t, "invoked EchoFunction with one", f.Did)
	assert.Equal(t, []string{"call: none to AWS", "log:  first"}, f.Evidence)
}

func TestAReplyKeepsTheEvidenceThatItIsGiven(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { echo(t, todo{}).Fail(Finding{Did: "d", Evidence: []string{"call: x"}}) })
	assert.Equal(t, "d", f.Did)
	assert.Equal(t, []string{"call: x"}, f.Evidence)
}

func TestWhatLambdaRefusesBecauseOfTheTemplateFailsTheCheck(t *testing.T) {
	t.Parallel()
	tooLarge := &sandbox.RequestError{Status: 400, Code: "InvalidParameterValueException", Message: "4097 bytes"}
	f := finding(t, Check{}, func(t *T) {
		t.deploy = func(stack.Options) (*stack.Stack, error) { return nil, fmt.Errorf("cannot deploy Fn: %w", tooLarge) }
		t.Function("EchoFunction")
	})
	assert.Equal(t, "deployed the template", f.Did)
	assert.Equal(t, "cannot deploy Fn: InvalidParameterValueException: 4097 bytes", f.Got)

	f = finding(t, Check{}, func(t *T) {
		t.did = "invoked Fn with an order"
		t.refused(&sandbox.RequestError{Status: 429, Code: "TooManyRequestsException", Reason: "TooMany"})
	})
	assert.Equal(t, "invoked Fn with an order", f.Did)
	assert.Equal(t, "429 TooManyRequestsException: TooMany", f.Got)

	result := end(t, Check{}, func(t *T) { t.refused(&sandbox.RequestError{Status: 413, Code: "RequestEntityTooLargeException"}) })
	assert.Equal(t, Errored, result.Verdict, "no check sends events that are too large")
}

func TestATemplateWithoutAResourceFailsTheCheck(t *testing.T) {
	t.Parallel()
	for kind, ask := range map[string]func(*T){
		"AWS::DynamoDB::Table":      func(t *T) { t.Table("Missing") },
		"AWS::Serverless::Function": func(t *T) { t.Function("Missing") },
	} {
		f := finding(t, Check{Why: "not this", Next: "not this"}, ask)
		assert.Equal(t, "deployed the template", f.Did)
		assert.Equal(t, "template.yaml has no "+kind+" called Missing", f.Got)
		assert.Equal(t, "a resource Missing of type "+kind, f.Want) //nolint:testifylint // Want is a field of what was got
		assert.Contains(t, f.Why, "logical id")
		assert.Equal(t, "Add Missing to the Resources of template.yaml.", f.Next)
	}
}

// A list in JSON is a list, also when it is empty: whoever reads the result goes through it.
func TestAFindingHasAListOfEvidence(t *testing.T) {
	t.Parallel()
	assert.NotNil(t, finding(t, Check{}, func(t *T) { t.Table("Missing") }).Evidence)
}

func TestAFaultIsNeverTheLearners(t *testing.T) {
	t.Parallel()
	broken := errors.New("no disk")
	c := Check{ID: "a"}
	result := Result{Verdict: Errored}
	verdictOf(newT(t.Context(), c, 1, func(stack.Options) (*stack.Stack, error) { return nil, broken }),
		Check{Run: func(t *T) { t.Table("ItemsTable") }}, &result)
	assert.Equal(t, Result{Verdict: Errored, Error: "no disk"}, result)

	result = end(t, c, func(t *T) { t.Function("EchoFunction").Invoke(Event{JSON: []byte(`not json`)}) })
	assert.Equal(t, Errored, result.Verdict, "the checker sent what is no event")
	assert.Contains(t, result.Error, "Could not parse request body into json")
}

// The template decides on the key, so an item that the table refuses is the template's fault.
func TestATableWithAnotherKeyFailsTheCheck(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{}, func(t *T) { t.Table("ItemsTable").Put(stack.Item{"no id": "a"}) })
	assert.Equal(t, `wrote the item {"no id":"a"} to the table`, f.Did)
	assert.Contains(t, f.Next, "KeySchema")
}

func TestAPanicOfACheckIsAFaultOfTheCheck(t *testing.T) {
	t.Parallel()
	result := end(t, Check{ID: "careless"}, func(*T) {
		var none *Lesson
		_ = none.Title
	})
	assert.Equal(t, Errored, result.Verdict)
	assert.Nil(t, result.Finding)
	assert.Contains(t, result.Error, "the check careless itself is broken: runtime error: invalid memory address or nil pointer dereference")
	assert.Contains(t, result.Error, "t_test.go", "the stack has the place")
}

func TestACheckDeploysOnce(t *testing.T) {
	t.Parallel()
	deployed := 0
	s, err := shared()
	require.NoError(t, err)
	c := newT(t.Context(), Check{}, 1, func(stack.Options) (*stack.Stack, error) {
		deployed++
		return s, nil
	})
	c.Table("ItemsTable")
	c.Function("EchoFunction")
	assert.Equal(t, s.Region, c.Region())
	assert.Equal(t, 1, deployed)
}

func TestWhatIsRandomFollowsFromTheSeedAndTheCheck(t *testing.T) {
	t.Parallel()
	made := func(id string, seed uint64) (string, uint64) {
		var o stack.Options
		c := newT(t.Context(), Check{ID: id}, seed, func(options stack.Options) (*stack.Stack, error) {
			o = options
			return shared()
		})
		made := c.ID("kettle") + " " + c.ID("kettle")
		c.Region()
		return made, o.Seed
	}
	ids, seed := made("a", 1)
	assert.Regexp(t, `^kettle-[0-9a-f]{4} kettle-[0-9a-f]{4}$`, ids)
	again, seedAgain := made("a", 1)
	assert.Equal(t, ids, again)
	assert.Equal(t, seed, seedAgain)
	other, otherSeed := made("a", 2)
	assert.NotEqual(t, ids, other)
	assert.NotEqual(t, seed, otherSeed)
	other, otherSeed = made("b", 1)
	assert.NotEqual(t, ids, other)
	assert.NotEqual(t, seed, otherSeed)
}

func TestWithoutAndWatchOvertimeAreForTheDeployment(t *testing.T) {
	t.Parallel()
	var o stack.Options
	c := newT(t.Context(), Check{}, 1, func(options stack.Options) (*stack.Stack, error) {
		o = options
		return shared()
	})
	c.Without("TABLE_NAME")
	c.WatchOvertime()
	c.Region()
	variables := map[string]string{"TABLE_NAME": "a", "OTHER": "b"}
	o.Variables("EchoFunction", variables)
	assert.Equal(t, map[string]string{"OTHER": "b"}, variables)
	assert.Equal(t, overtime, o.Overtime)

	plain := newT(t.Context(), Check{}, 1, func(options stack.Options) (*stack.Stack, error) {
		o = options
		return shared()
	})
	plain.Region()
	assert.Nil(t, o.Variables)
	assert.Zero(t, o.Overtime)
}

func TestATableAndAFunctionKnowTheirDeployment(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		item := c.Table("ItemsTable").Put(stack.Item{"id": c.ID("kettle")})
		assert.Contains(t, item["id"], "kettle-")
		assert.Contains(t, c.Table("ItemsTable").Name(), "-ItemsTable-")
	})
	assert.Equal(t, Passed, result.Verdict, result.Error)
}

func TestAnInjectedFaultIsInTheEvidence(t *testing.T) {
	t.Parallel()
	lesson := tiny(Check{ID: "deny", Run: func(c *T) {
		c.Inject("GetItem", wire.Deny())
		reply := echo(c, todo{Calls: 1})
		assert.Equal(t, "call: DynamoDB GetItem on "+c.Table("ItemsTable").Name()+", id=nobody: 400 AccessDeniedException (denied by the checker)",
			reply.Evidence()[0])
		assert.Equal(t, 1, c.Function("EchoFunction").Connections())
	}})
	assert.Equal(t, Passed, run0(t, lesson).Verdict)
}

func TestAWaitThatIsNotDeclaredIsAFaultOfTheCheck(t *testing.T) {
	t.Parallel()
	for _, kind := range []wire.Kind{wire.Hang(), wire.Delay(1), wire.Throttle(), wire.FailBefore(), wire.FailAfter()} {
		result := end(t, Check{ID: "hurried"}, func(c *T) { c.Inject("GetItem", kind) })
		assert.Equal(t, Errored, result.Verdict, kind.During)
		assert.Equal(t, "the check hurried keeps callers waiting (GetItem "+kind.During+"), and does not declare it in Waits", result.Error)
	}
	lesson := tiny(Check{ID: "patient", Waits: "tries of the SDK", Run: func(c *T) { c.Inject("GetItem", wire.Throttle()) }})
	assert.Equal(t, Passed, run0(t, lesson).Verdict)
}
