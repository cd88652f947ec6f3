package backend_test

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/serverless-patterns/checker/conformance"
)

// How sure a fact is.
const (
	documented = conformance.Documented
	recorded   = conformance.Recorded
	measured   = conformance.Measured
	reported   = conformance.Reported
	inferred   = conformance.Inferred
)

// What a learner meets through the SDK.
var sdkFacts = []fact{
	{"getitem-miss-is-nil", measured, "GetItem of nothing is no error; Item is nil.", func(r *run) string {
		return r.get(item{"id": "nothing"})
	}, "Item nil"},
	{"getitem-miss-decodes-to-zero", measured, "UnmarshalMap of a nil item gives a zero struct and no error.", func(r *run) string {
		out, err := r.db.GetItem(r.t.Context(), &dynamodb.GetItemInput{TableName: r.items(), Key: item{"id": "nothing"}.values()})
		if err != nil {
			return r.outcome(err)
		}
		decoded := struct{ ID string }{}
		return r.outcome(attributevalue.UnmarshalMap(out.Item, &decoded), "ID "+value(item{"ID": decoded.ID}.values()["ID"]))
	}, `ID ""`},
	{"marshal-ignores-json-tags", measured, "attributevalue ignores json tags, so the key is missing.", func(r *run) string {
		values, err := attributevalue.MarshalMap(struct {
			ID string `json:"id"`
		}{"a"})
		if err != nil {
			return r.outcome(err)
		}
		_, err = r.db.PutItem(r.t.Context(), &dynamodb.PutItemInput{TableName: r.items(), Item: values})
		return r.outcome(err)
	}, "ValidationException: One or more parameter values were invalid: Missing the key id in the item"},
	{"error-is-typed", documented, "errors.As finds ConditionalCheckFailedException, with the old item if that was asked for.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		_, err := r.db.PutItem(r.t.Context(), &dynamodb.PutItemInput{
			TableName: r.items(), Item: item{"id": "a"}.values(), ConditionExpression: aws.String("attribute_not_exists(id)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			return "another error"
		}
		return show(failed.Item)
	}, `{id: "a", n: 1}`},
	{"table-missing", measured, "An operation on items of a table that is not there.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{TableName: aws.String("conformance-nowhere"), Key: item{"id": "a"}.values()})
	}, "ResourceNotFoundException: Requested resource not found"},
	{"table-name-empty", inferred, "A function whose environment variable is not set has an empty TableName.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{TableName: aws.String(""), Key: item{"id": "a"}.values()})
	}, "ValidationException"},
	{"table-name-invalid", documented, "A table's name has 3 to 255 of the letters, digits, _, - and dot.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{TableName: aws.String("my table"), Key: item{"id": "a"}.values()})
	}, "ValidationException"},
	{"binary-base64", documented, "Binary values come back as they were sent.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "b": []byte{0, 255, '<'}})
		return r.get(item{"id": "a"})
	}, `{b: B"\x00\xff<", id: "a"}`},
}

