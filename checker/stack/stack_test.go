package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

func invoke(t *testing.T, s *Stack, event string) *sandbox.Invocation {
	t.Helper()
	f, err := s.Function("GetItemFunction")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	i, err := f.Invoke(ctx, []byte(event))
	require.NoError(t, err)
	return i
}

func table(t *testing.T, s *Stack, logicalID string) *Table {
	t.Helper()
	found, err := s.Table(logicalID)
	require.NoError(t, err)
	return found
}

func variables(t *testing.T, s *Stack, logicalID string) map[string]string {
	t.Helper()
	f, err := s.Function(logicalID)
	require.NoError(t, err)
	return f.Variables
}

func TestAFunctionFindsItsTableByTheEnvironment(t *testing.T) {
	t.Parallel()
	s := deploySolution(t, newBackend(t), 1)
	items := table(t, s, "ItemsTable")
	assert.Regexp(t, `^shop-ItemsTable-[A-Z2-7]{13}$`, items.Name)
	assert.Equal(t, map[string]string{"TABLE_NAME": items.Name}, variables(t, s, "GetItemFunction"))

	require.NoError(t, items.Put(t.Context(), Item{"id": "a", "name": "Blue kettle", "stock": 7}))
	i := invoke(t, s, `{"id":"a"}`)
	require.Equal(t, sandbox.Answered, i.Outcome, "%s %v", i.Payload, i.Log)
	var answer struct{ Body string }
	require.NoError(t, json.Unmarshal(i.Payload, &answer))
	assert.JSONEq(t, `{"id":"a","name":"Blue kettle","stock":7}`, answer.Body)
}

func TestTheCallsOfAnInvocationAreItsOwn(t *testing.T) {
	t.Parallel()
	s := deploySolution(t, newBackend(t), 1)
	f, err := s.Function("GetItemFunction")
	require.NoError(t, err)
	first, second := invoke(t, s, `{"id":"a"}`), invoke(t, s, `{"id":"b"}`)
	for i, id := range map[*sandbox.Invocation]string{first: `"a"`, second: `"b"`} {
		calls := f.Calls(i)
		require.Len(t, calls, 1)
		assert.Equal(t, "GetItem", calls[0].Operation)
		assert.Equal(t, table(t, s, "ItemsTable").Name, calls[0].Resource)
		assert.Equal(t, s.Region, calls[0].Region)
		assert.Contains(t, string(calls[0].Request), id)
	}
	assert.InDelta(t, 1, f.Connections(), 1, "a busy machine may lose an idle one")
	assert.Empty(t, f.Calls(&sandbox.Invocation{TraceID: "1-of-another"}))
}

// What the checker does for itself is not among a function's calls.
func TestPutIsNoCallOfAFunction(t *testing.T) {
	t.Parallel()
	s := deploySolution(t, newBackend(t), 1)
	require.NoError(t, table(t, s, "ItemsTable").Put(t.Context(), Item{"id": "a"}))
	f, err := s.Function("GetItemFunction")
	require.NoError(t, err)
	assert.Zero(t, f.Connections())
}

func TestOnlyPhysicalNamesDifferBetweenStacksWithTheSameSeed(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	one, two := deploySolution(t, b, 7), deploySolution(t, b, 7)
	assert.NotEqual(t, table(t, one, "ItemsTable").Name, table(t, two, "ItemsTable").Name)
	assert.NotEqual(t, one.names["GetItemFunction"], two.names["GetItemFunction"])
	assert.Equal(t, one.Region, two.Region)

	i, j := invoke(t, one, `{"id":"a"}`), invoke(t, two, `{"id":"a"}`)
	assert.Equal(t, i.RequestID, j.RequestID)
	assert.Equal(t, i.TraceID, j.TraceID)
	assert.Equal(t, i.Environment, j.Environment)
	assert.Equal(t, i.Payload, j.Payload)

	other := deploySolution(t, b, 8)
	assert.NotEqual(t, i.RequestID, invoke(t, other, `{"id":"a"}`).RequestID)
}

func TestTheSeedDecidesTheRegion(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	b := newBackend(t)
	for seed := range uint64(40) {
		o := options(t, b, function("AA: b"))
		o.Seed = seed
		seen[deploy(t, o).Region] = true
	}
	assert.Len(t, seen, len(regions), "code that has a region written into it meets others: %v", seen)
}

