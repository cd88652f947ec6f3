package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The programs that the scripts in tools/sam call, replaced by ones that only note how they were called.
var fakes = map[string]string{
	"sam": `echo "sam $*" >> "$CALLS"`,
	"aws": `echo "aws $*" >> "$CALLS"
case "$*" in
  *"--stack-name top "*S3*) ;;
  *"--stack-name top "*Stack*) printf 'nested-a\tnested-b\n' ;;
  *nested-a*S3*) echo bucket-one ;;
esac
test -z "$AWS_FAILS"`,
}

// runScript runs one of the scripts with an answer to its question, and returns what it printed, the
// calls that change something, and whether it succeeded.
func runScript(t *testing.T, script, answer string, environ ...string) (printed string, calls []string, ok bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range fakes {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	}
	log := filepath.Join(dir, "calls")
	cmd := exec.Command(filepath.Join("..", "..", "tools", "sam", script))
	cmd.Env = append([]string{"PATH=" + dir + ":/usr/bin:/bin", "CALLS=" + log}, environ...)
	cmd.Stdin = strings.NewReader(answer)
	out, err := cmd.CombinedOutput()
	noted, _ := os.ReadFile(log) // none if nothing was called
	for line := range strings.Lines(string(noted)) {
		if !strings.Contains(line, "list-stack-resources") {
			calls = append(calls, strings.TrimSpace(line))
		}
	}
	return string(out), calls, err == nil
}

func TestDestroyEmptiesBucketsAndDeletesTheStack(t *testing.T) {
	t.Parallel()
	printed, calls, ok := runScript(t, "destroy", "top\n", "STACK=top", "AWS_REGION=eu-central-1")
	assert.True(t, ok, printed)
	assert.Equal(t, []string{
		"aws s3 rm s3://bucket-one --recursive --only-show-errors",
		"sam delete --stack-name top --region eu-central-1 --no-prompts",
	}, calls)
	assert.Contains(t, printed, "All objects in the bucket bucket-one are deleted first.")
	assert.Contains(t, printed, "What is left: ")
}

func TestDestroyDeletesNothingUnlessItIsSure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  string
		environ []string
		says    string
	}{
		"another answer":      {"yes\n", []string{"STACK=top"}, "Nothing was deleted."},
		"no answer":           {"", []string{"STACK=top"}, "Nothing was deleted."},
		"no stack":            {"top\n", nil, "make destroy STACK=name"},
		"AWS cannot be asked": {"top\n", []string{"STACK=top", "AWS_FAILS=yes"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed, calls, ok := runScript(t, "destroy", c.answer, c.environ...)
			assert.False(t, ok)
			assert.Empty(t, calls)
			assert.Contains(t, printed, c.says)
		})
	}
}

func TestDeploySaysWhatItDoesAndBuildsFirst(t *testing.T) {
	t.Parallel()
	printed, calls, ok := runScript(t, "deploy", "")
	assert.True(t, ok, printed)
	assert.Equal(t, []string{"sam build", "sam deploy --guided --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"}, calls)
	for _, about := range []string{"What it costs", "What stays", "public"} {
		assert.Contains(t, printed, about)
	}
}

func TestTheScriptsSayWhenSAMIsMissing(t *testing.T) {
	t.Parallel()
	// A path with nothing but what the scripts begin with: SAM may well be installed here.
	dir := t.TempDir()
	dirname, err := exec.LookPath("dirname")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(dirname, filepath.Join(dir, "dirname")))
	for _, script := range []string{"validate", "build", "deploy", "destroy"} {
		cmd := exec.Command(filepath.Join("..", "..", "tools", "sam", script))
		cmd.Env = []string{"PATH=" + dir}
		out, err := cmd.CombinedOutput()
		require.Error(t, err, script)
		assert.Contains(t, string(out), "sam is not installed: pip install aws-sam-cli", script)
	}
}
