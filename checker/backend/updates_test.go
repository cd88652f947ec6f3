package backend_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// updating is what an update makes of an item {id: "a", …}.
func updating(i item, expression string, values item) func(*run) string {
	return func(r *run) string {
		if i != nil {
			full := item{"id": "a"}
			for name, v := range i {
				full[name] = v
			}
			r.has(r.items(), full)
		}
		return r.update(expression, values)
	}
}

var updateFacts = []fact{
	{"update-creates", documented, "UpdateItem makes the item that is not there.", updating(nil, "SET n = :n", item{":n": 1}), `{id: "a", n: 1}`},
	{"update-without-expression", measured, "Even without an expression.", func(r *run) string {
		return r.updateItem(&dynamodb.UpdateItemInput{ReturnValues: types.ReturnValueAllNew})
	}, `{id: "a"}`},
	{"update-remove-creates-nothing", recorded, "But not if it only removes.", func(r *run) string {
		return r.update("REMOVE x", nil) + " " + r.get(item{"id": "a"})
	}, "OK Item nil"},
	{"update-existing-only", documented, "attribute_exists makes it an update of what is there.", func(r *run) string {
		return r.updateItem(&dynamodb.UpdateItemInput{
			UpdateExpression: aws.String("SET n = :n"), ConditionExpression: aws.String("attribute_exists(id)"), ExpressionAttributeValues: item{":n": 1}.values(),
		})
	}, "ConditionalCheckFailedException: The conditional request failed"},
	{"update-keeps-the-rest", documented, "What is not named stays.", updating(item{"x": 1}, "SET y = :y", item{":y": 2}), `{id: "a", x: 1, y: 2}`},
	{"update-add-number", documented, "ADD adds, and begins at 0.", updating(item{"n": 1}, "ADD n :one, m :one", item{":one": 1}), `{id: "a", m: 1, n: 2}`},
	{"update-add-set", documented, "ADD adds to sets.", updating(item{"s": ss("a", "b")}, "ADD s :s", item{":s": ss("b", "c")}), `{id: "a", s: SS[a b c]}`},
	{"update-delete-set", documented, "DELETE takes from sets.", updating(item{"s": ss("a", "b")}, "DELETE s :s", item{":s": ss("b", "c")}), `{id: "a", s: SS[a]}`},
	{"update-delete-last", measured, "A set without elements goes.", updating(item{"s": ss("a")}, "DELETE s :s", item{":s": ss("a")}), `{id: "a"}`},
	{"update-if-not-exists", documented, "if_not_exists keeps what is there.", updating(item{"n": 1}, "SET n = if_not_exists(n, :v), m = if_not_exists(m, :v)", item{":v": 9}), `{id: "a", m: 9, n: 1}`},
	{"update-counter", documented, "A counter begins with if_not_exists.", updating(item{}, "SET n = if_not_exists(n, :zero) + :one", item{":zero": 0, ":one": 1}), `{id: "a", n: 1}`},
	{"update-list-append", documented, "list_append joins lists, in either order.", updating(item{"l": list{1}}, "SET l = list_append(:l, l)", item{":l": list{0}}), `{id: "a", l: [0, 1]}`},
	{"update-list-append-new", documented, "With if_not_exists it begins a list.", updating(item{}, "SET l = list_append(if_not_exists(l, :none), :l)", item{":none": list{}, ":l": list{1}}), `{id: "a", l: [1]}`},
	{"update-reads-the-old-item", documented, "All values are read before any is written.", updating(item{"a": 1, "b": 2}, "SET a = b, b = a", nil), `{a: 2, b: 1, id: "a"}`},
	{"update-list-element", documented, "A list's element is set by its index.", updating(item{"l": list{1, 2}}, "SET l[1] = :v", item{":v": 9}), `{id: "a", l: [1, 9]}`},
	{"update-list-beyond", documented, "Beyond the end elements are appended, in the order of indexes.", updating(item{"l": list{1}}, "SET l[9] = :b, l[7] = :a", item{":a": "a", ":b": "b"}), `{id: "a", l: [1, "a", "b"]}`},
	{"update-list-remove", documented, "REMOVE closes a list up; all indexes are of the old list.", updating(item{"l": list{0, 1, 2, 3}}, "REMOVE l[0], l[2]", nil), `{id: "a", l: [1, 3]}`},
	{"update-list-remove-and-set", measured, "Also beside SET.", updating(item{"l": list{0, 1, 2}}, "REMOVE l[0] SET l[1] = :v, l[5] = :v", item{":v": 9}), `{id: "a", l: [9, 2, 9]}`},
	{"update-map-entry", documented, "A map's entry is set by its path.", updating(item{"m": item{"k": 1}}, "SET m.j = :v REMOVE m.k", item{":v": 2}), `{id: "a", m: {j: 2}}`},
	{"update-nested-in-list", documented, "Paths go through lists.", updating(item{"l": list{item{"k": 1}, item{"k": 1}}}, "SET l[1].k = l[1].k + :one", item{":one": 1}), `{id: "a", l: [{k: 1}, {k: 2}]}`},
	{"update-remove-missing", documented, "Removing what is not there is no error.", updating(item{"l": list{1}}, "REMOVE x, l[5]", nil), `{id: "a", l: [1]}`},
	{"update-all-sections", documented, "The four sections may come together, in any order.", updating(item{"n": 1, "x": 1, "s": ss("a", "b")},
		"remove x delete s :s add n :one set y = :one", item{":s": ss("a"), ":one": 1}), `{id: "a", n: 2, s: SS[b], y: 1}`},
	{"update-parentheses", measured, "A value may be in parentheses.", updating(item{"n": 1}, "SET n = (n + :one)", item{":one": 1}), `{id: "a", n: 2}`},
}

