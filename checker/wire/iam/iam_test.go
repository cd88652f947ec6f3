package iam

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const table = "arn:aws:dynamodb:eu-north-1:123456789012:table/items"

func TestDecide(t *testing.T) {
	t.Parallel()
	read := Statement{Name: "read", Effect: Allow, Actions: []string{"dynamodb:GetItem", "dynamodb:Query"}, Resources: []string{table}}
	for name, test := range map[string]struct {
		policy   Policy
		request  Request
		allowed  bool
		by       string
		explicit bool
	}{
		"no statement at all":    {nil, Request{"dynamodb:GetItem", table}, false, "", false},
		"allowed":                {Policy{read}, Request{"dynamodb:GetItem", table}, true, "read", false},
		"the case of the action": {Policy{read}, Request{"DynamoDB:getitem", table}, true, "read", false},
		"another action":         {Policy{read}, Request{"dynamodb:PutItem", table}, false, "", false},
		"another table":          {Policy{read}, Request{"dynamodb:GetItem", table + "2"}, false, "", false},
		"the case of the table":  {Policy{read}, Request{"dynamodb:GetItem", strings.ToUpper(table)}, false, "", false},
		"another region":         {Policy{read}, Request{"dynamodb:GetItem", strings.Replace(table, "north-1", "west-1", 1)}, false, "", false},
		"an index is not its table": {
			Policy{read}, Request{"dynamodb:Query", table + "/index/by-day"}, false, "", false,
		},
		"the first that allows is named": {
			Policy{read, {Name: "all", Effect: Allow, Actions: []string{"*"}, Resources: []string{"*"}}},
			Request{"dynamodb:GetItem", table}, true, "read", false,
		},
		"a deny beats what allows before it": {
			Policy{read, {Name: "no", Effect: Deny, Actions: []string{"dynamodb:*"}, Resources: []string{"*"}}},
			Request{"dynamodb:GetItem", table}, false, "no", true,
		},
		"and after it": {
			Policy{{Name: "no", Effect: Deny, Actions: []string{"dynamodb:Get*"}, Resources: []string{"*"}}, read},
			Request{"dynamodb:GetItem", table}, false, "no", true,
		},
		"a deny of something else": {
			Policy{{Name: "no", Effect: Deny, Actions: []string{"dynamodb:PutItem"}, Resources: []string{"*"}}, read},
			Request{"dynamodb:GetItem", table}, true, "read", false,
		},
		"NotAction allows the others": {
			Policy{{Name: "n", Effect: Allow, NotActions: []string{"dynamodb:Delete*", "s3:*"}, Resources: []string{"*"}}},
			Request{"dynamodb:GetItem", table}, true, "n", false,
		},
		"NotAction does not allow its own": {
			Policy{{Name: "n", Effect: Allow, NotActions: []string{"dynamodb:Delete*"}, Resources: []string{"*"}}},
			Request{"dynamodb:DeleteItem", table}, false, "", false,
		},
		"NotResource denies the others": {
			Policy{read, {Name: "n", Effect: Deny, Actions: []string{"*"}, NotResources: []string{table + "*"}}},
			Request{"dynamodb:GetItem", table}, true, "read", false,
		},
		"NotResource and a resource that it has not": {
			Policy{{Name: "n", Effect: Deny, Actions: []string{"*"}, NotResources: []string{"arn:aws:s3:::*"}}, read},
			Request{"dynamodb:GetItem", table}, false, "n", true,
		},
		"no effect": {Policy{{Name: "?", Actions: []string{"*"}, Resources: []string{"*"}}}, Request{"a:b", "*"}, false, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := test.policy.Decide(test.request)
			assert.Equal(t, test.allowed, d.Allowed)
			assert.Equal(t, test.by, d.By)
			assert.Equal(t, test.explicit, d.Explicit())
			assert.Equal(t, test.request, d.Request)
			if d.Statement >= 0 {
				assert.Equal(t, test.by, test.policy[d.Statement].Name)
			} else {
				assert.Equal(t, -1, d.Statement)
			}
		})
	}
}

