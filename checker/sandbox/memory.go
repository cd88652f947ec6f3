package sandbox

import "time"

// memoryPoll is how often memory is looked at while a function runs. Where the kernel keeps the peak, a
// higher rate would only kill a little earlier.
const memoryPoll = 20 * time.Millisecond

// peakMemory is the most memory that the process has had resident, in bytes; where the kernel does not
// keep that, what it has now. 0 when it is gone, or not known.
func (p *process) peakMemory() uint64 {
	if p.gone() || p.debugged {
		return 0
	}
	return peakOf(p.cmd.Process.Pid)
}

// memoryWatch looks at a process while it runs.
type memoryWatch struct {
	process *process
	limit   uint64        // bytes
	over    chan struct{} // closed when the process has used more than its limit
	stop    chan struct{}
	done    chan struct{}
	peak    uint64 // bytes; read it after done
}

func watchMemory(p *process, limit uint64) *memoryWatch {
	w := &memoryWatch{
		process: p, limit: limit,
		over: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go w.watch()
	return w
}

func (w *memoryWatch) watch() {
	defer close(w.done)
	tick := time.NewTicker(memoryPoll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if w.peak = max(w.peak, w.process.peakMemory()); w.peak > w.limit {
				close(w.over)
				return
			}
		case <-w.stop:
			w.peak = max(w.peak, w.process.peakMemory())
			return
		}
	}
}

// end stops the watch, after a last look, and returns the peak in bytes.
func (w *memoryWatch) end() uint64 {
	close(w.stop)
	<-w.done
	return w.peak
}
