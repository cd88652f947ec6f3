package embedded

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

type queryInput struct {
	reading
	KeyConditionExpression *string
	ScanIndexForward       *bool

	terms []expression.KeyTerm
}

func (in *queryInput) check() *fault {
	if in.KeyConditionExpression == nil {
		if f := in.unsupported.check(); f != nil {
			return f
		}
		if f := in.capacity.check(); f != nil {
			return f
		}
		return invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return in.reading.check("KeyConditionExpression", func(r *expression.Reader) (err error) {
		in.terms, err = r.KeyCondition(*in.KeyConditionExpression)
		return err
	})
}

func (in *queryInput) do(d *dynamoDB) (object, *fault) {
	t, f := d.table(*in.TableName)
	if f != nil {
		return nil, f
	}
	v, f := in.view(t)
	if f != nil {
		return nil, f
	}
	hash, sort, f := in.match(v.Schema())
	if f != nil {
		return nil, f
	}
	if f := in.checkFilter(v.Schema()); f != nil {
		return nil, f
	}
	if in.start != nil {
		at, _ := v.Schema().Position(in.start)
		if at.Hash != hash.SortKey() || where(sort)(at.Sort) != 0 {
			return nil, invalid("The provided starting key does not match the range key predicate")
		}
	}
	forward := in.ScanIndexForward == nil || *in.ScanIndexForward
	return in.answer(t, v, v.Query(hash, where(sort), in.start, forward)), nil
}

// match finds the key's attributes in the key condition. There need be no term for the sort key.
func (in *queryInput) match(schema store.Schema) (hash attribute.Value, sort *expression.KeyTerm, f *fault) {
	of := func(name string) *expression.KeyTerm {
		at := slices.IndexFunc(in.terms, func(t expression.KeyTerm) bool { return t.Attribute == name })
		if at < 0 {
			return nil
		}
		return &in.terms[at]
	}
	partition := of(schema.Hash.Name)
	if partition == nil {
		return hash, nil, invalid("Query condition missed key schema element: " + schema.Hash.Name)
	}
	if partition.Operator != "=" {
		return hash, nil, invalid("Query key condition not supported")
	}
	if len(in.terms) > 1 {
		if schema.Range.Name == "" || of(schema.Range.Name) == nil {
			missed := schema.Range.Name
			if missed == "" {
				return hash, nil, invalid("Query key condition not supported") // more terms than keys
			}
			return hash, nil, invalid("Query condition missed key schema element: " + missed)
		}
		if len(in.terms) > 2 {
			return hash, nil, invalid("Conditions can be of length 1 or 2 only")
		}
		sort = of(schema.Range.Name)
	}
	if f := checkTerm(partition, schema.Hash); f != nil {
		return hash, nil, f
	}
	if sort != nil {
		if f := checkTerm(sort, schema.Range); f != nil {
			return hash, nil, f
		}
	}
	return partition.Values[0], sort, nil
}

func checkTerm(term *expression.KeyTerm, k store.Key) *fault {
	for _, v := range term.Values {
		if v.Kind != k.Kind {
			return invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
		}
		if v.Text == "" {
			return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute " +
				"cannot contain an empty " + emptyKind(k.Kind) + " value. Key: " + k.Name)
		}
	}
	return nil
}

func (in *queryInput) checkFilter(schema store.Schema) *fault {
	if in.filter == nil {
		return nil
	}
	for _, name := range in.filter.Attributes() {
		if schema.Has(name) {
			return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: " + name)
		}
	}
	return nil
}

// where says of a sort key whether it is before, in or behind what a term asks for.
func where(term *expression.KeyTerm) func(string) int {
	if term == nil {
		return func(string) int { return 0 }
	}
	low := term.Values[0].SortKey()
	switch term.Operator {
	case "=":
		return func(s string) int { return strings.Compare(s, low) }
	case "<":
		return func(s string) int { return max(0, strings.Compare(s, low)+1) }
	case "<=":
		return func(s string) int { return max(0, strings.Compare(s, low)) }
	case ">":
		return func(s string) int { return min(0, strings.Compare(s, low)-1) }
	case ">=":
		return func(s string) int { return min(0, strings.Compare(s, low)) }
	case "begins_with":
		return func(s string) int {
			if strings.HasPrefix(s, low) {
				return 0
			}
			return strings.Compare(s, low)
		}
	default: // BETWEEN
		high := term.Values[1].SortKey()
		return func(s string) int { return min(0, strings.Compare(s, low)) + max(0, strings.Compare(s, high)) }
	}
}
