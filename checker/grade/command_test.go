package grade_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/grade"
)

// patience is the deadline of what a test waits for, on a busy machine.
const patience = 15 * time.Minute

// realChecker is the program as make builds it, which anybody on this machine may run.
var realChecker = sync.OnceValues(func() (string, error) {
	path := filepath.Join(programDir, "checker")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./checker")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, os.Chmod(programDir, 0o755)
})

// command is checker grade over a room.
type command struct {
	room
	out  string
	args []string
	// as changes how it is run. By default, it is in the course, and this user's.
	as func(*exec.Cmd)
}

func newCommand(r room, args ...string) *command {
	r.t.Helper()
	return &command{room: r, out: filepath.Join(r.t.TempDir(), "grades"), args: args, as: func(*exec.Cmd) {}}
}

// start starts it. What it says comes in said, line by line, until it ends.
func (c *command) start() (cmd *exec.Cmd, said *lines) {
	c.t.Helper()
	program, err := realChecker()
	require.NoError(c.t, err)
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	c.t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, program, append([]string{"grade", c.folder, "--out", c.out, "--lesson", "1"}, c.args...)...)
	cmd.Dir = root
	said = &lines{}
	cmd.Stdout, cmd.Stderr = said, said
	c.as(cmd)
	require.NoError(c.t, cmd.Start())
	return cmd, said
}

// run runs it to its end, which must be that all submissions have their verdict, and returns the records by learner.
func (c *command) run() (map[string]grade.Record, *lines) {
	c.t.Helper()
	cmd, said := c.start()
	err := cmd.Wait()
	skipWithoutEnclosures(c.t, said)
	if err != nil {
		results, _ := os.ReadFile(filepath.Join(c.out, "results.json")) // it says why
		require.NoError(c.t, err, "%s\n%s", said.text(), results)
	}
	data, err := os.ReadFile(filepath.Join(c.out, "results.json"))
	require.NoError(c.t, err)
	var book grade.Book
	require.NoError(c.t, json.Unmarshal(data, &book))
	all := map[string]grade.Record{}
	for _, r := range book.Records {
		all[r.Learner] = r
	}
	assert.Len(c.t, all, len(book.Records))
	return all, said
}

// skipWithoutEnclosures skips a test of a command that has found no enclosures on this machine.
func skipWithoutEnclosures(t *testing.T, said *lines) {
	t.Helper()
	if strings.Contains(said.text(), "this machine cannot enclose it") && os.Getenv("CI_REQUIRE_CONTAINERS") == "" {
		t.Skip(said.text())
	}
}

// records is where the command keeps them.
func (c *command) records() string { return filepath.Join(c.out, "records") }

// lines is what a program says, which may be looked at meanwhile.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// verdicts are the lines about submissions, by learner, and whether each was kept.
func (l *lines) verdicts() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(l.text()) {
		if _, learner, ok := strings.Cut(strings.TrimSpace(line), "  "+lesson+" "); ok {
			learner, kept := strings.CutSuffix(strings.TrimSpace(learner), "  (kept)")
			all[strings.TrimSpace(learner)] = kept
		}
	}
	return all
}
