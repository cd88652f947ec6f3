package backend_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Where the type of evidence is "measured", the texts and results are those of DynamoDB Local 3.3.1, which
// is AWS's own work and, as its users report, has AWS's texts.
var conditionFacts = []fact{
	{"create-only", documented, "attribute_not_exists on the key makes PutItem a create.", conditional(item{}, "attribute_not_exists(id)", nil), "false"},
	{"create-only-new", documented, "It holds if there is no such item.", conditional(nil, "attribute_not_exists(id)", nil), "true"},
	{"condition-compare", documented, "Numbers compare by value.", conditional(item{"n": number("10")}, "n > :n", item{":n": 9}), "true"},
	{"condition-missing-equals", measured, "A comparison with what is missing is false.", conditional(item{}, "n = :n", item{":n": 1}), "false"},
	{"condition-missing-differs", measured, "But <> is true.", conditional(item{}, "n <> :n", item{":n": 1}), "true"},
	{"condition-not-missing", measured, "NOT turns it to true.", conditional(item{}, "NOT n = :n", item{":n": 1}), "true"},
	{"condition-other-type", measured, "Values of other types are neither smaller nor equal.", conditional(item{"n": 1}, "n < :n OR n = :n", item{":n": "2"}), "false"},
	{"condition-set-order", documented, "Sets are equal in any order.", conditional(item{"s": ns("1", "10")}, "s = :s", item{":s": ns("10.0", "1")}), "true"},
	{"condition-document-equal", documented, "Documents are equal by what they have.", conditional(item{"m": item{"l": list{1, "x"}}}, "m = :m", item{":m": item{"l": list{number("1.0"), "x"}}}), "true"},
	{"condition-path", documented, "Paths go into maps and lists.", conditional(item{"m": item{"l": list{1, item{"k": "v"}}}}, "m.l[1].k = :v", item{":v": "v"}), "true"},
	{"condition-path-nowhere", measured, "A path into what is no document leads to nothing.", conditional(item{"s": "x"}, "attribute_not_exists(s.k) AND attribute_not_exists(s[0])", nil), "true"},
	{"condition-name-with-dot", documented, "A dot in a placeholder's name is no path.", conditionalWithNames(item{"a.b": 1}, "#n = :n", names{"#n": "a.b"}, item{":n": 1}), "true"},
	{"condition-between", documented, "BETWEEN includes its bounds.", conditional(item{"n": 5}, "n BETWEEN :a AND :b", item{":a": 5, ":b": 9}), "true"},
	{"condition-in", documented, "IN looks for an equal value.", conditional(item{"n": 5}, "n IN (:a, :b)", item{":a": "5", ":b": 5}), "true"},
	{"condition-precedence", documented, "NOT binds before AND, AND before OR.", conditional(item{"n": 1}, "n = :one OR n = :two AND NOT n = :one", item{":one": 1, ":two": 2}), "true"},
	{"condition-keywords-any-case", measured, "Keywords may be in small letters.", conditional(item{"n": 1}, "not n = :two and n between :one and :two", item{":one": 1, ":two": 2}), "true"},
	{"contains-text", documented, "contains looks for a part of text.", conditional(item{"s": "hello"}, "contains(s, :s)", item{":s": "ell"}), "true"},
	{"contains-set", documented, "Or for an element of a set.", conditional(item{"s": ns("1", "2")}, "contains(s, :n)", item{":n": number("2.0")}), "true"},
	{"contains-list", documented, "Or of a list.", conditional(item{"l": list{1, "x"}}, "contains(l, :s)", item{":s": "x"}), "true"},
	{"contains-other-type", measured, "Of another type there is nothing.", conditional(item{"s": "1"}, "contains(s, :n)", item{":n": 1}), "false"},
	{"begins-with", documented, "begins_with compares the beginning.", conditional(item{"s": "hello"}, "begins_with(s, :s)", item{":s": "he"}), "true"},
	{"attribute-type", documented, "attribute_type names a type.", conditional(item{"l": list{}}, "attribute_type(l, :t)", item{":t": "L"}), "true"},
	{"size-of-text", measured, "size of text is in characters.", conditional(item{"s": "ßß"}, "size(s) = :n", item{":n": 2}), "true"},
	{"size-of-list", documented, "size of a list is its elements.", conditional(item{"l": list{1, 2}}, "size(l) >= :n", item{":n": 2}), "true"},
	{"size-of-number", measured, "A number has no size.", conditional(item{"n": 12}, "size(n) = :n", item{":n": 2}), "false"},
	{"null-is-there", documented, "A NULL attribute exists.", conditional(item{"z": nil}, "attribute_exists(z)", nil), "true"},
}

const syntax = "ValidationException: Invalid ConditionExpression: Syntax error; token: "

