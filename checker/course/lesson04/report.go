package lesson04

import (
	"fmt"
	"math"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// evening is when the report is due: of a day that is not today, as when an event comes late.
var evening = time.Date(2026, 2, 3, 18, 0, 0, 0, time.UTC)

const day = "2026-02-03"

var report = check.Check{
	ID:          "report",
	Requirement: "ReportFunction comes round once a day, on a schedule, and writes the report of the event's day to ReportsTable, once, however often the event comes",
	Why: "A schedule comes round whether somebody thinks of it or not, and needs no address that others could open. Each time it reads, and bills, the whole table. " +
		"Its events come at least once, and sometimes late: the day is the event's, and it is the key.",
	Next: "Give ReportFunction an event of type ScheduleV2. Take an events.EventBridgeEvent, and make the key of event.Time: event.Time.UTC().Format(time.DateOnly).",
	Run: func(t *check.T) {
		t.Table(table).Put(kettle(t))
		t.Table(table).Put(stack.Item{"id": t.ID("lid"), "name": "Lid", "status": "available", "price": 5})
		f := t.Function(reportFunction)
		f.Fire(evening).Processed()
		wrote(t, f.Fire(evening).Processed(), stack.Item{"id": day, "items": 2, "value": 24.9, "text": day + ": 2 items worth 24.90 EUR"})
		requireDaily(t, f)
	},
}

// requireDaily requires that the function is invoked once a day, by as many schedules as it may have. In the week after the
// evening no clock is changed.
func requireDaily(t *check.T, f *check.Function) {
	const days = 7
	times, words := 0, []string{}
	for _, s := range f.Schedules() {
		if s.Enabled {
			times += s.Between(evening, evening.AddDate(0, 0, days))
			words = append(words, s.When())
		}
	}
	if times == days {
		return
	}
	t.Fail(check.Finding{
		Did:  "looked at when ReportFunction is invoked: " + strings.Join(words, ", "),
		Got:  fmt.Sprintf("%d times in %d days", times, days),
		Want: "once a day",
		Next: "Write rate(1 day), or cron(0 18 * * ? *), whose fields are minutes, hours, day of month, month, day of week and year. With * for the minutes it is every minute from 18:00 to 18:59.",
	})
}

// wrote requires that there is this report, and no other.
func wrote(t *check.T, reply *check.Reply, want stack.Item) {
	all := t.Table(reports).Items()
	switch {
	case len(all) == 0:
		reply.Fail(check.Finding{Got: "no report in ReportsTable", Want: "the report " + text(want)})
	case len(all) > 1:
		reply.Fail(check.Finding{Got: fmt.Sprintf("%d reports in ReportsTable for one day", len(all)), Want: "one report, with the day as its id"})
	}
	if value, ok := all[0]["value"].(float64); ok {
		all[0]["value"] = math.Round(value*100) / 100 // prices are added up as floats
	}
	for _, name := range []string{"id", "items", "value", "text"} {
		if got := text(all[0][name]); got != text(want[name]) {
			reply.Fail(check.Finding{Got: fmt.Sprintf("a report whose %s is %s", name, got), Want: "the report " + text(want)})
		}
	}
}

var reportPages = check.Check{
	ID:          "report-pages",
	Requirement: "The report counts all items, however many there are",
	Why:         "A Scan returns at most 1 MB. The rest comes with the next call, from LastEvaluatedKey on: a report that does not ask is right until the shop grows.",
	Next:        "Use dynamodb.NewScanPaginator, and go on while HasMorePages.",
	Run: func(t *check.T) {
		const items = 8
		for n := range items {
			large := kettle(t)
			large["id"], large["description"] = t.ID(fmt.Sprintf("kettle-%d", n)), strings.Repeat("It whistles. ", 25_000)
			t.Table(table).Put(large)
		}
		wrote(t, t.Function(reportFunction).Fire(evening).Processed(),
			stack.Item{"id": day, "items": items, "value": 159.2, "text": day + ": 8 items worth 159.20 EUR"})
	},
}

var reportFailure = check.Check{
	ID:          "report-failure",
	Requirement: "A report that cannot be made or written is an error, so that Lambda tries again",
	Why: "Nobody waits for the answer of an asynchronous invocation. Lambda tries again, after one minute and after two, but only what has returned an " +
		"error: a report that is logged and forgotten is missing in the morning.",
	Next: "Return the error from the handler.",
	Run: func(t *check.T) {
		t.Table(table).Put(kettle(t))
		heal := t.Table(reports).Inject(wire.Deny()) // whatever writes: PutItem, UpdateItem, a transaction
		fired := t.Function(reportFunction).Fire(evening)
		heal()
		if last := fired.Last(); last.Outcome == eventsource.Processed {
			fired.Replies[len(fired.Replies)-1].Fail(check.Finding{
				Got: "the function said that all was well: " + check.Outcome(fired.Replies[len(fired.Replies)-1].Invocation), Want: "an error, and two more tries",
			})
		}
		t.Function(reportFunction).Fire(evening).Processed()

		heal = t.Table(table).Inject(wire.Deny())
		fired = t.Function(reportFunction).Fire(evening.AddDate(0, 0, 1))
		heal()
		if last := fired.Last(); last.Outcome == eventsource.Processed {
			fired.Replies[len(fired.Replies)-1].Fail(check.Finding{
				Got: "the function said that all was well, and could not read " + table, Want: "an error, and two more tries",
				Why:  "A report of the items that were read before a call failed looks like any other. Nobody makes it again, and nobody knows that it is wrong.",
				Next: "Return the error of the call that reads, and write nothing.",
			})
		}
	},
}

var noReportRoute = check.Check{
	ID:          "no-report-route",
	Requirement: "The report is no longer part of the API: GET /report is answered with 404",
	Why: "An address that starts an expensive job can be opened by anybody, any number of times: each one reads, and bills, the whole table. And it has " +
		"30 seconds, however large the table gets.",
	Next: "Remove the event GET /report from the template.",
	Run: func(t *check.T) {
		reply := t.API(api).Get("/report")
		if a := reply.Answer(); a.Status != 404 || reply.By() != "" {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%s of %s", a, reply.By()), Want: "404 by API Gateway: no route, and no function that answers"})
		}
	},
}
