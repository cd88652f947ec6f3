package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/watch"
)

// Watched is the lesson that a [Screen] shows, and what its keys do.
type Watched struct {
	Lesson check.Lesson
	Dir    string // as the user would type it
	// Own tells that these are the learner's own files, which have hints, a difference from the reference, and a beginning.
	Own bool
	// Next is the lesson to go on to, in words; "" after the last.
	Next string
	// Do runs the subcommand that a key stands for, and returns all that it says. The screen goes on meanwhile.
	Do func(args ...string) string
	// Again asks for a new run.
	Again func()
	// After is what there is to read once the lesson is passed. The screen goes on meanwhile.
	After func() (difference string, breaks []string)
}

// Wish is what the user wants when a screen has ended.
type Wish int

// The wishes.
const (
	Quit Wish = iota
	GoOn      // to the next lesson
)

// Screen shows a watched lesson on a terminal, the newest state of it only, and has keys. It has no spinner: it changes when
// there is something to say.
type Screen struct{ program *tea.Program }

// HasScreen tells whether a user can see a screen and press its keys: without a terminal, with a dumb one, nobody can.
func HasScreen(in io.Reader, out io.Writer, environ []string) bool {
	keys, ok := in.(term.File)
	if !ok || !term.IsTerminal(keys.Fd()) {
		return false
	}
	shown, ok := out.(term.File)
	return ok && term.IsTerminal(shown.Fd()) && setting(environ, "TERM") != "dumb"
}

func setting(environ []string, name string) (value string) {
	for _, entry := range environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// NewScreen readies a screen. environ has the settings of the terminal, as for [NewText].
func NewScreen(ctx context.Context, in io.Reader, out io.Writer, environ []string, w Watched) *Screen {
	profile := colorprofile.Detect(out, environ)
	if profile == colorprofile.Ascii || noColor(environ) {
		profile = colorprofile.NoTTY // for what is shown, as in NewText
	}
	m := &screen{Watched: w, profile: profile, width: width, height: 24}
	return &Screen{tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(environ),
		tea.WithColorProfile(max(profile, colorprofile.Ascii)), tea.WithoutSignalHandler())}
}

// Tell shows a new state. It may be called from any goroutine, also when the screen has ended.
func (s *Screen) Tell(state watch.State) { s.program.Send(state) }

// Run shows the screen until the user wants something else, or its context ends. The terminal is then as it was.
func (s *Screen) Run() (Wish, error) {
	end, err := s.program.Run()
	if err != nil && !errors.Is(err, tea.ErrInterrupted) {
		return Quit, fmt.Errorf("the screen: %w", err)
	}
	if m, ok := end.(*screen); ok {
		return m.wish, nil
	}
	return Quit, nil
}

// pane is what is shown below the heading.
type pane int

const (
	firstPane pane = iota // the finding to act on, and the list of requirements
	allPane               // all findings
	saidPane              // what a key's subcommand said
)

// screen is the state of a Screen.
type screen struct {
	Watched
	profile       colorprofile.Profile
	width, height int
	state         watch.State
	pane          pane
	said          string
	asked         string // the key that has to be pressed once more
	top           int    // the first line of the pane that is shown
	difference    string
	breaks        []string
	wish          Wish
}

// said is what a subcommand has said.
type said string

// after is what there is to read once the lesson is passed.
type after struct {
	difference string
	breaks     []string
}

func (m *screen) Init() tea.Cmd { return nil }

func (m *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 20), max(msg.Height, 6)
	case watch.State:
		return m, m.renew(msg)
	case said:
		m.show(saidPane)
		m.said = string(msg)
	case after:
		m.difference, m.breaks = msg.difference, msg.breaks
	case tea.KeyPressMsg:
		return m, m.press(msg.String())
	}
	return m, nil
}

// renew takes a new state. A new run ends what was being read of the old one, but for a hint or a difference: those
// are read while one edits.
func (m *screen) renew(s watch.State) tea.Cmd {
	passed := s.Passed() && !m.state.Passed()
	if s.Run != m.state.Run {
		m.difference, m.breaks = "", nil
		if m.pane != saidPane {
			m.top = 0
		}
	}
	m.state = s
	if passed {
		m.asked = "" // it was about a lesson that is not passed
		m.show(firstPane)
		return func() tea.Msg {
			difference, breaks := m.After()
			return after{difference, breaks}
		}
	}
	return nil
}

func (m *screen) show(p pane) { m.pane, m.top = p, 0 }

// press does what a key stands for. Two of them ask to be pressed once more: what they do is not to be had by accident.
func (m *screen) press(key string) tea.Cmd {
	again := m.asked == key
	m.asked = ""
	switch key {
	case "q", "ctrl+c":
		return tea.Quit
	case "n":
		return m.goOn()
	case "enter":
		if m.state.Passed() {
			return m.goOn()
		}
		m.show(firstPane)
	case "esc", "f":
		m.show(firstPane)
	case "a":
		m.show(allPane)
	case "c":
		return func() tea.Msg { m.Again(); return nil }
	case "h", "d", "r":
		return m.desk(key, again)
	default:
		m.scroll(key)
	}
	return nil
}

// desk does what a key stands for that is about the learner's own files.
func (m *screen) desk(key string, again bool) tea.Cmd {
	number := fmt.Sprint(m.Lesson.Number)
	switch {
	case !m.Own:
	case key == "h":
		args := []string{"hint", number}
		if first := m.first(); first != nil {
			args = append(args, "--only", first.HintsFor())
		}
		return m.do(args...)
	case key == "d" && again:
		return m.do("diff", "--anyway", number)
	case key == "d" && m.state.Passed():
		return m.do("diff", number)
	case key == "r" && again:
		return m.do("reset", number)
	default:
		m.asked = key
	}
	return nil
}

func (m *screen) goOn() tea.Cmd {
	if m.Next == "" {
		return nil
	}
	m.wish = GoOn
	return tea.Quit
}

func (m *screen) do(args ...string) tea.Cmd {
	return func() tea.Msg { return said(m.Do(args...)) }
}

// first is the failed check to act on, as far as is known.
func (m *screen) first() *check.Result {
	return check.LessonResult{Checks: m.state.Results}.FirstFailure()
}
