package containers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

const (
	// availableLimit is short, because every check with the default backend asks.
	availableLimit = 2 * time.Second

	// connectLimit is longer: by now the engine is known to be there, if perhaps still starting.
	connectLimit = 10 * time.Second
)

// Available says whether a Docker engine answers: nil, or within two seconds an error that says in
// one line why not. It starts nothing.
func Available(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, availableLimit, errNoAnswer)
	defer cancel()
	docker, err := connect(ctx)
	if err != nil {
		return err
	}
	defer docker.Close()
	return reachable(docker.DaemonHost())
}

// reachable tells whether what an engine publishes on its machine's loopback is on this one's.
func reachable(host string) error {
	u, err := url.Parse(host)
	if err != nil || u.Scheme != "tcp" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ssh" || isLoopback(u.Host) && u.Scheme != "ssh" {
		return nil
	}
	return fmt.Errorf("the Docker engine at %s is on another machine, whose containers cannot be reached from here: start Docker here, and unset DOCKER_HOST", host)
}

var errNoAnswer = errors.New("the Docker engine does not answer; see whether `docker info` does, and restart Docker if not")

// quiet keeps testcontainers' own words off the learner's terminal, and its reaper away, which
// would remove the containers when this process ends. Its configuration is read once, at its first
// call, so this comes before that.
var quiet = sync.OnceFunc(func() {
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // fails for malformed names only
	tclog.SetDefault(tclog.NewNoopLogger())
})

// connect returns a client of a Docker engine that answers. The caller closes it.
func connect(ctx context.Context) (*client.Client, error) {
	if ctx.Err() != nil { // or an engine that answers at once would win now and then
		return nil, context.Cause(ctx)
	}
	quiet()
	type result struct {
		docker *client.Client
		err    error
	}
	found := make(chan result, 1)
	go func() {
		// testcontainers searches once in the life of a process and keeps what came of it, a
		// failure too. So this search is not ended with the caller's patience.
		docker, err := search(context.WithoutCancel(ctx))
		found <- result{docker, err}
	}()
	select {
	case r := <-found:
		return r.docker, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// search asks testcontainers where the engine is, and the Docker client's own defaults when that
// gives none: an engine that was started after the first search is found by those alone.
//
// DOCKER_HOST is binding: testcontainers would go on to other engines when that one does not answer, and
// Down must not remove containers of an engine that the user did not mean.
func search(ctx context.Context) (*client.Client, error) {
	if os.Getenv("DOCKER_HOST") != "" {
		return fromEnvironment(ctx)
	}
	if found, err := discover(ctx); err == nil {
		if err := ping(ctx, found); err != nil {
			_ = found.Close()
			return nil, err
		}
		return found, nil
	}
	return fromEnvironment(ctx)
}

func fromEnvironment(ctx context.Context) (*client.Client, error) {
	plain, err := client.New(client.FromEnv)
	if err != nil {
		return nil, fmt.Errorf("the environment does not name a Docker engine (%w); correct DOCKER_HOST or unset it", err)
	}
	if err := ping(ctx, plain); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return plain, nil
}

// discover is testcontainers' search. Some of its steps panic when the engine goes away between two
// of them; that is no reason to take the whole check down.
func discover(ctx context.Context) (docker *client.Client, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("testcontainers: %v", p)
		}
	}()
	found, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, err
	}
	return found.Client, nil
}

func ping(ctx context.Context, docker *client.Client) error {
	if _, err := docker.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		return explain(docker.DaemonHost(), err)
	}
	return nil
}

// explain says in one line why there is no engine at host. The client's own words keep neither the
// cause as a value in every case nor to one line.
func explain(host string, err error) error {
	words := strings.ToLower(err.Error())
	switch {
	case errors.Is(err, fs.ErrNotExist), strings.Contains(words, "no such file"):
		return fmt.Errorf("there is no Docker socket at %s: install Docker, or start it, or set DOCKER_HOST", host)
	case errors.Is(err, fs.ErrPermission), strings.Contains(words, "permission denied"):
		return fmt.Errorf("permission denied at the Docker socket %s: add your user to the group that owns it, log in again", host)
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(words, "cannot connect to the docker daemon"):
		return fmt.Errorf("the Docker daemon at %s is not running: start Docker", host)
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("the Docker engine at %s does not work: %s; see what `docker info` says", host, line)
}
