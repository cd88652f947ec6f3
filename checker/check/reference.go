package check

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// helloFiles are those of the function that says hello.
//
//go:embed hello/template.yaml hello/hello/main.go
var helloFiles embed.FS

// Reference is a stack of the checker's own, to compare the learner's with: built with the same flags, deployed on the
// same backend, measured in the same minute.
type Reference struct {
	t     *T
	stack *stack.Stack
}

// Hello is the function that only says hello, whatever it is sent.
func (t *T) Hello() *Function {
	files, err := fs.Sub(helloFiles, "hello")
	if err != nil {
		t.fault(err)
	}
	return t.Reference(files).Function("HelloFunction")
}

// Reference builds and deploys a template with its functions, such as the one that a lesson begins with. Files are
// laid out as a lesson's directory.
func (t *T) Reference(files fs.FS) *Reference {
	r := &Reference{t: t}
	var err error
	if r.stack, err = t.deployReference(files, len(t.references)); err != nil {
		t.fault(fmt.Errorf("the reference to compare with: %w", err))
	}
	t.references = append(t.references, r.stack)
	return r
}

// Function is a function of the reference.
func (r *Reference) Function(logicalID string) *Function {
	function, err := r.stack.Function(logicalID)
	if err != nil {
		r.t.fault(err)
	}
	return &Function{t: r.t, function: function}
}

// Bucket is a bucket of the reference.
func (r *Reference) Bucket(logicalID string) *Bucket {
	bucket, err := r.stack.Bucket(logicalID)
	if err != nil {
		r.t.fault(err)
	}
	return &Bucket{t: r.t, bucket: bucket}
}

// Table is a table of the reference.
func (r *Reference) Table(logicalID string) *Table {
	table, err := r.stack.Table(logicalID)
	if err != nil {
		r.t.fault(err)
	}
	return &Table{t: r.t, table: table}
}

// deployReference deploys a reference with its files in a directory that is not there yet.
func (r *run) deployReference(ctx context.Context, dir string, o stack.Options, files fs.FS) (*stack.Stack, error) {
	built, err := references.build(ctx, r.options.Root, r.options.State, files)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	o.Template, o.Binaries, o.Backend, o.Dir, o.Name = built.template, map[string]string{}, r.backend, dir, "reference"
	for uri, binary := range built.binaries {
		path := filepath.Join(dir, filepath.Base(uri)+".bootstrap") // no logical id has a dot
		if err := os.WriteFile(path, binary, 0o755); err != nil {   //nolint:gosec // it is a program
			return nil, err
		}
		o.Binaries[uri] = path
	}
	return stack.Deploy(ctx, o)
}

// references are the references that this process has built. Many runs of a process compare with the same.
var references referenceBuilds

type referenceBuilds struct {
	mu   sync.Mutex
	done map[[sha256.Size]byte]builtReference
}

type builtReference struct {
	template *sam.Template
	binaries map[string][]byte // by CodeUri
}

// build compiles a reference, or takes what was built before. The source is kept below state, so that the go command
// finds what has not changed since the last run.
func (b *referenceBuilds) build(ctx context.Context, root, state string, files fs.FS) (builtReference, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, err := sumOf(files)
	if err != nil {
		return builtReference{}, err
	}
	if known, ok := b.done[key]; ok {
		return known, nil
	}
	work, err := NewWorkdir(filepath.Join(state, "run"))
	if err != nil {
		return builtReference{}, err
	}
	built, err := buildReference(ctx, root, state, fmt.Sprintf("%x", key[:6]), work.Path, files)
	if err = errors.Join(err, work.Remove()); err != nil {
		return builtReference{}, err
	}
	if b.done == nil {
		b.done = map[[sha256.Size]byte]builtReference{}
	}
	b.done[key] = built
	return built, nil
}

func buildReference(ctx context.Context, root, state, name, work string, files fs.FS) (builtReference, error) {
	dir := filepath.Join(state, "reference", name)
	if err := placeFiles(dir, work, files); err != nil {
		return builtReference{}, err
	}
	template, err := sam.Load(filepath.Join(dir, "template.yaml"))
	if err != nil {
		return builtReference{}, err
	}
	builder := &sandbox.Builder{Root: root, Cache: filepath.Join(state, "build")}
	paths, err := builder.Build(ctx, sandbox.Source{Dir: dir, Place: "lessons/00-reference-" + name, Functions: codeURIs(template)}, work)
	if err != nil {
		return builtReference{}, err
	}
	built := builtReference{template: template, binaries: map[string][]byte{}}
	for uri, path := range paths {
		if built.binaries[uri], err = os.ReadFile(path); err != nil {
			return builtReference{}, err
		}
	}
	return built, nil
}

// placeFiles writes files into a directory at once, if it is not there. The directory is named after what it has.
func placeFiles(dir, work string, files fs.FS) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	begun := filepath.Join(work, "reference")
	if err := os.CopyFS(begun, files); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	err := os.Rename(begun, dir)
	if _, there := os.Stat(dir); there == nil {
		return nil // another process was faster
	}
	return err
}

// sumOf names files by what is in them.
func sumOf(files fs.FS) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	err = fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		fmt.Fprintf(hash, "%q %d\n%s", path, len(data), data)
		return err
	})
	return [sha256.Size]byte(hash.Sum(nil)), err
}
