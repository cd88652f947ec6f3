package check

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/stack"
)

// Permissions are what a function may do, beside what it has done in this check. The AWS endpoint allows
// nothing else, so most of what is missing shows in other checks, too, as a function that fails.
type Permissions struct {
	t        *T
	function *stack.Function
	stack.Permissions
}

// Permissions compares the function's Policies with its AWS calls so far.
func (f *Function) Permissions() *Permissions {
	return &Permissions{f.t, f.function, f.function.Permissions()}
}

// Suffice fails the check when a call was denied.
func (p *Permissions) Suffice() {
	denied := p.Denied()
	if len(denied) == 0 {
		return
	}
	first := denied[0]
	finding := Finding{
		Got:  fmt.Sprintf("%s on %s was denied: no policy of %s allows it", first.Action, first.On, p.function.LogicalID),
		Want: "Policies for everything that the function does",
		Why:  "A function may do what its Policies allow, and nothing else. What is missing shows at the first call, not when it is deployed.",
		Next: fmt.Sprintf("Give %s the Policies that the evidence shows, or do without the call.", p.function.LogicalID),
	}
	if first.Elsewhere {
		finding.Got = fmt.Sprintf("%s was denied on %s: the Policies of %s allow it on other resources alone", first.Action, first.On, p.function.LogicalID)
	}
	if first.Explicit() {
		finding.Got = fmt.Sprintf("%s on %s was denied: %s denies it", first.Action, first.On, first.By)
		finding.Next = "A Deny beats every Allow: take it away, or do without the call."
	}
	p.fail(finding)
}

// AreAllUsed fails the check when the template grants what no call needed. It comes last in a check that
// has tried everything that the function does.
func (p *Permissions) AreAllUsed() { p.areUsed(func(stack.Unused) bool { return true }) }

// EachIsUsed fails the check when nothing of a policy was needed: what more the others allow is not looked at. It comes last,
// as [Permissions.AreAllUsed] does.
func (p *Permissions) EachIsUsed() { p.areUsed(func(u stack.Unused) bool { return u.Whole }) }

func (p *Permissions) areUsed(wanted func(stack.Unused) bool) {
	at := slices.IndexFunc(p.Unused, wanted)
	if at < 0 {
		return
	}
	first := p.Unused[at]
	got := fmt.Sprintf("%s allows %s, and nothing of that was used", p.policy(first.Policy, first.Line),
		list(first.Actions)+onThe(first.Resources))
	if !first.Whole {
		got = p.policy(first.Policy, first.Line) + " " + unusedParts(first)
	}
	p.fail(Finding{
		Got:  got,
		Want: "Policies for what the function does, and no more",
		Why: "Whoever gets in through a mistake in a function may do what the function may do. What it never needs is a " +
			"risk without a use.",
		Next: fmt.Sprintf("Write the Policies of %s as the evidence shows.", p.function.LogicalID),
	})
}

// NameEverything fails the check when a statement stands for more than it names, by a wildcard in place of
// an action, or of a table, queue or bucket.
func (p *Permissions) NameEverything() {
	if len(p.Wildcards) == 0 {
		return
	}
	first := p.Wildcards[0]
	var parts []string
	if len(first.Actions) > 0 {
		parts = append(parts, "the actions "+list(first.Actions))
	}
	if len(first.Resources) > 0 {
		parts = append(parts, "the resources "+list(first.Resources))
	}
	p.fail(Finding{
		Got:  fmt.Sprintf("%s allows %s", p.policy(first.Policy, first.Line), strings.Join(parts, " on ")),
		Want: "Policies that name the actions and the resources",
		Why: "A wildcard also allows what nobody thought of: actions that come later, and what other applications have " +
			"in the same account.",
		Next: fmt.Sprintf("Write the Policies of %s as the evidence shows.", p.function.LogicalID),
	})
}

// OnlyRead fails the check when the function may change items of a table, or the table itself.
func (p *Permissions) OnlyRead(t *Table) {
	var writing []string
	for _, name := range []string{
		"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "UpdateTable", "DeleteTable",
	} {
		if action := "dynamodb:" + name; p.Allows(action, t.table) {
			writing = append(writing, action)
		}
	}
	if len(writing) > 0 {
		p.fail(Finding{
			Got:  fmt.Sprintf("the Policies of %s allow %s", p.function.LogicalID, list(writing)),
			Want: "Policies that allow to read, and nothing else",
			Why: "Whoever gets in through a mistake in a function may do what the function may do: here, change and delete " +
				"what it was only meant to show.",
			Next: fmt.Sprintf("Write the Policies of %s as the evidence shows.", p.function.LogicalID),
		})
	}
}

// May tells whether the function may do an operation of DynamoDB on a table.
func (p *Permissions) May(t *Table, operation string) bool {
	return p.Allows("dynamodb:"+operation, t.table)
}

// MayNot fails the check when the function may do one of these operations of DynamoDB on a table.
func (p *Permissions) MayNot(t *Table, operations ...string) {
	var allowed []string
	for _, name := range operations {
		if p.May(t, name) {
			allowed = append(allowed, "dynamodb:"+name)
		}
	}
	if len(allowed) > 0 {
		p.fail(Finding{
			Got:  fmt.Sprintf("the Policies of %s allow %s on %s", p.function.LogicalID, list(allowed), t.table.Declared.LogicalID),
			Want: "Policies for what the function does, and no more",
			Next: fmt.Sprintf("Write the Policies of %s as the evidence shows.", p.function.LogicalID),
		})
	}
}

