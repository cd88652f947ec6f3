package grade_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// limits are small, so that what goes over them does so soon, and costs this machine little.
var limits = enclosure.Limits{Memory: 2 << 30, Disk: 256 << 20, Processes: 300, CPU: time.Minute, Time: 4 * time.Minute}

// deeds are what a function does before its INIT is over. One that succeeds in doing harm ends the function, which has
// then no right answer. MARK, SECRET, HOME, COURSE and ADDRESS are put in by the test.
var deeds = []struct {
	name string
	code string
	want []grade.Outcome // any of them
	why  string          // the record says
}{
	// A bomb without a limit would be felt by everybody on this machine, if the enclosure had a fault.
	{"fork-bomb", `
	if os.Getenv("BOMB") == "" {
		for range 1000 {
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
		for range 3 {
			c := exec.Command("/proc/self/exe")
			c.Env = []string{"CHILD=1"}
			_ = c.Start()
		}
		time.Sleep(8 * time.Second)
	} else {
		all := make([]byte, 800<<20)
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
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			c.Close()
			// One of the enclosure's own may listen there, too. The test sees who comes to its own.
			if address != "ADDRESS" { panic("reached " + address) }
		}
	}
	for _, name := range []string{"SECRET", "HOME", "/root", "/home", "/etc/shadow", "/proc/1/root/root"} {
		if _, err := os.Stat(name); err == nil { panic("sees " + name) }
	}
	for _, name := range []string{"/var/task/bootstrap", "/usr/bin/x", "COURSE/go.mod"} {
		if f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600); err == nil { f.Close(); panic("writes " + name) }
	}
	if os.Getppid() != 0 { panic("has a parent") }
	for pid := -1; pid < 40_000; pid++ {
		if pid == 0 || syscall.Kill(pid, 0) != nil { continue }
		_, err := os.Stat(fmt.Sprint("/proc/self/task/", pid)) // is its own thread
		if err != nil && syscall.Kill(pid, syscall.SIGKILL) == nil { panic("killed") }
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

// hostile are submissions that would do harm, and what of this machine they would do it to.
type hostile struct {
	room
	mark    string        // in the arguments of what they leave behind
	reached *atomic.Int32 // connections to this machine
}

// plantHostile hands in what would do harm, to a user with this home among others. Secrets is a directory of the user's.
func plantHostile(r room, home, secrets string) *hostile {
	t := r.t
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	h := &hostile{room: r, mark: "mark-" + rand.Text(), reached: new(atomic.Int32)}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return // it is closed
			}
			h.reached.Add(1)
			_ = c.Close()
		}
	}()
	secret := filepath.Join(secrets, "secret.go")
	require.NoError(t, os.WriteFile(secret, []byte("package main\n\nfunc init() { panic(\"the secret was read\") }\n"), 0o644))
	where, err := filepath.Abs(root)
	require.NoError(t, err)

	for _, d := range deeds {
		code := strings.NewReplacer("MARK", h.mark, "SECRET", secret, "HOME", home, "ADDRESS", listener.Addr().String(), "COURSE", where).Replace(d.code)
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
	require.NoError(t, os.Symlink(filepath.Join(where, "solutions"), filepath.Join(r.folder, "is-a-link")))
	r.add("embeds", map[string]string{"lessons/" + lesson + "/get-item/e.go": "package main\n\nimport _ \"embed\"\n\n//go:embed ../../../go.mod\nvar x string\n"})
	r.add("large-file", map[string]string{"lessons/" + lesson + "/data.bin": strings.Repeat("x", 5<<20)})
	r.zip("climbs", "lessons/"+lesson+"/template.yaml", "../../escaped")
	r.zip("climbs-as-windows", `..\..\escaped`)
	require.NoError(t, os.WriteFile(filepath.Join(r.folder, "no-zip.zip"), []byte("text"), 0o600))
	return h
}

// hostileVerdicts are those of what is not a deed.
var hostileVerdicts = []struct {
	learner string
	want    grade.Outcome
	says    []string
}{
	{"brings-more", grade.Passed, []string{
		"get-item/secret.go: links are not followed", "get-item/go.mod: the module is the course's own", "get-item/x.s: functions are in Go alone",
	}},
	{"directory-links-out", grade.Missing, []string{"the submission has no directory 01-handler"}},
	{"is-a-link", grade.Refused, []string{"it is a link, which is not followed"}},
	{"embeds", grade.NotBuilt, nil},
	{"large-file", grade.Refused, []string{"it is too large"}},
	{"climbs", grade.Refused, []string{"climbs out"}},
	{"climbs-as-windows", grade.Refused, []string{"climbs out"}},
	{"no-zip", grade.Refused, []string{"its zip cannot be read"}},
}

// count is how many there are.
func (h *hostile) count() int { return len(deeds) + len(hostileVerdicts) }

// judge compares what came of them with what was to come, and looks whether they have done harm. Records are where the
// run has kept them.
func (h *hostile) judge(all map[string]grade.Record, records string) {
	t := h.t
	t.Helper()
	for _, d := range deeds {
		assert.Contains(t, d.want, all[d.name].Outcome, "%s: %s", d.name, explained(all[d.name]))
		assert.Contains(t, all[d.name].Why, d.why, d.name)
	}
	for _, c := range hostileVerdicts {
		record := all[c.learner]
		assert.Equal(t, c.want, record.Outcome, "%s: %s", c.learner, explained(record))
		for _, says := range c.says {
			assert.Contains(t, record.Why+strings.Join(record.Left, "\n"), says, c.learner)
		}
	}
	info, err := os.Stat(filepath.Join(records, "endless-output", lesson+".json"))
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(4<<20))
	assert.Empty(t, processesWith(h.mark), "nothing is left behind")
	assert.Zero(t, h.reached.Load(), "nobody has come out")
	assert.NoFileExists(t, filepath.Join(filepath.Dir(h.folder), "escaped"))
}

// processesWith are those that have to do with a word: their arguments, environment or mounts have it.
func processesWith(word string) (all []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		for _, file := range []string{"cmdline", "environ", "mountinfo"} {
			text, err := os.ReadFile(filepath.Join(dir, file)) // it may be gone
			if err == nil && strings.Contains(string(text), word) {
				all = append(all, fmt.Sprintf("%s: %q", filepath.Base(dir), text))
				break
			}
		}
	}
	return all
}
