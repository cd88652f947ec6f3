package grade_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/grade"
)

// somebody is a user that no machine has, with nothing but what the test gives them.
const somebody = 54_321

// TestHostileSubmissionsHarmNoOrdinaryUser has an ordinary user of this machine grade. [TestSixtySubmissions] has the same
// submissions graded by whoever runs the tests, which is root here.
func TestHostileSubmissionsHarmNoOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("whoever runs the tests is an ordinary user already")
	}
	place := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(place), 0o755)) // it is root's alone
	at := func(name string) string { return filepath.Join(place, name) }
	for _, dir := range []string{"home", "tmp", "room", "course"} {
		require.NoError(t, os.Mkdir(at(dir), 0o755))
	}
	environ := userEnviron(t, place)
	r := room{t, at("room")}
	h := plantHostile(r, at("home"), at("home"))
	r.add("a-neighbour", nil)
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(at("course"), name), data, 0o600))
	}
	for _, name := range []string{"lessons", "solutions"} {
		require.NoError(t, os.CopyFS(filepath.Join(at("course"), name), os.DirFS(filepath.Join(root, name))))
	}
	require.NoError(t, filepath.WalkDir(place, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || strings.HasPrefix(name, at("cache")) || strings.HasPrefix(name, at("modules")) {
			return err // where files are those of root, too
		}
		return os.Lchown(name, somebody, somebody)
	}))

	c := newCommand(r, "--skip-waits", "--memory", "2048", "--disk", "256", "--threads", "300", "--cpu", "1m", "--time", "4m")
	c.out = at("grades")
	c.as = func(cmd *exec.Cmd) {
		cmd.Dir, cmd.Env = at("course"), environ
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	}
	all, _ := c.run()
	assert.Len(t, all, h.count()+1, "nobody is left out")
	assert.Equal(t, grade.Passed, all["a-neighbour"].Outcome, explained(all["a-neighbour"]))
	h.judge(all, c.records())
	info, err := os.Stat(filepath.Join(c.out, "results.json"))
	require.NoError(t, err)
	assert.EqualValues(t, somebody, info.Sys().(*syscall.Stat_t).Uid, "it was somebody else who graded")
}

// userEnviron is what an ordinary user needs to build: the go command, and copies of root's caches in a place.
func userEnviron(t *testing.T, place string) []string {
	t.Helper()
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(place, "home"), "TMPDIR=" + filepath.Join(place, "tmp")}
	for name, to := range map[string]string{"GOCACHE": "cache", "GOMODCACHE": "modules"} {
		from, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		require.NoError(t, err)
		linkAll(t, strings.TrimSpace(string(from)), filepath.Join(place, to))
		environ = append(environ, name+"="+filepath.Join(place, to))
	}
	return environ
}

// linkAll makes a copy of a directory in which an ordinary user can write, and that has root's files, which they can read.
func linkAll(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of a build that goes on meanwhile
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case e.IsDir():
			return errors.Join(os.MkdirAll(target, 0o755), os.Lchown(target, somebody, somebody))
		case !e.Type().IsRegular():
			return nil
		case os.Link(name, target) == nil && e.Name() != "trim.txt":
			return nil
		}
		data, err := os.ReadFile(name) // of another file system, or written by each build
		if err != nil {
			return err
		}
		_ = os.Remove(target)
		return errors.Join(os.WriteFile(target, data, 0o600), os.Lchown(target, somebody, somebody))
	}))
}
