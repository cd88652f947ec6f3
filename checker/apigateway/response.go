package apigateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// response is what the client is sent.
type response struct {
	status int
	header Header
	body   []byte

	reason, log string
	decided     bool // the status is not the function's
}

// What API Gateway logs about an answer that it cannot use. That of HTTP APIs is a maintainer's quotation,
// for a body.
const (
	logWrongType = "The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field %q"
	logMalformed = "Execution failed due to configuration error: Malformed Lambda proxy response"
)

// send writes a response. Names of header fields stay as they are, except those that net/http has to
// recognise.
func (r *response) send(w http.ResponseWriter, closing bool) {
	header := w.Header()
	for _, f := range r.header {
		name := f.Name
		switch canonical := textproto.CanonicalMIMEHeaderKey(name); canonical {
		case "Content-Type", "Date", "Content-Encoding":
			name = canonical
		}
		header[name] = append(header[name], f.Value)
	}
	if closing {
		header.Set("Connection", "close")
	}
	if bodyAllowed(r.status) {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	if bodyAllowed(r.status) {
		_, _ = w.Write(r.body) // a client that is gone has nothing to be told
	}
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// unusable is why an answer of a function cannot be a response: the field that is wrong, and what it is.
type unusable struct{ field, reason string }

// proxyAnswer is the part of a function's answer that both payload formats have.
type proxyAnswer struct {
	fields map[string]json.RawMessage
	status int
	body   []byte
	base64 bool
}

// kindOf says what a JSON value is.
func kindOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "absent"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// object reads a JSON object; ok is false for any other value. The names of its fields count with their case.
func object(payload []byte) (fields map[string]json.RawMessage, ok bool) {
	if kindOf(payload) != "an object" || json.Unmarshal(payload, &fields) != nil {
		return nil, false
	}
	return fields, true
}

func isNull(raw json.RawMessage) bool { return kindOf(raw) == "null" || kindOf(raw) == "absent" }

// readBody reads body and isBase64Encoded.
func (p *proxyAnswer) readBody() *unusable {
	if raw := p.fields["isBase64Encoded"]; !isNull(raw) {
		if json.Unmarshal(raw, &p.base64) != nil {
			return &unusable{"isBase64Encoded", "isBase64Encoded is " + kindOf(raw) + ", not a boolean"}
		}
	}
	raw := p.fields["body"]
	if isNull(raw) {
		return nil
	}
	var text string
	if kindOf(raw) != "a string" || json.Unmarshal(raw, &text) != nil {
		return &unusable{"body", "the response's body is " + kindOf(raw) + ", not a string"}
	}
	p.body = []byte(text)
	return nil
}

// decodeBody undoes base64.
func (p *proxyAnswer) decodeBody() *unusable {
	decoded, err := base64.StdEncoding.DecodeString(string(p.body))
	if err != nil {
		return &unusable{"body", "the response's body is not base64, although isBase64Encoded says so"}
	}
	p.body = decoded
	return nil
}

// readStatus reads a status code. Those below 200 are not the end of an exchange, and those above 599 are
// none.
func (p *proxyAnswer) readStatus(raw json.RawMessage) *unusable {
	var number float64
	if json.Unmarshal(raw, &number) != nil || kindOf(raw) != "a number" {
		return &unusable{"statusCode", "the response's statusCode is " + kindOf(raw) + ", not a number"}
	}
	if number != float64(int(number)) || number < 200 || number > 599 {
		return &unusable{"statusCode", fmt.Sprintf("the response's statusCode is %s, which is no status code", bytes.TrimSpace(raw))}
	}
	p.status = int(number)
	return nil
}

// check refuses a header that cannot be sent.
func (h Header) check() *unusable {
	for _, f := range h {
		if !isToken(f.Name) {
			return &unusable{"headers", fmt.Sprintf("%q in the response's headers cannot be the name of a header", f.Name)}
		}
		if strings.ContainsFunc(f.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return &unusable{"headers", fmt.Sprintf("the value of %s in the response's headers has characters that a header cannot have", f.Name)}
		}
	}
	return nil
}

// isToken tells whether a text can be the name of a header field (RFC 9110, section 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	})
}

// failure is the response to an invocation that failed.
func (a *API) failure(i Invocation) *response {
	how := i.Outcome
	if how == "" {
		how = "failed"
	}
	return a.fixed.failed.with(fmt.Sprintf("the function did not answer (%s): API Gateway answers %d", how, a.fixed.failed.status))
}

// cannotUse is the response to an answer that API Gateway cannot use.
func (a *API) cannotUse(u *unusable) *response {
	r := a.fixed.malformed.with(fmt.Sprintf("%s: API Gateway answers %d", u.reason, a.fixed.malformed.status))
	r.log = logMalformed
	if !a.rest {
		r.log = fmt.Sprintf(logWrongType, u.field)
	}
	return r
}

// unsendable are header fields that belong to the connection with the client, which the gateway makes. A
// REST API passes them on under another name ("Amazon API Gateway important notes").
var unsendable = map[string]bool{
	"connection": true, "content-length": true, "keep-alive": true, "proxy-connection": true, "te": true,
	"trailer": true, "transfer-encoding": true, "upgrade": true,
}

// remapped are the fields that a REST API renames besides.
var remapped = map[string]bool{"date": true, "server": true, "www-authenticate": true}

// passOn adds a header field of the function's to a response.
func (a *API) passOn(h *Header, name, value string) {
	lower := strings.ToLower(name)
	switch {
	case a.rest && (unsendable[lower] || remapped[lower]):
		h.add("x-amzn-Remapped-"+name, value)
	case unsendable[lower]:
	default:
		h.add(name, value)
	}
}
