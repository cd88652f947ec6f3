package main

import "fmt"

// labelled is an item as the API shows it.
type labelled struct {
	item
	Label string `json:"label"`
}

// label is what the warehouse prints: Blue kettle (available), 19.90 EUR.
func label(i item) string {
	return fmt.Sprintf("%s (%s), %.2f EUR", i.Name, i.Status, i.Price)
}
