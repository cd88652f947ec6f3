package sandbox

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busyTest is set in the processes that do nothing but compute.
const busyTest = "SANDBOX_TEST_BUSY"

func TestBusy(*testing.T) {
	if os.Getenv(busyTest) != "" {
		for begin := time.Now(); time.Since(begin) < time.Minute; {
		}
	}
}

// load keeps every CPU busy until the test ends.
func load(t *testing.T) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	for range runtime.NumCPU() {
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestBusy$")
		cmd.Env = append(os.Environ(), busyTest+"=1", "GOMAXPROCS=1")
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	}
}

// What a function computes and how long it takes are two things on a busy machine: only the first says
// something about the function.
func TestCPUTimeIsTheFunctionsOwn(t *testing.T) {
	t.Parallel()
	f := deploy(t, timeout(30*time.Second))
	invoke(t, f, request{Do: "count"})
	load(t)
	spun := invoke(t, f, request{Do: "spin", Millis: 200})
	assert.Equal(t, Answered, spun.Outcome)
	assert.InDelta(t, 200, spun.CPUTime.Milliseconds(), 30, "as the function itself measured it")
	assert.GreaterOrEqual(t, spun.Duration, 150*time.Millisecond)
	slept := invoke(t, f, request{Do: "sleep", Millis: 200})
	assert.Less(t, slept.CPUTime, 30*time.Millisecond)
	assert.GreaterOrEqual(t, slept.Duration, 200*time.Millisecond)
	exited := invoke(t, f, request{Do: "spin-exit", Millis: 100})
	assert.Equal(t, Exited, exited.Outcome)
	assert.InDelta(t, 100, exited.CPUTime.Milliseconds(), 30)
}

func TestINITsCPUTime(t *testing.T) {
	t.Parallel()
	i := invoke(t, deploy(t, env("INIT", "spin")), request{Do: "count"})
	assert.InDelta(t, 150, i.InitCPUTime.Milliseconds(), 40)
	assert.Less(t, i.CPUTime, 50*time.Millisecond)
}

func TestDurationAtAnotherMemorySize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wall, cpu  time.Duration
		memorySize int
		want       time.Duration
	}{
		{100, 0, 128, 100},   // it only waited
		{100, 50, 1769, 100}, // a whole vCPU
		{100, 50, 10240, 100},
		{100, 100, 128, 1382}, // it only computed
		{100, 50, 128, 741},
		{100, 150, 1769, 150}, // on two CPUs at once
	} {
		i := Invocation{Duration: c.wall * time.Millisecond, CPUTime: c.cpu * time.Millisecond}
		assert.InDelta(t, c.want, i.DurationAt(c.memorySize).Milliseconds(), 1, "%+v", c)
	}
}
