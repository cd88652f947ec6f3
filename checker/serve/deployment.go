package serve

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/report"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// deployment is one deployed stack, and what is under way on it.
type deployment struct {
	template *sam.Template
	live     *report.Live
	deployed atomic.Pointer[stack.Stack] // nil until everything is deployed

	hurry bool
	mu    sync.Mutex
	batch map[string]*sandbox.Invocation // that was shown last, by queue and function

	ctx    context.Context // of invocations that no API has made
	cancel context.CancelFunc
	calls  sync.WaitGroup // to the endpoint
	later  sync.WaitGroup // goroutines that wait for invocations that outlive their requests
}

func newDeployment(t *sam.Template, live *report.Live, hurry bool) *deployment {
	d := &deployment{template: t, live: live, hurry: hurry, batch: map[string]*sandbox.Invocation{}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

func (d *deployment) stack() *stack.Stack { return d.deployed.Load() }

// close ends everything of it.
func (d *deployment) close() error {
	d.cancel()
	d.calls.Wait()
	err := d.stack().Close()
	d.later.Wait()
	return err
}

// function finds a function by its logical id, its name or its ARN; nil if there is none.
func (d *deployment) function(name string) *stack.Function {
	if parts := strings.Split(name, ":"); len(parts) >= 7 && parts[0] == "arn" {
		name = parts[6]
	}
	name, _, _ = strings.Cut(name, ":") // a version or an alias
	for _, each := range d.template.Functions {
		f, err := d.stack().Function(each.LogicalID)
		if err == nil && (each.LogicalID == name || f.Name() == name) {
			return f
		}
	}
	return nil
}

// observe shows a request whose response is about to be sent.
func (d *deployment) observe(x apigateway.Exchange) {
	i := stack.InvocationOf(x)
	var calls []wire.Call
	s := d.stack()
	if i != nil && s != nil {
		if f, err := s.Function(x.Function); err == nil {
			calls = f.Calls(i)
		}
	}
	d.live.Exchange(x, i, calls)
	if i == nil && x.Function != "" && x.Status != 0 && x.Fault == nil && s != nil && d.ctx.Err() == nil {
		d.later.Go(func() { d.await(s, x) })
	}
}

// notified shows what came of a change in a bucket.
func (d *deployment) notified(n eventsource.Notification) {
	what := fmt.Sprintf("%s of %s in %s", n.Event, n.Key, n.Bucket)
	if n.Hop > 1 {
		what += fmt.Sprintf(", hop %d", n.Hop)
	}
	s, i := d.stack(), stack.NotifiedBy(n.Last())
	if n.Stopped != "" || i == nil || s == nil {
		d.live.Failure(what+" was not delivered to "+n.Function+": "+cmp.Or(n.Stopped, n.Last().Why), "")
		return
	}
	if tries := len(n.Attempts); tries > 1 {
		what += fmt.Sprintf(", attempt %d", tries)
	}
	if f, err := s.Function(n.Function); err == nil {
		d.live.Invocation(n.Function, what+":", i, f.Calls(i))
	}
}

// fired shows what came of a schedule.
func (d *deployment) fired(f eventsource.Firing) {
	what := fmt.Sprintf("schedule %s, %s", f.Name, f.When())
	if tries := len(f.Attempts); tries > 1 {
		what += fmt.Sprintf(", attempt %d", tries)
	}
	s, i := d.stack(), stack.NotifiedBy(f.Last())
	if i == nil || s == nil {
		d.live.Failure(what+", was not delivered to "+f.Function+": "+f.Last().Why, "")
		return
	}
	if function, err := s.Function(f.Function); err == nil {
		d.live.Invocation(f.Function, what+":", i, function.Calls(i))
	}
}

// await shows an invocation that goes on after its request was answered, when it has ended. That no function was
// invoked is known no earlier.
func (d *deployment) await(s *stack.Stack, x apigateway.Exchange) {
	const patience = 15 * time.Minute // no invocation is longer ("Lambda quotas")
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	api, err := s.API(x.API)
	f, missing := s.Function(x.Function)
	if err != nil || missing != nil || x.Decided && !timedOut(x) {
		return
	}
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		now, kept := api.Exchange(http.Header{"Apigw-Requestid": {x.RequestID}})
		if i := stack.InvocationOf(now); i != nil {
			d.live.Invocation(x.Function, "ended after the answer to "+x.Method+" "+x.Target+":", i, f.Calls(i))
			return
		}
		if !kept || now.Fault != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// timedOut tells whether API Gateway gave an integration up: 503 of an HTTP API, 504 of a REST API. A function that was
// throttled has the first of them too, and ends the same way: with no invocation.
func timedOut(x apigateway.Exchange) bool {
	return x.Status == http.StatusServiceUnavailable || x.Status == http.StatusGatewayTimeout
}
