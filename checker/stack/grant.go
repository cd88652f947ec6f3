package stack

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire"
	"example.com/serverless-patterns/checker/wire/access"
	"example.com/serverless-patterns/checker/wire/iam"
)

// Grant is a statement of a function's role, and where it comes from.
type Grant struct {
	iam.Statement
	// Policy is the policy template or managed policy that has the statement; "" for one that is written in
	// the template itself.
	Policy string
	// Line is where that stands in the template; 0 for what SAM adds of its own accord.
	Line int
}

// PolicyError says that AWS would not take the policies of a function: a fault of the template.
type PolicyError struct {
	File     string
	Line     int
	Function string
	Problem  string // what is wrong, and what to write
}

func (e *PolicyError) Error() string {
	return fmt.Sprintf("%s:%d: Policies of %s: %s", e.File, e.Line, e.Function, e.Problem)
}

// grants are the statements of a function's role, those alone that concern services whose calls are looked
// at. The template has passed policyLimits.
func (r resolver) grants(f *sam.Function) ([]Grant, error) {
	var all []Grant
	for _, p := range f.Policies {
		name, statements, err := r.policy(f, p)
		if err != nil {
			return nil, err
		}
		for _, s := range statements {
			s.Name = fmt.Sprintf("%s in line %d", cmp.Or(name, "the statement"), p.Line())
			all = append(all, Grant{s, name, p.Line()})
		}
	}
	added, err := r.added(f)
	return append(all, added...), err
}

func (r resolver) policy(f *sam.Function, p sam.Policy) (name string, statements []iam.Statement, err error) {
	switch p := p.(type) {
	case *sam.PolicyTemplate:
		name = p.Name
		statements, err = r.policyTemplate(p)
	case *sam.ManagedPolicy:
		name, err = managedName(p.Policy)
		statements = managedStatements(name)
	case *sam.PolicyStatement:
		statements, err = r.policyStatement(f, p)
	}
	var wrong *PolicyError
	if err != nil && !errors.As(err, &wrong) {
		err = fmt.Errorf("%s: Policies of %s: %w", r.template.File, f.LogicalID, err)
	}
	return name, statements, err
}

func (r resolver) policyStatement(f *sam.Function, p *sam.PolicyStatement) ([]iam.Statement, error) {
	s := iam.Statement{Effect: iam.Effect(p.Effect), Actions: p.Actions, NotActions: p.NotActions}
	if !concerned(s) {
		return nil, nil
	}
	var err error
	if s.Resources, err = r.resources(f, p.Resources); err != nil {
		return nil, err
	}
	if s.NotResources, err = r.resources(f, p.NotResources); err != nil {
		return nil, err
	}
	if len(s.Resources)+len(s.NotResources) == 0 {
		return nil, nil // all of them are of other services
	}
	return []iam.Statement{s}, nil
}

// resources are the ARNs of a statement. Those of resources of other services are left out: their ARNs are
// not known here, and no call that is looked at is about them.
func (r resolver) resources(f *sam.Function, values []sam.Value) ([]string, error) {
	var all []string
	for _, v := range values {
		if slices.ContainsFunc(v.References(), r.ofAnotherService) {
			continue
		}
		text, err := v.Resolve(r)
		if err != nil {
			return nil, err
		}
		for arn := range strings.SplitSeq(text, ",") { // a parameter may be a list
			arn = strings.TrimSpace(arn)
			switch {
			case arn != "*" && !strings.HasPrefix(arn, "arn:"):
				return nil, &PolicyError{r.template.File, v.Line(), f.LogicalID, fmt.Sprintf(
					"the Resource %s is %q, which is neither an ARN nor *; a resource's ARN is !GetAtt %s.Arn", v, arn, referred(v))}
			case strings.Contains(arn, "${"):
				return nil, fmt.Errorf("line %d: the variables in %q are not evaluated here", v.Line(), arn)
			}
			all = append(all, arn)
		}
	}
	return all, nil
}

