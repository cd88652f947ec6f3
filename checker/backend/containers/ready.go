package containers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// readyPause is between two questions whether a service is ready. A start takes seconds, and
	// a question costs the JVM that is starting next to nothing.
	readyPause = 50 * time.Millisecond

	// readyAnswer is how long one question may take; the first answer of a JVM is its slowest.
	readyAnswer = 5 * time.Second
)

// waitReady returns when the service answers a request as AWS would: its port is open long before,
// held by Docker. It gives up when the limit is over, the container stops, or ctx ends.
func (e *engine) waitReady(ctx context.Context, s program, c Container, limit time.Duration) error {
	if c.Address == "" {
		// A container that stopped at once has lost its port already.
		return cmp.Or(e.running(ctx, c.ID), errors.New("it has no port on this machine"))
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		answer := ready(limited, s, c.Address)
		if answer == nil {
			return nil
		}
		// Before the limit is looked at: a container that has stopped says more than the time.
		if err := e.running(ctx, c.ID); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopped waiting for %s: %w", s.title, context.Cause(ctx))
		case <-limited.Done():
			return fmt.Errorf("its container runs, but http://%s did not answer within %v (last: %w); "+
				"if the checker itself runs in a container, or Docker on another machine, use --backend embedded",
				c.Address, limit, answer)
		case <-time.After(readyPause):
		}
	}
}

// ready asks the service once.
func ready(ctx context.Context, s program, address string) error {
	ctx, cancel := context.WithTimeout(ctx, readyAnswer)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/", strings.NewReader("{}"))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", s.target)
	req.Header.Set("Authorization", authorization(wholeDatabase, s.id))
	req.Close = true
	resp, err := direct.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", s.target, resp.Status)
	}
	return nil
}

// direct asks without a proxy, whatever the user's environment names: the service is on loopback.
var direct = &http.Transport{}
