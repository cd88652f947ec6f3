package check

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// withPolicies is the end of a check on the tiny lesson with other Policies in its template. Its function
// reads one item in each call.
func withPolicies(t *testing.T, policies string, f func(*T)) Result {
	t.Helper()
	dir := filepath.Join(lessons, tinyID)
	text, err := os.ReadFile(filepath.Join(dir, "template.yaml"))
	require.NoError(t, err)
	const own = "        - DynamoDBReadPolicy:\n            TableName: !Ref ItemsTable\n"
	require.Contains(t, string(text), own)
	template, err := sam.Parse("template.yaml", []byte(strings.Replace(string(text), own, policies, 1)))
	require.NoError(t, err)
	work := t.TempDir()
	builder := &sandbox.Builder{Root: module, Cache: filepath.Join(state, "build")}
	binaries, err := builder.Build(t.Context(), sandbox.Source{Dir: dir, Place: "lessons/" + tinyID, Functions: codeURIs(template)}, work)
	require.NoError(t, err)
	b := embedded.New()
	t.Cleanup(func() { _ = b.Close() })
	c := Check{ID: "permissions", Run: f}
	check := newT(t.Context(), c, 1, func(o stack.Options) (*stack.Stack, error) {
		o.Template, o.Binaries, o.Backend, o.Dir, o.Name = template, binaries, b, work, tinyID
		s, err := stack.Deploy(context.WithoutCancel(t.Context()), o)
		if err == nil {
			t.Cleanup(func() { _ = s.Close() })
		}
		return s, err
	})
	result := Result{ID: c.ID, Severity: Must, Verdict: Errored}
	verdictOf(check, c, &result)
	return result
}

func refused(t *testing.T, policies string, f func(*T)) Finding {
	t.Helper()
	result := withPolicies(t, policies, f)
	require.Equal(t, Failed, result.Verdict, result.Error)
	return *result.Finding
}

func permissionsOf(t *T, calls int) *Permissions {
	if calls > 0 {
		echo(t, todo{Calls: calls})
	}
	return t.Function("EchoFunction").Permissions()
}

func TestPoliciesThatFitPass(t *testing.T) {
	t.Parallel()
	for _, policies := range []string{
		"        - DynamoDBReadPolicy: {TableName: !Ref ItemsTable}\n",
		"        - Statement: {Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt ItemsTable.Arn}\n",
	} {
		result := withPolicies(t, policies, func(t *T) {
			p := permissionsOf(t, 1)
			p.Suffice()
			p.AreAllUsed()
			p.NameEverything()
		})
		assert.Equal(t, Passed, result.Verdict, "%v", result.Finding)
	}
}

func TestSuffice(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - DynamoDBWritePolicy:\n            TableName: !Ref ItemsTable\n", func(t *T) { permissionsOf(t, 2).Suffice() })
	assert.Equal(t, "compared the Policies of EchoFunction with its AWS calls", f.Did)
	assert.Equal(t, "dynamodb:GetItem on ItemsTable was denied: no policy of EchoFunction allows it", f.Got)
	assert.Equal(t, []string{
		"granted: DynamoDBWritePolicy in line 18",
		"used:    dynamodb:GetItem on ItemsTable, 2 times, denied",
		"write:   Policies:",
		"write:     - DynamoDBReadPolicy:",
		"write:         TableName: !Ref ItemsTable",
	}, f.Evidence)

	f = refused(t, "        - AmazonDynamoDBFullAccess\n        - Statement: {Effect: Deny, Action: 'dynamodb:Get*', Resource: '*'}\n",
		func(t *T) { permissionsOf(t, 1).Suffice() })
	assert.Equal(t, "dynamodb:GetItem on ItemsTable was denied: the statement in line 19 denies it", f.Got)
}

func TestSufficeTellsThatTheResourceIsAnother(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - DynamoDBReadPolicy: {TableName: items}\n", func(t *T) { permissionsOf(t, 1).Suffice() })
	assert.Equal(t, "dynamodb:GetItem was denied on ItemsTable: the Policies of EchoFunction allow it on other resources alone", f.Got)
}

func TestAreAllUsed(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - DynamoDBCrudPolicy:\n            TableName: !Ref ItemsTable\n", func(t *T) { permissionsOf(t, 1).AreAllUsed() })
	assert.Equal(t, "DynamoDBCrudPolicy in line 18 of template.yaml allows what was never used: dynamodb:Scan, dynamodb:Query, dynamodb:BatchGetItem, "+
		"dynamodb:DescribeTable, dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:BatchWriteItem, "+
		"dynamodb:ConditionCheckItem", f.Got)
	assert.Equal(t, []string{
		"granted: DynamoDBCrudPolicy in line 18",
		"used:    dynamodb:GetItem on ItemsTable, once",
		"write:   Policies:",
		"write:     - DynamoDBReadPolicy:",
		"write:         TableName: !Ref ItemsTable",
	}, f.Evidence)

	f = refused(t, "        - Statement: {Effect: Allow, Action: [dynamodb:GetItem, dynamodb:PutItem], Resource: !GetAtt ItemsTable.Arn}\n",
		func(t *T) { permissionsOf(t, 1).AreAllUsed() })
	assert.Equal(t, "the statement in line 18 of template.yaml allows what was never used: dynamodb:PutItem", f.Got)

	f = refused(t, "        - Statement: {Effect: Allow, Action: dynamodb:GetItem, Resource: [!GetAtt ItemsTable.Arn, !Sub '${ItemsTable.Arn}/index/*']}\n",
		func(t *T) { permissionsOf(t, 1).AreAllUsed() })
	assert.Equal(t, "the statement in line 18 of template.yaml covers ItemsTable/index/*, where none of it was used", f.Got)

	f = refused(t, "        - DynamoDBWritePolicy: {TableName: !Ref ItemsTable}\n", func(t *T) { permissionsOf(t, 0).AreAllUsed() })
	assert.Equal(t, "DynamoDBWritePolicy in line 18 of template.yaml allows dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:BatchWriteItem "+
		"on ItemsTable, ItemsTable/index/*, and nothing of that was used", f.Got)
	assert.Equal(t, "write:   Policies: []", f.Evidence[len(f.Evidence)-1])
}

