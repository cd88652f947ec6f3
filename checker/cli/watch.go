package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/desk"
	"example.com/serverless-patterns/checker/report"
	"example.com/serverless-patterns/checker/watch"
)

type watchCommand struct {
	Lesson  string `arg:"" help:"The lesson to begin with, by number or directory."`
	Dir     string `help:"Where the numbered lesson directories are, as for check. Default: lessons."`
	Backend string `help:"Where the data is, as for check." default:"auto" env:"SERVERLESS_PATTERNS_BACKEND" placeholder:"BACKEND"`
	images
	Seed  *uint64 `help:"Repeat runs: everything random follows from this number."`
	Plain bool    `help:"Write line by line, as without a terminal: for screen readers. It ends when the lesson is passed."`
}

// Run watches until the user has enough.
func (c *watchCommand) Run(ctx context.Context, p Process) error {
	l, err := course.Find(c.Lesson)
	if err != nil {
		return err
	}
	c.Backend = cmp.Or(c.Backend, autoBackend) // an empty variable is none
	if err := known(c.Backend, autoBackend, embeddedBackend, containersBackend); err != nil {
		return err
	}
	place, err := locate(p)
	if err != nil {
		return err
	}
	dir, err := place.Lessons(c.Dir)
	if err != nil {
		return usageError{err}
	}
	if _, err := lessonIn(dir, l.ID); err != nil && c.Dir != "" {
		return err
	}
	at := watched{place: place, dir: dir, own: place.IsOwn(dir)}
	if c.Plain || !report.HasScreen(p.Stdin, p.Stdout, p.Environ) {
		return c.lines(ctx, p, at, l)
	}
	for {
		next, more := following(l)
		wish, err := c.screen(ctx, p, at, l)
		if err != nil || wish != report.GoOn || !more {
			return err
		}
		l = next
	}
}

// watched is where the lessons are that are watched. Only of the learner's own is progress kept, and only these have hints,
// a difference worth looking at, and something to reset.
type watched struct {
	place course.Place
	dir   string
	own   bool
}

// following is the lesson after another.
func following(l course.Lesson) (course.Lesson, bool) {
	all := course.Lessons()
	for n := range all[:len(all)-1] {
		if all[n].ID == l.ID {
			return all[n+1], true
		}
	}
	return course.Lesson{}, false
}

// lines watches without a screen, until the lesson is passed, or the user has enough: Ctrl-C is how it ends otherwise, and
// needs no words.
func (c *watchCommand) lines(ctx context.Context, p Process, at watched, l course.Lesson) error {
	text := report.NewText(p.Stdout, p.Environ)
	if !at.own {
		text.Flags = fmt.Sprintf("--dir %q ", c.Dir)
	}
	lines := report.NewLines(text, l.Lesson, lessonPath(p.Dir, at.dir, l.ID))
	loop := c.loop(p, at, l)
	loop.Once, loop.Tell = true, lines.Tell
	loop.Run(ctx)
	if ctx.Err() != nil {
		return status(ExitFailed) // it is not passed
	}
	return nil
}

// screen watches a lesson on a terminal.
func (c *watchCommand) screen(ctx context.Context, p Process, at watched, l course.Lesson) (report.Wish, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	talk := &talk{}
	defer func() { _, _ = p.Stderr.Write(talk.text.Bytes()) }() // once the screen is gone
	quiet := p
	quiet.Stderr = talk

	again := make(chan struct{})
	w := report.Watched{
		Lesson: l.Lesson, Dir: lessonPath(p.Dir, at.dir, l.ID), Own: at.own,
		Do: func(args ...string) string { return says(ctx, p, args...) },
		Again: func() {
			select {
			case again <- struct{}{}:
			case <-ctx.Done():
			}
		},
		After: func() (string, []string) {
			if !at.own {
				return "", nil
			}
			after, err := desk.At(at.place, l).After()
			if err != nil {
				fmt.Fprintln(talk, "checker:", err)
			}
			return after.Difference, after.Breaks
		},
	}
	if next, ok := following(l); ok {
		w.Next = fmt.Sprintf("lesson %d: %s", next.Number, next.Title)
	}
	screen := report.NewScreen(ctx, p.Stdin, p.Stdout, p.Environ, w)
	loop := c.loop(quiet, at, l)
	loop.Tell, loop.Again = screen.Tell, again
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		loop.Run(ctx)
	}()
	wish, err := screen.Run()
	interrupted := ctx.Err() != nil
	cancel()
	<-ended
	if interrupted {
		return wish, errInterrupted
	}
	return wish, err
}

// says runs a subcommand, and returns what it says.
func says(ctx context.Context, p Process, args ...string) string {
	var b bytes.Buffer
	p.Args, p.Stdout, p.Stderr = args, &b, &b
	run(ctx, p)
	return b.String()
}

// loop checks a lesson's files, and keeps progress of the learner's own.
func (c *watchCommand) loop(p Process, at watched, l course.Lesson) *watch.Loop {
	return &watch.Loop{
		Dir: filepath.Join(at.dir, l.ID),
		Check: func(ctx context.Context, built func(check.BuildResult), checked func(check.Result)) check.LessonResult {
			o := check.Options{
				Root: at.place.Root, Dir: at.dir, State: at.place.State, Seed: rand.Uint64N(1 << 32), Built: built, Checked: checked,
				Likely: at.own && wasPassed(p, at.place, l.ID),
			}
			if c.Seed != nil {
				o.Seed = *c.Seed
			}
			openOn(c.Backend, c.images, p, &o)
			result := l.Run(ctx, o)
			if at.own && ctx.Err() == nil {
				record(p, at.place, result)
			}
			return result
		},
	}
}

// talk is what is said while a screen is shown. It is safe for concurrent use.
type talk struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *talk) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(data)
}

var _ io.Writer = (*talk)(nil)
