package course_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

const root = "../.."

func TestALessonIsFoundByEachOfItsNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"1", "01", "001", "01-handler", "handler", "01-handler/", "lessons/01-handler", "lessons/01-handler/", "../lessons/01-handler",
		"/somewhere/lessons/01-handler/",
	} {
		l, err := course.Find(name)
		require.NoError(t, err, name)
		assert.Equal(t, "01-handler", l.ID, name)
		assert.NotNil(t, l.Files, name)
	}
}

func TestALessonThatIsNotThereIsNamedBesideThoseThatAre(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "/", "0", "99", "-1", "hand", "01-hand", "1-handler", "Handler", "01_handler", "lesson", "1x", "."} {
		_, err := course.Find(name)
		var unknown *course.UnknownLessonError
		require.ErrorAs(t, err, &unknown, name)
		assert.Equal(t, name, unknown.Name)
	}
	_, err := course.Find("lessons/99")
	assert.ErrorContains(t, err, `there is no lesson "lessons/99"; there are: 1 (01-handler), 2 (02-api-gateway), `)
}

func TestLessonsAreInOrderAndWhole(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	last := 0
	for _, l := range course.Lessons() {
		assert.Greater(t, l.Number, last, l.ID)
		last = l.Number
		assert.Regexp(t, `^[0-9]{2}-[a-z0-9-]+$`, l.ID)
		found, err := course.Find(l.ID[:2])
		require.NoError(t, err, "%s has the number of its directory", l.ID)
		assert.Equal(t, l.ID, found.ID)
		assert.NotEmpty(t, l.Title, l.ID)
		assert.Positive(t, l.Minutes, l.ID)
		assert.DirExists(t, filepath.Join(root, "lessons", l.ID))
		assert.DirExists(t, filepath.Join(root, "solutions", l.ID))
		assert.NotEmpty(t, l.Checks, l.ID)
		seen, left := map[string]bool{}, map[string]bool{}
		for _, c := range l.Checks {
			assert.Regexp(t, words, c.ID)
			assert.False(t, seen[c.ID], "%s is twice in %s", c.ID, l.ID)
			if c.After != "" {
				assert.True(t, seen[c.After], "%s of %s goes on after %s, which is before it", c.ID, l.ID, c.After)
				assert.False(t, c.Alone, "%s of %s, which measures, has a stack of its own", c.ID, l.ID)
				assert.Empty(t, c.Waits, "%s of %s would be waited for twice where it does not pass", c.ID, l.ID)
				assert.False(t, left[c.After], "%s of %s leaves its stack to one check", c.After, l.ID)
				left[c.After] = true
			}
			seen[c.ID] = true
			for name, text := range map[string]string{"requirement": c.Requirement, "why": c.Why, "next step": c.Next} {
				assert.NotEmpty(t, text, "%s of %s", name, c.ID)
				assert.Equal(t, strings.TrimSpace(text), text, "%s of %s", name, c.ID)
				assert.NotContains(t, text, "\n", "%s of %s", name, c.ID)
			}
			assert.NotNil(t, c.Run, c.ID)
			assert.Contains(t, []check.Severity{"", check.Must, check.Should}, c.Severity, c.ID)
		}
		for id, hints := range l.Hints {
			assert.True(t, seen[id], "%s has hints for %s, which is no check", l.ID, id)
			for _, hint := range hints {
				assert.NotRegexp(t, `\bline \d`, hint, "hints name no line numbers: they change")
			}
		}
	}
}

// A logger, a client or a table's name that only a right request makes is there for all that come behind it, and missing in a new process:
// what is wrong comes first there, or behind nothing but wrong requests.
func TestWhatIsWrongIsTheFirstThatANewProcessGets(t *testing.T) {
	t.Parallel()
	for lesson, after := range map[string]map[string]string{
		"01": {"direct-invocation": "", "unknown-event": "", "scheduled-event": "unknown-event", "bad-id": "scheduled-event", "unknown-id": "bad-id"},
		"02": {"unknown-id": "", "duplicate": "unknown-id", "missing-id": "", "bad-body": "missing-id", "table-failure": "bad-body"},
		"04": {"mistaken-requests": ""},
		"08": {"bad-scan": "", "failure": ""},
		"10": {"bad-request": ""},
		"11": {"no-image": "", "gone": "", "test-event": ""},
	} {
		l, err := course.Find(lesson)
		require.NoError(t, err)
		for id, want := range after {
			at := slices.IndexFunc(l.Checks, func(c check.Check) bool { return c.ID == id })
			require.GreaterOrEqual(t, at, 0, "%s has no check %s", l.ID, id)
			assert.Equal(t, want, l.Checks[at].After, "%s of %s", id, l.ID)
		}
	}
}

