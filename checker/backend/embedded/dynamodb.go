package embedded

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/truora/minidyn/server"
)

// dynamoDB answers DynamoDB's JSON protocol, one request at a time.
//
// The mutex is not for order only: minidyn v0.8.2 changes its map of tables in CreateTable and
// DeleteTable without its own lock, and concurrent use of a map ends the whole process, which no
// recover can prevent. minidyn serialises items by a single lock anyway, so little is lost.
type dynamoDB struct {
	mu     sync.Mutex
	engine *server.Server
	tables map[string]*table // what minidyn does not tell about the tables that it has
	now    func() time.Time
}

func newDynamoDB() *dynamoDB {
	return &dynamoDB{engine: server.NewServer(), tables: map[string]*table{}, now: time.Now}
}

func (d *dynamoDB) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine = server.NewServer()
	clear(d.tables)
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
	d.mu.Lock()
	defer d.mu.Unlock()
	// A panic of minidyn must not look like a broken connection, nor end in the host's log.
	defer func() {
		if p := recover(); p != nil {
			a = internal(fmt.Sprintf("the embedded backend failed at %s: %v; "+
				"this is a fault of the checker, use --backend containers", req.operation, p)).answer()
		}
	}()

	if f := d.check(req.input); f != nil {
		return f.answer()
	}
	switch in := req.input.(type) {
	case *server.CreateTableInput:
		return d.createTable(req, in)
	case *server.DescribeTableInput:
		return d.describeTable(req, in)
	case *server.DeleteTableInput:
		return d.deleteTable(req, in)
	case *listTablesInput:
		return d.listTables(in)
	case *server.PutItemInput:
		return d.putItem(req, in)
	default:
		return d.forward(req.operation, req.body)
	}
}
