package lesson06

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"net/url"
	"path"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// figures are the names of what the services know, in the order of their services.
var figures = []string{"rate", "stock", "shipping"}

// padding makes answers longer than the 512 bytes that a decoder takes from the connection at first, as answers usually
// are. With it they have less than a kilobyte: nobody who limits what is read of so short an answer has a lower limit.
var padding = bytes.Repeat([]byte("\n"), 900)

// services starts the three services that a quote is made of. Each answers GET /NAME/ID with its figure of the item.
func services(t *check.T) []*check.Downstream {
	all := make([]*check.Downstream, len(figures))
	for n, s := range []struct{ name, parameter string }{{"rates", "RatesUrl"}, {"stock", "StockUrl"}, {"shipping", "ShippingUrl"}} {
		all[n] = t.Downstream(s.name, s.parameter, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"+s.name+"/"))
			if err != nil || r.Method != http.MethodGet || path.Dir(r.URL.Path) != "/"+s.name {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]float64{figures[n]: figure(s.name, id)}) // the caller may be gone
			_, _ = w.Write(padding)
		}))
	}
	return all
}

// soldOut is how the ids of items begin of which there are none in stock.
const soldOut = "sold-out"

// figure is what a service says of an item: not to be guessed, and zero only for the stock of what is sold out.
func figure(service, id string) float64 {
	if service == "stock" && strings.HasPrefix(id, soldOut) {
		return 0
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(service + "/" + id)) // never fails
	return float64(1+hash.Sum32()%9999) / 100
}

// stocked puts an item into the table, with an id that nobody can have known.
func stocked(t *check.T) stack.Item { return named(t, "kettle") }

func named(t *check.T, prefix string) stack.Item {
	return t.Table(table).Put(stack.Item{"id": t.ID(prefix), "name": "Blue kettle", "price": 19.99})
}

func idOf(item stack.Item) string {
	id, _ := item["id"].(string)
	return id
}

// request asks for the quote of an item.
func request(item stack.Item) check.Request { return check.Request{Path: "/quotes/" + idOf(item)} }

// whole is the quote of an item with all its figures.
func whole(item stack.Item) map[string]any {
	id := idOf(item)
	return map[string]any{
		"id": id, "name": item["name"], "price": item["price"],
		"rate": figure("rates", id), "stock": figure("stock", id), "shipping": figure("shipping", id), "missing": []string{},
	}
}

// without is the quote of an item in which a figure is missing.
func without(missing string, item stack.Item) map[string]any {
	quote := whole(item)
	quote[missing], quote["missing"] = nil, []string{missing}
	return quote
}
