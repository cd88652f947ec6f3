package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/sandbox"
)

// The wait itself is in the command's tests: it takes 13 s.
func TestAFunctionThatIsKnownToHangIsNotWaitedForAgain(t *testing.T) {
	t.Parallel()
	var h hangs
	h.found("EchoFunction")
	for name, use := range map[string]func(*T){
		"invoked":         func(t *T) { echo(t, todo{}).Answered() },
		"invoked at once": func(t *T) { t.Function("EchoFunction").InvokeAtOnce(2, Event{JSON: []byte(`{}`)}) },
	} {
		c := Check{ID: "other", Run: use}
		result := Result{ID: c.ID, Severity: Must, Verdict: Errored}
		on := on(t, c)
		on.hangs = &h
		verdictOf(on, c, &result)
		assert.Equal(t, Result{ID: "other", Severity: Must, Verdict: Skipped, Reason: "INIT of EchoFunction does not end"}, result, name)
	}
	assert.Equal(t, Passed, end(t, Check{ID: "of another run"}, func(t *T) { echo(t, todo{}).Answered() }).Verdict)
}

func TestOnlyAnINITThatHangsByItselfIsHeldAgainstOtherChecks(t *testing.T) {
	t.Parallel()
	hung := failing(sandbox.TimedOut, `{}`)
	hung.InitCompleted = false
	slow := failing(sandbox.TimedOut, `{}`)
	exited := failing(sandbox.Exited, `{}`)
	exited.InitCompleted = false
	for name, test := range map[string]struct {
		invocation *sandbox.Invocation
		prepare    func(*T)
		want       string
	}{
		"INIT hangs":                        {hung, func(*T) {}, "EchoFunction"},
		"the handler hangs":                 {slow, func(*T) {}, ""},
		"INIT ends the process":             {exited, func(*T) {}, ""},
		"INIT hangs without a variable":     {hung, func(t *T) { t.Without("TABLE_NAME") }, ""},
		"INIT hangs while AWS calls fail":   {hung, func(t *T) { t.conditions = ", while GetItem fails" }, ""},
		"INIT hangs after AWS calls failed": {hung, func(t *T) { t.conditions = "" }, "EchoFunction"},
	} {
		on := on(t, Check{ID: "a"})
		test.prepare(on)
		on.Function("EchoFunction").noteHang(test.invocation)
		assert.Equal(t, test.want, on.notes.hung, name)
	}
}

func TestALessonIsNotPassedByWhatWasNotTried(t *testing.T) {
	t.Parallel()
	must := Result{Severity: Must, Verdict: Passed}
	should := Result{Severity: Should, Verdict: Failed}
	untried := Result{Severity: Must, Verdict: Skipped, Reason: "INIT of EchoFunction does not end"}
	assert.Equal(t, Failed, LessonResult{Checks: []Result{must, should, untried}}.verdict())
	assert.Equal(t, Failed, LessonResult{Checks: []Result{untried}}.verdict())
	unwanted := Result{Severity: Must, Verdict: Skipped}
	assert.Equal(t, Passed, LessonResult{Checks: []Result{must, unwanted}}.verdict())
}
