package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/report"
)

func TestWithoutATerminalTheTextIsPlainAndComplete(t *testing.T) {
	t.Parallel()
	for name, r := range results {
		got := show(r, "TERM=xterm-256color", "COLORTERM=truecolor")
		assert.NotContains(t, got, "\x1b", name)
		assert.Equal(t, show(r), got, name)
	}
}

func TestColoursAreOnlyForThoseWhoHaveThem(t *testing.T) {
	t.Parallel()
	plain := show(results["failed"])
	for _, environ := range [][]string{{"CLICOLOR_FORCE=1"}, {"TTY_FORCE=1", "TERM=xterm-256color"}} {
		got := show(results["failed"], environ...)
		assert.Contains(t, got, "\x1b[", environ)
		assert.Contains(t, got, "✗ FAIL", environ)
		assert.Equal(t, plain, stripped(t, got), "colours change no word: %v", environ)
	}
	for _, environ := range [][]string{nil, {"CLICOLOR_FORCE=0"}, {"TERM=dumb", "TTY_FORCE=1"}, {"CLICOLOR=1"}} {
		assert.Equal(t, plain, show(results["failed"], environ...), environ)
	}
}

func TestWithNO_COLORTheTextHasNoColours(t *testing.T) {
	t.Parallel()
	got := show(results["failed"], "TTY_FORCE=1", "TERM=xterm-256color", "NO_COLOR=1")
	for _, colour := range []string{"\x1b[31", "\x1b[1;31", "\x1b[32", "\x1b[38"} {
		assert.NotContains(t, got, colour)
	}
}

func TestWithNO_COLORTheTextIsPlainWhateverElseIsSet(t *testing.T) {
	t.Parallel()
	terminal := []string{"TTY_FORCE=1", "TERM=xterm-256color"}
	for _, environ := range [][]string{
		append(terminal, "NO_COLOR=1"),
		append(terminal, "NO_COLOR=yes"), // no-color.org: any value but the empty one
		{"CLICOLOR_FORCE=1", "NO_COLOR=1"},
	} {
		assert.NotContains(t, show(results["failed"], environ...), "\x1b", environ)
	}
	assert.Contains(t, show(results["failed"], append(terminal, "NO_COLOR=")...), "\x1b", "an empty one says nothing")
}

func stripped(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	for n, part := range strings.Split(text, "\x1b[") {
		if n > 0 {
			_, rest, ok := strings.Cut(part, "m")
			require.True(t, ok)
			part = rest
		}
		out.WriteString(part)
	}
	return out.String()
}

func TestEverySymbolHasAWordBesideIt(t *testing.T) {
	t.Parallel()
	line := func(r check.Result) string {
		var out bytes.Buffer
		report.NewText(&out, nil).Check(r)
		return out.String()
	}
	assert.Equal(t, "  ✓ pass  Each message is saved under its id\n", line(passed))
	assert.Equal(t, "  ! ERROR Nothing is lost [broken]\n", line(broken))
	assert.Equal(t, "  ~ could The log has fields [log-fields]\n", line(couldBe))
	assert.True(t, strings.HasPrefix(line(failedOf("first")), "  ✗ FAIL  A bad message"))
}
