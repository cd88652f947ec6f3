package diagnosis

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
)

// Messages gives the messages of queues, whose ids differ from run to run, names that do not.
func Messages(r check.LessonResult) *strings.Replacer {
	var pairs []string
	for _, c := range r.Checks {
		if c.Finding == nil {
			continue
		}
		for _, timeline := range c.Finding.Timelines {
			for n, m := range timeline.Messages {
				pairs = append(pairs, m.ID, fmt.Sprintf("MESSAGE-%d", n+1))
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// A rule replaces what a pattern finds.
type rule struct {
	pattern     *regexp.Regexp
	replacement string
}

func apply(rules []rule, text string) string {
	for _, r := range rules {
		text = r.pattern.ReplaceAllString(text, r.replacement)
	}
	return text
}

// Measured finds figures that were measured, which are marked as such.
var Measured = regexp.MustCompile(`≈\d[\d,]*(\.\d+)?`)

// variable is what differs from run to run, or from machine to machine, in what a learner reads.
var variable = []rule{
	{regexp.MustCompile(`-[A-Z2-7]{13}\b`), "-XXXXXXXXXXXXX"},                             // the end of a physical name
	{regexp.MustCompile(`-[A-Z2-7]{1,12}…`), "-X…"},                                       // the same, cut
	{regexp.MustCompile(`(bucket)-[a-z2-7]{12}\b`), "${1}-xxxxxxxxxxxx"},                  // the end of a bucket's name
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|[+-]\d\d:\d\d)`), "TIME"}, // slog's
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`), "TIME"},                        // package log's
	{regexp.MustCompile(`RequestID: [0-9A-Za-z-]{36,}`), "RequestID: …"},                  // the backend's
	{regexp.MustCompile(`\b[a-z0-9]{10}\.execute-api\b`), "XXXXXXXXXX.execute-api"},       // the id of an API
	{regexp.MustCompile(`\b[A-Z2-7]{26}\b`), "XXXXXXXXXXXXXXXXXXXXXXXXXX"},                // rand.Text
	{regexp.MustCompile(`\bcmVjZWlwdC[A-Za-z0-9+/=]*…?`), "HANDLE"},                       // the receipt handle of a message
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`0x[0-9a-f]+\??`), "0x…"},
	{regexp.MustCompile(`goroutine \d+`), "goroutine N"},
	{regexp.MustCompile(`Init Duration: [\d.]+ ms`), "Init Duration: N ms"},
	{regexp.MustCompile(`met, in \d+\.\d s\b`), "met, in N s"},
	{Measured, "≈N"},
}

// Normalize takes out of a text what differs from run to run, and from machine to machine. Twice is once.
func Normalize(text string) string { return withoutToday(apply(variable, text), time.Now()) }

var date = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)

// withoutToday is a text without dates of today, whatever the time zone that they are of. Dates that a lesson names are
// earlier than that.
func withoutToday(text string, now time.Time) string {
	return date.ReplaceAllStringFunc(text, func(found string) string {
		for day := -1; day <= 1; day++ {
			if found == now.UTC().AddDate(0, 0, day).Format(time.DateOnly) {
				return "TODAY"
			}
		}
		return found
	})
}

// inGot is what differs between seeds, and between two answers with the same mistake, in what a finding got: the values of
// items, what learners call things, what they say of an error, and where in a file something is.
// What AWS calls things, and the name of a field, say more than they vary.
var inGot = []rule{
	{regexp.MustCompile(`\banswered \{"(\w+)":.*\}`), "answered with $1"},
	{regexp.MustCompile(`\bin the field "(\w+)"`), "in the field $1"},
	{regexp.MustCompile(`\bitemIdentifier "HANDLE"`), "itemIdentifier HANDLE"},
	{regexp.MustCompile(`\bitemIdentifier "\d+"`), "itemIdentifier N"},
	{regexp.MustCompile(`\breturned an error: .*\bAccessDenied\b.*`), "returned AccessDenied"},
	{regexp.MustCompile("`[^`]*(`|$)"), "`…`"},
	{regexp.MustCompile(`\{.*\}`), "{…}"},
	{regexp.MustCompile(`\{[^}]*$`), "{…}"}, // cut
	{regexp.MustCompile(`"(?:[^"\\]|\\.)*("|$)`), `"…"`},
	{regexp.MustCompile(`(so the caller gets no answer|the function returned an error|panic|panicked): .*`), "$1: …"},
	{regexp.MustCompile(`(template\.yaml:)\d+`), "${1}N"},
	{regexp.MustCompile(`\bline \d+\b`), "line N"},
	{madeUp, "ID"},
	{regexp.MustCompile(`\bmessage \d+`), "message N"},
	{regexp.MustCompile(`\blines in the log: \d+`), "lines in the log: N"},
	{regexp.MustCompile(`asked for id=.*`), "asked for id=…"},
	{regexp.MustCompile(`\bis \d+\.\d+ in\b`), "is N in"}, // a figure that a service made up
}

// inDid is what differs between seeds in what was sent: the values of items, but not that there is none.
var inDid = []rule{
	{madeUp, "ID"},
	{regexp.MustCompile(`:"(?:[^"\\]|\\.)+"`), `:"…"`},
	{regexp.MustCompile(`:\d[\d.]*`), ":N"},
	{regexp.MustCompile("`[A-Za-z0-9+/]{16,}=*`"), "`…`"}, // base64
	{regexp.MustCompile(`\bexecute-api\.[a-z0-9-]+`), "execute-api.REGION"},
	{regexp.MustCompile(`\bsent \d+ messages`), "sent N messages"},
	{regexp.MustCompile(`: \d+\. .*`), ""}, // a list
}

// madeUp finds ids that checks make up.
var madeUp = regexp.MustCompile(`[a-z]+-[0-9a-f]{4}\b`)

// bare and sent are what a finding got and did, in one line, as they are in a sign.
func bare(got string) string { return apply(inGot, oneLine(got)) }
func sent(did string) string { return apply(inDid, oneLine(did)) }

func oneLine(text string) string { return strings.Join(strings.Fields(Normalize(text)), " ") }
