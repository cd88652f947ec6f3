package diagnosis_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/course/diagnosis"
	"example.com/serverless-patterns/checker/eventsource"
)

func ran(id string, v check.Verdict, got string) check.Result {
	r := check.Result{ID: id, Severity: check.Must, Verdict: v}
	if v == check.Failed {
		r.Finding = &check.Finding{Did: "drank it", Got: got}
	}
	return r
}

func of(checks ...check.Result) check.LessonResult { return check.LessonResult{Checks: checks} }

// The tea is cold, green, or both, and sweet as well as sour tea is neither.
func teaBook(t *testing.T) diagnosis.Book {
	t.Helper()
	mistake := func(name string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("It is " + name + ".\n\naws: Nobody drinks it.\nfails: x\nreads: x\n-- main.go --\nx\n")}
	}
	book, err := diagnosis.Load(fstest.MapFS{
		"starter.txtar":      {Data: []byte("Tea.\n-- main.go --\nx\n")},
		"mistakes/cold.txt":  mistake("cold"),
		"mistakes/green.txt": mistake("green"),
		"mistakes/weak.txt":  mistake("weak"),
		"mistakes/sweet.txt": mistake("sweet"),
		"mistakes/sour.txt":  mistake("sour"),
		diagnosis.File: {Data: diagnosis.Signs{
			"starter": {[]string{"hot", "black"}, "drank it", "no tea"},
			"weak":    {[]string{"hot", "black"}, "drank it", "no tea"},
			"cold":    {[]string{"hot"}, "drank it", "20 °C"},
			"green":   {[]string{"hot", "black"}, "drank it", "20 °C"},
			"sweet":   {[]string{"plain"}, "drank it", "something in it"},
			"sour":    {[]string{"plain"}, "drank it", "something in it"},
			"gone":    {[]string{"black"}, "drank it", "no tin"},
		}.Format()},
	})
	require.NoError(t, err)
	return book
}

func TestAResultLooksLikeTheOneMistakeThatHasItsSign(t *testing.T) {
	t.Parallel()
	book := teaBook(t)
	hot, black, plain := ran("hot", check.Passed, ""), ran("black", check.Passed, ""), ran("plain", check.Passed, "")
	cold := ran("hot", check.Failed, "20 °C")
	assert.Equal(t, &check.Diagnosis{Mistake: "cold", Explanation: "It is cold. Nobody drinks it."}, book.Diagnose(of(cold, black, plain)))
	assert.Equal(t, "green", book.Diagnose(of(cold, ran("black", check.Failed, "whatever it got"), plain)).Mistake, "the first finding counts")
	for name, r := range map[string]check.LessonResult{
		"nothing failed":             of(hot, black, plain),
		"nothing ran":                of(),
		"it got something else":      of(ran("hot", check.Failed, "30 °C"), black, plain),
		"another check failed, too":  of(cold, black, ran("plain", check.Failed, "20 °C")),
		"another check failed":       of(hot, black, ran("plain", check.Failed, "20 °C")),
		"a check was left out":       of(cold, ran("black", check.Skipped, ""), plain),
		"a check could not be run":   of(cold, black, ran("plain", check.Errored, "")),
		"two mistakes look like it":  of(hot, black, ran("plain", check.Failed, "something in it")),
		"the starter looks like it":  of(ran("hot", check.Failed, "no tea"), ran("black", check.Failed, ""), plain),
		"the mistake is not known":   of(hot, ran("black", check.Failed, "no tin"), plain),
		"something else was sent":    of(check.Result{ID: "hot", Verdict: check.Failed, Finding: &check.Finding{Did: "smelled it", Got: "20 °C"}}, black, plain),
		"a failure without findings": of(check.Result{ID: "hot", Verdict: check.Failed}),
	} {
		assert.Nil(t, book.Diagnose(r), name)
	}
}

