package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
)

// The course is proven, as `checker verify --backend embedded` does it. That is minutes of linking, which -race
// finds nothing in: go test -short leaves it out, and so does CI, where the command does it, on all backends.
func TestTheCourseIsProven(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes minutes")
	}
	if os.Getenv("COURSE_IS_PROVEN_APART") != "" {
		t.Skip("checker verify does it")
	}
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	place, err := course.FindPlace(here, "")
	require.NoError(t, err)
	rows, err := Run(t.Context(), Options{
		Place: place, Lessons: course.Lessons(), Runs: 1, Backends: []Backend{{"embedded", openEmbedded}},
	})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, r := range rows {
		kinds[r.Kind]++
		for _, problem := range r.Problems {
			assert.Fail(t, r.Lesson+": "+r.name(), problem)
		}
	}
	for _, kind := range []string{"solution", "starter", "lesson"} {
		assert.Equal(t, len(course.Lessons()), kinds[kind], kind)
	}
	assert.Positive(t, kinds["mistake"])
}