func TestAStackSeesNothingOfAnother(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	one, two := deploySolution(t, b, 1), deploySolution(t, b, 1)
	require.NoError(t, table(t, one, "ItemsTable").Put(t.Context(), Item{"id": "a"}))
	assert.Contains(t, string(invoke(t, one, `{"id":"a"}`).Payload), `"statusCode":200`)
	assert.Contains(t, string(invoke(t, two, `{"id":"a"}`).Payload), `"statusCode":404`)
}

func TestANameOfTheTemplateIsMadeUniqueToo(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function("TABLE: !Ref Items\nSELF: !Ref Fn", items+"      TableName: items\n"))
	assert.Regexp(t, `^items-[A-Z2-7]{13}$`, table(t, s, "Items").Name)
	assert.Equal(t, table(t, s, "Items").Name, variables(t, s, "Fn")["TABLE"])
}

func TestATableHasTheKeysAndIndexesOfTheTemplate(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: customer, AttributeType: S}
        - {AttributeName: number, AttributeType: N}
        - {AttributeName: day, AttributeType: S}
      KeySchema:
        - {AttributeName: customer, KeyType: HASH}
        - {AttributeName: number, KeyType: RANGE}
      GlobalSecondaryIndexes:
        - IndexName: by-day
          KeySchema: [{AttributeName: day, KeyType: HASH}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [total]}
      LocalSecondaryIndexes:
        - IndexName: by-customer-and-day
          KeySchema: [{AttributeName: customer, KeyType: HASH}, {AttributeName: day, KeyType: RANGE}]
          Projection: {ProjectionType: ALL}
`)
	d, err := tableStatus(t, s, table(t, s, "Orders").Name)
	require.NoError(t, err)
	require.Len(t, d.KeySchema, 2)
	assert.Equal(t, "customer", *d.KeySchema[0].AttributeName)
	assert.Equal(t, types.KeyTypeRange, d.KeySchema[1].KeyType)
	require.Len(t, d.GlobalSecondaryIndexes, 1)
	assert.Equal(t, "by-day", *d.GlobalSecondaryIndexes[0].IndexName)
	require.Len(t, d.LocalSecondaryIndexes, 1)
	assert.Equal(t, "by-customer-and-day", *d.LocalSecondaryIndexes[0].IndexName)
}

func TestVariablesMayBeChangedBeforeTheDeployment(t *testing.T) {
	t.Parallel()
	o := options(t, newBackend(t), function("AA: b\nCC: d"))
	o.Variables = func(function string, variables map[string]string) {
		assert.Equal(t, "Fn", function)
		delete(variables, "AA")
		variables["E"] = "f"
	}
	assert.Equal(t, map[string]string{"CC": "d", "E": "f"}, variables(t, deploy(t, o), "Fn"))
}

func TestWhatCannotBeDeployedIsNamed(t *testing.T) {
	t.Parallel()
	b := watch(t)
	o := options(t, b, function("AA: b", items, `  Jobs:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs.fifo, FifoQueue: true}
`, `  Files:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
`, `  Lesson:
    Type: AWS::Serverless::Application
    Properties:
      Location: other.yaml
