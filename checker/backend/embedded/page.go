package embedded

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

// pageBytes is how much a Query or Scan reads at most before it answers.
const pageBytes = 1 << 20

// reading is what Query and Scan have in common.
type reading struct {
	TableName                 *string
	IndexName                 *string
	ConsistentRead            bool
	ExclusiveStartKey         wires
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues wires
	FilterExpression          *string
	Limit                     *int
	ProjectionExpression      *string
	Select                    string
	capacity
	unsupported

	filter     *expression.Condition
	projection *expression.Projection
	start      attribute.Item
}

// check reads the expressions; the key condition of a query is read by the function, with the others.
func (r *reading) check(kind string, readKey func(*expression.Reader) error) *fault {
	if f := r.unsupported.check(); f != nil {
		return f
	}
	if f := r.capacity.check(); f != nil {
		return f
	}
	if f := checkTableName(r.TableName); f != nil {
		return f
	}
	if r.Limit != nil && *r.Limit < 1 {
		return invalid(fmt.Sprintf("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
			"Member must have value greater than or equal to 1", *r.Limit))
	}
	if f := r.checkSelect(); f != nil {
		return f
	}
	var err error
	if r.ExclusiveStartKey != nil {
		if r.start, err = attribute.Decode(r.ExclusiveStartKey); err != nil {
			return refused(err)
		}
	}
	if readKey == nil && r.FilterExpression == nil && r.ProjectionExpression == nil {
		switch {
		case r.ExpressionAttributeNames != nil:
			return invalid("ExpressionAttributeNames can only be specified when using expressions")
		case r.ExpressionAttributeValues != nil:
			return invalid("ExpressionAttributeValues can only be specified when using expressions: " + kind + " is null")
		}
		return nil
	}
	return refused(r.read(readKey))
}

func (r *reading) read(readKey func(*expression.Reader) error) error {
	reader, err := expression.NewReader(r.ExpressionAttributeNames, r.ExpressionAttributeValues)
	if err != nil {
		return err
	}
	if r.ProjectionExpression != nil {
		if r.projection, err = reader.Projection(*r.ProjectionExpression); err != nil {
			return err
		}
	}
	if r.FilterExpression != nil {
		if r.filter, err = reader.Condition("FilterExpression", *r.FilterExpression); err != nil {
			return err
		}
	}
	if readKey != nil {
		if err := readKey(reader); err != nil {
			return err
		}
	}
	return reader.Unused()
}

func (r *reading) checkSelect() *fault {
	const cannot = "Cannot specify the ProjectionExpression when choosing to get "
	switch projects := r.ProjectionExpression != nil; r.Select {
	case "":
	case "COUNT":
		if projects {
			return invalid(cannot + "only the Count")
		}
	case "ALL_ATTRIBUTES":
		if projects {
			return invalid(cannot + "ALL_ATTRIBUTES")
		}
	case "ALL_PROJECTED_ATTRIBUTES":
		if projects {
			return invalid(cannot + "ALL_PROJECTED_ATTRIBUTES")
		}
		if r.IndexName == nil {
			return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
		}
	case "SPECIFIC_ATTRIBUTES":
		if !projects {
			return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
		}
	default:
		return notInEnum("select", r.Select, "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES")
	}
	return nil
}

// view is what is to be read of a table, if it has that and the index can give what is asked for.
func (r *reading) view(t *table) (store.View, *fault) {
	if r.IndexName == nil {
		v, _ := t.View("")
		return v, r.checkStart(v)
	}
	v, ok := t.View(*r.IndexName)
	if !ok || *r.IndexName == "" {
		return v, invalid("The table does not have the specified index: " + *r.IndexName)
	}
	if r.ConsistentRead && !v.Index.Local {
		return v, invalid("Consistent reads are not supported on global secondary indexes")
	}
	if f := r.checkProjected(v); f != nil {
		return v, f
	}
	return v, r.checkStart(v)
}

// checkProjected refuses what the index does not have. From a local index, other attributes than those of
// a filter are fetched from the table.
func (r *reading) checkProjected(v store.View) *fault {
	const about = "One or more parameter values were invalid: "
	if r.filter != nil {
		if missing := lacking(v, r.filter.Attributes()); len(missing) > 0 {
			return invalid(fmt.Sprintf("%sSecondary index %s does not project one or more filter attributes: %s", about, v.Index.Name, list(missing)))
		}
	}
	if v.Index.Local {
		return nil
	}
	if r.Select == "ALL_ATTRIBUTES" && !v.Index.All {
		return invalid(fmt.Sprintf("%sSelect type ALL_ATTRIBUTES is not supported for global secondary index %s "+
			"because its projection type is not ALL", about, v.Index.Name))
	}
	if missing := lacking(v, r.projection.Attributes()); len(missing) > 0 {
		return invalid(fmt.Sprintf("%sGlobal secondary index %s does not project %s", about, v.Index.Name, list(missing)))
	}
	return nil
}

// lacking are those of the names that an index does not have.
func lacking(v store.View, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return v.Index.Projects(v.Table.Schema, name) })
}

func list(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// checkStart refuses a start key that no answer would have had as its last one.
func (r *reading) checkStart(v store.View) *fault {
	if r.ExclusiveStartKey == nil {
		return nil
	}
	keys := v.Keys()
	fits := len(r.start) == len(keys)
	for _, k := range keys {
		fits = fits && r.start[k.Name].Kind == k.Kind && r.start[k.Name].Text != ""
	}
	if !fits {
		return invalid("The provided starting key is invalid")
	}
	return nil
}

// whole says whether all attributes of an item are wanted from a view that may not have them: of a local
// index, AWS fetches the rest from the table.
func (r *reading) whole(v store.View) bool {
	if v.Index == nil || !v.Index.Local {
		return false
	}
	return r.Select == "ALL_ATTRIBUTES" || r.projection != nil
}

// fetches says whether AWS has to fetch the items from the table, which has its price.
func (r *reading) fetches(v store.View) bool {
	return r.whole(v) && (r.Select == "ALL_ATTRIBUTES" && !v.Index.All || len(lacking(v, r.projection.Attributes())) > 0)
}

// answer reads a page.
func (r *reading) answer(t *table, v store.View, records iter.Seq[*store.Record]) object {
	items := []attribute.Item{}
	var last attribute.Item
	var read pageRead
	fetches := r.wanted() && r.fetches(v)
	for record := range records {
		read.items++
		read.bytes += v.Size(record)
		if fetches {
			read.fetched += units(record.Size, readBytes)
		}
		item := record.Item
		if !r.whole(v) {
			item = v.Project(item)
		}
		if r.filter.Holds(item) {
			read.passed++
			if r.Select != "COUNT" {
				items = append(items, r.projection.Apply(item))
			}
		}
		if r.Limit != nil && read.items == *r.Limit || read.bytes >= pageBytes {
			last = keyOf(v, record.Item)
			break
		}
	}
	o := object{{"Count", read.passed}, {"ScannedCount", read.items}}
	if r.Select != "COUNT" {
		o = append(o, member{"Items", items})
	}
	if last != nil {
		o = append(o, member{"LastEvaluatedKey", last})
	}
	if r.wanted() {
		consumed := newConsumption(t, *r.TableName, readRate(r.ConsistentRead))
		consumed.readPage(v, read)
		o = r.of(o, consumed)
	}
	return o
}

func keyOf(v store.View, item attribute.Item) attribute.Item {
	key := attribute.Item{}
	for _, k := range v.Keys() {
		key[k.Name] = item[k.Name]
	}
	return key
}
