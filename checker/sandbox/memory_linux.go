package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// peakOf is the most memory that a process has had resident, in bytes, which the kernel keeps; 0 when it
// cannot be read.
//
// Not by gopsutil: MemoryInfoStat has a field for it, which nothing fills.
func peakOf(pid int) uint64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte(" kB\n"))
	kilobytes, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
