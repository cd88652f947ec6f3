package grade

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// Collect makes a book of result documents, as `checker check --format json` prints them, and of records of earlier
// runs: the JSON files in a folder and below. The learner is the sub-folder that a file is in, or, of files in the folder
// itself, the file's name. Of several results of a lesson, the one that was written last counts. It takes documents for
// what they say: they are as trustworthy as the machines that made them.
func Collect(folder string) (Book, error) {
	b := Book{Schema: Schema, Force: "on other machines, whose result documents were collected"}
	latest := map[string]int64{}
	at := map[string]int{}
	err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && name != folder && strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir // what a run of grade has there that was killed is nobody's result
		}
		if err != nil || !e.Type().IsRegular() || filepath.Ext(name) != ".json" || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		rel, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		records, err := read(name, learnerOf(rel))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, r := range records {
			key := r.Learner + "\x00" + r.Lesson
			n, ok := at[key]
			if !ok {
				n = len(b.Records)
				at[key] = n
				b.Records = append(b.Records, r)
			}
			if written := info.ModTime().UnixNano(); !ok || written > latest[key] {
				latest[key], b.Records[n] = written, r
			}
		}
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("cannot collect results: %w", err)
	}
	if len(b.Records) == 0 {
		return b, fmt.Errorf("%s has no result documents: `checker check --format json >LEARNER.json` makes one", folder)
	}
	b.sort()
	return b, nil
}

func learnerOf(rel string) string {
	if first, _, nested := strings.Cut(filepath.ToSlash(rel), "/"); nested {
		return first
	}
	return strings.TrimSuffix(rel, filepath.Ext(rel))
}

// read reads a result document, a record, or a book, in which the learners are named.
func read(name, learner string) ([]Record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxReport {
		return nil, fmt.Errorf("it is larger than %d MB", maxReport>>20)
	}
	var any struct {
		Schema  string `json:"schema"`
		Outcome string `json:"outcome"`
	}
	if err := json.Unmarshal(data, &any); err != nil {
		return nil, fmt.Errorf("it is no JSON document: %w", err)
	}
	switch {
	case any.Schema == check.Schema:
		return ofDocument(data, learner)
	case any.Schema == Schema:
		var b Book
		err := json.Unmarshal(data, &b)
		return b.Records, err
	case any.Outcome != "":
		var r Record
		err := json.Unmarshal(data, &r)
		return []Record{r}, err
	}
	return nil, fmt.Errorf("its schema is %q, and not %s or %s", any.Schema, check.Schema, Schema)
}

func ofDocument(data []byte, learner string) ([]Record, error) {
	var d check.Document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	if len(d.Lessons) == 0 {
		return nil, errors.New("it has no lessons")
	}
	var all []Record
	for _, l := range d.Lessons {
		r := Record{Learner: learner, Lesson: l.Lesson, Number: l.Number}
		r.Outcome, r.Why = outcomeOf(l)
		one := check.NewDocument(d.Backend, d.Seed, []check.LessonResult{l})
		r.Result = &one
		all = append(all, r)
	}
	return all, nil
}
