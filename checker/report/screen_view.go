package report

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"example.com/serverless-patterns/checker/check"
)

// View draws the whole screen: what is watched and how it stands, the pane, and the keys.
func (m *screen) View() tea.View {
	head := m.wrapped(func(t *Text) {
		t.line("%s  %s", strong.Render(fmt.Sprintf("Lesson %d: %s", m.Lesson.Number, m.Lesson.Title)), dim.Render(m.Dir))
		t.line("%s", m.status())
		t.line("")
	})
	foot := m.wrapped(func(t *Text) { t.line("%s", m.keys()) })
	room := max(m.height-len(head)-len(foot)-1, 1) // a line says where in the pane this is
	body := m.wrapped(m.body)
	m.top = max(min(m.top, len(body)-room), 0)
	shown := body[m.top:min(m.top+room, len(body))]
	lines := slices.Concat(head, shown)
	for range room - len(shown) {
		lines = append(lines, "")
	}
	where := ""
	if len(body) > room {
		where = fmt.Sprintf("lines %d to %d of %d: the arrow keys show the others", m.top+1, m.top+len(shown), len(body))
	}
	lines = append(append(lines, where), foot...)
	v := tea.NewView(strings.Join(lines[:min(len(lines), m.height)], "\n"))
	v.AltScreen = true
	return v
}

// wrapped are the lines of a text, none longer than the terminal is wide.
func (m *screen) wrapped(write func(*Text)) []string {
	var b bytes.Buffer
	write(&Text{w: &colorprofile.Writer{Forward: &b, Profile: m.profile}})
	text := strings.ReplaceAll(strings.TrimRight(b.String(), "\n"), "\t", "    ")
	return strings.Split(lipgloss.Wrap(text, m.width, ""), "\n")
}

// status says in a line how the newest run stands.
func (m *screen) status() string {
	s := m.state
	n := map[check.Verdict]int{}
	for _, r := range s.Results {
		n[r.Verdict]++
	}
	count := fmt.Sprintf("%d of %d requirements met", n[check.Passed], len(m.Lesson.Checks))
	if n[check.Failed] > 0 {
		count += fmt.Sprintf(", %d not", n[check.Failed])
	}
	saved := ""
	if len(s.Changed) > 0 {
		saved = printable(filepath.Base(s.Changed[0])) + " was saved. "
	}
	switch {
	case s.Run == 0 || s.Build == nil && !s.Ended():
		if s.Run <= 1 {
			return "Building. A first build compiles the AWS SDK too: about half a minute."
		}
		return saved + "Building."
	case !s.Ended() && s.Build.Verdict == check.Failed:
		return bad.Render("✗ It does not build.") + " Save, and it is tried again."
	case !s.Ended():
		return saved + "Checking: " + count + "."
	case s.Passed():
		return good.Render("✓ Passed.") + fmt.Sprintf(" %s, in %.1f s.", count, s.Result.Seconds)
	case s.Result.Error != "" || s.Result.Verdict == check.Errored:
		return bad.Render("! The checks could not be run to their end.") + " Save, or press c, and they are tried again."
	case s.Result.Build.Verdict == check.Failed:
		return bad.Render("✗ It does not build.") + " Save, and it is tried again."
	}
	return bad.Render("✗ Not passed yet.") + fmt.Sprintf(" %s, in %.1f s. Save, and it is checked again.", count, s.Result.Seconds)
}

// keys are those that do something now.
func (m *screen) keys() string {
	switch m.asked {
	case "d":
		return "The lesson is not passed: the difference to the reference is its solution. d once more shows it, any other key does not."
	case "r":
		return "Your files are saved, and those of the beginning take their place. r once more does that, any other key does not."
	}
	var keys []string
	if m.Own {
		keys = append(keys, "h hint")
	}
	if m.pane == firstPane {
		keys = append(keys, "a all findings")
	} else {
		keys = append(keys, "esc first finding")
	}
	if m.Own {
		keys = append(keys, "d diff", "r reset")
	}
	keys = append(keys, "c check again")
	if m.Next != "" {
		keys = append(keys, "n next lesson")
	}
	keys = append(keys, "q quit")
	for n, key := range keys {
		keys[n] = strings.ReplaceAll(key, " ", "\u00a0") // a key and its word stay on one line
	}
	return dim.Render(strings.Join(keys, "   "))
}

func (m *screen) body(t *Text) {
	switch m.pane {
	case saidPane:
		t.line("%s", m.said)
	case allPane:
		m.findings(t)
	case firstPane:
		m.results(t)
	}
}

// findings are all there are.
func (m *screen) findings(t *Text) {
	none := true
	for n := range m.state.Results {
		if r := &m.state.Results[n]; r.Finding != nil {
			t.finding(r, nil)
			none = false
		}
	}
	if none { // the compiler has the word, or a fault, or there is nothing yet
		m.results(t)
	}
}

// results are what comes first to whoever has saved: the compiler's words, or the first finding, and then the rest.
func (m *screen) results(t *Text) {
	s := m.state
	if s.Build != nil && s.Build.Verdict == check.Failed {
		t.line("%s", strings.TrimRight(s.Build.Output, "\n"))
		return
	}
	if s.Passed() {
		t.closing(*s.Result)
		t.After(m.Lesson.Number, m.difference, m.breaks)
		if m.Next != "" {
			t.line("\n%s", strong.Render("Enter goes on to "+m.Next+"."))
		}
		t.line("")
	}
	if s.Ended() && s.Result.Error != "" {
		t.line("%s", indent(s.Result.Error, 0))
		return
	}
	if first := m.first(); first != nil {
		t.finding(first, m.diagnosis())
	}
	for _, r := range s.Results {
		t.Check(r)
		if r.Error != "" {
			t.line("          %s", indent(r.Error, 10))
		}
	}
	for _, r := range s.Results {
		for _, each := range r.Measures {
			t.measure(each)
		}
	}
}

// diagnosis is what the run looks like, once it is over.
func (m *screen) diagnosis() *check.Diagnosis {
	if !m.state.Ended() {
		return nil
	}
	return m.state.Result.Diagnosis
}

// scroll moves the pane.
func (m *screen) scroll(key string) {
	page := max(m.height/2, 1)
	switch key {
	case "up", "k":
		m.top--
	case "down", "j":
		m.top++
	case "pgup":
		m.top -= page
	case "pgdown", "space":
		m.top += page
	case "home":
		m.top = 0
	case "end":
		m.top = 1 << 20 // View sees to the rest
	}
	m.top = max(m.top, 0)
}
