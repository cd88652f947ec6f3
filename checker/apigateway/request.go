package apigateway

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// request is what API Gateway knows of a request, whichever payload it becomes.
type request struct {
	method, protocol string
	path             string // with the stage, as it was sent
	rawQuery         string
	header           Header
	headSize         int // bytes of the request line and the headers
	body             []byte
	sourceIP         string
	at               time.Time
	id, extendedID   string // HTTP APIs have only the id
	traceID          string
	preflight        bool // answered as one
}

// hopByHop are header fields that are between the client and the gateway alone.
var hopByHop = []string{"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}

// read takes a request apart, without its body.
func (a *API) read(r *http.Request) *request {
	q := &request{method: r.Method, protocol: r.Proto, path: r.URL.EscapedPath(), rawQuery: r.URL.RawQuery, at: a.deployment.Now().UTC()}
	q.sourceIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	if c, ok := r.Context().Value(recorderKey{}).(*recorder); ok {
		if head := c.take(r.Method+" "+r.RequestURI+" "+r.Proto, r.ContentLength); head != nil {
			q.header, q.headSize = fields(head), len(head)
		}
	}
	if q.header == nil { // not from a Server, or what net/http has made of it
		q.header.add("Host", r.Host)
		names := make([]string, 0, len(r.Header))
		for name := range r.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			for _, value := range r.Header[name] {
				q.header.add(name, value)
			}
		}
		q.headSize = len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("  \r\n\r\n")
		for _, f := range q.header {
			q.headSize += len(f.Name) + len(f.Value) + len(": \r\n")
		}
	}
	a.identify(q)
	return q
}

// identify gives a request its ids: those of an HTTP API look like LV7fzho-PHcEJPw=, and those of a REST API
// are UUIDs, with one of the first kind as the extended id.
func (a *API) identify(q *request) {
	a.mu.Lock()
	n := [5]uint64{a.random.Uint64(), a.random.Uint64(), a.random.Uint64(), a.random.Uint64(), a.random.Uint64()}
	a.mu.Unlock()
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], n[0])
	binary.BigEndian.PutUint64(raw[8:], n[1])
	short := base64.URLEncoding.EncodeToString(raw[:11])
	q.id = short
	if a.rest {
		q.id = fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", n[2]>>32, n[2]>>16&0xffff, n[2]&0xfff, n[3]>>52, n[3]&0xffffffffffff)
		q.extendedID = short
	}
	q.traceID = fmt.Sprintf("Root=1-%08x-%08x%016x", q.at.Unix(), uint32(n[3]>>12), n[4])
	if given := q.header.Get("x-amzn-trace-id"); strings.HasPrefix(given, "Root=") {
		q.traceID = given
	}
}

// forwarded is the header as functions get it: with API Gateway's own fields, in this case of names, and
// without those that concern only the connection.
func (q *request) forwarded(domain string, name func(string) string) Header {
	h := slices.Clone(q.header)
	addresses := append(h.Values("X-Forwarded-For"), q.sourceIP)
	for _, gone := range append([]string{"Host", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"}, hopByHop...) {
		h.remove(gone)
	}
	h.add(name("Host"), domain)
	h.add(name("X-Amzn-Trace-Id"), q.traceID)
	h.add(name("X-Forwarded-For"), strings.Join(addresses, ", "))
	h.add(name("X-Forwarded-Port"), "443") // clients of AWS come by HTTPS
	h.add(name("X-Forwarded-Proto"), "https")
	return h
}

// query reads the parameters in their order. What cannot be decoded stays as it was sent.
func (q *request) query() []Field {
	var all []Field
	for part := range strings.SplitSeq(q.rawQuery, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		all = append(all, Field{unescape(name), unescape(value)})
	}
	return all
}

func unescape(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

// cookies are the single cookies of all Cookie fields.
func (q *request) cookies() []string {
	var all []string
	for _, value := range q.header.Values("Cookie") {
		for cookie := range strings.SplitSeq(value, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				all = append(all, cookie)
			}
		}
	}
	return all
}

// mediaType is the Content-Type without parameters, in lower case.
func mediaType(contentType string) string {
	if name, _, err := mime.ParseMediaType(contentType); err == nil {
		return name
	}
	name, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// asText tells whether an HTTP API passes a body on as text.
func asText(contentType string) bool {
	switch name := mediaType(contentType); name {
	case "application/json", "application/xml", "application/javascript":
		return true
	default:
		return strings.HasPrefix(name, "text/")
	}
}

// matchesMedia tells whether a media type is one of these, which may be of the form image/* and */*.
func matchesMedia(name string, patterns []string) bool {
	kind, _, ok := strings.Cut(name, "/")
	return ok && slices.ContainsFunc(patterns, func(p string) bool {
		return p == "*/*" || strings.EqualFold(p, name) || strings.EqualFold(p, kind+"/*")
	})
}
