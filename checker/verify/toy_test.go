package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
)

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  TeaFunction:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: go1.x
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: tea/
`

// pot is a program that says something and ends. It needs no library, and no Lambda at that.
func pot(says string) string {
	return "package main\n\nfunc main() {\n\tprintln(\"" + says + "\")\n}\n"
}

// instead is an edit of the solution that makes it say something else.
func instead(says string) string {
	return "-- tea/main.go --\n<<<<<<<\n\tprintln(\"hot black\")\n=======\n\tprintln(\"" + says + "\")\n>>>>>>>\n"
}

// says requires a word in the log.
func says(word string) func(*check.T) {
	return func(t *check.T) {
		reply := t.Function("TeaFunction").Invoke(check.Event{Words: "an order", JSON: []byte(`{}`)})
		if log := strings.Join(reply.Log, " "); !strings.Contains(log, word) {
			got, _, _ := strings.Cut(log, " INIT_REPORT")
			reply.Fail(check.Finding{Got: "tea that is " + got, Want: word + " tea", Evidence: []string{"log:  " + got}})
		}
	}
}

func teaLesson() check.Lesson {
	return check.Lesson{
		Number: 7, ID: "07-tea", Title: "Tea",
		Checks: []check.Check{
			{ID: "hot", Requirement: "The tea is hot", Why: "why", Next: "next", Run: says("hot")},
			{ID: "black", Requirement: "The tea is black", Why: "why", Next: "next", Run: says("black")},
		},
		Hints: map[string][]string{"hot": {"Look at the kettle.", "Fire.", "Water over fire.", "Light it."}, "black": {"Look at the tin.", "Leaves.", "A spoon of them.", "Open it."}},
	}
}

// toy makes a course of one lesson in a directory of its own, with these files besides or instead.
func toy(t *testing.T, l check.Lesson, change map[string]string) Options {
	t.Helper()
	root := t.TempDir()
	bank := "checker/course/lesson07/"
	files := map[string]string{
		"go.mod":                          "module example.com/serverless-patterns\n\ngo 1.26\n",
		"lessons/07-tea/README.md":        "# Tea\n\n- [ ] The `tea` is hot\n- [ ] The tea is black\n",
		"lessons/07-tea/template.yaml":    template,
		"lessons/07-tea/tea/main.go":      pot("cold green"),
		"solutions/07-tea/template.yaml":  template,
		"solutions/07-tea/tea/main.go":    pot("hot black"),
		"solutions/07-tea/.hidden":        "not part of an answer",
		bank + "starter.txtar":            "To begin with.\n\nfails: hot, black\n-- template.yaml --\n" + template + "-- tea/main.go --\n" + pot("cold green"),
		bank + "mistakes/cold.txt":        "Cold.\n\naws: Nobody drinks it.\nfails: hot\nreads: tea that is cold black\n" + instead("cold black"),
		bank + "mistakes/green.txt":       "Green.\n\naws: It is bitter.\nfails: black\nreads: green\n" + instead("hot green"),
		bank + "right/sweet.txt":          "Sweet.\n" + instead("hot black sweet"),
		bank + "transcripts/unrelated.md": "so that the directory is there\n",
	}
	for name, text := range change {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if text != "" {
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		}
	}
	return Options{
		Place:    course.Place{Root: root, State: filepath.Join(root, ".workshop")},
		Lessons:  []course.Lesson{{Lesson: l, Files: os.DirFS(filepath.Join(root, bank))}},
		Backends: []Backend{{"embedded", openEmbedded}}, Runs: 1, Pristine: true,
	}
}

func openEmbedded(context.Context, []backend.Service) (backend.Backend, error) {
	return embedded.New(), nil
}

func prove(t *testing.T, o Options) map[string]Row {
	t.Helper()
	rows, err := Run(t.Context(), o)
	require.NoError(t, err)
	byName := map[string]Row{}
	for _, r := range rows {
		assert.Equal(t, "07-tea", r.Lesson)
		byName[r.name()] = r
	}
	require.Len(t, byName, len(rows))
	return byName
}

func TestACourseIsProvenOnceItsTranscriptsAreKept(t *testing.T) {
	t.Parallel()
	o := toy(t, teaLesson(), nil)
	rows := prove(t, o)
	for _, name := range []string{"starter starter", "mistake cold", "mistake green"} {
		require.Len(t, rows[name].Problems, 1, name)
		assert.Contains(t, rows[name].Problems[0], "`bin/checker verify --update` writes it")
	}
	for _, name := range []string{"solution solution", "right sweet"} {
		assert.Empty(t, rows[name].Problems, name)
	}
	require.Len(t, rows["lesson 07-tea"].Problems, 3, "neither is it kept what its mistakes look like")
	assert.Contains(t, rows["lesson 07-tea"].Problems[0], "cold does not look as signs.txt says")

	o.Update = true
	updated := prove(t, o)
	for name, r := range updated {
		assert.Empty(t, r.Problems, name)
	}
	assert.Equal(t, "cold", updated["mistake cold"].Diagnosis)
	assert.Equal(t, Tally{Mistakes: 2, Signatures: 2, Diagnosed: 2}, updated["lesson 07-tea"].Tally)

	o.Update, o.Runs = false, 2
	var told atomic.Int32
	o.Done = func(Row) { told.Add(1) }
	rows = prove(t, o)
	for name, r := range rows {
		assert.Empty(t, r.Problems, name)
	}
	assert.Equal(t, int32(len(rows)), told.Load())
	assert.Equal(t, []string{"hot", "black"}, rows["starter starter"].Failed)
	assert.Equal(t, []string{"hot"}, rows["mistake cold"].Failed)
	assert.Empty(t, rows["solution solution"].Failed)
	assert.Equal(t, updated["lesson 07-tea"].Tally, rows["lesson 07-tea"].Tally)
	assert.Equal(t, "cold", rows["mistake cold"].Diagnosis)
	assert.Empty(t, rows["starter starter"].Diagnosis)

	// What a learner reads is compared to the letter, and what it looks like is a part of it.
	path := filepath.Join(o.Place.Root, "checker", "course", "lesson07", "transcripts", "cold.txt")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(kept), "Got   tea that is cold black\n")
	assert.Contains(t, string(kept), "This looks like: Cold. Nobody drinks it.\n")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(kept), "cold black", "cool black", 1)), 0o600))
	o.Done = nil
	require.Len(t, prove(t, o)["mistake cold"].Problems, 1)
	assert.Contains(t, prove(t, o)["mistake cold"].Problems[0], "kept:   Got   tea that is cool black\n  now:    Got   tea that is cold black")
	o.Backends[0].Name = "containers"
	assert.Empty(t, prove(t, o)["mistake cold"].Problems, "the transcripts are those of the embedded backend")
}

func TestEachRuleOfTheCourseIsLookedAt(t *testing.T) {
	t.Parallel()
	l := teaLesson()
	l.Checks = append(l.Checks, check.Check{ID: "fresh", Requirement: "The tea is fresh", Run: func(*check.T) {}})
	bank := "checker/course/lesson07/"
	o := toy(t, l, map[string]string{
		"lessons/07-tea/tea/main.go":   pot("cold green mild"),
		"lessons/07-tea/tea/more.go":   "package main\n",
		"solutions/07-tea/tea/main.go": pot("hot black") + "\n// " + strings.Repeat("x", 10) + "\n",
		bank + "starter.txtar":         "To begin with.\n\nfails: hot, unheard-of\n-- template.yaml --\n" + template + "-- tea/main.go --\n" + pot("cold green") + "-- gone.txt --\nx\n",
		bank + "mistakes/cold.txt":     "Cold.\n\nfails: hot, black\nreads: a thermometer\n" + instead("cold black"),
		bank + "mistakes/cold-too.txt": "Cold.\n\nfails: hot\nreads: cold\n" + instead("cold black"),
		bank + "mistakes/broken.txt":   "Broken.\n\nfails: hot\nreads: x\n-- tea/main.go --\npackage main\n\nfunc main() { hot() }\n",
		bank + "right/sweet.txt":       "Sweet.\n" + instead("lukewarm black"),
	})
	o.Backends[0].Name = "containers" // without transcripts
	rows := prove(t, o)
	problems := func(name string) string { return strings.Join(rows[name].Problems, "\n") }

	assert.Empty(t, rows["solution solution"].Problems)
	assert.Contains(t, problems("starter starter"), "run 1: black fails, and should not: tea that is cold green")
	assert.Contains(t, problems("starter starter"), "run 1: it declares to fail unheard-of, which is no check")
	assert.Contains(t, problems("mistake cold"), "run 1: black passes, and should fail")
	assert.Contains(t, problems("mistake cold"), `run 1: a learner does not read "a thermometer", but "tea that is cold black"`)
	assert.Contains(t, problems("mistake broken"), "run 1: it does not build:\n")
	assert.Contains(t, problems("mistake broken"), "undefined: hot")
	assert.Contains(t, problems("right sweet"), "run 1: hot fails, and should not: tea that is lukewarm black")

	whole := problems("lesson 07-tea")
	assert.Contains(t, whole, "the mistakes cold-too and cold cannot be told apart: hot: tea that is cold black")
	assert.Contains(t, whole, "no mistake fails fresh")
	assert.NotContains(t, whole, "no mistake fails hot")
	assert.NotContains(t, whole, "no mistake fails black")
	assert.Contains(t, whole, "fresh has 0 hints, not 4")
	assert.Contains(t, whole, "lessons/07-tea/README.md: the task list is not that of the checks.")
	assert.Contains(t, whole, "lessons/07-tea/tea/main.go is not what starter.txtar has")
	assert.Contains(t, whole, "lessons/07-tea/tea/more.go is not what starter.txtar has")
	assert.Contains(t, whole, "lessons/07-tea/gone.txt is missing; starter.txtar has it")

	o.Pristine = false
	assert.NotContains(t, strings.Join(prove(t, o)["lesson 07-tea"].Problems, "\n"), "starter.txtar", "a learner's lessons are the learner's")
}

// noDocker is a backend that cannot be opened.
func noDocker(context.Context, []backend.Service) (backend.Backend, error) {
	return nil, errors.New("no Docker")
}

// rowsOn proves on three backends, of which the last cannot be opened, and returns the rows of each.
func rowsOn(t *testing.T, o Options) map[string][]Row {
	t.Helper()
	o.Update = true
	prove(t, o)
	o.Update = false
	o.Backends = append(o.Backends, Backend{"another", openEmbedded}, Backend{"containers", noDocker})
	rows, err := Run(t.Context(), o)
	require.NoError(t, err)
	on := map[string][]Row{}
	for _, r := range rows {
		on[r.Backend] = append(on[r.Backend], r)
	}
	for _, rows := range on {
		require.Len(t, rows, 6)
	}
	return on
}

func TestEachAnswerIsJudgedOnEachBackend(t *testing.T) {
	t.Parallel()
	withTable := template + `  TeaTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
