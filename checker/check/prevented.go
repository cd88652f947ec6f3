package check

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
	"example.com/serverless-patterns/checker/wire/iam"
)

// prevented says what kept the function from its work in this invocation, whatever a check is about: it did not start, lacked a
// permission, or made a call that AWS refuses as it is written. The finding has no Want.
func (r *Reply) prevented() (f Finding, ok bool) {
	if !r.InitCompleted && r.Outcome == sandbox.Exited {
		f.Got = Outcome(r.Invocation)
		f.Why, f.Next = notStarted()
		return f, true
	}
	if f, ok := r.lacking(); ok {
		return f, true
	}
	for _, call := range r.Calls() {
		if f, ok := r.mistaken(call); ok && call.Fault == "" {
			return f, true
		}
	}
	return Finding{}, false
}

// notStarted is about a process that asked for no event.
func notStarted() (why, next string) {
	return "INIT ends when lambda.Start asks for the first event. Until then no event reaches the function.",
		"Look at main, up to lambda.Start. The log has its last words."
}

// afterPanic is what to look for where a panic arose.
func afterPanic(i *sandbox.Invocation) string {
	look := "Look at that line for"
	if place(i.Error()) == "" {
		look = "Find the line in the log, and look there for"
	}
	return look + " what the code takes for granted, such as a field that this event does not have, or a pointer or map that is nil. Check for it first."
}

// staticRefusal are the messages of DynamoDB about expressions that it refuses before it looks at any item.
var staticRefusal = regexp.MustCompile(`^Invalid \w+Expression: |^Value provided in ExpressionAttribute|^ExpressionAttribute(Names|Values) can only`)

// mistaken says why AWS refused a call, if that is how the call is written, and no item, key or value in it.
func (r *Reply) mistaken(call wire.Call) (f Finding, ok bool) {
	switch {
	case call.Status < http.StatusBadRequest:
		return Finding{}, false
	case call.ErrorCode == "ValidationException" && staticRefusal.MatchString(call.ErrorText):
		f = Finding{
			Got:  fmt.Sprintf("DynamoDB refused %s: %s", call.Operation, call.ErrorText),
			Why:  "DynamoDB reads the expressions of a call before it looks at any item. One with a mistake in it fails each time.",
			Next: fmt.Sprintf("Correct the expression of %s.", call.Operation),
		}
		if _, word, reserved := strings.Cut(call.ErrorText, "reserved keyword: "); reserved {
			f.Next = fmt.Sprintf("Write #%[1]s in the expression of %[2]s, and say what that is in its ExpressionAttributeNames: {%[3]q: %[1]q}.", word, call.Operation, "#"+word)
		}
		return f, true
	case call.ErrorCode == "ValidationException" && strings.Contains(call.ErrorText, "Value '' at 'tableName'"):
		return Finding{
			Got:  fmt.Sprintf("%s names no table: its TableName is empty", call.Operation),
			Why:  "os.Getenv returns an empty text for a variable that is not set.",
			Next: fmt.Sprintf("Compare the name that %s asks os.Getenv for with those of its Environment in the template.", r.function.LogicalID),
		}, true
	case call.ErrorCode == "ResourceNotFoundException" && len(call.Decisions) > 0 && r.t.deployed().Declared(call.Decisions[0].Resource) == "":
		f = noSuch(r.function.LogicalID, call.Decisions[0].Resource)
		f.Got = fmt.Sprintf("%s asked for %s", call.Operation, f.Got)
		return f, true
	}
	return Finding{}, false
}

// noSuch is about a call for a resource that the template does not have. Its Got begins with what was asked for.
func noSuch(function, arn string) Finding {
	kind := map[string]string{"dynamodb": "table", "sqs": "queue", "s3": "bucket"}[strings.SplitN(arn+":::", ":", 4)[2]]
	return Finding{
		Got:  fmt.Sprintf("%q, and the template has no such %s", cut(strings.TrimPrefix(iam.Name(arn), "table/"), maxText), kind),
		Why:  "CloudFormation makes up the names when it deploys, and !Ref gives them. A name that is written out is that of something else, or of nothing.",
		Next: fmt.Sprintf("Look where %s has the name from: its Environment in the template, which gets it by !Ref, and os.Getenv in the code.", function),
	}
}

// doubled is the policy that allows an action on the ARN of an ARN, or of a URL, and which of them.
func doubled(granted []stack.Grant, action string) (policy, given string) {
	for _, g := range granted {
		for _, resource := range g.Resources {
			switch name := strings.TrimPrefix(iam.Name(resource), "table/"); {
			case g.Policy == "" || !g.MatchesAction(action):
			case strings.HasPrefix(name, "arn:"):
				return g.Name, "an ARN"
			case strings.HasPrefix(name, "http"):
				return g.Name, "a URL"
			}
		}
	}
	return "", ""
}
