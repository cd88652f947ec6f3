package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/report"
)

// summaryVariable names the file to which a step of GitHub Actions adds its summary.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// annotate writes annotations, and adds a summary to the step's file, if there is one.
func annotate(p Process, d check.Document, lessons string) error {
	if err := report.GitHub(p.Stdout, d, filepath.ToSlash(lessons)); err != nil {
		return err
	}
	path := variable(p.Environ, summaryVariable)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		err = errors.Join(report.Markdown(file, d), file.Close())
	}
	if err != nil {
		return fmt.Errorf("the summary of this step cannot be written: %w", err)
	}
	return nil
}
