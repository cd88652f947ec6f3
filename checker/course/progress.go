package course

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"example.com/serverless-patterns/checker/check"
)

// Progress is what is known of the learner's lessons, by lesson id. It is kept in .workshop; ids and
// fields that this version does not know are kept, too.
type Progress struct {
	path    string
	lessons map[string]map[string]any
}

// LoadProgress reads the progress. A file that cannot be understood is set aside, not overwritten.
func LoadProgress(p Place) (*Progress, error) {
	progress := &Progress{path: filepath.Join(p.State, "progress.json"), lessons: map[string]map[string]any{}}
	data, err := os.ReadFile(progress.path)
	if errors.Is(err, fs.ErrNotExist) {
		return progress, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the progress: %w", err)
	}
	if json.Unmarshal(data, &progress.lessons) != nil {
		progress.lessons = map[string]map[string]any{}
		aside := progress.path + ".unreadable"
		if err := os.Rename(progress.path, aside); err != nil {
			return nil, fmt.Errorf("cannot set the unreadable progress aside: %w", err)
		}
	}
	return progress, nil
}

// Passed tells whether the lesson was green when it was last checked.
func (p *Progress) Passed(lesson string) bool {
	return p.lessons[lesson]["verdict"] == string(check.Passed)
}

// Checked tells whether the lesson was ever checked.
func (p *Progress) Checked(lesson string) bool { return p.lessons[lesson]["verdict"] != nil }

// Record notes a result and saves. Only whole checks of a lesson count.
func (p *Progress) Record(l check.LessonResult, at time.Time) error {
	if l.Verdict != check.Passed && l.Verdict != check.Failed {
		return nil
	}
	for _, r := range l.Checks {
		if r.Verdict == check.Skipped && l.Build.Verdict == check.Passed {
			return nil // one check alone says nothing of the lesson
		}
	}
	entry := maps.Clone(p.lessons[l.Lesson])
	if entry == nil {
		entry = map[string]any{}
	}
	entry["verdict"], entry["checkedAt"] = string(l.Verdict), at.UTC().Format(time.RFC3339)
	p.lessons[l.Lesson] = entry
	data, err := json.MarshalIndent(p.lessons, "", "  ")
	if err != nil {
		return err
	}
	// Written whole or not at all: two checks may end at the same moment.
	temporary := fmt.Sprintf("%s.%d", p.path, os.Getpid())
	if err := os.WriteFile(temporary, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("cannot save the progress: %w", err)
	}
	return os.Rename(temporary, p.path)
}
