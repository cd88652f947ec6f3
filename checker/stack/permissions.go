package stack

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/wire/access"
	"example.com/serverless-patterns/checker/wire/iam"
)

// Permissions compares what a function may do with what it has done so far. Only services whose calls are
// looked at appear in it; of others nobody could tell whether a permission is used.
type Permissions struct {
	// Used is each action on each resource that calls needed, in the order of the first call.
	Used []Use
	// Unused is what the template grants and no call needed. That says something only after all that the
	// function does has been tried.
	Unused []Unused
	// Wildcards are the statements of the template that stand for more than one named resource, or for
	// actions that they do not name.
	Wildcards []Wildcard

	granted []Grant
	places  places
}

// Use is an action on a resource that calls needed.
type Use struct {
	iam.Decision
	Calls int
	// On is the resource in the template's words: ItemsTable, or ItemsTable/index/by-day.
	On string
}

// Unused is what no call needed of a policy in the template.
type Unused struct {
	Policy string // the template or managed policy; "" for a statement of the template's own
	Line   int
	// Whole is set when nothing of the policy was needed. Actions and Resources are then all that it has.
	Whole     bool
	Actions   []string
	Resources []string // in the template's words
}

// Wildcard is a statement that allows more than it names.
type Wildcard struct {
	Policy    string // the managed policy; "" for a statement of the template's own
	Line      int
	Actions   []string // those with a wildcard
	Resources []string // those with a wildcard
}

// Permissions compares what the function may do with its calls so far.
func (f *Function) Permissions() Permissions {
	p := Permissions{granted: f.Granted, places: f.stack.places()}
	for _, c := range f.stack.wire.Calls() {
		if c.Function != f.LogicalID {
			continue
		}
		for _, d := range c.Decisions {
			at := slices.IndexFunc(p.Used, func(u Use) bool { return u.Request == d.Request })
			if at < 0 {
				at = len(p.Used)
				p.Used = append(p.Used, Use{Decision: d, On: p.places.name(d.Resource)})
			}
			p.Used[at].Calls++
		}
	}
	p.findUnused()
	p.findWildcards()
	return p
}

// Denied is what calls needed and no policy allowed.
func (p Permissions) Denied() []Use {
	return slices.DeleteFunc(slices.Clone(p.Used), func(u Use) bool { return u.Allowed })
}

// Allows tells whether the function may do something to a table, whether it has done so or not.
func (p Permissions) Allows(action string, t *Table) bool {
	var policy iam.Policy
	for _, g := range p.granted {
		policy = append(policy, g.Statement)
	}
	return policy.Decide(iam.Request{Action: action, Resource: resolver{t.stack}.arn("dynamodb", "table/"+t.Name)}).Allowed
}

// findUnused goes through the policies as they are written. A policy template counts as a whole, unless
// one that allows less would do: nobody chooses its actions one by one.
func (p *Permissions) findUnused() {
	for _, policy := range p.policies() {
		first := policy[0]
		whole := Unused{Policy: first.Policy, Line: first.Line, Whole: true}
		part := whole
		part.Whole = false
		for _, g := range policy {
			for _, action := range observed(g.Actions) {
				add(&whole.Actions, action)
				if !p.uses(func(r iam.Request) bool {
					return g.Matches(r) && (iam.Statement{Actions: []string{action}}).MatchesAction(r.Action)
				}) {
					add(&part.Actions, action)
				}
			}
			for _, resource := range g.Resources {
				add(&whole.Resources, p.places.name(resource))
				if !p.uses(func(r iam.Request) bool {
					return g.Matches(r) && (iam.Statement{Resources: []string{resource}}).MatchesResource(r.Resource)
				}) {
					add(&part.Resources, p.places.name(resource))
				}
			}
		}
		anyUsed := p.uses(func(r iam.Request) bool {
			return slices.ContainsFunc(policy, func(g Grant) bool { return g.Matches(r) })
		})
		switch {
		case !anyUsed:
			p.Unused = append(p.Unused, whole)
		case first.Policy == "" && len(part.Actions)+len(part.Resources) > 0:
			p.Unused = append(p.Unused, part)
		case first.Policy != "" && p.narrower(policy):
			part.Resources = nil
			p.Unused = append(p.Unused, part)
		}
	}
}

