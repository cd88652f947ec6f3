package sandbox

import gops "github.com/shirou/gopsutil/v4/process"

// peakMemory is the most memory that the process has had resident, in bytes; where the kernel does not
// keep that, what it has now. 0 when it cannot be read.
func (p *process) peakMemory() uint64 {
	if p == nil || p.gone() {
		return 0
	}
	info, err := (&gops.Process{Pid: int32(p.cmd.Process.Pid)}).MemoryInfo()
	if err != nil {
		return 0
	}
	return max(info.HWM, info.RSS)
}
