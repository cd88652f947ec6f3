// Package enclosure runs this program once more where it can harm nobody: on Linux, in user, network, process, mount
// and IPC namespaces of its own. It is for the whole check of a stranger's code, the build included.
//
// The network is a loopback interface and nothing else. What the program serves there, such as the AWS endpoint and
// the Lambda runtime API, its functions reach, and nobody else does. When the program ends, everything that was
// started in the enclosure ends with it, whatever it did to be forgotten. Its files are on a file system in memory of
// a fixed size, of which nothing is left. It works for any user; for root, functions are nobody's, since limits on
// processes do not hold for root.
//
// The program that is enclosed is trusted, and sees this machine's files; it calls [Enter] first. Functions that it
// starts see what package isolation shows them. The memory of all processes together has no limit in the kernel
// without cgroups, which ordinary users do not have: [Limits.Watch] looks at it ten times a second, and each process
// has a limit of its own beside that.
package enclosure

import (
	"errors"
	"fmt"
	"time"
)

// Limits are what an enclosure may use of this machine.
type Limits struct {
	Memory    uint64        `json:"memory"`    // bytes, of all processes together but the enclosed program
	Disk      uint64        `json:"disk"`      // bytes
	Processes int           `json:"processes"` // and threads, together
	CPU       time.Duration `json:"cpu"`       // of each process; whole seconds
	Time      time.Duration `json:"time"`      // of the enclosure, whoever holds it ends it then
}

// String names the limits, in the order of their fields.
func (l Limits) String() string {
	return fmt.Sprintf("%d MB of memory, %d MB of disk, %d processes and threads, %d s of CPU time a process, %d s in all",
		l.Memory>>20, l.Disk>>20, l.Processes, int(l.CPU.Seconds()), int(l.Time.Seconds()))
}

// AllOfDisk says that the disk is full, to go on after "it used".
func (l Limits) AllOfDisk() string { return fmt.Sprintf("all of its disk, %d MB", l.Disk>>20) }

// MoreProcesses says that there were too many processes and threads, to go on after "it used".
func (l Limits) MoreProcesses() string {
	return fmt.Sprintf("more than %d processes and threads", l.Processes)
}

// ErrUnavailable is wrapped by errors of a machine that has no enclosures.
var ErrUnavailable = errors.New("no enclosure by namespaces")