const invalidUpdate = "ValidationException: Invalid UpdateExpression: "

var updateErrorFacts = []fact{
	{"update-key", documented, "A key cannot be changed.", updating(item{}, "SET id = :v", item{":v": "b"}),
		"ValidationException: One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"},
	{"update-remove-key", documented, "Nor removed.", updating(item{}, "REMOVE id", nil),
		"ValidationException: One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"},
	{"update-reserved-word", documented, "Reserved words need a placeholder.", updating(item{}, "SET status = :v", item{":v": 1}),
		invalidUpdate + "Attribute name is a reserved keyword; reserved keyword: status"},
	{"update-overlap", documented, "Paths may not overlap.", updating(item{}, "SET m = :v, m.k = :v", item{":v": 1}),
		invalidUpdate + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, k]"},
	{"update-overlap-between-sections", documented, "Not in different sections either.", updating(item{}, "SET m.k = :v REMOVE m", item{":v": 1}),
		invalidUpdate + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, k], path two: [m]"},
	{"update-conflict", measured, "The same is no map and list.", updating(item{}, "SET m.k = :v, m[0] = :v", item{":v": 1}),
		invalidUpdate + "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, k], path two: [m, [0]]"},
	{"update-section-twice", documented, "A section comes once.", updating(item{}, "SET a = :v SET b = :v", item{":v": 1}),
		invalidUpdate + `The "SET" section can only be used once in an update expression;`},
	{"update-syntax", measured, "Errors quote the token.", updating(item{}, "SET n += :v", item{":v": 1}), invalidUpdate + `Syntax error; token: "+", near: "n +="`},
	{"update-add-syntax", measured, "ADD has no equals sign.", updating(item{}, "ADD n = :v", item{":v": 1}), invalidUpdate + `Syntax error; token: "=", near: "n = :v"`},
	{"update-three-operands", measured, "A sum has two operands.", updating(item{"n": 1}, "SET n = n + n + n", nil), invalidUpdate + `Syntax error; token: "+", near: "n + n"`},
	{"update-path-missing", measured, "The parent of what is set has to be there.", updating(item{}, "SET m.k = :v", item{":v": 1}),
		"ValidationException: The document path provided in the update expression is invalid for update"},
	{"update-path-into-text", measured, "And has to be a map.", updating(item{"m": "x"}, "SET m.k = :v", item{":v": 1}),
		"ValidationException: The document path provided in the update expression is invalid for update"},
	{"update-remove-path-missing", measured, "So it has to for REMOVE.", updating(item{}, "REMOVE m.k", nil),
		"ValidationException: The document path provided in the update expression is invalid for update"},
	{"update-operand-missing", documented, "What is read has to be there.", updating(item{}, "SET n = n + :one", item{":one": 1}),
		"ValidationException: The provided expression refers to an attribute that does not exist in the item"},
	{"list-append-missing", recorded, "list_append on a missing list is refused.", updating(item{}, "SET l = list_append(l, :l)", item{":l": list{1}}),
		"ValidationException: The provided expression refers to an attribute that does not exist in the item"},
	{"update-operand-type", measured, "Text cannot be added to.", updating(item{"n": "x"}, "SET n = n + :one", item{":one": 1}),
		"ValidationException: An operand in the update expression has an incorrect data type"},
	{"update-add-text", measured, "ADD is for numbers and sets.", updating(item{}, "ADD n :v", item{":v": "x"}),
		invalidUpdate + "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
	{"update-add-other-type", measured, "Of the type that is there.", updating(item{"s": ss("a")}, "ADD s :v", item{":v": ns("1")}),
		"ValidationException: An operand in the update expression has an incorrect data type"},
	{"update-plus-text", measured, "+ is for numbers.", updating(item{"n": 1}, "SET n = n + :v", item{":v": "1"}),
		invalidUpdate + "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
	{"update-function-of-conditions", measured, "size is for conditions.", updating(item{"n": 1}, "SET n = size(n)", nil),
		invalidUpdate + "The function is not allowed in an update expression; function: size"},
	{"if-not-exists-itself", measured, "if_not_exists cannot fall back to itself.", updating(item{"n": 1}, "SET m = if_not_exists(n, n)", nil),
		invalidUpdate + "The first operand must be distinct from the remaining operands for this operator or function; operator: if_not_exists, first operand: [n]"},
	{"if-not-exists-of-nothing", measured, "What it falls back to must be there, also where it is not needed.", updating(item{"n": 1}, "SET m = if_not_exists(n, x)", nil),
		"ValidationException: The provided expression refers to an attribute that does not exist in the item"},
	{"update-index-of-zero", measured, "An index does not begin with 0.", updating(item{"l": list{1}}, "SET l[00] = :v", item{":v": 2}),
		invalidUpdate + "Syntax error; token: \"0\", near: \"00]\""},
	{"list-append-nested", measured, "list_append cannot be an operand.", updating(item{"l": list{}}, "SET l = if_not_exists(x, list_append(l, l))", nil),
		invalidUpdate + "The function is not allowed to be used this way in an expression; function: list_append"},
	{"update-unused-value", documented, "Values that are not used are refused.", updating(item{}, "SET n = :a", item{":a": 1, ":b": 1}),
		"ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"},
	{"update-failed-changes-nothing", documented, "An update that fails changes nothing.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		_ = r.update("SET n = :v, m = missing", item{":v": 2})
		return r.get(item{"id": "a"})
	}, `{id: "a", n: 1}`},
}

// returning is what an update of {id: "a", n: 1, m: {j: 1, k: 2}, l: [1, 2]} returns.
func returning(what types.ReturnValue, expression string, values item) func(*run) string {
	return func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1, "m": item{"j": 1, "k": 2}, "l": list{1, 2}})
		return r.updateItem(&dynamodb.UpdateItemInput{UpdateExpression: &expression, ExpressionAttributeValues: values.values(), ReturnValues: what})
	}
}

