package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
)

func TestShortLineLeavesShortLinesAlone(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "plain", "{not json", `"a string"`, `[1,2]`, "{}", `{"a":1,"b":[true,null],"c":{"d":"e"}}`,
		`{"quoted":"a \"b\" c","path":"C:\\","end":"\\\\"}`, `{"é":"日本","u":"\u00e9"}`, `{ "spaced" : "out" , "n" : 1.5e3 }`,
		`{"":""}`,
	} {
		assert.Equal(t, line, shortLine(line))
	}
}

func TestShortLineCutsTheLongStringsOfAStructuredLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1000)
	got := shortLine(`{"level":"ERROR","stack":"` + long + `","request_id":"r-1","deep":{"list":["` + long + `",7]}}`)
	half := strings.Repeat("x", maxText/2)
	kept := half + " … " + half
	assert.Equal(t, `{"level":"ERROR","stack":"`+kept+`","request_id":"r-1","deep":{"list":["`+kept+`",7]}}`, got)
}

func TestShortLineCutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	got := shortLine(`{"a":"` + strings.Repeat("é", maxText+1) + `","b":"` + strings.Repeat("日", maxText) + `"}`)
	assert.Equal(t, `{"a":"`+strings.Repeat("é", maxText/2)+" … "+strings.Repeat("é", maxText/2)+`","b":"`+strings.Repeat("日", maxText)+`"}`, got)
	assert.True(t, utf8.ValidString(got))
}

func TestShortLineIsStillJSONWhereverAnEscapeIsCut(t *testing.T) {
	t.Parallel()
	for _, escape := range []string{`\n`, `\"`, `\\`, `\t`} {
		for before := range 4 {
			line := `{"msg":"` + strings.Repeat("x", before) + strings.Repeat(escape, 200) + `","id":"r-1"}`
			require.True(t, json.Valid([]byte(line)))
			got := shortLine(line)
			assert.True(t, json.Valid([]byte(got)), got)
			assert.Contains(t, got, " … ")
			assert.Contains(t, got, `","id":"r-1"}`)
		}
	}
}

func TestShortLineCutsOtherLinesAtTheirEnd(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		strings.Repeat("é", 1000), "{" + strings.Repeat("x", 1000), `"` + strings.Repeat("x", 1000) + `"`,
		`{"a":"` + strings.Repeat("x", 1000),
	} {
		got := shortLine(line)
		assert.Equal(t, string([]rune(line)[:maxLine])+"…", got)
	}
}

func TestShortLineOfManyFieldsEndsSomewhere(t *testing.T) {
	t.Parallel()
	var fields []string
	for n := range 1000 {
		fields = append(fields, fmt.Sprintf(`"field%d":%d`, n, n))
	}
	got := shortLine("{" + strings.Join(fields, ",") + "}")
	assert.Equal(t, 3*maxLine+1, utf8.RuneCountInString(got))
	assert.True(t, strings.HasSuffix(got, "…"))
}

func FuzzShortLine(f *testing.F) {
	for _, seed := range []string{`{"a":"\\"}`, `{"a":"\"` + strings.Repeat(`\u00e9`, 30) + `"}`, "{", `{"` + strings.Repeat("k", 100) + `":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if got := shortLine(line); utf8.RuneCountInString(got) > max(3*maxLine, maxLine)+1 {
			t.Fatalf("%d characters are left", utf8.RuneCountInString(got))
		}
	})
}

func TestEvidenceHasCallsFirstAndSaysHowManyMoreThereAre(t *testing.T) {
	t.Parallel()
	var lines []string
	for n := range maxLines + 3 {
		lines = append(lines, fmt.Sprintf("line %d", n+1))
	}
	result := end(t, Check{}, func(c *T) {
		reply := echo(c, todo{Calls: maxCalls + 2, Log: lines})
		reply.Answered()
		evidence := reply.Evidence()
		require.Len(t, evidence, maxCalls+1+maxLines+1)
		for _, line := range evidence[:maxCalls] {
			assert.Equal(t, "call: DynamoDB GetItem on "+c.Table("ItemsTable").Name()+", id=nobody: 200, no item", line)
		}
		assert.Equal(t, "call: … and 2 more", evidence[maxCalls])
		assert.Equal(t, "log:  line 1", evidence[maxCalls+1])
		assert.Equal(t, "log:  … and 3 more lines", evidence[len(evidence)-1])
	})
	assert.Equal(t, Passed, result.Verdict, "%+v", result)
}

func TestEvidenceIsOfOneInvocation(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		echo(c, todo{Calls: 2, Log: []string{"first"}}).Answered()
		assert.Equal(t, []string{"call: none to AWS", "log:  second"}, echo(c, todo{Log: []string{"second"}}).Evidence())
	})
	assert.Equal(t, Passed, result.Verdict, "%+v", result)
}

func TestOutcomeIsSaidInWords(t *testing.T) {
	t.Parallel()
	exited := func(init bool) *sandbox.Invocation {
		i := failing(sandbox.Exited, `{"errorMessage":"gone"}`)
		i.Exit, i.InitCompleted = "signal: killed", init
		return i
	}
	panicked := failing(sandbox.Failed, `{"errorMessage":"out of tea","errorType":"string","stackTrace":[{}]}`)
	panicked.Exit = "exit status 1"
	hanging := failing(sandbox.TimedOut, `{}`)
	hanging.InitCompleted = false
	for want, i := range map[string]*sandbox.Invocation{
		`the answer {"statusCode":200}`: answering(`{"statusCode":200}`),
		"a panic: out of tea":           panicked,
		`an error returned to the runtime, so the caller gets no answer: E "out\nof tea"`:                                   failing(sandbox.Failed, `{"errorMessage":"out\nof tea","errorType":"E"}`),
		"no answer within the function's timeout of 3s; it was killed":                                                      failing(sandbox.TimedOut, `{}`),
		"INIT did not end: the process did not ask for an event, not within 10 s, and not when it was started again for 3s": hanging,
		"the process ended during INIT with signal: killed, before it asked for an event":                                   exited(false),
		"the process ended with signal: killed, without an answer":                                                          exited(true),
		"too much": failing(sandbox.TooLarge, `{"errorMessage":"too much"}`),
		"no exec":  failing(sandbox.NotStarted, `{"errorMessage":"no exec"}`),
	} {
		assert.Equal(t, want, Outcome(i))
	}
}

func TestOutcomeIsCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1000)
	for _, i := range []*sandbox.Invocation{
		answering(long),
		failing(sandbox.Failed, `{"errorMessage":"`+long+`","stackTrace":[{}]}`),
		failing(sandbox.Failed, `{"errorMessage":"`+long+`"}`),
		failing(sandbox.NotStarted, `{"errorMessage":"`+long+`"}`),
	} {
		assert.LessOrEqual(t, utf8.RuneCountInString(Outcome(i)), maxValue+100)
		assert.Contains(t, Outcome(i), "…")
	}
}
