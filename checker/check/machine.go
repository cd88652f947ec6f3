package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.com/serverless-patterns/checker/sandbox"
)

// Files that are open at once.
const (
	filesOfChecker = 20 // besides checks
	filesOfCheck   = 28 // by a check with three execution environments
)

// affordable is how many checks may run side by side, up to most, with the files that this process may
// open. A very low limit makes checks slow, not wrong.
func affordable(most int) int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return most
	}
	files := int64(min(limit.Cur, 1<<20)) //nolint:gosec // it has just been made to fit
	return int(max(1, min(int64(most), (files-filesOfChecker)/filesOfCheck)))
}

// threadsOfLambda is how many processes and threads a function may have on Lambda ("Lambda quotas").
const threadsOfLambda = 1024

// noThread is what the Go runtime says last when the system gives it no thread.
var noThread = regexp.MustCompile(`^runtime: failed to create new OS thread \(have (\d+) already; errno=\d+\)$`)

// starved tells a process that died because this machine gave it no more threads, long before Lambda would
// have refused any.
func starved(i *sandbox.Invocation) error {
	if i.Outcome != sandbox.Exited {
		return nil
	}
	for _, line := range i.Log {
		if found := noThread.FindStringSubmatch(line); found != nil {
			if n, err := strconv.Atoi(found[1]); err == nil && n < threadsOfLambda/2 {
				return fmt.Errorf("the function's process got no thread: %w", syscall.EAGAIN)
			}
		}
	}
	return nil
}

// noSeek is what the SDK says of a body that it would take over HTTPS.
const noSeek = "unseekable stream is not supported without TLS"

// unseekable tells a function that sends S3 a body that cannot be read twice. That works on AWS, and not over the plain HTTP by
// which functions reach the checker: there the SDK reads a body once for its hash, and once more to send it.
func unseekable(i *sandbox.Invocation) error {
	if !strings.Contains(string(i.Payload)+strings.Join(i.Log, "\n"), noSeek) {
		return nil
	}
	return errors.New("the function gives S3 a Body that cannot be read twice, such as a *bytes.Buffer. On AWS, over HTTPS, the SDK sends it if it can tell how long it is; the checker " +
		"is reached over plain HTTP, and there the SDK refuses it.\n" +
		"Give it one that can be read again: Body: bytes.NewReader(out.Bytes()). On AWS that is of use, too: the SDK tries again only what it can read again")
}

// unsupported is an error for a call of a function that AWS takes, and the backend here does not: what comes of it says
// nothing about the code.
func (t *T) unsupported() error {
	if t.stack == nil {
		return nil
	}
	for _, declared := range t.stack.Template().Functions {
		f, err := t.stack.Function(declared.LogicalID)
		if err != nil {
			continue // it is not deployed
		}
		for _, c := range f.AllCalls() {
			if c.Unsupported() {
				return fmt.Errorf("%s called %s: %s", declared.LogicalID, c.Operation, c.ErrorText)
			}
		}
	}
	return nil
}

// nameable requires a path that the go command can build in.
func nameable(path string) error {
	if strings.ContainsAny(path, "\r\n") {
		return fmt.Errorf("%q: the go command cannot build in a directory with a line break in its name. Move or rename it", path)
	}
	return nil
}

// loopback requires that this machine can talk to itself, as the checker and the functions do.
func loopback(ctx context.Context) error {
	const limit = 5 * time.Second
	err := func() error {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer listener.Close()
		connection, err := (&net.Dialer{Timeout: limit}).DialContext(ctx, "tcp", listener.Addr().String())
		if err != nil {
			return err
		}
		return connection.Close()
	}()
	switch {
	case err == nil || ctx.Err() != nil:
		return nil // whoever was interrupted notices next
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("the checker and the functions talk over 127.0.0.1, and no port is free there: %w\n"+
			"See what holds them (ss -ltnp, or lsof -iTCP -sTCP:LISTEN), end that, and check again", err)
	default:
		return fmt.Errorf("the checker and the functions talk over 127.0.0.1, and this machine does not let them: %w\n"+
			"Bring the loopback interface up (ip link set lo up), or allow it in the container or sandbox that the checker runs in", err)
	}
}

// writable requires that files can be written in a directory, and removes what it has written.
func writable(dir string) error {
	path := filepath.Join(dir, "probe.tmp") // no logical id has a dot
	err := os.WriteFile(path, make([]byte, 64<<10), 0o600)
	return errors.Join(err, ignoreMissing(os.Remove(path)))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// ofPath tells whether an error is about a file.
func ofPath(err error) bool {
	var path *fs.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link)
}

// withNext is what an error says, with what to do next if it is one that any program may meet.
func withNext(err error) string {
	for _, each := range []struct {
		any  []error
		next string
	}{
		{[]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}, "There is no space left there. Make room: `go clean -cache` and `docker system prune` give back much."},
		{[]error{syscall.EMFILE, syscall.ENFILE}, "This process may not open more files. Raise the limit, for example with ulimit -n 1024."},
		{[]error{syscall.EAGAIN}, "This user may have no more processes. End some, or raise the limit: ulimit -u says what it is."},
		{[]error{syscall.ENOMEM}, "This machine has no memory left. Close other programs, or give the container or virtual machine more."},
		{[]error{syscall.EROFS, syscall.EACCES, syscall.EPERM}, "Make that place one that this user can write to."},
	} {
		for _, e := range each.any {
			if errors.Is(err, e) && (!errors.Is(err, fs.ErrPermission) || ofPath(err)) {
				return err.Error() + "\n" + each.next
			}
		}
	}
	return err.Error()
}
