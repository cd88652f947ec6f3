package wire

import (
	"fmt"
	"sync"
	"time"
)

// meeting is how long a call waits for the others, at most. All that it keeps waiting then is a function that
// makes another call than the others do.
const meeting = 5 * time.Second

// Meet holds the first n calls of each operation until all of them are there, so that what n invocations read at
// once is read by all before any of them writes. Where n do not come it lets them go on after some seconds: it
// keeps nobody waiting who does what the others do.
func Meet(n int) Kind {
	var mu sync.Mutex
	arrived := map[string]int{}
	complete := map[string]chan struct{}{}
	arrive := func(operation string) <-chan struct{} {
		mu.Lock()
		defer mu.Unlock()
		if complete[operation] == nil {
			complete[operation] = make(chan struct{})
		}
		if arrived[operation]++; arrived[operation] == n {
			close(complete[operation])
		}
		return complete[operation]
	}
	return Kind{fmt.Sprintf("waits until those of %d requests are there", n), false, "", func(x *exchange) {
		timer := time.NewTimer(meeting)
		defer timer.Stop()
		select {
		case <-arrive(x.call.Operation):
		case <-timer.C:
		case <-x.r.Context().Done():
			return
		case <-x.server.closed:
			return
		}
		x.forward(x.w)
	}}
}
