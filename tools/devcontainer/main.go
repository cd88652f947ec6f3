// Command devcontainer looks whether .devcontainer/devcontainer.json can be what it is meant to be.
//
//	go run ./devcontainer     in tools/
//
// It has two halves. The schema of the Development Containers Specification says which properties there are and of which
// kind; it is fetched from its makers, since it is theirs and changes. Where it cannot be reached, this is said, and that
// half is not done; DEVCONTAINER_SCHEMA=required makes a failure of it, and DEVCONTAINER_SCHEMA=FILE takes a copy. The other half is what no
// schema knows: that the container has the Go of go.mod, and that the commands in it are there.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	file = ".devcontainer/devcontainer.json"
	// schema is that of what this file may have; the one that editors use adds what is theirs.
	schema = "https://raw.githubusercontent.com/devcontainers/spec/main/schemas/devContainer.base.schema.json"
	// patience is for the network.
	patience = 10 * time.Second
)

func main() {
	if err := os.Chdir(".."); err != nil {
		fail(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	problems := own(text, read("go.mod"), read("Makefile"))
	from := os.Getenv("DEVCONTAINER_SCHEMA")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	source, err := get(ctx, from)
	switch {
	case err == nil:
		problems = append(problems, against(source, text))
	case from == "":
		fmt.Fprintf(os.Stderr, "%s: not held against its schema, which is out of reach here: %v\n", file, err)
	default:
		fail(fmt.Errorf("%s has to be held against its schema: %w", file, err))
	}
	if err := errors.Join(problems...); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func read(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		fail(err)
	}
	return string(text)
}

// get is the schema, from a file if one is named.
func get(ctx context.Context, from string) ([]byte, error) {
	if from != "" && from != "required" {
		return os.ReadFile(from)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, schema, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", schema, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, 1<<20))
}

// against says what a schema has against a file; nil if nothing.
func against(schemaText, text []byte) error {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return fmt.Errorf("the schema is no JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schema, parsed); err != nil {
		return err
	}
	compiled, err := compiler.Compile(schema)
	if err != nil {
		return fmt.Errorf("the schema cannot be used: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s is no JSON: %w", file, err)
	}
	if err := compiled.Validate(document); err != nil {
		return fmt.Errorf("%s is not as its schema says: %w", file, err)
	}
	return nil
}

// container is what the second half looks at.
type container struct {
	Image             string         `json:"image"`
	Features          map[string]any `json:"features"`
	PostCreateCommand string         `json:"postCreateCommand"`
}

var (
	goOfModule = regexp.MustCompile(`(?m)^go (\d+\.\d+)`)
	goOfImage  = regexp.MustCompile(`/devcontainers/go:[^-]+-(\d+\.\d+)(-|$)`)
	makeTarget = regexp.MustCompile(`^make ([a-z-]+)$`)
)

// own is what is wrong with a file that no schema knows.
func own(text []byte, module, makefile string) (problems []error) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(file+": "+format, args...)) }
	var c container
	if err := json.Unmarshal(text, &c); err != nil {
		problem("%w", err)
		return problems
	}
	want := goOfModule.FindStringSubmatch(module)
	switch has := goOfImage.FindStringSubmatch(c.Image); {
	case want == nil:
		problem("go.mod does not say which Go it is for")
	case has == nil:
		problem("the image %q is not one of Go with a version", c.Image)
	case has[1] != want[1]:
		problem("the image %q has Go %s, and go.mod is for %s", c.Image, has[1], want[1])
	}
	docker := false
	for name := range c.Features {
		docker = docker || strings.Contains(name, "/docker-in-docker:")
	}
	if !docker {
		problem("there is no Docker in it, so that nothing is confirmed on containers")
	}
	switch m := makeTarget.FindStringSubmatch(c.PostCreateCommand); {
	case m == nil:
		problem("postCreateCommand is %q, not a target of make", c.PostCreateCommand)
	case !strings.Contains(makefile, "\n"+m[1]+":"):
		problem("postCreateCommand is %q, and make has no such target", c.PostCreateCommand)
	}
	return problems
}
