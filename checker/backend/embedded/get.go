package embedded

import (
	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

type wires = map[string]*attribute.Wire

// read is what GetItem, and the reads of batches and transactions, have in common.
type read struct {
	ConsistentRead           bool // all reads are consistent here
	ProjectionExpression     *string
	ExpressionAttributeNames map[string]string
	unsupported

	projection *expression.Projection
}

func (r *read) check() *fault {
	if f := r.unsupported.check(); f != nil {
		return f
	}
	if r.ProjectionExpression == nil {
		if r.ExpressionAttributeNames != nil {
			return invalid("ExpressionAttributeNames can only be specified when using expressions")
		}
		return nil
	}
	reader, err := expression.NewReader(r.ExpressionAttributeNames, nil)
	if err != nil {
		return refused(err)
	}
	if r.projection, err = reader.Projection(*r.ProjectionExpression); err != nil {
		return refused(err)
	}
	return refused(reader.Unused())
}

// keyed is a read, or a write, of one item by its key.
type keyed struct {
	TableName *string
	Key       wires

	key attribute.Item
}

func (k *keyed) check() *fault {
	if f := checkTableName(k.TableName); f != nil {
		return f
	}
	if k.Key == nil {
		return isNull("key")
	}
	var err error
	k.key, err = attribute.Decode(k.Key)
	return refused(err)
}

type getItemInput struct {
	keyed
	read
	capacity
}

func (in *getItemInput) check() *fault {
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := in.keyed.check(); f != nil {
		return f
	}
	return in.read.check()
}

func (in *getItemInput) do(d *dynamoDB) (object, *fault) {
	t, f := d.table(*in.TableName)
	if f != nil {
		return nil, f
	}
	if f := checkKey(t.Schema, in.key); f != nil {
		return nil, f
	}
	record := t.record(in.key)
	answer := in.found(record)
	if in.wanted() {
		consumed := newConsumption(t, *in.TableName, readRate(in.ConsistentRead))
		consumed.read(record)
		answer = in.of(answer, consumed)
	}
	return answer, nil
}

// found is the part of an item that is asked for, as a member Item, or nothing.
func (r *read) found(record *store.Record) object {
	if record == nil {
		return object{}
	}
	return object{{"Item", r.projection.Apply(record.Item)}}
}
