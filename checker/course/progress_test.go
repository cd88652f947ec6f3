package course_test

import (
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
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
)

// recorder makes the test binary a checker that records a result again and again in this State.
const recorder = "COURSE_TEST_RECORDER"

func TestMain(m *testing.M) {
	state := os.Getenv(recorder)
	if state == "" {
		goleak.VerifyTestMain(m)
		return
	}
	for n := range 200 {
		p, err := course.LoadProgress(course.Place{State: state})
		if err == nil {
			lesson := result(check.Passed, check.Passed)
			lesson.Lesson += strings.Repeat("-long", n%7)
			err = p.Record(lesson, time.Now())
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

var noon = time.Date(2026, 11, 23, 14, 0, 0, 0, time.FixedZone("CET", 2*60*60))

func result(verdict check.Verdict, checks ...check.Verdict) check.LessonResult {
	r := check.LessonResult{Lesson: "01-handler", Number: 1, Verdict: verdict, Build: check.BuildResult{Verdict: check.Passed}}
	for n, v := range checks {
		r.Checks = append(r.Checks, check.Result{ID: fmt.Sprint(n), Verdict: v})
	}
	return r
}

func load(t *testing.T, state string) *course.Progress {
	t.Helper()
	p, err := course.LoadProgress(course.Place{State: state})
	require.NoError(t, err)
	return p
}

func write(t *testing.T, state, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(state, "progress.json"), []byte(text), 0o600))
}

func read(t *testing.T, state string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(state, "progress.json"))
	require.NoError(t, err)
	return string(data)
}

func TestAResultIsRecorded(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := load(t, state)
	assert.False(t, p.Checked("01-handler"))
	assert.False(t, p.Passed("01-handler"))

	require.NoError(t, p.Record(result(check.Failed, check.Passed, check.Failed), noon))
	for _, p := range []*course.Progress{p, load(t, state)} {
		assert.True(t, p.Checked("01-handler"))
		assert.False(t, p.Passed("01-handler"))
	}
	require.NoError(t, p.Record(result(check.Passed, check.Passed, check.Passed), noon))
	assert.True(t, load(t, state).Passed("01-handler"))
	assert.JSONEq(t, `{"01-handler":{"verdict":"passed","checkedAt":"2026-11-23T12:00:00Z"}}`, read(t, state))
	require.NoError(t, p.Record(result(check.Failed, check.Failed), noon))
	assert.False(t, load(t, state).Passed("01-handler"), "the last check counts")
	assert.Equal(t, []string{"progress.json"}, names(t, state))
}

// names are the files in a directory, but for locks.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			all = append(all, e.Name())
		}
	}
	return all
}

func TestUnknownIDsAndFieldsAreKept(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	write(t, state, `{"99-later":{"verdict":"passed","stars":[1,2]},"01-handler":{"verdict":"failed","hints":3,"deep":{"a":null}}}`)
	require.NoError(t, load(t, state).Record(result(check.Passed, check.Passed), noon))
	assert.JSONEq(t, `{"99-later":{"verdict":"passed","stars":[1,2]},
		"01-handler":{"verdict":"passed","checkedAt":"2026-11-23T12:00:00Z","hints":3,"deep":{"a":null}}}`, read(t, state))
}

func TestProgressThatCannotBeUnderstoodIsSetAside(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", "[]", `{"01-handler":"passed"}`, "<<<<<<< HEAD\n{}\n"} {
		state := t.TempDir()
		write(t, state, text)
		p := load(t, state)
		assert.False(t, p.Checked("01-handler"))
		require.NoError(t, p.Record(result(check.Passed, check.Passed), noon))
		assert.True(t, load(t, state).Passed("01-handler"))
		kept, err := os.ReadFile(filepath.Join(state, "progress.json.unreadable"))
		require.NoError(t, err)
		assert.Equal(t, text, string(kept))
	}
}

func TestWhatWasSetAsideIsNotOverwritten(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	newer := `{"version":2,"lessons":[{"id":"01-handler","verdict":"passed"}]}`
	for n, want := range []string{"progress.json.unreadable", "progress.json.unreadable-2", "progress.json.unreadable-3"} {
		text := fmt.Sprintf(newer+"%*s", n, "")
		write(t, state, text)
		assert.Equal(t, filepath.Join(state, want), load(t, state).SetAside())
		kept, err := os.ReadFile(filepath.Join(state, want))
		require.NoError(t, err)
		assert.Equal(t, text, string(kept))
		assert.Empty(t, load(t, state).SetAside(), "it is said once")
	}
}

func TestProgressThatIsNullIsNoPanic(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	write(t, state, "null\n")
	assert.NotPanics(t, func() { assert.NoError(t, load(t, state).Record(result(check.Passed, check.Passed), noon)) })
}

func TestALessonWithoutAnEntryIsNoPanic(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	write(t, state, `{"01-handler":null}`)
	require.NoError(t, load(t, state).Record(result(check.Passed, check.Passed), noon))
	assert.True(t, load(t, state).Passed("01-handler"))
}

func TestProgressThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(state, "progress.json"), 0o755))
	_, err := course.LoadProgress(course.Place{State: state})
	assert.ErrorContains(t, err, "cannot read the progress")
}

