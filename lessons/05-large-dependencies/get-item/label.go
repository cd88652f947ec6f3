package main

import (
	"strings"
	"text/template"
)

// labelled is an item as the API shows it.
type labelled struct {
	item
	Label string `json:"label"`
}

var labelTemplate = template.Must(template.New("label").Parse(`{{.Name}} ({{.Status}}), {{printf "%.2f" .Price}} EUR`))

// label is what the warehouse prints: Blue kettle (available), 19.90 EUR.
func label(i item) string {
	var text strings.Builder
	if err := labelTemplate.Execute(&text, i); err != nil {
		return i.Name
	}
	return text.String()
}
