package embedded

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

// The quotas of indexes.
const (
	maxGlobalIndexes = 20
	maxLocalIndexes  = 5
)

type createTableInput struct {
	TableName              *string
	BillingMode            string
	KeySchema              []keyElement
	AttributeDefinitions   []attributeDefinition
	ProvisionedThroughput  *throughput
	GlobalSecondaryIndexes []indexInput
	LocalSecondaryIndexes  []indexInput

	schema  store.Schema
	indexes []*store.Index
}

type keyElement struct{ AttributeName, KeyType string }

type attributeDefinition struct{ AttributeName, AttributeType string }

type throughput struct{ ReadCapacityUnits, WriteCapacityUnits int64 }

type indexInput struct {
	IndexName             string
	KeySchema             []keyElement
	Projection            *projection
	ProvisionedThroughput *throughput `json:",omitempty"`
}

type projection struct {
	ProjectionType   string
	NonKeyAttributes []string `json:",omitempty"`
}

// check refuses the tables that AWS would not make. A template that asks for one fails when it is
// deployed, so the texts are those of DynamoDB Local, without the claim to be AWS's.
func (in *createTableInput) check() *fault {
	if in.TableName == nil || !isTableName(*in.TableName) {
		return badName()
	}
	if f := in.checkThroughput(); f != nil {
		return f
	}
	kinds := map[string]attribute.Kind{}
	for _, d := range in.AttributeDefinitions {
		kind := attribute.KindOf(d.AttributeType)
		if !kind.Ordered() {
			return invalid("Member must satisfy enum value set: [B, N, S]")
		}
		kinds[d.AttributeName] = kind
	}
	var f *fault
	if in.schema, f = newSchema(in.KeySchema, kinds); f != nil {
		return f
	}
	used := map[string]bool{in.schema.Hash.Name: true}
	for _, k := range in.schema.Keys() {
		used[k.Name] = true
	}
	if f := in.checkIndexes(kinds, used); f != nil {
		return f
	}
	if len(used) != len(kinds) {
		return invalid("The number of attributes in key schema must match the number of attributes defined in attribute definitions.")
	}
	return nil
}

func (in *createTableInput) checkThroughput() *fault {
	switch in.BillingMode {
	case "PAY_PER_REQUEST":
		if in.ProvisionedThroughput != nil {
			return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits " +
				"can be specified when BillingMode is PAY_PER_REQUEST")
		}
	case "", "PROVISIONED":
		if in.ProvisionedThroughput == nil {
			return invalid("No provisioned throughput specified for the table")
		}
	default:
		return notInEnum("billingMode", in.BillingMode, "PROVISIONED, PAY_PER_REQUEST")
	}
	return nil
}

func newSchema(elements []keyElement, kinds map[string]attribute.Kind) (store.Schema, *fault) {
	var s store.Schema
	switch {
	case len(elements) == 0:
		return s, invalid("No defined key schema.  A key schema containing at least a hash key must be defined for all tables")
	case len(elements) > 2:
		return s, invalid("Key Schema too big.  Key Schema must at most consist of the hash and range key of a table")
	case elements[0].KeyType != "HASH":
		return s, invalid("Invalid key order. Hash Key must be specified first in key schema, Range Key must be specifed second") //nolint:misspell // as AWS has it
	case len(elements) == 2 && elements[1].KeyType != "RANGE":
		return s, invalid("Too many hash keys specified.  All Dynamo DB tables must have exactly one hash key")
	case len(elements) == 2 && elements[0].AttributeName == elements[1].AttributeName:
		return s, invalid("Two keys can not have the same name")
	}
	for _, e := range elements {
		if kinds[e.AttributeName] == attribute.None {
			return s, invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. " +
				"Key: " + e.AttributeName)
		}
	}
	s.Hash = store.Key{Name: elements[0].AttributeName, Kind: kinds[elements[0].AttributeName]}
	if len(elements) == 2 {
		s.Range = store.Key{Name: elements[1].AttributeName, Kind: kinds[elements[1].AttributeName]}
	}
	return s, nil
}

