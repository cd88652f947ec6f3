// Package library is not a function.
package library
