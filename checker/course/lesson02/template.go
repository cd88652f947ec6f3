package lesson02

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

var permissions = check.Check{
	ID:          "permissions",
	Requirement: "Each function may do to ItemsTable what it has to do; those that read cannot write",
	Why: "Whoever gets in through a mistake in a function may do what the function may do. A policy for everything makes of a small hole " +
		"the end of the whole table, and of others in the account.",
	Next:  "Give those that read DynamoDBReadPolicy, create-item DynamoDBCrudPolicy, and delete-item a statement with dynamodb:DeleteItem, all for ItemsTable.",
	After: "rest-cors",
	Run: func(t *check.T) {
		item := stocked(t)
		http, rest := t.API(httpAPI), t.API(restAPI)
		for _, tried := range []struct {
			function string
			replies  []*check.Reply
		}{
			{getFunction, []*check.Reply{http.Get(pathOf(item)), http.Get("/items/" + t.ID("nobody"))}},
			{createFunction, []*check.Reply{http.Send(post(text(kettle(t)))), http.Send(post(text(item)))}},
			{deleteFunction, []*check.Reply{http.Send(remove(item)), http.Send(remove(item))}},
			{restFunction, []*check.Reply{rest.Get(pathOf(item))}},
		} {
			for _, reply := range tried.replies {
				if len(reply.Calls()) == 0 {
					reply.Answered()
					reply.Fail(check.Finding{
						Got: "no AWS call: " + reply.Answer().String(), Want: "a call, so that it shows what " + tried.function + " needs",
						Why:  "What an answer is made of is in the table. One that comes without a call is about something else: what the event has, or what the process has kept from before.",
						Next: "See what " + tried.function + " does before it calls DynamoDB, and why it did not come to that. Its policies are not what is wrong here.",
					})
				}
			}
			p := t.Function(tried.function).Permissions()
			p.Suffice()
			p.NameEverything()
			if tried.function == getFunction || tried.function == restFunction {
				p.OnlyRead(t.Table(table))
			}
		}
	},
}

var keyAndBilling = check.Check{
	ID:          "table",
	Requirement: "ItemsTable has the key id, and is paid by request",
	Why: "Provisioned capacity is paid for day and night, used or not, and refuses what is over it. A table that is paid by request costs nothing " +
		"while nobody uses it, and takes what comes.",
	Next: "In the template, give ItemsTable BillingMode: PAY_PER_REQUEST and no ProvisionedThroughput.",
	Run: func(t *check.T) {
		t.Table(table).KeyIs("id")
		t.Table(table).IsPaidByRequest()
	},
}

var output = check.Check{
	ID:          "output",
	Requirement: "The output ApiUrl is the address of the HTTP API, whose stage is prod",
	Why: "Nobody knows the address before the stack is there: AWS makes up the API's id. Whoever deploys reads it from the outputs, " +
		"and without the stage's name at its end every request is a 404.",
	Next: "Give ItemsApi StageName: prod, and in Outputs ApiUrl the Value " +
		"!Sub https://${ItemsApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod.",
	After: "base64-body",
	Run: func(t *check.T) {
		item := stocked(t)
		api := t.API(httpAPI)
		address := t.Output("ApiUrl")
		if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Fail(check.Finding{Did: "read the output ApiUrl", Got: fmt.Sprintf("%q", address), Want: "an address that begins with https://"})
		}
		reply := api.Follow("", strings.TrimSuffix(address, "/")+pathOf(item))
		var event struct{ RequestContext struct{ Stage string } }
		if json.Unmarshal(reply.Event(), &event) != nil {
			reply.Fail(check.Finding{Got: reply.Answer().String(), Want: "an answer of " + getFunction})
		}
		if stage := event.RequestContext.Stage; stage != "prod" {
			reply.Fail(check.Finding{Got: fmt.Sprintf("an API whose stage is %q", stage), Want: `an API whose stage is "prod"`})
		}
	},
}
