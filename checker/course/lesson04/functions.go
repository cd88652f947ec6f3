package lesson04

import (
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
)

var ownFunctions = check.Check{
	ID:          "own-functions",
	Requirement: "Each operation has a function and a binary of its own: GetItemFunction, CreateItemFunction, DeleteItemFunction and ReportFunction",
	Why: "What shares a function shares its memory, its timeout, its concurrency and every deployment of it. What shares a binary starts with " +
		"all of the code that the others need.",
	Next:  "In the template, give each function a CodeUri and a route of its own, and move the code of the operation to that directory.",
	After: "routes",
	Run: func(t *check.T) {
		http := t.API(api)
		item := t.Table(table).Put(kettle(t))
		for _, each := range []struct {
			request  check.Request
			function string
		}{{check.Request{Path: pathOf(item)}, getFunction}, {post(text(kettle(t))), createFunction}, {remove(item), deleteFunction}} {
			t.Function(each.function)
			reply := http.Send(each.request)
			reply.Answered()
			if by := reply.By(); by != each.function {
				reply.Fail(check.Finding{Got: "an answer of " + by, Want: "an answer of " + each.function})
			}
		}
		differ(t, getFunction, createFunction, deleteFunction, reportFunction)
	},
}

// differ requires that no two functions run the same binary.
func differ(t *check.T, functions ...string) {
	for n, name := range functions {
		for _, other := range functions[:n] {
			if t.Function(name).RunsTheSameAs(t.Function(other)) {
				t.Fail(check.Finding{
					Did: "compared the bootstraps of the functions", Got: fmt.Sprintf("%s and %s run the same binary", other, name),
					Want: "a binary for each function",
				})
			}
		}
	}
}

var ownPolicies = check.Check{
	ID:          "own-policies",
	Requirement: "Each function may do what its operation needs, and no other's: only the one that deletes may delete, only the report may write reports",
	Why: "A function that does everything needs permission for everything. Whoever gets in through a mistake in one operation then has them all: " +
		"here, a look-up that may empty the table.",
	Next:  "Give each function the policy template that fits, or a statement with the one action that it needs.",
	After: "own-functions",
	Run: func(t *check.T) {
		http := t.API(api)
		item := t.Table(table).Put(kettle(t))
		http.Get(pathOf(item)).Answered()
		http.Send(post(text(kettle(t)))).Answered()
		http.Send(remove(item)).Answered()
		writes := []string{"PutItem", "UpdateItem", "BatchWriteItem"}
		for _, each := range []struct {
			function string
			mayNot   []string // on the table of items
		}{
			{getFunction, append([]string{"DeleteItem", "DeleteTable"}, writes...)},
			{createFunction, []string{"DeleteItem", "DeleteTable", "Scan"}},
			{deleteFunction, append([]string{"GetItem", "Scan", "DeleteTable"}, writes...)},
		} {
			p := t.Function(each.function).Permissions()
			p.Suffice()
			p.NameEverything()
			p.MayNot(t.Table(table), each.mayNot...)
			p.MayNot(t.Table(reports), "GetItem", "Scan", "PutItem", "DeleteItem")
		}
		t.Function(reportFunction).Fire(evening)
		p := t.Function(reportFunction).Permissions()
		p.Suffice()
		p.NameEverything()
		p.OnlyRead(t.Table(table))
		nothingLeft(t)
	},
}

// nothingLeft looks at what the function may do that the lesson begins with: its routes may be gone, and it still be there.
func nothingLeft(t *check.T) {
	if !t.HasFunction(monolith) {
		return
	}
	p := t.Function(monolith).Permissions()
	for _, may := range []struct {
		table     string
		operation string
	}{{table, "DeleteItem"}, {table, "PutItem"}, {reports, "PutItem"}} {
		if p.May(t.Table(may.table), may.operation) {
			t.Fail(check.Finding{
				Did:  "looked for " + monolith + " in the template, and at its Policies",
				Got:  fmt.Sprintf("it is still there, and allowed dynamodb:%s on %s", may.operation, may.table),
				Want: "nobody who may do what only one of the four functions has to",
				Why: "A function without a route is still deployed: whoever may invoke functions of the account can have it do all that its Policies allow. " +
					"Nobody looks after it, and its code grows old.",
				Next: "When the four functions answer, take " + monolith + " out of the template, and delete api.",
			})
		}
	}
}

var ownFailures = check.Check{
	ID:          "own-failures",
	Requirement: "When the process of one function is gone, the others go on in theirs, without a cold start",
	Why: "A crash, a process that runs out of memory or of time takes its execution environment with it. With one function for everything, the next " +
		"client pays for it with a cold start, whatever it wanted.",
	Next: "Give each operation a function of its own: each has execution environments of its own.",
	Run: func(t *check.T) {
		http := t.API(api)
		item := t.Table(table).Put(kettle(t))
		http.Get(pathOf(item)).Status(200)
		for _, crashing := range []check.Request{post(text(kettle(t))), remove(t.Table(table).Put(kettle(t)))} {
			heal := t.CrashAt(1)
			crashed := http.Send(crashing)
			heal()
			if crashed.Outcome != sandbox.Exited {
				crashed.Fail(check.Finding{Got: crashed.Answer().String(), Want: "a call to the table, at which its process could be ended"})
			}
			after := http.Get(pathOf(item))
			after.Status(200)
			if after.ColdStart {
				after.Fail(check.Finding{
					Did: fmt.Sprintf("ended the process that was answering %s %s, and then sent GET /items/{id} to %s", crashing.Method, crashing.Path, api),
					Got: fmt.Sprintf("a cold start of %s: its process was the one that had been ended", after.By()), Want: "an answer of the process that had answered before",
				})
			}
		}
	},
}
