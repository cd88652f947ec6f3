package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/scratch"
)

func init() { scratch.FixSeed() }

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// tea is the desk of a lesson, with these files of the learner's.
func tea(t testing.TB, mine Files) *Desk {
	t.Helper()
	root := t.TempDir()
	files := fstest.MapFS{
		"starter.txtar":      {Data: []byte("To begin with.\n\nfails: hot\nreads: cold\n-- template.yaml --\nResources: {}\n-- tea/main.go --\npackage main\n")},
		"mistakes/cold.txt":  {Data: []byte("The tea is cold.\n\nfails: hot\nreads: cold\n-- tea/main.go --\npackage main\n")},
		"mistakes/green.txt": {Data: []byte("The tea is green.\n\nfails: black\nreads: green\n-- tea/main.go --\npackage main\n")},
		"mistakes/none.txt":  {Data: []byte("There is no tea.\n\nfails: hot, black\nreads: none\n-- tea/main.go --\npackage main\n")},
	}
	l := course.Lesson{Lesson: check.Lesson{Number: 7, ID: "07-tea"}, Files: files}
	require.NoError(t, write(filepath.Join(root, "lessons", l.ID), mine))
	require.NoError(t, write(filepath.Join(root, "solutions", l.ID), Files{"template.yaml": "Resources: {}\n", "tea/main.go": "package main\n\n// Hot.\nfunc main() { hot() }\n"}))
	return At(course.Place{Root: root, State: filepath.Join(root, ".workshop")}, l)
}

func TestWhatIsReplacedIsSavedFirst(t *testing.T) {
	t.Parallel()
	mine := Files{"tea/main.go": "mine\n", "tea/more.go": "more\n", "own/notes.txt": "notes\n"}
	d := tea(t, mine)
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "README.md"), []byte("text\n"), 0o600))
	starter, err := d.Starter()
	require.NoError(t, err)

	saved, err := d.Put(starter, noon)
	require.NoError(t, err)
	assert.Equal(t, "2026-11-28_12-00-00", saved)
	now, err := d.Mine()
	require.NoError(t, err)
	assert.Equal(t, starter, now, "a file too many would not build")
	assert.NoDirExists(t, filepath.Join(d.dir, "own"))
	assert.FileExists(t, filepath.Join(d.dir, "README.md"))

	_, err = d.Put(starter, noon)
	require.ErrorIs(t, err, ErrSame)
	again, err := d.Restore(saved, noon)
	require.NoError(t, err)
	assert.Equal(t, "2026-11-28_12-00-00_2", again, "what was there is saved, too")
	now, err = d.Mine()
	require.NoError(t, err)
	assert.Equal(t, mine, now)

	_, err = d.Restore("nothing", noon)
	var unknown *UnknownError
	require.ErrorAs(t, err, &unknown)
	require.EqualError(t, err, `nothing is saved as "nothing"; there are: 2026-11-28_12-00-00, 2026-11-28_12-00-00_2`)
	_, err = tea(t, mine).Restore("../../lessons", noon)
	require.ErrorAs(t, err, &unknown)
}

func TestWhatCannotBeSavedIsNotReplaced(t *testing.T) {
	t.Parallel()
	mine := Files{"tea/main.go": "mine\n"}
	d := tea(t, mine)
	require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Dir(d.savedIn)), 0o755))
	require.NoError(t, os.WriteFile(filepath.Dir(d.savedIn), []byte("in the way"), 0o600))
	_, err := d.Put(Files{"tea/main.go": "other\n"}, noon)
	require.ErrorContains(t, err, "your files are as they were, because they cannot be saved")
	now, err := d.Mine()
	require.NoError(t, err)
	assert.Equal(t, mine, now)
}

// However files are replaced, each state that ever was can be restored.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	files := rapid.MapOf(rapid.SampledFrom([]string{"template.yaml", "tea/main.go", "tea/a/b.go", "more/main.go"}), rapid.SampledFrom([]string{"", "a\n", "b\n"}))
	rapid.Check(t, func(r *rapid.T) {
		d := tea(t, Files(files.Draw(r, "mine")))
		states := map[string]Files{}
		for n := range rapid.IntRange(1, 5).Draw(r, "replacements") {
			before, err := d.Mine()
			require.NoError(r, err)
			saved, err := d.Put(Files(files.Draw(r, "next")), noon.Add(time.Duration(n)*time.Minute))
			if saved != "" {
				states[saved] = before
			}
			if err != nil {
				require.ErrorIs(r, err, ErrSame)
			}
		}
		for name, want := range states {
			got, err := read(d.SavedIn(name))
			require.NoError(r, err)
			assert.Equal(r, want, got)
		}
	})
}

func TestTheDifferenceLeadsToTheReference(t *testing.T) {
	t.Parallel()
	d := tea(t, Files{"template.yaml": "Resources: {}\n", "tea/main.go": "package main\n\nfunc main() { cold() }\n", "tea/more.go": "package main\n\nfunc cold() {}\n"})
	text, err := d.Diff()
	require.NoError(t, err)
	assert.Equal(t, strings.Join([]string{
		"--- lessons/07-tea/tea/main.go", "+++ solutions/07-tea/tea/main.go", "@@ -1,3 +1,4 @@",
		" package main", " ", "-func main() { cold() }", "+// Hot.", "+func main() { hot() }",
		"--- lessons/07-tea/tea/more.go", "+++ /dev/null", "@@ -1,3 +0,0 @@",
		"-package main", "-", "-func cold() {}", "",
	}, "\n"), text)
	smallest, err := d.Smallest()
	require.NoError(t, err)
	assert.Contains(t, smallest, "+func main() { hot() }")
	assert.NotContains(t, smallest, "more.go")

	for _, same := range []Files{
		{"template.yaml": "Resources: {}\n", "tea/main.go": "package main\n\n// Hot.\nfunc main() { hot() }\n"},
		{"template.yaml": "# Tea\nResources: {}\n", "tea/main.go": "package main\n\n// Not cold.\nfunc main() { hot() }\n"},
		{"template.yaml": "Resources: {} # tea\n", "tea/main.go": "package main\n\n// Hot.\nfunc main() { hot() } // as tea is\n"},
		{"template.yaml": "Resources: {}\n", "tea/main.go": "package main\n\nimport (\n\t_ \"embed\"\n)\n\n// Hot.\nfunc main() { hot() }\n"},
	} {
		smallest, err = tea(t, same).Smallest()
		require.NoError(t, err)
		assert.Empty(t, smallest, "comments and imports are no difference worth reading")
	}
}

func TestTwoWaysToBreakWhatIsPassed(t *testing.T) {
	t.Parallel()
	after, err := tea(t, Files{}).After()
	require.NoError(t, err)
	assert.Equal(t, []string{"The tea is cold.", "The tea is green."}, after.Breaks)
}
