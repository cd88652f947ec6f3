package lesson02

import (
	"example.com/serverless-patterns/checker/check"
)

var restGet = check.Check{
	ID:          "rest-get",
	Requirement: "The REST API answers GET /items/{id} as the HTTP API does, from the same business logic",
	Why: "A REST API sends another event, and takes another answer: with the types of an HTTP API it answers 502. " +
		"It leaves path parameters as they were sent: a space is %20, and DynamoDB has no item of that name.",
	Next:  "Take an events.APIGatewayProxyRequest, return an events.APIGatewayProxyResponse, and decode the id with url.PathUnescape.",
	After: "own-cors",
	Run: func(t *check.T) {
		item := stocked(t)
		finds(t.API(restAPI).Get(pathOf(item)), item)
		t.API(restAPI).Get("/items/" + t.ID("nobody")).ErrorBody(404)
		t.API(restAPI).Get(pathOf(tooLong())).RefusesLongID(404)
		for _, id := range oddIDs(t) {
			odd := t.Table(table).Put(named(id))
			finds(t.API(restAPI).Get(pathOf(odd)), odd)
		}
	},
}
