package main

import (
	"unicode"
	"unicode/utf8"
)

// maxID is the longest id, in characters.
const maxID = 64

// validID tells whether an id can be one: letters and digits of any language, then dots, hyphens and underscores, too.
func validID(id string) bool {
	for n, r := range id {
		letter := unicode.IsLetter(r) || unicode.IsNumber(r)
		mark := n > 0 && (r == '.' || r == '-' || r == '_')
		if !letter && !mark {
			return false
		}
	}
	return id != "" && utf8.RuneCountInString(id) <= maxID
}
