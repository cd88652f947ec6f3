package embedded

import (
	"maps"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// The limits of BatchGetItem.
const (
	maxBatchKeys  = 100
	maxBatchBytes = 16 << 20 // of what is answered; the rest is left to UnprocessedKeys
)

type batchGetItemInput struct {
	RequestItems map[string]*batchKeys
	capacity
	unsupported
}

// batchKeys is what a batch wants of one table.
type batchKeys struct {
	Keys []wires
	read

	keys []attribute.Item
}

func (in *batchGetItemInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if len(in.RequestItems) == 0 {
		return invalid("BatchGetItem must have some requests set") // DynamoDB Local's text
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		if strings.HasPrefix(name, "arn:") { // it is what the answer has the table's items by
			return notSupported("an ARN for a table of a batch")
		}
		if f := checkTableName(&name); f != nil {
			return f
		}
		batch := in.RequestItems[name]
		if batch == nil || len(batch.Keys) == 0 {
			return invalid("The list of keys in RequestItems for BatchGetItem is required: " + name + " has empty list") // DynamoDB Local's text
		}
		n += len(batch.Keys)
		if f := batch.check(); f != nil {
			return f
		}
	}
	if n > maxBatchKeys {
		return invalid("Too many items requested for the BatchGetItem call")
	}
	return nil
}

func (b *batchKeys) check() *fault {
	for _, w := range b.Keys {
		key, err := attribute.Decode(w)
		if err != nil {
			return refused(err)
		}
		b.keys = append(b.keys, key)
	}
	return b.read.check()
}

func (in *batchGetItemInput) do(d *dynamoDB) (object, *fault) {
	names := slices.Sorted(maps.Keys(in.RequestItems))
	for _, name := range names {
		t, f := d.table(name)
		if f != nil {
			return nil, f
		}
		seen := map[string]bool{}
		for _, key := range in.RequestItems[name].keys {
			if f := checkKey(t.Schema, key); f != nil {
				return nil, f
			}
			if f := checkTwice(seen, t, key); f != nil {
				return nil, f
			}
		}
	}
	return in.answer(d, names), nil
}

// checkTwice refuses the same item a second time in a batch.
func checkTwice(seen map[string]bool, t *table, key attribute.Item) *fault {
	at, _ := t.Position(key)
	if seen[at.String()] {
		return invalid("Provided list of item keys contains duplicates")
	}
	seen[at.String()] = true
	return nil
}

func (in *batchGetItemInput) answer(d *dynamoDB, names []string) object {
	responses, unprocessed := object{}, object{}
	var consumed []*consumption
	size := 0
	for _, name := range names {
		batch, t := in.RequestItems[name], d.tables[name]
		found, left := []attribute.Item{}, []attribute.Item{}
		for _, key := range batch.keys {
			record := t.record(key)
			if record != nil && size+record.Size > maxBatchBytes {
				left = append(left, key)
				continue
			}
			if in.wanted() { // also where there is none, as for a GetItem of each key
				consumptionOf(&consumed, t, name, readRate(batch.ConsistentRead), "").read(record)
			}
			if record != nil {
				size += record.Size
				found = append(found, batch.projection.Apply(record.Item))
			}
		}
		responses = append(responses, member{name, found})
		if len(left) > 0 {
			unprocessed = append(unprocessed, member{name, batch.again(left)})
		}
	}
	o := object{{"Responses", responses}, {"UnprocessedKeys", unprocessed}}
	if in.wanted() {
		o = in.ofAll(o, consumed)
	}
	return o
}

// again is the request for the keys that are left.
func (b *batchKeys) again(keys []attribute.Item) object {
	o := object{{"Keys", keys}}
	if b.ConsistentRead {
		o = append(o, member{"ConsistentRead", true})
	}
	if b.ProjectionExpression != nil {
		o = append(o, member{"ProjectionExpression", *b.ProjectionExpression})
	}
	if b.ExpressionAttributeNames != nil {
		o = append(o, member{"ExpressionAttributeNames", b.ExpressionAttributeNames})
	}
	return o
}
