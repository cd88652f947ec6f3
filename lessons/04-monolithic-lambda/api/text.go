package main

import (
	"fmt"
	"strings"
	"text/template"
)

var reportTemplate = template.Must(template.New("report").Parse(
	`{{.Day}}: {{.Items}} {{if eq .Items 1}}item{{else}}items{{end}} worth {{printf "%.2f" .Value}} EUR`))

// text is the report as people read it: 2026-11-27: 2 items worth 24.90 EUR.
func text(r report) (string, error) {
	var out strings.Builder
	if err := reportTemplate.Execute(&out, r); err != nil {
		return "", fmt.Errorf("writing the text of a report: %w", err)
	}
	return out.String(), nil
}
