package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func TestThePicturesAreUpToDate(t *testing.T) {
	t.Parallel()
	for _, p := range pictures {
		require.NoError(t, p.make(root, true))
	}
}

func TestAPictureSaysWhatItsTranscriptSays(t *testing.T) {
	t.Parallel()
	for _, p := range pictures {
		transcript, err := os.ReadFile(filepath.Join(root, p.transcript))
		require.NoError(t, err)
		want, err := p.lines(string(transcript))
		require.NoError(t, err)
		kept, err := os.ReadFile(filepath.Join(root, p.file))
		require.NoError(t, err)

		drawn := texts(t, kept)
		assert.Equal(t, strings.Join(want, "\n"), drawn.alternative, "what a screen reader says of %s", p.file)
		assert.Equal(t, words(p.command, want), drawn.words, "what is seen in %s", p.file)
		assert.NotRegexp(t, `https?://(?:[^w]|w[^w])|url\(|@import|<script|<image|href`, string(kept), "it needs nothing from elsewhere")
		assert.NotContains(t, string(kept), "in N s", "a transcript has no seconds")
	}
}

func TestATranscriptThatHasChangedIsNotDrawnByHalves(t *testing.T) {
	t.Parallel()
	_, err := picture{from: "✗ A", to: "  Evidence"}.lines("\nLesson 3\n\n✗ A bad message\n")
	require.EqualError(t, err, `no line begins with "  Evidence"`)
	_, err = picture{from: "✗ B"}.lines("\nLesson 3\n\n✗ A bad message\n")
	require.EqualError(t, err, `no line begins with "✗ B"`)
	lines, err := picture{from: "✗ A"}.lines("\nLesson 3\n\n✗ A bad message\n  4 of 5 requirements met, in N s.\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"✗ A bad message", "  4 of 5 requirements met."}, lines)
}

// Text is readable from a contrast of 4.5:1 on, as WCAG counts it for sizes like this one.
func TestColoursAreReadable(t *testing.T) {
	t.Parallel()
	light, dark, found := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	require.True(t, found)
	fill := regexp.MustCompile(`(?m)^\s*\.?([a-z]+) \{ fill: (#[0-9a-f]{6})`)
	for name, scheme := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range fill.FindAllStringSubmatch(scheme, -1) {
			colours[m[1]] = m[2]
		}
		require.Len(t, colours, 6, name)
		for _, class := range []string{"text", "good", "bad", "dim"} {
			for _, ground := range []string{"ground", "bar"} {
				assert.GreaterOrEqual(t, contrast(t, colours[class], colours[ground]), 4.5, "%s on %s, %s", class, ground, name)
			}
		}
	}
}

func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for n, weight := range []float64{0.2126, 0.7152, 0.0722} {
		value, err := strconv.ParseUint(colour[1+2*n:3+2*n], 16, 8)
		require.NoError(t, err)
		c := float64(value) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// seen is what a picture tells.
type seen struct {
	alternative string
	words       []string
}

// texts reads the text of a picture, as a program that knows XML does.
func texts(t *testing.T, svg []byte) (s seen) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for element := ""; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return s
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
		case xml.EndElement:
			element = ""
		case xml.CharData:
			switch element {
			case "desc":
				s.alternative += string(token)
			case "text":
				s.words = append(s.words, strings.Fields(string(token))...)
			}
		}
	}
}

func words(command string, lines []string) []string {
	return append([]string{"$"}, strings.Fields(command+"\n"+strings.Join(lines, "\n"))...)
}
