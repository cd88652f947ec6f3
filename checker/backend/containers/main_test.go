package containers

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

// patience is the deadline of everything that a test waits for.
const patience = 90 * time.Second

// helperEnv makes the test binary a small checker: what it prints is what a learner would see.
const helperEnv = "CONTAINERS_TEST_HELPER"

// helperBothEnv has it open both services.
const helperBothEnv = "CONTAINERS_TEST_HELPER_BOTH"

var bothServices = Options{Services: []backend.Service{backend.DynamoDB, backend.SQS}}

func TestMain(m *testing.M) {
	switch label := os.Getenv(helperEnv); label {
	case "":
		os.Exit(m.Run())
	case "available":
		fmt.Println(Available(context.Background()))
	default:
		ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt) // for as long as the process lives
		var o Options
		if os.Getenv(helperBothEnv) != "" {
			o = bothServices
		}
		b, err := fleet{label}.open(ctx, o)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("open", b.dynamoDB.container.ID)
	}
}

// helper is the command that runs this test binary as a small checker.
func helper(t *testing.T, mode string, env ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(append(os.Environ(), helperEnv+"="+mode), env...)
	return cmd
}

// newFleet is a fleet that no developer's check can see, gone at the end of the test.
func newFleet(t *testing.T) fleet {
	t.Helper()
	if err := Available(t.Context()); err != nil {
		if os.Getenv("CI_REQUIRE_CONTAINERS") == "1" {
			t.Fatal("containers are required here: ", err)
		}
		t.Skip("not run, because it needs Docker: ", err)
	}
	f := fleet{label: "serverless-patterns-test-" + strings.ToLower(rand.Text())}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, err := f.down(ctx)
		require.NoError(t, err, "containers of the test are left")
		dir, err := lockDir()
		require.NoError(t, err)
		_ = os.Remove(dir + "/" + f.label + ".lock")
		_ = os.Remove(dir + "/" + f.label + ".idle.lock")
	})
	return f
}

// mustOpen opens a backend, which is closed at the end of the test.
func (f fleet) mustOpen(t *testing.T) *Backend {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := f.open(ctx, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// all returns the containers of the fleet.
func (f fleet) all(t *testing.T) []Container {
	t.Helper()
	all, err := f.list(t.Context())
	require.NoError(t, err)
	return all
}

// dial gives a test the Docker engine itself.
func (f fleet) dial(t *testing.T) *engine {
	t.Helper()
	e, err := f.connect(t.Context(), func(string) {})
	require.NoError(t, err)
	t.Cleanup(e.close)
	return e
}

// journal keeps what Progress was told.
type journal struct {
	mu   sync.Mutex
	said []string
}

func (j *journal) note(sentence string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said = append(j.said, sentence)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.said, "\n")
}
