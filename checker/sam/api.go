package sam

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// HTTPAPI is an API Gateway HTTP API (AWS::Serverless::HttpApi). Its routes are the events of functions
// that name it; a DefinitionBody is Untyped.
type HTTPAPI struct {
	Resource
	Implied   bool // by events that name no API; the template does not declare it
	Name      Value
	StageName Value     // "$default" if not given
	CORS      *HTTPCORS // nil if the gateway does not do CORS
}

// HTTPCORS is the CorsConfiguration of an HTTP API. CorsConfiguration: true allows all origins.
type HTTPCORS struct {
	AllowOrigins     []Value
	AllowMethods     []string
	AllowHeaders     []string
	ExposeHeaders    []string
	AllowCredentials bool
	MaxAge           time.Duration // whole seconds; 0 if not given
}

// RestAPI is an API Gateway REST API (AWS::Serverless::Api).
type RestAPI struct {
	Resource
	Implied          bool // by events that name no API; the template does not declare it
	Name             Value
	StageName        Value
	CORS             *RestCORS // nil if SAM is not to add OPTIONS methods
	BinaryMediaTypes []string  // such as "image/png"; ~1 in the template is / here
}

// RestCORS is the Cors of a REST API, without the single quotes that the template needs inside its
// double quotes. Other values that are not given are "".
type RestCORS struct {
	AllowOrigin      string // "*" if not given
	AllowMethods     string // such as "GET,POST"
	AllowHeaders     string
	MaxAge           string // seconds
	AllowCredentials bool
}

// What SAM calls the APIs that events imply.
const (
	impliedHTTPAPI = "ServerlessHttpApi"
	impliedRestAPI = "ServerlessRestApi"
	defaultRoute   = "$default"
	anyMethod      = "ANY"
)

func (d *decoder) httpAPI(r Resource, o *object) {
	a := &HTTPAPI{Resource: r, Name: o.value("Name"), StageName: o.valueOr("StageName", Literal("$default"))}
	if n := o.get("CorsConfiguration"); n != nil {
		a.CORS = d.httpCORS(n, o)
	}
	a.Untyped = o.untyped(
		"AccessLogSettings", "Auth", "DefaultRouteSettings", "DefinitionBody", "DefinitionUri", "Description",
		"DisableExecuteApiEndpoint", "Domain", "FailOnWarnings", "PropagateTags", "RouteSettings",
		"StageVariables", "Tags",
	)
	d.reachable(o)
	o.done("property of " + r.Type)
	d.generateStage(r.LogicalID, a.StageName, "ApiGatewayDefaultStage")
	d.result.HTTPAPIs = append(d.result.HTTPAPIs, a)
}

// reachable refuses an API without the address that it has of AWS: others, of domains, are not here.
func (d *decoder) reachable(o *object) {
	if n := o.get("DisableExecuteApiEndpoint"); n != nil && n.Value == "true" {
		d.unsupported(n, "the API answers at its address all the same", "is true: nobody reaches the API at its execute-api address then, "+
			"and other domains are not supported here; remove the line")
	}
}

func (d *decoder) httpCORS(n *yaml.Node, o *object) *HTTPCORS {
	if n.Kind == yaml.ScalarNode && strings.Trim(n.Value, "'") == "*" { // as Cors of a REST API has it
		d.problem(n, "is %s; it must be a mapping with AllowOrigins, AllowMethods and AllowHeaders, which are lists, or true for any origin", describe(n))
		return nil
	}
	if n.Kind != yaml.MappingNode || isFunction(n) {
		if o.boolean("CorsConfiguration") {
			return &HTTPCORS{AllowOrigins: []Value{Literal("*")}}
		}
		return nil
	}
	cors := d.object(n)
	c := &HTTPCORS{
		AllowOrigins:     cors.values("AllowOrigins"),
		AllowMethods:     cors.texts("AllowMethods"),
		AllowHeaders:     cors.texts("AllowHeaders"),
		ExposeHeaders:    cors.texts("ExposeHeaders"),
		AllowCredentials: cors.boolean("AllowCredentials"),
		MaxAge:           cors.seconds("MaxAge", 0, -1, 86_400),
	}
	for _, name := range []string{"AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders"} {
		if n := cors.get(name); n != nil && n.Kind == yaml.ScalarNode {
			d.problem(n, "is %s; an HTTP API takes a list: write each on a line of its own after a dash", describe(n))
		}
	}
	if c.AllowCredentials && slices.ContainsFunc(c.AllowOrigins, isAnyOrigin) {
		d.problem(cors.get("AllowCredentials"), `is true, and AllowOrigins has "*"; API Gateway refuses the two together: name the origins, as in https://shop.example`)
	}
	cors.done("property of CorsConfiguration")
	return c
}