func TestOnlyWholeChecksAreRecorded(t *testing.T) {
	t.Parallel()
	unbuilt := result(check.Failed, check.Skipped, check.Skipped)
	unbuilt.Build.Verdict = check.Failed
	for name, test := range map[string]struct {
		result   check.LessonResult
		recorded bool
	}{
		"all passed":                     {result(check.Passed, check.Passed, check.Passed), true},
		"one failed":                     {result(check.Failed, check.Passed, check.Failed), true},
		"it does not build":              {unbuilt, true},
		"--only, and it passed":          {result(check.Passed, check.Skipped, check.Passed), false},
		"--only, and it failed":          {result(check.Failed, check.Failed, check.Skipped), false},
		"a fault":                        {result(check.Errored, check.Passed, check.Errored), false},
		"nothing was run":                {result(check.Skipped, check.Skipped, check.Skipped), false},
		"a failure, and a fault besides": {result(check.Failed, check.Failed, check.Errored), true},
	} {
		state := t.TempDir()
		p := load(t, state)
		require.NoError(t, p.Record(test.result, noon), name)
		assert.Equal(t, test.recorded, p.Checked("01-handler"), name)
		assert.Equal(t, test.recorded, load(t, state).Checked("01-handler"), name)
	}
}

func TestAPartialRunLeavesTheRecordAlone(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := load(t, state)
	require.NoError(t, p.Record(result(check.Passed, check.Passed, check.Passed), noon))
	before := read(t, state)
	require.NoError(t, p.Record(result(check.Failed, check.Failed, check.Skipped), noon.Add(time.Hour)))
	assert.Equal(t, before, read(t, state))
	assert.True(t, p.Passed("01-handler"))
}

func TestARecordThatCannotBeSavedIsAnError(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone")
	p := load(t, gone)
	require.NoError(t, os.WriteFile(gone, nil, 0o600))
	assert.ErrorContains(t, p.Record(result(check.Passed, check.Passed), noon), "cannot save the progress")
}

// Several checkers, as in two terminals, and one who reads all the time.
func TestCheckersAtOnceNeverLeaveAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	var group sync.WaitGroup
	var failed sync.Map
	for n := range 4 {
		group.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), recorder+"="+state)
			if out, err := cmd.CombinedOutput(); err != nil {
				failed.Store(n, fmt.Sprintf("%v: %s", err, out))
			}
		})
	}
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	reads := 0
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
		}
		data, err := os.ReadFile(filepath.Join(state, "progress.json"))
		if os.IsNotExist(err) && !over {
			continue // nobody has written yet
		}
		require.NoError(t, err)
		require.True(t, json.Valid(data), "%s", data)
		reads++
	}
	failed.Range(func(_, err any) bool {
		assert.Fail(t, err.(string))
		return true
	})
	assert.Positive(t, reads)
	assert.Equal(t, []string{"progress.json"}, names(t, state), "nothing was set aside, nothing is left over")
	assert.True(t, load(t, state).Passed("01-handler"))
}

// Within one process, too.
func TestRecordsAtOnceInOneProcess(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	var group sync.WaitGroup
	for n := range 8 {
		p := load(t, state)
		group.Go(func() {
			for range 50 {
				r := result(check.Passed, check.Passed)
				r.Lesson = strings.Repeat("lesson-", n+1)
				assert.NoError(t, p.Record(r, noon))
			}
		})
	}
	group.Wait()
	assert.True(t, json.Valid([]byte(read(t, state))))
	assert.Equal(t, []string{"progress.json"}, names(t, state))
}

func TestTheStateIsMadeWhenThereIsNone(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "not", "yet")
	require.NoError(t, load(t, state).Record(result(check.Passed, check.Passed), noon))
	assert.True(t, load(t, state).Passed("01-handler"))
}

func TestTheCheckToTurnToIsTheFirstThatFailed(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := load(t, state)
	assert.Empty(t, p.Next("01-handler"))
	failed := result(check.Failed, check.Passed, check.Failed, check.Failed)
	failed.Checks[1].Severity, failed.Checks[2].Severity = check.Should, check.Must
	require.NoError(t, p.Record(failed, noon))
	assert.Equal(t, "2", load(t, state).Next("01-handler"), "a must comes first")
	require.NoError(t, p.Record(result(check.Passed, check.Passed), noon))
	assert.Empty(t, load(t, state).Next("01-handler"), "and it does not outlive the failure")
}

func TestHintsComeOneAfterTheOtherAndTheLastOneStays(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	write(t, state, `{"01-handler":{"verdict":"failed","more":1}}`)
	for _, want := range []int{0, 1, 2, 2, 2} {
		n, err := load(t, state).Hint("01-handler", "answer", 3)
		require.NoError(t, err)
		assert.Equal(t, want, n)
	}
	n, err := load(t, state).Hint("01-handler", "headers", 3)
	require.NoError(t, err)
	assert.Zero(t, n, "each check has its own")
	n, err = load(t, state).Hint("02-other", "answer", 3)
	require.NoError(t, err)
	assert.Zero(t, n, "so has each lesson")
	n, err = load(t, state).Hint("01-handler", "answer", 1)
	require.NoError(t, err)
	assert.Zero(t, n, "a course with fewer hints than were shown still has its last")

	require.NoError(t, load(t, state).Record(result(check.Passed, check.Passed), noon))
	assert.Contains(t, read(t, state), `"hints"`, "a check does not take hints back")
	assert.Contains(t, read(t, state), `"more": 1`)
}

func TestAHintIsOneOfThoseThereAreWhateverTheFileSays(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	write(t, state, `{"01-handler":{"hints":{"answer":-5}}}`)
	n, err := load(t, state).Hint("01-handler", "answer", 3)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, n, 0)
}

func TestCheckersAtOnceKeepEachOthersRecords(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	one, two := load(t, state), load(t, state)
	r := result(check.Passed, check.Passed)
	require.NoError(t, one.Record(r, noon))
	r.Lesson = "02-other"
	require.NoError(t, two.Record(r, noon))
	p := load(t, state)
	assert.True(t, p.Passed("02-other"))
	assert.True(t, p.Passed("01-handler"), "the other checker's record is still there")
}
