package sam

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Other is a resource of a type that is not typed here, such as AWS::Logs::LogGroup. Its Properties
// are as written; Untyped is nil.
type Other struct {
	Resource
	Properties *yaml.Node // nil if there are none
}

// Values returns what a property holds, by its path: Values("VpcId"), or Values("Tags", "0", "Value")
// with the index of a list's item. A list is returned item by item, and what is absent, or a mapping,
// as nothing. A function that is not supported here is a Value whose Resolve fails.
func (o *Other) Values(path ...string) []Value {
	n := o.Properties
	for _, name := range path {
		if n = child(n, name); n == nil {
			return nil
		}
	}
	items := []*yaml.Node{n}
	if n != nil && n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var all []Value
	for _, item := range items {
		if item == nil {
			continue
		}
		if v, err := build(item); err == nil {
			all = append(all, v)
		}
	}
	return all
}

// Bucket is an S3 bucket. What it notifies, other than by events of functions, is Untyped.
type Bucket struct {
	Resource
	BucketName Value // zero if AWS is to choose one
}

// Application is a nested application: another template.
type Application struct {
	Resource
	Location   string           // of the template, relative to this template's directory
	Parameters map[string]Value // what its parameters are set to; never nil
}

// serverlessTypes are SAM's own; a name that is only similar to one is a typing mistake.
var serverlessTypes = []string{
	"AWS::Serverless::Api", "AWS::Serverless::Application", "AWS::Serverless::CapacityProvider",
	"AWS::Serverless::Connector", "AWS::Serverless::Function", "AWS::Serverless::GraphQLApi",
	"AWS::Serverless::HttpApi", "AWS::Serverless::LayerVersion", "AWS::Serverless::MicrovmImage",
	"AWS::Serverless::NetworkConnector", "AWS::Serverless::SimpleTable", "AWS::Serverless::StateMachine",
	"AWS::Serverless::WebFunction", "AWS::Serverless::WebSocketApi",
}

var typedTypes = append([]string{"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket"}, serverlessTypes...)

// instead are what to write in place of resources that SAM makes of a function's events.
var instead = map[string]string{
	"AWS::Lambda::EventSourceMapping": "give the function an event of type SQS, in its Events, of which SAM makes this resource",
	"AWS::Scheduler::Schedule":        "give the function an event of type ScheduleV2, in its Events, of which SAM makes this resource",
	"AWS::Events::Rule":               "give the function an event of type Schedule, in its Events, of which SAM makes this resource",
}

// maxLogicalID is the most characters of a logical id ("CloudFormation quotas").
const maxLogicalID = 255

var (
	logicalID    = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	resourceType = regexp.MustCompile(`^AWS::[A-Za-z0-9]+(::[A-Za-z0-9]+)+$`)
)

func (d *decoder) readResources(section *object) {
	// Types first: events and policies refer to resources further down.
	for _, id := range section.keys {
		n := section.get(id)
		kind := child(n, "Type")
		d.resources[id] = "?"
		if kind != nil && kind.Kind == yaml.ScalarNode && kind.Value != "" {
			d.resources[id] = kind.Value
		}
	}
	for _, id := range section.keys {
		if len(id) > maxLogicalID || !logicalID.MatchString(id) {
			d.problem(section.key(id), "%q is not a logical id; use letters and digits only", id)
		}
		if resource := section.object(id); resource != nil {
			d.resource(id, section.key(id), resource)
		}
	}
	d.implyAPIs()
}

