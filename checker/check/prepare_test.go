package check

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/backend"
)

func TestACodeThatDoesNotBuildFailsInTheCompilersWords(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	dir := submission(t, map[string]string{
		"template.yaml": oneFunction,
		"echo/main.go":  "package main\n\nfunc main() { undefinedThing() }\n",
	})
	var built []BuildResult
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), in(dir), keeping(own), with(s),
		func(o *Options) { o.Built = func(b BuildResult) { built = append(built, b) } })
	assert.Equal(t, Failed, r.Verdict)
	assert.Empty(t, r.Error, "the learner's code is no fault of the checker")
	assert.Equal(t, Failed, r.Build.Verdict)
	assert.Contains(t, r.Build.Output, "main.go:3:15: undefined: undefinedThing")
	assert.Equal(t, []BuildResult{r.Build}, built)
	assert.Equal(t, []Result{{ID: "a", Severity: Must, Verdict: Skipped}}, r.Checks)
	assert.Equal(t, int32(1), s.closed.Load(), "the backend had been started beside the build")
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestABuildErrorIsShownAlsoWhenTheBackendDoesNotStart(t *testing.T) {
	t.Parallel()
	dir := submission(t, map[string]string{"template.yaml": oneFunction, "echo/main.go": "package main\n"})
	r := run0(t, tiny(Check{ID: "a"}), in(dir), func(o *Options) {
		o.Open = func(context.Context, []backend.Service) (backend.Backend, error) { return nil, errors.New("no Docker") }
	})
	assert.Equal(t, Failed, r.Verdict)
	assert.Contains(t, r.Build.Output, "function main is undeclared")
	assert.Empty(t, r.Error)
}

func TestABackendThatDoesNotStartIsAnError(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), func(o *Options) {
		o.Open = func(context.Context, []backend.Service) (backend.Backend, error) { return nil, errors.New("no Docker") }
	})
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, "no Docker", r.Error)
	assert.Equal(t, Passed, r.Build.Verdict)
	assert.Equal(t, Skipped, r.Checks[0].Verdict)
}

func TestATemplateWithProblemsIsTheLearnersAndNothingIsStarted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files  map[string]string
		output string
	}{
		"a problem":   {map[string]string{"template.yaml": "Resources:\n  A:\n    Type: AWS::Serverless::Functoin\n"}, "template.yaml:3:"},
		"no YAML":     {map[string]string{"template.yaml": "Resources: ["}, "template.yaml:2:1: not valid YAML"},
		"no template": {map[string]string{"echo/main.go": "package main\n"}, "template.yaml: no such file or directory"},
		"no directory": {
			map[string]string{"template.yaml": oneFunction},
			"template.yaml:3:1: Resources.EchoFunction: CodeUri leads to echo/, and there is no such directory",
		},
		"a directory of another name": {
			map[string]string{"template.yaml": oneFunction, "ecko/main.go": "package main\n"}, `there is no such directory; did you mean "ecko"?`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), in(submission(t, test.files)))
			assert.Equal(t, Failed, r.Verdict, r.Error)
			assert.Equal(t, Failed, r.Build.Verdict)
			assert.Contains(t, r.Build.Output, test.output)
			assert.Equal(t, Skipped, r.Checks[0].Verdict)
		})
	}
}

// What AWS takes and the checker does not know is no fault of the template; beside one that is, it is told with it.
func TestATemplateThatOnlyTheCheckerDoesNotTakeIsNotTheLearnersFault(t *testing.T) {
	t.Parallel()
	const mappings = "Mappings:\n  Sizes:\n    here: {of: 128}\n"
	for name, template := range map[string]string{
		"of the reader": mappings + oneFunction + "      MemorySize: !FindInMap [Sizes, here, of]\n",
		"of the stack":  oneFunction + "      Role: arn:aws:iam::123456789012:role/own\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), in(submission(t, map[string]string{"template.yaml": template})))
			assert.Equal(t, Errored, r.Verdict)
			assert.Contains(t, r.Error, "template.yaml:")
			assert.Contains(t, r.Error, "This may be right on AWS")
			assert.Equal(t, Skipped, r.Checks[0].Verdict)
		})
	}
	r := run0(t, tiny(Check{ID: "a"}), in(submission(t, map[string]string{"template.yaml": mappings + oneFunction + "      MemorySice: 128\n"})))
	assert.Equal(t, Failed, r.Verdict)
	assert.Contains(t, r.Build.Output, "AWS evaluates Mappings, and the checker does not")
	assert.Contains(t, r.Build.Output, "MemorySice")
}

func TestALessonThatIsNotThereIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	own, dir := t.TempDir(), t.TempDir()
	r := run0(t, tiny(Check{ID: "a"}), in(dir), keeping(own))
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, filepath.Join(dir, tinyID)+": there is no such directory; --dir says where the numbered lesson directories are", r.Error)
	assert.Equal(t, Skipped, r.Build.Verdict)
	assert.Equal(t, []Result{{ID: "a", Severity: Must, Verdict: Skipped}}, r.Checks)
	assert.Empty(t, left(t, own), "nothing was begun")
}