func referred(v sam.Value) string {
	if references := v.References(); len(references) > 0 {
		return references[0].LogicalID
	}
	return "NAME"
}

func (r resolver) ofAnotherService(reference sam.Reference) bool {
	return slices.ContainsFunc(r.template.Others, func(o *sam.Other) bool {
		service := strings.ToLower(strings.TrimPrefix(o.Type, "AWS::"))
		service, _, _ = strings.Cut(service, "::")
		return o.LogicalID == reference.LogicalID && !slices.Contains(access.Services, service)
	})
}

// added are the statements that SAM adds of its own accord: for an SQS event the managed policy for event
// source mappings, which is for every queue, and for a dead-letter queue the right to send to it. For the
// events of S3 and of APIs it is the other side that gets a permission.
func (r resolver) added(f *sam.Function) ([]Grant, error) {
	var all []Grant
	for _, e := range f.Events {
		if _, ok := e.Source.(*sam.SQSEvent); ok {
			s := managedStatements(sqsExecutionRole)[0]
			s.Name = sqsExecutionRole + ", which SAM adds for the event " + e.Name
			all = append(all, Grant{s, sqsExecutionRole, 0})
			break
		}
	}
	if q := f.DeadLetterQueue; q != nil && q.Type == "SQS" {
		arn, err := q.TargetArn.Resolve(r)
		if err != nil {
			return nil, fmt.Errorf("%s: DeadLetterQueue of %s: %w", r.template.File, f.LogicalID, err)
		}
		all = append(all, Grant{iam.Statement{
			Name: "what SAM adds for the DeadLetterQueue", Effect: iam.Allow, Actions: []string{"sqs:SendMessage"}, Resources: []string{arn},
		}, "", 0})
	}
	return all, nil
}

// role is the role that SAM makes for a function. The session is the function's name.
func (r resolver) role(f *sam.Function, grants []Grant) wire.Role {
	role := wire.Role{Name: f.LogicalID + "-role", Session: r.names[f.LogicalID]}
	for _, g := range grants {
		role.Policy = append(role.Policy, g.Statement)
	}
	return role
}

// concerned tells whether a statement is about a service whose calls are looked at.
func concerned(s iam.Statement) bool { return slices.ContainsFunc(access.Services, s.Concerns) }

// policyLimits names what a template says about permissions that is not evaluated here. To go on without it
// would deny calls that AWS allows, or the reverse.
func policyLimits(t *sam.Template) []error {
	var all []error
	limit := func(line int, format string, a ...any) {
		all = append(all, fmt.Errorf("%s:%d: %s", t.File, line, fmt.Sprintf(format, a...)))
	}
	for _, f := range t.Functions {
		for _, name := range []string{"Role", "PermissionsBoundary"} {
			if n := f.Untyped[name]; n != nil {
				limit(n.Line, "%s of %s is not evaluated here; give the function Policies in its place", name, f.LogicalID)
			}
		}
		for _, p := range f.Policies {
			switch p := p.(type) {
			case *sam.PolicyStatement:
				if n := p.Untyped["Condition"]; n != nil && concerned(iam.Statement{Actions: p.Actions, NotActions: p.NotActions}) {
					limit(n.Line, "the Condition of a statement of %s is not evaluated here, so nobody could tell what it allows; leave it out", f.LogicalID)
				}
			case *sam.ManagedPolicy:
				if _, err := managedName(p.Policy); err != nil {
					limit(p.Line(), "%v", err)
				}
			}
		}
	}
	for _, o := range t.Others {
		switch o.Type {
		case "AWS::Serverless::Connector", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy":
			limit(o.Line, "%s is of type %s, which may give permissions to functions and is not evaluated here; use Policies of the functions", o.LogicalID, o.Type)
		}
	}
	for _, r := range t.Resources() {
		if r.Connectors != nil {
			limit(r.Connectors.Line, "the Connectors of %s are not evaluated here; use Policies of the functions", r.LogicalID)
		}
	}
	return all
}
