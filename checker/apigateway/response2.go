package apigateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// defaultText is the Content-Type of answers without one, by HTTP APIs.
const defaultText = "text/plain; charset=utf-8"

// response2 makes a response of what a function returned for payload format 2.0 ("Lambda function response
// for format 2.0"). multiValueHeaders are not part of it.
func (a *API) response2(payload []byte) *response {
	fields, ok := object(payload)
	if _, has := fields["statusCode"]; !ok || !has {
		return inferred(payload)
	}
	p := &proxyAnswer{fields: fields}
	r := &response{}
	if u := first(
		func() *unusable { return p.readStatus(fields["statusCode"]) },
		p.readBody,
		func() *unusable { return a.headers2(fields["headers"], &r.header) },
		func() *unusable { return cookies2(fields["cookies"], &r.header) },
		func() *unusable { return r.header.check() },
		func() *unusable {
			if p.base64 {
				return p.decodeBody()
			}
			return nil
		},
	); u != nil {
		return a.cannotUse(u)
	}
	r.status, r.body = p.status, p.body
	if len(r.header.Values("Content-Type")) == 0 {
		r.header.add("Content-Type", defaultText)
	}
	if !isNull(fields["multiValueHeaders"]) && kindOf(fields["multiValueHeaders"]) == "an object" && string(fields["multiValueHeaders"]) != "{}" {
		r.reason = "multiValueHeaders are not part of payload format 2.0: API Gateway does not pass them on"
	}
	return r
}

// inferred is the response to what is not in API Gateway's form: all of it is the body.
func inferred(payload []byte) *response {
	r := &response{status: http.StatusOK, body: payload, decided: true}
	var text string
	if kindOf(payload) == "a string" && json.Unmarshal(payload, &text) == nil {
		r.body = []byte(text)
	}
	r.header.add("Content-Type", "application/json")
	r.reason = "the response has no statusCode: API Gateway answers 200 with all of it as the body"
	return r
}

func (a *API) headers2(raw json.RawMessage, h *Header) *unusable {
	if isNull(raw) {
		return nil
	}
	values, ok := object(raw)
	if !ok {
		return &unusable{"headers", "the response's headers are " + kindOf(raw) + ", not an object"}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var text string
		if isNull(values[name]) {
			continue
		}
		if json.Unmarshal(values[name], &text) != nil {
			return &unusable{"headers", name + " in the response's headers is " + kindOf(values[name]) + ", not a string"}
		}
		a.passOn(h, strings.ToLower(name), text)
	}
	return nil
}

func cookies2(raw json.RawMessage, h *Header) *unusable {
	if isNull(raw) {
		return nil
	}
	var cookies []*string
	if json.Unmarshal(raw, &cookies) != nil {
		return &unusable{"cookies", "the response's cookies are not a list of strings"}
	}
	for _, c := range cookies {
		if c != nil {
			h.add("set-cookie", *c)
		}
	}
	return nil
}

// first is the first thing that is wrong, if anything is.
func first(steps ...func() *unusable) *unusable {
	for _, step := range steps {
		if u := step(); u != nil {
			return u
		}
	}
	return nil
}
