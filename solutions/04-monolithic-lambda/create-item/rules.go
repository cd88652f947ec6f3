package main

import "regexp"

// The rules for what a client may write. To compile them takes longer than all the rest of INIT.
var (
	idRule          = regexp.MustCompile(`\A[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}\z`)
	nameRule        = regexp.MustCompile(`\A[\p{L}\p{N}][\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,255}\z`)
	descriptionRule = regexp.MustCompile(`\A[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]{0,1000}\z`)
	tagRule         = regexp.MustCompile(`\A[\p{L}\p{N}-]{1,64}\z`)
)

// validate says what is wrong with an item, as a *badRequestError.
func validate(i item) error {
	switch {
	case i.ID != "" && !idRule.MatchString(i.ID):
		return &badRequestError{"id must have 1 to 64 letters, digits, dots, hyphens or underscores, or be left out"}
	case !nameRule.MatchString(i.Name):
		return &badRequestError{"name must have 1 to 256 characters, and begin with a letter or a digit"}
	case !descriptionRule.MatchString(i.Description):
		return &badRequestError{"description must have at most 1000 characters, on one line"}
	case i.Price < 0:
		return &badRequestError{"price must be a number that is not negative"}
	case i.Price >= 1e126 || i.Price > 0 && i.Price < 1e-130: // where DynamoDB's numbers end
		return &badRequestError{"price must be a number that can be stored"}
	}
	for _, tag := range i.Tags {
		if !tagRule.MatchString(tag) {
			return &badRequestError{"a tag must have 1 to 64 letters, digits or hyphens"}
		}
	}
	return nil
}
