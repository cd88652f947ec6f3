package eventsource

import (
	"testing"

	"example.com/serverless-patterns/checker/conformance"
)

// Sources: "Creating a rule that runs on a schedule" in the EventBridge User Guide, "Schedule types in EventBridge Scheduler" and
// "Managing a schedule" in the Scheduler's, and "Invoking a Lambda function asynchronously" in Lambda's.
var scheduleFacts = []conformance.Row{
	{ID: "schedule-when", Certainty: conformance.Documented, Fact: "A schedule comes round by rate(…) or cron(…), and one of the scheduler once by at(…).", Test: whenSchedulesComeRound},
	{ID: "schedule-refused", Certainty: conformance.Documented, Fact: "Expressions of another form, such as cron of Unix with five fields, are refused.", Test: whatEventBridgeRefuses},
	{ID: "schedule-units", Certainty: conformance.Documented, Fact: "The unit of a rule's rate agrees with its number, as in 1 day and 2 days; that of the scheduler need not.", Test: whichUnitsAgreeWithTheirNumber},
	{ID: "schedule-time-zone", Certainty: conformance.Documented, Fact: "The scheduler evaluates cron and at in ScheduleExpressionTimezone; rules are in UTC.", Test: aScheduleIsEvaluatedInItsTimeZone},
	{ID: "schedule-clocks-change", Certainty: conformance.Documented, Fact: "A time that the clocks skip is skipped, one that they show twice is once, and a day of a rate has 24 hours.", Test: whenSchedulesComeRoundInATimeZone},
	{ID: "schedule-event-of-a-rule", Certainty: conformance.Documented, Fact: "Without an Input the event is a Scheduled Event of aws.events, with the time at which it was due, in UTC.", Test: theEventOfARule},
	{ID: "schedule-event-of-the-scheduler", Certainty: conformance.Documented, Fact: "That of the scheduler is of aws.scheduler, names the schedule, and has a text as its detail.", Test: theEventOfTheScheduler},
	{ID: "schedule-input", Certainty: conformance.Documented, Fact: "An Input is the whole event; in that of the scheduler <aws.scheduler.scheduled-time> and the like are filled in.", Test: anInputIsTheWholeEvent},
	{ID: "schedule-attempts", Certainty: conformance.Documented, Fact: "A function that fails is invoked three times, after 1 and after 2 more minutes, under one request id.", Test: whatFailsIsTriedTwiceMore},
	{ID: "schedule-invalid", Certainty: conformance.Inferred, Fact: "A template with an expression, a time zone or an Input that cannot be is not deployed: ValidationException.", Test: whatAWSWouldRefuse},

	{ID: "schedule-rate-begins", Certainty: conformance.Documented, Fact: "A rate of the scheduler that has no StartDate comes round at once when the schedule is made.",
		Skip: "after its first interval, as that of a rule: `serve` makes schedules anew when the template is saved"},
	{ID: "schedule-dates", Certainty: conformance.Documented, Fact: "StartDate and EndDate say between which times a schedule of the scheduler comes round.", Skip: "they are not looked at, which `serve` says"},
	{ID: "schedule-flexible", Certainty: conformance.Documented, Fact: "With a FlexibleTimeWindow it comes round at some time within that window.", Skip: "it comes round on time"},
	{ID: "schedule-precision", Certainty: conformance.Documented, Fact: "A schedule comes round within the minute of its time.", Skip: "at the first second of that minute"},
	{ID: "schedule-twice", Certainty: conformance.Documented, Fact: "A time may come twice.", Skip: "once, unless a check sends the event again"},
	{ID: "schedule-not-delivered", Certainty: conformance.Documented, Fact: "What Lambda does not take is tried again by RetryPolicy, up to 185 times in a day, and goes to DeadLetterConfig then.",
		Skip: "Lambda takes every event; the two are not looked at"},
	{ID: "schedule-given-up", Certainty: conformance.Documented, Fact: "What the function did not do in its attempts goes to the destination in EventInvokeConfig, which can also have fewer attempts.",
		Skip: "EventInvokeConfig is refused by name"},
	{ID: "schedule-role", Certainty: conformance.Documented, Fact: "The scheduler invokes by a role that may, which SAM makes unless RoleArn names one.", Skip: "it may always invoke"},
}

func TestScheduleConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, scheduleFacts)
}

func TestTheDocumentHasWhatSchedulesDoNotDoHere(t *testing.T) {
	t.Parallel()
	conformance.Document(t, "docs/fidelity.md", "schedule-", scheduleFacts)
}
