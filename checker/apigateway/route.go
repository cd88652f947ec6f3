package apigateway

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Payload format versions.
const (
	payload1 = "1.0"
	payload2 = "2.0"
)

const (
	anyMethod    = "ANY"
	defaultRoute = "$default"
)

// route is a route of an HTTP API, or a method of a REST API.
type route struct {
	function string // logical id; "" for a mock
	method   string
	path     string // as in the template
	segments []segment
	payload  string
	timeout  time.Duration // of the integration
}

// segment is a part of a path between slashes. A greedy one takes the rest of the path, and comes last.
type segment struct {
	text             string // of a variable: its name
	variable, greedy bool
}

// specificity orders segments: a fixed text, a variable, a greedy variable.
func (s segment) specificity() int {
	switch {
	case s.greedy:
		return 0
	case s.variable:
		return 1
	}
	return 2
}

func newRoute(function, method, path, payload string, timeout time.Duration) route {
	r := route{function: function, method: method, path: path, payload: payload, timeout: timeout}
	if path == defaultRoute {
		return r
	}
	for _, text := range split(path) {
		s := segment{text: text}
		if inner, ok := strings.CutPrefix(text, "{"); ok && strings.HasSuffix(inner, "}") {
			s.text, s.variable = strings.TrimSuffix(inner, "}"), true
			if name, greedy := strings.CutSuffix(s.text, "+"); greedy {
				s.text, s.greedy = name, true
			}
		}
		r.segments = append(r.segments, s)
	}
	return r
}

func split(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// key is the route as events and the console name it.
func (r route) key() string {
	if r.path == defaultRoute {
		return defaultRoute
	}
	return r.method + " " + r.path
}

func (r route) greedy() bool {
	return len(r.segments) > 0 && r.segments[len(r.segments)-1].greedy
}

func (r route) takes(method string) bool { return r.method == method || r.method == anyMethod }

// match tells whether a path is one of the route's, and what its variables are, percent-encoded as they
// were sent.
func (r route) match(path string) (variables map[string]string, ok bool) {
	parts := split(path)
	for n, s := range r.segments {
		switch {
		case s.greedy:
			if n >= len(parts) || strings.Join(parts[n:], "/") == "" {
				return nil, false
			}
			return with(variables, s.text, strings.Join(parts[n:], "/")), true
		case n >= len(parts):
			return nil, false
		case s.variable && parts[n] == "":
			return nil, false
		case s.variable:
			variables = with(variables, s.text, parts[n])
		case parts[n] != s.text && decode(parts[n]) != s.text:
			return nil, false
		}
	}
	return variables, len(parts) == len(r.segments)
}

func with(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}

// decode undoes percent-encoding; what cannot be undone stays.
func decode(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// comparePaths puts the more specific of two paths that match the same request first.
func comparePaths(a, b route) int {
	for n := 0; n < len(a.segments) && n < len(b.segments); n++ {
		if by := b.segments[n].specificity() - a.segments[n].specificity(); by != 0 {
			return by
		}
	}
	return len(b.segments) - len(a.segments)
}

// found is a route with the request's path variables.
type found struct {
	route
	variables map[string]string
}

// matching are the routes that a path is one of.
func (a *API) matching(path string) []found {
	var all []found
	for _, r := range a.routes {
		if r.path == defaultRoute {
			continue
		}
		if variables, ok := r.match(path); ok {
			all = append(all, found{r, variables})
		}
	}
	return all
}

// route chooses the route for a request, the stage's path taken off. For HTTP APIs this is "Creating
// routes for HTTP APIs": a full match, then a greedy one, then $default, and in each the most specific.
// REST APIs look for the resource first, by its path alone, and then for the method on it.
func (a *API) route(method, path string) (found, bool) {
	all := a.matching(path)
	if a.rest {
		slices.SortStableFunc(all, func(x, y found) int { return comparePaths(x.route, y.route) })
		all = slices.DeleteFunc(all, func(f found) bool { return f.path != all[0].path })
	} else {
		slices.SortStableFunc(all, func(x, y found) int {
			if by := number(x.greedy()) - number(y.greedy()); by != 0 {
				return by
			}
			return comparePaths(x.route, y.route)
		})
	}
	all = slices.DeleteFunc(all, func(f found) bool { return !f.takes(method) })
	if len(all) > 0 {
		best := all[0]
		for _, f := range all { // the same path, with the method itself
			if f.path == best.path && f.method == method {
				best = f
			}
		}
		return best, true
	}
	for _, r := range a.routes {
		if r.path == defaultRoute {
			return found{route: r}, true
		}
	}
	return found{}, false
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
