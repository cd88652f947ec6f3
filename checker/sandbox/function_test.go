package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Facts about AWS are in conformance_test.go. Here is what this sandbox promises besides.

func TestALogThatIsTooLongIsCut(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	flood := invoke(t, f, request{Do: "flood"})
	assert.Equal(t, Answered, flood.Outcome)
	last := len(flood.Log) - 1
	assert.Equal(t, "(more output followed; 1 MB is kept)", flood.Log[last])
	assert.Equal(t, strings.Repeat("x", 1023), flood.Log[last-1])
	assert.Len(t, strings.Join(flood.Log[:last], "\n")+"\n", maxLog, "1 MB, exactly")
	next := invoke(t, f, request{Do: "log", Text: "after"})
	assert.Equal(t, []string{"after", "after on stderr", "without an end of line"}, next.Log)
}

// What the caller broke off is no fault of the function: its next INIT is one like the first.
func TestTheInvocationAfterOneThatWasCancelled(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := f.Invoke(ctx, []byte(`{"Do":"sleep","Millis":60000}`))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	again := invoke(t, f, request{Do: "count"})
	assert.True(t, again.ColdStart)
	assert.Positive(t, again.InitDuration)
}

func TestWhatIsInTmpIsCounted(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	assert.Zero(t, f.Temporary())
	invoke(t, f, request{Do: "write", Text: "four"})
	assert.EqualValues(t, 4, f.Temporary())
	invoke(t, f, request{Do: "write", Text: "fifth"})
	assert.EqualValues(t, 5, f.Temporary(), "it is the same file")
	_, err := f.ColdStart(t.Context(), []byte(`{"Do":"write","Text":"four"}`), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 9, f.Temporary(), "it is another environment")
}

func TestASeedDecidesTheIDs(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) string {
		i := invoke(t, deploy(t, func(c *Config) { c.Seed = seed }), request{Do: "count"})
		return fmt.Sprint(i.RequestID, i.TraceID, i.Environment)
	}
	first := ids(7)
	assert.Equal(t, first, ids(7))
	assert.NotEqual(t, first, ids(8))
}

func TestAColdStartIsOneWhateverIdles(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	idle := invoke(t, f, request{Do: "count"})
	for range 2 {
		i, err := f.ColdStart(t.Context(), []byte(`{"Do":"environ"}`), map[string]string{"GODEBUG": "inittrace=1"})
		require.NoError(t, err)
		assert.True(t, i.ColdStart)
		assert.Equal(t, Answered, i.Outcome)
		assert.Positive(t, i.InitDuration)
		assert.Positive(t, i.Duration)
		assert.NotEqual(t, idle.Environment, i.Environment)
		assert.Contains(t, string(i.Payload), `GODEBUG=inittrace=1`)
		assert.Contains(t, strings.Join(i.Log, "\n"), "init runtime @")
	}
	again := invoke(t, f, request{Do: "environ"})
	assert.Equal(t, idle.Environment, again.Environment, "those are gone")
	assert.NotContains(t, string(again.Payload), "GODEBUG")

	_, err := f.ColdStart(t.Context(), []byte(`{`), nil)
	var refused *RequestError
	require.ErrorAs(t, err, &refused)
	f.Close()
	_, err = f.ColdStart(t.Context(), []byte(`{}`), nil)
	require.ErrorIs(t, err, ErrClosed)
}

func TestAProcessIsKilledFromOutside(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	first := invoke(t, f, request{Do: "count"})
	f.Kill("another environment")
	assert.False(t, invoke(t, f, request{Do: "count"}).ColdStart)
	underWay := make(chan *Invocation)
	go func() {
		i, err := f.Invoke(t.Context(), []byte(`{"Do":"sleep","Millis":60000}`))
		assert.NoError(t, err)
		underWay <- i
	}()
	var killed *Invocation
	for killed == nil { // it may not have begun yet
		f.Kill(first.Environment)
		select {
		case killed = <-underWay:
		case <-time.After(time.Millisecond):
		}
	}
	assert.Equal(t, Exited, killed.Outcome)
	assert.Equal(t, "signal: killed", killed.Exit)
	assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
}