// policies are the statements that the template allows, together as they stand there.
func (p *Permissions) policies() [][]Grant {
	var all [][]Grant
	for _, g := range p.granted {
		last := len(all) - 1
		switch {
		case g.Line == 0 || g.Effect != iam.Allow || len(g.NotActions) > 0:
		case last >= 0 && g.Policy != "" && all[last][0].Policy == g.Policy && all[last][0].Line == g.Line:
			all[last] = append(all[last], g)
		default:
			all = append(all, []Grant{g})
		}
	}
	return all
}

// narrower tells whether a policy template would do that allows less.
func (p *Permissions) narrower(policy []Grant) bool {
	if policyTemplates[policy[0].Policy] == nil {
		return false // a managed policy is a wildcard in any case
	}
	var uses []Use
	for _, u := range p.Used {
		if slices.ContainsFunc(policy, func(g Grant) bool { return g.Matches(u.Request) }) {
			uses = append(uses, u)
		}
	}
	at, known := p.places.of(uses[0].Resource)
	if !known {
		return false
	}
	for _, name := range append([]string{"DynamoDBCrudPolicy", "S3CrudPolicy"}, modest...) {
		if actions(name) < actions(policy[0].Policy) && p.places.covers(name, at, uses) {
			return true
		}
	}
	return false
}

func (p *Permissions) uses(matches func(iam.Request) bool) bool {
	return slices.ContainsFunc(p.Used, func(u Use) bool { return matches(u.Request) })
}

func (p *Permissions) findWildcards() {
	for _, g := range p.granted {
		if g.Line == 0 || g.Effect != iam.Allow || policyTemplates[g.Policy] != nil {
			continue
		}
		w := Wildcard{Policy: g.Policy, Line: g.Line}
		for _, action := range observed(g.Actions) {
			if strings.ContainsAny(action, "*?") {
				w.Actions = append(w.Actions, action)
			}
		}
		if len(g.NotActions) > 0 {
			w.Actions = []string{"all but " + strings.Join(g.NotActions, ", ")}
		}
		if !slices.ContainsFunc(observed(g.Actions), hasResource) && len(g.Actions) > 0 {
			g.Resources = nil // there is nothing else to write
		}
		for _, resource := range g.Resources {
			if broad(resource) {
				w.Resources = append(w.Resources, p.places.name(resource))
			}
		}
		for _, resource := range g.NotResources {
			w.Resources = append(w.Resources, "all but "+p.places.name(resource))
		}
		if len(w.Actions)+len(w.Resources) > 0 {
			p.Wildcards = append(p.Wildcards, w)
		}
	}
}

// broad tells whether an ARN stands for more than one table, queue or bucket. That it is for all indexes
// of a table, or all objects of a bucket, is what there is to write.
func broad(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || strings.ContainsAny(parts[2], "*?") {
		return strings.ContainsAny(arn, "*?")
	}
	name := strings.TrimPrefix(parts[5], "table/")
	name, _, _ = strings.Cut(name, "/")
	return strings.ContainsAny(name, "*?")
}

// hasResource tells whether an action can be limited to a resource. Of the others the policy has to say *
// ("Actions, resources, and condition keys" in the Service Authorization Reference).
func hasResource(action string) bool {
	_, name, _ := strings.Cut(strings.ToLower(action), ":")
	return !slices.Contains([]string{
		"listtables", "listbackups", "listexports", "listimports", "listglobaltables", "listcontributorinsights",
		"describelimits", "describeendpoints", "listqueues", "listallmybuckets",
	}, name)
}

// observed are the actions of services whose calls are looked at.
func observed(actions []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(action string) bool {
		return !slices.ContainsFunc(access.Services, iam.Statement{Actions: []string{action}}.Concerns)
	})
}

func add(to *[]string, text string) {
	if !slices.Contains(*to, text) {
		*to = append(*to, text)
	}
}

// actions is how many actions a policy template allows.
func actions(template string) int {
	n := 0
	for _, rule := range policyTemplates[template] {
		n += len(strings.Fields(rule.actions))
	}
	return n
}
