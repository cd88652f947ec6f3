package backend_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/smithy-go"
)

// Outcomes that are no answers of a service.
const (
	// notThatFar is a fact that could not be shown, because something fails that it takes for granted.
	notThatFar = "does not get that far"
	// unreadable is an answer that is not of the service's protocol.
	unreadable = "an answer that the SDK cannot read"
)

// trial is a test for as long as a fact is being shown: what fails then is an outcome like any other, since a backend
// may be so. Afterwards it is the test again.
type trial struct {
	*testing.T
	over atomic.Bool
}

// certain is a test in which nothing is expected to fail.
func certain(t *testing.T) *trial {
	c := &trial{T: t}
	c.over.Store(true)
	return c
}

// endOfTrial is what a trial ends with by panic.
type endOfTrial struct{}

func (t *trial) Errorf(format string, args ...any) {
	t.Helper()
	if t.over.Load() {
		t.T.Errorf(format, args...)
		return
	}
	t.Logf(format, args...)
}

func (t *trial) FailNow() {
	if t.over.Load() {
		t.T.FailNow()
	}
	panic(endOfTrial{})
}

// try shows a fact and returns the outcome.
func try(t *testing.T, do func(*trial) string) (outcome string) {
	trying := &trial{T: t}
	defer func() {
		trying.over.Store(true)
		switch end := recover().(type) {
		case nil:
		case endOfTrial:
			outcome = notThatFar
		case error: // a part of the answer is missing that is always there
			t.Log("panic:", end)
			outcome = notThatFar
		default:
			panic(end)
		}
	}()
	return do(trying)
}

// wordsOf are an error of a service as outcomes have it.
func wordsOf(t *trial, err error) string {
	t.Helper()
	var api smithy.APIError
	var garbage *smithy.DeserializationError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode() + ": " + api.ErrorMessage()
	case errors.As(err, &garbage):
		t.Log(err)
		return unreadable
	}
	t.Errorf("no answer of the service: %v", err)
	t.FailNow()
	return fmt.Sprint(err)
}
