package apigateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// preflight is the answer of an HTTP API to a request that a browser sends ahead; ok is false for any other
// request, and if the API does no CORS. Its status, and that an origin that is not allowed gets no headers
// and no error, are inferred.
func (a *API) preflight(q *request) (r *response, ok bool) {
	origin := q.header.Get("Origin")
	if a.cors == nil || q.method != http.MethodOptions || origin == "" || q.header.Get("Access-Control-Request-Method") == "" {
		return nil, false
	}
	r = &response{status: http.StatusNoContent}
	allowed := a.allowedOrigin(origin)
	if allowed == "" {
		r.reason = a.notAllowed(origin)
		return r, true
	}
	r.header.add("access-control-allow-origin", allowed)
	list := func(name string, values []string) {
		if len(values) > 0 {
			r.header.add(name, strings.Join(values, ","))
		}
	}
	list("access-control-allow-methods", a.cors.AllowMethods)
	list("access-control-allow-headers", a.cors.AllowHeaders)
	list("access-control-expose-headers", a.cors.ExposeHeaders)
	if a.cors.AllowCredentials {
		r.header.add("access-control-allow-credentials", "true")
	}
	if a.cors.MaxAge != 0 {
		r.header.add("access-control-max-age", fmt.Sprint(int(a.cors.MaxAge.Seconds())))
	}
	return r, true
}

func (a *API) notAllowed(origin string) string {
	return fmt.Sprintf("%s is none of the AllowOrigins %s: API Gateway adds no CORS headers, and a browser refuses the response",
		origin, strings.Join(a.origins, ", "))
}

// allowedOrigin is what Access-Control-Allow-Origin says to an origin, or "". An API may allow all origins of
// a scheme: https://*.
func (a *API) allowedOrigin(origin string) string {
	for _, allowed := range a.origins {
		scheme, wild := strings.CutSuffix(allowed, "://*")
		switch {
		case allowed == "*":
			return "*"
		case strings.EqualFold(allowed, origin), wild && strings.HasPrefix(strings.ToLower(origin), strings.ToLower(scheme)+"://"):
			return origin
		}
	}
	return ""
}

// corsFields are those that an HTTP API with CORS takes no word from its functions for.
var corsFields = []string{
	"access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-headers",
	"access-control-allow-methods", "access-control-expose-headers", "access-control-max-age",
}

// addCORS puts the API's CORS headers in the place of the function's.
func (a *API) addCORS(q *request, r *response) {
	if a.cors == nil {
		return
	}
	for _, name := range corsFields {
		if len(r.header.Values(name)) > 0 {
			r.header.remove(name)
			if r.reason == "" {
				r.reason = "the API has a CorsConfiguration: API Gateway ignores the function's CORS headers"
			}
		}
	}
	origin := q.header.Get("Origin")
	if origin == "" {
		return
	}
	allowed := a.allowedOrigin(origin)
	if allowed == "" {
		if r.reason == "" {
			r.reason = a.notAllowed(origin)
		}
		return
	}
	r.header.add("access-control-allow-origin", allowed)
	if a.cors.AllowCredentials {
		r.header.add("access-control-allow-credentials", "true")
	}
	if len(a.cors.ExposeHeaders) > 0 {
		r.header.add("access-control-expose-headers", strings.Join(a.cors.ExposeHeaders, ","))
	}
}

// addMocks adds the OPTIONS methods that SAM adds to a REST API with Cors: one for each path that has none.
func (a *API) addMocks() {
	has := map[string]bool{}
	var paths []string
	for _, r := range a.routes {
		if !slices.Contains(paths, r.path) {
			paths = append(paths, r.path)
		}
		has[r.path] = has[r.path] || r.method == http.MethodOptions
	}
	for _, path := range paths {
		if !has[path] {
			a.routes = append(a.routes, newRoute("", http.MethodOptions, path, payload1, 0))
		}
	}
}

// allMethods is what ANY stands for, in SAM's order.
var allMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// mocked is the answer of an OPTIONS method that SAM added.
func (a *API) mocked(path string) *response {
	r := &response{status: http.StatusOK, body: []byte("{}\n")}
	r.header.add("Content-Type", "application/json")
	add := func(name, value string) {
		if value != "" {
			r.header.add(name, value)
		}
	}
	methods := a.mock.AllowMethods
	if methods == "" {
		var all []string
		for _, route := range a.routes {
			switch {
			case route.path != path:
			case route.method == anyMethod:
				all = append(all, allMethods...)
			default:
				all = append(all, route.method)
			}
		}
		slices.Sort(all)
		methods = strings.Join(slices.Compact(all), ",")
	}
	add("Access-Control-Allow-Origin", a.mock.AllowOrigin)
	add("Access-Control-Allow-Methods", methods)
	add("Access-Control-Allow-Headers", a.mock.AllowHeaders)
	add("Access-Control-Max-Age", a.mock.MaxAge)
	if a.mock.AllowCredentials {
		add("Access-Control-Allow-Credentials", "true")
	}
	return r
}
