package lesson03

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// order is a message that holds an order, or something else.
type order struct {
	id   string // "" for what is no order
	body string
	item stack.Item // that is to be in the table
}

// newOrder is an order whose id nobody can have known.
func newOrder(t *check.T) order {
	id := t.ID("order")
	n := int(id[len(id)-1])
	customer := []string{"Ada", "Bob", "Zoë"}[n%3]
	item := []string{"Kettle", "Teapot", "<Mug>", "Kanne"}[n%4]
	quantity := 1 + n%5
	return order{
		id:   id,
		body: fmt.Sprintf(`{"id":"%s","customer":"%s","item":"%s","quantity":%d}`, id, customer, item, quantity),
		item: stack.Item{"id": id, "customer": customer, "item": item, "quantity": quantity},
	}
}

func newOrders(t *check.T, n int) []order {
	all := make([]order, n)
	for k := range all {
		all[k] = newOrder(t)
	}
	return all
}

// sent is an order and its message.
type sent struct {
	order
	check.Message
	t *check.T
}

// send puts orders into the queue, in this order.
func send(t *check.T, orders ...order) []sent {
	bodies := make([]string, len(orders))
	for n, o := range orders {
		bodies[n] = o.body
	}
	all := make([]sent, len(orders))
	for n, m := range t.Queue(queue).Send(bodies...) {
		all[n] = sent{orders[n], m, t}
	}
	return all
}

// found is the order in the table, or nil.
func (s sent) found() stack.Item { return s.t.Table(table).Find("id", s.id) }

// isSaved requires that the order is in the table as it was sent.
func (s sent) isSaved() {
	got := s.found()
	if got == nil {
		s.Fail(check.Finding{Got: s.Name() + " " + s.Happened() + "; its order is not in the table", Want: s.Name() + " to be in the table"})
	}
	if name := s.differs(got); name != "" {
		kind := "no"
		if _, has := got[name]; has {
			kind = "another"
		}
		s.Fail(check.Finding{
			Got:  fmt.Sprintf("%s %s in the table: %s", kind, name, text(got)),
			Want: "in the table the order " + text(s.item),
			Why:  "Whoever sends the parcel reads the order from the table. What is not there, or in another type, cannot be sent.",
			Next: "Save id, customer, item and quantity under these names, each in the type that it has in the message.",
		})
	}
}

// differs is the first attribute of the order, by name, that an item does not have in the same way; "" if there is none.
// The item may have more.
func (s sent) differs(got stack.Item) string {
	for _, name := range slices.Sorted(maps.Keys(s.item)) {
		if !assert.ObjectsAreEqual(normal(s.item[name]), normal(got[name])) {
			return name
		}
	}
	return ""
}

// text is a value in JSON.
func text(v any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // strings, numbers, lists and maps of them always encode
	return strings.TrimSpace(out.String())
}

// normal is a value as encoding/json would read it back.
func normal(v any) (out any) {
	_ = json.Unmarshal([]byte(text(v)), &out) // what text writes can be read
	return out
}

// noOrders are bodies that cannot be processed, however often they come.
func noOrders(t *check.T) []order {
	var all []order
	for _, body := range []string{
		"two kettles, please",
		`{"id":"%s","item":"Blue kettle","quantity":`,
		`{}`,
		`{"id":"%s","customer":"Ada","item":"Blue kettle","quantity":-2}`,
		`{"id":"","customer":"Ada","item":"Blue kettle","quantity":1}`,
		`{"id":"%s","customer":"Ada","quantity":1}`,
		`{"id":"%s","customer":"Ada","item":"Blue kettle","quantity":0}`,
		`{"id":7,"customer":"Ada","item":"Blue kettle","quantity":1}`,
		`["%s"]`,
		`{"id":"%s","customer":"Ada","item":"Blue kettle","quantity":1} and two cups`,
	} {
		if strings.Contains(body, "%s") {
			body = fmt.Sprintf(body, t.ID("order"))
		}
		all = append(all, order{body: body})
	}
	return all
}
