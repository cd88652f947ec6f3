package backend_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Random expressions on random items have the same result on both backends, or both have an error. The
// texts of errors are not compared: many of these expressions have several mistakes, and which of them is
// told is chance. DynamoDB Local is AWS's own work. What this finds becomes a fact.
func TestRandomExpressionsHaveTheSameOutcomeOnBothBackends(t *testing.T) {
	t.Parallel()
	var both []*run
	for _, technology := range exact {
		both = append(both, &run{t: certain(t), db: client(t, technology.open(t)), tables: map[string]string{}})
	}
	for name, outcome := range map[string]func(*rapid.T) func(*run) string{"condition": randomCondition, "update": randomUpdate, "projection": randomProjection} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				of := outcome(rt)
				local, embedded := of(both[1]), of(both[0])
				require.Equal(rt, withoutText(local), withoutText(embedded), "DynamoDB Local: %s\nembedded: %s", local, embedded)
			})
		})
	}
}

// withoutText leaves out the text of a ValidationException, and not the item that may follow.
func withoutText(outcome string) string {
	if !strings.HasPrefix(outcome, "ValidationException") {
		return outcome
	}
	_, stored, _ := strings.Cut(outcome, itemFollows)
	return "ValidationException" + stored
}

const itemFollows = "; the item is "

// drawValue is a value that a random expression may meet.
func drawValue(rt *rapid.T, label string) any {
	return rapid.SampledFrom([]any{
		0, 1, 2, 10, "", "x", "xy", "L", []byte("x"), true, false, nil, list{}, list{1, "x"}, list{item{"k": 1}, list{2}},
		item{}, item{"k": 1, "j": item{"k": list{1, 2}}}, ss("x"), ss("x", "y"), ns("1", "2"), bs("x"),
	}).Draw(rt, label)
}

func drawItem(rt *rapid.T) item {
	i := item{"id": "a"}
	for _, name := range []string{"a", "b", "c"} {
		if rapid.Bool().Draw(rt, "has "+name) {
			i[name] = drawValue(rt, name)
		}
	}
	return i
}

func drawPath(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "c", "a.k", "b[0]", "c.j.k[1]", "a[1].k", "b.j", "a[0]", "#n", "b [ 1 ]"}).Draw(rt, "path")
}

func drawOperand(rt *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(rt, "operand") {
	case 0, 1, 2, 3:
		return drawPath(rt)
	case 4, 5, 6, 7:
		return rapid.SampledFrom([]string{":v", ":w", ":x"}).Draw(rt, "value")
	case 8:
		return "size(" + drawPath(rt) + ")"
	default:
		return "(" + drawPath(rt) + ")"
	}
}

func drawCondition(rt *rapid.T, depth int) string {
	operand := func() string { return drawOperand(rt) }
	switch rapid.IntRange(0, 12).Draw(rt, "condition") {
	case 0, 1, 2:
		return operand() + rapid.SampledFrom([]string{" = ", " <> ", "<", "<=", " > ", ">="}).Draw(rt, "operator") + operand()
	case 3:
		return operand() + " BETWEEN " + operand() + " AND " + operand()
	case 4:
		return operand() + " IN (" + operand() + ", " + operand() + ")"
	case 5:
		return rapid.SampledFrom([]string{"attribute_exists", "attribute_not_exists"}).Draw(rt, "function") + "(" + operand() + ")"
	case 6, 7:
		return rapid.SampledFrom([]string{"contains", "begins_with", "attribute_type"}).Draw(rt, "function") + "(" + operand() + ", " + operand() + ")"
	}
	if depth == 0 {
		return "attribute_exists(a)"
	}
	switch rapid.IntRange(0, 3).Draw(rt, "connective") {
	case 0:
		return drawCondition(rt, depth-1) + " AND " + drawCondition(rt, depth-1)
	case 1:
		return drawCondition(rt, depth-1) + " OR " + drawCondition(rt, depth-1)
	case 2:
		return "NOT " + drawCondition(rt, depth-1)
	default:
		return "(" + drawCondition(rt, depth-1) + ")"
	}
}

