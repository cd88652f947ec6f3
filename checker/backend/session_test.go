package backend_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run is one fact being shown with one backend. Its tables are its own, and gone afterwards.
type run struct {
	t      *trial
	db     *dynamodb.Client
	tables map[string]string // by kind
	shared *fixtures
}

// fixtures are tables that facts only read, made once for each backend.
type fixtures struct {
	t    *testing.T
	mu   sync.Mutex
	made map[string]map[string]string // the tables by kind, by the fixture's name
}

// read has the tables of a fixture in place of its own. The function that fills them is called once.
func (r *run) read(name string, fill func(*run)) {
	r.shared.mu.Lock()
	defer r.shared.mu.Unlock()
	if r.shared.made[name] == nil {
		trying := &trial{T: r.shared.t}
		defer trying.over.Store(true)
		maker := &run{t: trying, db: r.db, tables: map[string]string{}}
		fill(maker)
		r.shared.made[name] = maker.tables
	}
	r.tables = r.shared.made[name]
}

// item is written as Go values: "a" is an S, 1 an N, nil a NULL and so on. For sets and other numbers
// there are ss, ns and number.
type item map[string]any

func (i item) values() map[string]types.AttributeValue {
	if i == nil {
		return nil
	}
	values := map[string]types.AttributeValue{}
	for name, v := range i {
		values[name] = valueOf(v)
	}
	return values
}

func valueOf(v any) types.AttributeValue {
	switch v := v.(type) {
	case types.AttributeValue:
		return v
	case item:
		return &types.AttributeValueMemberM{Value: v.values()}
	case list:
		l := &types.AttributeValueMemberL{Value: []types.AttributeValue{}}
		for _, element := range v {
			l.Value = append(l.Value, valueOf(element))
		}
		return l
	default:
		value, err := attributevalue.Marshal(v)
		if err != nil {
			panic(err)
		}
		return value
	}
}

func ss(elements ...string) types.AttributeValue {
	return &types.AttributeValueMemberSS{Value: append([]string{}, elements...)}
}

func ns(elements ...string) types.AttributeValue {
	return &types.AttributeValueMemberNS{Value: elements}
}

func bs(elements ...string) types.AttributeValue {
	v := &types.AttributeValueMemberBS{}
	for _, e := range elements {
		v.Value = append(v.Value, []byte(e))
	}
	return v
}

// number is an N in just this form.
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

type list = []any

// items is a table with a partition key "id" of type S.
func (r *run) items() *string {
	return r.table("items", &dynamodb.CreateTableInput{KeySchema: key("id"), AttributeDefinitions: attributes("id", "S")})
}

// orders is a table with a partition key "pk" and a sort key "sk" of type N, a global index "by-g" on
// "g" and "sk" with only the keys, one "all-h" on "h" with all attributes, and a local index "by-l" on
// "l" with the attribute "x".
func (r *run) orders() *string {
	return r.table("orders", &dynamodb.CreateTableInput{
		KeySchema:            key("pk", "sk"),
		AttributeDefinitions: attributes("pk", "S", "sk", "N", "g", "S", "h", "N", "l", "S"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String("by-g"), KeySchema: key("g", "sk"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}},
			{IndexName: aws.String("all-h"), KeySchema: key("h"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}},
		},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{
			{IndexName: aws.String("by-l"), KeySchema: key("pk", "l"), Projection: &types.Projection{
				ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"x"},
			}},
		},
	})
}

// sorted is a table whose sort key has a type of choice.
func (r *run) sorted(kind string) *string {
	return r.table("sorted"+kind, &dynamodb.CreateTableInput{KeySchema: key("pk", "sk"), AttributeDefinitions: attributes("pk", "S", "sk", kind)})
}

func key(names ...string) []types.KeySchemaElement {
	schema := []types.KeySchemaElement{{AttributeName: aws.String(names[0]), KeyType: types.KeyTypeHash}}
	for _, name := range names[1:] {
		schema = append(schema, types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeRange})
	}
	return schema
}

func attributes(namesAndTypes ...string) []types.AttributeDefinition {
	var all []types.AttributeDefinition
	for pair := range slices.Chunk(namesAndTypes, 2) {
		all = append(all, types.AttributeDefinition{AttributeName: aws.String(pair[0]), AttributeType: types.ScalarAttributeType(pair[1])})
	}
	return all
}

// tableName is a name that table makes.
var tableName = regexp.MustCompile(`conformance-[a-z2-7]{12}`)

// table makes a table of a kind when it is first asked for.
func (r *run) table(kind string, in *dynamodb.CreateTableInput) *string {
	if r.tables[kind] == "" {
		name := "conformance-" + strings.ToLower(rand.Text()[:12])
		in.TableName, in.BillingMode = &name, types.BillingModePayPerRequest
		_, err := r.db.CreateTable(r.t.Context(), in)
		require.NoError(r.t, err)
		r.tables[kind] = name
		r.t.Cleanup(func() {
			// The test's own context is over by now.
			_, err := r.db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name})
			var gone *types.ResourceNotFoundException
			assert.True(r.t, err == nil || errors.As(err, &gone), "%v", err)
		})
	}
	return aws.String(r.tables[kind])
}

// has writes items, which has to work.
func (r *run) has(table *string, items ...item) {
	r.t.Helper()
	for _, i := range items {
		_, err := r.db.PutItem(r.t.Context(), &dynamodb.PutItemInput{TableName: table, Item: i.values()})
		require.NoError(r.t, err)
	}
}

// outcome is an error, or what was answered.
func (r *run) outcome(err error, answers ...string) string {
	if err == nil {
		answers = slices.DeleteFunc(answers, func(s string) bool { return s == "" })
		if len(answers) == 0 {
			return "OK"
		}
		return strings.Join(answers, ", ")
	}
	text := tableName.ReplaceAllString(wordsOf(r.t, err), "TABLE")
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) && failed.Item != nil {
		text += " " + show(failed.Item)
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		var reasons []string
		for _, reason := range cancelled.CancellationReasons {
			s := aws.ToString(reason.Code)
			if reason.Item != nil {
				s += " " + show(reason.Item)
			}
			reasons = append(reasons, s)
		}
		text = cancelled.ErrorCode() + ": [" + strings.Join(reasons, ", ") + "]"
	}
	return text
}

// show writes an item down in short, the names in order: {id: "a", n: 1}.
func show(i map[string]types.AttributeValue) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(i)) {
		all = append(all, name+": "+value(i[name]))
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func showAll(items []map[string]types.AttributeValue) string {
	var all []string
	for _, i := range items {
		all = append(all, show(i))
	}
	return "[" + strings.Join(all, " ") + "]"
}

func value(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("%q", v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("B%q", v.Value)
	case *types.AttributeValueMemberBOOL:
		return fmt.Sprint(v.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberM:
		return show(v.Value)
	case *types.AttributeValueMemberL:
		var all []string
		for _, element := range v.Value {
			all = append(all, value(element))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case *types.AttributeValueMemberSS: // sets are in no order
		return "SS" + fmt.Sprint(slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberNS:
		return "NS" + fmt.Sprint(slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberBS:
		var all []string
		for _, b := range v.Value {
			all = append(all, string(b))
		}
		return "BS" + fmt.Sprint(slices.Sorted(slices.Values(all)))
	default:
		return "nothing"
	}
}
