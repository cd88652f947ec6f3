package doctor_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/doctor"
	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// place is the course, with a State of the test's own.
func place(t *testing.T) course.Place {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return course.Place{Root: root, State: filepath.Join(t.TempDir(), "deep", ".workshop")}
}

func examine(t *testing.T, p course.Place) map[string]doctor.Fact {
	t.Helper()
	facts := map[string]doctor.Fact{}
	for _, f := range doctor.Examine(t.Context(), p) {
		facts[f.Name] = f
	}
	return facts
}

func TestEverythingThatIsNeededIsLookedAtInOrder(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range doctor.Examine(t.Context(), place(t)) {
		names = append(names, f.Name)
		assert.NotEmpty(t, f.Text, f.Name)
		assert.Equal(t, f.Name == "Go" || f.Name == ".workshop", f.Needed, "%s: without Docker the embedded backend is left", f.Name)
		assert.NotContains(t, f.Text, "\n", f.Name)
	}
	want := []string{"Go", ".workshop", "Docker", "Images", "Lambda", "Isolation"}
	if containers.Available(t.Context()) != nil {
		want = slices.Delete(want, 3, 4)
	}
	assert.Equal(t, want, names)
}

func TestTheGoCommandOfTheCourseIsFound(t *testing.T) {
	t.Parallel()
	f := examine(t, place(t))["Go"]
	assert.True(t, f.OK, f.Text)
	assert.Regexp(t, `^go1\.\d+`, f.Text)
}

func TestAMachineWithoutGoIsToldWhereToGetIt(t *testing.T) { // not parallel: it changes the PATH
	t.Setenv("PATH", t.TempDir())
	f := examine(t, place(t))["Go"]
	assert.False(t, f.OK)
	assert.Contains(t, f.Text, "https://go.dev/dl")
}

// With GOTOOLCHAIN=local an old Go tells its version as if nothing was wrong.
func TestAGoThatIsTooOldIsSaid(t *testing.T) { // not parallel: it changes the PATH
	for text, ok := range map[string]bool{
		"go version go1.21.5 linux/amd64":                  false,
		"go version go1.25.9 linux/amd64":                  false,
		"go version go1.99.0 darwin/arm64":                 true,
		"go version devel go1.99-abcdef Tue X linux/amd64": true,
	} {
		dir := t.TempDir()
		script := "#!/bin/sh\necho '" + text + "'\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o700)) //nolint:gosec // it is to be run
		t.Setenv("PATH", dir+":/bin:/usr/bin")
		f := examine(t, place(t))["Go"]
		assert.Equal(t, ok, f.OK, "%s: %s", text, f.Text)
		assert.Equal(t, !ok, strings.Contains(f.Text, "asks for go1."), f.Text)
	}
}

func TestStateIsMadeAndNothingIsLeftInIt(t *testing.T) {
	t.Parallel()
	p := place(t)
	f := examine(t, p)[".workshop"]
	assert.True(t, f.OK, f.Text)
	assert.Contains(t, f.Text, p.State)
	entries, err := os.ReadDir(p.State)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestAStateThatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	p := place(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	p.State = filepath.Join(file, ".workshop")
	f := examine(t, p)[".workshop"]
	assert.False(t, f.OK)
	assert.Contains(t, f.Text, "cannot be written")
	assert.Contains(t, f.Text, file)
}

// Whether there is Docker here or not: both are told in a line, with what it means.
func TestDockerIsToldEitherWay(t *testing.T) {
	t.Parallel()
	f := examine(t, place(t))["Docker"]
	if f.OK {
		assert.Contains(t, f.Text, "DynamoDB Local")
	} else {
		assert.Contains(t, f.Text, "embedded backend alone")
	}
}

func TestImagesAreToldOneByOne(t *testing.T) { // not parallel: it changes the environment
	if err := containers.Available(t.Context()); err != nil {
		t.Skip("not run, because it needs Docker: ", err)
	}
	const missing = "127.0.0.1:1/no/such-image:1"
	t.Setenv(containers.ElasticMQImageEnv, missing)
	f := examine(t, place(t))["Images"]
	assert.False(t, f.OK)
	assert.False(t, f.Needed)
	assert.Contains(t, f.Text, missing+" is not here, and its registry does not say how large it is (")
	assert.Contains(t, f.Text, "`make setup` fetches what is missing")
	assert.Contains(t, f.Text, containers.DefaultDynamoDBImage+" is ")
}

func TestAnExaminationThatIsCancelledHasNoGoodNews(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, f := range doctor.Examine(ctx, place(t)) {
		if f.Name == "Go" || f.Name == "Docker" {
			assert.False(t, f.OK, f.Name)
		}
	}
}

func TestWhatIsNotEnforcedHereIsNamed(t *testing.T) {
	t.Parallel()
	p := place(t)
	facts := examine(t, p)
	f := facts["Lambda"]
	assert.True(t, f.OK)
	assert.Contains(t, f.Text, runtime.GOOS+"/"+runtime.GOARCH)
	enforced, not, found := strings.Cut(f.Text, "not enforced: ")
	require.True(t, found)
	assert.Contains(t, not, "CPU share")
	assert.Contains(t, enforced, "Policies")
	assert.Equal(t, isolation.Available(p.State) == nil, facts["Isolation"].OK)
	assert.Contains(t, facts["Isolation"].Text, "your files")
}
