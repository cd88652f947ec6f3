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
	route := fmt.Sprintf("%s %s %s", api, method, path)
	if line := d.routes[route]; line != 0 && api != "" && path != "" {
		d.problem(o.node, "the event on line %d has %s %s of %s already; change or remove one of them", line, method, path, api)
	}
	d.routes[route] = e.Line
}
