package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatABackendLacksIsToldFromWhatAWSRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code, body string
		want       bool
	}{
		{"UnsupportedOperationException", `{"__type":"x#UnsupportedOperationException","message":"ReturnItemCollectionMetrics is not supported here; use --backend containers"}`, true},
		{"NotImplemented", `<Error><Code>NotImplemented</Code><Message>X-Amz-Tagging is not supported here</Message></Error>`, true},
		{"NotImplemented", `<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>`, false},
		{"NotImplemented", ``, false},
		{"ValidationException", `{"Message":"what you ask for is not supported here"}`, false},
	} {
		assert.Equal(t, test.want, Call{ErrorCode: test.code, ErrorText: errorText([]byte(test.body))}.Unsupported(), test.body)
	}
}