func (in *createTableInput) checkIndexes(kinds map[string]attribute.Kind, used map[string]bool) *fault {
	switch {
	case in.GlobalSecondaryIndexes != nil && len(in.GlobalSecondaryIndexes) == 0:
		return invalid("GSI list is empty/invalid")
	case in.LocalSecondaryIndexes != nil && len(in.LocalSecondaryIndexes) == 0:
		return invalid("LSI list is empty/invalid")
	case len(in.GlobalSecondaryIndexes) > maxGlobalIndexes:
		return invalid("GlobalSecondaryIndex count exceeds the per-table limit")
	case len(in.LocalSecondaryIndexes) > maxLocalIndexes:
		return invalid("Cannot have more than 5 local secondary indexes per table")
	case len(in.LocalSecondaryIndexes) > 0 && in.schema.Range.Name == "":
		return invalid("Local Secondary indices are not allowed on hash tables, only hash and range tables")
	}
	for n, i := range slices.Concat(in.GlobalSecondaryIndexes, in.LocalSecondaryIndexes) {
		x, f := i.index(kinds)
		if f != nil {
			return f
		}
		x.Local = n >= len(in.GlobalSecondaryIndexes)
		switch {
		case slices.ContainsFunc(in.indexes, func(other *store.Index) bool { return other.Name == x.Name }):
			return invalid("One or more parameter values were invalid: Duplicate index name: " + x.Name)
		case x.Local && x.Hash != in.schema.Hash:
			return invalid("Local Secondary indices must have the same hash key as the main table")
		case x.Local && x.Range.Name == "":
			return invalid("Local secondary indices must have a range key")
		case !x.Local && in.BillingMode != "PAY_PER_REQUEST" && i.ProvisionedThroughput == nil:
			return invalid("No provisioned throughput specified for the global secondary index")
		}
		in.indexes = append(in.indexes, x)
		for _, k := range x.Keys() {
			used[k.Name] = true
		}
	}
	return nil
}

func (i indexInput) index(kinds map[string]attribute.Kind) (*store.Index, *fault) {
	if !isTableName(i.IndexName) {
		return nil, badName()
	}
	schema, f := newSchema(i.KeySchema, kinds)
	if f != nil {
		return nil, f
	}
	x := &store.Index{Name: i.IndexName, Schema: schema}
	if i.Projection == nil {
		return nil, invalid("Indexes must have a projection specified")
	}
	switch names := i.Projection.NonKeyAttributes; i.Projection.ProjectionType {
	case "ALL":
		x.All = true
	case "KEYS_ONLY":
	case "INCLUDE":
		if len(names) == 0 {
			return nil, invalid("If Projection type INCLUDE is specified, some non-key attributes to include in the projection must be specified as well")
		}
		x.NonKey = names
		return x, nil
	default:
		return nil, invalid(fmt.Sprintf("One or more parameter values were invalid: Unknown ProjectionType: %s", i.Projection.ProjectionType))
	}
	if len(i.Projection.NonKeyAttributes) > 0 {
		return nil, invalid("One or more parameter values were invalid: ProjectionType is " + i.Projection.ProjectionType +
			", but NonKeyAttributes is specified")
	}
	return x, nil
}

func (in *createTableInput) do(d *dynamoDB) (object, *fault) {
	name := *in.TableName
	if d.tables[name] != nil {
		return nil, &fault{
			Type:    dynamoDBErrors + "ResourceInUseException",
			Message: "Table already exists: " + name,
			status:  http.StatusBadRequest,
		}
	}
	t := &table{Table: store.NewTable(in.schema, in.indexes), name: name, created: in, at: d.now()}
	d.tables[name] = t
	return object{{"TableDescription", t.describe("ACTIVE")}}, nil // at once, as with DynamoDB Local
}
