package check

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesAreTheSameByTheirContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	whole := bytes.Repeat([]byte("bootstrap"), pieceSize/2) // some pieces, and a part of one
	last, early := bytes.Clone(whole), bytes.Clone(whole)
	last[len(last)-1]++
	early[7]++
	for _, c := range []struct {
		name string
		a, b []byte
		want bool
	}{
		{"the same", whole, bytes.Clone(whole), true},
		{"another last byte", whole, last, false},
		{"another early byte", early, whole, false},
		{"one byte more", whole, append(bytes.Clone(whole), 'x'), false},
		{"two pieces, and they only", whole[:2*pieceSize], whole[:2*pieceSize], true},
		{"a piece more", whole[:2*pieceSize], whole[:3*pieceSize], false},
		{"a piece less", whole[:2*pieceSize], whole[:pieceSize], false},
		{"nothing and something", nil, whole, false},
		{"nothing at all", nil, nil, true},
	} {
		same, err := sameContent(file("a", c.a), file("b", c.b))
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, same, c.name)
	}
	there := file("a", whole)
	for _, pair := range [][2]string{{there, there + "-missing"}, {there + "-missing", there}, {there, dir}} {
		_, err := sameContent(pair[0], pair[1])
		assert.Error(t, err)
	}
}
