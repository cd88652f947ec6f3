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

	"github.com/gofrs/flock"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/files"
)

// Progress is what is known of the learner's lessons, by lesson id. It is kept in .workshop; ids and
// fields that this version does not know are kept, too.
type Progress struct {
	path    string
	lessons map[string]map[string]any
	aside   string
}

// SetAside is the path of a file that could not be understood, such as that of a newer version, if there was one when this
// was loaded; else "".
func (p *Progress) SetAside() string { return p.aside }

// LoadProgress reads the progress. A file that cannot be understood is set aside, not overwritten, and nor is one that was
// set aside before.
func LoadProgress(p Place) (*Progress, error) {
	progress := &Progress{path: filepath.Join(p.State, "progress.json"), lessons: map[string]map[string]any{}}
	data, err := os.ReadFile(progress.path)
	if errors.Is(err, fs.ErrNotExist) {
		return progress, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the progress: %w", err)
	}
	if json.Unmarshal(data, &progress.lessons) != nil || progress.lessons == nil {
		progress.lessons = map[string]map[string]any{}
		progress.aside = unused(progress.path + ".unreadable")
		if err := os.Rename(progress.path, progress.aside); err != nil {
			return nil, fmt.Errorf("cannot set the unreadable progress aside: %w", err)
		}
	}
	return progress, nil
}

// unused is a path at which nothing is yet: this one, or with a number behind it.
func unused(path string) string {
	name := path
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil {
			return name
		}
		name = fmt.Sprintf("%s-%d", path, n)
	}
}

// Passed tells whether the lesson was green when it was last checked.
func (p *Progress) Passed(lesson string) bool {
	return p.lessons[lesson]["verdict"] == string(check.Passed)
}

// Confirmed tells whether containers had the last word on it, too.
func (p *Progress) Confirmed(lesson string) bool {
	return p.Passed(lesson) && p.lessons[lesson]["confirmed"] == true
}

// Checked tells whether the lesson was ever checked.
func (p *Progress) Checked(lesson string) bool { return p.lessons[lesson]["verdict"] != nil }

// Next is the id of the check that a learner should turn to, as of the last check of the lesson; "" when
// none failed.
func (p *Progress) Next(lesson string) string {
	next, _ := p.lessons[lesson]["next"].(string)
	return next
}

// Hint returns which hint comes next for the check with this id, counted from 0, and notes that it was shown. After the
// last of count it stays there. With an error it is the first one, or the one that could not be noted.
func (p *Progress) Hint(lesson, id string, count int) (int, error) {
	unlock, err := p.refresh()
	if err != nil {
		return 0, err
	}
	defer unlock()
	entry := p.entry(lesson)
	shown, _ := entry["hints"].(map[string]any)
	shown = maps.Clone(shown)
	if shown == nil {
		shown = map[string]any{}
	}
	seen, _ := shown[id].(float64) // as JSON has numbers
	n := max(0, min(int(seen), count-1))
	shown[id] = float64(n + 1)
	entry["hints"] = shown
	p.lessons[lesson] = entry
	return n, p.save()
}

// entry is a copy of what is known of a lesson.
func (p *Progress) entry(lesson string) map[string]any {
	if entry := maps.Clone(p.lessons[lesson]); entry != nil {
		return entry
	}
	return map[string]any{}
}

// Record notes a result and saves. Only whole checks of a lesson count.
func (p *Progress) Record(l check.LessonResult, at time.Time) error {
	if l.Verdict != check.Passed && l.Verdict != check.Failed {
		return nil
	}
	for _, r := range l.Checks {
		if r.Verdict == check.Skipped && r.Reason == "" && l.Build.Verdict == check.Passed {
			return nil // one check alone says nothing of the lesson
		}
	}
	unlock, err := p.refresh()
	if err != nil {
		return err
	}
	defer unlock()
	entry := p.entry(l.Lesson)
	entry["verdict"], entry["checkedAt"] = string(l.Verdict), at.UTC().Format(time.RFC3339)
	delete(entry, "next")
	delete(entry, "confirmed")
	if l.Confirmed() {
		entry["confirmed"] = true
	}
	if first := l.FirstFailure(); first != nil {
		entry["next"] = first.HintsFor()
	}
	p.lessons[l.Lesson] = entry
	return p.save()
}

// refresh reads what other checkers have saved since, and keeps them out until unlock.
func (p *Progress) refresh() (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(p.path), 0o755); err != nil {
		return nil, fmt.Errorf("cannot save the progress: %w", err)
	}
	lock := flock.New(p.path + ".lock")
	if err := lock.Lock(); err != nil {
		return nil, fmt.Errorf("cannot save the progress: %w", err)
	}
	now, err := LoadProgress(Place{State: filepath.Dir(p.path)})
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	p.lessons = now.lessons
	if now.aside != "" {
		p.aside = now.aside
	}
	return func() { _ = lock.Close() }, nil
}

func (p *Progress) save() error {
	data, err := json.MarshalIndent(p.lessons, "", "  ")
	if err != nil {
		return err
	}
	if err := files.Replace(p.path, append(data, '\n')); err != nil {
		return fmt.Errorf("cannot save the progress: %w", err)
	}
	return nil
}
