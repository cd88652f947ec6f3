package embedded

// capacity is ReturnConsumedCapacity: whether an answer says what it cost. An error never says it, though a
// write whose condition fails costs as much.
type capacity struct{ ReturnConsumedCapacity string }

func (c *capacity) check() *fault {
	if !oneOf(c.ReturnConsumedCapacity, "INDEXES", "TOTAL", "NONE") {
		return notInEnum("returnConsumedCapacity", c.ReturnConsumedCapacity, "INDEXES, TOTAL, NONE")
	}
	return nil
}

func (c *capacity) wanted() bool {
	return c.ReturnConsumedCapacity == "TOTAL" || c.ReturnConsumedCapacity == "INDEXES"
}

// of adds what was consumed of a table to an answer.
func (c *capacity) of(answer object, consumed *consumption) object {
	return append(answer, member{"ConsumedCapacity", consumed.object(c.ReturnConsumedCapacity)})
}

// ofAll is [capacity.of] for operations that may use several tables.
func (c *capacity) ofAll(answer object, consumed []*consumption) object {
	list := []object{}
	for _, table := range consumed {
		list = append(list, table.object(c.ReturnConsumedCapacity))
	}
	return append(answer, member{"ConsumedCapacity", list})
}

// ofWrite adds what a change has consumed, if that is wanted.
func (c *capacity) ofWrite(answer object, o outcome) object {
	if !c.wanted() {
		return answer
	}
	consumed := newConsumption(o.table, o.change.table(), 1)
	consumed.write(o.old, o.new)
	return c.of(answer, consumed)
}
