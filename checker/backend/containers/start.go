package containers

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// host is where containers are published. A constant, and not what Docker's address says: anything
// but loopback would put an unprotected database on the network.
var host = netip.MustParseAddr("127.0.0.1")

func loopback(port uint16) string {
	return net.JoinHostPort(host.String(), strconv.Itoa(int(port)))
}

// createLimit is how long Docker may take to create a container from an image that it has.
const createLimit = 30 * time.Second

// start makes a new container and returns once its program answers. When it does not come to that,
// no container is left, and the error has the last lines of its log.
func (e *engine) start(ctx context.Context, s program) (c Container, err error) {
	if err := e.fetch(ctx, s); err != nil {
		return Container{}, err
	}
	e.progress(fmt.Sprintf("Starting %s (%s)", s.title, s.image))
	id, err := e.create(ctx, s)
	if err != nil {
		return Container{}, err
	}
	defer func() {
		if err != nil {
			e.discard(ctx, id)
		}
	}()
	if err := e.configure(ctx, s, id); err != nil {
		return Container{}, err
	}
	if _, err := e.docker.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return Container{}, fmt.Errorf("the Docker engine could not start %s from the image %s: %w%s", s.title, s.image, err, remedy(err))
	}
	c, err = e.inspect(ctx, s, id)
	if err != nil {
		return Container{}, err
	}
	if err := e.waitReady(ctx, s, c, s.startLimit); err != nil {
		if ctx.Err() != nil {
			return Container{}, err
		}
		return Container{}, fmt.Errorf("%s (%s) did not come up: %w\n%s", s.title, s.image, err, e.lastWords(ctx, id))
	}
	return c, nil
}

// remedy is what to do about a container that could not be started, as far as that is known.
func remedy(err error) string {
	words := strings.ToLower(err.Error())
	switch {
	case strings.Contains(words, "ports are allocated"), strings.Contains(words, "address already in use"):
		return "; no port is free on this machine: see what holds them (`ss -ltnp`, or `lsof -iTCP -sTCP:LISTEN`), end that, and check again"
	case strings.Contains(words, "no space left"):
		return "; the disk is full: `docker system df` says what Docker has of it"
	}
	return ""
}

// create makes the container without starting it.
func (e *engine) create(ctx context.Context, s program) (id string, err error) {
	if err := ctx.Err(); err != nil {
		return "", context.Cause(ctx)
	}
	// Docker finishes what a caller has turned away from, and the caller would not know what to
	// remove. So this one call, of some milliseconds, is not ended with ctx.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createLimit)
	defer cancel()
	created, err := e.docker.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config: &container.Config{
			Image:        s.image,
			Cmd:          s.args,
			Env:          s.env,
			ExposedPorts: network.PortSet{s.port: {}},
			Labels:       map[string]string{e.label: string(s.id), e.specLabel(): s.spec()},
		},
		HostConfig: &container.HostConfig{
			PortBindings: network.PortMap{s.port: {{HostIP: host}}}, // the port is Docker's choice
		},
	})
	if err != nil {
		return "", fmt.Errorf("the Docker engine could not create a container of %s from the image %s: %w%s", s.title, s.image, err, remedy(err))
	}
	return created.ID, nil
}

// configure puts the service's configuration into a container that was not started yet.
func (e *engine) configure(ctx context.Context, s program, id string) error {
	if s.configPath == "" {
		return nil
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	err := w.WriteHeader(&tar.Header{Name: path.Base(s.configPath), Mode: 0o644, Size: int64(len(s.config))})
	if err == nil {
		_, err = w.Write([]byte(s.config))
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		_, err = e.docker.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: path.Dir(s.configPath), Content: &archive})
	}
	if err != nil {
		return fmt.Errorf("the Docker engine could not configure %s with %s: %w", s.title, s.configPath, err)
	}
	return nil
}

// inspect asks Docker about a container that was started: its address is only known then.
func (e *engine) inspect(ctx context.Context, s program, id string) (Container, error) {
	found, err := e.docker.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return Container{}, fmt.Errorf("the container of %s is gone: %w; check again", s.title, err)
	}
	c := Container{ID: id, Service: s.id, Image: s.image, State: string(found.Container.State.Status), spec: s.spec()}
	for _, b := range found.Container.NetworkSettings.Ports[s.port] {
		if port, err := strconv.ParseUint(b.HostPort, 10, 16); err == nil {
			c.Address = loopback(uint16(port))
		}
	}
	return c, nil
}

// lastWords is the end of a container's log, as a part of an error.
func (e *engine) lastWords(ctx context.Context, id string) string {
	const lines = 15
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	stream, err := e.docker.ContainerLogs(ctx, id, client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(lines),
	})
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	defer stream.Close()
	var log bytes.Buffer
	_, _ = stdcopy.StdCopy(&log, &log, io.LimitReader(stream, 64<<10)) // as much as there is
	text := strings.TrimSpace(log.String())
	if text == "" {
		return "its log is empty"
	}
	return "the end of its log:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// errStopped is why a container is not waited for any longer.
var errStopped = errors.New("it stopped")

// running returns an error when a container does not run any more.
func (e *engine) running(ctx context.Context, id string) error {
	found, err := e.docker.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return err
	}
	if state := found.Container.State; !state.Running || state.Paused {
		return fmt.Errorf("%w (%s, exit code %d)", errStopped, state.Status, state.ExitCode)
	}
	return nil
}
