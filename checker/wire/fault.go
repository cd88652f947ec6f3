package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/serverless-patterns/checker/wire/iam"
)

// Fault makes calls go wrong until it is removed.
type Fault struct {
	// Operation limits the fault to one operation, such as GetItem; "" is every one.
	Operation string
	// Text limits the fault to requests that contain it, such as the id of an item; "" is every one.
	Text string
	// Kind is what goes wrong: one of the functions that return a Kind makes it.
	Kind Kind
}

// Kind is a way in which a call goes wrong.
type Kind struct {
	// During says what is wrong while it lasts, to go on after the operation's name.
	During string
	// Waits tells whether it keeps callers waiting: for an answer, or before the SDK tries again.
	Waits bool

	done  string // what was done to a call, in a word or two
	serve func(x *exchange)
}

// exchange is a call on its way through a fault.
type exchange struct {
	call    *Call
	role    Role
	server  *Server
	w       http.ResponseWriter
	r       *http.Request
	forward func(http.ResponseWriter)
}

// Deny answers AccessDeniedException, as for a missing permission. The SDK does not retry it.
func Deny() Kind {
	return Kind{"is denied", false, "denied", func(x *exchange) {
		d := iam.Decision{Request: iam.Request{Action: string(x.call.Service) + ":" + x.call.Operation, Resource: "*"}, Statement: -1}
		if len(x.call.Decisions) > 0 {
			d.Request = x.call.Decisions[0].Request
		}
		deny(x.w, x.call, x.role, d)
	}}
}

// NoTable answers ResourceNotFoundException, as for a table that is not there. The SDK does not retry it.
func NoTable() Kind {
	return Kind{"finds no table", false, "sent to no table", func(x *exchange) {
		refuse(x.w, http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found")
	}}
}

// Exists answers ConditionalCheckFailedException, as when an item is there that must not be. The SDK does not retry it.
func Exists() Kind {
	return Kind{"finds that its id is taken", false, "refused", func(x *exchange) {
		refuse(x.w, http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed")
	}}
}

// Conflict answers TransactWriteItems with TransactionCanceledException, as when another transaction is at work on the first
// of the items. The SDK does not retry it.
func Conflict() Kind {
	return Kind{"is cancelled by another transaction", false, "cancelled", func(x *exchange) {
		var request struct{ TransactItems []json.RawMessage }
		_ = json.Unmarshal(x.call.Request, &request) // what is no transaction has no items, and no reasons
		type reason struct {
			Code    string
			Message string `json:",omitempty"`
		}
		var reasons []reason
		var codes []string
		for n := range request.TransactItems {
			each := reason{Code: "None"}
			if n == 0 {
				each = reason{"TransactionConflict", "Transaction is ongoing for the item"}
			}
			reasons, codes = append(reasons, each), append(codes, each.Code)
		}
		refuseWith(x.w, http.StatusBadRequest, map[string]any{
			"__type":              "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"Message":             "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
			"CancellationReasons": reasons,
		})
	}}
}

// Once does it to the first call only.
func Once(k Kind) Kind {
	var before atomic.Bool
	return Kind{k.During + " the first time", k.Waits, "", func(x *exchange) {
		if before.Swap(true) {
			x.forward(x.w)
			return
		}
		x.server.blame(x.call, k.done)
		k.serve(x)
	}}
}

// Hang never answers. It ends when the caller gives up.
func Hang() Kind {
	return Kind{"is not answered", true, "held back", func(x *exchange) { x.wait(nil) }}
}

// Break ends the connection in place of an answer, as a network does now and then. The SDK retries it, and its error then has
// the words of net/http, with quotes in them.
func Break() Kind {
	return Kind{"breaks off", true, "broken off", func(*exchange) { panic(http.ErrAbortHandler) }}
}

// Delay answers as the backend does, but later.
func Delay(d time.Duration) Kind {
	return Kind{fmt.Sprintf("takes %v longer", d), true, fmt.Sprintf("delayed for %v", d), func(x *exchange) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		if x.wait(timer.C) {
			x.forward(x.w)
		}
	}}
}

// Throttle answers ProvisionedThroughputExceededException, which the SDK retries.
func Throttle() Kind {
	return Kind{"is throttled", true, "throttled", func(x *exchange) {
		refuse(x.w, http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
			"The level of configured provisioned throughput for the table was exceeded. "+
				"Consider increasing your provisioning level with the UpdateTable API.")
	}}
}

// FailBefore answers InternalServerError without doing anything. The SDK retries it.
func FailBefore() Kind {
	return Kind{"fails", true, "failed before the effect", func(x *exchange) { internalError(x.w) }}
}

// FailAfter does what was asked, and answers InternalServerError all the same. The SDK retries it.
func FailAfter() Kind {
	return Kind{"has its effect and fails all the same", true, "failed after the effect", func(x *exchange) {
		x.forward(newAnswer())
		internalError(x.w)
	}}
}

// CutShort ends the connection behind so many bytes of the first body that has more of them, as a network does: the status and
// the Content-Length are those of the whole. The SDK does not ask again for a body that it has begun to hand on.
func CutShort(after int) Kind {
	var before atomic.Bool
	return Kind{"is cut off in the middle the first time", false, "", func(x *exchange) {
		x.forward(x.w)
		if a, ok := x.w.(*answer); ok && a.body.Len() > after && !before.Swap(true) {
			a.cut = after
			x.server.blame(x.call, fmt.Sprintf("cut off after %d of %d bytes", after, a.body.Len()))
		}
	}}
}

// Crash has kill end the caller's process at the nth call, before the call has any effect. All others are answered.
func Crash(n int32, kill func(function, environment string)) Kind {
	var calls atomic.Int32
	return Kind{"ends the process", false, "", func(x *exchange) {
		if calls.Add(1) != n {
			x.forward(x.w)
			return
		}
		x.server.blame(x.call, "the process was killed")
		kill(x.call.Function, x.call.Environment)
		x.wait(nil)
	}}
}

// Meanwhile has f do something just before the first call that may write, as when another process is a moment ahead.
func Meanwhile(f func()) Kind {
	var once sync.Once
	return Kind{"meets another writer", false, "", func(x *exchange) {
		if !readsOnly(x.call.Operation) {
			once.Do(f)
		}
		x.forward(x.w)
	}}
}

// readsOnly tells operations of DynamoDB that change nothing.
func readsOnly(operation string) bool {
	return slices.Contains([]string{"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable", "ListTables"}, operation)
}

func internalError(w http.ResponseWriter) {
	refuse(w, http.StatusInternalServerError, "com.amazonaws.dynamodb.v20120810#InternalServerError", "Internal server error")
}

// wait returns true when the time has come, and false when the caller or the server is gone.
func (x *exchange) wait(until <-chan time.Time) bool {
	select {
	case <-until:
		return true
	case <-x.r.Context().Done():
	case <-x.server.closed:
	}
	return false
}
