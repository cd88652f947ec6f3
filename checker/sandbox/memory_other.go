//go:build !linux

package sandbox

import gops "github.com/shirou/gopsutil/v4/process"

// peakOf is the memory that a process has resident now, in bytes: its peak is not known here. 0 when it
// cannot be read.
func peakOf(pid int) uint64 {
	info, err := (&gops.Process{Pid: int32(pid)}).MemoryInfo()
	if err != nil {
		return 0
	}
	return info.RSS
}
