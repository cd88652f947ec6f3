package sandbox

import (
	"debug/elf"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/sam"
)

var packageRows = []conformance.Row{
	{
		ID: "package-bootstrap-missing", Certainty: conformance.Source,
		Fact: "Without an executable bootstrap every invocation fails with Runtime.InvalidEntrypoint",
		Test: func(t *testing.T) {
			f := deploy(t)
			require.NoError(t, os.Remove(filepath.Join(f.taskRoot, "bootstrap")))
			for range 2 {
				notStarted(t, invoke(t, f, request{}))
			}
		},
	},
	{
		ID: "package-bootstrap-mode", Certainty: conformance.Source,
		Fact: "So it is when the bootstrap may not be executed",
		Test: func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bootstrap")
			copyFile(t, binary(t, "probe"), path, 0o644, nil)
			notStarted(t, invoke(t, deploy(t, func(c *Config) { c.Binary = path }), request{}))
		},
	},
	{
		ID: "package-architecture", Certainty: conformance.Reported,
		Fact: "A bootstrap for another architecture fails the same way, with an exec format error",
		Test: func(t *testing.T) {
			if runtime.GOOS != "linux" {
				t.Skip("programs have another format here")
			}
			other := byte(elf.EM_AARCH64)
			if runtime.GOARCH == "arm64" {
				other = byte(elf.EM_X86_64)
			}
			path := filepath.Join(t.TempDir(), "bootstrap")
			copyFile(t, binary(t, "probe"), path, 0o755, func(program []byte) { program[18] = other }) // e_machine
			i := invoke(t, deploy(t, func(c *Config) { c.Binary = path }), request{})
			notStarted(t, i)
			assert.Contains(t, i.Error().Message, "exec format error")
		},
	},
	{
		ID: "package-text", Certainty: conformance.Source,
		Fact: "What is no program at all fails the same way",
		Test: func(t *testing.T) {
			text := filepath.Join(t.TempDir(), "text")
			require.NoError(t, os.WriteFile(text, []byte("not a program"), 0o755))
			notStarted(t, invoke(t, deploy(t, func(c *Config) { c.Binary = text }), request{}))
		},
	},
	{
		ID: "package-glibc", Certainty: conformance.Documented,
		Fact: "A function is built with CGO_ENABLED=0, since provided.al2023 has glibc 2.34 and no newer one",
		Test: func(t *testing.T) {
			if runtime.GOOS != "linux" {
				t.Skip("programs have another format here")
			}
			program, err := elf.Open(binary(t, "probe"))
			require.NoError(t, err)
			defer program.Close()
			for _, part := range program.Progs {
				assert.NotEqual(t, elf.PT_INTERP, part.Type, "it asks for a dynamic linker")
			}
		},
	},
	{
		ID: "package-small", Certainty: conformance.Measured,
		Fact: "Built with -ldflags \"-s -w\", a function has no symbols and no debug information, and half the size",
		Test: func(t *testing.T) {
			if runtime.GOOS != "linux" {
				t.Skip("programs have another format here")
			}
			program, err := elf.Open(binary(t, "probe"))
			require.NoError(t, err)
			defer program.Close()
			for _, section := range program.Sections {
				assert.NotEqual(t, ".symtab", section.Name)
				assert.NotContains(t, section.Name, "debug_")
			}
		},
	},
	{
		ID: "package-architectures", Certainty: conformance.Documented,
		Fact: "Architectures is x86_64, which is the default, or arm64; there is no other",
		Test: func(t *testing.T) {
			for list, want := range map[string]string{"[arm64]": "arm64", "[x86_64]": "x86_64"} {
				template, err := sam.Parse("template.yaml", []byte(functionWith("Architectures: "+list)))
				require.NoError(t, err)
				assert.Equal(t, want, template.Functions[0].Architecture)
			}
			template, err := sam.Parse("template.yaml", []byte(functionWith("Timeout: 3")))
			require.NoError(t, err)
			assert.Equal(t, "x86_64", template.Functions[0].Architecture)
			_, err = sam.Parse("template.yaml", []byte(functionWith("Architectures: [mips]")))
			require.Error(t, err)
		},
	},
	{
		ID: "package-architecture-built", Certainty: conformance.Documented,
		Fact: "A function is built for its architecture",
		Skip: "here it is built for this machine, whichever that is, since it has to run on it",
	},
	{
		ID: "package-go-version", Certainty: conformance.Measured,
		Fact: "aws-lambda-go v1.55.1 needs Go 1.26",
		Test: func(t *testing.T) {
			mod, err := os.ReadFile(filepath.Join(module, "go.mod"))
			require.NoError(t, err)
			assert.Contains(t, string(mod), "github.com/aws/aws-lambda-go v1.55.1\n")
			assert.Regexp(t, `(?m)^go 1\.26`, string(mod))
		},
	},
}

func notStarted(t *testing.T, i *Invocation) {
	t.Helper()
	assert.Equal(t, NotStarted, i.Outcome)
	assert.Equal(t, "Unhandled", i.FunctionError)
	assert.Equal(t, "Runtime.InvalidEntrypoint", i.Error().Type)
	assert.Contains(t, i.Error().Message, "RequestId: "+i.RequestID+" Error: ")
}

func copyFile(t *testing.T, from, to string, mode os.FileMode, change func([]byte)) {
	t.Helper()
	data, err := os.ReadFile(from)
	require.NoError(t, err)
	if change != nil {
		change(data)
	}
	require.NoError(t, os.WriteFile(to, data, mode))
}
