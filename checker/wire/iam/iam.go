// Package iam decides whether a policy allows an action, as AWS Identity and Access Management does for
// the identity-based policies of a role: what no statement allows is denied, and a statement that denies
// beats all that allow ("Policy evaluation logic" in the IAM User Guide).
//
// A [Policy] is statements whose resources are ARNs of this deployment. Where they come from, such as a
// SAM template, is not known here, nor is which action a call needs.
//
// Not evaluated are conditions, policy variables such as ${aws:username}, and policies of other kinds:
// resource-based ones, permissions boundaries and service control policies. Whoever makes a Policy must
// refuse what has them: there is no third answer between allowed and denied.
package iam

import (
	"fmt"
	"strings"
)

// Effect is what a statement does with what it matches.
type Effect string

// The effects of statements.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Statement is a statement of a policy. Of each pair one field is set: Actions or NotActions, Resources
// or NotResources. Wildcards are * for any characters, also none, and ? for one.
type Statement struct {
	// Name is what the statement is called where a decision is shown: DynamoDBReadPolicy, line 27.
	Name   string
	Effect Effect

	Actions, NotActions     []string // dynamodb:GetItem; the case does not matter
	Resources, NotResources []string // ARNs, or * alone; the case matters
}

// Policy is all statements of a role, in the order in which they are written.
type Policy []Statement

// Request is one action on one resource. A call may need several.
type Request struct {
	Action   string // dynamodb:GetItem
	Resource string // an ARN; for an action that has no resource, what AWS names in its place
}

// Decision is what a policy says of a request.
type Decision struct {
	Request
	Allowed bool
	// Statement is the index of the statement that decided, and By its name: the first that denies, or
	// else the first that allows. They are -1 and "" when no statement applies.
	Statement int
	By        string
	// Elsewhere is set when no statement applies, but one allows the action on other resources: it is the
	// resource that is another than was thought of.
	Elsewhere bool
}

// Decide says whether the policy allows a request.
func (p Policy) Decide(r Request) Decision {
	d := Decision{Request: r, Statement: -1}
	for n, s := range p {
		switch {
		case !s.Matches(r):
			d.Elsewhere = d.Elsewhere || s.Effect == Allow && s.MatchesAction(r.Action)
		case s.Effect == Deny:
			return Decision{Request: r, Statement: n, By: s.Name}
		case s.Effect == Allow && !d.Allowed:
			d = Decision{Request: r, Allowed: true, Statement: n, By: s.Name}
		}
	}
	d.Elsewhere = d.Elsewhere && !d.Allowed
	return d
}

// Explicit tells whether a statement denies the request, rather than none allowing it.
func (d Decision) Explicit() bool { return !d.Allowed && d.Statement >= 0 }

// Reason is why a request is denied, in the words of "Troubleshoot access denied error messages" in the
// IAM User Guide; "" for one that is allowed. Action is that of the request, as the service writes it.
func (d Decision) Reason(action string) string {
	switch {
	case d.Allowed:
		return ""
	case d.Explicit():
		return "with an explicit deny in an identity-based policy"
	default:
		return fmt.Sprintf("because no identity-based policy allows the %s action", action)
	}
}

// Matches tells whether the statement is about a request.
func (s Statement) Matches(r Request) bool {
	return s.MatchesAction(r.Action) && s.MatchesResource(r.Resource)
}

// MatchesAction tells whether the statement is about an action, on whatever resource.
func (s Statement) MatchesAction(action string) bool {
	if len(s.NotActions) > 0 {
		return !anyOf(s.NotActions, action, matchAction)
	}
	return anyOf(s.Actions, action, matchAction)
}

// MatchesResource tells whether the statement is about a resource, for whatever action.
func (s Statement) MatchesResource(arn string) bool {
	if len(s.NotResources) > 0 {
		return !anyOf(s.NotResources, arn, matchARN)
	}
	return anyOf(s.Resources, arn, matchARN)
}

// Concerns tells whether the statement can be about an action of a service, such as "dynamodb".
func (s Statement) Concerns(service string) bool {
	if len(s.NotActions) > 0 {
		return !anyOf(s.NotActions, service+":*", func(pattern, _ string) bool {
			return pattern == "*" || strings.EqualFold(pattern, service+":*")
		})
	}
	return anyOf(s.Actions, service, func(pattern, service string) bool {
		prefix, _, _ := strings.Cut(strings.ToLower(pattern), ":")
		return match(prefix, service)
	})
}

func anyOf(patterns []string, text string, matches func(pattern, text string) bool) bool {
	for _, pattern := range patterns {
		if matches(pattern, text) {
			return true
		}
	}
	return false
}
