package lesson02

var hints = map[string][]string{}
