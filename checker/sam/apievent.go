package sam

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (d *decoder) httpAPIEvent(e *Event, o *object) *HTTPAPIEvent {
	h := &HTTPAPIEvent{
		API:                  d.api(o, "ApiId", "AWS::Serverless::HttpApi", impliedHTTPAPI, e),
		Method:               anyMethod,
		Path:                 defaultRoute,
		PayloadFormatVersion: o.oneOf("PayloadFormatVersion", "2.0", "1.0", "2.0"),
		Timeout:              milliseconds(o, maxHTTPAPITimeout, maxHTTPAPITimeout),
	}
	if o.has("Path") || o.has("Method") {
		h.Path, h.Method = o.text("Path"), method(o)
		o.require("Path", "Method")
	}
	e.Untyped = o.untyped("Auth", "RouteSettings", "Stage")
	d.route(o, h.API, h.Method, h.Path, e)
	return h
}

func (d *decoder) restAPIEvent(e *Event, o *object) *RestAPIEvent {
	r := &RestAPIEvent{
		API:     d.api(o, "RestApiId", "AWS::Serverless::Api", impliedRestAPI, e),
		Method:  method(o),
		Path:    o.text("Path"),
		Timeout: milliseconds(o, defaultRestAPITimeout, maxRestAPITimeout),
	}
	o.require("Path", "Method")
	e.Untyped = o.untyped("Auth", "RequestModel", "RequestParameters", "ResponseTransferMode", "Stage")
	d.route(o, r.API, r.Method, r.Path, e)
	return r
}

func milliseconds(o *object, missing, most int) time.Duration {
	return time.Duration(o.integer("TimeoutInMillis", missing, minIntegrationTimeout, most, "ms")) * time.Millisecond
}

func method(o *object) string {
	options := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", anyMethod}
	text := strings.ToUpper(o.text("Method"))
	if text == "X-AMAZON-APIGATEWAY-ANY-METHOD" || text == "*" {
		return anyMethod
	}
	if n := o.get("Method"); n != nil && text != "" && !slices.Contains(options, text) {
		o.problem(n, "%q is not a method; use one of %s", text, strings.Join(options, ", "))
	}
	return text
}

// api reads which API an event belongs to.
func (d *decoder) api(o *object, name, kind, implied string, e *Event) string {
	if !o.has(name) {
		d.impliedBy[implied] = e.Line
		return implied
	}
	return d.logicalID(o, name, kind)
}

// logicalID reads a property that has to name a resource of the same template, as !Ref or by its id.
func (d *decoder) logicalID(o *object, name, kind string) string {
	n := o.get(name)
	if n == nil {
		return ""
	}
	v, ok := d.value(n)
	if !ok {
		return ""
	}
	id, isText := v.Literal()
	if r, isRef := v.Reference(); isRef && r.Attribute == "" {
		id, isText = r.LogicalID, true
	}
	implied := id == impliedHTTPAPI && kind == "AWS::Serverless::HttpApi" || id == impliedRestAPI && kind == "AWS::Serverless::Api"
	switch {
	case isText && d.resources[id] == kind:
		return id
	case isText && implied && d.resources[id] == "":
		d.impliedBy[id] = n.Line
		return id
	}
	if r, isRef := v.Reference(); isRef && d.resources[r.LogicalID] == "" {
		return "" // verify reports it
	}
	d.problem(n, "is %s; it must be !Ref of a resource of type %s in this template", v, kind)
	return ""
}

// route checks the path, and that no other event has the same route.
func (d *decoder) route(o *object, api, method, path string, e *Event) {
	if n := o.get("Path"); n != nil && path != "" && path != defaultRoute && !strings.HasPrefix(path, "/") {
		d.problem(n, "is %q; a path begins with /", path)
	}
	d.pathVariables(o, path)
	if e.Type == "Api" && api != "" {
		d.siblings(o, api, path)
	}
	route := fmt.Sprintf("%s %s %s", api, method, path)
	if line := d.routes[route]; line != 0 && api != "" && path != "" {
		d.problem(o.node, "the event on line %d has %s %s of %s already; change or remove one of them", line, method, path, api)
	}
	d.routes[route] = e.Line
}

// pathVariables checks that a greedy variable is the last part of a path ("Creating routes for HTTP APIs").
func (d *decoder) pathVariables(o *object, path string) {
	parts := strings.Split(path, "/")
	for _, part := range parts[:len(parts)-1] {
		if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "+}") {
			d.problem(o.get("Path"), "is %q; %s takes all that follows, so it has to be the last part of the path", path, part)
		}
	}
}

// siblings checks that variables in the same place of a REST API's paths have the same name: they are one
// resource, and API Gateway refuses a second.
func (d *decoder) siblings(o *object, api, path string) {
	parts := strings.Split(path, "/")
	for n, part := range parts {
		if !strings.HasPrefix(part, "{") || strings.HasSuffix(part, "+}") {
			continue
		}
		place := api + " " + strings.Join(parts[:n], "/")
		if before := d.variables[place]; before != "" && before != part {
			d.problem(o.get("Path"), "is %q; another path of %s has %s in the place of %s, and a REST API takes only one name for it", path, api, before, part)
			continue
		}
		d.variables[place] = part
	}
}
