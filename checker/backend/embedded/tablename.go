package embedded

import "github.com/truora/minidyn/server"

// checkTableName is about an empty name, which is what a function has whose environment variable is
// not set. The SDK itself refuses a missing one. The texts are recalled: that of the empty name with
// certainty but for the number, which was 3 before names could be ARNs.
func checkTableName(name *string) *fault {
	switch {
	case name == nil:
		return invalid("1 validation error detected: Value null at 'tableName' " +
			"failed to satisfy constraint: Member must not be null")
	case *name == "":
		return invalid("1 validation error detected: Value '' at 'tableName' " +
			"failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	return nil
}

// tableName reports false for an operation that has no single table.
func tableName(input any) (*string, bool) {
	switch in := input.(type) {
	case *server.CreateTableInput:
		return in.TableName, true
	case *server.DescribeTableInput:
		return in.TableName, true
	case *server.DeleteTableInput:
		return in.TableName, true
	case *server.GetItemInput:
		return in.TableName, true
	case *server.PutItemInput:
		return in.TableName, true
	case *server.UpdateItemInput:
		return in.TableName, true
	case *server.DeleteItemInput:
		return in.TableName, true
	case *server.QueryInput:
		return in.TableName, true
	case *server.ScanInput:
		return in.TableName, true
	default:
		return nil, false
	}
}
