package serve

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// Project is a template with its functions.
type Project struct {
	Name     string // the first part of physical names
	Title    string
	Template string // the file; CodeUris are relative to its directory
	// Root and Place are those of [sandbox.Builder] and [sandbox.Source] for a lesson. Without a Root, each function is
	// built in the module that it is in, and what the stack cannot deploy of the template is left out.
	Root, Place string
}

func (p Project) dir() string { return filepath.Dir(p.Template) }

// foreign tells whether the template is of somebody who did not write it for this.
func (p Project) foreign() bool { return p.Root == "" }

// faultError is a fault of the code or of the template, to be shown as it is.
type faultError struct {
	what   string // "It does not build."
	output string
}

func (e *faultError) Error() string { return e.what + "\n" + e.output }

func templateFault(err error) error {
	return &faultError{"The template has problems.", err.Error()}
}

// load reads the template. notes name what is left out of it.
func (p Project) load(parameters map[string]string) (t *sam.Template, notes []string, err error) {
	read := sam.Load
	if p.foreign() {
		read = func(path string) (*sam.Template, error) {
			t, left, err := sam.LoadLeniently(path, parameters)
			for _, problem := range left {
				notes = append(notes, fmt.Sprintf("line %d: %s", problem.Line, problem.Message))
			}
			return t, err
		}
	}
	t, err = read(p.Template)
	var problems sam.Problems
	switch {
	case errors.As(err, &problems), errors.Is(err, fs.ErrNotExist):
		return nil, nil, templateFault(err)
	case err != nil:
		return nil, nil, err
	}
	if p.foreign() {
		adapted, more := adapt(t)
		t, notes = adapted, append(notes, more...)
		if len(t.Functions) == 0 {
			return nil, nil, &faultError{"There is nothing to serve: the template has no function in Go that could be run here.", lines(notes)}
		}
	}
	if err := stack.Supported(t); err != nil {
		return nil, nil, templateFault(err)
	}
	return t, notes, nil
}

// build builds the template's functions into dir, for a debugger if debug is set, and returns the binaries by CodeUri. A
// fault of the code is a [*faultError].
func (p Project) build(ctx context.Context, t *sam.Template, cache, dir string, debug bool) (map[string]string, error) {
	var uris []string
	for _, f := range t.Functions {
		if !slices.Contains(uris, f.CodeUri) {
			uris = append(uris, f.CodeUri)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot keep built functions: %w", err)
	}
	var binaries map[string]string
	var err error
	if p.foreign() {
		binaries, err = p.buildInModules(ctx, uris, cache, dir, debug)
	} else {
		builder := &sandbox.Builder{Root: p.Root, Cache: cache, Debug: debug}
		binaries, err = builder.Build(ctx, sandbox.Source{Dir: p.dir(), Place: p.Place, Functions: uris}, dir)
	}
	var failed *sandbox.BuildError
	if errors.As(err, &failed) {
		return nil, &faultError{"It does not build.", failed.Error()}
	}
	return binaries, err
}

// buildInModules builds each function in its own module, with that module's dependencies.
func (p Project) buildInModules(ctx context.Context, uris []string, cache, dir string, debug bool) (map[string]string, error) {
	modules := map[string][]string{} // CodeUris by module
	for _, uri := range uris {
		root, err := moduleOf(filepath.Join(p.dir(), filepath.FromSlash(uri)))
		if err != nil {
			return nil, &sandbox.BuildError{Output: err.Error()}
		}
		modules[root] = append(modules[root], uri)
	}
	binaries := map[string]string{}
	for root, uris := range modules {
		source := sandbox.Source{Dir: root, Place: filepath.Base(root)}
		places := map[string]string{} // in the module, by CodeUri
		for _, uri := range uris {
			place, err := filepath.Rel(root, filepath.Join(absolute(p.dir()), filepath.FromSlash(uri)))
			if err != nil {
				return nil, fmt.Errorf("cannot find %s in its module: %w", uri, err)
			}
			places[uri] = place
			if !slices.Contains(source.Functions, place) {
				source.Functions = append(source.Functions, place)
			}
		}
		sum := sha256.Sum256([]byte(root))
		into := filepath.Join(dir, fmt.Sprintf("module-%x", sum[:6]))
		if err := os.MkdirAll(into, 0o755); err != nil {
			return nil, fmt.Errorf("cannot keep built functions: %w", err)
		}
		built, err := (&sandbox.Builder{Root: root, Cache: cache, Debug: debug}).Build(ctx, source, into)
		if err != nil {
			return nil, err
		}
		for uri, place := range places {
			binaries[uri] = built[place]
		}
	}
	return binaries, nil
}

// moduleOf is the directory of the go.mod that a directory belongs to.
func moduleOf(dir string) (string, error) {
	start := absolute(dir)
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s: there is no go.mod here or above: functions are built as modules (go mod init)", dir)
		}
	}
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// sources are the directories whose files may change what is built.
func (p Project) sources(t *sam.Template) []string {
	all := []string{p.dir()}
	if !p.foreign() {
		return all
	}
	if t != nil {
		for _, f := range t.Functions {
			if root, err := moduleOf(filepath.Join(p.dir(), filepath.FromSlash(f.CodeUri))); err == nil && !slices.Contains(all, root) {
				all = append(all, root)
			}
		}
	}
	return all
}

// sum is what is in a file, to tell whether a build has made another binary.
func sum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}
