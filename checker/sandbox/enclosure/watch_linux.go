package enclosure

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// watchEvery is how often the enclosure is looked at. Between two looks, the limits of each process hold.
const watchEvery = 100 * time.Millisecond

// Watch looks at what is used in the enclosure that this process has entered, and returns what went over its limit, to
// go on after "it used"; "" when the context ends.
func (l Limits) Watch(ctx context.Context, disk string) string {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-tick.C:
			if over := l.over(disk); over != "" {
				return over
			}
		}
	}
}

func (l Limits) over(disk string) string {
	var fs unix.Statfs_t
	// Nearly full is full: whoever needs a page more would meet an error of the checker.
	if err := unix.Statfs(disk, &fs); err == nil && fs.Bfree < fs.Blocks/50 {
		return l.AllOfDisk()
	}
	memory, tasks := used()
	switch {
	case memory > l.Memory:
		return fmt.Sprintf("more than %d MB of memory in all", l.Memory>>20)
	case tasks > l.Processes:
		return l.MoreProcesses()
	}
	return ""
}

// used is the memory that the processes in the enclosure do not share, in bytes, and how many processes and threads
// there are. This process is not in either.
func used() (memory uint64, tasks int) {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, 0
	}
	self := strconv.Itoa(os.Getpid())
	for _, dir := range all {
		if filepath.Base(dir) == self {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(dir, "statm"))
		fields := bytes.Fields(stat)
		if err != nil || len(fields) < 3 {
			continue // it is gone
		}
		resident, _ := strconv.ParseUint(string(fields[1]), 10, 64)
		shared, _ := strconv.ParseUint(string(fields[2]), 10, 64)
		memory += (resident - min(shared, resident)) * uint64(os.Getpagesize())
		tasks += threads(dir)
	}
	return memory, tasks
}

// threads is how many a process has, and 1 if that cannot be read.
func threads(dir string) int {
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return 1
	}
	_, rest, _ := bytes.Cut(status, []byte("\nThreads:\t"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(line))
	if err != nil {
		return 1
	}
	return n
}