var conditionErrorFacts = []fact{
	{"expression-reserved-word", documented, "Reserved words need a placeholder.", conditional(nil, "attribute_exists(status)", nil),
		"ValidationException: Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status"},
	{"expression-reserved-word-nested", documented, "Inside of paths too, in any case.", conditional(nil, "attribute_exists(m.Name)", nil),
		"ValidationException: Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Name"},
	{"expression-reserved-size", documented, "SIZE is in the list of reserved words.", conditional(nil, "size = :n", item{":n": 1}),
		"ValidationException: Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: size"},
	{"expression-unused-name", documented, "Names that are not used are refused.", conditionalWithNames(nil, "attribute_exists(id)", names{"#a": "a"}, nil),
		"ValidationException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
	{"expression-unused-value", documented, "So are values.", conditional(nil, "attribute_exists(id)", item{":a": 1, ":b": 1}),
		"ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}"},
	{"expression-undefined-name", documented, "Names have to be defined.", conditional(nil, "attribute_exists(#a)", nil),
		"ValidationException: Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a"},
	{"expression-undefined-value", documented, "Values too.", conditional(nil, "a = :a", nil),
		"ValidationException: Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :a"},
	{"expression-value-without", measured, "Values without an expression are refused.", func(r *run) string {
		return r.putItem(&dynamodb.PutItemInput{Item: item{"id": "a"}.values(), ExpressionAttributeValues: item{":a": 1}.values()})
	}, "ValidationException: ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"},
	{"expression-value-name", measured, "A value's placeholder begins with a colon.", conditional(nil, "a = :a", item{"a": 1}),
		`ValidationException: ExpressionAttributeValues contains invalid key: Syntax error; key: "a"`},
	{"expression-empty", measured, "An empty expression is not none.", conditional(nil, "", nil), "ValidationException: Invalid ConditionExpression: The expression can not be empty;"},
	{"expression-syntax", measured, "Errors quote the token and what is around it.", conditional(nil, "a == :a", item{":a": 1}), syntax + `"=", near: "== :a"`},
	{"expression-syntax-literal", measured, "There are no literals.", conditional(nil, "a = 'x'", nil), syntax + `"'", near: "= 'x"`},
	{"expression-syntax-not-equal", measured, "There is no !=.", conditional(nil, "a != :a", item{":a": 1}), syntax + `"!", near: "a !="`},
	{"expression-syntax-dash", measured, "A dash is no part of a name.", conditional(nil, "my-name = :a", item{":a": 1}), syntax + `"-", near: "my-name"`},
	{"expression-syntax-end", measured, "Something is missing at the end.", conditional(nil, "(a = :a", item{":a": 1}), syntax + `"<EOF>", near: ":a"`},
	{"expression-redundant-parentheses", measured, "Double parentheses are refused.", conditional(nil, "((a = :a))", item{":a": 1}),
		"ValidationException: Invalid ConditionExpression: The expression has redundant parentheses;"},
	{"function-unknown", measured, "Functions are written in small letters.", conditional(nil, "Attribute_Exists(a)", nil),
		"ValidationException: Invalid ConditionExpression: Invalid function name; function: Attribute_Exists"},
	{"function-operands", measured, "They have their number of operands.", conditional(nil, "begins_with(a)", nil),
		"ValidationException: Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1"},
	{"function-operand-type", measured, "And of the right types.", conditional(nil, "begins_with(a, :n)", item{":n": 1}),
		"ValidationException: Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
	{"function-needs-path", measured, "attribute_exists needs a path.", conditional(nil, "attribute_exists(:a)", item{":a": 1}),
		"ValidationException: Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists"},
	{"function-of-updates", measured, "if_not_exists is for updates.", conditional(nil, "if_not_exists(a, :a) = :a", item{":a": 1}),
		"ValidationException: Invalid ConditionExpression: The function is not allowed in a condition expression; function: if_not_exists"},
	{"function-as-operand", measured, "What is true or false cannot be compared.", conditional(nil, "attribute_exists(a) = :a", item{":a": true}),
		"ValidationException: Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists"},
	{"compare-with-itself", measured, "A path cannot be compared with itself.", conditional(nil, "a = a", nil),
		"ValidationException: Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"},
	{"compare-without-order", measured, "A boolean has no order.", conditional(nil, "a < :a", item{":a": true}),
		"ValidationException: Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
	{"size-is-a-number", measured, "What size gives is a number, and has none of what text has.", conditional(nil, "begins_with(a, size(a))", nil),
		"ValidationException: Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
	{"between-inverted", recorded, "The lower bound comes first.", conditional(nil, "a BETWEEN :b AND :a", item{":a": 1, ":b": 2}),
		"ValidationException: Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
	{"in-100", documented, "IN has 100 operands at most.", inOperands(100), "false"},
	{"in-101", documented, "One more is refused.", inOperands(101),
		"ValidationException: Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101"},
	{"expression-4kb", documented, "An expression has 4 KB at most.", conditional(nil, strings.Repeat("a = :a OR ", 500)+"a = :a", item{":a": 1}),
		"ValidationException: Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 5006"},
	{"expression-300-operators", documented, "It has 300 operators at most.", conditional(nil, strings.Repeat("a = :a OR ", 300)+"a = :a", item{":a": 1}),
		"ValidationException: Invalid ConditionExpression: The expression contains too many operators; operator count: 301"},
	{"condition-value-number", measured, "Values are looked at like those of items.", func(r *run) string {
		return conditional(nil, "a = :a", item{":a": ss()})(r)
	}, "ValidationException: ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may not be empty for key :a"},
	{"expression-with-names-only", measured, "Names without an expression are refused.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ExpressionAttributeNames: names{"#a": "a"}})
	}, "ValidationException: ExpressionAttributeNames can only be specified when using expressions"},
	{"condition-failure-without-item", documented, "The failed condition's item is not sent unless it is asked for.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		return r.putItem(&dynamodb.PutItemInput{Item: item{"id": "a"}.values(), ConditionExpression: aws.String("attribute_not_exists(id)")})
	}, "ConditionalCheckFailedException: The conditional request failed"},
}

func inOperands(n int) func(*run) string {
	values, holders := item{}, []string{}
	for i := range n {
		holder := fmt.Sprintf(":v%d", i)
		values[holder], holders = i, append(holders, holder)
	}
	return conditional(nil, "a IN ("+strings.Join(holders, ", ")+")", values)
}
