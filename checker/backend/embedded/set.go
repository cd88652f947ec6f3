package embedded

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/truora/minidyn/server"
)

// checkSet refuses sets without elements; minidyn itself refuses duplicates. The texts are recalled
// with their odd grammar and the two spaces; that they are refused is certain.
func checkSet(v *server.AttributeValue) *fault {
	const about = "One or more parameter values were invalid: "
	switch {
	case v.SS != nil && len(v.SS) == 0:
		return invalid(about + "An string set  may not be empty")
	case v.NS != nil && len(v.NS) == 0:
		return invalid(about + "An number set  may not be empty")
	case v.BS != nil && len(v.BS) == 0:
		return invalid(about + "Binary sets should not be empty")
	}
	for _, n := range v.NS {
		if f := checkNumber(aws.ToString(n)); f != nil {
			return f
		}
	}
	return nil
}
