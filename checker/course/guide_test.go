package course_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

var (
	timetableRow = regexp.MustCompile(`(?m)^\| (\d+:\d\d) \| (.+) \|$`)
	inMinutes    = regexp.MustCompile(`, (\d+) min$`)
	ofALesson    = regexp.MustCompile(`^lesson (\d+), \d+ min$`)
	tableRow     = regexp.MustCompile(`(?m)^\| .+ \|$`)
	mistakeRow   = regexp.MustCompile(`^\| \[([a-z0-9-]+)\]\(\.\./checker/course/(lesson\d\d)/transcripts/([a-z0-9-]+)\.txt\) \| (.+?) \| .+ \|$`)
	link         = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
)

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}

// section is what is below a heading, up to the next one that is not below it.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n"+heading+"\n")
	require.True(t, found, "there is no heading %q", heading)
	level := strings.Index(heading, " ")
	for next := range level {
		rest, _, _ = strings.Cut(rest, "\n"+heading[:next+1]+" ")
	}
	return rest
}

// A timetable has each lesson's own minutes, and what begins next begins when they are over.
func TestTheTimetablesOfTheGuideAddUp(t *testing.T) {
	t.Parallel()
	guide := readText(t, "docs/instructor.md")
	for _, heading := range []string{"### Half a day", "### A full day"} {
		text := section(t, guide, heading)
		rows := timetableRow.FindAllStringSubmatch(text, -1)
		require.Greater(t, len(rows), 3, heading)
		total := 0
		for n, row := range rows {
			at, err := time.Parse("15:04", row[1])
			require.NoError(t, err)
			if n == len(rows)-1 {
				assert.Equal(t, "the end", row[2], heading)
				break
			}
			took := inMinutes.FindStringSubmatch(row[2])
			require.NotNil(t, took, "%s: %q says how long it takes", heading, row[2])
			minutes, err := strconv.Atoi(took[1])
			require.NoError(t, err)
			assert.Equal(t, rows[n+1][1], strings.TrimPrefix(at.Add(time.Duration(minutes)*time.Minute).Format("15:04"), "0"), "%s: what is after %q", heading, row[2])
			if m := ofALesson.FindStringSubmatch(row[2]); m != nil {
				l, err := course.Find(m[1])
				require.NoError(t, err)
				assert.Equal(t, l.Minutes, minutes, "%s: lesson %s", heading, m[1])
				total += minutes
			}
		}
		assert.Contains(t, text, fmt.Sprintf("\n%d minutes of it are lessons.\n", total), heading)
	}
}

// The guide helps with every lesson, and its mistakes are those of the bank, in the bank's words.
func TestTheGuideHasTheTurningPointsAndMistakesOfEachLesson(t *testing.T) {
	t.Parallel()
	guide := readText(t, "docs/instructor.md")
	for _, l := range course.Lessons() {
		b, err := bank.Load(l.Files)
		require.NoError(t, err)
		what := map[string]string{}
		for _, m := range b.Mistakes {
			what[m.Name] = m.What
		}
		text := section(t, guide, fmt.Sprintf("### Lesson %d: %s", l.Number, l.Title))
		points, mistakes, found := strings.Cut(text, "\n| usual mistake | in short | how to explain it |\n|---|---|---|\n")
		require.True(t, found, "lesson %d has mistakes", l.Number)
		assert.GreaterOrEqual(t, len(tableRow.FindAllString(points, -1)), 1+4, "lesson %d has turning points", l.Number)
		rows := tableRow.FindAllString(mistakes, -1)
		assert.GreaterOrEqual(t, len(rows), 5, "lesson %d has usual mistakes", l.Number)
		for _, row := range rows {
			m := mistakeRow.FindStringSubmatch(row)
			require.NotNil(t, m, "lesson %d: %q has a mistake, which leads to its transcript", l.Number, row)
			assert.Equal(t, fmt.Sprintf("lesson%02d", l.Number), m[2], m[1])
			assert.Equal(t, m[1], m[3])
			assert.Equal(t, what[m[1]], m[4], "lesson %d: what %s is, as the bank says", l.Number, m[1])
		}
	}
}

func TestTheReadmeHasEachLessonWithItsMinutes(t *testing.T) {
	t.Parallel()
	readme := readText(t, "README.md")
	for _, l := range course.Lessons() {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %d \| \[.+\]\(lessons/%s\) \| .+ \| (\d+) \|$`, l.Number, l.ID)).FindStringSubmatch(readme)
		require.NotNil(t, row, "the README's course has lesson %d", l.Number)
		assert.Equal(t, strconv.Itoa(l.Minutes), row[1], l.ID)
	}
}

// What a text leads to is there.
func TestLinksOfTheTextsLeadToFiles(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "lessons/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		texts = append(texts, found...)
	}
	require.Greater(t, len(texts), 10)
	for _, name := range texts {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(m[1])))
			assert.NoError(t, err, "%s leads to %s", name, m[1])
		}
	}
}
