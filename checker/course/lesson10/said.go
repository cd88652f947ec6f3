package lesson10

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// notTaken says why S3 refuses what was asked for, and allowed.
func (g grant) notTaken(a check.Answer) check.Finding {
	f := check.Finding{
		Got: g.refusedIt(a), Want: "an upload as it was asked for to be taken",
		Why:      "S3 makes the signature anew from what comes, and takes the upload only if it is the one that was signed, in time, by somebody who may store it.",
		Next:     "Compare what the function signs with what it tells the client to send: the method, the key and each header have to be the same.",
		Evidence: g.evidence(a),
	}
	switch why := said(a); {
	case strings.Contains(why, "expired"):
		f.Next = "Sign for some minutes: s3.WithPresignExpires(5*time.Minute). It takes a time.Duration, and a bare number is nanoseconds."
	case strings.Contains(why, "is not authorized"):
		f.Next = fmt.Sprintf("Give %s a policy for s3:PutObject whose Resource are the objects, !Sub ${%s.Arn}/uploads/*: the ARN of the bucket alone is none of theirs.", function, bucket)
	case g.untold() != "":
		f.Next = fmt.Sprintf("The signature covers the header %s. Tell the client to send it: in headers of the answer, with the value that was signed.", g.untold())
	}
	return f
}

// untold is a header that was signed, and that the client was not told of; "" if there is none.
func (g grant) untold() string {
	u, err := url.Parse(g.URL)
	if err != nil || g.Method != http.MethodPut {
		return ""
	}
	for name := range strings.SplitSeq(u.Query().Get("X-Amz-SignedHeaders"), ";") {
		told := slices.ContainsFunc(slices.Collect(maps.Keys(g.Headers)), func(header string) bool { return strings.EqualFold(header, name) })
		if !told && name != "" && name != "host" && name != "content-length" { // every client sends these
			return name
		}
	}
	return ""
}

// refusedIt is how S3 has refused an upload, in the template's words where it is a permission that was missing.
func (g grant) refusedIt(a check.Answer) string {
	why := said(a)
	if denials := g.t.Function(function).Denials(); len(denials) > 0 && strings.Contains(why, "is not authorized") {
		why = fmt.Sprintf("%d AccessDenied: %s", a.Status, strings.Join(denials, "; "))
	}
	return fmt.Sprintf("S3 refused it: %s. What was signed is %s", strings.TrimSuffix(why, "."), g.signed())
}

// evidence is what was signed, and what S3 says of it.
func (g grant) evidence(a check.Answer) []string {
	lines := []string{"signed: " + g.signed()}
	for _, call := range g.t.Function(function).Denials() {
		lines = append(lines, "call:   "+call)
	}
	if len(lines) == 1 {
		lines = append(lines, "S3:     "+said(a))
	}
	return lines
}

// signed says what the signature is of.
func (g grant) signed() string {
	if g.Method == http.MethodPut {
		u, err := url.Parse(g.URL)
		if err != nil || u.Query().Get("X-Amz-SignedHeaders") == "" {
			return "nothing"
		}
		return fmt.Sprintf("PUT, for %s s, with the headers %s", u.Query().Get("X-Amz-Expires"), strings.ReplaceAll(u.Query().Get("X-Amz-SignedHeaders"), ";", ", "))
	}
	var policy struct{ Conditions []any }
	for name, value := range g.Fields {
		if raw, err := base64.StdEncoding.DecodeString(value); strings.EqualFold(name, "policy") && err == nil {
			_ = json.Unmarshal(raw, &policy) // then there are no conditions
		}
	}
	var names []string
	for _, c := range policy.Conditions {
		switch c := c.(type) {
		case map[string]any:
			names = append(names, slices.Sorted(maps.Keys(c))...)
		case []any:
			if len(c) == 3 {
				name := strings.Trim(fmt.Sprintf("%v %v", c[0], c[1]), "[]")
				if c[1] == "$Content-Type" { // its beginning, which says what else is let through
					name += fmt.Sprintf(" %q", c[2])
				}
				names = append(names, name)
			}
		}
	}
	return "a form, with conditions on " + strings.Join(names, ", ")
}
