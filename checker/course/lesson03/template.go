package lesson03

import (
	"time"

	"example.com/serverless-patterns/checker/check"
)

var mapping = check.Check{
	ID:          "mapping",
	Requirement: "ProcessorFunction gets batches of 10, and Lambda looks at what it reports",
	Why: "Without ReportBatchItemFailures, Lambda ignores what the function reports: whatever it returns, all of the batch is deleted, " +
		"and only an error keeps it, all of it.",
	Next: "In the event of ProcessorFunction: BatchSize: 10, and FunctionResponseTypes: [ReportBatchItemFailures].",
	Run: func(t *check.T) {
		t.Queue(queue).ComesInBatchesOf(10)
		t.Queue(queue).AsksForFailures()
	},
}

var visibility = check.Check{
	ID:          "visibility",
	Requirement: "A message stays invisible for six times the function's timeout: 180 s for 30 s",
	Why: "A message that becomes visible again while the function still works on it is delivered a second time. " +
		"And when Lambda throttles the function, it tries again for as long as the message is invisible: after that, one delivery is used up for nothing.",
	Next: "Leave the function's Timeout at 30, and give ProcessingQueue VisibilityTimeout: 180.",
	Run:  func(t *check.T) { t.Queue(queue).IsInvisibleFor(6, 30*time.Second) },
}

var giveUp = check.Check{
	ID:          "give-up",
	Requirement: "After three deliveries a message goes to DeadLetterQueue, which keeps it for 14 days",
	Why: "Whoever is called on Friday evening looks on Monday. The clock of a message's retention does not start again in the dead-letter queue: " +
		"with the usual 4 days, one that has failed for 3 is gone the next morning.",
	Next: "Give ProcessingQueue a RedrivePolicy with deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn and maxReceiveCount: 3, and DeadLetterQueue MessageRetentionPeriod: 1209600.",
	Run: func(t *check.T) {
		t.Queue(queue).GivesUpAfter(deliveries, t.Queue(deadLetterQueue))
		t.Queue(deadLetterQueue).KeepsMessagesFor(14 * 24 * time.Hour)
	},
}
