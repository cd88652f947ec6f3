package wire_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/wire"
)

func TestAFaultMayBeOfOneItemAlone(t *testing.T) {
	t.Parallel()
	s := listen(t)
	db := client(t, s, s.NewCaller("one", "env"))
	remove := s.Inject(wire.Fault{Text: "teapot-7", Kind: wire.Deny()})
	_, err := get(t, db, "teapot-7")
	assert.Equal(t, "AccessDeniedException", code(t, err))
	_, err = get(t, db, "teapot-8")
	require.NoError(t, err)
	remove()
	_, err = get(t, db, "teapot-7")
	require.NoError(t, err)
}

func TestOnceIsTheFirstCallOnly(t *testing.T) {
	t.Parallel()
	s := listen(t)
	caller := client(t, s, s.NewCaller("one", "env"))
	remove := s.Inject(wire.Fault{Kind: wire.Once(wire.Deny())})
	defer remove()
	_, err := get(t, caller, "a")
	require.ErrorContains(t, err, "AccessDenied")
	_, err = get(t, caller, "b")
	require.NoError(t, err)
	calls := s.Calls()
	require.Len(t, calls, 2)
	assert.Equal(t, "denied", calls[0].Fault)
	assert.Empty(t, calls[1].Fault)
}

func TestACrashComesOnceBeforeTheEffectOfACall(t *testing.T) {
	t.Parallel()
	s := listen(t)
	caller := client(t, s, s.NewCaller("one", "env"))
	ctx, cancel := context.WithCancel(t.Context())
	killed := make(chan string, 9)
	s.Inject(wire.Fault{Kind: wire.Crash(2, func(function, environment string) {
		killed <- function + " " + environment
		cancel() // the caller is gone
	})})
	_, err := get(t, caller, "a")
	require.NoError(t, err)
	_, err = caller.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key("b")})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "one env", <-killed)
	_, err = get(t, caller, "c")
	require.NoError(t, err)
	assert.Empty(t, killed)
	calls := s.Calls()
	require.Len(t, calls, 3)
	assert.Equal(t, "the process was killed", calls[1].Fault)
	assert.Zero(t, calls[1].Status)
}
