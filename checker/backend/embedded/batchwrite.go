package embedded

import (
	"maps"
	"slices"
)

// maxBatchWrites is AWS's limit of a BatchWriteItem.
const maxBatchWrites = 25

type batchWriteItemInput struct {
	RequestItems map[string][]*writeRequest
	capacity
	unsupported

	changes []change
}

type writeRequest struct {
	PutRequest    *struct{ Item wires }
	DeleteRequest *struct{ Key wires }
}

func (in *batchWriteItemInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if len(in.RequestItems) == 0 {
		return invalid("BatchWriteItem cannot have a null or no requests set") // DynamoDB Local's text
	}
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		requests := in.RequestItems[name]
		if len(requests) == 0 {
			return invalid("The batch write request list for a table cannot be null or empty: " + name) // DynamoDB Local's text
		}
		if len(in.changes)+len(requests) > maxBatchWrites {
			return invalid("Too many items requested for the BatchWriteItem call")
		}
		for _, r := range requests {
			c := r.change(name)
			if c == nil {
				return invalid("Supplied AttributeValue has more than one datatypes set, " +
					"must contain exactly one of the supported datatypes") // DynamoDB Local's text; AWS's is not known
			}
			if f := c.check(); f != nil {
				return f
			}
			in.changes = append(in.changes, c)
		}
	}
	return nil
}

// change is nil if the request is neither, or both.
func (r *writeRequest) change(table string) change {
	switch {
	case r == nil || (r.PutRequest == nil) == (r.DeleteRequest == nil):
		return nil
	case r.PutRequest != nil:
		return &put{TableName: &table, Item: r.PutRequest.Item}
	default:
		return &deletion{keyed: keyed{TableName: &table, Key: r.DeleteRequest.Key}}
	}
}

// do verifies everything first: of a batch that AWS refuses, nothing is written.
func (in *batchWriteItemInput) do(d *dynamoDB) (object, *fault) {
	seen := map[string]map[string]bool{}
	for _, c := range in.changes {
		t, f := d.table(c.table())
		if f != nil {
			return nil, f
		}
		if f := c.verify(t); f != nil {
			return nil, f
		}
		if seen[t.name] == nil {
			seen[t.name] = map[string]bool{}
		}
		if f := checkTwice(seen[t.name], t, c.item()); f != nil {
			return nil, f
		}
	}
	var consumed []*consumption
	for _, c := range in.changes {
		t, _ := d.table(c.table())
		o := outcome{table: t, change: c}
		if p, ok := c.(*put); ok {
			o.new = p.decoded
		}
		if in.wanted() {
			if record := t.record(c.item()); record != nil {
				o.old = record.Item
			}
			consumptionOf(&consumed, t, c.table(), 1, "").write(o.old, o.new)
		}
		o.commit()
	}
	answer := object{{"UnprocessedItems", object{}}}
	if in.wanted() {
		answer = in.ofAll(answer, consumed)
	}
	return answer, nil
}
