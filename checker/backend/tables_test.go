package backend_test

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// creating is a CreateTable that is refused.
func creating(change func(*dynamodb.CreateTableInput)) func(*run) string {
	return func(r *run) string {
		in := &dynamodb.CreateTableInput{
			TableName: aws.String("conformance-" + strings.ToLower(rand.Text()[:12])), BillingMode: types.BillingModePayPerRequest,
			KeySchema: key("id"), AttributeDefinitions: attributes("id", "S"),
		}
		change(in)
		_, err := r.db.CreateTable(r.t.Context(), in)
		if err == nil {
			_, _ = r.db.DeleteTable(r.t.Context(), &dynamodb.DeleteTableInput{TableName: in.TableName})
		}
		return r.outcome(err)
	}
}

func globalIndex(names ...string) []types.GlobalSecondaryIndex {
	return []types.GlobalSecondaryIndex{{IndexName: aws.String("index"), KeySchema: key(names...), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}
}

var tableFacts = []fact{
	{"table-description", documented, "DescribeTable tells keys, indexes and status.", func(r *run) string {
		out, err := r.db.DescribeTable(r.t.Context(), &dynamodb.DescribeTableInput{TableName: r.orders()})
		if err != nil {
			return r.outcome(err)
		}
		d := out.Table
		s := fmt.Sprintf("%s %s %d keys %d definitions", d.TableStatus, d.BillingModeSummary.BillingMode, len(d.KeySchema), len(d.AttributeDefinitions))
		for _, x := range d.LocalSecondaryIndexes {
			s += fmt.Sprintf(", local %s %s %v", *x.IndexName, x.Projection.ProjectionType, x.Projection.NonKeyAttributes)
		}
		return s + fmt.Sprintf(", %d global %s", len(d.GlobalSecondaryIndexes), d.GlobalSecondaryIndexes[0].IndexStatus)
	}, "ACTIVE PAY_PER_REQUEST 2 keys 5 definitions, local by-l INCLUDE [x], 2 global ACTIVE"},
	{"table-exists", documented, "A table's name is used once.", func(r *run) string {
		return creating(func(in *dynamodb.CreateTableInput) { in.TableName = r.items() })(r)
	}, "ResourceInUseException"},
	{"table-describe-missing", documented, "DescribeTable of a table that is not there.", func(r *run) string {
		_, err := r.db.DescribeTable(r.t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("conformance-nowhere")})
		return r.outcome(err)
	}, "ResourceNotFoundException: Requested resource not found: Table: conformance-nowhere not found"},
	{"table-unused-definition", documented, "Only keys have definitions.", creating(func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions = attributes("id", "S", "name", "S") }), "ValidationException"},
	{"table-missing-definition", documented, "All keys have.", creating(func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions = attributes("other", "S") }), "ValidationException"},
	{"table-key-type", documented, "A key is S, N or B.", creating(func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions = attributes("id", "BOOL") }), "ValidationException"},
	{"table-key-twice", documented, "Partition key and sort key differ.", creating(func(in *dynamodb.CreateTableInput) { in.KeySchema = key("id", "id") }), "ValidationException"},
	{"table-index-undefined-key", documented, "An index's key is defined too.", creating(func(in *dynamodb.CreateTableInput) { in.GlobalSecondaryIndexes = globalIndex("other") }), "ValidationException"},
	{"table-include-nothing", documented, "INCLUDE names attributes.", creating(func(in *dynamodb.CreateTableInput) {
		in.GlobalSecondaryIndexes = globalIndex("id")
		in.GlobalSecondaryIndexes[0].Projection.ProjectionType = types.ProjectionTypeInclude
	}), "ValidationException"},
	{"table-local-index-needs-sort-key", documented, "A table with a local index has a sort key.", creating(func(in *dynamodb.CreateTableInput) {
		in.AttributeDefinitions = attributes("id", "S", "at", "N")
		in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{{IndexName: aws.String("index"), KeySchema: key("id", "at"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}
	}), "ValidationException"},
	{"table-throughput-on-demand", documented, "PAY_PER_REQUEST goes with no throughput.", creating(func(in *dynamodb.CreateTableInput) {
		in.ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
	}), "ValidationException"},
	{"table-provisioned-without-throughput", documented, "PROVISIONED needs it.", creating(func(in *dynamodb.CreateTableInput) { in.BillingMode = types.BillingModeProvisioned }), "ValidationException"},
	{"table-names-are-case-sensitive", documented, "Names of tables differ by the case of letters.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{TableName: aws.String(strings.ToUpper(*r.items())), Key: item{"id": "a"}.values()})
	}, "ResourceNotFoundException: Requested resource not found"},
	{"ttl-setting", documented, "Time to live is set by the name of an attribute.", func(r *run) string {
		_, err := r.db.UpdateTimeToLive(r.t.Context(), &dynamodb.UpdateTimeToLiveInput{
			TableName: r.items(), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)},
		})
		if err != nil {
			return r.outcome(err)
		}
		out, err := r.db.DescribeTimeToLive(r.t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: r.items()})
		if err != nil {
			return r.outcome(err)
		}
		return fmt.Sprint(out.TimeToLiveDescription.TimeToLiveStatus, " ", *out.TimeToLiveDescription.AttributeName)
	}, "ENABLED expires"},
	{"ttl-expired-items-are-there", documented, "An item whose time is over may still be read: AWS deletes it within days.", func(r *run) string {
		_, err := r.db.UpdateTimeToLive(r.t.Context(), &dynamodb.UpdateTimeToLiveInput{
			TableName: r.items(), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)},
		})
		if err != nil {
			return r.outcome(err)
		}
		r.has(r.items(), item{"id": "a", "expires": 1_500_000_000})
		return r.get(item{"id": "a"})
	}, `{expires: 1500000000, id: "a"}`},
}