func (d *decoder) resource(id string, key *yaml.Node, o *object) {
	kind := o.get("Type")
	switch {
	case kind == nil:
		d.problem(key, "Type is missing; add it, as in Type: AWS::Serverless::Function")
		return
	case kind.Kind != yaml.ScalarNode:
		d.problem(kind, "is %s; it must be the name of a type, as in AWS::SQS::Queue", describe(kind))
		return
	}
	r := Resource{LogicalID: id, Type: kind.Value, Line: key.Line, DependsOn: o.texts("DependsOn"), Metadata: o.get("Metadata"), Connectors: o.get("Connectors")}
	for _, name := range r.DependsOn {
		if d.resources[name] == "" {
			d.problem(o.get("DependsOn"), "%q is not a resource of this template%s", name, didYouMean(name, d.names()))
		}
	}
	o.noCondition()
	o.skip("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "IgnoreGlobals", "Properties")
	o.done("attribute of a resource")

	switch r.Type {
	case "AWS::Serverless::Function":
		d.function(r, d.object(d.properties(o)))
	case "AWS::Serverless::SimpleTable":
		d.simpleTable(r, d.object(d.properties(o)))
	case "AWS::DynamoDB::Table":
		d.table(r, d.object(d.properties(o)))
	case "AWS::SQS::Queue":
		d.queue(r, d.object(d.properties(o)))
	case "AWS::S3::Bucket":
		d.bucket(r, d.object(d.properties(o)))
	case "AWS::Serverless::HttpApi":
		d.httpAPI(r, d.object(d.properties(o)))
	case "AWS::Serverless::Api":
		d.restAPI(r, d.object(d.properties(o)))
	case "AWS::Serverless::Application":
		d.application(r, d.object(d.properties(o)))
	default:
		d.other(r, kind, o)
	}
}

// noCondition refuses the attribute: Conditions are not supported here.
func (o *object) noCondition() {
	if o.has("Condition") {
		o.unsupported(o.key("Condition"), "the Condition is not evaluated: what it is of is made in any case", "AWS evaluates Conditions, and the checker does not; leave the line out here")
	}
}

func (d *decoder) other(r Resource, kind *yaml.Node, o *object) {
	switch {
	case slices.Contains(serverlessTypes, r.Type):
	case !resourceType.MatchString(r.Type):
		d.problem(kind, "%q is not a type of resource that is known here%s", r.Type, didYouMean(r.Type, typedTypes))
	case mistyped(r.Type) != "":
		d.problem(kind, "%q is not a type of resource; did you mean %q?", r.Type, mistyped(r.Type))
	case instead[r.Type] != "":
		d.unsupported(kind, "nothing comes of it: functions are invoked by their own Events", "%s is not read here; %s", r.Type, instead[r.Type])
	}
	d.result.Others = append(d.result.Others, &Other{Resource: r, Properties: o.get("Properties")})
}

// mistyped returns the typed type that a name is a slip of, or "". It allows less than didYouMean does:
// AWS has hundreds of types, some of similar names.
func mistyped(name string) string {
	for _, known := range typedTypes {
		if distance(strings.ToLower(name), strings.ToLower(known)) <= 2 {
			return known
		}
	}
	return ""
}

func (d *decoder) bucket(r Resource, o *object) {
	b := &Bucket{Resource: r, BucketName: o.value("BucketName")}
	b.Untyped = o.untyped(
		"AbacStatus", "AccelerateConfiguration", "AccessControl", "AnalyticsConfigurations", "BucketEncryption",
		"BucketNamePrefix", "BucketNamespace", "CorsConfiguration", "IntelligentTieringConfigurations",
		"InventoryConfigurations", "LifecycleConfiguration", "LoggingConfiguration", "MetadataConfiguration",
		"MetadataTableConfiguration", "MetricsConfigurations", "NotificationConfiguration",
		"ObjectLockConfiguration", "ObjectLockEnabled", "OwnershipControls", "PublicAccessBlockConfiguration",
		"ReplicationConfiguration", "Tags", "VersioningConfiguration", "WebsiteConfiguration",
	)
	o.done("property of " + r.Type)
	d.result.Buckets = append(d.result.Buckets, b)
}

func (d *decoder) application(r Resource, o *object) {
	a := &Application{Resource: r, Parameters: o.valueMap("Parameters")}
	switch n := o.get("Location"); {
	case n != nil && (n.Kind == yaml.MappingNode && !isFunction(n) || strings.Contains(n.Value, "://")):
		d.problem(n, "only a template on this machine is supported here; give its path")
	default:
		a.Location = o.text("Location")
	}
	a.Untyped = o.untyped("NotificationARNs", "Tags", "TimeoutInMinutes")
	o.require("Location")
	o.done("property of " + r.Type)
	d.result.Applications = append(d.result.Applications, a)
}
