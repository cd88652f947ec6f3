package check

import (
	"fmt"
	"net/http"

	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/stack"
)

// Downstream is a service that is not AWS, and that functions call over HTTP. It is there for one check.
type Downstream struct {
	t       *T
	service *downstream.Service
}

// Downstream starts a service, and gives its address to a parameter of the template. It comes first in a check. A
// template without the parameter fails the check.
func (t *T) Downstream(name, parameter string, answer http.Handler) *Downstream {
	service, err := downstream.Listen(name, answer)
	if err != nil {
		t.fault(err)
	}
	d := &Downstream{t: t, service: service}
	t.downstream = append(t.downstream, d)
	if t.options.Parameters == nil {
		t.options.Parameters = map[string]string{}
	}
	t.options.Parameters[parameter] = service.URL()
	return d
}

// Name is how findings call the service.
func (d *Downstream) Name() string { return d.service.Name }

// Connections is how many connections were made to the service so far.
func (d *Downstream) Connections() int { return d.service.Connections() }

// Open is how many of them are open now.
func (d *Downstream) Open() int { return d.service.Open() }

// Requests are those that reached the service so far.
func (d *Downstream) Requests() []downstream.Request { return d.service.Requests() }

// About are those of them with a text in their path or body, such as the id of what they are about.
func (d *Downstream) About(text string) []downstream.Request { return d.service.About(text) }

// Inject makes requests to the service go wrong until the returned function is called.
//
// What keeps callers waiting is for checks that say so in Waits. Of a fault that is for some requests only, findings
// do not tell by themselves: see [Reply.While].
func (d *Downstream) Inject(f downstream.Fault) (remove func()) {
	t := d.t
	if f.Kind.Waits && t.check.Waits == "" {
		t.fault(fmt.Errorf("the check %s keeps callers waiting (%s %s), and does not declare it in Waits", t.check.ID, d.Name(), f.Kind.During))
	}
	before := t.conditions
	if f.About == "" {
		t.conditions += fmt.Sprintf(", while %s %s", d.Name(), f.Kind.During)
	}
	heal := d.service.Inject(f)
	return func() {
		heal()
		t.conditions = before
	}
}

// About says what the requests of this invocation to services have in their path or body. They are then among the
// evidence.
func (r *Reply) About(text string) *Reply {
	r.about = text
	return r
}

// While says under which condition an API's request was sent that was one of several at once.
func (r *Reply) While(condition string) *Reply {
	if r.front != nil {
		x := r.front.exchange
		r.did = fmt.Sprintf("sent %s %s to %s, while %s", x.Method, x.Target, x.API, condition)
	}
	return r
}

// downstreamEvidence is what reached services in this invocation, service by service: the order between them differs
// from run to run.
func (r *Reply) downstreamEvidence() (lines []string) {
	if r.about == "" {
		return nil
	}
	for _, d := range r.t.downstream {
		lines = append(lines, d.Evidence(r.about)...)
	}
	return lines
}

// countable is how many requests code makes that counts them. More than that differ from run to run.
const countable = 100

// Evidence are the requests about something, in the order in which they arrived, as findings show them.
func (d *Downstream) Evidence(about string) (lines []string) {
	requests := d.About(about)
	for n, request := range requests {
		if n == maxCalls {
			more := fmt.Sprint(len(requests) - n)
			if len(requests) > countable {
				more = "≈" + more
			}
			return append(lines, fmt.Sprintf("http: … and %s more to %s", more, d.Name()))
		}
		lines = append(lines, "http: "+request.String())
	}
	if len(requests) == 0 {
		lines = append(lines, "http: none to "+d.Name())
	}
	return lines
}

func withoutParameter(missing *stack.MissingError) Finding {
	return Finding{
		Did:  "deployed the template with a value for its parameter " + missing.LogicalID,
		Got:  missing.Error(),
		Want: "a parameter " + missing.LogicalID,
		Why:  "The address of a service differs from stage to stage. Whoever deploys gives it to a parameter, and the function reads it from its environment.",
		Next: fmt.Sprintf("Declare %s in the Parameters of %s, with Type: String.", missing.LogicalID, missing.File),
	}
}
