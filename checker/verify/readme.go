package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/course"
)

// readmeProblems compares the task list of the README with the checks.
func readmeProblems(l course.Lesson, place course.Place) []string {
	path := filepath.Join(place.Root, "lessons", l.ID, "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		return []string{err.Error()}
	}
	var tasks, requirements []string
	for line := range strings.Lines(string(data)) {
		task, ok := strings.CutPrefix(line, "- [ ] ")
		if !ok {
			task, ok = strings.CutPrefix(line, "- [x] ") // a learner may tick it
		}
		if ok {
			tasks = append(tasks, strings.TrimSpace(strings.ReplaceAll(task, "`", "")))
		}
	}
	for _, c := range l.Checks {
		requirements = append(requirements, strings.ReplaceAll(c.Requirement, "`", ""))
	}
	if !slices.Equal(tasks, requirements) {
		return []string{fmt.Sprintf("lessons/%s/README.md: the task list is not that of the checks.\nREADME: %q\nchecks: %q", l.ID, tasks, requirements)}
	}
	return nil
}
