package eventsource_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
)

func TestALoopThatNobodyCanFollowEndsToo(t *testing.T) {
	t.Parallel()
	l := &lambda{}
	n := notifying(t, l, photos(t, everyUpload))
	l.answers = func(string) (eventsource.Invocation, error) {
		deep := created("again")[0]
		n.Changed(deep) // without a trace
		return eventsource.Invocation{}, nil
	}
	deliver(t, n, created("cat"))
	assert.Len(t, l.events, 100)
	last := n.Notifications()[100]
	assert.Equal(t, "there were 100 before it, and no end", last.Stopped)
}

func TestAFaultOfThisMachineEndsADrain(t *testing.T) {
	t.Parallel()
	l := &lambda{answers: func(string) (eventsource.Invocation, error) { return eventsource.Invocation{}, errors.New("no disk") }}
	n := notifying(t, l, photos(t, everyUpload))
	n.Changed(created("a")[0])
	require.EqualError(t, n.Drain(t.Context(), patience), "cannot invoke Fn0 with a notification of Photos: no disk")

	ctx, cancel := context.WithCancelCause(t.Context())
	l = &lambda{answers: func(string) (eventsource.Invocation, error) {
		cancel(errors.New("interrupted"))
		return eventsource.Invocation{}, ctx.Err()
	}}
	n = notifying(t, l, photos(t, everyUpload))
	n.Changed(created("a")[0])
	var drain *eventsource.DrainError
	require.ErrorAs(t, n.Drain(ctx, patience), &drain)
	assert.Equal(t, []string{"Fn0 had not ended with the notification of a in Photos"}, drain.For)
}

func TestRunDeliversByItselfUntilItIsEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	seen := make(chan eventsource.Notification, 4)
	n := notifying(t, &lambda{}, photos(t, everyUpload), func(d *eventsource.NotificationDeployment) {
		d.Observe = func(n eventsource.Notification) { seen <- n }
	})
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	for _, c := range created("a", "b") {
		n.Changed(c)
		select {
		case got := <-seen:
			assert.Equal(t, c.Key, got.Key)
			assert.Equal(t, eventsource.Deleted, got.Last().Then)
		case <-time.After(patience):
			require.Fail(t, "nothing was delivered")
		}
	}
	cancel(errors.New("over"))
	require.EqualError(t, <-ended, "over")
}
