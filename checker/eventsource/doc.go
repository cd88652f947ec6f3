// Package eventsource is what AWS puts between a function and a queue, a bucket or a schedule that invokes it:
// what events of the types SQS, S3, Schedule and ScheduleV2 become in a SAM template.
//
// Of an event of type SQS, [New] makes a [Mapping], Lambda's event source mapping. It receives messages, puts
// them into batches, invokes the function with the event that Lambda would make of them, and deletes what the
// result says is done ([Decide]): without ReportBatchItemFailures everything unless the function failed, with
// it all but the messages that are reported, and nothing at all if there is any doubt about what the result
// means.
//
// Time is logical. What stays in the queue comes back after its visibility timeout on AWS; [Drain] does not
// wait for that, but makes it visible at once when nothing else is left to do, and notes how much time would
// have passed. [Mapping.Run] is for a person who watches: it waits as AWS does, unless that person is in a
// hurry. Between them nothing differs but that.
//
// What queues of AWS do now and then is done on request, and by a seed: [Disorder] has messages come twice, out
// of order, and in short batches.
//
// [Mapping.Timeline] tells of every message when it was delivered, in which batch, what came of it, and what
// happened then.
//
// [Notifications] are what buckets send to functions that have an event of type S3: the stack tells of each
// object that is stored or removed ([Notifications.Changed]). [Notifications.Drain] delivers in logical time,
// [Notifications.Run] in real time, and each [Notification] has its attempts.
//
// [Schedules] are those of EventBridge: [Schedules.Fire] has one come round when somebody says so, and
// [Schedules.Run] when it is time. Their event is that of "Scheduled Event" in the EventBridge User Guide.
//
// Notifications and schedules invoke asynchronously, so what fails is tried again twice.
//
// The facts are from "Using Lambda with Amazon SQS", "Processing an Amazon SQS event source" and "Handling errors
// for an SQS event source in Lambda" in the Lambda Developer Guide, and "Amazon SQS visibility timeout" and "Using
// dead-letter queues in Amazon SQS" in the SQS Developer Guide. The conformance tests have them one by one, with
// those about buckets and schedules.
//
// How a function runs is not known here: it is called through an [Invoke]. Nor is what a queue is: the mapping
// uses AWS's client, as the checker's own caller. Batches are delivered one after the other, where AWS begins with
// five at a time. FIFO queues, filters, maximum concurrency and provisioned pollers are not there; [Unsupported]
// names them.
package eventsource
