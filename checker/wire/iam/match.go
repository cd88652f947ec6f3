package iam

import "strings"

// arnParts are those of an ARN: arn, the partition, the service, the region, the account, and the
// resource, in which more colons may be.
const arnParts = 6

// Name is the last part of an ARN: table/items. Anything else is returned as it is.
func Name(arn string) string {
	parts := strings.SplitN(arn, ":", arnParts)
	return parts[len(parts)-1]
}

func matchAction(pattern, action string) bool {
	return match(strings.ToLower(pattern), strings.ToLower(action))
}

// matchARN compares part by part: a wildcard does not reach over a colon, except in the last part of the
// pattern ("IAM JSON policy elements: Resource" in the IAM User Guide).
func matchARN(pattern, arn string) bool {
	if pattern == "*" {
		return true
	}
	patterns := strings.SplitN(pattern, ":", arnParts)
	parts := strings.SplitN(arn, ":", len(patterns))
	if len(parts) != len(patterns) {
		return false
	}
	for n := range patterns {
		if !match(patterns[n], parts[n]) {
			return false
		}
	}
	return true
}

// match compares a text with a pattern in which * stands for any bytes, also none, and ? for one. After
// a * it tries the shortest first, and goes back to the last * alone: those before it have found theirs
// for good. So the time is at most the product of the lengths.
func match(pattern, text string) bool {
	p, t := 0, 0
	star, from := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
