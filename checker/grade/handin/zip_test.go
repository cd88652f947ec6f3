package handin

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	zippedLesson = "01-handler"
	takenTo      = "_taken" // is no submission
)

// zipOf makes a zip. A name that ends with @ is a link to its text.
func zipOf(t testing.TB, texts ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, text := range texts {
		header := &zip.FileHeader{Name: strings.TrimSuffix(text[0], "@"), Method: zip.Deflate}
		if header.Name != text[0] {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(header)
		require.NoError(t, err)
		_, err = io.WriteString(f, text[1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// many are files that differ in their names.
func many(n int, name, text string) (all [][2]string) {
	for i := range n {
		all = append(all, [2]string{fmt.Sprintf(name, i), text})
	}
	return all
}

// takeZip takes a lesson of a zip, as it is handed in, into a directory beside it.
func takeZip(t testing.TB, data []byte) (Taken, string, error) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ann.zip"), data, 0o600))
	to := filepath.Join(dir, takenTo)
	require.NoError(t, os.Mkdir(to, 0o700))
	all, _, err := Find(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
	taken, err := all[0].Take(zippedLesson, to)
	assert.NoError(t, Close(all))
	return taken, dir, err
}

func TestAZipIsTakenForWhatAnybodyNeeds(t *testing.T) {
	t.Parallel()
	const at = "repo-main/lessons/" + zippedLesson + "/"
	main := [2]string{at + "f/main.go", "package main\n"}
	for name, c := range map[string]struct {
		data []byte
		why  string // it is refused
	}{
		"as it should be":            {zipOf(t, main), ""},
		"with Windows' separators":   {zipOf(t, [2]string{`repo-main\lessons\` + zippedLesson + `\f\main.go`, "package main\n"}), ""},
		"climbs out":                 {zipOf(t, main, [2]string{"../../escaped", ""}), "climbs out"},
		"climbs out of a directory":  {zipOf(t, main, [2]string{at + "../../../../escaped", ""}), "climbs out"},
		"begins at the root":         {zipOf(t, main, [2]string{"/etc/escaped", ""}), "climbs out"},
		"climbs out, on Windows":     {zipOf(t, main, [2]string{`..\escaped`, ""}), "climbs out"},
		"one file, a thousand times": {zipOf(t, main, [2]string{at + "bomb", strings.Repeat("0", maxFile+1)}), "too large"},
		"all files together":         {zipOf(t, many(5, at+"bomb-%d", strings.Repeat("0", maxFile-1))...), "too large"},
		"many files":                 {zipOf(t, many(maxFiles+1, at+"%d.go", "")...), "more than 500 files"},
		"many directories":           {zipOf(t, many(maxFiles+1, at+"%d/", "")...), "more than 500 files"},
		"directories in directories": {zipOf(t, [2]string{at + strings.Repeat("d/", maxFiles) + "main.go", ""}), "more than 500 files"},
		"many files elsewhere":       {zipOf(t, many(maxEntries+1, "%d", "")...), "lists 100001 files"},
		"long names elsewhere":       {zipOf(t, many(maxList/60_000+1, "%d"+strings.Repeat("x", 60_000), "")...), errList.Error()},
		"a file twice":               {zipOf(t, main, main), "duplicate"},
		"a file that is a directory": {zipOf(t, main, [2]string{at + "f", ""}), "duplicate"},
		"cut off":                    {zipOf(t, main)[:60], "cannot be read"},
		"no zip":                     {[]byte("package main\n"), "cannot be read"},
		"nothing":                    {nil, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, dir, err := takeZip(t, c.data)
			if c.why == "" {
				require.NoError(t, err)
				assert.FileExists(t, filepath.Join(dir, takenTo, "f", "main.go"))
			} else {
				require.ErrorContains(t, err, c.why)
			}
			assert.NoFileExists(t, filepath.Join(filepath.Dir(dir), "escaped"))
		})
	}
}

func TestLinksInAZipAreNotFollowed(t *testing.T) {
	t.Parallel()
	const at = zippedLesson + "/"
	r, dir, err := takeZip(t, zipOf(t, [2]string{at + "main.go", "package main\n"}, [2]string{at + "secret.go@", "/etc/passwd"}, [2]string{at + "out@", "../.."}))
	require.NoError(t, err)
	assert.Equal(t, []string{"out: " + isLink, "secret.go: " + isLink}, r.Left)
	entries, err := os.ReadDir(filepath.Join(dir, takenTo))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.Equal(t, "main.go", entries[0].Name())

	r, _, err = takeZip(t, zipOf(t, many(100, at+"%02d"+strings.Repeat("n", 1000)+"@", "x")...))
	require.NoError(t, err)
	require.Len(t, r.Left, maxLeft+1, "a record has room for some")
	assert.Equal(t, "and more", r.Left[maxLeft])
	assert.Less(t, len(r.Left[0]), maxName+len(isLink)+10)
}

// Whatever a zip has in it, what comes of it is few regular files in one directory.
func FuzzZip(f *testing.F) {
	const at = "lessons/" + zippedLesson + "/"
	whole := zipOf(f, [2]string{at + "template.yaml", "Resources: {}\n"}, [2]string{at + "f/main.go", "package main\n"}, [2]string{at + "go.mod", "module x\n"})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(append([]byte("#!/bin/sh\n"), whole...)) // a zip may have something before it
	f.Add(zipOf(f, [2]string{at + "link@", "/etc/passwd"}, [2]string{zippedLesson + "@", "/etc"}))
	f.Add(zipOf(f, [2]string{"../" + at + "main.go", "x"}, [2]string{"/" + at + "main.go", "x"}, [2]string{`..\x`, ""}))
	f.Add(zipOf(f, [2]string{at + "bomb", strings.Repeat("0", 1<<20)}))
	f.Add(zipOf(f, [2]string{at + "a", "x"}, [2]string{at + "a/b", "x"}, [2]string{at + "a", "x"}, [2]string{at, ""}))
	f.Add(zipOf(f, many(20, at+strings.Repeat("d/", 20)+"%d.go", "x")...))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, dir, _ := takeZip(t, data) // any zip may be refused
		files, size := 0, int64(0)
		require.NoError(t, filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
			require.NoError(t, err)
			rel, err := filepath.Rel(dir, name)
			require.NoError(t, err)
			if rel == "." || rel == "ann.zip" || rel == takenTo {
				return nil
			}
			require.True(t, strings.HasPrefix(rel, takenTo+string(filepath.Separator)), "%q is where nothing is to be", rel)
			info, err := e.Info()
			require.NoError(t, err)
			require.True(t, info.IsDir() || info.Mode().IsRegular(), "%q is %v", rel, info.Mode())
			if !info.IsDir() {
				require.Empty(t, notTaken(e), rel)
				size += info.Size()
			}
			files++
			return nil
		}))
		require.LessOrEqual(t, files, maxFiles)
		require.LessOrEqual(t, size, int64(maxTaken+1)) // the one byte by which it is too large
		require.LessOrEqual(t, len(r.Left), maxLeft+1)
		if files == 0 {
			return
		}
		siblings, err := os.ReadDir(filepath.Dir(dir))
		require.NoError(t, err)
		for _, s := range siblings {
			require.Equal(t, filepath.Base(dir), s.Name(), "it has climbed out")
		}
	})
}