func TestASignIsTheSameForEachSeedAndForWhateverALearnerSays(t *testing.T) {
	t.Parallel()
	got := func(text string) string {
		sign, ok := diagnosis.SignOf(of(ran("a", check.Failed, text)))
		require.True(t, ok)
		assert.NotContains(t, sign.Got, "\n")
		return sign.Got
	}
	for name, texts := range map[string][2]string{
		"ids of items":         {"GET of kettle-46b2", "GET of kettle-0aff"},
		"values of items":      {`no tags in the body {"id":"kettle-a6dd","name":"a {b}"}`, `no tags in the body {"id":"kettle-0000","tags":{}}`},
		"answers":              {"status 500, body `{\"error\":\"internal error\"}`", "status 500, body `{\"message\":\"it failed\"}`"},
		"answers that are cut": {"status 500, body `{\"error\":\"getting an item: User: arn…", "status 500, body `{\"error\":\"cannot read: User: arn:aws…"},
		"several lines":        {"a\n  b", "a b"},
		"words of errors":      {`so the caller gets no answer: errorString "no item"`, `so the caller gets no answer: wrapError "getting: \"x\""`},
		"places in files":      {"the statement in line 46 of template.yaml", "the statement in line 7 of template.yaml"},
		"answers of a batch":   {`the function answered {"batchItemFailures":null}`, `the function answered {"batchItemFailures":[{"itemIdentifier":"1"}]}`},
		"positions":            {`itemIdentifier "1" is no message id`, `itemIdentifier "12" is no message id`},
		"refusals": {
			"the function returned an error: reading a photo: operation error S3: GetObject, AccessDenied: User: arn…",
			"the function returned an error: cannot read: S3: GetObject, AccessDenied: User: arn:aws:sts…",
		},
		"which message":     {"message 7 was delivered once", "message 12 was delivered once"},
		"figures":           {`stock is 70.27 in {"stock":70.27}`, `stock is 3.1 in {"stock":3.1}`},
		"what was measured": {"INIT takes ≈12 ms", "INIT takes ≈1,234.5 ms"},
	} {
		assert.Equal(t, got(texts[0]), got(texts[1]), name)
	}
	for name, texts := range map[string][2]string{
		"statuses":   {"status 500, body `x`", "status 404, body `x`"},
		"settings":   {"Timeout 60 s of ProcessorFunction", "Timeout 20 s of ProcessorFunction"},
		"deliveries": {"message 7 was delivered once", "message 7 was delivered 3 times"},
		"fields":     {`the name, in the log, in the field "error"`, `the name, in the log, in the field "body"`},
		"spellings":  {`the function answered {"batchItemFailures":null}`, `the function answered {"BatchItemFailures":null}`},
		"handles":    {`itemIdentifier "1" is no message id`, `itemIdentifier "cmVjZWlwdCAx" is no message id`},
		"refusals":   {"the function returned an error: AccessDenied", "the function returned an error: it is gone"},
		"names":      {"a DynamoDB Scan", "a DynamoDB Query"},
		"behind":     {`in the table {"id":"a"}, after it came again`, `in the table {"id":"a"}, after both have written`},
	} {
		assert.NotEqual(t, got(texts[0]), got(texts[1]), name)
	}
}

func TestWhatWasSentIsTheSameForEachSeed(t *testing.T) {
	t.Parallel()
	did := func(text string) string {
		r := ran("a", check.Failed, "")
		r.Finding.Did = text
		sign, ok := diagnosis.SignOf(of(r))
		require.True(t, ok)
		return sign.Did
	}
	for text, want := range map[string]string{
		"GET to https://a1b2c3d4e5.execute-api.eu-south-2.amazonaws.com/prod":      "GET to https://XXXXXXXXXX.execute-api.REGION.amazonaws.com/prod",
		"sent GET /items/blue%20kettle-b3f8":                                       "sent GET /items/blue%20ID",
		"sent GET /items/kettle-46b2 to ItemsApi":                                  "sent GET /items/ID to ItemsApi",
		"with the body `{\"id\":\"kettle-fa95\",\"name\":\"a \\\"b\\\"\"}`":        "with the body `{\"id\":\"…\",\"name\":\"…\"}`",
		"with the body `{\"id\":\"\",\"price\":19.99}`":                            "with the body `{\"id\":\"\",\"price\":N}`",
		"with the body `eyJpZCI6ImtldHRsZS1iMjA0In0=`":                             "with the body `…`",
		"sent 8 messages to ProcessingQueue: 1. \"two\" 2. `{\"id\":\"order-1\"}`": "sent N messages to ProcessingQueue",
		"several times in one process:\n1. an event\n2. another":                   "several times in one process",
	} {
		assert.Equal(t, want, did(text))
	}
}

func TestMessagesHaveTheSameNamesInEachRun(t *testing.T) {
	t.Parallel()
	with := func(id string) check.LessonResult {
		r := ran("a", check.Failed, "message "+id+" came back")
		r.Finding.Timelines = []eventsource.Timeline{{Messages: []eventsource.Message{{ID: "other-" + id}, {ID: id}}}}
		return of(r)
	}
	one, _ := diagnosis.SignOf(with("0a1b"))
	two, _ := diagnosis.SignOf(with("ffff"))
	assert.Equal(t, one, two)
	assert.Equal(t, "message MESSAGE-2 came back", one.Got)
}

func TestSignsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	signs := diagnosis.Signs{
		"a": {[]string{"one"}, "drank it", "a: text # with marks"},
		"b": {[]string{"one", "two"}, "drank it", ""},
	}
	read, err := diagnosis.Read(fstest.MapFS{diagnosis.File: {Data: signs.Format()}})
	require.NoError(t, err)
	assert.Equal(t, signs, read)
	read, err = diagnosis.Read(fstest.MapFS{})
	require.NoError(t, err)
	assert.Empty(t, read)
	for _, text := range []string{"a\n", "    got\n", "a:\n"} {
		_, err = diagnosis.Read(fstest.MapFS{diagnosis.File: {Data: []byte(text)}})
		assert.ErrorContains(t, err, "is no sign: `bin/checker verify --update` writes the file", text)
	}
}

// What the course keeps agrees with its bank; that it is so is for verify to prove.
func TestTheSignsOfTheCourseAreThoseOfItsBank(t *testing.T) {
	t.Parallel()
	for _, l := range course.Lessons() {
		known, err := bank.Load(l.Files)
		require.NoError(t, err, l.ID)
		signs, err := diagnosis.Read(l.Files)
		require.NoError(t, err, l.ID)
		require.Len(t, signs, len(known.Mistakes)+1, l.ID)
		for _, a := range append(known.Mistakes, known.Starter) {
			assert.ElementsMatch(t, a.Fails, signs[a.Name].Failed, "%s of %s", a.Name, l.ID)
		}
	}
}
