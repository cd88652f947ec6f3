package embedded

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// The limits of TransactWriteItems.
const (
	maxTransactionBytes = 4 << 20
	maxTokenLength      = 36
	tokenLife           = 10 * time.Minute
)

type transactWriteItemsInput struct {
	TransactItems      []transactItem
	ClientRequestToken *string
	capacity
	unsupported

	changes []change
}

type transactItem struct {
	Put            *put
	Update         *update
	Delete         *deletion
	ConditionCheck *conditionCheck
}

// conditionCheck changes nothing.
type conditionCheck struct {
	keyed
	conditions
}

var _ change = (*conditionCheck)(nil)

func (c *conditionCheck) check() *fault {
	if f := c.keyed.check(); f != nil {
		return f
	}
	if c.ConditionExpression == nil {
		return isNull("transactItems.1.member.conditionCheck.conditionExpression")
	}
	_, f := c.conditions.check(nil)
	return f
}

func (c *conditionCheck) result(_ *table, old attribute.Item) (attribute.Item, *fault) {
	return old, nil
}

// change is nil if there is not exactly one.
func (i transactItem) change() change {
	var found change
	n := 0
	if i.Put != nil {
		found, n = i.Put, n+1
	}
	if i.Update != nil {
		found, n = i.Update, n+1
	}
	if i.Delete != nil {
		found, n = i.Delete, n+1
	}
	if i.ConditionCheck != nil {
		found, n = i.ConditionCheck, n+1
	}
	if n != 1 {
		return nil
	}
	return found
}

func (in *transactWriteItemsInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := checkTransaction(len(in.TransactItems)); f != nil {
		return f
	}
	if token := in.ClientRequestToken; token != nil && len(*token) > maxTokenLength {
		return invalid("1 validation error detected: Value '" + *token + "' at 'clientRequestToken' failed to satisfy constraint: " +
			"Member must have length less than or equal to 36")
	}
	size := 0
	for _, item := range in.TransactItems {
		c := item.change()
		if c == nil {
			return invalid("TransactItems can only contain one of Check, Put, Update or Delete") // DynamoDB Local's text
		}
		if f := c.check(); f != nil {
			return f
		}
		in.changes = append(in.changes, c)
		size += c.item().Size()
	}
	if size > maxTransactionBytes {
		return invalid(fmt.Sprintf("Transaction payload size cannot exceed 4MB. Payload Size: %d", size)) // DynamoDB Local's text
	}
	return nil
}

func (in *transactWriteItemsInput) do(d *dynamoDB) (object, *fault) {
	done, f := d.tokens.check(in, d.now())
	if f != nil {
		return nil, f
	}
	if done {
		return in.again(d)
	}
	outcomes, f := in.prepare(d)
	if f != nil {
		return nil, f
	}
	answer, f := in.answer(outcomes)
	if f != nil {
		return nil, f
	}
	for _, o := range outcomes {
		if _, only := o.change.(*conditionCheck); !only {
			o.commit()
		}
	}
	d.tokens.remember(in, d.now())
	return answer, nil
}

// answer is what it has consumed, if that is wanted. Two things are not known, and DynamoDB Local, which doubles now and
// then, is no witness: whether indexes take double, too, and what a ConditionCheck takes for an item that is larger
// than 1 KB, for which it takes two units.
func (in *transactWriteItemsInput) answer(outcomes []outcome) (object, *fault) {
	if !in.wanted() {
		return object{}, nil
	}
	var consumed []*consumption
	for _, o := range outcomes {
		if _, only := o.change.(*conditionCheck); only && o.old.Size() > writeBytes {
			return nil, notSupported("ReturnConsumedCapacity for a ConditionCheck of an item that is larger than 1 KB")
		}
		c := consumptionOf(&consumed, o.table, o.change.table(), transactional, "WriteCapacityUnits")
		c.write(o.old, o.new)
		if slices.Max(append(c.indexes, 0)) > 0 {
			return nil, notSupported("ReturnConsumedCapacity for a transaction that changes an index")
		}
	}
	return in.ofAll(object{}, consumed), nil
}

// again is the answer to a transaction that was done before, which only reads its items.
func (in *transactWriteItemsInput) again(d *dynamoDB) (object, *fault) {
	if !in.wanted() {
		return object{}, nil
	}
	var consumed []*consumption
	for _, c := range in.changes {
		t, f := d.table(c.table())
		if f != nil {
			return nil, f
		}
		consumptionOf(&consumed, t, c.table(), transactional, "ReadCapacityUnits").read(t.record(c.item()))
	}
	return in.ofAll(object{}, consumed), nil
}

// prepare verifies all items before it looks at any condition, and looks at all conditions even if one
// does not hold.
func (in *transactWriteItemsInput) prepare(d *dynamoDB) ([]outcome, *fault) {
	seen := map[string]bool{}
	for i, c := range in.changes {
		t, f := d.table(c.table())
		if f != nil {
			return nil, f
		}
		if f := c.verify(t); f != nil {
			return nil, cancelledAt(i, len(in.changes), f)
		}
		if f := checkOnce(seen, t, c.item()); f != nil {
			return nil, f
		}
	}
	outcomes := make([]outcome, len(in.changes))
	reasons := make([]reason, len(in.changes))
	failed := false
	for i, c := range in.changes {
		var f *fault
		t, _ := d.table(c.table())
		if outcomes[i], f = evaluate(t, c); f != nil {
			reasons[i], failed = reasonFor(f), true
		}
	}
	if failed {
		return nil, cancelled(reasons)
	}
	return outcomes, nil
}

// tokens remembers the transactions of the last ten minutes by their ClientRequestToken.
type tokens map[string]doneTransaction

type doneTransaction struct {
	payload [sha256.Size]byte
	at      time.Time
}

// payload is the same for the same items, whatever order the client wrote their attributes in.
func (in *transactWriteItemsInput) payload() [sha256.Size]byte {
	return sha256.Sum256(mustMarshal(in.TransactItems))
}

// check says whether the transaction was done before. The same token for another one is refused. (Text
// from the API reference.)
func (t tokens) check(in *transactWriteItemsInput, now time.Time) (done bool, f *fault) {
	if in.ClientRequestToken == nil {
		return false, nil
	}
	before, ok := t[*in.ClientRequestToken]
	if !ok || now.Sub(before.at) > tokenLife {
		return false, nil
	}
	if before.payload == in.payload() {
		return true, nil
	}
	return false, &fault{
		Type: dynamoDBErrors + "IdempotentParameterMismatchException",
		Message: "DynamoDB rejected the request because you retried a request with a different payload " +
			"but with an idempotent token that was already used.",
		status: http.StatusBadRequest,
	}
}

func (t tokens) remember(in *transactWriteItemsInput, now time.Time) {
	if in.ClientRequestToken == nil || *in.ClientRequestToken == "" {
		return
	}
	for token, before := range t {
		if now.Sub(before.at) > tokenLife {
			delete(t, token)
		}
	}
	t[*in.ClientRequestToken] = doneTransaction{payload: in.payload(), at: now}
}
