package verify

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/course"
)

func TestTheMatrixHasALineForEachMistake(t *testing.T) {
	t.Parallel()
	l := course.Lesson{Lesson: teaLesson()}
	mistake := func(lesson, backend, name, diagnosis string, failed ...string) Row {
		return Row{Lesson: lesson, Backend: backend, Kind: "mistake", Name: name, Diagnosis: diagnosis, Failed: failed}
	}
	assert.Equal(t, `Lesson 7 on embedded: which mistake fails which checks

   1  hot
   2  black

           1  2
  both     ✗  ✗
  no-fire  ✗  ·  =

2 mistakes, with 2 signatures; 1 are taken for themselves (=), and nothing is said of the others.
`, Matrix(l, "embedded", []Row{
		mistake("07-tea", "embedded", "no-fire", "no-fire", "hot"),
		mistake("07-tea", "containers", "green", "", "black"),
		mistake("08-milk", "embedded", "sour", "", "hot"),
		{Lesson: "07-tea", Backend: "embedded", Kind: "starter", Name: "starter", Failed: []string{"hot"}},
		mistake("07-tea", "embedded", "both", "", "hot", "black"),
		{Lesson: "07-tea", Backend: "embedded", Kind: "lesson", Tally: Tally{2, 2, 1}},
		{Lesson: "07-tea", Backend: "containers", Kind: "lesson", Tally: Tally{9, 9, 9}},
	}))
}
