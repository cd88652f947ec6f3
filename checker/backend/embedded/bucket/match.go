package bucket

import (
	"net/http"
	"strings"
)

// otherThan refuses to read an object that is another than IfMatch says: it was replaced. gofakes3 looks at that only when
// something is stored.
func (s *Service) otherThan(r *http.Request) *fault {
	want := r.Header.Get("If-Match")
	if want == "" || want == "*" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil
	}
	look := r.Clone(r.Context())
	look.Method = http.MethodHead
	look.Header.Del("Range")
	is := glance{}
	s.inner.ServeHTTP(is, look)
	etag := http.Header(is).Get("ETag") // "" of what is not there
	if etag == "" || strings.Trim(etag, `"`) == strings.Trim(want, `"`) {
		return nil
	}
	return &fault{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}
}

// glance keeps the headers of an answer, and nothing else.
type glance http.Header

func (g glance) Header() http.Header            { return http.Header(g) }
func (g glance) Write(data []byte) (int, error) { return len(data), nil }
func (g glance) WriteHeader(int)                {}
