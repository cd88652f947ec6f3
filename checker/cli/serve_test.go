package cli_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// served is the server that a script has started.
type served struct {
	cmd   *exec.Cmd
	out   string // the file that it writes to
	ended chan struct{}
}

type servedKey struct{}

// serveCommand is `serve FILE args…`: it starts checker serve in the background, with its output in a file.
func serveCommand(ts *testscript.TestScript, _ bool, args []string) {
	program, err := exec.LookPath("checker")
	ts.Check(err)
	s := &served{out: ts.MkAbs(args[0]), ended: make(chan struct{})}
	file, err := os.Create(s.out)
	ts.Check(err)
	s.cmd = exec.Command(program, append([]string{"serve"}, args[1:]...)...)
	s.cmd.Dir = ts.Getenv("COURSE")
	s.cmd.Env = append(os.Environ(), "COURSE="+ts.Getenv("COURSE"), "TMPDIR="+ts.Getenv("TMPDIR"), "WORK="+ts.Getenv("WORK"))
	s.cmd.Stdout, s.cmd.Stderr = file, file
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	ts.Check(s.cmd.Start())
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait() // its state says how it ended
		_ = file.Close()
	}()
	ts.Defer(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
	servers(ts)[args[0]] = s
}

func servers(ts *testscript.TestScript) map[string]*served {
	return ts.Value(servedKey{}).(map[string]*served)
}

// awaitCommand is `await FILE REGEXP…`: it waits until a server has written something. If the expression has a group,
// that becomes the variable MATCH.
func awaitCommand(ts *testscript.TestScript, _ bool, args []string) {
	s := servers(ts)[args[0]]
	pattern := regexp.MustCompile("(?m)" + strings.Join(args[1:], " "))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		data, err := os.ReadFile(s.out)
		ts.Check(err)
		if found := pattern.FindSubmatch(data); found != nil {
			if len(found) > 1 {
				ts.Setenv("MATCH", string(found[1]))
			}
			return
		}
		select {
		case <-s.ended:
			ts.Fatalf("it ended (%v), and did not say %q:\n%s", s.cmd.ProcessState, pattern, data)
		default:
		}
		if time.Now().After(deadline) {
			ts.Fatalf("it did not say %q:\n%s", pattern, data)
		}
	}
}

// requestCommand is `request FILE METHOD URL [BODY]`: it writes the status and the body of an answer to a file.
func requestCommand(ts *testscript.TestScript, _ bool, args []string) {
	body := strings.Join(args[3:], " ")
	r, err := http.NewRequest(args[1], args[2], strings.NewReader(body))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	ts.Check(err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(response.Status+"\n"+string(data)+"\n"), 0o600))
}

// interruptCommand is `interrupt FILE SIGNAL STATUS`: it ends a server, which has to have this exit status.
func interruptCommand(ts *testscript.TestScript, _ bool, args []string) {
	s := servers(ts)[args[0]]
	signals := map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM, "SIGHUP": syscall.SIGHUP}
	ts.Check(s.cmd.Process.Signal(signals[args[1]]))
	select {
	case <-s.ended:
	case <-time.After(patience):
		ts.Fatalf("it goes on")
	}
	if s.cmd.ProcessState.String() != "exit status "+args[2] {
		ts.Fatalf("it ended with %v", s.cmd.ProcessState)
	}
}

// replaceCommand is `replace FILE OLD NEW`: it saves a file with a text replaced.
func replaceCommand(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}
