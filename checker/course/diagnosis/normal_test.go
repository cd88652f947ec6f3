package diagnosis_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/course/diagnosis"
)

func TestNormalizeTakesOutWhatDiffersFromRunToRun(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"01-handler-ItemsTable-ABCDEFGHIJ234 and":         "01-handler-ItemsTable-XXXXXXXXXXXXX and",
		`{"time":"2026-11-23T12:00:00.123456789Z","a":1}`: `{"time":"TIME","a":1}`,
		"2026-11-23T12:00:00+02:00 x":                     "TIME x",
		"2026/11/23 12:00:00 request":                     "TIME request",
		"https response error StatusCode: 400, RequestID: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF, x": "https response error StatusCode: 400, RequestID: …, x",
		"RequestID: 00000000-0000-4000-8000-000000000000, x":                                                       "RequestID: …, x",
		"https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com/prod":                                             "https://XXXXXXXXXX.execute-api.eu-north-1.amazonaws.com/prod",
		`{"id":"UBFLYVRNABBGGTIX6CABNXLDXK"}`:                                                                      `{"id":"XXXXXXXXXXXXXXXXXXXXXXXXXX"}`,
		"DeleteItemFunction-QK4… is":                                                                               "DeleteItemFunction-X… is",
		"dial tcp 127.0.0.1:43210: refused":                                                                        "dial tcp 127.0.0.1:PORT: refused",
		"main.handle({0x7f00c0, 0xc000123400?}, 0x1)":                                                              "main.handle({0x…, 0x…}, 0x…)",
		"the report of " + time.Now().UTC().Format(time.DateOnly):                                                  "the report of TODAY",
		"goroutine 17 [running]":                                                                                   "goroutine N [running]",
		"INIT_REPORT Init Duration: 12.34 ms\tPhase: init":                                                         "INIT_REPORT Init Duration: N ms\tPhase: init",
		"1 of 16 requirements met, in 1.4 s.":                                                                      "1 of 16 requirements met, in N s.",
		"INIT takes ≈1,234.5 ms, ≈12 times as long":                                                                "INIT takes ≈N ms, ≈N times as long",
		"status 200, body `{\"id\":\"kettle-5dda\"}`, 20 connections, 0 and 127":                                   "status 200, body `{\"id\":\"kettle-5dda\"}`, 20 connections, 0 and 127",
	} {
		assert.Equal(t, want, diagnosis.Normalize(text))
		assert.Equal(t, want, diagnosis.Normalize(want), "twice is once")
	}
}

func TestNormalizeLeavesWhatALearnerHasToRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a timeout of 3s", "20 connections to DynamoDB", "item-ABCDEFGHIJKLMNOP", "a-TABLE", "2026-11-23", "RequestID: short",
	} {
		assert.Equal(t, text, diagnosis.Normalize(text))
	}
}

func TestNormalizeKnowsTheSummaryFromAFinding(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "an answer within 3.0 s", diagnosis.Normalize("an answer within 3.0 s"))
}
