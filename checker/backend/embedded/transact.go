package embedded

import (
	"net/http"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// maxTransaction is how many items a transaction may have.
const maxTransaction = 100

// reason is why an item has a transaction cancelled: the code None if it has not.
type reason struct {
	Code    string
	Message string         `json:",omitempty"`
	Item    attribute.Item `json:",omitempty"`
}

// reasonFor is what AWS makes of the error that the operation by itself would have had.
func reasonFor(f *fault) reason {
	if strings.HasSuffix(f.Type, "#ConditionalCheckFailedException") {
		return reason{Code: "ConditionalCheckFailed", Message: f.Message, Item: f.Item}
	}
	return reason{Code: "ValidationError", Message: f.Message}
}

// cancelled gives the reasons in the order of the items.
func cancelled(reasons []reason) *fault {
	var codes []string
	for i := range reasons {
		if reasons[i].Code == "" {
			reasons[i].Code = "None"
		}
		codes = append(codes, reasons[i].Code)
	}
	return &fault{
		Type:    dynamoDBErrors + "TransactionCanceledException",
		Message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
		Reasons: reasons,
		status:  http.StatusBadRequest,
	}
}

// cancelledAt is about the first item that is not valid: AWS looks at no more of them then.
func cancelledAt(i, of int, f *fault) *fault {
	if f.whole {
		return f
	}
	reasons := make([]reason, of)
	reasons[i] = reasonFor(f)
	return cancelled(reasons)
}

// checkTransaction is about the number of items. The text begins as AWS's do.
func checkTransaction(n int) *fault {
	const about = "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length "
	switch {
	case n == 0:
		return invalid(about + "greater than or equal to 1")
	case n > maxTransaction:
		return invalid(about + "less than or equal to 100")
	}
	return nil
}

// checkOnce refuses the same item a second time in a transaction.
func checkOnce(seen map[string]bool, t *table, key attribute.Item) *fault {
	at, _ := t.Position(key)
	id := t.name + "/" + at.String()
	if seen[id] {
		return invalid("Transaction request cannot include multiple operations on one item")
	}
	seen[id] = true
	return nil
}

type transactGetItemsInput struct {
	TransactItems []struct{ Get *getItemInput }
	capacity
	unsupported
}

func (in *transactGetItemsInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := checkTransaction(len(in.TransactItems)); f != nil {
		return f
	}
	for _, item := range in.TransactItems {
		if item.Get == nil {
			return isNull("transactItems.1.member.get")
		}
		if f := item.Get.check(); f != nil {
			return f
		}
	}
	return nil
}

func (in *transactGetItemsInput) do(d *dynamoDB) (object, *fault) {
	responses := []object{}
	var consumed []*consumption
	seen := map[string]bool{}
	for i, item := range in.TransactItems {
		t, f := d.table(*item.Get.TableName)
		if f != nil {
			return nil, f
		}
		if f := checkKey(t.Schema, item.Get.key); f != nil {
			return nil, cancelledAt(i, len(in.TransactItems), f)
		}
		if f := checkOnce(seen, t, item.Get.key); f != nil {
			return nil, f
		}
		record := t.record(item.Get.key)
		responses = append(responses, item.Get.found(record))
		if in.wanted() {
			consumptionOf(&consumed, t, *item.Get.TableName, transactional, "ReadCapacityUnits").read(record)
		}
	}
	answer := object{{"Responses", responses}}
	if in.wanted() {
		answer = in.ofAll(answer, consumed)
	}
	return answer, nil
}
