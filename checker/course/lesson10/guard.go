package lesson10

import (
	"net/url"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

var permissions = check.Check{
	ID:          "permissions",
	Requirement: "The function may store objects in UploadsBucket, and no more",
	Why: "A signed URL can do what its signer may do, and whoever gets in through a mistake in the function may do it without one. A function that only signs " +
		"uploads has no need to read, list or delete anything.",
	Next: "Give the function one statement: s3:PutObject on !Sub ${UploadsBucket.Arn}/uploads/*.",
	Run: func(t *check.T) {
		f := picture()
		ask(t, f).store(f, change{})
		p := t.Function(function).Permissions()
		p.Suffice()
		p.NameEverything()
		p.AreAllUsed()
	},
}

var secrets = check.Check{
	ID:          "secrets",
	Requirement: "What was signed is told to the client alone: neither the log nor the answer has a secret that is not needed",
	Why:         "A signed URL is a key: whoever reads it in a log can use it. The secret access key that it was made with opens everything that the function may do.",
	Next:        "Log the key of the object and the request id, and neither the URL, nor the fields, nor credentials.",
	Run: func(t *check.T) {
		g := ask(t, picture())
		hidden := []struct{ words, text string }{{"the signature of the upload", g.signature()}}
		for _, c := range t.Function(function).Credentials() {
			hidden = append(hidden, struct{ words, text string }{"the function's secret access key", c.SecretAccessKey})
			if strings.Contains(g.reply.Answer().Body, c.SecretAccessKey) {
				g.reply.Fail(check.Finding{
					Got: "an answer with the function's secret access key", Want: "an answer with a signature that was made with it", Evidence: []string{},
					Next: "Sign in the function. A client that is given the function's credentials can do all that the function may do.",
				})
			}
		}
		for _, secret := range hidden {
			for _, line := range g.reply.Log {
				if secret.text != "" && strings.Contains(line, secret.text) {
					g.reply.Fail(check.Finding{Got: secret.words + " in the log", Want: "a log without it", Evidence: []string{}})
				}
			}
		}
	},
}

// signature is that of the upload, "" if there is none.
func (g grant) signature() string {
	for name, value := range g.Fields {
		if strings.EqualFold(name, "X-Amz-Signature") {
			return value
		}
	}
	u, err := url.Parse(g.URL)
	if err != nil {
		return ""
	}
	return u.Query().Get("X-Amz-Signature")
}