// denied ends the check if the answer is a server's error, and something kept the function from its work that the check is not about.
func (r *Reply) denied(want string) {
	if r.function == nil || r.front == nil || r.front.response.Status < 500 {
		return
	}
	if f, ok := r.prevented(); ok {
		f.Got, f.Want = fmt.Sprintf("%s: %s", r.front.response, f.Got), want
		r.Fail(f)
	}
}

// lacking says which permission the function lacked first in this invocation: what was denied, why, and what to do. What the
// checker denies to see what comes of it does not count.
func (r *Reply) lacking() (f Finding, ok bool) {
	for _, call := range r.Calls() {
		d, denied := call.Denied()
		if !denied || call.Fault != "" {
			continue
		}
		f := Finding{
			Got:  fmt.Sprintf("%s was denied: %s", d.Action, withoutAllowance(r.function)),
			Why:  "A function may do what its Policies in the template allow, and nothing else. What is missing shows at the first call, not when it is deployed.",
			Next: fmt.Sprintf("Give %s a policy for %s in the template.", r.function.LogicalID, d.Action),
		}
		switch {
		case d.Explicit():
			f.Got = fmt.Sprintf("%s was denied by %s", d.Action, d.By)
			f.Next = "A Deny beats every Allow: take it away, or do without the call."
		case d.Elsewhere && r.t.deployed().Declared(d.Resource) == "":
			f = noSuch(r.function.LogicalID, d.Resource)
			f.Got = fmt.Sprintf("%s was denied on %s", d.Action, f.Got)
		case d.Elsewhere:
			f.Got = fmt.Sprintf("%s was denied, since the Policies of %s allow it on other resources alone", d.Action, r.function.LogicalID)
			f.Next = fmt.Sprintf("In the Policies of %s, name the resource by !Ref or !GetAtt: its name is another in each deployment.", r.function.LogicalID)
			if policy, given := doubled(r.function.Granted, d.Action); policy != "" {
				f.Next = fmt.Sprintf("%s makes an ARN of a name, and was given %s. Give it the name: !Ref of a table or bucket, !GetAtt NAME.QueueName of a queue.", policy, given)
			}
		}
		return f, true
	}
	return Finding{}, false
}

// withoutAllowance says what a function has that does not allow something.
func withoutAllowance(f *stack.Function) string {
	var names []string
	for _, g := range f.Granted {
		if g.Line > 0 && !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	if len(names) == 0 {
		return f.LogicalID + " has no Policies for it"
	}
	return "not allowed by " + list(names)
}

func (p *Permissions) fail(f Finding) {
	f.Did = fmt.Sprintf("compared the Policies of %s with its AWS calls", p.function.LogicalID)
	f.Evidence = []string{}
	for _, g := range p.function.Granted {
		f.Evidence = append(f.Evidence, "granted: "+g.Name)
	}
	f.Evidence = slices.Compact(f.Evidence) // a policy may have several statements
	for _, u := range p.Used {
		line := fmt.Sprintf("used:    %s on %s, %d times", u.Action, u.On, u.Calls)
		if u.Calls == 1 {
			line = strings.TrimSuffix(line, "1 times") + "once"
		}
		if !u.Allowed {
			line += ", denied"
		}
		f.Evidence = append(f.Evidence, line)
	}
	for _, line := range p.YAML() {
		f.Evidence = append(f.Evidence, "write:   "+line)
	}
	p.t.Fail(f)
}

// policy is what a policy is called, and where it stands.
func (p *Permissions) policy(name string, line int) string {
	if name == "" {
		name = "the statement"
	}
	return fmt.Sprintf("%s in line %d of template.yaml", name, line)
}

func unusedParts(u stack.Unused) string {
	var parts []string
	if len(u.Actions) > 0 {
		parts = append(parts, "allows what was never used: "+list(u.Actions))
	}
	if len(u.Resources) > 0 {
		parts = append(parts, "covers "+list(u.Resources)+", where none of it was used")
	}
	return strings.Join(parts, "; it ")
}

func onThe(resources []string) string {
	if len(resources) == 0 {
		return ""
	}
	return " on " + list(resources)
}

func list(items []string) string { return strings.Join(items, ", ") }

// refusedPolicies is the finding for Policies that AWS would not take; ok is false for any other error.
func refusedPolicies(err error) (f Finding, ok bool) {
	var refused *stack.PolicyError
	if !errors.As(err, &refused) {
		return Finding{}, false
	}
	named := *refused
	named.File = filepath.Base(named.File) // the learner knows where the lesson is
	return Finding{
		Did:  "deployed the template",
		Got:  named.Error(),
		Want: "Policies that AWS takes",
		Why:  "CloudFormation makes a role of a function's Policies. It refuses the whole deployment when IAM does not take them.",
		Next: fmt.Sprintf("Correct line %d of the template.", refused.Line),
	}, true
}