// putReturning is what PutItem returns, in place of {id: "a", n: 1} or of nothing.
func putReturning(what types.ReturnValue, exists bool) func(*run) string {
	return func(r *run) string {
		if exists {
			r.has(r.items(), item{"id": "a", "n": 1})
		}
		return r.putItem(&dynamodb.PutItemInput{Item: item{"id": "a", "n": 2}.values(), ReturnValues: what})
	}
}

var returnFacts = []fact{
	{"put-returns-nothing", documented, "PutItem returns nothing by itself.", putReturning("", true), "OK"},
	{"put-returns-all-old", documented, "ALL_OLD is the item that was replaced.", putReturning(types.ReturnValueAllOld, true), `{id: "a", n: 1}`},
	{"put-returns-all-old-of-none", recorded, "Or nothing.", putReturning(types.ReturnValueAllOld, false), "OK"},
	{"put-returns-all-new", documented, "PutItem has no other ReturnValues.", putReturning(types.ReturnValueAllNew, false), "ValidationException"},
	{"delete-returns-all-old", documented, "DeleteItem returns what it deleted.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		return r.deleteItem(&dynamodb.DeleteItemInput{Key: item{"id": "a"}.values(), ReturnValues: types.ReturnValueAllOld})
	}, `{id: "a", n: 1}`},
	{"delete-returns-updated", documented, "DeleteItem has no other ReturnValues.", func(r *run) string {
		return r.deleteItem(&dynamodb.DeleteItemInput{Key: item{"id": "a"}.values(), ReturnValues: types.ReturnValueUpdatedOld})
	}, "ValidationException"},
	{"update-returns-nothing", documented, "UpdateItem returns nothing by itself.", returning("", "SET n = :v", item{":v": 2}), "OK"},
	{"update-returns-all-old", documented, "ALL_OLD is the whole item before.", returning(types.ReturnValueAllOld, "SET n = :v", item{":v": 2}), `{id: "a", l: [1, 2], m: {j: 1, k: 2}, n: 1}`},
	{"update-returns-updated-new", documented, "UPDATED_NEW is what the expression names, as it is now.", returning(types.ReturnValueUpdatedNew, "SET n = n + :v, x = :v", item{":v": 2}), "{n: 3, x: 2}"},
	{"update-returns-updated-old", documented, "UPDATED_OLD is that as it was.", returning(types.ReturnValueUpdatedOld, "SET n = n + :v, x = :v", item{":v": 2}), "{n: 1}"},
	{"update-returns-updated-new-nested", recorded, "Of documents it is the parts that are named.", returning(types.ReturnValueUpdatedNew, "SET m.k = :v, l[1] = :v", item{":v": 9}), "{l: [9], m: {k: 9}}"},
	{"update-returns-updated-old-nested", recorded, "So for UPDATED_OLD.", returning(types.ReturnValueUpdatedOld, "SET m.k = :v", item{":v": 9}), "{m: {k: 2}}"},
	{"update-returns-removed", recorded, "What was removed is not in UPDATED_NEW.", returning(types.ReturnValueUpdatedNew, "REMOVE n", nil), "OK"},
	{"update-returns-condition-failure", documented, "A failed condition gives the item if that is asked for.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		return r.updateItem(&dynamodb.UpdateItemInput{
			UpdateExpression: aws.String("SET n = :v"), ConditionExpression: aws.String("n > :v"), ExpressionAttributeValues: item{":v": 2}.values(),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
	}, `ConditionalCheckFailedException: The conditional request failed {id: "a", n: 1}`},
	{"delete-condition-failure-item", documented, "Also for DeleteItem; there may be none.", func(r *run) string {
		return r.deleteItem(&dynamodb.DeleteItemInput{
			Key: item{"id": "a"}.values(), ConditionExpression: aws.String("attribute_exists(id)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
	}, "ConditionalCheckFailedException: The conditional request failed"},
}
