// Package stage is what runs between clone and the execution of an isolated program: a program of its own, since Go
// cannot run code in a forked child. A program that imports it and is started under the name [Name] becomes
// the stage, before its main; under the name [Starter] it becomes what starts stages. It is checker-stage, or the
// checker itself.
//
// It knows packages os and syscall, and no more than it must, since package variables are initialised in
// the order of dependencies: with more, a start would wait for the initialisation of most of the
// program.
//
// How it is started, and what its report means, is package isolation's.
package stage

// Name is the argument 0 by which a program knows that it is to be the stage. Its other arguments are the
// directories of the view (task, tmp), how many processes and threads the user may have, the path of the program, how
// many arguments that has, and then these and its environment.
const Name = "lambda-execution-environment"

// ReportFD is the file descriptor to which an error is written: the step, a zero byte, and the errno in
// decimal. The execution of the program closes it.
const ReportFD = 3

// NameOfRoot is the Name of a stage that is root of its namespaces, and becomes UserID and GroupID once it has
// mounted the view.
const NameOfRoot = Name + "-root"

// Starter is the argument 0 of the process that starts stages, one for each program, for as long as it runs. Its only
// other argument is its [Version]: it ends at once if that is not its own. A process
// with namespaces is a copy of the one that clones it, so a program with much memory would pay for that with each
// start. This one has little, and the stages are its parent's children.
const Starter = Name + "s"

// RequestFD is the file descriptor of a starter's socket. A request is a packet: a stage's arguments, joined by zero bytes,
// with two file descriptors, of the program's output and of the stage's report. Its answer is the process's number, a
// zero byte, and the errno in decimal.
const RequestFD = 3

// UserID and GroupID are those of Lambda's user for functions.
const (
	UserID  = 993
	GroupID = 990
)

// Execute is the step in which the program itself is what is wrong: it is missing, or cannot be executed.
const Execute = "executing the program"

// Directories of a function on Lambda.
const (
	TaskRoot   = "/var/task"
	RuntimeDir = "/var/runtime"
)
