package embedded

import "example.com/serverless-patterns/checker/backend/embedded/attribute"

// deletion is a DeleteItem, or a Delete of a transaction or a batch. Deleting nothing is no error.
type deletion struct {
	keyed
	conditions
}

var _ change = (*deletion)(nil)

func (x *deletion) check() *fault {
	if f := x.keyed.check(); f != nil {
		return f
	}
	_, f := x.conditions.check(nil)
	return f
}

func (k *keyed) table() string { return *k.TableName }

func (k *keyed) item() attribute.Item { return k.key }

func (k *keyed) verify(t *table) *fault { return checkKey(t.Schema, k.key) }

func (x *deletion) result(*table, attribute.Item) (attribute.Item, *fault) { return nil, nil }

type deleteItemInput struct {
	deletion
	ReturnValues string
	capacity
	unsupported
}

func (in *deleteItemInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := in.deletion.check(); f != nil {
		return f
	}
	return checkReturnValues(in.ReturnValues)
}

func (in *deleteItemInput) do(d *dynamoDB) (object, *fault) {
	o, f := d.prepare(&in.deletion)
	if f != nil {
		return nil, f
	}
	o.commit()
	answer := object{}
	if in.ReturnValues == "ALL_OLD" {
		answer = attributes(o.old)
	}
	return in.ofWrite(answer, o), nil
}