func TestAnActionThatIsAllowedElsewhere(t *testing.T) {
	t.Parallel()
	p := Policy{
		{Effect: Allow, Actions: []string{"dynamodb:Get*"}, Resources: []string{table + "2"}},
		{Effect: Allow, Actions: []string{"dynamodb:GetItem"}, Resources: []string{table}},
		{Effect: Allow, Actions: []string{"dynamodb:GetItem"}, Resources: []string{table + "3"}},
		{Effect: Deny, Actions: []string{"dynamodb:PutItem"}, Resources: []string{table}},
	}
	assert.True(t, p.Decide(Request{"dynamodb:GetItem", table + "4"}).Elsewhere)
	assert.False(t, p.Decide(Request{"dynamodb:GetItem", table}).Elsewhere, "it is allowed here")
	assert.False(t, p.Decide(Request{"dynamodb:PutItem", table + "4"}).Elsewhere, "a deny allows nothing")
	assert.False(t, p.Decide(Request{"dynamodb:Scan", table}).Elsewhere)
}

func TestReason(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "because no identity-based policy allows the dynamodb:PutItem action",
		Decision{Statement: -1}.Reason("dynamodb:PutItem"))
	assert.Equal(t, "with an explicit deny in an identity-based policy", Decision{Statement: 0}.Reason("dynamodb:PutItem"))
	assert.Empty(t, Decision{Allowed: true}.Reason("dynamodb:PutItem"))
}

func TestMatchARN(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, arn string
		want         bool
	}{
		{"*", table, true},
		{table, table, true},
		{table + "/index/*", table + "/index/by-day", true},
		{table + "/index/*", table, false},
		{"arn:aws:dynamodb:*:*:table/items", table, true},
		{"arn:aws:dynamodb:*:*:table/it?ms", table, true},
		{"arn:aws:dynamodb:*:*:table/item?", table + "s", false},
		{"arn:*:dynamodb:eu-*-1:1234*:table/*", table, true},
		{"arn:aws:dynamodb:*:table/items", table, false}, // a wildcard does not stand for two parts
		{"arn:aws:dynamodb:*", table, true},              // but the last one does
		{"arn:aws:s3:::files/*", "arn:aws:s3:::files/a:b/c", true},
		{"arn:aws:s3:::files/*", "arn:aws:s3:::files", false},
		{"arn:aws:s3:::files*", "arn:aws:s3:::files-of-others/a", true},
		{"arn:aws:sqs:*:*:jobs", "arn:aws:sqs:eu-north-1:123456789012:jobs", true},
		{table, "*", false},
		{"items", table, false},
		{"", table, false},
		{"", "", true},
	} {
		assert.Equal(t, test.want, matchARN(test.pattern, test.arn), "%s and %s", test.pattern, test.arn)
	}
}

func TestConcerns(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		"*": true, "dynamodb:GetItem": true, "DynamoDB:*": true, "dyn*:Get*": true, "sqs:SendMessage": false, "dax:*": false,
	} {
		assert.Equal(t, want, Statement{Actions: []string{"sns:Publish", pattern}}.Concerns("dynamodb"), pattern)
	}
	assert.True(t, Statement{NotActions: []string{"dynamodb:GetItem"}}.Concerns("dynamodb"))
	assert.False(t, Statement{NotActions: []string{"DynamoDB:*"}}.Concerns("dynamodb"))
	assert.False(t, Statement{NotActions: []string{"*"}}.Concerns("dynamodb"))
	assert.False(t, Statement{}.Concerns("dynamodb"))
}

// The matcher is compared with regular expressions, which say the same in another way.
func FuzzMatch(f *testing.F) {
	f.Add("dynamodb:*Item", "dynamodb:GetItem")
	f.Add("*a*b?c**", "xaybzcc")
	f.Add("", "")
	f.Add("?", "é")
	f.Add(strings.Repeat("*a", 30), strings.Repeat("a", 60)+"b")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 500 {
			return
		}
		// Latin-1 makes a rune of each byte, as match sees them.
		latin := func(s string) string {
			runes := make([]rune, len(s))
			for n := range len(s) {
				runes[n] = rune(s[n])
			}
			return string(runes)
		}
		quoted := regexp.QuoteMeta(latin(pattern))
		quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\*`, `(?s:.*)`), `\?`, `(?s:.)`)
		want := regexp.MustCompile(`\A` + quoted + `\z`).MatchString(latin(text))
		assert.Equal(t, want, match(pattern, text), "%q and %q", pattern, text)
		if matchARN(pattern, text) && pattern != "*" {
			assert.True(t, match(pattern, text), "%q and %q: parts can match no more than the whole", pattern, text)
		}
	})
}
