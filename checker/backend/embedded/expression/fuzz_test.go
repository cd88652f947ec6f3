package expression_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/expression"
)

// FuzzExpression reads any text as an expression of each kind, and evaluates what can be read. What comes
// of an update stays within the item's own rules.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		"attribute_not_exists(id)", "#n = :n AND NOT (a < :n OR size(l) >= :n)", "n BETWEEN :n AND :m", "a IN (:n, :s, :l)",
		"contains(l, :n) and begins_with(s, :s)", "attribute_type(m.k[0], :t)", "id = :s AND at > :n", "a.b[1].#n, c", "((a = :n))",
		"SET a = :n, l[1] = :s, m.k = if_not_exists(m.k, :n) + :n REMOVE l[0], m.j ADD n :n, ss :ss DELETE ns :ns",
		"SET l = list_append(l, :l), m.l[9] = (n - :n)", "remove l[0], l[1].k add n :n", "a = = :n", "a[", "SET", "'", "\xff", "NOT NOT NOT a = :n",
	} {
		f.Add(seed)
	}
	item := func() attribute.Item {
		n, _ := attribute.Number("5")
		list := attribute.Value{Kind: attribute.L, List: []attribute.Value{n, {Kind: attribute.M, Map: attribute.Item{"k": n}}, attribute.String("x")}}
		return attribute.Item{
			"id": attribute.String("a"), "n": n, "s": attribute.String("text"), "l": list,
			"m":  {Kind: attribute.M, Map: attribute.Item{"k": n, "l": list}},
			"ss": {Kind: attribute.SS, Set: []string{"a", "b"}}, "ns": {Kind: attribute.NS, Set: []string{"1", "2"}},
		}
	}
	yes := true
	values := map[string]*attribute.Wire{
		":n": {N: aws.String("1")}, ":m": {N: aws.String("9")}, ":s": {S: aws.String("te")}, ":t": {S: aws.String("L")}, ":l": {L: []*attribute.Wire{{NULL: &yes}}},
		":ss": {SS: []string{"b", "c"}}, ":ns": {NS: []string{"2"}}, ":b": {B: []byte{1}}, ":z": {M: map[string]*attribute.Wire{}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := expression.NewReader(map[string]string{"#n": "n"}, values)
		require.NoError(t, err)
		stored := item()
		if c, err := r.Condition("ConditionExpression", text); err == nil {
			c.Holds(stored)
			c.Holds(nil)
			require.NotEmpty(t, c.Attributes())
		}
		if terms, err := r.KeyCondition(text); err == nil {
			for _, term := range terms {
				require.NotEmpty(t, term.Attribute)
				require.NotEmpty(t, term.Values)
			}
		}
		if p, err := r.Projection(text); err == nil {
			require.LessOrEqual(t, p.Apply(stored).Size(), stored.Size())
		}
		if u, err := r.Update(text); err == nil {
			if updated, err := u.Apply(stored); err == nil {
				u.Updated().Apply(updated)
				for _, v := range updated {
					require.NotEqual(t, attribute.None, v.Kind)
					require.False(t, v.Kind.IsSet() && len(v.Set) == 0, "an empty set is left")
				}
			}
		}
		_ = r.Unused()
		require.Equal(t, string(item().AppendJSON(nil)), string(stored.AppendJSON(nil)), "evaluating changed the item")
	})
}
