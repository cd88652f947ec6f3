package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// A trouble is something that keeps any code from being built on this machine, by what the go command
// says of it.
type trouble struct {
	// said matches a line that is not the compiler's, or what the go command says of an import.
	said *regexp.Regexp
	what string
	next string
}

// troubles are looked for in this order. Line for line, the first that fits is told.
var troubles = []trouble{
	{
		said: regexp.MustCompile(`^module lookup disabled by GOPROXY=off$|^(go: )?\S+@v\d\S*: .*(https?://|dial |lookup |module lookup disabled)` +
			`|^(go: )?\S+@v\d\S*: git `),
		what: "the modules that the functions import are not on this machine, and cannot be fetched",
		next: "Run make setup once where there is a network. After that no check needs one.",
	},
	{
		said: regexp.MustCompile(`^go: .*requires go >= |\bgo\.mod:\d+: (invalid go version|unknown directive: toolchain)` +
			`|^go: (download|downloading) go\d.*(:|not available)|^go: .*toolchain not available`),
		what: "the Go on this machine is older than the course's go.mod asks for",
		next: "Install a newer Go from https://go.dev/dl, or let Go fetch it: go env -u GOTOOLCHAIN, where there is a network.",
	},
	{
		said: regexp.MustCompile(`(no space left on device|disk quota exceeded|file too large)$`),
		what: "there is no space left to write to",
		next: "Make room there: .workshop has the course's builds, `go env GOCACHE` says where the go command keeps its own. " +
			"`go clean -cache` and `docker system prune` give back much.",
	},
	{
		said: regexp.MustCompile(`^failed to (initialize|trim) build cache|^build cache is |GOCACHE is not|module cache not found|^go: could not create module cache`),
		what: "the go command has no directory that it can keep builds and modules in",
		next: "Set HOME to a directory that can be written, or set GOCACHE and GOMODCACHE to such directories.",
	},
	{
		said: regexp.MustCompile(`signal: killed$|cannot allocate memory|: out of memory`),
		what: "the compiler was killed, or got no memory: most often this machine has too little of it left",
		next: "Close other programs, or give the container or virtual machine more memory, and check again.",
	},
	{
		said: regexp.MustCompile(`resource temporarily unavailable|failed to create new OS thread|too many open files`),
		what: "this machine lets the go command have no more processes, threads or files",
		next: "End other programs, or raise the limits: ulimit -u and ulimit -n say what they are.",
	},
	{
		said: regexp.MustCompile(`(read-only file system|permission denied|input/output error)$`),
		what: "the go command cannot read or write what it needs",
		next: "Make that place accessible to this user, and check again.",
	},
}

// compilerLine is a line about a place in the code, with what is said of it.
var compilerLine = regexp.MustCompile(`^.*\.go:\d+(?::\d+)?: (.*)$`)

// ofFile is what the system says of a file. The compiler begins no sentence like that.
var ofFile = regexp.MustCompile(`^(open|create|write|read|mkdir|rename|link|stat|fork/exec) /.*: [a-z ]+$`)

// troubleIn tells why a build failed if it was not the code. What the compiler says of the code may quote
// anything, and does not count. Nil is a failure of the code.
func troubleIn(output string) error {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		candidates := troubles
		if place := compilerLine.FindStringSubmatch(line); place != nil {
			// Of an import, which may be a module that has to be fetched, or a file that cannot be kept.
			line, candidates = place[1], troubles[:1]
			if ofFile.MatchString(line) {
				candidates = troubles
			}
		} else if strings.HasPrefix(line, "\t") {
			continue // the compiler explains further
		}
		for _, t := range candidates {
			if t.said.MatchString(line) {
				return t.error(line)
			}
		}
	}
	return nil
}

func (t trouble) error(said string) error {
	return fmt.Errorf("the functions were not built: %s.\n%s\n%s", t.what, said, t.next)
}

// notRun tells why the go command did not run to its end.
func notRun(err error, output string) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the go command is not on the PATH: install Go from https://go.dev/dl: %w", err)
	case errors.As(err, &exit) && signalOf(exit) == syscall.SIGKILL:
		return fmt.Errorf("the go command was killed: most often because this machine had no memory left. "+
			"Close other programs, or give the container or virtual machine more memory, and check again: %w", err)
	}
	if found := troubleIn(err.Error() + "\n" + output); found != nil {
		return found
	}
	return fmt.Errorf("the go command did not run to its end: %w\n%s", err, output)
}

func signalOf(exit *exec.ExitError) syscall.Signal {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return 0
}
