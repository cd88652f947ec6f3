package embedded

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// broken is an operation with a mistake in it.
type broken struct{ inCheck bool }

func (b broken) check() *fault {
	if b.inCheck {
		panic("broken")
	}
	return nil
}

func (broken) do(*dynamoDB) (object, *fault) { panic("broken") }

func TestAPanicIsAnAWSErrorAndLeavesTheBackendUsable(t *testing.T) {
	t.Parallel()
	d := newDynamoDB()
	for _, input := range []broken{{inCheck: true}, {}} {
		a := d.answer(&request{operation: "Query", input: input})
		assert.Equal(t, http.StatusInternalServerError, a.status)
		var f fault
		require.NoError(t, json.Unmarshal(a.body, &struct{ Message *string }{&f.Message}))
		assert.Equal(t, "the embedded backend failed at Query: broken; this is a fault of the checker, use --backend containers", f.Message)
	}
	a := d.answer(&request{operation: "ListTables", input: &listTablesInput{}})
	assert.Equal(t, http.StatusOK, a.status, "the lock was given back")
}
