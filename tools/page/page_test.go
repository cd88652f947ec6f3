package main

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// show opens a page for a test; it skips where there is no browser, unless CI asks for one.
func show(t *testing.T, file string) (context.Context, *heard) {
	t.Helper()
	program, err := find()
	if err != nil && os.Getenv("CI_REQUIRE_CHROMIUM") != "1" {
		t.Skip(err)
	}
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	tab, h, end, err := open(ctx, program, file)
	t.Cleanup(end)
	require.NoError(t, err)
	return tab, h
}

func act(t *testing.T, tab context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, actions...))
}

// see has the page take the system for light or dark, and for a screen or paper.
func see(t *testing.T, tab context.Context, name, medium string) {
	t.Helper()
	require.NoError(t, scheme(tab, name, medium))
}

// ask has the page tell something of itself.
func ask[T any](t *testing.T, tab context.Context, script string) T {
	t.Helper()
	answer, err := chromedp.Run(tab, chromedp.Evaluate[T](script))
	require.NoError(t, err)
	return answer
}

func TestThePageAsksNobodyAndComplainsOfNothing(t *testing.T) {
	t.Parallel()
	tab, h := show(t, "../"+kept)
	// Everything that can be pressed is pressed.
	presses := ask[int](t, tab, `(() => { const all = document.querySelectorAll("button, a[href]"); for (const each of all) each.click(); return all.length })()`)
	assert.Greater(t, presses, 10)
	see(t, tab, "dark", "print")
	see(t, tab, "light", "")
	h.mu.Lock()
	defer h.mu.Unlock()
	assert.Positive(t, h.loaded, "requests are seen")
	assert.Empty(t, h.requests)
	assert.Empty(t, h.errors)
}

// What the test above listens for is heard.
func TestAPageThatAsksOrComplainsIsHeard(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, []byte(`<!DOCTYPE html><title>x</title><img src="http://127.0.0.1:9/x.png"><script>
		console.error("a complaint"); setTimeout(() => { document.title = "thrown"; nowhere() })</script>`), 0o600))
	tab, h := show(t, file)
	require.Eventually(t, func() bool {
		_ = ask[string](t, tab, `document.title`)
		h.mu.Lock()
		defer h.mu.Unlock()
		all := strings.Join(h.errors, "\n")
		return len(h.requests) == 1 && strings.Contains(all, "a complaint") && strings.Contains(all, "nowhere is not defined")
	}, 20*time.Second, 20*time.Millisecond)
}

// focused is what has the keyboard.
const focused = `(() => { const e = document.activeElement; return e.tagName + ": " + e.textContent.trim().slice(0, 40) })()`

// column is a column of the first table, from the top.
const column = `[...document.querySelector("table").tBodies[0].rows].map(row => row.cells[1].textContent.trim())`

func TestThePageSortsByKeyboard(t *testing.T) {
	t.Parallel()
	tab, _ := show(t, "../"+kept)
	before := ask[[]string](t, tab, column)
	for range 10 {
		if ask[string](t, tab, focused) == "BUTTON: Passed" {
			break
		}
		act(t, tab, chromedp.KeyEvent(kb.Tab))
	}
	require.Equal(t, "BUTTON: Passed", ask[string](t, tab, focused), "the key Tab leads to the heads")
	assert.NotEqual(t, "none", ask[string](t, tab, `getComputedStyle(document.activeElement).outlineStyle`), "one sees where one is")

	const sorted = `document.activeElement.closest("th").getAttribute("aria-sort")`
	act(t, tab, chromedp.KeyEvent(kb.Enter))
	up := ask[[]string](t, tab, column)
	assert.IsNonDecreasing(t, up)
	assert.ElementsMatch(t, before, up, "nobody is lost")
	assert.NotEqual(t, before, up)
	assert.Equal(t, "ascending", ask[string](t, tab, sorted))
	assert.Equal(t, "Sorted by Passed, ascending.", ask[string](t, tab, `document.querySelector("[role=status]").textContent`), "a screen reader says so")

	act(t, tab, chromedp.KeyEvent(" "))
	assert.IsNonIncreasing(t, ask[[]string](t, tab, column))
	assert.Equal(t, "descending", ask[string](t, tab, sorted))
	assert.Equal(t, "BUTTON: Passed", ask[string](t, tab, focused), "and one is still there")
}