var itemFacts = []fact{
	{"putitem-all-types", documented, "An item comes back with each type as it was.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1.5, "t": true, "z": nil, "l": list{"x", list{}}, "m": item{"k": item{}}, "ss": ss("b", "a"), "bs": bs("x"), "ns": ns("2")})
		return r.get(item{"id": "a"})
	}, `{bs: BS[x], id: "a", l: ["x", []], m: {k: {}}, n: 1.5, ns: NS[2], ss: SS[a b], t: true, z: null}`},
	{"putitem-empty-values", documented, "Attributes that are no keys may be empty text, binary, lists and maps.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "s": "", "b": []byte{}, "l": list{}, "m": item{}})
		return r.get(item{"id": "a"})
	}, `{b: B"", id: "a", l: [], m: {}, s: ""}`},
	{"putitem-replaces", documented, "PutItem replaces the whole item.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "x": 1}, item{"id": "a", "y": 2})
		return r.get(item{"id": "a"})
	}, `{id: "a", y: 2}`},
	{"putitem-400kb", documented, "An item may have 400 KB, names included.", func(r *run) string {
		return r.put(item{"id": "a", "s": strings.Repeat("x", 400<<10-4)})
	}, "OK"},
	{"putitem-over-400kb", documented, "A larger item is refused.", func(r *run) string {
		return r.put(item{"id": "a", "s": strings.Repeat("x", 400<<10-3)})
	}, "ValidationException: Item size has exceeded the maximum allowed size"},
	{"item-size-counts-utf8", documented, "The size counts bytes of UTF-8.", func(r *run) string {
		return r.put(item{"id": "a", "s": strings.Repeat("ß", 200<<10)})
	}, "ValidationException: Item size has exceeded the maximum allowed size"},
	{"update-over-400kb", documented, "An update may not make an item larger than that either.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "s": strings.Repeat("x", 300<<10)})
		return r.update("SET t = :t", item{":t": strings.Repeat("x", 101<<10)})
	}, "ValidationException: Item size to update has exceeded the maximum allowed size"},
	{"nesting-32", documented, "Documents may be 32 levels deep, the item included.", func(r *run) string {
		return r.put(item{"id": "a", "l": nested(31)})
	}, "OK"},
	{"nesting-33", documented, "Deeper ones are refused.", func(r *run) string {
		return r.put(item{"id": "a", "l": nested(32)})
	}, "ValidationException: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"},
	{"set-empty", documented, "A set may not be empty.", func(r *run) string {
		return r.put(item{"id": "a", "s": &types.AttributeValueMemberSS{Value: []string{}}})
	}, "ValidationException: One or more parameter values were invalid: An string set  may not be empty"},
	{"set-duplicates", documented, "A set may not have the same element twice.", func(r *run) string {
		return r.put(item{"id": "a", "s": ss("x", "x")})
	}, "ValidationException: One or more parameter values were invalid: Input collection [x, x] contains duplicates"},
	{"set-number-duplicates", documented, "1 and 1.0 are the same element.", func(r *run) string {
		return r.put(item{"id": "a", "s": ns("1", "1.0")})
	}, "ValidationException: Input collection contains duplicates"},
	{"set-with-empty-text", documented, "Empty text may be in a set.", func(r *run) string {
		return r.put(item{"id": "a", "s": ss("")})
	}, "OK"},
	{"null-is-true", documented, "NULL has the value true.", func(r *run) string {
		return r.put(item{"id": "a", "s": &types.AttributeValueMemberNULL{}})
	}, "ValidationException: One or more parameter values were invalid: Null attribute value types must have the value of true"},
	{"attribute-name-empty", inferred, "Attributes have names.", func(r *run) string {
		return r.put(item{"id": "a", "": "x"})
	}, "ValidationException"},
	{"deleteitem-missing", documented, "Deleting nothing is no error.", func(r *run) string {
		return r.deleteItem(&dynamodb.DeleteItemInput{Key: item{"id": "nothing"}.values()})
	}, "OK"},
	{"deleteitem-missing-condition", documented, "Unless a condition asks for the item.", func(r *run) string {
		return r.deleteItem(&dynamodb.DeleteItemInput{Key: item{"id": "nothing"}.values(), ConditionExpression: aws.String("attribute_exists(id)")})
	}, "ConditionalCheckFailedException: The conditional request failed"},
	{"getitem-projection", documented, "ProjectionExpression gives parts of documents, lists closed up.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "s": "x", "m": item{"k": 1, "o": 2}, "l": list{1, 2, 3}})
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String("m.k, l[2], l[0], nothing")})
	}, "{l: [1, 3], m: {k: 1}}"},
	{"getitem-projection-of-nothing", measured, "An item without what is asked for is an empty item, not none.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String("nothing")})
	}, "{}"},
	{"projection-overlap", measured, "Paths of a projection may not overlap.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String("m, m.k")})
	}, "ValidationException: Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, k]"},
	{"projection-unused-name", documented, "A projection's names have to be used.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String("s"), ExpressionAttributeNames: names{"#a": "a"}})
	}, "ValidationException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
	{"consistent-read", documented, "GetItem with ConsistentRead sees the last write.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ConsistentRead: aws.Bool(true)})
	}, `{id: "a", n: 1}`},
}

// nested is lists in lists.
func nested(levels int) any {
	var v any = "x"
	for range levels {
		v = list{v}
	}
	return v
}

