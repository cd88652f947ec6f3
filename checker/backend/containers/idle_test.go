package containers

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The limits of these tests: seconds, where those of a course are hours.
const (
	testIdleLimit = 3 * time.Second
	testIdleLook  = 200 * time.Millisecond
)

func TestContainersThatNobodyAsksAnythingAreRemoved(t *testing.T) {
	aboutProcesses(t)
	f := newFleet(t)
	f.mustOpen(t)
	began := time.Now()
	require.NoError(t, f.stopWhenIdle(t.Context(), testIdleLimit, testIdleLook))
	assert.GreaterOrEqual(t, time.Since(began), testIdleLimit)
	assert.Empty(t, f.all(t))
	require.NoError(t, f.stopWhenIdle(t.Context(), testIdleLimit, testIdleLook), "there are none")
}

func TestContainersThatAreAskedAreKept(t *testing.T) {
	aboutProcesses(t)
	f := newFleet(t)
	db := sdk(t, f.mustOpen(t))
	watched := make(chan error, 1)
	go func() { watched <- f.stopWhenIdle(t.Context(), testIdleLimit, testIdleLook) }()
	for asked := time.Now(); time.Since(asked) < 2*testIdleLimit; {
		for range 20 { // each answer is some hundred bytes
			_, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{})
			require.NoError(t, err)
		}
		select {
		case err := <-watched:
			t.Fatal("the watch has ended: ", err)
		case <-time.After(testIdleLook):
		}
	}
	assert.Len(t, f.all(t), 1)

	require.NoError(t, f.stopWhenIdle(t.Context(), testIdleLimit, testIdleLook), "another has the job, and one is enough")
	require.NoError(t, <-watched)
	assert.Empty(t, f.all(t), "now nobody asks")
}
