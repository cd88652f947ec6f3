package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Upload is a browser form: its fields, whose names are in small letters, and the size of its file in bytes.
type Upload struct {
	Bucket string
	Fields map[string]string
	Size   int64
}

// policy is what a form's signer wants of it.
type policy struct {
	Expiration string            `json:"expiration"`
	Conditions []json.RawMessage `json:"conditions"`
}

// free are fields that need no condition, in small letters.
var free = []string{"x-amz-signature", "file", "policy", "awsaccesskeyid", "signature"}

// Form returns nil if a form is as the policy says that somebody has signed with these credentials, and not too late.
func Form(u Upload, creds aws.Credentials, now time.Time) *Refusal {
	field := func(name string) string { return u.Fields[strings.ToLower(name)] }
	at, err := time.Parse(dateForm, field(date))
	region, ok := scope(field(credential), at)
	switch {
	case field("policy") == "" || field(signature) == "":
		return &Refusal{http.StatusForbidden, "AccessDenied", "Access Denied"}
	case field(algorithm) != method || err != nil || !ok:
		return &Refusal{http.StatusBadRequest, "InvalidArgument", "the form fields X-Amz-Algorithm, X-Amz-Credential and X-Amz-Date are not as they must be"}
	case !same(formSignature(field("policy"), creds, region, at), field(signature)):
		return &Refusal{http.StatusForbidden, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your key and signing method."}
	case field(securityToken) != creds.SessionToken:
		return &Refusal{http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid."}
	}
	p, refusal := readPolicy(field("policy"))
	if refusal != nil {
		return refusal
	}
	expiration, err := time.Parse(time.RFC3339, p.Expiration)
	switch {
	case err != nil:
		return invalidPolicy("'expiration' must be in ISO 8601 format")
	case now.After(expiration):
		return denied("Policy expired.")
	}
	return p.holds(u)
}

func readPolicy(text string) (policy, *Refusal) {
	var p policy
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return policy{}, invalidPolicy("Invalid JSON.")
	}
	return p, nil
}

func invalidPolicy(message string) *Refusal {
	return &Refusal{http.StatusBadRequest, "InvalidPolicyDocument", "Invalid Policy: " + message}
}

func denied(message string) *Refusal {
	return &Refusal{http.StatusForbidden, "AccessDenied", "Invalid according to Policy: " + message}
}

// holds compares a form with the conditions, and looks whether each field has one.
func (p policy) holds(u Upload) *Refusal {
	covered := slices.Clone(free)
	for _, raw := range p.Conditions {
		name, refusal := condition(raw, u)
		if refusal != nil {
			return refusal
		}
		covered = append(covered, name)
	}
	for name := range u.Fields {
		if !slices.Contains(covered, name) && !strings.HasPrefix(name, "x-ignore-") {
			return denied("Extra input fields: " + name)
		}
	}
	return nil
}

// condition looks at one condition, in any of its forms, and returns the field that it is of.
func condition(raw json.RawMessage, u Upload) (name string, refusal *Refusal) {
	var exact map[string]string
	if json.Unmarshal(raw, &exact) == nil {
		for key, want := range exact {
			return match("eq", key, want, u)
		}
	}
	var parts []any
	if json.Unmarshal(raw, &parts) != nil || len(parts) != 3 {
		return "", invalidPolicy("Invalid Condition: " + string(raw))
	}
	operator, _ := parts[0].(string)
	if strings.EqualFold(operator, "content-length-range") {
		least, ok1 := parts[1].(float64)
		most, ok2 := parts[2].(float64)
		switch {
		case !ok1 || !ok2:
			return "", invalidPolicy("Invalid content-length-range")
		case u.Size < int64(least):
			return "", &Refusal{http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"}
		case u.Size > int64(most):
			return "", &Refusal{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"}
		}
		return "", nil
	}
	key, ok1 := parts[1].(string)
	want, ok2 := parts[2].(string)
	if !ok1 || !ok2 || !strings.HasPrefix(key, "$") {
		return "", invalidPolicy("Invalid Condition: " + string(raw))
	}
	return match(strings.ToLower(operator), strings.TrimPrefix(key, "$"), want, u)
}

func match(operator, key, want string, u Upload) (string, *Refusal) {
	name := strings.ToLower(key)
	got, ok := u.Fields[name]
	if name == "bucket" {
		got, ok = u.Bucket, true
	}
	holds := ok && got == want
	switch operator {
	case "eq":
	case "starts-with":
		holds = ok && strings.HasPrefix(got, want)
	default:
		return "", invalidPolicy("Invalid Condition: unknown operation '" + operator + "'.")
	}
	if !holds {
		return "", denied(fmt.Sprintf("Policy Condition failed: [%q, %q, %q]", operator, "$"+key, want))
	}
	return name, nil
}

// formSignature signs a policy with the key of that day ("Calculating a Signature" for browser-based uploads).
func formSignature(policy string, creds aws.Credentials, region string, at time.Time) string {
	key := []byte("AWS4" + creds.SecretAccessKey)
	for _, part := range []string{at.Format("20060102"), region, "s3", "aws4_request", policy} {
		sum := hmac.New(sha256.New, key)
		_, _ = sum.Write([]byte(part)) // never fails
		key = sum.Sum(nil)
	}
	return hex.EncodeToString(key)
}
