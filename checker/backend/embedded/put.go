package embedded

import "example.com/serverless-patterns/checker/backend/embedded/attribute"

// put is a PutItem, or a Put of a transaction or a batch.
type put struct {
	TableName *string
	Item      wires
	conditions

	decoded attribute.Item
}

var _ change = (*put)(nil)

func (p *put) check() *fault {
	if f := checkTableName(p.TableName); f != nil {
		return f
	}
	if p.Item == nil {
		return isNull("item")
	}
	var err error
	if p.decoded, err = attribute.Decode(p.Item); err != nil {
		return refused(err)
	}
	if _, ok := p.decoded[""]; ok {
		return invalid("Empty attribute name") // DynamoDB Local's text
	}
	_, f := p.conditions.check(nil)
	return f
}

func (p *put) table() string { return *p.TableName }

func (p *put) item() attribute.Item { return p.decoded }

func (p *put) verify(t *table) *fault {
	if f := checkItemKey(t.Schema, p.decoded); f != nil {
		return f
	}
	if f := checkIndexKeys(t.Table, p.decoded); f != nil {
		return f
	}
	return checkItem(p.decoded, "Item size has exceeded the maximum allowed size")
}

func (p *put) result(*table, attribute.Item) (attribute.Item, *fault) { return p.decoded, nil }

type putItemInput struct {
	put
	ReturnValues string
	capacity
	unsupported
}

func (in *putItemInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := in.put.check(); f != nil {
		return f
	}
	return checkReturnValues(in.ReturnValues)
}

func (in *putItemInput) do(d *dynamoDB) (object, *fault) {
	o, f := d.prepare(&in.put)
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
