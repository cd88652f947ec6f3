package stack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/scratch"
)

const (
	module   = "../.."
	solution = "../../solutions/01-handler"

	// patience is the deadline of everything that a test waits for.
	patience = 30 * time.Second
)

var cache string

func TestMain(m *testing.M) { scratch.Main(m, &cache, nil) }

// built is the solution of lesson 1, built once for all tests.
var built = sync.OnceValues(func() (map[string]string, error) {
	b := &sandbox.Builder{Root: module, Cache: filepath.Join(cache, "builds")}
	return b.Build(context.Background(), sandbox.Source{Dir: solution, Place: "solutions/01-handler", Functions: []string{"get-item/"}}, cache)
})

// newBackend is an embedded backend for one test.
func newBackend(t *testing.T) backend.Backend {
	t.Helper()
	b := embedded.New()
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// deploySolution deploys the solution of lesson 1, with functions that can be invoked.
func deploySolution(t *testing.T, b backend.Backend, seed uint64) *Stack {
	t.Helper()
	template, err := sam.Load(filepath.Join(solution, "template.yaml"))
	require.NoError(t, err)
	binaries, err := built()
	require.NoError(t, err)
	return deploy(t, Options{Template: template, Binaries: binaries, Backend: b, Name: "shop", Seed: seed})
}

// deployText deploys a template, with functions in a/ that are never invoked.
func deployText(t *testing.T, b backend.Backend, text string) *Stack {
	t.Helper()
	return deploy(t, options(t, b, text))
}

func options(t *testing.T, b backend.Backend, text string) Options {
	t.Helper()
	template, err := sam.Parse("template.yaml", []byte(text))
	require.NoError(t, err)
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	require.NoError(t, os.WriteFile(bootstrap, []byte("no program"), 0o600))
	return Options{Template: template, Binaries: map[string]string{"a/": bootstrap, "a": bootstrap}, Backend: b, Dir: t.TempDir(), Name: "shop", Seed: 1}
}

func deploy(t *testing.T, o Options) *Stack {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Deploy(t.Context(), o)
	require.NoError(t, err)
	closing := sync.OnceFunc(func() { require.NoError(t, s.Close()) })
	t.Cleanup(closing)
	return s
}

// function is a template of a function with these environment variables, and of whatever else.
func function(variables string, more ...string) string {
	return `Transform: AWS::Serverless-2016-10-31
` + sections(more, "Parameters:") + `
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: a/
      Environment:
        Variables:
` + indent(variables, 10) + sections(more, "  ")
}

func sections(all []string, prefix string) string {
	var out strings.Builder
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			out.WriteString(strings.TrimRight(s, "\n") + "\n")
		}
	}
	return out.String()
}

func indent(text string, by int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.Repeat(" ", by) + strings.TrimRight(line, "\n") + "\n")
	}
	return out.String()
}

const items = `  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: id, AttributeType: S}
      KeySchema:
        - {AttributeName: id, KeyType: HASH}
`

const jobs = `  Jobs:
    Type: AWS::SQS::Queue
`

// tableStatus asks the stack's endpoint for any table on its backend.
func tableStatus(t *testing.T, s *Stack, name string) (*types.TableDescription, error) {
	t.Helper()
	out, err := s.dynamodb.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if err != nil {
		return nil, err
	}
	return out.Table, nil
}

// watched is a backend that notes which tables were created and deleted, and that can break.
type watched struct {
	backend.Backend
	mu      sync.Mutex
	tables  map[string]bool
	breaker func(operation, table string) bool // after the effect
}

func watch(t *testing.T) *watched {
	t.Helper()
	return &watched{Backend: newBackend(t), tables: map[string]bool{}}
}

func (b *watched) Handler(s backend.Service) http.Handler {
	inner := b.Backend.Handler(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		var request struct{ TableName string }
		_ = json.Unmarshal(body, &request)
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		again := r.Clone(r.Context())
		again.Body, again.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.breaker != nil && b.breaker(operation, request.TableName) {
			inner.ServeHTTP(discard{http.Header{}}, again)
			b.note(operation, request.TableName)
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"com.amazon.coral.validate#ValidationException","message":"broken by the test"}`)
			return
		}
		b.note(operation, request.TableName)
		inner.ServeHTTP(w, again)
	})
}

func (b *watched) note(operation, table string) {
	switch operation {
	case "CreateTable":
		b.tables[table] = true
	case "DeleteTable":
		delete(b.tables, table)
	}
}

func (b *watched) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.tables)
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
