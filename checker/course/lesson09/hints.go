package lesson09

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"order": {
		"Look at handle in order/main.go, and at save in order/shop.go.",
		"201 says that the order is there. It is, once PutItem has returned without an error.",
		"Call save with the order, answer its error with fail, and only then respond with 201 and the order.",
		"if err := h.shop.save(ctx, wanted); err != nil { return h.fail(ctx, err), nil }",
	},
	"bad-order": {
		"Look at orderIn in order/request.go.",
		"json.Unmarshal accepts an object without any of the fields: they are then empty, or 0.",
		"Return a badRequestError if ID or Item is empty, or Quantity is less than 1, before save is called.",
		"case wanted.Quantity < 1: return order{}, &badRequestError{\"quantity must be at least 1\"}",
	},
	"finished": {
		"Look at what runs after respond in order/main.go, and at the two invocations in the evidence.",
		"Lambda freezes the whole process when the answer is there and the runtime asks for the next event. A goroutine is part of the process.",
		"Do the work before the answer: call fulfil without go, with the handler's ctx. Several calls at once are fine, if the handler waits for all of them.",
		"if err := h.shop.fulfil(ctx, wanted); err != nil { return h.fail(ctx, err), nil }",
	},
	"stock-failure": {
		"Look at where the error of fulfil goes in order/main.go, and at the order of the calls in fulfil.",
		"A log line repairs nothing. Somebody has to try again: the customer, who needs a 500 for that, or a queue.",
		"Return the error of reserve before confirm is called, and answer it with fail.",
		"if err := s.reserve(ctx, o); err != nil { return err }",
	},
	"confirmation-failure": {
		"Look at what confirm in order/shop.go returns, and who reads it.",
		"SendMessage has sent nothing if it returns an error.",
		"Return the error of SendMessage from confirm and fulfil, and answer it with fail.",
		"return s.confirm(ctx, o)",
	},
	"hung-queue": {
		"Look at the context that fulfil is called with in order/main.go.",
		"context.Background() never ends. The handler's ctx ends at the moment of the kill, and the one that withMargin returns a little earlier.",
		"Pass ctx, as withMargin has returned it, to fulfil.",
		"h.shop.fulfil(ctx, wanted)",
	},
}
