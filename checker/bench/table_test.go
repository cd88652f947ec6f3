package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"

	"example.com/serverless-patterns/checker/check"
)

// example has each form that a row can have.
func example() Report {
	ms := func(b, m float64) Pair {
		return Pair{time.Duration(b * float64(time.Millisecond)), time.Duration(m * float64(time.Millisecond))}
	}
	with := func(r Row, pairs ...Pair) Row {
		r.Pairs = pairs
		return r
	}
	containers := verdictContainers
	containers.Why = "no Docker"
	cold := coldStart
	cold.Why = "it takes minutes; make bench COLD=1 does"
	return Report{
		Machine: Machine{System: "linux/amd64", CPUs: 2, Go: "go1.26.8", Before: 0.42, After: 12.07},
		Rows: []Row{
			with(firstFinding, ms(800, 880), ms(800, 920), ms(1000, 1300)),
			with(watchFinding, ms(800, 900), ms(800, 940)),
			with(verdictEmbedded, ms(800, 1000), ms(820, 1020)),
			containers,
			with(share, ms(800, 1200), ms(800, 1100)),
			with(sharesOf(course.Lessons())[1], ms(800, 1000), ms(800, 1010)),
			cold,
			with(coldStart, ms(104000, 109200)),
			with(invocation, ms(0.16, 0.9), ms(0.17, 0.95)),
			with(verifyOne, ms(300, 900), ms(300, 960)),
			with(gradeOne, ms(500, 630), ms(500, 640)),
			with(waits, ms(1000, 3500), ms(1000, 3600)),
		},
		Waits: []Wait{{"deadline", 2.52, "the function's deadline, or its own limit before that"}, {"retries", 11.2, "the SDK"}},
		Notes: []string{"client-once takes 0.8 s and declares no wait."},
	}
}

// golden compares with a file of testdata, or writes it if UPDATE_GOLDEN is 1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "UPDATE_GOLDEN=1 keeps it")
}

func TestTheTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writeTable(&out, example())
	golden(t, "table.txt", out.String())
	for line := range strings.Lines(out.String()) {
		line = strings.TrimSuffix(line, "\n")
		assert.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
		assert.Equal(t, strings.TrimRight(line, " "), line)
	}
}

func TestTheDocument(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, writeJSON(&out, example()))
	golden(t, "document.json", out.String())
	assert.True(t, json.Valid(out.Bytes()))
}

func TestAMachineWithoutALoadSaysNoneOfIt(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "8 CPUs, darwin/arm64, go1.26.8", Machine{System: "darwin/arm64", CPUs: 8, Go: "go1.26.8", Before: -1, After: -1}.String())
}

func TestRowsAreInTheOrderOfTheDesign(t *testing.T) {
	t.Parallel()
	b := &bench{report: &Report{Rows: []Row{{ID: "waits"}, {ID: "grade"}, {ID: "verify"}, {ID: "first-finding"}}}}
	b.complete(true)
	ids := each(b.report.Rows, func(r Row) string { return r.ID })
	assert.Equal(t, []string{"first-finding", "cold", "verify", "grade", "waits"}, ids)
	for _, id := range ids {
		assert.Contains(t, order, id)
	}
	assert.Equal(t, "it takes minutes; make bench COLD=1 does", b.report.Rows[1].Why)

	b = &bench{report: &Report{Rows: []Row{{ID: "verify"}}}}
	b.complete(false)
	assert.Len(t, b.report.Rows, 1, "only what was asked for")
}

func TestADeclarationThatLooksWrongIsNoted(t *testing.T) {
	t.Parallel()
	lesson := check.Lesson{Checks: []check.Check{{ID: "waits", Waits: "a deadline"}, {ID: "works"}, {ID: "dawdles"}, {ID: "boasts", Waits: "nothing"}}}
	results := func(seconds ...float64) check.LessonResult {
		return check.LessonResult{Checks: each(seconds, func(s float64) check.Result { return check.Result{Seconds: s} })}
	}
	waits, notes := declared(lesson, []check.LessonResult{results(2.5, 0.1, 0.9, 0.1), results(2.7, 3, 1.1, 0.1), results(2.6, 0.1, 1, 0.1)})
	assert.Equal(t, []Wait{{"waits", 2.6, "a deadline"}, {"boasts", 0.1, "nothing"}}, waits)
	assert.Equal(t, []string{"dawdles takes 1.0 s and declares no wait.", "boasts declares a wait, and takes only 0.10 s."}, notes)
}
