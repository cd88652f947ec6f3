package embedded

import (
	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
)

// change is a write of one item: an operation by itself, or a part of a transaction.
type change interface {
	// check is what AWS would refuse whatever tables there are. It is called first.
	check() *fault
	table() string
	// verify is what AWS would refuse for a table, whatever items it has.
	verify(*table) *fault
	// item has the attributes of the key.
	item() attribute.Item
	guard() *conditions
	// result is the item after the change; nil if there is none. The old one is nil if there was none.
	result(t *table, old attribute.Item) (attribute.Item, *fault)
}

// conditions is what all changes have in common.
type conditions struct {
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           wires
	ReturnValuesOnConditionCheckFailure string

	condition *expression.Condition
}

func (c *conditions) guard() *conditions { return c }

// check reads the expressions. The update expression is nil where there is none.
func (c *conditions) check(update *string) (*expression.Update, *fault) {
	if !oneOf(c.ReturnValuesOnConditionCheckFailure, "ALL_OLD", "NONE") {
		return nil, notInEnum("returnValuesOnConditionCheckFailure", c.ReturnValuesOnConditionCheckFailure, "ALL_OLD, NONE")
	}
	if c.ConditionExpression == nil && update == nil {
		switch {
		case c.ExpressionAttributeNames != nil:
			return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
		case c.ExpressionAttributeValues != nil:
			return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null")
		}
		return nil, nil
	}
	reader, err := expression.NewReader(c.ExpressionAttributeNames, c.ExpressionAttributeValues)
	if err != nil {
		return nil, refused(err)
	}
	var u *expression.Update
	if update != nil {
		if u, err = reader.Update(*update); err != nil {
			return nil, refused(err)
		}
	}
	if c.ConditionExpression != nil {
		if c.condition, err = reader.Condition("ConditionExpression", *c.ConditionExpression); err != nil {
			return nil, refused(err)
		}
	}
	return u, refused(reader.Unused())
}

func notInEnum(name, value, values string) *fault {
	return invalid("1 validation error detected: Value '" + value + "' at '" + name +
		"' failed to satisfy constraint: Member must satisfy enum value set: [" + values + "]")
}

// outcome is a change that has been looked at and not been made yet.
type outcome struct {
	table    *table
	change   change
	old, new attribute.Item // nil for no item
}

// prepare is what a change would do.
func (d *dynamoDB) prepare(c change) (outcome, *fault) {
	t, f := d.table(c.table())
	if f != nil {
		return outcome{}, f
	}
	if f := c.verify(t); f != nil {
		return outcome{}, f
	}
	return evaluate(t, c)
}

// evaluate is prepare for a change that has been verified.
func evaluate(t *table, c change) (outcome, *fault) {
	o := outcome{table: t, change: c}
	if record := t.record(c.item()); record != nil {
		o.old = record.Item
	}
	if !c.guard().condition.Holds(o.old) {
		if c.guard().ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			return o, conditionFailed(o.old)
		}
		return o, conditionFailed(nil)
	}
	var f *fault
	o.new, f = c.result(t, o.old)
	return o, f
}

// commit makes the change.
func (o outcome) commit() {
	if o.new != nil {
		o.table.Put(o.new)
		return
	}
	at, _ := o.table.Position(o.change.item())
	o.table.Delete(at)
}

// checkReturnValues is for PutItem and DeleteItem.
func checkReturnValues(value string) *fault {
	switch value {
	case "", "NONE", "ALL_OLD":
		return nil
	case "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW":
		return invalid("ReturnValues can only be ALL_OLD or NONE")
	default:
		return badReturnValues(value)
	}
}

func badReturnValues(value string) *fault {
	return notInEnum("returnValues", value, "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW")
}

// attributes is an answer with a member Attributes, unless that would be empty.
func attributes(item attribute.Item) object {
	if len(item) == 0 {
		return object{}
	}
	return object{{"Attributes", item}}
}
