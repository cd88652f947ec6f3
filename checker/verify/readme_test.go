package verify_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the README shows as the checker's words are the checker's words.
func TestTheReadmeShowsAKeptTranscript(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, shown, found := strings.Cut(string(readme), "```text\n")
	require.True(t, found)
	shown, _, _ = strings.Cut(shown, "```")
	transcript, err := os.ReadFile("../course/lesson09/transcripts/confirmation-in-background.txt")
	require.NoError(t, err)
	assert.Contains(t, string(transcript), shown)
}
