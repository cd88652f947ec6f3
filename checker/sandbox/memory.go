package sandbox

import gops "github.com/shirou/gopsutil/v4/process"

// maxMemory is the most memory that the process has had resident, in MB. 0 where it cannot be read.
func (e *environment) maxMemory() int {
	if e.process == nil || e.process.gone() {
		return 0
	}
	info, err := (&gops.Process{Pid: int32(e.process.cmd.Process.Pid)}).MemoryInfo()
	if err != nil {
		return 0
	}
	return int(max(info.HWM, info.RSS) >> 20) // the peak is known on Linux only
}