func isAnyOrigin(v Value) bool {
	text, ok := v.Literal()
	return ok && text == "*"
}

func (d *decoder) restAPI(r Resource, o *object) {
	a := &RestAPI{Resource: r, Name: o.value("Name"), StageName: o.value("StageName"), BinaryMediaTypes: o.texts("BinaryMediaTypes")}
	for i, name := range a.BinaryMediaTypes {
		a.BinaryMediaTypes[i] = strings.ReplaceAll(name, "~1", "/")
	}
	if n := o.get("Cors"); n != nil {
		a.CORS = d.restCORS(n)
	}
	a.Untyped = o.untyped(
		"AccessLogSetting", "AlwaysDeploy", "ApiKeySourceType", "Auth", "CacheClusterEnabled", "CacheClusterSize",
		"CanarySetting", "DefinitionBody", "DefinitionUri", "Description", "DisableExecuteApiEndpoint", "Domain",
		"EndpointAccessMode", "EndpointConfiguration", "FailOnWarnings", "GatewayResponses", "MergeDefinitions",
		"MethodSettings", "MinimumCompressionSize", "Mode", "Models", "OpenApiVersion", "Policy", "PropagateTags",
		"SecurityPolicy", "Tags", "TracingEnabled", "Variables",
	)
	d.reachable(o)
	o.require("StageName")
	o.done("property of " + r.Type)
	d.generateStage(r.LogicalID, a.StageName, "ProdStage")
	d.result.RestAPIs = append(d.result.RestAPIs, a)
}

// restCORS reads a mapping, or the short form that is only the origin.
func (d *decoder) restCORS(n *yaml.Node) *RestCORS {
	if n.Kind == yaml.ScalarNode || isFunction(n) {
		return &RestCORS{AllowOrigin: d.quoted(n)}
	}
	cors := d.object(n)
	text := func(name, missing string) string {
		if inner := cors.get(name); inner != nil {
			return d.quoted(inner)
		}
		return missing
	}
	c := &RestCORS{
		AllowOrigin:      text("AllowOrigin", "*"),
		AllowMethods:     text("AllowMethods", ""),
		AllowHeaders:     text("AllowHeaders", ""),
		MaxAge:           strings.Trim(cors.text("MaxAge"), "'"),
		AllowCredentials: cors.boolean("AllowCredentials"),
	}
	cors.done("property of Cors")
	return c
}

// quoted reads a value that API Gateway evaluates as an expression, so that text needs quotes of its own.
func (d *decoder) quoted(n *yaml.Node) string {
	text, ok := d.plain(n)
	if !ok || text == "" {
		return ""
	}
	inner, left := strings.CutPrefix(text, "'")
	inner, right := strings.CutSuffix(inner, "'")
	if !left || !right {
		d.problem(n, `is %q; API Gateway takes it for an expression: put single quotes inside the double quotes, as in "'%s'"`, text, text)
	}
	return inner
}

// generateStage notes the ids of what SAM makes of an API besides the API itself.
func (d *decoder) generateStage(id string, stage Value, byDefault string) {
	for _, name := range []string{"Stage", "Deployment", byDefault} {
		d.generated[id+name] = "generated"
	}
	if name, ok := stage.Literal(); ok {
		d.generated[id+name+"Stage"] = "generated"
	}
}

// implyAPIs adds the APIs that events without one imply, as SAM does.
func (d *decoder) implyAPIs() {
	for _, id := range []string{impliedHTTPAPI, impliedRestAPI} {
		if d.impliedBy[id] == 0 || d.resources[id] != "" {
			continue
		}
		kind, part := "AWS::Serverless::HttpApi", "HttpApi"
		if id == impliedRestAPI {
			kind, part = "AWS::Serverless::Api", "Api"
		}
		global := d.globals[part]
		if global == nil {
			global = &yaml.Node{Kind: yaml.MappingNode}
		}
		d.generated[id] = kind
		r := Resource{LogicalID: id, Type: kind}
		if id == impliedHTTPAPI {
			d.httpAPI(r, d.object(global))
			d.result.HTTPAPIs[len(d.result.HTTPAPIs)-1].Implied = true
			continue
		}
		stage := []*yaml.Node{{Kind: yaml.ScalarNode, Value: "StageName"}, {Kind: yaml.ScalarNode, Value: "Prod"}}
		withStage := &yaml.Node{Kind: yaml.MappingNode, Content: slices.Concat(stage, global.Content)}
		d.restAPI(r, d.object(withStage))
		d.result.RestAPIs[len(d.result.RestAPIs)-1].Implied = true
	}
}
