package containers

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"

	"example.com/serverless-patterns/checker/backend"
)

// DynamoDB Local keeps each SQL statement that it has made for a table, and goes through all of them when a table is
// made or deleted: after 2600 tables a deletion takes 18 ms, where it took 2. It has a database for each access key,
// though, unless it is started with -sharedDb. A new one costs 6 ms, four threads and a megabyte, for as long as the
// container lives. So a database is used for some stacks of each process, and for some time.
const (
	stacksOfDatabase = 200
	timeOfDatabase   = 15 * time.Minute
)

// wholeDatabase is that of a backend of which nobody has taken a part. DynamoDB Local wants letters and digits.
const wholeDatabase = "course"

// stacks counts those that this process has deployed.
var stacks atomic.Int64

// nextDatabase is the database for a stack that is deployed now. Those of other processes may be in it as well.
func nextDatabase() string {
	n := (stacks.Add(1) - 1) / stacksOfDatabase
	return fmt.Sprintf("course%dpart%d", time.Now().Unix()/int64(timeOfDatabase/time.Second), n)
}

// inDatabase passes requests on, to a database.
type inDatabase struct {
	name string
	*service
}

// databaseKey is the key of its name in a request's context.
type databaseKey struct{}

func (d inDatabase) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.service.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), databaseKey{}, d.name)))
}

// newDynamoDB passes requests on to DynamoDB Local. Who has made them, and for which region, is package wire's business,
// and not to be told from what is passed on.
func newDynamoDB(c Container, title string) *service {
	s := newService(c, title)
	direct := s.Reverse.Rewrite
	s.Reverse.Rewrite = func(r *httputil.ProxyRequest) {
		direct(r)
		name, _ := r.In.Context().Value(databaseKey{}).(string)
		r.Out.Header.Set("Authorization", authorization(name, backend.DynamoDB))
	}
	return s
}

// authorization is what the emulators take, which read the access key and the region, and verify nothing.
func authorization(accessKey string, s backend.Service) string {
	return "AWS4-HMAC-SHA256 Credential=" + accessKey + "/20000101/us-east-1/" + string(s) + "/aws4_request, SignedHeaders=host, Signature=0"
}
