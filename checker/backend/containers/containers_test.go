package containers

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

// sdk is DynamoDB's client in front of the backend's handler.
func sdk(t *testing.T, b backend.Backend) *dynamodb.Client {
	server := httptest.NewServer(b.Handler(backend.DynamoDB))
	t.Cleanup(server.Close)
	return dynamodb.New(dynamodb.Options{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		RetryMaxAttempts: 1,
	})
}

func createTable(t *testing.T, db *dynamodb.Client, name string) {
	t.Helper()
	require.NoError(t, newTable(t.Context(), db, name))
}

func newTable(ctx context.Context, db *dynamodb.Client, name string) error {
	_, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	})
	return err
}

func TestOpenStartsAContainerThatAnswersTheSDK(t *testing.T) {
	f := newFleet(t)
	var progress journal
	b, err := f.open(t.Context(), Options{Progress: progress.note})
	require.NoError(t, err)
	defer b.Close()

	db := sdk(t, b)
	createTable(t, db, "items")
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: key})
	require.NoError(t, err)
	got, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key})
	require.NoError(t, err)
	assert.Equal(t, key, got.Item)

	assert.Equal(t, "containers", b.Name())
	assert.Nil(t, b.Handler("sqs"))
	require.NoError(t, b.Err())
	assert.Contains(t, progress.String(), "Starting DynamoDB Local")

	found, err := f.dial(t).docker.ContainerInspect(t.Context(), b.dynamoDB.container.ID, client.ContainerInspectOptions{})
	require.NoError(t, err)
	for port, bindings := range found.Container.NetworkSettings.Ports {
		for _, binding := range bindings {
			assert.Equal(t, "127.0.0.1", binding.HostIP.String(), "port %s is published beyond this machine", port)
		}
	}
}

func TestOpenReusesARunningContainerWithItsData(t *testing.T) {
	f := newFleet(t)
	first := f.mustOpen(t)
	createTable(t, sdk(t, first), "kept")
	require.NoError(t, first.Close())

	began := time.Now()
	second := f.mustOpen(t)
	t.Logf("a warm container took %v", time.Since(began))

	tables, err := sdk(t, second).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	require.NoError(t, err)
	assert.Equal(t, []string{"kept"}, tables.TableNames)
	assert.Equal(t, first.dynamoDB.container.ID, second.dynamoDB.container.ID)
	assert.Len(t, f.all(t), 1)
}

func TestAnotherProcessReusesTheContainerAndPrintsNothingOfItsOwn(t *testing.T) {
	f := newFleet(t)
	b := f.mustOpen(t)
	out, err := helper(t, f.label).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "open "+b.dynamoDB.container.ID+"\n", string(out))
	assert.Len(t, f.all(t), 1, "the container did not outlive the process")
}

func TestAKilledContainerIsReportedAndReplaced(t *testing.T) {
	f := newFleet(t)
	first := f.mustOpen(t)
	killed := first.dynamoDB.container
	_, err := f.dial(t).docker.ContainerKill(t.Context(), killed.ID, client.ContainerKillOptions{Signal: "KILL"})
	require.NoError(t, err)

	_, err = sdk(t, first).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	var fault *types.InternalServerError
	require.ErrorAs(t, err, &fault, "the SDK does not understand the proxy's error")
	require.ErrorContains(t, first.Err(), "DynamoDB Local in container "+killed.short()+" did not answer")

	second := f.mustOpen(t)
	_, err = sdk(t, second).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	require.NoError(t, err)
	all := f.all(t)
	require.Len(t, all, 1, "the killed container is still there")
	assert.NotEqual(t, killed.ID, all[0].ID)
	assert.Equal(t, "running", all[0].State)
}

func TestAPausedContainerIsReplaced(t *testing.T) {
	f := newFleet(t)
	paused := f.mustOpen(t).dynamoDB.container
	_, err := f.dial(t).docker.ContainerPause(t.Context(), paused.ID, client.ContainerPauseOptions{})
	require.NoError(t, err)

	assert.NotEqual(t, paused.ID, f.mustOpen(t).dynamoDB.container.ID)
	assert.Len(t, f.all(t), 1)
}

func TestChecksThatOpenAtOnceShareOneContainer(t *testing.T) {
	f := newFleet(t)
	type result struct {
		id  string
		err error
	}
	const inProcess, processes = 3, 2
	results := make(chan result, inProcess+processes)
	for range inProcess {
		go func() {
			b, err := f.open(t.Context(), Options{})
			if err != nil {
				results <- result{err: err}
				return
			}
			results <- result{id: "open " + b.dynamoDB.container.ID + "\n", err: b.Close()}
		}()
	}
	for range processes {
		cmd := helper(t, f.label)
		go func() {
			out, err := cmd.CombinedOutput()
			results <- result{id: string(out), err: err}
		}()
	}
	ids := map[string]bool{}
	for range inProcess + processes {
		r := <-results
		require.NoError(t, r.err, r.id)
		ids[r.id] = true
	}
	assert.Len(t, ids, 1)
	assert.Len(t, f.all(t), 1)
}

func TestDownRemovesWhateverTheContainersAreDoing(t *testing.T) {
	f := newFleet(t)
	stopped := f.mustOpen(t).dynamoDB.container
	e := f.dial(t)
	other := dynamoDBLocal(Options{})
	other.args = append(other.args, "-delayTransientStatuses")
	running, err := e.ensure(t.Context(), other)
	require.NoError(t, err)
	require.Len(t, f.all(t), 2, "a container of another version of the course was taken up or removed")
	_, err = e.docker.ContainerKill(t.Context(), stopped.ID, client.ContainerKillOptions{Signal: "KILL"})
	require.NoError(t, err)
	require.NotEqual(t, stopped.ID, running[0].ID)

	removed, err := f.down(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, removed)
	assert.Empty(t, f.all(t))

	removed, err = f.down(t.Context())
	require.NoError(t, err)
	assert.Zero(t, removed, "nothing was left to remove")
}

func TestTheImageBuiltLocallyIsTheOnePinned(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("..", "..", "..", "tools", "images", "build"))
	require.NoError(t, err)
	assert.Contains(t, string(script), "\ndynamodb_image="+DefaultDynamoDBImage+"\n")
	assert.Contains(t, string(script), "\nelasticmq_image="+DefaultElasticMQImage+"\n")
}

func TestTheImageIsTheOptionThenTheEnvironmentThenThePinned(t *testing.T) {
	t.Setenv(DynamoDBImageEnv, "")
	assert.Equal(t, DefaultDynamoDBImage, dynamoDBLocal(Options{}).image)
	t.Setenv(DynamoDBImageEnv, "registry.example/dynamodb:1")
	assert.Equal(t, "registry.example/dynamodb:1", dynamoDBLocal(Options{}).image)
	assert.Equal(t, "mine:2", dynamoDBLocal(Options{DynamoDBImage: "mine:2"}).image)
	t.Setenv(ElasticMQImageEnv, "registry.example/elasticmq:1")
	assert.Equal(t, "registry.example/elasticmq:1", elasticMQ(Options{}).image)
}
