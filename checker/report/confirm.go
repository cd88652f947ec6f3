package report

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/check"
)

// confirmed tells what a second look at a lesson came to, if it came to something.
func (t *Text) confirmed(c *check.Confirmation) {
	if c == nil {
		return
	}
	if c.Verdict == check.Passed && len(c.Disagreements) == 0 {
		t.line("%s", dim.Render(fmt.Sprintf("Confirmed on %s, in %.1f s.", emulators(c.Services), c.Seconds)))
	}
	if len(c.Disagreements) == 0 {
		return
	}
	t.line("\n%s", render(bad, indent("! The two backends disagree, which is a fault of the course: please report it, with all of this.", 2)))
	for _, d := range c.Disagreements {
		t.line("\n  %s", indent(d.Second.Requirement+" ["+d.Second.ID+"]", 2))
		t.line("    embedded    %s", indent(ending(d.First), 16))
		t.line("    %-11s %s", c.Backend, indent(ending(d.Second), 16))
	}
	t.line("\n  %s", indent("What "+emulators(c.Services)+" came to is what counts: that is nearer to AWS.", 2))
}

// ending is how a check ended, in a sentence.
func ending(r check.Result) string {
	switch {
	case r.Finding != nil:
		return "failed, it got " + r.Finding.Got
	case r.Reason != "":
		return "was not tried: " + r.Reason
	}
	return string(r.Verdict)
}

// Confirmation closes a run with what is passed and was not confirmed, and why.
func (t *Text) Confirmation(d check.Document) {
	if d.Backend == "embedded" && d.Verdict == check.Passed {
		t.line("%s", render(dim, indent("Checked on the embedded backend alone. Without --backend embedded, Docker confirms it on DynamoDB Local.", 0)))
	}
	var said []string
	for _, l := range d.Lessons {
		c := l.Confirmation
		if c == nil || c.Reason == "" && c.Error == "" {
			continue
		}
		text := fmt.Sprintf("Not confirmed on %s: %s%s.", emulators(c.Services), c.Reason, c.Error)
		if !slices.Contains(said, text) {
			said = append(said, text)
			t.line("%s", render(dim, indent(text, 0)))
		}
	}
}

// emulators are what confirms lessons that ask for these services.
func emulators(services []backend.Service) string {
	var names []string
	for _, s := range services {
		switch s {
		case backend.DynamoDB:
			names = append(names, "DynamoDB Local")
		case backend.SQS:
			names = append(names, "ElasticMQ")
		}
	}
	return strings.Join(names, " and ")
}
