package lesson07

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"paid": {
		"Look at handleRequest in checkout/main.go, and at charge in checkout/payments.go.",
		"An order is paid for by POST /charges of the payment service, which answers 201 with the charge.",
		"The answer has the id of the order and the charge, with the status 201.",
		"respond(http.StatusCreated, map[string]string{\"id\": wanted.ID, \"charge\": charge})",
	},
	"bad-order": {
		"Look at orderIn in checkout/order.go.",
		"json.Unmarshal accepts an object without any of the fields.",
		"Return a badRequestError if ID is empty, or Amount is not more than 0. public makes 400 of it.",
		"if o.ID == \"\" || o.Amount <= 0 { return order{}, &badRequestError{\"…\"} }",
	},
	"declined": {
		"Look at what charge in checkout/payments.go makes of the status 402, and what pay does then.",
		"Some failures last, such as a bank's no. Others may be over the next time.",
		"charge returns errDeclined for http.StatusPaymentRequired, and pay does not go on then.",
		"if err == nil || errors.Is(err, errDeclined) { return charge, err }",
	},
	"tries-again": {
		"Look at the loop in pay in checkout/payments.go.",
		"An error of the network, and a status of 500 or more, may be over the next time.",
		"Go on with the next try for every error that is neither errDeclined nor errRefused.",
		"for try := range tries { charge, err = p.charge(ctx, o); if err == nil || … { return charge, err } }",
	},
	"one-charge": {
		"Look at the header Idempotency-Key in checkout/payments.go.",
		"The payment service knows by the key that two requests are one. So it must be the same for each try, and for the same order whenever it comes.",
		"Make nothing up: the order has an id already.",
		"request.Header.Set(\"Idempotency-Key\", o.ID)",
	},
	"slow": {
		"Compare the limits in checkout/payments.go and Timeout in the template with the 4 s that the payment service promises.",
		"A limit that is shorter than what was promised ends calls that would have succeeded.",
		"A callLimit of more than 4 s, and a Timeout that has room for two such calls.",
		"callLimit = 5 * time.Second, and Timeout: 15 in the template",
	},
	"hangs-once": {
		"Look for what ends a call in checkout/payments.go that is never answered.",
		"http.Client has no limit of its own. A context with a timeout that is derived from another ends with whichever is over first.",
		"charge takes the context of its caller, derives one with callLimit, and passes that to http.NewRequestWithContext.",
		"ctx, cancel := context.WithTimeout(ctx, callLimit); defer cancel()",
	},
	"hangs": {
		"Follow ctx from handle in checkout/main.go to http.NewRequestWithContext in checkout/payments.go.",
		"The context's deadline is the moment at which Lambda kills the process. Only what ends earlier leaves time to answer.",
		"In handle, derive a context that ends 500 ms before the deadline, and pass it to everything. pay returns when it is over.",
		"deadline, _ := ctx.Deadline(); ctx, cancel := context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)); defer cancel()",
	},
	"tries": {
		"Add up how long the tries and pauses in pay in checkout/payments.go take, when each call needs 1.5 s to fail.",
		"time.Sleep knows nothing of contexts. A select waits for the pause or for the end of the context, whichever is first.",
		"Three tries, with pauses of a random length that ctx.Done() ends.",
		"select { case <-time.After(rand.N(pause<<(try-1))): case <-ctx.Done(): return \"\", ctx.Err() }",
	},
	"batch": {
		"Look at what handleBatch in checkout/main.go returns when one payment fails, and at what happens when all of them are slow.",
		"An error brings the whole batch back. A partial answer names what is to come back, if the template says that Lambda is to read it.",
		"Collect the MessageId of every message that is not paid for in BatchItemFailures; FunctionResponseTypes: [ReportBatchItemFailures] in the template.",
		"failures = append(failures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})",
	},
	"function-timeout": {
		"Look at Timeout of CheckoutFunction in the template.",
		"An HTTP API waits for 30 s. The payment service needs 4 s for a call, at most.",
		"A Timeout from 8 to 29.",
		"Timeout: 15",
	},
	"queue-timeout": {
		"Look at VisibilityTimeout of OrdersQueue in the template.",
		"As long as the visibility timeout lasts, nobody else is given the message. Lambda needs that time for the function, and for trying again when it is throttled.",
		"Six times the Timeout of the function that reads it, plus MaximumBatchingWindowInSeconds if its event has that.",
		"VisibilityTimeout: 90",
	},
}
