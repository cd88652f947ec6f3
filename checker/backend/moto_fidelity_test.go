package backend_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

const motoFile = "docs/fidelity-moto.md"

// motoDifference is a row of its tables.
type motoDifference struct{ moto, aws string }

// readMoto reads the rows of a service, by their ids.
func readMoto(t *testing.T, prefix string) map[string]motoDifference {
	t.Helper()
	found := map[string]motoDifference{}
	for _, cells := range conformance.Table(t, motoFile, prefix, 3) {
		found[cells[0]] = motoDifference{moto: cells[1], aws: cells[2]}
	}
	return found
}

func TestTheDocumentOnMotoHasDifferencesOfTheSuiteAlone(t *testing.T) {
	t.Parallel()
	answers := answersOfAWS()
	declared := readMoto(t, "")
	require.NotEmpty(t, declared)
	for id, d := range declared {
		answer, ok := answers[id]
		if assert.True(t, ok, "%s declares %s, which no fact has", motoFile, id) {
			assert.Equal(t, answer, d.aws, "%s: what AWS answers to %s", motoFile, id)
		}
		assert.False(t, same(d.aws, d.moto), "%s declares %s, which is no difference", motoFile, id)
	}
}

// kept are the rows for the document, with UPDATE_MOTO=1.
var kept struct {
	sync.Mutex
	rows map[string]string
}

// keepMoto writes the document's rows of one service anew, as far as they are known.
func keepMoto(t *testing.T, id, aws, got string) {
	t.Helper()
	kept.Lock()
	defer kept.Unlock()
	if kept.rows == nil {
		kept.rows = map[string]string{}
	}
	if !same(aws, got) {
		kept.rows[id] = fmt.Sprintf("| `%s` | `%s` | `%s` |", id, got, aws)
	}
	path := filepath.Join("..", "..", filepath.FromSlash(motoFile))
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	service, _, _ := strings.Cut(id, "-")
	lines := slices.DeleteFunc(strings.Split(string(raw), "\n"), func(line string) bool { return strings.HasPrefix(line, "| `"+service+"-") })
	at := slices.Index(lines, "| "+service+" | moto | AWS |") + 2 // below the line
	require.Greater(t, at, 1, "%s has no table of %s", motoFile, service)
	var rows []string
	for other, row := range kept.rows {
		if strings.HasPrefix(other, service+"-") {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(slices.Insert(lines, at, rows...), "\n")), 0o600))
}