`))
	_, err := Deploy(t.Context(), o)
	require.Error(t, err)
	for _, want := range []string{
		": Jobs is a FIFO queue, which the local event source mapping does not support yet",
		": VersioningConfiguration of Files is not supported by the local stack yet",
		": Lesson is of type AWS::Serverless::Application, which the local stack cannot deploy yet",
	} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, err, "template.yaml:21: Jobs")
	assert.Zero(t, b.left(), "nothing is begun")
}

func TestWhatTheTemplateLacksIsAMissingError(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function("AA: b", items))
	var missing *MissingError
	_, err := s.Table("Fn")
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, MissingError{LogicalID: "Fn", Type: "AWS::DynamoDB::Table", File: "template.yaml"}, *missing)
	require.EqualError(t, err, "template.yaml has no AWS::DynamoDB::Table called Fn")
	_, err = s.Function("Items")
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, MissingError{LogicalID: "Items", Type: "AWS::Serverless::Function", File: "template.yaml"}, *missing)
}

func TestCloseRemovesTheTables(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	other := deployText(t, b, function("AA: b"))
	s, err := Deploy(t.Context(), options(t, b, function("AA: !Ref Items", items)))
	require.NoError(t, err)
	name := table(t, s, "Items").Name
	_, err = tableStatus(t, other, name)
	require.NoError(t, err, "the other stack sees the backend's tables")
	require.NoError(t, s.Close())
	_, err = tableStatus(t, other, name)
	var notFound *types.ResourceNotFoundException
	assert.ErrorAs(t, err, &notFound)
}

func TestCloseEndsTheFunctions(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	binaries, err := built()
	require.NoError(t, err)
	o := options(t, b, function("TABLE_NAME: !Ref Items", items))
	o.Binaries = map[string]string{o.Template.Functions[0].CodeUri: binaries["get-item/"]}
	s, err := Deploy(t.Context(), o)
	require.NoError(t, err)
	f, err := s.Function("Fn")
	require.NoError(t, err)
	_, err = f.Invoke(t.Context(), []byte(`{}`))
	require.NoError(t, err)
	endpoint := s.wire.URL()
	require.NoError(t, s.Close())
	_, err = f.Invoke(t.Context(), []byte(`{}`))
	require.ErrorIs(t, err, sandbox.ErrClosed)
	resp, err := http.Get(endpoint)
	if err == nil {
		_ = resp.Body.Close()
	}
	assert.Error(t, err, "the endpoint is closed")
}

func TestCloseSaysWhatCouldNotBeRemoved(t *testing.T) {
	t.Parallel()
	b := watch(t)
	s, err := Deploy(t.Context(), options(t, b, function("AA: b", items)))
	require.NoError(t, err)
	b.mu.Lock()
	b.breaker = func(operation, _ string) bool { return operation == "DeleteTable" }
	b.mu.Unlock()
	assert.ErrorContains(t, s.Close(), "cannot remove table shop-Items-")
}

func TestADeploymentThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"a function was not built":   {func(o *Options) { o.Binaries = nil }, "cannot deploy Fn: a"},
		"its binary is gone":         {func(o *Options) { o.Binaries[o.Template.Functions[0].CodeUri] = "/no/such/file" }, "no such file or directory"},
		"its directory is not empty": {func(o *Options) { _ = os.Mkdir(o.Dir+"/Fn", 0o755) }, "/Fn: file exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := watch(t)
			o := options(t, b, function("AA: b", items))
			test.change(&o)
			_, err := Deploy(t.Context(), o)
			require.ErrorContains(t, err, test.want)
			assert.Zero(t, b.left(), "the table was removed")
		})
	}
}

func TestATableThatTheBackendRefusesIsNamed(t *testing.T) {
	t.Parallel()
	b := watch(t)
	first := true
	b.breaker = func(operation, _ string) bool {
		breaks := operation == "CreateTable" && !first
		first = false
		return breaks
	}
	_, err := Deploy(t.Context(), options(t, b, function("AA: b", items, items2)))
	require.ErrorContains(t, err, "cannot create table More: ")
	assert.ErrorContains(t, err, "broken by the test")
}

// A creation may have happened although its answer was lost.
func TestATableWhoseCreationIsUncertainIsRemovedToo(t *testing.T) {
	t.Parallel()
	b := watch(t)
	b.breaker = func(operation, _ string) bool { return operation == "CreateTable" }
	_, err := Deploy(t.Context(), options(t, b, function("AA: b", items)))
	require.Error(t, err)
	assert.Zero(t, b.left())
}

const items2 = `  More:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: id, AttributeType: S}
      KeySchema:
        - {AttributeName: id, KeyType: HASH}
`

func TestAFaultLastsUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	s := deploySolution(t, newBackend(t), 1)
	remove := s.Inject(wire.Fault{Operation: "GetItem", Kind: wire.Deny()})
	assert.Contains(t, string(invoke(t, s, `{"id":"a"}`).Payload), `"statusCode":500`)
	remove()
	assert.Contains(t, string(invoke(t, s, `{"id":"a"}`).Payload), `"statusCode":404`)
}

func TestPutSaysWhichTableItCouldNotWriteTo(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function("AA: b", items))
	items := table(t, s, "Items")
	require.ErrorContains(t, items.Put(t.Context(), Item{"no id": "a"}), "cannot write to table "+items.Name)
	assert.ErrorContains(t, items.Put(t.Context(), Item{"id": func() {}, "b": make(chan int)}), fmt.Sprintf("cannot write to table %s", items.Name))
}
