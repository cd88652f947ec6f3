package grade

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A dump of all goroutines is longer than what is kept, and begins with the reason.
func TestTheReasonOfACrashIsKeptWithItsEnd(t *testing.T) {
	t.Parallel()
	var said ends
	for _, line := range append([]string{noThread + " (have 14 already; errno=11)\n"}, strings.SplitAfter(strings.Repeat("goroutine 1 [running]:\n", 500), "\n")...) {
		n, err := said.Write([]byte(line))
		require.NoError(t, err)
		assert.Equal(t, len(line), n)
	}
	_, err := said.Write([]byte("exit status 2\n"))
	require.NoError(t, err)
	assert.Contains(t, said.text(), noThread)
	assert.True(t, strings.HasSuffix(said.text(), "exit status 2"))
	assert.LessOrEqual(t, len(said.text()), maxFirst+maxLast)
}

func TestHowManyCPUsAWorkerHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		environ []string
		oneCPU  bool
		want    []string
	}{
		{"nobody is beside it", nil, false, nil},
		{"others are", nil, true, []string{"GOMAXPROCS=1"}},
		{"the user has said", []string{"GOMAXPROCS=3"}, true, []string{"GOMAXPROCS=3"}},
	} {
		var got []string
		for _, entry := range workerEnviron(c.environ, "/disk", c.oneCPU) {
			if strings.HasPrefix(entry, "GOMAXPROCS=") {
				got = append(got, entry)
			}
		}
		assert.Equal(t, c.want, got, c.name)
	}
}
