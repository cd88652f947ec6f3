package backend_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/endpoint"
)

// motoEnv is the environment variable that names the program. One that happens to be in the PATH is not taken: it may be
// of another version, which answers otherwise.
const motoEnv = "MOTO_SERVER"

var motoAddress = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)

// openMoto is moto's server, which stands in for the emulators that people point --backend at. Where none is named the test is
// skipped, unless CI requires it: `pip install 'moto[server]==5.2.5'` installs it.
func openMoto(t *testing.T) backend.Backend {
	t.Helper()
	program, err := exec.LookPath(os.Getenv(motoEnv))
	if err != nil {
		if os.Getenv("CI_REQUIRE_MOTO") == "1" {
			t.Fatal(motoEnv+" must name moto's server here: ", err)
		}
		t.Skip("not run, because "+motoEnv+" does not name moto's server: ", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, program, "-H", "127.0.0.1", "-p", "0")
	server.WaitDelay = 5 * time.Second
	talk, err := server.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // it was killed
	})
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(talk); lines.Scan(); {
			if found := motoAddress.FindStringSubmatch(lines.Text()); found != nil {
				address <- found[1]
			}
		}
		close(address)
	}()
	select {
	case url, ok := <-address:
		require.True(t, ok, "moto's server has ended")
		at, err := endpoint.Parse(url)
		require.NoError(t, err)
		b, err := endpoint.Open(t.Context(), at, []backend.Service{backend.DynamoDB, backend.SQS})
		require.NoError(t, err)
		t.Cleanup(func() {
			assert.NoError(t, b.Err())
			assert.NoError(t, b.Close())
		})
		return b
	case <-time.After(patience):
		t.Fatal("moto's server does not say where it listens")
		return nil
	}
}
