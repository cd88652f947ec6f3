package lesson02

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

const root = "../../.."

// row is a line of the README's table of what the HTTP API answers.
type row struct {
	request check.Request
	status  int
	headers map[string]string
	body    string // "" is none
}

var (
	quoted = regexp.MustCompile("`([^`]*)`")
	field  = regexp.MustCompile(`^([A-Za-z-]+): (.*)$`)
)

// rows reads the table of the README that begins with this line.
func rows(t *testing.T, head string) []row {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "lessons", Lesson.ID, "README.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(readme), head+"\n")
	require.True(t, found, "the README has the table")
	table, _, _ := strings.Cut(rest, "\n\n")
	var all []row
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		require.Len(t, cells, 4, line)
		status, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		require.NoError(t, err, line)
		r := row{request: requestIn(t, cells[0]), status: status, headers: map[string]string{}}
		for _, text := range quotedIn(cells[2]) {
			parts := field.FindStringSubmatch(text)
			require.NotNil(t, parts, text)
			r.headers[parts[1]] = parts[2]
		}
		if body := quotedIn(cells[3]); len(body) > 0 {
			r.body = body[0]
		}
		all = append(all, r)
	}
	return all
}

// requestIn reads `POST /items` with `{"name":""}`: a method and path, then headers or a body.
func requestIn(t *testing.T, cell string) check.Request {
	t.Helper()
	parts := quotedIn(cell)
	require.NotEmpty(t, parts, cell)
	method, path, found := strings.Cut(parts[0], " ")
	require.True(t, found, cell)
	r := check.Request{Method: method, Path: path, Headers: map[string]string{}}
	for _, part := range parts[1:] {
		if header := field.FindStringSubmatch(part); header != nil {
			r.Headers[header[1]] = header[2]
			continue
		}
		require.Empty(t, r.Body, cell)
		r.Body, r.Headers["Content-Type"] = part, "application/json"
	}
	return r
}

func quotedIn(cell string) []string {
	var all []string
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, match[1])
	}
	return all
}

// met ends a check unless the API answers the row's request as the row says.
func (r row) met(t *check.T) {
	t.Table(table).Put(stack.Item{"id": "kettle-1", "name": "Blue kettle", "status": "available", "price": 19.99})
	reply := t.API(httpAPI).Send(r.request)
	for name, value := range r.headers {
		reply.Header(name, value)
	}
	if r.body == "" {
		reply.Body(r.status, "")
		return
	}
	reply.JSON(r.status, json.RawMessage(r.body))
}

// What the README says that the HTTP API answers is what the reference answers.
func TestTheReadmeSaysWhatTheAPIAnswers(t *testing.T) {
	t.Parallel()
	table := rows(t, "| request | status | headers | body |")
	require.NotEmpty(t, table)
	said := check.Lesson{Number: Lesson.Number, ID: Lesson.ID, Title: Lesson.Title}
	for n, r := range table {
		said.Checks = append(said.Checks, check.Check{ID: fmt.Sprintf("row-%d", n+1), Requirement: r.request.String(), Run: r.met})
	}
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	result := check.Run(t.Context(), said, check.Options{
		Root: absolute, Dir: filepath.Join(absolute, "solutions"), State: t.TempDir(), Seed: 1,
		Open: func(context.Context, []backend.Service) (backend.Backend, error) { return embedded.New(), nil },
	})
	require.Empty(t, result.Error)
	require.Equal(t, check.Passed, result.Build.Verdict, result.Build.Output)
	for _, c := range result.Checks {
		if assert.Equal(t, check.Passed, c.Verdict, "%s %s", c.Requirement, c.Error); c.Finding != nil {
			t.Logf("got %s, want %s", c.Finding.Got, c.Finding.Want)
		}
	}
}

func TestARowIsReadAsItStands(t *testing.T) {
	t.Parallel()
	table := rows(t, "| request | status | headers | body |")
	assert.Contains(t, table, row{
		request: post(`{"name":""}`), status: 400, headers: map[string]string{"content-type": "application/json"},
		body: `{"error":"name must be a text that is not empty"}`,
	})
	assert.Contains(t, table, row{request: check.Request{Method: "DELETE", Path: "/items/kettle-1", Headers: map[string]string{}}, status: 204, headers: map[string]string{}})
	assert.Contains(t, table, row{
		request: check.Request{Method: "OPTIONS", Path: "/items", Headers: map[string]string{"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}},
		status:  204, headers: map[string]string{"access-control-allow-origin": "*"},
	})
}
