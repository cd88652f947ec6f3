// Package course is the workshop: its lessons in order.
//
// Each lesson has a package of its own, with the checks. Beside the lesson here are what proves it: a
// bank of mistakes, and what a learner reads for each. A learner never needs to open any of this.
package course

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course/diagnosis"
	"example.com/serverless-patterns/checker/course/lesson01"
	"example.com/serverless-patterns/checker/course/lesson02"
	"example.com/serverless-patterns/checker/course/lesson03"
	"example.com/serverless-patterns/checker/course/lesson04"
	"example.com/serverless-patterns/checker/course/lesson05"
	"example.com/serverless-patterns/checker/course/lesson06"
	"example.com/serverless-patterns/checker/course/lesson07"
	"example.com/serverless-patterns/checker/course/lesson08"
	"example.com/serverless-patterns/checker/course/lesson09"
	"example.com/serverless-patterns/checker/course/lesson10"
	"example.com/serverless-patterns/checker/course/lesson11"
)

// Module is the path in the course's go.mod, by which its directory is known.
const Module = "example.com/serverless-patterns"

// Lesson is a lesson with what proves it.
type Lesson struct {
	check.Lesson
	// Files has the lesson's bank, its transcripts, and what its mistakes look like; see packages bank, verify and diagnosis.
	Files fs.FS
}

// Run checks an answer to the lesson, as [check.Run] does, and says which known mistake a failure looks like.
func (l Lesson) Run(ctx context.Context, o check.Options) check.LessonResult {
	r := check.Run(ctx, l.Lesson, o)
	if r.FirstFailure() == nil {
		return r
	}
	// A book that cannot be read is a fault of the course, which its tests find. The verdict stands without it.
	if book, err := diagnosis.Load(l.Files); err == nil {
		r.Diagnosis = book.Diagnose(r)
	}
	return r
}

// Lessons are all lessons in order.
func Lessons() []Lesson {
	return []Lesson{
		{lesson01.Lesson, lesson01.Files},
		{lesson02.Lesson, lesson02.Files},
		{lesson03.Lesson, lesson03.Files},
		{lesson04.Lesson, lesson04.Files},
		{lesson05.Lesson, lesson05.Files},
		{lesson06.Lesson, lesson06.Files},
		{lesson07.Lesson, lesson07.Files},
		{lesson08.Lesson, lesson08.Files},
		{lesson09.Lesson, lesson09.Files},
		{lesson10.Lesson, lesson10.Files},
		{lesson11.Lesson, lesson11.Files},
	}
}

// UnknownLessonError names a lesson that there is not.
type UnknownLessonError struct{ Name string }

func (e *UnknownLessonError) Error() string {
	var known []string
	for _, l := range Lessons() {
		known = append(known, fmt.Sprintf("%d (%s)", l.Number, l.ID))
	}
	return fmt.Sprintf("there is no lesson %q; there are: %s", e.Name, strings.Join(known, ", "))
}

// Find returns a lesson by its number, with or without zeros in front, by its directory, or by the
// directory without the number: 3, 03, 03-sqs-partial-failures, sqs-partial-failures. The error is an
// [*UnknownLessonError].
func Find(name string) (Lesson, error) {
	clean := strings.TrimSuffix(name, "/")
	clean = clean[strings.LastIndexByte(clean, '/')+1:]
	number, err := strconv.Atoi(clean)
	for _, l := range Lessons() {
		_, words, _ := strings.Cut(l.ID, "-")
		if clean == l.ID || clean == words || err == nil && number == l.Number {
			return l, nil
		}
	}
	return Lesson{}, &UnknownLessonError{name}
}
