package verify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMistakeIsTakenForItselfAndNothingElseForAMistake(t *testing.T) {
	t.Parallel()
	const lesson = "checker/course/lesson07/"
	const signs = lesson + "signs.txt"
	const sent = "    invoked TeaFunction with an order\n"
	o := toy(t, teaLesson(), map[string]string{
		// Green is like the starter, and what is declared to be right like the cold one.
		signs:                        "cold: hot\n" + sent + "    tea that is cold black\n\nsour: black\n" + sent + "    tea that is hot green\n\nstarter: hot black\n" + sent + "    tea that is cold green\n",
		lesson + "mistakes/sour.txt": "Sour.\n\naws: It curdles.\nfails: hot, black\nreads: cold green\n" + instead("cold green"),
		lesson + "right/sweet.txt":   "Sweet.\n" + instead("cold black"),
		lesson + "mistakes/mute.txt": "Mute.\n\nfails: hot, black\nreads: that is\n" + instead("nothing"),
	})
	o.Seed = 2 // without transcripts
	rows := prove(t, o)
	assert.Contains(t, rows["mistake green"].Problems, "run 1: it is taken for the mistake sour")
	assert.Contains(t, rows["right sweet"].Problems, "run 1: it is taken for the mistake cold")
	assert.Empty(t, rows["mistake cold"].Problems, "it is taken for itself")
	assert.Empty(t, rows["mistake sour"].Problems, "it is taken for nothing, since it is like the starter")
	assert.Empty(t, rows["starter starter"].Problems)

	o.Seed = 0
	whole := strings.Join(prove(t, o)["lesson 07-tea"].Problems, "\n")
	assert.Contains(t, whole, "sour does not look as signs.txt says")
	assert.Contains(t, whole, "mistakes/mute.txt does not say what comes of it on AWS")
	assert.NotContains(t, whole, "cold does not look")

	o = toy(t, teaLesson(), map[string]string{signs: "cold\n"})
	_, err := Run(t.Context(), o)
	require.ErrorContains(t, err, `07-tea: signs.txt: "cold" is no sign`)
}
