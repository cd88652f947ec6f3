package cli_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seat is a desk with a terminal, at which a learner watches lesson 1.
type seat struct {
	desk
	t       *testing.T
	file    *os.File // the terminal's other end
	screen  *vt.SafeEmulator
	watcher *exec.Cmd
	ended   chan error
}

func newSeat(t *testing.T, environ ...string) *seat {
	t.Helper()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	cmd := exec.CommandContext(t.Context(), program, "watch", "1") // each step has a deadline, not all together
	cmd.Dir = d.course
	cmd.Env = d.command(t, program).Env
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "NO_COLOR="), environ...)
	const columns, rows = 80, 50
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: rows, Cols: columns})
	require.NoError(t, err)
	s := &seat{desk: d, t: t, file: file, screen: vt.NewSafeEmulator(columns, rows), watcher: cmd, ended: make(chan error, 1)}
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(s.screen, file) // an error is the end of the program
	}()
	go func() { _, _ = io.Copy(file, s.screen) }() // what a terminal answers when it is asked
	go func() {
		err := cmd.Wait()
		<-shown
		s.ended <- err
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = s.file.Close()
		_ = s.screen.Close()
	})
	return s
}

// reads waits until the screen says something, wherever its lines are broken.
func (s *seat) reads(text string) {
	s.t.Helper()
	limit := time.Now().Add(patience)
	for !strings.Contains(s.text(), text) {
		if time.Now().After(limit) {
			require.FailNow(s.t, "the screen does not say "+text, s.screen.String())
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (s *seat) text() string { return strings.Join(strings.Fields(s.screen.String()), " ") }

func (s *seat) press(keys string) {
	s.t.Helper()
	_, err := io.WriteString(s.file, keys)
	require.NoError(s.t, err)
}

func (s *seat) lesson() string { return filepath.Join(s.course, "lessons", "01-handler") }

// solve puts the reference in the lesson's place, as an editor does that writes another file and renames it.
func (s *seat) solve() {
	s.t.Helper()
	solution := filepath.Join(s.course, "solutions", "01-handler")
	require.NoError(s.t, filepath.WalkDir(solution, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, relErr := filepath.Rel(solution, path)
		target := filepath.Join(s.lesson(), name)
		return errors.Join(err, relErr, os.WriteFile(target+"~", text, 0o600), os.Rename(target+"~", target))
	}))
}

// end waits for the program, which leaves the terminal as it was.
func (s *seat) end() {
	s.t.Helper()
	select {
	case err := <-s.ended:
		require.NoError(s.t, err)
	case <-time.After(patience):
		require.FailNow(s.t, "the program goes on", s.screen.String())
	}
	assert.False(s.t, s.screen.IsAltScreen())
	s.nothingLeft(s.t, "after watch")
}

// TestWatch is an hour of a learner's, with a real terminal.
func TestWatch(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	s.reads("✗ Not passed yet.")
	s.reads("Want")

	s.press("h")
	s.reads("Hint 1 of")
	s.press("h")
	s.reads("Hint 2 of")
	s.press("a")
	s.reads("esc first finding")
	s.press("d")
	s.reads("d once more shows it")
	s.press("d")
	s.reads("@@")

	// The compiler's words are there at once, and go when the code is whole again.
	main := filepath.Join(s.lesson(), "get-item", "main.go")
	whole, err := os.ReadFile(main)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(main, append(bytes.Clone(whole), "\nfunc half("...), 0o600))
	s.press("a") // there are no findings now
	s.reads("✗ It does not build.")
	s.reads("main.go:")
	s.press("\x1b")
	s.reads("main.go:")
	require.NoError(t, os.Rename(s.lesson(), s.lesson()+".away"))
	s.reads("! The checks could not be run to their end.")
	require.NoError(t, os.Rename(s.lesson()+".away", s.lesson()))
	s.reads("✗ It does not build.")

	require.NoError(t, pty.Setsize(s.file, &pty.Winsize{Rows: 30, Cols: 60}))
	s.screen.Resize(60, 30)
	s.solve()
	s.reads("✓ Passed.")
	s.reads("All of it would work on AWS")
	s.reads("Enter goes on to lesson 2")

	s.press("r")
	s.reads("r once more does that")
	s.press("r")
	s.reads("reset RESTORE=")
	s.reads("✗ Not passed yet.")

	s.press("n")
	s.reads("Lesson 2: ")
	s.press("q")
	s.end()
}

// TestWatchAbandonsARun saves while checks wait for deadlines.
func TestWatchAbandonsARun(t *testing.T) {
	t.Parallel()
	s := newSeat(t)
	s.reads("[table-name]") // the first finding, while others wait for a deadline
	s.solve()
	s.reads("✓ Passed.")
	s.press("\r")
	s.reads("Lesson 2: ")
	s.press("\x03")
	s.end()
}

func TestWatchWithoutColours(t *testing.T) {
	t.Parallel()
	s := newSeat(t, "NO_COLOR=1")
	s.reads("✗ Not passed yet.")
	require.NoError(t, s.watcher.Process.Signal(syscall.SIGTERM))
	require.Error(t, <-s.ended)
	assert.Contains(t, s.text(), "checker: interrupted")
	s.nothingLeft(t, "after SIGTERM")
}

// TestWatchInAPipe writes line by line, and ends when the lesson is passed.
func TestWatchInAPipe(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	s := &seat{desk: newDesk(t), t: t}
	cmd := exec.CommandContext(t.Context(), program, "watch", "1")
	cmd.Dir, cmd.Env = s.course, s.command(t, program).Env
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var read strings.Builder
	read.WriteString(readUntil(t, out, "Ctrl-C ends this."))
	s.solve()
	_, err = io.Copy(&read, out)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
	assert.Contains(t, read.String(), "✗ FAIL")
	assert.Contains(t, read.String(), " was saved.\n")
	assert.Contains(t, read.String(), "17 of 17 requirements met")
	assert.NotContains(t, read.String(), "\x1b")
	s.nothingLeft(t, "after watch in a pipe")
}

// readUntil reads what a program writes until it has written a text.
func readUntil(t *testing.T, out io.Reader, text string) string {
	t.Helper()
	var read strings.Builder
	piece := make([]byte, 4096)
	for !strings.Contains(read.String(), text) {
		n, err := out.Read(piece)
		require.NoError(t, err, read.String())
		read.Write(piece[:n])
	}
	return read.String()
}

// TestWatchElsewhere watches other files than the learner's, of which no progress is kept.
func TestWatchElsewhere(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	out, err := d.command(t, program, "watch", "1", "--backend", "embedded", "--dir", "solutions").Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), "Lesson 1: The Lambda handler pattern  solutions/01-handler")
	assert.Contains(t, string(out), "17 of 17 requirements met")
	assert.NoFileExists(t, filepath.Join(d.course, ".workshop", "progress.json"))
	d.nothingLeft(t, "after watch of the solutions")
}