// broken sometimes leaves out a character, or has one too many.
func broken(rt *rapid.T, text string) string {
	if rapid.IntRange(0, 5).Draw(rt, "break it") != 0 {
		return text
	}
	at := rapid.IntRange(0, len(text)-1).Draw(rt, "at")
	if rapid.Bool().Draw(rt, "leave out") {
		return text[:at] + text[at+1:]
	}
	return text[:at] + rapid.SampledFrom([]string{"(", ")", ",", "=", " ", "!", "+", ".", "[", "]", ":", "#", "é", "7"}).Draw(rt, "character") + text[at:]
}

// used are the placeholders that a text has in it, so that none is unused.
func used(rt *rapid.T, text string) (names, item) {
	var n names
	if strings.Contains(text, "#n") {
		n = names{"#n": "a"}
	}
	var values item
	for _, holder := range []string{":v", ":w", ":x"} {
		if strings.Contains(text, holder) {
			if values == nil {
				values = item{}
			}
			values[holder] = drawValue(rt, holder)
		}
	}
	return n, values
}

func randomCondition(rt *rapid.T) func(*run) string {
	i, text := drawItem(rt), broken(rt, drawCondition(rt, 3))
	n, values := used(rt, text)
	return conditionalWithNames(i, text, n, values)
}

func drawUpdate(rt *rapid.T) string {
	operand := func() string {
		switch rapid.IntRange(0, 4).Draw(rt, "operand") {
		case 0:
			return "if_not_exists(" + drawPath(rt) + ", " + drawOperand(rt) + ")"
		case 1:
			return "list_append(" + drawOperand(rt) + ", " + drawOperand(rt) + ")"
		default:
			return drawOperand(rt)
		}
	}
	var sections []string
	for _, section := range rapid.Permutation([]string{"SET", "REMOVE", "ADD", "DELETE"}).Draw(rt, "sections") {
		if rapid.IntRange(0, 2).Draw(rt, section) > 0 {
			continue
		}
		var actions []string
		for range rapid.IntRange(1, 3).Draw(rt, "actions") {
			action := drawPath(rt)
			switch section {
			case "SET":
				action += " = " + operand()
				if rapid.IntRange(0, 3).Draw(rt, "arithmetic") == 0 {
					action += rapid.SampledFrom([]string{" + ", "-"}).Draw(rt, "sign") + operand()
				}
			case "ADD", "DELETE":
				action += " " + rapid.SampledFrom([]string{":v", ":w"}).Draw(rt, "value")
			}
			actions = append(actions, action)
		}
		sections = append(sections, section+" "+strings.Join(actions, ", "))
	}
	if len(sections) == 0 {
		return "SET a = :v"
	}
	return strings.Join(sections, " ")
}

func randomUpdate(rt *rapid.T) func(*run) string {
	i, text := drawItem(rt), broken(rt, drawUpdate(rt))
	n, values := used(rt, text)
	return func(r *run) string {
		r.has(r.items(), i)
		got := r.updateItem(&dynamodb.UpdateItemInput{UpdateExpression: &text, ExpressionAttributeNames: n, ExpressionAttributeValues: values.values()})
		return got + itemFollows + r.get(item{"id": "a"})
	}
}

func randomProjection(rt *rapid.T) func(*run) string {
	i := drawItem(rt)
	var paths []string
	for range rapid.IntRange(1, 4).Draw(rt, "paths") {
		paths = append(paths, drawPath(rt))
	}
	text := broken(rt, strings.Join(paths, ", "))
	n, _ := used(rt, text)
	return func(r *run) string {
		r.has(r.items(), i)
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String(text), ExpressionAttributeNames: n})
	}
}