var numberFacts = []fact{
	{"number-not-a-number", measured, "An N is a number.", func(r *run) string {
		return r.put(item{"id": "a", "n": number("abc")})
	}, "ValidationException: The parameter cannot be converted to a numeric value: abc"},
	{"number-38-digits", documented, "Numbers have 38 significant digits.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": number("12345678901234567890123456789012345678")})
		return r.get(item{"id": "a"})
	}, `{id: "a", n: 12345678901234567890123456789012345678}`},
	{"number-39-digits", documented, "More digits are refused, not rounded.", func(r *run) string {
		return r.put(item{"id": "a", "n": number("123456789012345678901234567890123456789")})
	}, "ValidationException"},
	{"number-overflow", documented, "The largest numbers are below 1E126.", func(r *run) string {
		return r.put(item{"id": "a", "n": number("1e126")})
	}, "ValidationException: Number overflow. Attempting to store a number with magnitude larger than supported range"},
	{"number-underflow", documented, "The smallest are 1E-130.", func(r *run) string {
		return r.put(item{"id": "a", "n": number("1e-131")})
	}, "ValidationException: Number underflow. Attempting to store a number with magnitude smaller than supported range"},
	{"number-normal-form", documented, "Zeros that say nothing, signs and exponents go.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "l": list{number("01.50"), number("-0"), number("1E3"), number("+5"), number("12e-1")}})
		return r.get(item{"id": "a"})
	}, `{id: "a", l: [1.5, 0, 1000, 5, 1.2]}`},
	{"number-sum-normal-form", documented, "So they do in the results of arithmetic.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": number("1.5")})
		return r.update("SET n = n + :n", item{":n": number("1.5")})
	}, `{id: "a", n: 3}`},
	{"number-sum-too-precise", documented, "A sum with more than 38 digits is refused.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		return r.update("SET n = n + :n", item{":n": number("1e60")})
	}, "ValidationException"},
	{"number-sum-is-exact", documented, "Arithmetic is decimal: 0.1 + 0.2 is 0.3.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": number("0.1")})
		return r.update("SET n = n + :n", item{":n": number("0.2")})
	}, `{id: "a", n: 0.3}`},
}

var keyFacts = []fact{
	{"key-missing", measured, "An item has its key.", func(r *run) string { return r.put(item{"ID": "a"}) },
		"ValidationException: One or more parameter values were invalid: Missing the key id in the item"},
	{"key-wrong-type", measured, "A key has its type.", func(r *run) string { return r.put(item{"id": 1}) },
		"ValidationException: One or more parameter values were invalid: Type mismatch for key id expected: S actual: N"},
	{"key-empty", documented, "A key is not empty.", func(r *run) string { return r.put(item{"id": ""}) },
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
	{"key-empty-binary", documented, "Nor is a binary one.", func(r *run) string { return r.putTo(r.sorted("B"), item{"pk": "a", "sk": []byte{}}) },
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: sk"},
	{"key-2048-bytes", documented, "A partition key may have 2048 bytes.", func(r *run) string { return r.put(item{"id": strings.Repeat("k", 2048)}) }, "OK"},
	{"key-2049-bytes", documented, "And no more.", func(r *run) string { return r.put(item{"id": strings.Repeat("k", 2049)}) }, "ValidationException"},
	{"sort-key-1024-bytes", documented, "A sort key may have 1024 bytes.", func(r *run) string {
		return r.putTo(r.sorted("S"), item{"pk": "a", "sk": strings.Repeat("k", 1024)})
	}, "OK"},
	{"sort-key-1025-bytes", documented, "And no more.", func(r *run) string {
		return r.putTo(r.sorted("S"), item{"pk": "a", "sk": strings.Repeat("k", 1025)})
	}, "ValidationException"},
	{"getitem-key-empty", documented, "GetItem refuses an empty key.", func(r *run) string { return r.get(item{"id": ""}) },
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
	{"getitem-key-other-name", measured, "Key has exactly the key's attributes.", func(r *run) string { return r.get(item{"ID": "a"}) },
		"ValidationException: The provided key element does not match the schema"},
	{"getitem-key-too-many", measured, "An attribute too many is refused.", func(r *run) string { return r.get(item{"id": "a", "n": 1}) },
		"ValidationException: The provided key element does not match the schema"},
	{"getitem-sort-key-missing", measured, "So is one too few.", func(r *run) string {
		return r.getItem(&dynamodb.GetItemInput{TableName: r.orders(), Key: item{"pk": "a"}.values()})
	}, "ValidationException: The provided key element does not match the schema"},
	{"getitem-key-wrong-type", measured, "And one of another type.", func(r *run) string { return r.get(item{"id": 1}) },
		"ValidationException: The provided key element does not match the schema"},
	{"key-numbers-by-value", documented, "1, 1.0 and 1e0 are one key.", func(r *run) string {
		r.has(r.sorted("N"), item{"pk": "a", "sk": 1, "v": "first"}, item{"pk": "a", "sk": number("1.0"), "v": "second"})
		return r.getItem(&dynamodb.GetItemInput{TableName: r.sorted("N"), Key: item{"pk": "a", "sk": number("1e0")}.values()})
	}, `{pk: "a", sk: 1, v: "second"}`},
	{"composite-keys-do-not-collide", documented, `"a.b" + "c" and "a" + "b.c" are two keys.`, func(r *run) string {
		r.has(r.sorted("S"), item{"pk": "a.b", "sk": "c", "v": 1}, item{"pk": "a", "sk": "b.c", "v": 2})
		return r.getItem(&dynamodb.GetItemInput{TableName: r.sorted("S"), Key: item{"pk": "a.b", "sk": "c"}.values()})
	}, `{pk: "a.b", sk: "c", v: 1}`},
}
