//go:build !linux

package sandbox

import (
	"time"

	gops "github.com/shirou/gopsutil/v4/process"
)

// processClock is what the system tells of the CPU time of a process.
func processClock(pid int) time.Duration {
	times, err := (&gops.Process{Pid: int32(pid)}).Times()
	if err != nil {
		return 0
	}
	return time.Duration((times.User + times.System) * float64(time.Second))
}
