// Package isolation shows a process the machine as a Lambda function sees it, where Linux allows that to
// any user: in user, mount and process namespaces of its own.
//
// The process finds its code in /var/task and works there, /tmp is its own and the only place where it
// can write, and of this machine's files it sees the programs, libraries and certificates, and nothing
// of the user's. It is user 993, sbx_user1051, without capabilities, and may have 1,024 files open. When
// it ends, everything that it has started ends with it, whatever it did to be forgotten.
//
// Sources: "Lambda quotas" and "Understanding the Lambda execution environment lifecycle" in the AWS
// Lambda Developer Guide; user, working directory and permissions as recorded on provided.al2023.
//
// The network is shared with this machine. Known differences from Lambda: the process is number 1 of its
// namespace, so a signal that it sends to itself and does not handle is ignored; and a child that starts
// a session of its own is not stopped with the process, though it is killed with it.
//
// Package sandbox decides when processes start, stop and end.
package isolation

import (
	"errors"
	"os"

	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

// Directories of a function on Lambda.
const (
	TaskRoot   = stage.TaskRoot
	RuntimeDir = stage.RuntimeDir
)

// Program is what is executed in a view.
type Program struct {
	Path string   // as the process sees it
	Args []string // with its name, as in package os/exec
	Env  []string
	// Output is its standard output and standard error. It stays the caller's, who may close it after the start.
	Output *os.File
}

// View is what a process sees of the file system that is its own: two directories, which are there before it starts.
// Nothing else is mounted below them.
type View struct {
	// Task is the one that appears at /var/task, and cannot be written. Where processes are somebody else's (see
	// AsNobody), that user must be able to read it.
	Task string
	// Tmp is the one that appears at /tmp.
	Tmp string
}

// ErrUnavailable is wrapped by what [Available] returns.
var ErrUnavailable = errors.New("no isolation by namespaces")

// A StartError says at which step a process could not be started.
type StartError struct {
	Step string
	Err  error
}

func (e *StartError) Error() string { return e.Step + ": " + e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }

// Execute is the step in which the program itself is what is wrong: it is missing, or cannot be executed.
const Execute = stage.Execute
