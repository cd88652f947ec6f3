package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Table reads the rows of a document whose first cell begins with a prefix, in whichever of its tables. Cells are without the
// backquotes around them. The document is named from the top of the repository; no two of its rows have the same first cell.
func Table(t *testing.T, document, prefix string, columns int) (rows [][]string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(document)))
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, "| `"+prefix) {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		require.Len(t, cells, columns, "%s: %s", document, line)
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		assert.False(t, seen[cells[0]], "%s has %s twice", document, cells[0])
		seen[cells[0]] = true
		rows = append(rows, cells)
	}
	return rows
}

// Document requires that a document has a row for each fact that is not reproduced here, and none for another of the prefix: its
// id, what is here in its place, which is its Skip, and the fact.
func Document(t *testing.T, document, prefix string, rows []Row) {
	t.Helper()
	want := map[string][]string{}
	for _, r := range rows {
		if r.Skip != "" {
			require.True(t, strings.HasPrefix(r.ID, prefix), "%s does not begin with %s", r.ID, prefix)
			want[r.ID] = []string{r.Skip, r.Fact}
		}
	}
	got := map[string][]string{}
	for _, cells := range Table(t, document, prefix, 3) {
		got[cells[0]] = cells[1:]
	}
	for id, cells := range want {
		if assert.Contains(t, got, id, "%s has no row for it: | `%s` | %s | %s |", document, id, cells[0], cells[1]) {
			assert.Equal(t, cells, got[id], "%s, the row of %s", document, id)
		}
	}
	for id := range got {
		assert.Contains(t, want, id, "%s has it, and no fact that is not reproduced", document)
	}
}

// root is the top of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		require.NotEqual(t, filepath.Dir(dir), dir, "no directory above the test has a go.mod")
		dir = filepath.Dir(dir)
	}
}
