package verify

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/course"
)

func TestATallyCountsMistakesAndTheWaysInWhichTheyShow(t *testing.T) {
	t.Parallel()
	judged := func(kind, name, signature, diagnosis string) judgement {
		return judgement{Row: Row{Kind: kind, Name: name, Diagnosis: diagnosis}, signature: signature}
	}
	assert.Equal(t, Tally{Mistakes: 4, Signatures: 3, Diagnosed: 2}, tallyOf([]judgement{
		judged("solution", "solution", "", ""), judged("starter", "starter", "z", ""), judged("right", "r", "", ""),
		judged("mistake", "a", "x", "a"), judged("mistake", "b", "x", ""), judged("mistake", "c", "y", "c"), judged("mistake", "d", "z", "a"),
	}))
}

func TestTheCourseHasEnoughMistakesAndSignatures(t *testing.T) {
	t.Parallel()
	lesson := func(name string, mistakes, signatures int) Row {
		return Row{Lesson: name, Kind: "lesson", Tally: Tally{Mistakes: mistakes, Signatures: signatures, Diagnosed: 1}}
	}
	enough := courseRow("embedded", []Row{lesson("a", 100, 8), {Kind: "mistake", Tally: Tally{Mistakes: 1000}}, lesson("b", 10, 9)})
	assert.Empty(t, enough.Problems)
	assert.Equal(t, Tally{Mistakes: 110, Signatures: 17, Diagnosed: 2}, enough.Tally)
	assert.Equal(t, "embedded", enough.Backend)
	assert.Equal(t, []string{"b has 7 signatures, not 8", "the course has 109 mistakes, not 110"},
		courseRow("embedded", []Row{lesson("a", 100, 8), lesson("b", 9, 7)}).Problems)
}

func TestOnlyAllLessonsAreTheCourse(t *testing.T) {
	t.Parallel()
	all := course.Lessons()
	assert.True(t, wholeCourse(all))
	assert.False(t, wholeCourse(all[1:]))
	assert.False(t, wholeCourse(nil))
	assert.False(t, wholeCourse(append(slices.Clone(all), all[0])))
}
