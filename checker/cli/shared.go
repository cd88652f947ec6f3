package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/course"
)

// named returns the lessons with these names, or all of them.
func named(names []string) ([]course.Lesson, error) {
	if len(names) == 0 {
		return course.Lessons(), nil
	}
	var lessons []course.Lesson
	for _, name := range names {
		l, err := course.Find(name)
		if err != nil {
			return nil, err
		}
		lessons = append(lessons, l)
	}
	return lessons, nil
}

// opener opens a backend by its name.
func opener(name string, p Process) backend.Opener {
	if name == "embedded" {
		return func(context.Context, []backend.Service) (backend.Backend, error) { return embedded.New(), nil }
	}
	var said sync.Map // each sentence once, however many answers are judged side by side
	progress := func(sentence string) {
		if _, again := said.LoadOrStore(sentence, true); !again {
			fmt.Fprintln(p.Stderr, sentence)
		}
	}
	return func(ctx context.Context, services []backend.Service) (backend.Backend, error) {
		if err := containers.Available(ctx); err != nil {
			return nil, err
		}
		b, err := containers.Open(ctx, containers.Options{Services: services, Progress: progress})
		if err != nil {
			return nil, err // not b: a nil pointer in an interface is not nil
		}
		return b, nil
	}
}

// lessonPath is a lesson's directory as the user would type it.
func lessonPath(from, dir, id string) string {
	path := filepath.Join(dir, id)
	if abs, err := filepath.Abs(path); err == nil {
		if rel, err := filepath.Rel(from, abs); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return path
}
