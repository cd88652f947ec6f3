package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/conformance"
)

// What a function sees of the machine. Where functions cannot be isolated, these rows are skipped, and
// checker doctor says so.
var fileSystemRows = []conformance.Row{
	{
		ID: "filesystem-working-directory", Certainty: conformance.Recorded,
		Fact: "A function works in /var/task, where its bootstrap is",
		Test: func(t *testing.T) { assert.Equal(t, "/var/task", access(t)["cwd"]) },
	},
	{
		ID: "filesystem-task-read-only", Certainty: conformance.Recorded,
		Fact: "It cannot write there, not even beside its own program",
		Test: func(t *testing.T) {
			got := access(t)
			assert.Equal(t, "open file: read-only file system", got["file"])
			assert.Equal(t, "open /var/task/file: read-only file system", got["/var/task/file"])
		},
	},
	{
		ID: "filesystem-tmp-writable", Certainty: conformance.Recorded,
		Fact: "/tmp is the only place where a function can write",
		Test: func(t *testing.T) {
			got := access(t)
			assert.Equal(t, "<nil>", got["/tmp/file"])
			assert.Equal(t, "open /file: read-only file system", got["/file"])
			assert.Equal(t, "open /etc/file: read-only file system", got["/etc/file"])
		},
	},
	{
		ID: "filesystem-tmp-private", Certainty: conformance.Documented,
		Fact: "Each execution environment has a /tmp of its own",
		Test: func(t *testing.T) {
			one, other := isolatedFunction(t), isolatedFunction(t)
			invoke(t, one, request{Do: "write", Text: "one"})
			assert.FileExists(t, inTmp(one, "kept"))
			assert.Contains(t, invoke(t, other, request{Do: "read"}).Error().Message, "no such file")
		},
	},
	{
		ID: "filesystem-user", Certainty: conformance.Recorded,
		Fact: "It runs as sbx_user1051, and not as root",
		Test: func(t *testing.T) { assert.Equal(t, "sbx_user1051 993 990", access(t)["user"]) },
	},
	{
		ID: "filesystem-home", Certainty: conformance.Recorded,
		Fact: "Without HOME, os.UserHomeDir is an error",
		Test: func(t *testing.T) { assert.Equal(t, "$HOME is not defined", access(t)["home"]) },
	},
	{
		ID: "limits-files", Certainty: conformance.Documented,
		Fact: "An execution environment may have 1,024 file descriptors",
		Test: func(t *testing.T) { assert.Equal(t, "1024", access(t)["files"]) },
	},
	{
		ID: "limits-processes", Certainty: conformance.Documented,
		Fact: "It may have 1,024 processes and threads",
		Test: func(t *testing.T) { assert.Equal(t, "1024", access(t)["processes"]) },
	},
	{
		ID: "limits-tmp", Certainty: conformance.Documented,
		Fact: "/tmp has 512 MB, unless EphemeralStorage says more",
		Skip: "the disk of this machine is the limit here",
	},
}

func isolatedFunction(t *testing.T) *Function {
	t.Helper()
	f := deploy(t)
	requireIsolation(t, f)
	return f
}

// access is what the probe found out about where it can write, and who it is.
func access(t *testing.T) map[string]string {
	t.Helper()
	return decode[map[string]string](t, invoke(t, isolatedFunction(t), request{Do: "access"}))
}
