package lesson02

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// origins are those of pages that no template can have named: one on the web, and one on a developer's machine.
func origins(t *check.T) []string {
	return []string{"https://" + t.ID("shop") + ".example", "http://localhost:3000"}
}

var cors = check.Check{
	ID:          "cors",
	Requirement: "A page of any origin can use the HTTP API: GET, POST and DELETE, with any header",
	Why: "Before a browser sends anything but a simple request to another origin, it asks by OPTIONS whether it may. No route has to take that: " +
		"an HTTP API with a CorsConfiguration answers it itself, and adds the headers to what the functions answer.",
	Next:  "Give ItemsApi a CorsConfiguration with AllowOrigins [\"*\"], AllowMethods [GET, POST, DELETE] and AllowHeaders [\"*\"].",
	After: "content-type",
	Run: func(t *check.T) {
		item := stocked(t)
		header, pages := t.ID("x-shop"), origins(t)
		for n, r := range []check.Request{
			{Path: pathOf(item)}, {Path: "/items/" + t.ID("nobody")}, post(text(kettle(t))), post("not json"), remove(item),
		} {
			page := pages[n%len(pages)]
			mayBeSent(t.API(httpAPI).Send(preflight(page, r, header)), page, r.Method, header)
			mayBeRead(t.API(httpAPI).Send(from(page, r)), page)
		}
	},
}

// preflight is what a browser asks before it sends a request of a page, with a header of the page's own if there is one.
func preflight(origin string, r check.Request, header string) check.Request {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	headers := map[string]string{"Origin": origin, "Access-Control-Request-Method": method}
	if header != "" {
		headers["Access-Control-Request-Headers"] = header
	}
	return check.Request{Method: "OPTIONS", Path: r.Path, Headers: headers}
}

// from is a request of a page of an origin.
func from(origin string, r check.Request) check.Request {
	headers := map[string]string{"Origin": origin}
	maps.Copy(headers, r.Headers)
	r.Headers = headers
	return r
}

// mayBeSent judges the answer to a preflight request as a browser does ("CORS-preflight fetch" in the Fetch
// standard): GET and POST need no permission, and * stands for everything.
func mayBeSent(reply *check.Reply, origin, method, header string) {
	a := mayBeRead(reply, origin)
	refused := func(got string) {
		reply.Fail(check.Finding{Got: got, Want: strings.TrimSuffix(fmt.Sprintf("an answer that allows %s with the header %s", cmp.Or(method, http.MethodGet), header), " with the header ")})
	}
	if a.Status < 200 || a.Status > 299 {
		refused(a.String())
	}
	if method == http.MethodDelete && !allows(a.Headers["access-control-allow-methods"], method) {
		refused(said(a, "Access-Control-Allow-Methods"))
	}
	if header != "" && !allows(a.Headers["access-control-allow-headers"], header) {
		refused(said(a, "Access-Control-Allow-Headers"))
	}
}

// mayBeRead requires that a page of the origin may see an answer.
func mayBeRead(reply *check.Reply, origin string) check.Answer {
	a := reply.Answer()
	if got := a.Headers["access-control-allow-origin"]; got != "*" && got != origin {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("status %d, and %s", a.Status, said(a, "Access-Control-Allow-Origin")),
			Want: "the header Access-Control-Allow-Origin: *",
		})
	}
	return a
}

func allows(list, wanted string) bool {
	for allowed := range strings.SplitSeq(list, ",") {
		if allowed = strings.TrimSpace(allowed); allowed == "*" || strings.EqualFold(allowed, wanted) {
			return true
		}
	}
	return false
}

func said(a check.Answer, name string) string {
	if value, has := a.Headers[strings.ToLower(name)]; has {
		return fmt.Sprintf("the header %s: %s", name, value)
	}
	return "no header " + name
}

var ownCORS = check.Check{
	ID:          "own-cors",
	Requirement: "Functions behind the HTTP API leave the CORS headers to it",
	Severity:    check.Should,
	Why: "An HTTP API with a CorsConfiguration ignores the CORS headers of its functions. Code that sends them looks as if it decided, " +
		"and whoever has to change the rules changes them in the wrong place.",
	Next:  "Take the Access-Control headers out of the functions behind ItemsApi. The one behind the REST API needs them.",
	After: "cors",
	Run: func(t *check.T) {
		item, page := stocked(t), origins(t)[0]
		for _, r := range []check.Request{
			{Path: pathOf(item)}, {Path: "/items/" + t.ID("nobody")}, post(text(kettle(t))), post("not json"), remove(item),
		} {
			reply := t.API(httpAPI).Send(from(page, r))
			if reply.FunctionError == "" { // of an error that it returns, nothing gets to the client
				reply.Answered()
			}
			var returned struct{ Headers map[string]any }
			_ = json.Unmarshal(reply.Payload, &returned) // what is no answer has no headers
			for _, name := range slices.Sorted(maps.Keys(returned.Headers)) {
				if strings.HasPrefix(strings.ToLower(name), "access-control-") {
					reply.Fail(check.Finding{
						Got: fmt.Sprintf("the header %s: %v from the function", name, returned.Headers[name]), Want: "no CORS headers from the function",
					})
				}
			}
		}
	},
}

var restCORS = check.Check{
	ID:          "rest-cors",
	Requirement: "A page of any origin can use the REST API, and can read its errors, too",
	Why: "Behind a REST API, the function sends the CORS headers. Cors in the template makes an OPTIONS method for each path, and no more than that. " +
		"Without the header on errors, a page only learns that something failed: the browser hides even the status.",
	Next:  "Give ItemsRestApi Cors with AllowOrigin \"'*'\", and send Access-Control-Allow-Origin: * with every answer of rest-get-item.",
	After: "rest-get",
	Run: func(t *check.T) {
		item := stocked(t)
		rest, pages := t.API(restAPI), origins(t)
		for _, page := range pages {
			mayBeSent(rest.Send(preflight(page, check.Request{Path: pathOf(item)}, "")), page, http.MethodGet, "")
		}
		read := func(path string, status int) {
			for _, page := range pages {
				reply := rest.Send(from(page, check.Request{Path: path}))
				reply.Status(status)
				mayBeRead(reply, page)
			}
		}
		read(pathOf(item), 200)
		read(pathOf(stack.Item{"id": t.ID("nobody")}), 404)
		t.Inject("", wire.Deny())
		read(pathOf(item), 500)
	},
}