`
	o := toy(t, teaLesson(), map[string]string{
		"lessons/07-tea/template.yaml":          withTable,
		"solutions/07-tea/template.yaml":        withTable,
		"checker/course/lesson07/starter.txtar": "To begin with.\n\nfails: hot, black\n-- template.yaml --\n" + withTable + "-- tea/main.go --\n" + pot("cold green"),
	})
	for name, rows := range rowsOn(t, o) {
		for _, r := range rows {
			assert.False(t, r.Anywhere, r.name())
			if name != "containers" {
				assert.Empty(t, r.Problems, r.name())
			} else {
				assert.NotEmpty(t, r.Problems, r.name())
			}
		}
	}
}

func TestAnAnswerWithNothingInABackendIsJudgedOnce(t *testing.T) {
	t.Parallel()
	l := teaLesson()
	var checked atomic.Int32
	hot := l.Checks[0].Run
	l.Checks[0].Run = func(t *check.T) {
		checked.Add(1)
		hot(t)
	}
	o := toy(t, l, nil)
	for name, rows := range rowsOn(t, o) {
		for _, r := range rows {
			assert.Empty(t, r.Problems, r.name())
			assert.Equal(t, name != "embedded" && r.Kind != "lesson", r.Anywhere, r.name())
		}
	}
	// A busy machine may have a check run once more; on each of the three backends it would run 4 x 5 times.
	assert.GreaterOrEqual(t, checked.Load(), int32(2*5), "five answers, updated and then proven")
	assert.Less(t, checked.Load(), int32(3*5))
}

func TestRunsOfAnAnswerMustAgree(t *testing.T) {
	t.Parallel()
	l := teaLesson()
	var runs atomic.Int32
	l.Checks[0].Run = func(t *check.T) {
		if runs.Add(1) > 1 { // the starter's runs count too, in any order
			t.Fail(check.Finding{Got: "another temper"})
		}
	}
	o := toy(t, l, map[string]string{})
	o.Backends[0].Name, o.Runs = "containers", 4
	solution := prove(t, o)["solution solution"]
	require.NotEmpty(t, solution.Problems)
	assert.Regexp(t, `^run \d: hot fails, and should not: another temper$`, solution.Problems[0])
}

func TestAnAnswerThatTheMachineDisturbedIsJudgedOnceMore(t *testing.T) {
	t.Parallel()
	for _, always := range []bool{false, true} {
		l := teaLesson()
		var runs, told atomic.Int32
		hot := l.Checks[0].Run
		l.Checks[0].Run = func(t *check.T) {
			if runs.Add(1) == 1 || always { // the solution's is the first: others begin with it
				panic("too much to do")
			}
			hot(t)
		}
		o := toy(t, l, nil)
		o.Backends[0].Name = "containers" // without transcripts
		o.Done = func(Row) { told.Add(1) }
		rows := prove(t, o)
		assert.Equal(t, int32(len(rows)), told.Load(), "each answer is told once")
		if !always {
			for name, r := range rows {
				assert.Empty(t, r.Problems, name)
			}
			continue
		}
		require.NotEmpty(t, rows["solution solution"].Problems)
		assert.Contains(t, rows["solution solution"].Problems[0], "run 1: hot did not run to its end: error")
	}
}

func TestAWrongJudgementIsNotTakenBackByAnotherRun(t *testing.T) {
	t.Parallel()
	l := teaLesson()
	var first atomic.Bool
	l.Checks[0].Run = func(*check.T) { // of the solution, which others wait for
		if first.CompareAndSwap(false, true) {
			panic("too much to do")
		}
	}
	var accused atomic.Bool
	black := l.Checks[1].Run
	l.Checks[1].Run = func(t *check.T) {
		if accused.CompareAndSwap(false, true) {
			t.Fail(check.Finding{Got: "another temper"})
		}
		black(t)
	}
	o := toy(t, l, nil)
	o.Backends[0].Name = "containers" // without transcripts
	problems := strings.Join(prove(t, o)["solution solution"].Problems, "\n")
	assert.Contains(t, problems, "run 1: hot did not run to its end")
	assert.Contains(t, problems, "run 1: black fails, and should not: another temper")
}

func TestAFindingSendsToHintsThatThereAre(t *testing.T) {
	t.Parallel()
	l := teaLesson()
	l.Checks[0].Run = func(t *check.T) {
		reply := t.Function("TeaFunction").Invoke(check.Event{Words: "an order", JSON: []byte(`{}`)})
		if !strings.Contains(strings.Join(reply.Log, " "), "hot") {
			reply.Fail(check.Finding{Got: "tea that is cold", Want: "hot tea", Hints: "kettle"})
		}
	}
	o := toy(t, l, nil)
	o.Backends[0].Name = "containers" // without transcripts
	assert.Contains(t, strings.Join(prove(t, o)["mistake cold"].Problems, "\n"), "run 1: hot sends to the hints for kettle, which is no check")
}

func TestAFaultOfThisMachineIsNoProblemOfTheCourse(t *testing.T) {
	t.Parallel()
	o := toy(t, teaLesson(), map[string]string{"checker/course/lesson07/mistakes/cold.txt": "Cold.\n"})
	_, err := Run(t.Context(), o)
	require.ErrorContains(t, err, "mistakes/cold.txt", "a bank that cannot be read")

	o = toy(t, teaLesson(), map[string]string{"checker/course/lesson07/mistakes/cold.txt": "Cold.\n\nfails: hot\nreads: x\n" +
		"-- tea/main.go --\n<<<<<<<\nno such text\n=======\n>>>>>>>\n"})
	_, err = Run(t.Context(), o)
	require.ErrorContains(t, err, "07-tea, mistake cold: cold: tea/main.go: this stands in the reference 0 times")

	o = toy(t, teaLesson(), nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	_, err = Run(ctx, o)
	require.ErrorContains(t, err, "interrupted")

	o.Backends[0].Open = noDocker
	rows := prove(t, o)
	assert.Contains(t, rows["solution solution"].Problems, "run 1: no Docker")
}

func TestUpdateTakesTheLessonForTheStarter(t *testing.T) {
	t.Parallel()
	o := toy(t, teaLesson(), map[string]string{
		"lessons/07-tea/tea/main.go": pot("cold white"), "lessons/07-tea/tea/.swp": "an editor's", "lessons/07-tea/notes.txt": "notes\n",
	})
	o.Update = true
	rows := prove(t, o)
	assert.Empty(t, rows["lesson 07-tea"].Problems)
	data, err := os.ReadFile(filepath.Join(o.Place.Root, "checker", "course", "lesson07", "starter.txtar"))
	require.NoError(t, err)
	assert.Equal(t, "To begin with.\n\nfails: hot, black\n-- notes.txt --\nnotes\n-- tea/main.go --\n"+pot("cold white")+
		"-- template.yaml --\n"+template, string(data))
	transcript, err := os.ReadFile(filepath.Join(o.Place.Root, "checker", "course", "lesson07", "transcripts", "starter.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(transcript), "tea that is cold white", "it is the new starter that is run")
}
