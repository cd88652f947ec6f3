package check

import (
	"errors"
	"fmt"
	"net/url"

	"example.com/serverless-patterns/checker/stack"
)

// Output is the value of one of the template's Outputs, as CloudFormation shows it. A template without it
// fails the check.
func (t *T) Output(name string) string {
	value, err := t.deployed().Output(name)
	var missing *stack.MissingError
	if errors.As(err, &missing) {
		t.Fail(Finding{
			Did:  "deployed the template",
			Got:  "no output called " + name,
			Want: "an output " + name,
		})
	}
	if err != nil {
		t.fault(err)
	}
	return value
}

// Follow sends a GET request to an address that a client was given: a whole one, on AWS or here, or one that is
// relative to that of the request to path in which it was found. An address that is none of the API's fails the
// check, and nothing is sent.
func (a *API) Follow(path, address string) *Reply {
	a.t.did = fmt.Sprintf("sent GET to the address %s%s", quote(address), a.t.conditions)
	elsewhere := func(got string) {
		a.t.Fail(Finding{Got: got, Want: "an address of " + a.api.LogicalID, Evidence: []string{"API: " + a.api.AWS()}})
	}
	base, err := url.Parse(a.api.URL + path)
	if err != nil {
		a.t.fault(err)
	}
	target, err := base.Parse(address)
	switch {
	case err != nil:
		elsewhere("no address: " + err.Error())
	case !a.api.Has(target.Host) || target.Scheme != "https" && target.Scheme != "http":
		elsewhere("the address " + quote(address) + ", which is not the API's")
	}
	reply, err := a.exchange(Request{}, target.String())
	if err != nil {
		a.t.fault(fmt.Errorf("sending GET to %s: %w", target, err))
	}
	return reply
}
