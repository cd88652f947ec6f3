package cli

import (
	"path/filepath"
	"strings"

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
