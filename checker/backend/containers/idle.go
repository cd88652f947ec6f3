package containers

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

const (
	// DefaultIdleLimit is how long nobody has to ask the containers anything before they are removed: longer than a
	// lunch, shorter than a night.
	DefaultIdleLimit = 2 * time.Hour

	// idleLook is how often a watch looks.
	idleLook = time.Minute

	// idleBytes is what a container may send from one look to the next without having been asked anything: it sends
	// nothing then but replies of the network below the services. A queue that somebody polls sends more.
	idleBytes = 512
)

// Watched tells whether a process of this user watches the containers already. The answer may be out of date by now;
// [StopWhenIdle] knows for certain.
func Watched() bool {
	done, mine := course.watch()
	if mine {
		done()
	}
	return !mine
}

// StopWhenIdle removes the containers when nobody has asked them anything for as long as the limit, whoever started
// them. It returns when it has, when there are none, when there is no Docker engine any more, when another process
// of this user does the same, or when ctx ends.
func StopWhenIdle(ctx context.Context, limit time.Duration) error {
	return course.stopWhenIdle(ctx, limit, idleLook)
}

func (f fleet) stopWhenIdle(ctx context.Context, limit, look time.Duration) error {
	done, mine := f.watch()
	if !mine {
		return nil
	}
	defer done()
	w := watch{sent: map[string]uint64{}}
	for {
		switch idle, err := f.look(ctx, &w); {
		case err != nil:
			return err
		case w.containers == 0:
			return nil
		case idle >= limit:
			_, err := f.down(ctx)
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(look):
		}
	}
}

// watch takes the right to watch, which only one process of a user has. The system gives up that of a process that dies.
func (f fleet) watch() (done func(), mine bool) {
	dir, err := lockDir()
	if err != nil {
		return nil, false
	}
	l := flock.New(filepath.Join(dir, f.label+".idle.lock"))
	if mine, err := l.TryLock(); err != nil || !mine {
		_ = l.Close()
		return nil, false
	}
	return func() { _ = l.Close() }, true
}

// watch is what was seen of the containers so far.
type watch struct {
	containers int
	sent       map[string]uint64 // bytes, by container
	asked      time.Time         // when one of them was last found to have been asked something
}

// look finds out since when none of the containers was asked anything. What answers sends bytes.
func (f fleet) look(ctx context.Context, w *watch) (idle time.Duration, err error) {
	e, err := f.connect(ctx, func(string) {})
	if err != nil {
		return 0, err
	}
	defer e.close()
	all, err := e.list(ctx, e.label)
	if err != nil {
		return 0, err
	}
	w.containers = len(all)
	for _, c := range all {
		sent, err := e.sent(ctx, c.ID)
		if err != nil {
			return 0, err
		}
		before, known := w.sent[c.ID]
		if !known || sent > before+idleBytes {
			w.asked = time.Now()
		}
		w.sent[c.ID] = sent
	}
	return time.Since(w.asked), nil
}

// sent is how many bytes a container has sent since it was started.
func (e *engine) sent(ctx context.Context, id string) (bytes uint64, err error) {
	answer, err := e.docker.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		return 0, fmt.Errorf("the Docker engine does not tell what container %.12s does: %w", id, err)
	}
	defer answer.Body.Close()
	var stats container.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return 0, fmt.Errorf("the Docker engine does not tell what container %.12s does: %w", id, err)
	}
	for _, n := range stats.Networks {
		bytes += n.TxBytes
	}
	return bytes, nil
}
