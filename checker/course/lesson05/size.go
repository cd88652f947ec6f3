package lesson05

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/anatomy"
	"example.com/serverless-patterns/checker/check"
)

// maxSize is how large the bootstrap may be, in bootstraps of a function that only says hello. With the client of DynamoDB
// and its configuration it is 1.65 of them, with text/template besides 2.05, with those of S3 and SQS 1.85, on x86_64 and arm64 alike.
const maxSize = 1.75

var size = check.Check{
	ID:          "size",
	Requirement: "The bootstrap is at most 1.75 times as large as that of a function that only says hello",
	Why: "Lambda fetches and unpacks the package before INIT can begin, and each part of it that runs is read from disk first. What is in it also " +
		"has to be kept free of known holes, whether anything uses it or not.",
	Next:  "Look at the imports: leave out clients that nothing calls, and what a few lines of your own do as well.",
	Alone: true, // for the figures of INIT in its table
	Run: func(t *check.T) {
		event := request(t.Table(table).Put(kettle(t)))
		f, hello := t.Function(function), t.Hello()
		parts := f.Anatomy(event)
		t.Measure(partsTable(parts, f.Size(), hello.Size()))
		times := check.Times(f.Size(), hello.Size())
		if times <= maxSize {
			return
		}
		foreign := foreignParts(parts)
		finding := check.Finding{
			Did:  fmt.Sprintf("built %s as it is deployed, and hello, world with the same flags", function),
			Got:  fmt.Sprintf("≈%s MB, ≈%.2f times as large as hello, world, with the code of %s", check.Megabytes(f.Size()), times, names(foreign)),
			Want: fmt.Sprintf("at most %.2f times as large as hello, world", maxSize),
			Next: nextOfSize(foreign),
		}
		for _, p := range foreign {
			finding.Evidence = append(finding.Evidence, fmt.Sprintf("code: ≈%.2f MB of %s", float64(p.Code)/1e6, p.Name))
		}
		t.Fail(finding)
	},
}

// needed is what comes with a client of DynamoDB and the SDK's configuration, besides what hello has.
var needed = []string{
	anatomy.YourCode, anatomy.SDKCore, anatomy.SDKClient + "dynamodb", anatomy.SDKClient + "dynamodbstreams", "github.com/aws/aws-lambda-go",
	// Ways to credentials that config.LoadDefaultConfig knows.
	anatomy.SDKClient + "sts", anatomy.SDKClient + "sso", anatomy.SDKClient + "ssooidc", anatomy.SDKClient + "signin",
}

// foreignParts are clients, modules and templates that the task does not need, the largest first; the largest of all
// parts if there are none.
func foreignParts(parts []anatomy.Part) []anatomy.Part {
	var all []anatomy.Part
	for _, p := range parts {
		if (strings.ContainsAny(p.Name, "./-") && !slices.Contains(needed, p.Name)) && p.Name != "text/template/parse" {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return parts[:3]
	}
	return all
}

func isTemplate(p anatomy.Part) bool { return p.Name == "text/template" || p.Name == "html/template" }

func nextOfSize(foreign []anatomy.Part) string {
	switch {
	case slices.ContainsFunc(foreign, isTemplate) && len(foreign) == 1:
		return "Write the text with fmt. A template calls methods by name, so the linker keeps every exported method of every type: of the SDK's clients, too."
	case slices.ContainsFunc(foreign, isTemplate):
		return "Leave out what nothing calls, and the template with it: it calls methods by name, so the linker keeps every exported method of every client."
	}
	return fmt.Sprintf("Leave out %s: remove what makes it, and its import.", foreign[0].Name)
}

func names(parts []anatomy.Part) string {
	all := make([]string, len(parts))
	for n, p := range parts {
		all[n] = p.Name
	}
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// smallPart is what is not worth a line of its own, in bytes of code. Templates are, however small: they make others large.
const smallPart = 150_000

func partsTable(parts []anatomy.Part, whole, hello int64) check.Measure {
	row := func(p anatomy.Part) []string {
		return []string{p.Name, fmt.Sprintf("%.2f", float64(p.Code)/1e6), check.Milliseconds(p.Init)}
	}
	m := check.Measure{
		Title:   fmt.Sprintf("Where the size and INIT of %s come from", function),
		Columns: []check.Column{{Name: "packages"}, {Name: "size (MB)", Varies: true}, {Name: "INIT (ms)", Varies: true}},
		Note: "A package's size is the code that the linker kept. With text/template or html/template in a program, which call methods by name, it keeps every " +
			"exported method of every type. INIT is that of variables and init functions; what main does comes after it.",
	}
	rest, data := anatomy.Part{Name: "all other packages"}, anatomy.Part{Name: "tables and data that go with the code", Code: whole}
	for _, p := range parts {
		data.Code -= p.Code
		if p.Code < smallPart && !isTemplate(p) && p.Name != anatomy.YourCode {
			rest.Code, rest.Init = rest.Code+p.Code, rest.Init+p.Init
			continue
		}
		m.Rows = append(m.Rows, row(p))
	}
	m.Rows = append(m.Rows, row(rest))
	for _, p := range []anatomy.Part{data, {Name: "the whole bootstrap", Code: whole}, {Name: "that of hello, world", Code: hello}} {
		m.Rows = append(m.Rows, []string{p.Name, row(p)[1], "–"})
	}
	return m
}
