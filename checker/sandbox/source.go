package sandbox

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// located is a Source whose place in the module is known: inside the module, or laid over a place in it.
type located struct {
	dir     string // as the user named it
	root    string // of the module; it and real are absolute, without links
	real    string // the same directory as dir
	place   string // in the module, with slashes
	overlay string // the file for go build -overlay; "" inside the module
}

// cacheKey names the kept binaries of a source, readably and without collisions.
func cacheKey(s Source) string {
	abs, err := filepath.Abs(s.Dir)
	if err != nil {
		abs = s.Dir
	}
	sum := sha256.Sum256([]byte(abs))
	return fmt.Sprintf("%s-%x", keptName(s), sum[:6])
}

func keptName(s Source) string { return filepath.Base(s.Place) }

func (b *Builder) locate(s Source, tmp string) (*located, error) {
	root, err := realPath(b.Root)
	if err != nil {
		return nil, fmt.Errorf("cannot read the module's directory: %w", err)
	}
	dir, err := realPath(s.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the lesson's directory: %w", err)
	}
	if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
		return &located{dir: s.Dir, root: root, real: dir, place: filepath.ToSlash(rel)}, nil
	}
	overlay, err := layOver(dir, filepath.Join(root, filepath.FromSlash(s.Place)), filepath.Join(tmp, "overlay.json"))
	if err != nil {
		return nil, err
	}
	return &located{dir: s.Dir, root: root, real: dir, place: s.Place, overlay: overlay}, nil
}

func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// layOver writes the file for -overlay that replaces everything in place by what is in dir. Files of
// the course that dir does not have are taken away, so that they cannot count.
func layOver(dir, place, to string) (string, error) {
	replace := map[string]string{}
	err := walkFiles(place, func(rel string) { replace[filepath.Join(place, rel)] = "" })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read the course's lesson: %w", err)
	}
	if err := walkFiles(dir, func(rel string) { replace[filepath.Join(place, rel)] = filepath.Join(dir, rel) }); err != nil {
		return "", fmt.Errorf("cannot read the lesson's directory: %w", err)
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return "", fmt.Errorf("cannot prepare the build: %w", err)
	}
	return to, nil
}

// cut finds what is below the source in a path that begins with a dot for the module's directory, though it is only its name
// that begins so: the go command makes .-out/main.go of /home/me/course-out/main.go.
func (s *located) cut(path string) (rel string, ok bool) {
	beyond, begins := strings.CutPrefix(s.real, s.root)
	if !begins {
		return "", false
	}
	return strings.CutPrefix(path, "."+beyond+string(filepath.Separator))
}

// walkFiles visits the regular files below dir, with paths relative to it.
func walkFiles(dir string, visit func(rel string)) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != dir && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil // a link could lead out of the submission
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		visit(rel)
		return nil
	})
}

// check sees to it that each function is a main package: the go command silently builds nothing for
// any other, and an earlier binary would be taken for its result.
func (s *located) check(functions []string) error {
	var problems []string
	for _, f := range functions {
		if p := mainPackageProblem(filepath.Join(s.dir, filepath.FromSlash(f))); p != "" {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return &BuildError{Output: strings.Join(problems, "\n")}
	}
	return nil
}

// modules names the go.mod files of the learner's own by which a build failed: the go command says only what it misses then.
func (s *located) modules(functions []string, output string) string {
	if !strings.Contains(output, "does not contain package") {
		return ""
	}
	var said strings.Builder
	for _, dir := range slices.Insert(slices.Clone(functions), 0, ".") {
		if _, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(dir), "go.mod")); err == nil {
			fmt.Fprintf(&said, "%s: the course is one module, and this file makes another one of its directory: remove it\n",
				path.Join(s.place, filepath.ToSlash(dir), "go.mod"))
		}
	}
	return said.String()
}

func mainPackageProblem(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Sprintf("%s: the template's CodeUri leads here, but there is no such directory", dir)
	}
	found := false
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if err != nil {
			return "" // the compiler says it better
		}
		if file.Name.Name == "main" {
			found = true
		}
	}
	if !found {
		return fmt.Sprintf("%s: a Lambda function in Go is a `package main`; none is here", dir)
	}
	return ""
}

// asSeen rewrites the output of the go command to where the user's files are. Its own errors, such as of
// imports, name the place in the module; the compiler names the files themselves, from the module's root
// if that is shorter.
func (s *located) asSeen(output string) string {
	if s.overlay == "" {
		return output
	}
	var out strings.Builder
	for line := range strings.Lines(output) {
		path, rest, _ := strings.Cut(line, ":")
		if cut, isCut := s.cut(path); isCut {
			line = filepath.Join(s.dir, cut) + ":" + rest
		}
		for _, dir := range []string{filepath.Join(s.root, filepath.FromSlash(s.place)), s.real} {
			if rel, err := filepath.Rel(dir, filepath.Join(s.root, path)); err == nil && rest != "" && !filepath.IsAbs(path) && filepath.IsLocal(rel) {
				line = filepath.Join(s.dir, rel) + ":" + rest
				break
			}
		}
		out.WriteString(line)
	}
	return out.String()
}
