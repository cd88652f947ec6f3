package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// lessonIn is a lesson's directory, which must be there.
func lessonIn(dir, id string) (string, error) {
	path := filepath.Join(dir, id)
	if _, err := os.Stat(path); err != nil {
		return "", usageError{fmt.Errorf("there is no lesson in %s; --dir is where the numbered lesson directories are", path)}
	}
	return path, nil
}

// slowBuild is how long a build is silent. A first one takes longer, and says so.
const slowBuild = 3 * time.Second

// announceBuild says that functions are being built, unless it is stopped in time.
func announceBuild(p Process, of string) *time.Timer {
	return time.AfterFunc(slowBuild, func() {
		fmt.Fprintf(p.Stderr, "Building the functions of %s. The first build compiles the AWS SDK too: about half a minute.\n", of)
	})
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

// variable is the value of an environment variable; the last one counts.
func variable(environ []string, name string) (value string) {
	for _, entry := range environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}
