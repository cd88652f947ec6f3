package grade_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/grade"
)

// TestAKilledCommandGoesOnWhereItWas kills the real program in the middle, which can then do nothing more.
func TestAKilledCommandGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "interrupted": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := room{t, t.TempDir()}
			learners := []string{"ann", "bob", "cy", "dan"}
			for _, learner := range learners {
				r.add(learner, nil)
			}
			c := newCommand(r, "--skip-waits", "--at-once", "1")
			cmd, said := c.start()
			// Two are done, and a third is under way.
			working := func() bool {
				third, err := filepath.Glob(filepath.Join(c.records(), ".work", "run-*", "2-"+lesson, "disk"))
				return err == nil && len(third) > 0 && len(processesWith(third[0])) > 0
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			require.Eventually(t, func() bool { return working() || len(ended) > 0 }, patience, 10*time.Millisecond)
			skipWithoutEnclosures(t, said)
			require.NoError(t, cmd.Process.Signal(signal))
			require.Error(t, <-ended)
			assert.Eventually(t, func() bool { return len(processesWith(r.folder))+len(processesWith(c.out)) == 0 }, patience, 20*time.Millisecond,
				"%v %v", processesWith(r.folder), processesWith(c.out))
			assert.NoFileExists(t, filepath.Join(c.out, "results.json"))
			if signal == syscall.SIGINT {
				assert.Equal(t, 4, cmd.ProcessState.ExitCode())
				assert.Contains(t, said.text(), "what is done is kept in "+c.out+": the same command goes on from there\n")
				assert.Empty(t, runs(t, c))
			}
			written := times(t, c)
			require.GreaterOrEqual(t, len(written), 2)
			require.Less(t, len(written), len(learners), "it was not in the middle")

			all, said := c.run()
			require.Len(t, all, len(learners))
			for _, learner := range learners {
				assert.Equal(t, grade.Passed, all[learner].Outcome, "%s: %s", learner, explained(all[learner]))
				_, before := written[learner]
				assert.Equal(t, before, said.verdicts()[learner], "%s: what is done is kept, and nothing else is", learner)
			}
			for learner, at := range times(t, c) {
				if before, ok := written[learner]; ok {
					assert.Equal(t, before, at, "%s: what is done is not written again", learner)
				}
			}
			assert.Empty(t, runs(t, c), "what the killed run has left is gone")

			_, said = c.run()
			for _, learner := range learners {
				assert.True(t, said.verdicts()[learner], "%s: all is done now", learner)
			}
		})
	}
}

// runs are the directories of runs.
func runs(t *testing.T, c *command) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(c.records(), ".work"))
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// times is when the records of learners were written.
func times(t *testing.T, c *command) map[string]time.Time {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(c.records(), "*", lesson+".json"))
	require.NoError(t, err)
	all := map[string]time.Time{}
	for _, name := range names {
		info, err := os.Stat(name)
		require.NoError(t, err)
		all[filepath.Base(filepath.Dir(name))] = info.ModTime()
	}
	return all
}
