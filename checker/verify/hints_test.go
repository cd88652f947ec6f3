package verify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
)

// teaStarter and teaSolution are what hints may name.
var (
	teaStarter  = map[string]string{"tea/main.go": "package main\n\nfunc boilWater() {}\n", "template.yaml": "TeaFunction: {}\n"}
	teaSolution = map[string]string{
		"tea/main.go": "package main\n\nfunc boilWater() {\n\tone() // at a time\n\ttwo()\n\n\tif three() {\n\t\tfour()\n\t}\n\tfive()\n}\n",
		"tea/pot.go":  "package main\n\ntype teaPot struct{}\n",
	}
)

func lint(hints ...string) []string {
	l := course.Lesson{Lesson: check.Lesson{
		Checks: []check.Check{{ID: "hot"}}, Hints: map[string][]string{"hot": hints},
	}}
	return hintProblems(l, teaStarter, teaSolution)
}

func TestHintsThatLeadSomewhereAreFine(t *testing.T) {
	t.Parallel()
	assert.Empty(t, lint(
		"Look at boilWater in tea/main.go, at TeaFunction, at isBase64Encoded in the event, and at template.yaml.",
		"Water boils at 100 °C.",
		"A teaPot, as in pot.go, and one of its own.",
		"one(); two(); if three() { … }",
	))
}

func TestWhatIsWrongWithAHintIsSaid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hints []string
		want  string
	}{
		"too few":                     {[]string{"a", "b", "c"}, "hot has 3 hints, not 4"},
		"none":                        {nil, "hot has 0 hints, not 4"},
		"too many":                    {[]string{"a", "b", "c", "d", "e"}, "hot has 5 hints, not 4"},
		"an empty one":                {[]string{"a", " ", "c", "d"}, "hint 2 for hot is empty"},
		"the same again":              {[]string{"a", "b", "c", "a"}, "hint 4 for hot has been given before"},
		"a long one":                  {[]string{"a", strings.Repeat("word ", 130), "c", "d"}, "hint 2 for hot has 9 lines: more than 8 are not read"},
		"a file that is not there":    {[]string{"a", "b", "c", "See tea/cup.go."}, "hint 4 for hot names tea/cup.go, which is not there"},
		"a function of no template":   {[]string{"a", "b", "Let MilkFunction do it.", "d"}, "hint 3 for hot names MilkFunction, which is not there"},
		"an identifier of no file":    {[]string{"a", "b", "Call boilMilk.", "d"}, "hint 3 for hot names boilMilk, which is not there"},
		"where a learner cannot look": {[]string{"Look at teaPot.", "b", "c", "d"}, "hint 1 for hot names teaPot, which is not there"},
		"four lines of the solution":  {[]string{"a", "b", "c", "one(); two(); if three() { four() }"}, "hint 4 for hot gives the solution away: one(); two(); ifthree(); four()"},
		"however they are written":    {[]string{"a", "b", "c", "x\n  two()\n  if three() {\n four()\n}\nfive()"}, "hint 4 for hot gives the solution away: two(); ifthree(); four(); five()"},
	} {
		assert.Equal(t, []string{test.want}, lint(test.hints...), name)
	}
}
