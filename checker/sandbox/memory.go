package sandbox

import (
	"sync"
	"time"
)

// memoryPoll is how often memory is looked at while a function runs. Where the kernel keeps the peak, a
// higher rate would only kill a little earlier.
const memoryPoll = 20 * time.Millisecond

// peakMemory is the most memory that the process has had resident, in bytes; where the kernel does not
// keep that, what it has now. 0 when it is gone, or not known.
func (p *process) peakMemory() uint64 {
	if p.gone() || p.debugged {
		return 0
	}
	return peakOf(p.child.Pid)
}

// memoryWatch looks at a process while it runs.
type memoryWatch struct {
	process *process
	limit   uint64        // bytes
	over    chan struct{} // closed when the process has used more than its limit

	mu    sync.Mutex
	peak  uint64      // bytes
	next  *time.Timer // to the next look
	ended bool
}

// watchMemory begins to look. There is no goroutine for it until a look is due: most invocations have ended by then.
func watchMemory(p *process, limit uint64) *memoryWatch {
	w := &memoryWatch{process: p, limit: limit, over: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = time.AfterFunc(memoryPoll, w.look)
	return w
}

func (w *memoryWatch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	if w.peak = max(w.peak, w.process.peakMemory()); w.peak > w.limit {
		close(w.over)
		return
	}
	w.next.Reset(memoryPoll)
}

// end stops the watch, after a last look, and returns the peak in bytes.
func (w *memoryWatch) end() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.next.Stop()
	w.peak = max(w.peak, w.process.peakMemory())
	return w.peak
}
