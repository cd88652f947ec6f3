package queue_test

import (
	"testing"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

// BenchmarkSendReceiveDelete is the life of a message, without a network, in a queue with 1000 others that
// are in flight.
func BenchmarkSendReceiveDelete(b *testing.B) {
	d := direct{queue.New(queue.SystemClock)}
	url := d.queueOf("a", nil)
	for range 1000 {
		d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
		d.call("ReceiveMessage", object{"QueueUrl": url, "VisibilityTimeout": 43200})
	}
	b.ReportAllocs()
	for b.Loop() {
		d.call("SendMessage", object{"QueueUrl": url, "MessageBody": `{"orderId":"a","quantity":1}`})
		m := d.call("ReceiveMessage", object{"QueueUrl": url, "AttributeNames": []string{"All"}}).Messages[0]
		d.call("DeleteMessage", object{"QueueUrl": url, "ReceiptHandle": m.ReceiptHandle})
	}
}

// BenchmarkReceiveTen receives full batches of a queue with 10,000 messages.
func BenchmarkReceiveTen(b *testing.B) {
	d := direct{queue.New(queue.SystemClock)}
	url := d.queueOf("a", nil)
	for range 10000 {
		d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
	}
	b.ReportAllocs()
	for b.Loop() {
		d.call("ReceiveMessage", object{"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0})
	}
}
