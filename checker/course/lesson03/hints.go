package lesson03

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"save": {
		"Look at ProcessorFunction in the template: nothing gives it messages yet. Then at the loop in handle.",
		"Lambda polls a queue for a function that has an event of type SQS, and invokes it with a batch: a list of records, of any length up to BatchSize.",
		"An event with Type: SQS and Queue: !GetAtt ProcessingQueue.Arn; a loop over event.Records.",
		"Events: {Orders: {Type: SQS, Properties: {Queue: !GetAtt ProcessingQueue.Arn, BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures]}}}",
	},
	"good-ones": {
		"Look at what the loop in handle does when process returns an error.",
		"A batch is an accident: its records have nothing to do with each other. Only the loop makes one depend on another.",
		"In the loop, note that the record failed, and go on with the next one: no return, no break.",
		"if err := h.process(ctx, record); err != nil { /* log it, and report the record */ } and nothing else in the loop",
	},
	"failed-alone": {
		"Look at what handle returns, and at the batches in the evidence.",
		"Lambda reads batchItemFailures: a list of objects with an itemIdentifier, which is the messageId of a record. One that it does not know, or an error, brings the whole batch back.",
		"Let handle return (events.SQSEventResponse, error), collect a SQSBatchItemFailure for each record that failed, and return nil as error.",
		"response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})",
	},
	"no-order": {
		"Look at orderIn, and at ProcessingQueue in the template.",
		"json.Unmarshal accepts {} and null, and leaves the fields empty. What is reported each time is moved to the dead-letter queue by SQS, after maxReceiveCount deliveries.",
		"After the body was read, return an error if id or item is empty, the id is too long, or quantity is below 1. The queue needs a RedrivePolicy.",
		"case wanted.Quantity < 1: return order{}, errors.New(\"the body is no order: quantity must be at least 1\")",
	},
	"table-failure": {
		"Look at what becomes of the error of PutItem, in save and in process.",
		"For Lambda a record is done unless it is reported. An error that nobody passes on is a message that nobody gets again.",
		"Return the error from save, wrapped with what was being done, and from process; report the record in handle.",
		"if err != nil { return fmt.Errorf(\"saving an order: %w\", err) }",
	},
	"nothing-lost": {
		"Follow each way that a record can take through handle and process, and ask where it ends unreported.",
		"Lambda deletes what is not in batchItemFailures: also what was skipped, what is still running, and what failed without anybody noticing.",
		"One place that decides: an error of process means reported, and only nil means done. Nothing goes on after handle has returned.",
		"if err := h.process(ctx, record); err != nil { response.BatchItemFailures = append(…) } for each of event.Records",
	},
	"duplicates": {
		"Look at the PutItemInput in save.",
		"At least once means: sometimes twice, in another process, and after something else has changed the item. Only the table knows what is there; a condition is checked where the item is written.",
		"Set ConditionExpression so that there must be no item yet. If the error is a ConditionalCheckFailedException, the order is saved: return nil.",
		"ConditionExpression: aws.String(\"attribute_not_exists(id)\"), then var exists *types.ConditionalCheckFailedException; if errors.As(err, &exists) { return nil }",
	},
	"crash": {
		"Look at what is written before the order itself is, and at what else deletes messages.",
		"After a crash everything is as the last call has left it, and the batch comes again. A mark that is set first says that something is done which is not.",
		"One PutItem with a condition is the order and the mark in one step.",
		"ConditionExpression: aws.String(\"attribute_not_exists(id)\") and no other item that says whether the order is saved",
	},
	"slow-record": {
		"Look at the context that process passes on to the table.",
		"A context from another one can end earlier, and ends for that record alone. The SDK gives up its call then, and all its further tries.",
		"In process, make a context with a timeout of a second or two, and cancel it when the record is done.",
		"ctx, cancel := context.WithTimeout(ctx, 2*time.Second) and defer cancel() at the beginning of process",
	},
	"deadline": {
		"Look at how long a batch of ten may take, and at what handle does when no time is left.",
		"ctx.Deadline() is the moment of the kill. A context that ends half a second earlier lets each record that is left fail at once, so that it is reported.",
		"At the beginning of handle, make a context with an earlier deadline. All records use it.",
		"deadline, ok := ctx.Deadline(), then ctx, cancel := context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)) and defer cancel()",
	},
	"failure-log": {
		"Look at what is logged when a record fails.",
		"Two ids lead from a message to its log: the message's own, and that of the invocation. The body leads nowhere, and has what is nobody's business.",
		"Log four fields with the slog logger: the error, record.MessageId, the delivery, and AwsRequestID of the lambdacontext.",
		"lc, ok := lambdacontext.FromContext(ctx), then h.logger.ErrorContext(ctx, \"a record failed\", \"error\", err.Error(), \"messageId\", record.MessageId, \"requestId\", lc.AwsRequestID)",
	},
	"mapping": {
		"Look at the event of ProcessorFunction in the template.",
		"What a function reports counts only if the event source mapping asks for it.",
		"BatchSize and FunctionResponseTypes, a list, beside Queue.",
		"BatchSize: 10 and FunctionResponseTypes: [ReportBatchItemFailures]",
	},
	"visibility": {
		"Look at Timeout in Globals, and at ProcessingQueue.",
		"While a function works on a message nobody else may see it, nor while Lambda tries again because the function was throttled: AWS advises six times the timeout.",
		"Timeout stays 30; ProcessingQueue gets a VisibilityTimeout.",
		"VisibilityTimeout: 180",
	},
	"give-up": {
		"Look at ProcessingQueue and DeadLetterQueue in the template.",
		"The queue itself says how often a message may be received, and where it goes then. How long it is kept there counts from when it was first sent.",
		"RedrivePolicy has deadLetterTargetArn and maxReceiveCount; DeadLetterQueue gets the longest MessageRetentionPeriod, in seconds.",
		"RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn, maxReceiveCount: 3} and MessageRetentionPeriod: 1209600",
	},
}
