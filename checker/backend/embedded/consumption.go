package embedded

import (
	"maps"
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

// What a unit pays for, in bytes, and how many of them, beside a write and a strongly consistent read, which take one.
// ("DynamoDB read and write operations" in the Developer Guide.)
const (
	readBytes  = 4 << 10
	writeBytes = 1 << 10

	eventually    = 0.5
	strongly      = 1
	transactional = 2
)

// consumption is what a request has consumed of one table.
type consumption struct {
	table *table
	name  string  // of the table, or its ARN, as the request has it
	rate  float64 // units for each readBytes or writeBytes
	// kind is what the units are called besides CapacityUnits. Only transactions do that, as users of AWS report.
	kind    string
	own     float64   // units of the table itself
	indexes []float64 // units of its indexes
}

func newConsumption(t *table, name string, rate float64) *consumption {
	return &consumption{table: t, name: name, rate: rate, indexes: make([]float64, len(t.Indexes))}
}

// consumptionOf is that of a table in a list, which it is added to where it is missing.
func consumptionOf(list *[]*consumption, t *table, name string, rate float64, kind string) *consumption {
	at := slices.IndexFunc(*list, func(c *consumption) bool { return c.table == t })
	if at >= 0 {
		return (*list)[at]
	}
	added := newConsumption(t, name, rate)
	added.kind = kind
	*list = append(*list, added)
	return added
}

func readRate(consistent bool) float64 {
	if consistent {
		return strongly
	}
	return eventually
}

// units is how many pay for that many bytes. What is not there takes one, too.
func units(size, bytes int) float64 { return float64(max(1, (size+bytes-1)/bytes)) }

// read is about one item; nil for one that is not there.
func (c *consumption) read(record *store.Record) {
	size := 0
	if record != nil {
		size = record.Size
	}
	c.own += c.rate * units(size, readBytes)
}

// pageRead is what a Query or Scan has read.
type pageRead struct {
	items, passed int // before the filter, and after it
	bytes         int // of the items in the table or index, before the filter; they are rounded up once
	// fetched are units for the items that were read from the table because a local index does not have all of them,
	// each of which is rounded up by itself ("Read capacity units" in the page on local indexes).
	fetched float64
}

// readPage is about what was read from a view.
func (c *consumption) readPage(v store.View, read pageRead) {
	page := c.rate * units(read.bytes, readBytes)
	if v.Index == nil {
		c.own += page
		return
	}
	c.indexes[slices.Index(c.table.Indexes, v.Index)] += page
	c.own += c.rate * read.fetched
}

// write is about an item before and after a write; nil for none. The larger one counts.
func (c *consumption) write(before, after attribute.Item) {
	c.own += c.rate * units(max(before.Size(), after.Size()), writeBytes)
	for i, x := range c.table.Indexes {
		c.indexes[i] += c.rate * indexUnits(c.table.Schema, x, before, after)
	}
}

// indexUnits is what a write of an item costs an index ("Write capacity units" in the pages on global and on local
// indexes): nothing if the index sees no change, and two writes for another key, which takes the entry from its place
// and puts it into another.
func indexUnits(schema store.Schema, x *store.Index, before, after attribute.Item) float64 {
	from, was := x.Position(before)
	to, is := x.Position(after)
	old, renewed := x.Project(schema, before), x.Project(schema, after)
	switch {
	case !was && !is:
		return 0
	case !was:
		return units(renewed.Size(), writeBytes)
	case !is:
		return units(old.Size(), writeBytes)
	case from != to:
		return units(old.Size(), writeBytes) + units(renewed.Size(), writeBytes)
	case maps.EqualFunc(old, renewed, attribute.Value.Equal):
		return 0
	default:
		return units(max(old.Size(), renewed.Size()), writeBytes)
	}
}

// object is a ConsumedCapacity. Indexes that cost nothing are not in it; the table always is.
func (c *consumption) object(level string) object {
	total := c.own
	for _, n := range c.indexes {
		total += n
	}
	o := append(object{{"TableName", c.name}}, c.units(total)...)
	if level != "INDEXES" {
		return o
	}
	o = append(o, member{"Table", c.units(c.own)})
	global, local := object{}, object{}
	for i, x := range c.table.Indexes {
		switch {
		case c.indexes[i] == 0:
		case x.Local:
			local = append(local, member{x.Name, c.units(c.indexes[i])})
		default:
			global = append(global, member{x.Name, c.units(c.indexes[i])})
		}
	}
	if len(local) > 0 {
		o = append(o, member{"LocalSecondaryIndexes", local})
	}
	if len(global) > 0 {
		o = append(o, member{"GlobalSecondaryIndexes", global})
	}
	return o
}

func (c *consumption) units(n float64) object {
	o := object{{"CapacityUnits", n}}
	if c.kind != "" {
		o = append(o, member{c.kind, n})
	}
	return o
}
