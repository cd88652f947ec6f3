package grade_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// The lessons of half a day, and what people of a room hand in: the reference, the starter, a mistake of the bank by its
// name, or one of these.
const (
	solution = "solution"
	starter  = "starter"
	nothing  = "nothing"
	broken   = "broken" // does not compile
	fills    = "fills"  // fills its disk
	climbs   = "climbs" // a zip that climbs out
)

var (
	roomLessons = []string{"01-handler", "03-sqs-partial-failures", "09-background-work"}
	roomPeople  = []struct {
		name  string
		hands [3]string
		come  [3]grade.Outcome
	}{
		{"Amina", [3]string{solution, solution, solution}, [3]grade.Outcome{grade.Passed, grade.Passed, grade.Passed}},
		{"Bao", [3]string{solution, "no-report-flag", solution}, [3]grade.Outcome{grade.Passed, grade.Failed, grade.Passed}},
		{"Chidi", [3]string{solution, "overwrites", "told-to-wait"}, [3]grade.Outcome{grade.Passed, grade.Failed, grade.Failed}},
		{"Dana", [3]string{"whole-deadline", "reports-receipt-handles", solution}, [3]grade.Outcome{grade.Failed, grade.Failed, grade.Passed}},
		{"Elif", [3]string{solution, "one-failure-fails-the-batch", "wait-group-without-wait"}, [3]grade.Outcome{grade.Passed, grade.Failed, grade.Failed}},
		{"Femi", [3]string{"whole-deadline", starter, nothing}, [3]grade.Outcome{grade.Failed, grade.Failed, grade.Missing}},
		{"Goran", [3]string{solution, broken, solution}, [3]grade.Outcome{grade.Passed, grade.NotBuilt, grade.Passed}},
		{"Hana", [3]string{"client-per-invocation", "no-report-flag", "confirmation-in-background"}, [3]grade.Outcome{grade.Failed, grade.Failed, grade.Failed}},
		{"Ines", [3]string{climbs}, [3]grade.Outcome{grade.Refused, grade.Refused, grade.Refused}},
		{"Jonas", [3]string{solution, fills, solution}, [3]grade.Outcome{grade.Passed, grade.Stopped, grade.Passed}},
		{"Kofi", [3]string{solution, "overwrites", solution}, [3]grade.Outcome{grade.Passed, grade.Failed, grade.Passed}},
		{"Lena", [3]string{"no-base64", solution, "told-to-wait"}, [3]grade.Outcome{grade.Failed, grade.Passed, grade.Failed}},
	}
)

const (
	keptRoom = "testdata/room.json"
	keptPage = "testdata/page.html"
)

// The page of a room that was really graded. It is what the pictures in the docs show, and what tools/page opens in a
// browser. KEEP_ROOM=1 grades the room again, which takes some minutes; UPDATE_GOLDEN=1 writes the page anew.
func TestThePageOfARoomIsAsItIsKept(t *testing.T) {
	if os.Getenv("KEEP_ROOM") == "1" {
		keepRoom(t)
	}
	text, err := os.ReadFile(keptRoom)
	require.NoError(t, err)
	var b grade.Book
	require.NoError(t, json.Unmarshal(text, &b))
	assert.Equal(t, grade.Schema, b.Schema)

	got := map[string]grade.Outcome{}
	for _, r := range b.Records {
		got[r.Learner+" "+r.Lesson] = r.Outcome
	}
	want := map[string]grade.Outcome{}
	for _, p := range roomPeople {
		for n, l := range roomLessons {
			want[p.name+" "+l] = p.come[n]
		}
	}
	assert.Equal(t, want, got)

	var out bytes.Buffer
	require.NoError(t, grade.Page(&out, b))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(keptPage, out.Bytes(), 0o644))
	}
	kept, err := os.ReadFile(keptPage)
	require.NoError(t, err)
	assert.Equal(t, string(kept), out.String())
}

// keepRoom grades the room and keeps what came of it.
func keepRoom(t *testing.T) {
	t.Helper()
	r := room{t, t.TempDir()}
	o := r.options()
	o.Lessons, o.Only, o.Records, o.AtOnce = nil, "", filepath.Join(t.TempDir(), "records"), runtime.NumCPU()
	// As the command has them.
	o.Limits = enclosure.Limits{Memory: 3072 << 20, Disk: 1536 << 20, Processes: 500, CPU: 2 * time.Minute, Time: 10 * time.Minute}
	for _, id := range roomLessons {
		l, err := course.Find(id)
		require.NoError(t, err)
		o.Lessons = append(o.Lessons, l)
	}
	for _, p := range roomPeople {
		if p.hands[0] == climbs {
			r.zip(p.name, "lessons/01-handler/template.yaml", "../../escaped")
			continue
		}
		for n, l := range o.Lessons {
			r.hand(p.name, l, p.hands[n])
		}
	}
	book, err := grade.Run(t.Context(), o)
	require.NoError(t, err)
	for n := range book.Records {
		book.Records[n].Digest = "" // there is nothing to go on with
		if l := book.Records[n].Checked(); l != nil {
			for n, c := range l.Checks {
				l.Checks[n].Measures = nil
				if c.Finding != nil {
					c.Finding.Timelines, c.Finding.Evidence = nil, nil // which the page does not show
				}
			}
		}
	}
	text, err := json.MarshalIndent(book, "", " ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(keptRoom), 0o755))
	require.NoError(t, os.WriteFile(keptRoom, append(text, '\n'), 0o644))
}

// hand puts a lesson into a submission.
func (r room) hand(learner string, l course.Lesson, what string) {
	r.t.Helper()
	if what == nothing {
		return
	}
	from := "solutions"
	if what == starter {
		from = "lessons"
	}
	dir := filepath.Join(r.folder, learner, "lessons", l.ID)
	require.NoError(r.t, os.CopyFS(dir, os.DirFS(filepath.Join(root, from, l.ID))))
	mains, err := filepath.Glob(filepath.Join(dir, "*", "main.go"))
	require.NoError(r.t, err)
	require.NotEmpty(r.t, mains)
	switch what {
	case solution, starter:
	case broken:
		text, err := os.ReadFile(mains[0])
		require.NoError(r.t, err)
		require.NoError(r.t, os.WriteFile(mains[0], append(text, "\nfunc retry(record events.SQSMessage) {\n"...), 0o600))
	case fills:
		for _, d := range deeds {
			if d.name == "ten-gigabytes" {
				require.NoError(r.t, os.WriteFile(filepath.Join(filepath.Dir(mains[0]), "deed.go"), fmt.Appendf(nil, deed, d.code), 0o600))
			}
		}
	default:
		b, err := bank.Load(l.Files)
		require.NoError(r.t, err)
		for _, m := range b.Mistakes {
			if m.Name == what {
				require.NoError(r.t, m.Write(dir))
				return
			}
		}
		require.Fail(r.t, "no such mistake", "%s of %s", what, l.ID)
	}
}
