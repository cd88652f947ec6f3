package serve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/stack"
)

// adapt makes of a template what can be deployed here. notes name what is left out of it, and what is another than on
// AWS, for whoever wonders why something does not happen. What no function and no client would notice, such as log
// groups and alarms, is left out without a word.
func adapt(t *sam.Template) (adapted *sam.Template, notes []string) {
	a := &adapter{Template: *t}
	a.queues()
	a.resources()
	a.apis()
	a.functions()
	return &a.Template, a.notes
}

type adapter struct {
	sam.Template
	notes     []string
	elsewhere string // what may give permissions to functions beside their Policies; "" if there is nothing
}

// permissions are types of resources that may give permissions to functions.
var permissions = []string{"AWS::Serverless::Connector", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}

func (a *adapter) note(line int, format string, args ...any) {
	a.notes = append(a.notes, fmt.Sprintf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

// unnoticed are types of resources, or of whole services, that change nothing for functions and clients here.
var unnoticed = []string{
	"AWS::ApiGateway::Account", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey", "AWS::ApplicationAutoScaling::",
	"AWS::CloudWatch::", "AWS::CodeDeploy::", "AWS::IAM::", "AWS::Lambda::Permission", "AWS::Logs::", "AWS::ResourceGroups::",
	"AWS::ApplicationInsights::", "AWS::XRay::",
}

// resources takes out what is not emulated.
func (a *adapter) resources() {
	leave := func(r sam.Resource, consequence string) {
		a.note(r.Line, "%s is of type %s, which is not here%s", r.LogicalID, r.Type, consequence)
	}
	for _, n := range a.Applications {
		leave(n.Resource, ": serve its template on its own")
	}
	for _, o := range a.Others {
		if !slices.ContainsFunc(unnoticed, func(name string) bool { return strings.HasPrefix(o.Type, name) }) {
			leave(o.Resource, "")
		}
	}
	a.Applications = nil
	a.Buckets = slices.Clone(a.Buckets)
	for n, bucket := range a.Buckets {
		own := *bucket
		own.Untyped, own.Connectors = a.without(own.Untyped, own.LogicalID, bucketLimits), nil
		a.Buckets[n] = &own
	}
	// Those that are of other services stay, for the policies that name them.
	a.Others = slices.DeleteFunc(slices.Clone(a.Others), func(o *sam.Other) bool {
		gives := slices.Contains(permissions, o.Type)
		if gives {
			a.elsewhere = fmt.Sprintf("%s, of type %s, is not evaluated", o.LogicalID, o.Type)
		}
		return gives
	})
	a.Tables = slices.Clone(a.Tables)
	for n, table := range a.Tables {
		if table.Connectors != nil {
			own := *table
			own.Connectors = nil
			a.Tables[n] = &own
		}
	}
}

// bucketLimits are properties of buckets, and what it means that they are not looked at.
var bucketLimits = map[string]string{
	"CorsConfiguration":         "it answers no website",
	"NotificationConfiguration": "it notifies by the events of functions alone",
	"VersioningConfiguration":   "what is overwritten or removed is gone",
}

// apiLimits are properties of APIs, and of their events, and what it means that they are not looked at.
var apiLimits = map[string]string{
	"Auth":                 "everybody may send every request",
	"DefinitionBody":       "its routes are the events of functions alone",
	"DefinitionUri":        "its routes are the events of functions alone",
	"StageVariables":       "events have none",
	"Variables":            "events have none",
	"GatewayResponses":     "API Gateway's own answers are its usual ones",
	"Models":               "no request is refused for its body",
	"Policy":               "everybody may send every request",
	"RequestModel":         "no request is refused for its body",
	"RequestParameters":    "no request is refused for its parameters",
	"ResponseTransferMode": "responses are sent as a whole",
}

func (a *adapter) apis() {
	a.HTTPAPIs, a.RestAPIs = slices.Clone(a.HTTPAPIs), slices.Clone(a.RestAPIs)
	for n, api := range a.HTTPAPIs {
		own := *api
		own.Untyped, own.Connectors = a.without(own.Untyped, own.LogicalID, apiLimits), nil
		a.HTTPAPIs[n] = &own
	}
	for n, api := range a.RestAPIs {
		own := *api
		own.Untyped, own.Connectors = a.without(own.Untyped, own.LogicalID, apiLimits), nil
		a.RestAPIs[n] = &own
	}
}

// without takes the named properties out, and notes what that means.
func (a *adapter) without(untyped map[string]*yaml.Node, owner string, limits map[string]string) map[string]*yaml.Node {
	kept := maps.Clone(untyped)
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		if node := untyped[name]; node != nil {
			a.note(node.Line, "%s of %s is not looked at: %s", name, owner, limits[name])
			delete(kept, name)
		}
	}
	return kept
}

// scheduleLimits are properties of schedules, and what it means that they are not looked at.
var scheduleLimits = map[string]string{
	"DeadLetterConfig":   "an event that fails three times is dropped",
	"EndDate":            "it comes round for as long as this runs",
	"FlexibleTimeWindow": "it comes round on time",
	"RetryPolicy":        "an event that fails is tried twice more",
	"StartDate":          "it comes round from now on",
}

// functionLimits are properties of functions, and what it means that they are not looked at.
var functionLimits = map[string]string{
	"EventInvokeConfig": "an event that fails is tried twice more, and is then dropped",
	"FileSystemConfigs": "no file system is mounted",
	"FunctionUrlConfig": "it has no URL here, but can be invoked",
	"Layers":            "there is nothing in /opt",
}

func (a *adapter) functions() {
	var kept []*sam.Function
	for _, f := range a.Functions {
		if why := notGo(f); why != "" {
			a.note(f.Line, "%s is left out: %s", f.LogicalID, why)
			continue
		}
		if !slices.Contains(runtimes, f.Runtime) {
			a.note(f.Line, "%s has the runtime %q, which AWS does not offer; provided.al2023 is the one for Go", f.LogicalID, f.Runtime)
		}
		own := *f
		own.Untyped = a.without(f.Untyped, f.LogicalID, functionLimits)
		own.Events = a.events(f)
		kept = append(kept, &own)
	}
	a.Functions = kept
	names := stack.NewNames(&a.Template)
	for _, f := range a.Functions {
		f.Environment = a.environment(f, names)
		a.policies(f, names)
	}
}

// runtimes are those that Go functions can have ("Lambda runtimes").
var runtimes = []string{"provided.al2", "provided.al2023"}

// notGo says why a function cannot be built here, or "".
func notGo(f *sam.Function) string {
	switch {
	case f.Untyped["ImageUri"] != nil, f.Untyped["PackageType"] != nil && f.Untyped["PackageType"].Value == "Image":
		return "it is a container image"
	case f.Untyped["InlineCode"] != nil:
		return "its code is in the template, and not in Go"
	case f.Runtime == "go1.x", strings.HasPrefix(f.Runtime, "provided"):
		return ""
	}
	return "its runtime is " + f.Runtime + ", which Go functions do not have"
}

// events keeps those of APIs, of buckets, of queues and of schedules.
func (a *adapter) events(f *sam.Function) []sam.Event {
	var kept []sam.Event
	for _, e := range f.Events {
		switch e.Source.(type) {
		case *sam.HTTPAPIEvent, *sam.RestAPIEvent:
			e.Untyped = a.without(e.Untyped, "the event "+e.Name+" of "+f.LogicalID, apiLimits)
			kept = append(kept, e)
		case *sam.S3Event, *sam.ScheduleEvent:
			e.Untyped = a.without(e.Untyped, "the event "+e.Name+" of "+f.LogicalID, scheduleLimits)
			kept = append(kept, e)
		case *sam.SQSEvent:
			if why := a.unfit(e); why != "" {
				a.note(e.Line, "the event %s of %s is left out: %s", e.Name, f.LogicalID, why)
				continue
			}
			e.Untyped = a.without(e.Untyped, "the event "+e.Name+" of "+f.LogicalID, mappingLimits)
			kept = append(kept, e)
		default:
			a.note(e.Line, "the event %s of %s is of type %s, which does not come here: invoke the function", e.Name, f.LogicalID, e.Type)
		}
	}
	return kept
}

// environment gives variables that depend on what is not here the name of that resource. A function that only
// needs the variable to start does start, and a call with it says what is missing.
func (a *adapter) environment(f *sam.Function, names *stack.Names) map[string]sam.Value {
	all := maps.Clone(f.Environment)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name]
		err := names.Resolve(v)
		if err == nil {
			continue
		}
		text := "unknown"
		if references := v.References(); len(references) > 0 {
			text = references[0].LogicalID
		}
		a.note(v.Line(), "the variable %s of %s is %q: %v%s", name, f.LogicalID, text, err, a.asked(text))
		all[name] = sam.Literal(text)
	}
	return all
}

// asked is how to give a parameter its value; "" for what is none.
func (a *adapter) asked(name string) string {
	if slices.ContainsFunc(a.Parameters, func(p sam.Parameter) bool { return p.Name == name }) {
		return "; --parameter " + name + "=VALUE gives it one"
	}
	return ""
}

// policies allows everything to a function whose permissions cannot be told.
func (a *adapter) policies(f *sam.Function, names *stack.Names) {
	why := a.elsewhere
	if err := names.Policies(f); err != nil {
		why = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	f.Connectors = nil
	if why == "" {
		return
	}
	a.note(f.Line, "%s may do everything here, whatever its policies say: %s", f.LogicalID, why)
	f.Policies = []sam.Policy{&sam.PolicyStatement{Effect: "Allow", Actions: []string{"*"}, Resources: []sam.Value{sam.Literal("*")}}}
	f.DeadLetterQueue = nil
	delete(f.Untyped, "Role")
	delete(f.Untyped, "PermissionsBoundary")
}
