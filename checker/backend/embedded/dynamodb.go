package embedded

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

// dynamoDB answers DynamoDB's JSON protocol, one request at a time: each operation, transactions
// included, is done while nothing else is.
type dynamoDB struct {
	mu     sync.Mutex
	tables map[string]*table
	tokens tokens
	now    func() time.Time
}

// table is a table with what is known of it besides its items.
type table struct {
	*store.Table
	name    string
	created *createTableInput
	at      time.Time
	ttl     string // the attribute, "" if TTL is off
}

// record is an item by its key, nil if there is none.
func (t *table) record(key attribute.Item) *store.Record {
	at, _ := t.Position(key)
	return t.Get(at)
}

func newDynamoDB() *dynamoDB {
	return &dynamoDB{tables: map[string]*table{}, tokens: tokens{}, now: time.Now}
}

func (d *dynamoDB) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.tables)
	clear(d.tokens)
}

// ServeHTTP reads the request before it takes the lock and writes after it gave it back, so that a
// slow client holds up nobody.
func (d *dynamoDB) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, f := parse(r)
	if f != nil {
		f.answer().write(w)
		return
	}
	d.answer(req).write(w)
}

func (d *dynamoDB) answer(req *request) (a answer) {
	// A panic must not look like a broken connection, nor end in the host's log.
	defer func() {
		if p := recover(); p != nil {
			a = internal(fmt.Sprintf("the embedded backend failed at %s: %v; "+
				"this is a fault of the checker, use --backend containers", req.operation, p)).answer()
		}
	}()
	out, f := d.do(req.input)
	if f != nil {
		return f.answer()
	}
	// Items are never changed once they are stored, so they can be written down without the lock.
	return answer{status: http.StatusOK, body: out.appendJSON(nil)}
}

func (d *dynamoDB) do(input input) (object, *fault) {
	if f := input.check(); f != nil {
		return nil, f
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return input.do(d)
}

// input is the body of a request.
type input interface {
	// check is what AWS would refuse whatever tables there are. It also reads the values and the
	// expressions. It is called once, before do, without the lock.
	check() *fault
	// do executes the operation. It is called with the lock.
	do(*dynamoDB) (object, *fault)
}

// table is the table of that name, or ARN, or AWS's error for the operations on items.
func (d *dynamoDB) table(name string) (*table, *fault) {
	t := d.tables[plainName(name)]
	if t == nil {
		return nil, noTable()
	}
	return t, nil
}
