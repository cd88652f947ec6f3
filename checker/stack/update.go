package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"example.com/serverless-patterns/checker/sandbox"
)

// retired are functions that others have replaced, until their last invocation has ended.
type retired struct {
	sync.WaitGroup
	mu    sync.Mutex
	count int
}

// next numbers the deployments after the first.
func (r *retired) next() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	return r.count
}

// deploy makes the function run a binary from now on, with another path for its files. It returns how to end the
// function that did so before, which waits for its invocations.
func (f *Function) deploy(binary, dir string) (end func(), err error) {
	config := f.config
	config.Binary, config.Dir = binary, dir
	if f.config.Dir != "" {
		config.Seed += 0x9e3779b97f4a7c15 // its ids must not be those of invocations that have been
	}
	deployed, err := sandbox.New(config)
	if err != nil {
		return nil, err
	}
	f.config = config
	old := f.deployed.Swap(deployed)
	return func() {
		old.Close()
		for _, path := range old.Files() {
			_ = os.RemoveAll(path) // a kindness: it goes with the stack
		}
	}, nil
}

// Update deploys new code of functions, by logical id, as UpdateFunctionCode does: an invocation that begins after it
// runs the new code, from a cold start. One that is under way ends on the old code, which is then removed; under a
// debugger it begins anew. APIs, tables and variables stay. It is called by one goroutine at a time, and not while Close is.
func (s *Stack) Update(binaries map[string]string) error {
	for id, binary := range binaries {
		f, err := s.Function(id)
		if err != nil {
			return err
		}
		dir := filepath.Join(s.dir, fmt.Sprintf("%s.%d", id, s.retired.next())) // no logical id has a dot
		end, err := f.deploy(binary, dir)
		if err != nil {
			return err
		}
		if f.config.Debugger != nil {
			end() // the next one listens for debuggers at the same address
			continue
		}
		s.retired.Go(end)
	}
	return nil
}