// A screen reader says what heads, regions and outcomes are called, without the arrows and marks that are for the eye.
func TestThePageIsReadAloudInWords(t *testing.T) {
	t.Parallel()
	tab, _ := show(t, "../"+kept)
	tree, err := chromedp.Call(tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(t, err)
	names := map[string][]string{}
	for _, n := range tree.Nodes {
		if !n.Ignored && n.Role != nil && n.Name != nil {
			role := strings.Trim(string(n.Role.Value), `"`)
			names[role] = append(names[role], strings.Trim(string(n.Name.Value), `"`))
		}
	}
	assert.Equal(t, []string{"Learner", "Passed", "01-handler", "03-sqs-partial-failures", "09-background-work"}, names["columnheader"][:5])
	assert.Equal(t, "Amina", names["rowheader"][0])
	assert.Equal(t, []string{"Who passed what", "Where people are stuck", "What it looks like", "Lesson by lesson"}, names["region"])
	assert.Contains(t, names["link"], "failed")
	for _, arrow := range []string{"↕", "↑", "↓"} {
		for role, all := range names {
			if role != "StaticText" && role != "InlineTextBox" {
				assert.NotContains(t, strings.Join(all, "\n"), arrow, role)
			}
		}
	}
}

// faint are the texts that are hard to read: with less than 4.5:1 to their ground, as WCAG counts it.
const faint = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data };
	const light = c => [0, 1, 2].map(n => c[n] / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		.reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
	const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c } return [255, 255, 255, 255] };
	const bad = [];
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let count = 0;
	for (let n; n = texts.nextNode();) {
		const e = n.parentElement;
		if (!n.textContent.trim() || e.closest("script, style") || !e.checkVisibility()) continue;
		count++;
		const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))];
		const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (contrast < 4.5) bad.push(contrast.toFixed(2) + " " + n.textContent.trim().slice(0, 40));
	}
	if (count < 50) bad.push("only " + count + " texts were looked at");
	return bad;
})()`

const paper = `getComputedStyle(document.body).backgroundColor`

func TestThePageCanBeReadInLightAndDark(t *testing.T) {
	t.Parallel()
	tab, _ := show(t, "../"+kept)
	see(t, tab, "light", "")
	assert.Equal(t, "rgb(255, 255, 255)", ask[string](t, tab, paper))
	assert.Empty(t, ask[[]string](t, tab, faint))
	see(t, tab, "dark", "")
	assert.Equal(t, "rgb(21, 24, 28)", ask[string](t, tab, paper))
	assert.Empty(t, ask[[]string](t, tab, faint))
	ask[string](t, tab, `document.body.style.color = "#555"`)
	assert.NotEmpty(t, ask[[]string](t, tab, faint), "what is faint is found")
}

// wide are the elements that are wider than there is room for; what scrolls by itself is not.
const wide = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 &&
	getComputedStyle(e.closest(".scroll, pre") ?? e).overflowX !== "auto").map(e => e.tagName + " " + e.textContent.trim().slice(0, 40))`

func TestThePageFitsProjectorsAndPhones(t *testing.T) {
	t.Parallel()
	tab, _ := show(t, "../"+kept)
	for _, size := range [][2]int64{{1920, 1080}, {1280, 800}, {1024, 768}, {360, 640}} {
		act(t, tab, chromedp.EmulateViewport(size[0], size[1]))
		assert.Empty(t, ask[[]string](t, tab, wide), "%d pixels", size[0])
	}
	act(t, tab, chromedp.EmulateViewport(1024, 768))
	assert.Empty(t, ask[[]string](t, tab, `[...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))`),
		"three lessons are seen at once on a projector")
	assert.GreaterOrEqual(t, ask[float64](t, tab, `Math.min(...[...document.querySelectorAll("td, th, p, dd, pre, small")].map(e => parseFloat(getComputedStyle(e).fontSize)))`), 14.0)
	assert.Equal(t, int64(0), ask[int64](t, tab, `[...document.querySelectorAll(".scroll")].filter(e => e.tabIndex !== 0).length`), "what may scroll, does so by keyboard")
}

func TestThePageCanBeReadOnPaper(t *testing.T) {
	t.Parallel()
	tab, _ := show(t, "../"+kept)
	// The width of A4 between margins of 1 cm, and a system that is dark.
	act(t, tab, chromedp.EmulateViewport(718, 1047))
	see(t, tab, "dark", "print")
	assert.Equal(t, "rgb(255, 255, 255)", ask[string](t, tab, paper), "paper is white")
	assert.Empty(t, ask[[]string](t, tab, faint))
	assert.Empty(t, ask[[]string](t, tab, wide), "nothing is cut off")
	assert.Empty(t, ask[[]string](t, tab, `[...document.querySelectorAll(".scroll, pre")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))`),
		"paper does not scroll")
	document, err := chromedp.Run(tab, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	require.NoError(t, err)
	assert.Greater(t, len(document), 10_000)
	assert.Equal(t, "%PDF-", string(document[:5]))
	assert.Equal(t, "contents", ask[string](t, tab, `getComputedStyle(document.querySelector("th button")).display`), "heads have their text on every sheet")
}

// This one needs no browser.
func TestThePicturesAreOfThePageThatIsKept(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../" + kept)
	require.NoError(t, err)
	for _, file := range taken {
		picture, err := os.ReadFile("../" + file)
		require.NoError(t, err)
		assert.True(t, bytes.Contains(picture, stamp(page)), "%s is of another page; make pictures takes it anew", file)
		config, err := png.DecodeConfig(bytes.NewReader(picture))
		require.NoError(t, err)
		assert.Equal(t, [2]int{width, height}, [2]int{config.Width, config.Height})
	}
}
