package embedded

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/truora/minidyn/server"
)

// The checks here refuse parameters that minidyn reads and then ignores: a condition that is not
// looked at would let every write through.

func checkIgnoredByGetItem(in *server.GetItemInput) *fault {
	switch {
	case len(in.AttributesToGet) > 0:
		return notSupported("AttributesToGet")
	case wanted(in.ReturnConsumedCapacity, types.ReturnConsumedCapacityNone):
		return notSupported("ReturnConsumedCapacity")
	}
	return nil
}

func checkIgnoredByPutItem(in *server.PutItemInput) *fault {
	switch {
	case len(in.Expected) > 0:
		return notSupported("Expected")
	case in.ConditionalOperator != "":
		return notSupported("ConditionalOperator")
	case wanted(in.ReturnConsumedCapacity, types.ReturnConsumedCapacityNone):
		return notSupported("ReturnConsumedCapacity")
	case wanted(in.ReturnItemCollectionMetrics, types.ReturnItemCollectionMetricsNone):
		return notSupported("ReturnItemCollectionMetrics")
	case wanted(in.ReturnValues, types.ReturnValueNone) && in.ReturnValues != types.ReturnValueAllOld:
		return invalid("ReturnValues can only be ALL_OLD or NONE")
	}
	return nil
}

func wanted[T ~string](value, none T) bool { return value != "" && value != none }
