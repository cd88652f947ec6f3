package backend_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/conformance"
)

// patience is the deadline of everything that a test waits for.
const patience = 90 * time.Second

// fact is a row of the conformance suite: a fact about DynamoDB, what shows it, and what AWS answers.
type fact struct {
	id        string // without "dynamodb-"
	certainty conformance.Certainty
	states    string
	// do makes the calls through the SDK and tells what came of them, in the words of session_test.go.
	do func(*run) string
	// aws is what AWS answers. Of an error whose text on AWS is not known, it has only the code.
	aws string
}

// absent is a fact that no backend shows, with the reason.
type absent struct {
	id        string
	certainty conformance.Certainty
	states    string
	why       string
}

// facts are all of them. Each is shown with every backend.
func facts() []fact {
	return slices.Concat(sdkFacts, itemFacts, numberFacts, keyFacts, conditionFacts, conditionErrorFacts, updateFacts, updateErrorFacts,
		returnFacts, queryFacts, pageFacts, keyConditionFacts, indexFacts, scanFacts, batchFacts, transactionFacts, tokenFacts, tableFacts,
		capacityFacts, readCapacityFacts, writeCapacityFacts, indexCapacityFacts, transactionCapacityFacts, unsupportedFacts)
}

// same is the outcome of a row as a table says it: equal, or the code alone.
func same(want, got string) bool {
	return want == got || !strings.Contains(want, ":") && strings.HasPrefix(got, want+": ")
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, technology := range technologies {
		t.Run(technology.name, func(t *testing.T) {
			t.Parallel()
			db := client(t, technology.open(t))
			declared := declarations(t, technology.name, "dynamodb-")
			shared := &fixtures{t: t, made: map[string]map[string]string{}}
			var rows []conformance.Row
			for _, f := range facts() {
				want := f.aws
				if said, ok := declared["dynamodb-"+f.id]; ok {
					want = said
				}
				rows = append(rows, conformance.Row{
					ID: "dynamodb-" + f.id, Certainty: f.certainty, Fact: f.states,
					Test: func(t *testing.T) {
						got := try(t, func(t *trial) string {
							return f.do(&run{t: t, db: db, tables: map[string]string{}, shared: shared})
						})
						technology.compare(t, "dynamodb-"+f.id, f.aws, want, got)
					},
				})
			}
			for _, a := range absentFacts {
				rows = append(rows, conformance.Row{ID: "dynamodb-" + a.id, Certainty: a.certainty, Fact: a.states, Skip: a.why})
			}
			conformance.Run(t, rows)
		})
	}
}

// technology is a backend that the suite runs on.
type technology struct {
	name string // as the document's columns have it
	page string // where its differences are declared
	open func(*testing.T) backend.Backend
}

// compare requires an outcome to be as AWS's, or as what is declared.
func (tech technology) compare(t *testing.T, id, aws, want, got string) {
	t.Helper()
	if tech.page == motoFile && os.Getenv("UPDATE_MOTO") == "1" {
		keepMoto(t, id, aws, got)
		return
	}
	if !same(want, got) {
		assert.Equal(t, want, got, "AWS: %s\nIf this is how %s is, and it cannot be mended, say so in %s.", aws, tech.name, tech.page)
	}
}

var technologies = []technology{
	{"embedded", fidelityFile, func(t *testing.T) backend.Backend {
		b := embedded.New()
		t.Cleanup(func() { assert.NoError(t, b.Close()) })
		return b
	}},
	{"containers", fidelityFile, openContainers},
	{"moto", motoFile, openMoto},
}

// exact are those that are held to more than the facts.
var exact = technologies[:2]

// openContainers is DynamoDB Local and ElasticMQ, in the containers that checks use too. Without Docker the test is
// skipped, unless CI requires it.
func openContainers(t *testing.T) backend.Backend {
	t.Helper()
	if err := containers.Available(t.Context()); err != nil {
		if os.Getenv("CI_REQUIRE_CONTAINERS") == "1" {
			t.Fatal("containers are required here: ", err)
		}
		t.Skip("not run, because it needs Docker: ", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := containers.Open(ctx, containers.Options{Services: []backend.Service{backend.DynamoDB, backend.SQS}})
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, b.Err())
		assert.NoError(t, b.Close())
	})
	return b
}

// client is DynamoDB's client of a backend, over HTTP.
func client(t *testing.T, b backend.Backend) *dynamodb.Client {
	t.Helper()
	server := httptest.NewServer(b.Handler(backend.DynamoDB))
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   &http.Client{Transport: transport},
		Logger:       logging.Nop{}, // X-Amz-Crc32 is package wire's to add
	})
}
