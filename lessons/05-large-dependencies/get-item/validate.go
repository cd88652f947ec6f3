package main

import "regexp"

// rules are those of all our services, for everything that anybody may send.
var rules = map[string]*regexp.Regexp{
	"id":          regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$`),
	"name":        regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,'&()-]{0,255}$`),
	"description": regexp.MustCompile(`^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]{0,1000}$`),
	"tag":         regexp.MustCompile(`^[\p{L}\p{N}-]{1,64}$`),
	"sku":         regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{4,8}$`),
	"barcode":     regexp.MustCompile(`^[0-9]{8}$|^[0-9]{12,14}$`),
	"email":       regexp.MustCompile(`^[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]{1,64}@[\p{L}\p{N}.-]{1,255}$`),
	"phone":       regexp.MustCompile(`^\+?[0-9 ()-]{6,20}$`),
	"firstName":   regexp.MustCompile(`^[\p{L}\p{M}][\p{L}\p{M} .'-]{0,127}$`),
	"lastName":    regexp.MustCompile(`^[\p{L}\p{M}][\p{L}\p{M} .'-]{0,127}$`),
	"company":     regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,255}$`),
	"street":      regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,'/-]{0,255}$`),
	"city":        regexp.MustCompile(`^[\p{L}][\p{L}\p{M} .'-]{0,127}$`),
	"postcode":    regexp.MustCompile(`^[A-Z0-9][A-Z0-9 -]{1,9}$`),
	"country":     regexp.MustCompile(`^[A-Z]{2}$`),
	"voucher":     regexp.MustCompile(`^[\p{Lu}\p{N}]{4}(-[\p{Lu}\p{N}]{4}){1,7}$`),
}
