package apigateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// fields1 are all that a REST API takes.
var fields1 = []string{"body", "headers", "isBase64Encoded", "multiValueHeaders", "statusCode"}

// response1 makes a response of what a function returned for payload format 1.0 ("Output format of a Lambda
// function for proxy integration"). An HTTP API insists on a status code, and ignores fields that it does
// not know.
func (a *API) response1(payload []byte, accept string) *response {
	fields, ok := object(payload)
	if !ok {
		return a.cannotUse(&unusable{"statusCode", "the response is " + kindOf(payload) + ", not an object"})
	}
	if u := a.form1(fields); u != nil {
		return a.cannotUse(u)
	}
	p := &proxyAnswer{fields: fields, status: http.StatusOK}
	r := &response{}
	if u := first(
		func() *unusable { return a.status1(p) },
		p.readBody,
		func() *unusable { return a.headers1(fields, &r.header) },
		func() *unusable { return r.header.check() },
		func() *unusable {
			if p.base64 && (!a.rest || matchesMedia(firstMedia(accept), a.binary)) {
				return p.decodeBody()
			}
			return nil
		},
	); u != nil {
		return a.cannotUse(u)
	}
	r.status, r.body = p.status, p.body
	if len(r.header.Values("Content-Type")) == 0 {
		contentType := defaultText
		if a.rest {
			contentType = "application/json"
		}
		r.header.add("Content-Type", contentType)
	}
	if p.base64 && a.rest && !matchesMedia(firstMedia(accept), a.binary) {
		r.reason = "the response's body stays base64: the request's Accept is none of the API's BinaryMediaTypes"
	}
	return r
}

// form1 refuses what a REST API refuses of the form alone.
func (a *API) form1(fields map[string]json.RawMessage) *unusable {
	if !a.rest {
		return nil
	}
	if len(fields) == 0 {
		return &unusable{"statusCode", "the response is an empty object"}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(fields1, name) {
			return &unusable{name, fmt.Sprintf("the response has %q, and a REST API takes nothing but %s", name, strings.Join(fields1, ", "))}
		}
	}
	return nil
}

// status1 reads the status code. A REST API also takes digits in a string, and none at all.
func (a *API) status1(p *proxyAnswer) *unusable {
	raw := p.fields["statusCode"]
	if a.rest && isNull(raw) {
		return nil
	}
	var text string
	if a.rest && json.Unmarshal(raw, &text) == nil {
		if _, err := strconv.Atoi(text); err != nil {
			return &unusable{"statusCode", fmt.Sprintf("the response's statusCode is %q, not a number", text)}
		}
		raw = json.RawMessage(strings.TrimLeft(text, "0+"))
	}
	if isNull(raw) {
		return &unusable{"statusCode", "the response has no statusCode"}
	}
	return p.readStatus(raw)
}

// headers1 merges headers and multiValueHeaders: the values of the latter come first, and its names decide
// the case. A value that is in both counts once.
func (a *API) headers1(fields map[string]json.RawMessage, h *Header) *unusable {
	multi, ok := object(fields["multiValueHeaders"])
	if !ok && !isNull(fields["multiValueHeaders"]) {
		return &unusable{"multiValueHeaders", "the response's multiValueHeaders are " + kindOf(fields["multiValueHeaders"]) + ", not an object"}
	}
	single, ok := object(fields["headers"])
	if !ok && !isNull(fields["headers"]) {
		return &unusable{"headers", "the response's headers are " + kindOf(fields["headers"]) + ", not an object"}
	}
	merged, spelled := map[string][]string{}, map[string]string{}
	put := func(name string, raw json.RawMessage) bool {
		value, ok := headerValue(raw)
		lower := strings.ToLower(name)
		if _, known := spelled[lower]; !known {
			spelled[lower] = name
		}
		if ok && !slices.Contains(merged[lower], value) {
			merged[lower] = append(merged[lower], value)
		}
		return ok
	}
	for _, name := range slices.Sorted(maps.Keys(multi)) {
		var values []json.RawMessage
		if json.Unmarshal(multi[name], &values) != nil || values == nil {
			return &unusable{"multiValueHeaders", name + " in the response's multiValueHeaders is " + kindOf(multi[name]) + ", not a list"}
		}
		for _, raw := range values {
			if !put(name, raw) {
				return &unusable{"multiValueHeaders", name + " in the response's multiValueHeaders has " + kindOf(raw) + ", not a string"}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(single)) {
		if isNull(single[name]) {
			continue
		}
		if !put(name, single[name]) {
			return &unusable{"headers", name + " in the response's headers is " + kindOf(single[name]) + ", not a string"}
		}
	}
	for _, lower := range slices.Sorted(maps.Keys(merged)) {
		for _, value := range merged[lower] {
			a.passOn(h, spelled[lower], value)
		}
	}
	return nil
}

// headerValue reads a string, or a boolean as its word.
func headerValue(raw json.RawMessage) (string, bool) {
	switch kindOf(raw) {
	case "a string":
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	case "a boolean":
		return string(raw), true
	}
	return "", false
}

// firstMedia is the first media type of an Accept field, which is the only one that a REST API looks at.
func firstMedia(accept string) string {
	name, _, _ := strings.Cut(accept, ",")
	return mediaType(name)
}
