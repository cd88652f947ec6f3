package grade_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/grade"
)

// sixty is how many submissions there are.
const sixty = 60

// answer is what somebody hands in, and what is to come of it.
type answer struct {
	name  string
	files func(dir string) error // changes the solution, which is in dir
	want  grade.Outcome
	fails []string // ids of checks: these and no others
	reads string   // the first finding, what the compiler says, or why it was not checked
}

// rightAnswers are those that pass.
func rightAnswers(known bank.Bank) []answer {
	all := []answer{{name: "the-solution", want: grade.Passed}, {name: "=SUM(A1) <i> Ünal & O'Neil", want: grade.Passed}}
	for _, a := range known.Right {
		all = append(all, answer{name: "right-" + a.Name, files: a.Write, want: grade.Passed})
	}
	return all
}

// wrongAnswers are the first answer, and mistakes of the bank, drawn by lot.
func wrongAnswers(known bank.Bank, count int) []answer {
	all := []answer{{
		name: "starter", want: grade.Failed, fails: known.Starter.Fails, reads: known.Starter.Reads,
		files: func(dir string) error {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			return known.Starter.Write(dir)
		},
	}}
	lot := rand.New(rand.NewPCG(1, 1))
	for _, n := range lot.Perm(len(known.Mistakes)) {
		m := known.Mistakes[n]
		if len(all) == count || !slices.ContainsFunc(m.Fails, must) {
			continue
		}
		all = append(all, answer{name: "wrong-" + m.Name, files: m.Write, want: grade.Failed, fails: m.Fails, reads: m.Reads})
	}
	return all
}

// must tells whether who fails a check fails the lesson.
func must(id string) bool {
	l, err := course.Find(lesson)
	return err == nil && slices.ContainsFunc(l.Checks, func(c check.Check) bool { return c.ID == id && c.Severity != check.Should })
}

// brokenAnswers are those of which nothing can be run.
func brokenAnswers() []answer {
	text := func(name, text string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
	}
	return []answer{
		{"broken-syntax", text("get-item/x.go", "package main\n\nfunc {\n"), grade.NotBuilt, nil, lesson + "/get-item/x.go:3:6: syntax error"},
		{"broken-type", text("get-item/x.go", "package main\n\nvar x int = \"1\"\n"), grade.NotBuilt, nil, `cannot use "1"`},
		{"broken-import", text("get-item/x.go", "package main\n\nimport _ \"nowhere.example/x\"\n"), grade.NotBuilt, nil, "no required module provides package nowhere.example/x"},
		{"broken-cgo", text("get-item/main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n"), grade.NotBuilt, nil, "undefined: "},
		{"broken-package", text("get-item/main.go", "package handler\n"), grade.NotBuilt, nil, "found packages"},
		{"broken-template", text("template.yaml", "Resources: [\n"), grade.NotBuilt, nil, "template.yaml"},
		{
			"broken-without-code", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "get-item")) },
			grade.NotBuilt, nil, "there is no such directory",
		},
		{"broken-empty", os.RemoveAll, grade.Missing, nil, "the submission has no directory " + lesson},
	}
}

// forms are the ways in which a lesson's directory is handed in, under a name.
var forms = []func(r room, name, dir string){
	func(r room, name, dir string) { // a clone
		require.NoError(r.t, os.MkdirAll(filepath.Join(r.folder, name, "lessons"), 0o755))
		r.copy(dir, filepath.Join(r.folder, name, "lessons", lesson))
		r.plant(name, map[string]string{".git/config": "", "go.mod": "module mine\n", "checker/main.go": "package main\n", "README.md": "# Mine\n"})
	},
	func(r room, name, dir string) { // the lesson alone
		require.NoError(r.t, os.MkdirAll(filepath.Join(r.folder, name), 0o755))
		r.copy(dir, filepath.Join(r.folder, name, lesson))
	},
	func(r room, name, dir string) { // a zip
		r.pack(filepath.Join(r.folder, name+".zip"), "repo-main/lessons/"+lesson, dir)
	},
	func(r room, name, dir string) { // a zip in a folder
		require.NoError(r.t, os.MkdirAll(filepath.Join(r.folder, name), 0o755))
		r.pack(filepath.Join(r.folder, name, "submission.zip"), lesson, dir)
	},
}

// handIn hands answers in, each in another form than the one before.
func (r room) handIn(answers []answer) {
	r.t.Helper()
	for n, a := range answers {
		dir := filepath.Join(r.t.TempDir(), lesson)
		r.copy(filepath.Join(root, "solutions", lesson), dir)
		if a.files != nil {
			require.NoError(r.t, a.files(dir), a.name)
		}
		forms[n%len(forms)](r, a.name, dir)
	}
}

// judge compares what came of an answer with what was to come.
func (a answer) judge(t *testing.T, r grade.Record) {
	t.Helper()
	assert.Equal(t, a.want, r.Outcome, "%s: %s", a.name, explained(r))
	l := r.Checked()
	if a.want == grade.Passed || a.want == grade.Failed {
		if !assert.NotNil(t, l, a.name) {
			return
		}
		var failed []string
		for _, c := range l.Checks {
			if c.Verdict != check.Passed {
				failed = append(failed, c.ID)
			}
		}
		assert.ElementsMatch(t, a.fails, failed, "%s: %s", a.name, explained(r))
	}
	if l != nil && l.FirstFailure() != nil {
		assert.Contains(t, l.FirstFailure().Finding.Got, a.reads, a.name)
		return
	}
	assert.Contains(t, explained(r), a.reads, a.name)
}

// TestSixtySubmissions has the real program grade a room: right, wrong, broken and hostile, in all forms.
func TestSixtySubmissions(t *testing.T) {
	l, err := course.Find(lesson)
	require.NoError(t, err)
	known, err := bank.Load(l.Files)
	require.NoError(t, err)
	r := room{t, t.TempDir()}
	home, err := os.UserHomeDir()
	require.NoError(t, err)
	h := plantHostile(r, home, t.TempDir())
	answers := append(rightAnswers(known), brokenAnswers()...)
	answers = append(answers, wrongAnswers(known, sixty-len(answers)-h.count())...)
	r.handIn(answers)

	c := newCommand(r, "--at-once", "20", "--memory", "2048", "--disk", "256", "--threads", "300", "--cpu", "1m", "--time", "4m")
	all, said := c.run()
	assert.Len(t, all, sixty, "nobody is left out")
	assert.Len(t, said.verdicts(), sixty)
	h.judge(all, c.records())
	for _, a := range answers {
		a.judge(t, all[a.name])
	}

	page, err := os.ReadFile(filepath.Join(c.out, "index.html"))
	require.NoError(t, err)
	f, err := os.Open(filepath.Join(c.out, "results.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 1+sixty*len(l.Checks), "a row for each learner and check")
	for name := range all {
		assert.Contains(t, string(page), html.EscapeString(name)+"</th>", "the page has everybody")
	}
	assert.Empty(t, processesWith(c.out), "nothing is left behind")
	assert.Empty(t, runs(t, c))
	t.Log(strings.TrimSpace(fmt.Sprintln("outcomes:", tally(all))))
}

// tally counts outcomes.
func tally(all map[string]grade.Record) map[grade.Outcome]int {
	counts := map[grade.Outcome]int{}
	for _, r := range all {
		counts[r.Outcome]++
	}
	return counts
}
