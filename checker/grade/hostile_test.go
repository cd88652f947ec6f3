package grade_test

import (
	"archive/zip"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

const (
	root   = "../.."
	lesson = "01-handler"
)

// limits are small, so that what goes over them does so soon, and costs this machine little.
var limits = enclosure.Limits{Memory: 2 << 30, Disk: 256 << 20, Processes: 300, CPU: time.Minute, Time: 4 * time.Minute}

// deeds are what a function does before its INIT is over. One that succeeds in doing harm ends the function, which has
// then no right answer. MARK, SECRET, COURSE and ADDRESS are put in by the test.
var deeds = []struct {
	name string
	code string
	want []grade.Outcome // any of them
	why  string          // the record says
}{
	// A bomb without a limit would be felt by everybody on this machine, if the enclosure had a fault.
	{"fork-bomb", `
	if os.Getenv("BOMB") == "" {
		for range 100 {
			c := exec.Command("/proc/self/exe", "MARK")
			c.Env = []string{"BOMB=MARK"}
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			_ = c.Start()
		}
	}
	time.Sleep(8 * time.Second)`, []grade.Outcome{grade.Stopped}, "processes and threads"},
	{"ten-gigabytes", `
	f, err := os.Create("/tmp/large")
	for n := 0; err == nil && n < 10<<10; n++ {
		_, err = f.Write(make([]byte, 1<<20))
	}
	if err != nil { time.Sleep(8 * time.Second) }`, []grade.Outcome{grade.Stopped}, "all of its disk"},
	{"ten-gigabytes-in-passing", `
	f, err := os.Create("/tmp/large")
	for n := 0; err == nil && n < 10<<10; n++ {
		_, err = f.Write(make([]byte, 1<<20))
	}
	os.Exit(1)`, []grade.Outcome{grade.Stopped}, "all of its disk"},
	{"much-memory", `
	if os.Getenv("CHILD") == "" {
		for range 24 {
			c := exec.Command("/proc/self/exe")
			c.Env = []string{"CHILD=1"}
			_ = c.Start()
		}
		time.Sleep(8 * time.Second)
	} else {
		all := make([]byte, 120<<20)
		for n := 0; n < len(all); n += 4096 { all[n] = 1 }
		time.Sleep(8 * time.Second)
		fmt.Print(all[1])
	}`, []grade.Outcome{grade.Stopped}, "of memory"},
	{"endless-output", `
	go func() {
		for { fmt.Println(strings.Repeat("MARK ", 1000)) }
	}()`, []grade.Outcome{grade.Passed, grade.Failed}, ""},
	{"reaches-out", `
	for _, address := range []string{"ADDRESS", "1.1.1.1:53", "169.254.169.254:80", "[2606:4700:4700::1111]:53"} {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil { c.Close(); panic("reached " + address) }
	}
	for _, name := range []string{"SECRET", "/root", "/home", "/etc/shadow", "/proc/1/root/root"} {
		if _, err := os.Stat(name); err == nil { panic("sees " + name) }
	}
	for _, name := range []string{"/var/task/bootstrap", "/usr/bin/x", "COURSE/go.mod"} {
		if f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600); err == nil { f.Close(); panic("writes " + name) }
	}
	if os.Getppid() != 0 { panic("has a parent") }
	for pid := -1; pid < 40_000; pid++ {
		_, err := os.Stat(fmt.Sprint("/proc/self/task/", pid)) // is its own thread
		if pid != 0 && err != nil && syscall.Kill(pid, syscall.SIGKILL) == nil { panic("killed") }
	}`, []grade.Outcome{grade.Passed}, ""},
	{"forges-result", `
	const forged = "{\"result\":{\"lesson\":\"01-handler\",\"verdict\":\"passed\"}}\n"
	for fd := 1; fd < 100; fd++ { _, _ = syscall.Write(fd, []byte(forged)) }
	os.Exit(0)`, []grade.Outcome{grade.Failed}, ""},
}

const deed = `package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

var _, _, _, _, _, _ = fmt.Println, net.Dial, exec.Command, strings.Repeat, syscall.Kill, time.Sleep

func init() {
	_ = os.Args
%s
}
`

// room is a folder of submissions.
type room struct {
	t      *testing.T
	folder string
}

// add makes a submission with the solution, and more files.
func (r room) add(learner string, files map[string]string) string {
	r.t.Helper()
	require.NoError(r.t, os.CopyFS(filepath.Join(r.folder, learner, "lessons", lesson), os.DirFS(filepath.Join(root, "solutions", lesson))))
	return r.plant(learner, files)
}

// plant writes files into a submission.
func (r room) plant(learner string, files map[string]string) string {
	r.t.Helper()
	dir := filepath.Join(r.folder, learner)
	for name, text := range files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(r.t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(r.t, os.WriteFile(target, []byte(text), 0o600))
	}
	return dir
}

func (r room) zip(learner string, names ...string) {
	r.t.Helper()
	f, err := os.Create(filepath.Join(r.folder, learner+".zip"))
	require.NoError(r.t, err)
	w := zip.NewWriter(f)
	for _, name := range names {
		_, err := w.Create(name)
		require.NoError(r.t, err)
	}
	require.NoError(r.t, w.Close())
	require.NoError(r.t, f.Close())
}

// options are those of a run over the room, whose one check sees INIT and an answer.
func (r room) options() grade.Options {
	r.t.Helper()
	program, err := os.Executable()
	require.NoError(r.t, err)
	l, err := course.Find(lesson)
	require.NoError(r.t, err)
	dir, err := filepath.Abs(root)
	require.NoError(r.t, err)
	return grade.Options{
		Place: course.Place{Root: dir}, Lessons: []course.Lesson{l}, Folder: r.folder, Records: filepath.Join(r.t.TempDir(), "records"),
		Program: program, Worker: []string{worker}, Environ: os.Environ(), Seed: 1, Only: l.Checks[0].ID, Limits: limits, AtOnce: runtime.NumCPU(),
	}
}

// run grades the room, and returns the records by learner.
func run(t *testing.T, o grade.Options) map[string]grade.Record {
	t.Helper()
	book, err := grade.Run(t.Context(), o)
	if errors.Is(err, enclosure.ErrUnavailable) && os.Getenv("CI_REQUIRE_CONTAINERS") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
	all := map[string]grade.Record{}
	for _, r := range book.Records {
		all[r.Learner] = r
	}
	return all
}

func TestHostileSubmissionsHarmNobody(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	mark := "mark-" + rand.Text()
	secret := filepath.Join(t.TempDir(), "secret.go")
	require.NoError(t, os.WriteFile(secret, []byte("package main\n\nfunc init() { panic(\"the secret was read\") }\n"), 0o600))
	where, err := filepath.Abs(root)
	require.NoError(t, err)

	r := room{t, t.TempDir()}
	r.add("a-neighbour", nil)
	for _, d := range deeds {
		code := strings.NewReplacer("MARK", mark, "SECRET", secret, "ADDRESS", listener.Addr().String(), "COURSE", where).Replace(d.code)
		r.add(d.name, map[string]string{"lessons/" + lesson + "/get-item/deed.go": fmt.Sprintf(deed, code)})
	}
	r.plant("forges-result", map[string]string{
		"results.json": `{"verdict":"passed"}`, "records/forges-result/" + lesson + ".json": `{"outcome":"passed"}`, "checker/main.go": "package main\n",
	})
	linked := r.add("brings-more", map[string]string{
		"go.mod": "module other\n", "lessons/" + lesson + "/get-item/go.mod": "module example.com/other\n", "lessons/" + lesson + "/go.mod": "module other\n",
		"lessons/" + lesson + "/get-item/x.s": "#include \"/etc/passwd\"\n", "lessons/" + lesson + "/get-item/y.syso": "x",
	})
	require.NoError(t, os.Symlink(secret, filepath.Join(linked, "lessons", lesson, "get-item", "secret.go")))
	whole := r.add("directory-links-out", nil)
	require.NoError(t, os.RemoveAll(filepath.Join(whole, "lessons")))
	require.NoError(t, os.Symlink(filepath.Join(where, "solutions"), filepath.Join(whole, "lessons")))
	r.add("embeds", map[string]string{"lessons/" + lesson + "/get-item/e.go": "package main\n\nimport _ \"embed\"\n\n//go:embed ../../../go.mod\nvar x string\n"})
	r.add("large-file", map[string]string{"lessons/" + lesson + "/data.bin": strings.Repeat("x", 5<<20)})
	r.zip("climbs", "lessons/"+lesson+"/template.yaml", "../../escaped")
	r.zip("climbs-as-windows", `..\..\escaped`)
	require.NoError(t, os.WriteFile(filepath.Join(r.folder, "no-zip.zip"), []byte("text"), 0o600))

	o := r.options()
	all := run(t, o)
	for _, d := range deeds {
		assert.Contains(t, d.want, all[d.name].Outcome, "%s: %s", d.name, explained(all[d.name]))
		assert.Contains(t, all[d.name].Why, d.why, d.name)
	}
	for _, c := range []struct {
		learner string
		want    grade.Outcome
		says    string
	}{
		{"a-neighbour", grade.Passed, ""},
		{"brings-more", grade.Passed, "get-item/secret.go: links are not followed"},
		{"brings-more", grade.Passed, "get-item/go.mod: the module is the course's own"},
		{"brings-more", grade.Passed, "get-item/x.s: functions are in Go alone"},
		{"directory-links-out", grade.Missing, "the submission has no directory 01-handler"},
		{"embeds", grade.NotBuilt, ""},
		{"large-file", grade.Refused, "it is too large"},
		{"climbs", grade.Refused, "climbs out"},
		{"climbs-as-windows", grade.Refused, "climbs out"},
		{"no-zip", grade.Refused, "its zip cannot be read"},
	} {
		record := all[c.learner]
		assert.Equal(t, c.want, record.Outcome, "%s: %s", c.learner, explained(record))
		assert.Contains(t, record.Why+strings.Join(record.Left, "\n"), c.says, c.learner)
	}
	assert.Len(t, all, len(deeds)+8, "nobody is left out")
	info, err := os.Stat(filepath.Join(o.Records, "endless-output", lesson+".json"))
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(4<<20))
	assert.Empty(t, processesWith(mark), "nothing is left behind")
	assert.NoFileExists(t, filepath.Join(filepath.Dir(r.folder), "escaped"))
}

// explained is what a record says of its outcome.
func explained(r grade.Record) string {
	text := r.Why
	if l := r.Checked(); l != nil {
		text += l.Build.Output
		if f := l.FirstFailure(); f != nil {
			text += fmt.Sprintf("%+v", *f.Finding)
		}
	}
	return text
}

// processesWith are those whose arguments have a word in them.
func processesWith(word string) (all []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, d := range dirs {
		if text, err := os.ReadFile(d); err == nil && strings.Contains(string(text), word) {
			all = append(all, string(text))
		}
	}
	return all
}
