package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ReleaseFlags are what functions are built with, here and by `sam build`, so that what is judged is
// what is deployed: no debug information, no file paths, and without the RPC mode that provided.al2023
// does not use.
var ReleaseFlags = []string{"-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w"}

// DebugFlags are what functions are built with for a debugger: with symbols and the files' real names, and their own
// packages, not those of libraries, line by line as they are written.
var DebugFlags = []string{"-tags", "lambda.norpc", "-gcflags", "-N -l"}

func (b *Builder) flags() []string {
	if b.Debug {
		return DebugFlags
	}
	return ReleaseFlags
}

// buildMemory is how much memory the go command, a compiler and a linker may each use before they collect
// garbage.
const buildMemory = "512MiB"

// interruptGrace is how long a build that was interrupted may take to end.
const interruptGrace = 2 * time.Second

// Builder compiles the functions of one module.
type Builder struct {
	// Root is the module's directory.
	Root string
	// Cache is where binaries are kept between builds, since a function that has not changed then
	// costs no link.
	Cache string
	// Alike is the Cache of another builder, whose binaries of the same place are begun with. A function that is the
	// same there then costs no link, either. "" begins with nothing.
	Alike string
	// Debug builds with [DebugFlags].
	Debug bool
}

// Source is a lesson's directory with the functions to build.
type Source struct {
	// Dir holds the functions, inside the module or not.
	Dir string
	// Place is the directory of the module, relative to its root with slashes, that Dir stands in for
	// when it is outside: the package paths, go.mod and dependencies are those of the module.
	Place string
	// Functions are the directories below Dir, one main package each. "." is Dir itself.
	Functions []string
}

// BuildError is a build that failed because of the code: Output is what the compiler printed.
type BuildError struct{ Output string }

func (e *BuildError) Error() string { return strings.TrimSpace(e.Output) }

// Build compiles the functions, and links each binary into a directory of its own below dir, so that a later
// build cannot change it, as bootstrap. It returns the binary's path by function. A failure of the code is a
// [*BuildError]; the binaries of an earlier build are then not returned.
func (b *Builder) Build(ctx context.Context, s Source, dir string) (map[string]string, error) {
	src, err := b.locate(s, dir)
	if err != nil {
		return nil, err
	}
	if err := src.check(s.Functions); err != nil {
		return nil, err
	}
	kept := filepath.Join(b.Cache, cacheKey(s))
	if b.Debug {
		kept += "-debug"
	}
	if err := os.MkdirAll(b.Cache, 0o755); err != nil {
		return nil, fmt.Errorf("cannot keep built functions: %w", err)
	}
	lock, err := lockKept(ctx, kept+".lock")
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", kept, err)
	}
	defer lock.Unlock()
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return nil, fmt.Errorf("cannot keep built functions: %w", err)
	}
	begin(kept, b.Alike, s)
	now := time.Now()
	_ = os.Chtimes(kept+".lock", now, now) // how recently it was used decides how long it is kept
	defer prune(b.Cache)

	// The go command leaves its temporary files when it is interrupted. Here they go with dir.
	tmp := filepath.Join(dir, "go-tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("cannot prepare the build: %w", err)
	}
	binaries := make(map[string]string, len(s.Functions))
	for n, batch := range batches(s.Functions) {
		out := filepath.Join(kept, fmt.Sprint(n))
		if err := b.compile(ctx, src, batch, out, tmp); err != nil {
			return nil, err
		}
		for _, f := range batch {
			target := filepath.Join(dir, "built", "function-"+url.PathEscape(f), "bootstrap")
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return nil, fmt.Errorf("cannot keep built functions: %w", err)
			}
			if err := linkOrCopy(filepath.Join(out, binaryName(f)), target); err != nil {
				return nil, fmt.Errorf("cannot keep built functions: %w", err)
			}
			binaries[f] = target
		}
	}
	return binaries, nil
}

// batches splits functions so that no two of a batch have the same base name: the go command would
// overwrite one binary with the other without a word.
func batches(functions []string) [][]string {
	var all [][]string
	for _, f := range functions {
		at := slices.IndexFunc(all, func(batch []string) bool {
			return binaryName(f) != thisDirectory && !slices.ContainsFunc(batch, func(g string) bool {
				return binaryName(g) == binaryName(f) || binaryName(g) == thisDirectory
			})
		})
		if at < 0 {
			all, at = append(all, nil), len(all)
		}
		all[at] = append(all[at], f)
	}
	return all
}

// thisDirectory is the binary of a function whose directory is that of the source. The go command would name
// it after the module.
const thisDirectory = "this-directory"

func binaryName(function string) string {
	if name := filepath.Base(function); name != "." {
		return name
	}
	return thisDirectory
}

func (b *Builder) compile(ctx context.Context, src *located, functions []string, out, tmp string) error {
	args := append([]string{"build"}, b.flags()...)
	if src.overlay != "" {
		args = append(args, "-overlay", src.overlay)
	}
	if binaryName(functions[0]) == thisDirectory {
		args = append(args, "-o", filepath.Join(out, thisDirectory)) // alone in its batch
	} else {
		args = append(args, "-o", out+string(filepath.Separator))
	}
	for _, f := range functions {
		args = append(args, "./"+path.Join(src.place, filepath.ToSlash(f)))
	}
	err := b.run(ctx, tmp, args)
	var failed *BuildError
	if errors.As(err, &failed) {
		return &BuildError{Output: src.modules(functions, failed.Output) + src.asSeen(failed.Output)}
	}
	return err
}

// Warm compiles what main packages of the module are made of, and fetches modules that are not on this machine, so that
// [Builder.Build] has little more to do than to link. Packages are patterns relative to Root, as ./solutions/...; dir is
// an existing directory for temporary files. Code that does not compile is a [*BuildError], as in Build.
func (b *Builder) Warm(ctx context.Context, dir string, packages ...string) error {
	return b.run(ctx, dir, slices.Concat([]string{"list", "-export", "-deps", "-f", ""}, b.flags(), packages))
}

// run runs the go command in the module, with the settings that functions are built with. What it says of the code is a
// *BuildError; other errors are of this machine.
func (b *Builder) run(ctx context.Context, tmp string, args []string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.Root
	// The learner's own settings must not decide the verdict: another workspace, other flags, cgo, and
	// GOARCH, which who deploys to Lambda may well have set.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "GOEXPERIMENT=", "GOTMPDIR="+tmp)
	cmd.Env = append(cmd.Env, memoryForSpeed(cmd.Env)...)
	// In a group of its own, which is interrupted as a whole: the go command, compilers and linkers.
	cmd.SysProcAttr = processAttributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = interruptGrace
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := onSpawner(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &exit) && exit.Exited():
		if err := troubleIn(output.String()); err != nil {
			return err
		}
		return &BuildError{Output: output.String()}
	default:
		return notRun(err, output.String())
	}
}

// memoryForSpeed are settings of Go's runtime for programs that live for a moment only: for those of the go
// command, garbage collection is a third of the time in which it finds nothing to do, and a twelfth of a
// link. They do not change what is built. Who has settings of their own keeps them.
func memoryForSpeed(environ []string) []string {
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if (name == "GOGC" || name == "GOMEMLIMIT") && value != "" {
			return nil
		}
	}
	return []string{"GOGC=off", "GOMEMLIMIT=" + buildMemory}
}
