package embedded

import (
	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
)

// update is an UpdateItem, or an Update of a transaction. Without an expression it makes sure that the
// item is there.
type update struct {
	keyed
	UpdateExpression *string
	conditions

	update *expression.Update
}

var _ change = (*update)(nil)

func (u *update) check() *fault {
	if f := u.keyed.check(); f != nil {
		return f
	}
	var f *fault
	u.update, f = u.conditions.check(u.UpdateExpression)
	return f
}

func (u *update) verify(t *table) *fault {
	if f := checkKey(t.Schema, u.key); f != nil {
		return f
	}
	return checkNotKey(t.Schema, u.update.Attributes())
}

func (u *update) result(t *table, old attribute.Item) (attribute.Item, *fault) {
	if old == nil {
		if !u.update.Creates() {
			return nil, u.checkPaths()
		}
		old = u.key
	}
	item, err := u.update.Apply(old)
	if err != nil {
		return nil, refused(err)
	}
	if f := checkIndexKeys(t.Table, item); f != nil {
		if f.whole { // an empty value, for which AWS has other words here (DynamoDB Local's text)
			f.Message = "One or more parameter values are not valid. The update expression attempted to update a secondary index key " +
				"to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value."
			f.whole = false
		}
		return nil, f
	}
	return item, checkItem(item, "Item size to update has exceeded the maximum allowed size")
}

// checkPaths refuses paths into what is not there.
func (u *update) checkPaths() *fault {
	_, err := u.update.Apply(u.key)
	return refused(err)
}

type updateItemInput struct {
	update
	ReturnValues string
	capacity
	unsupported
}

func (in *updateItemInput) check() *fault {
	if f := in.unsupported.check(); f != nil {
		return f
	}
	if f := in.capacity.check(); f != nil {
		return f
	}
	if f := in.update.check(); f != nil {
		return f
	}
	if !oneOf(in.ReturnValues, "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW") {
		return badReturnValues(in.ReturnValues)
	}
	return nil
}

func (in *updateItemInput) do(d *dynamoDB) (object, *fault) {
	o, f := d.prepare(&in.update)
	if f != nil {
		return nil, f
	}
	o.commit()
	return in.ofWrite(in.answer(o), o), nil
}

func (in *updateItemInput) answer(o outcome) object {
	switch in.ReturnValues {
	case "ALL_OLD":
		return attributes(o.old)
	case "ALL_NEW":
		return attributes(o.new)
	case "UPDATED_OLD": // of documents the parts that are named, and nothing around them
		return attributes(in.update.update.Updated().Apply(o.old))
	case "UPDATED_NEW":
		return attributes(in.update.update.Updated().Apply(o.new))
	default:
		return object{}
	}
}