func TestNameEverything(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - Statement: {Effect: Allow, Action: 'dynamodb:*', Resource: '*'}\n", func(t *T) { permissionsOf(t, 1).NameEverything() })
	assert.Equal(t, "the statement in line 18 of template.yaml allows the actions dynamodb:* on the resources *", f.Got)
	assert.Contains(t, f.Evidence, "write:     - DynamoDBReadPolicy:")

	f = refused(t, "        - AmazonDynamoDBReadOnlyAccess\n", func(t *T) { permissionsOf(t, 1).NameEverything() })
	assert.Equal(t, "AmazonDynamoDBReadOnlyAccess in line 18 of template.yaml allows the actions dynamodb:Describe*, dynamodb:List* on the resources *", f.Got)
}

// CloudFormation would not deploy it: that is the template's fault, and no fault of the machine.
func TestPoliciesThatAWSRefusesFailTheCheck(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - Statement: {Effect: Allow, Action: dynamodb:GetItem, Resource: !Ref ItemsTable}\n", func(t *T) { t.Function("EchoFunction") })
	assert.Equal(t, "deployed the template", f.Did)
	assert.Contains(t, f.Got, "template.yaml:18: Policies of EchoFunction: the Resource !Ref ItemsTable is ")
	assert.Equal(t, "Correct line 18 of the template.", f.Next)

	result := withPolicies(t, "        - ReadOnlyAccess\n", func(t *T) { t.Function("EchoFunction") })
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "what the managed policy ReadOnlyAccess allows is not known here")
}

func TestADeniedCallIsInTheEvidence(t *testing.T) {
	t.Parallel()
	f := refused(t, "        - DynamoDBWritePolicy: {TableName: !Ref ItemsTable}\n", func(t *T) { echo(t, todo{Calls: 1}).Fail(Finding{}) })
	assert.Regexp(t, `^call: DynamoDB GetItem on 90-tiny-ItemsTable-[A-Z2-7]{13}, id=nobody: 400 AccessDeniedException, no policy allows dynamodb:GetItem$`, f.Evidence[0])
}

func TestOnlyRead(t *testing.T) {
	t.Parallel()
	only := func(t *T) { permissionsOf(t, 0).OnlyRead(t.Table("ItemsTable")) }
	for _, policies := range []string{
		"        - DynamoDBReadPolicy: {TableName: !Ref ItemsTable}\n",
		"        - Statement: {Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt ItemsTable.Arn}\n",
		"        - DynamoDBCrudPolicy: {TableName: another}\n",
		"        - AmazonDynamoDBFullAccess\n        - Statement: {Effect: Deny, Action: ['dynamodb:*Item', 'dynamodb:PartiQL*', 'dynamodb:*Table'], Resource: '*'}\n",
	} {
		result := withPolicies(t, policies, only)
		assert.Equal(t, Passed, result.Verdict, "%s %v", policies, result.Finding)
	}
	f := refused(t, "        - DynamoDBWritePolicy: {TableName: !Ref ItemsTable}\n", only)
	assert.Equal(t, "the Policies of EchoFunction allow dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:BatchWriteItem", f.Got)
}

func TestAMissingPermissionExplainsAServersError(t *testing.T) {
	t.Parallel()
	get := func(t *T) {
		what := returning(`{"statusCode":500,"body":"{\"error\":\"internal error\"}"}`)
		what.Calls = 1
		post(t, implied, "/echo/a", what).Status(200)
	}
	f := refused(t, "        - DynamoDBWritePolicy: {TableName: !Ref ItemsTable}\n", get)
	assert.Equal(t, "status 500, body `{\"error\":\"internal error\"}`: dynamodb:GetItem was denied: not allowed by DynamoDBWritePolicy in line 18", f.Got)
	assert.Equal(t, "Give EchoFunction a policy for dynamodb:GetItem in the template.", f.Next)
	f = refused(t, "        - DynamoDBReadPolicy: {TableName: another}\n", get)
	assert.Contains(t, f.Got, "dynamodb:GetItem was denied, since the Policies of EchoFunction allow it on other resources alone")
	f = refused(t, "        []\n", get)
	assert.Contains(t, f.Got, "dynamodb:GetItem was denied: EchoFunction has no Policies for it")
}
