package embedded

import (
	"regexp"
	"strings"
)

var (
	tableNameForm = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)
	tableARN      = regexp.MustCompile(`^arn:aws:dynamodb:[a-z0-9-]+:[0-9]{12}:table/([a-zA-Z0-9_.-]{3,255})$`)
)

// isTableName tells whether a table may be called so, or an index.
func isTableName(text string) bool {
	return len(text) >= 3 && len(text) <= 255 && tableNameForm.MatchString(text)
}

// checkTableName is about names in operations on items. An empty name is what a function has whose
// environment variable is not set. The SDK itself refuses a missing one. The texts are recalled: that of
// the empty name with certainty but for the number, which was 3 before names could be ARNs.
func checkTableName(name *string) *fault {
	switch {
	case name == nil:
		return isNull("tableName")
	case *name == "":
		return invalid("1 validation error detected: Value '' at 'tableName' " +
			"failed to satisfy constraint: Member must have length greater than or equal to 1")
	case !isTableName(plainName(*name)):
		return badName()
	}
	return nil
}

// plainName is the name in an ARN: there is one region here and one account, and who may use which table
// was decided before.
func plainName(name string) string {
	if strings.HasPrefix(name, "arn:") {
		if arn := tableARN.FindStringSubmatch(name); arn != nil {
			return arn[1]
		}
	}
	return name
}

// badName is DynamoDB Local's text.
func badName() *fault {
	return invalid("Invalid table/index name.  Table/index names must be between 3 and 255 characters long, " +
		"and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'")
}

// isNull is about a parameter that has to be there.
func isNull(name string) *fault {
	return invalid("1 validation error detected: Value null at '" + name + "' failed to satisfy constraint: Member must not be null")
}
