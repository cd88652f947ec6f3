package embedded

import (
	"maps"
	"slices"
)

const arnPrefix = "arn:aws:dynamodb:us-east-1:000000000000:table/"

// describe is the description of a table. Without TableStatus, the SDK's waiters would wait until they
// give up.
func (t *table) describe(status string) object {
	o := object{
		{"TableName", t.name},
		{"TableStatus", status},
		{"TableArn", arnPrefix + t.name},
		{"AttributeDefinitions", t.created.AttributeDefinitions},
		{"KeySchema", t.created.KeySchema},
		{"CreationDateTime", float64(t.at.UnixMilli()) / 1000},
		{"ItemCount", t.Count()},
		{"TableSizeBytes", t.Bytes()},
	}
	if p := t.created.ProvisionedThroughput; p != nil {
		o = append(o, member{"ProvisionedThroughput", p})
	} else {
		o = append(o, member{"ProvisionedThroughput", throughput{}}, member{"BillingModeSummary", object{{"BillingMode", "PAY_PER_REQUEST"}}})
	}
	if len(t.created.GlobalSecondaryIndexes) > 0 {
		o = append(o, member{"GlobalSecondaryIndexes", t.describeIndexes(t.created.GlobalSecondaryIndexes, member{"IndexStatus", "ACTIVE"})})
	}
	if len(t.created.LocalSecondaryIndexes) > 0 {
		o = append(o, member{"LocalSecondaryIndexes", t.describeIndexes(t.created.LocalSecondaryIndexes)})
	}
	return o
}

func (t *table) describeIndexes(indexes []indexInput, more ...member) []object {
	var all []object
	for _, i := range indexes {
		all = append(all, append(object{
			{"IndexName", i.IndexName},
			{"IndexArn", arnPrefix + t.name + "/index/" + i.IndexName},
			{"KeySchema", i.KeySchema},
			{"Projection", i.Projection},
		}, more...))
	}
	return all
}

// tableRequest is an operation on a table that has to be there.
type tableRequest struct{ TableName *string }

func (r *tableRequest) check() *fault { return checkTableName(r.TableName) }

func (r *tableRequest) table(d *dynamoDB) (*table, *fault) {
	name := plainName(*r.TableName)
	t := d.tables[name]
	if t == nil {
		return nil, noTableNamed(name)
	}
	return t, nil
}

type describeTableInput struct{ tableRequest }

func (in *describeTableInput) do(d *dynamoDB) (object, *fault) {
	t, f := in.table(d)
	if f != nil {
		return nil, f
	}
	return object{{"Table", t.describe("ACTIVE")}}, nil
}

type deleteTableInput struct{ tableRequest }

func (in *deleteTableInput) do(d *dynamoDB) (object, *fault) {
	t, f := in.table(d)
	if f != nil {
		return nil, f
	}
	delete(d.tables, t.name)
	return object{{"TableDescription", t.describe("DELETING")}}, nil
}

type listTablesInput struct {
	ExclusiveStartTableName string
	Limit                   *int
}

// maxTablesListed is AWS's page of ListTables, and the most that Limit may ask for.
const maxTablesListed = 100

func (in *listTablesInput) check() *fault {
	if in.Limit != nil && (*in.Limit < 1 || *in.Limit > maxTablesListed) {
		return invalid("1 validation error detected: Limit must be between 1 and 100") // wording not verified
	}
	return nil
}

func (in *listTablesInput) do(d *dynamoDB) (object, *fault) {
	limit := maxTablesListed
	if in.Limit != nil {
		limit = *in.Limit
	}
	names := slices.Sorted(maps.Keys(d.tables))
	after, found := slices.BinarySearch(names, in.ExclusiveStartTableName)
	if found {
		after++
	}
	page := append([]string{}, names[after:]...) // AWS sends the empty list
	if len(page) <= limit {
		return object{{"TableNames", page}}, nil
	}
	page = page[:limit]
	return object{{"TableNames", page}, {"LastEvaluatedTableName", page[limit-1]}}, nil
}