func TestTheBanksOfTheLessonsCanBeRead(t *testing.T) {
	t.Parallel()
	for _, l := range course.Lessons() {
		b, err := bank.Load(l.Files)
		require.NoError(t, err, l.ID)
		assert.NotEmpty(t, b.Mistakes, l.ID)
		known := map[string]bool{}
		for _, c := range l.Checks {
			known[c.ID] = true
		}
		for _, a := range b.Mistakes {
			assert.Regexp(t, `.\.$`, a.OnAWS, "what comes of %s of %s on AWS, in sentences", a.Name, l.ID)
			assert.LessOrEqual(t, len(a.Explanation()), 250, "%s of %s is explained in a few lines", a.Name, l.ID)
		}
		for _, a := range append(b.Mistakes, b.Starter) {
			for _, id := range a.Fails {
				assert.True(t, known[id], "%s of %s fails %s, which is no check", a.Name, l.ID, id)
			}
		}
		for _, a := range append(b.Mistakes, b.Right...) {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "solutions", l.ID))))
			assert.NoError(t, a.Write(dir), "the edits of %s fit the solution", a.Name)
		}
		for _, a := range b.Right {
			assert.Empty(t, a.Fails, "%s is right", a.Name)
		}
	}
}

// place makes a course, and returns its directory without symbolic links.
func place(t *testing.T, module string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lessons", "01-handler", "get-item"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o600))
	return dir
}

const goMod = "// The course.\nmodule example.com/serverless-patterns\n\ngo 1.26.0\n"

func TestThePlaceIsFoundFromItsDirectoriesAndBesideTheProgram(t *testing.T) {
	t.Parallel()
	dir, elsewhere := place(t, goMod), t.TempDir()
	want := course.Place{Root: dir, State: filepath.Join(dir, ".workshop")}
	for name, start := range map[string][2]string{
		"in it":              {dir, "/usr/bin/checker"},
		"in a lesson of it":  {filepath.Join(dir, "lessons", "01-handler", "get-item"), "/usr/bin/checker"},
		"beside the program": {elsewhere, filepath.Join(dir, "bin", "checker")},
		"in what is not yet": {filepath.Join(dir, "lessons", "new", "one"), ""},
	} {
		found, err := course.FindPlace(start[0], start[1])
		require.NoError(t, err, name)
		assert.Equal(t, want, found, name)
	}
}

func TestTheCourseThatTheUserIsInComesFirst(t *testing.T) {
	t.Parallel()
	mine, other := place(t, goMod), place(t, goMod)
	found, err := course.FindPlace(filepath.Join(mine, "lessons"), filepath.Join(other, "bin", "checker"))
	require.NoError(t, err)
	assert.Equal(t, mine, found.Root)
}

func TestAnotherModuleIsNotTheCourse(t *testing.T) {
	t.Parallel()
	for _, module := range []string{
		"module example.com/other\n", "module example.com/serverless-patterns/v2\n", "go 1.26\n", "", "module\n",
		"// module example.com/serverless-patterns\nmodule example.com/other\n",
	} {
		dir := place(t, module)
		_, err := course.FindPlace(dir, filepath.Join(dir, "bin", "checker"))
		assert.ErrorIs(t, err, course.ErrNotFound, module)
	}
}

func TestAModuleWithinTheCourseIsStillInTheCourse(t *testing.T) {
	t.Parallel()
	dir := place(t, goMod)
	tools := filepath.Join(dir, "tools")
	require.NoError(t, os.Mkdir(tools, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(tools, "go.mod"), []byte("module example.com/tools\n"), 0o600))
	found, err := course.FindPlace(tools, "")
	require.NoError(t, err)
	assert.Equal(t, dir, found.Root)
}

func TestTheModuleIsThatOfTheCoursesGoMod(t *testing.T) {
	t.Parallel()
	abs, err := filepath.Abs(root)
	require.NoError(t, err)
	found, err := course.FindPlace(filepath.Join(abs, "checker", "course"), "")
	require.NoError(t, err)
	assert.Equal(t, abs, found.Root)
}

func TestLessonsAreWhereDirSays(t *testing.T) {
	t.Parallel()
	dir, elsewhere := place(t, goMod), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "solutions"), 0o755))
	p, err := course.FindPlace(dir, "")
	require.NoError(t, err)
	for name, want := range map[string]string{
		"":          filepath.Join(dir, "lessons"),
		"solutions": filepath.Join(dir, "solutions"),
		"lessons/":  filepath.Join(dir, "lessons"),
		elsewhere:   elsewhere,
	} {
		found, err := p.Lessons(name)
		require.NoError(t, err, name)
		assert.Equal(t, want, found, name)
	}
	for _, name := range []string{"nowhere", filepath.Join(elsewhere, "nowhere"), "go.mod"} {
		_, err := p.Lessons(name)
		assert.EqualError(t, err, "--dir "+name+": there is no such directory")
	}
}

func TestARelativeDirIsLookedForFromWhereTheUserIsFirst(t *testing.T) { // not parallel: it goes there
	dir, elsewhere := place(t, goMod), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "mine"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(elsewhere, "mine"), 0o755))
	p, err := course.FindPlace(dir, "")
	require.NoError(t, err)
	t.Chdir(elsewhere)
	found, err := p.Lessons("mine")
	require.NoError(t, err)
	abs, err := filepath.Abs(found)
	require.NoError(t, err)
	want, err := os.Stat(filepath.Join(elsewhere, "mine"))
	require.NoError(t, err)
	got, err := os.Stat(abs)
	require.NoError(t, err)
	assert.True(t, os.SameFile(want, got), "%s", abs)
}
