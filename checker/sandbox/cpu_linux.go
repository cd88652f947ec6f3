package sandbox

import (
	"time"

	"golang.org/x/sys/unix"
)

// processClock reads the CPU-time clock of a process: nanoseconds, where /proc has ticks of 10 ms.
func processClock(pid int) time.Duration {
	// How clock_getcpuclockid(3) makes a clock of a process: all its threads (bit 2), and time as the
	// scheduler counts it (2).
	clock := int32(^pid<<3 | 2)
	var used unix.Timespec
	if unix.ClockGettime(clock, &used) != nil {
		return 0
	}
	return time.Duration(used.Nano())
}
