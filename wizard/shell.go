package wizard

import (
	"crypto/rand"
	"log/slog"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// The least window in which the wizard works. Below it a notice says so.
const (
	minWidth  = 60
	minHeight = 16
	// railFrom is the width from which all steps are listed beside the page.
	railFrom = 110
)

// Background says what the terminal's background is.
type Background int

// The backgrounds. Auto asks the terminal.
const (
	Auto Background = iota
	DarkBackground
	LightBackground
)

// Options are how the wizard looks when it starts.
type Options struct {
	// Privacy replaces names and addresses from the first frame on.
	Privacy bool
	// NoColor draws without colours, ASCII with plain signs.
	NoColor, ASCII bool
	Background     Background
	// Presenter shows a line that support can dictate, Large draws menu paths one click a line.
	Presenter, Large bool
	// Zone is the time zone of the times shown, the computer's own when nil.
	Zone *time.Location
}

// Deps are the effects outside the program. A nil one is done without.
type Deps struct {
	// OpenLink opens a web address in the browser.
	OpenLink func(address string) error
	// Copy puts text on the clipboard; without it the terminal is asked to.
	Copy func(text string) error
	// Support makes the bundle of files that people send to support.
	Support Support
}

// Support makes a support bundle: no secret, no address and no name is in it.
type Support interface {
	// Preview says what would be in it, one line a file.
	Preview() ([]string, error)
	// Write writes it, with the page that is on display, and returns where it is.
	Write(page string) (path string, err error)
}

// Config is what a Shell is made of.
type Config struct {
	Steps   []Step
	Folder  Folder
	Runner  *job.Runner
	Options Options
	Version string
	// Log may be nil.
	Log  *slog.Logger
	Deps Deps
}

// Shell is the only tea.Model: it shows one step at a time and applies all Actions.
type Shell struct {
	path    Path
	keeper  *Keeper
	runner  *job.Runner
	deps    Deps
	version string
	log     *slog.Logger

	look    Look
	options Options
	width   int
	height  int

	shown    Step
	screen   Screen
	overlays []*layer
	notice   notice
	running  *running

	quitting    bool
	quitAt      time.Time
	interrupted time.Time // the last ctrl+c
	lastKey     time.Time
	now         func() time.Time
}

// notice is the line above the keys.
type notice struct {
	kind ui.Kind
	text string
	// round counts notices, so that an old one's end does not take a new one away.
	round int
}

// New makes a Shell that shows the first step that is not done.
func New(config Config) *Shell {
	s := &Shell{
		path: config.Steps, keeper: &Keeper{Folder: config.Folder}, runner: config.Runner, deps: config.Deps,
		version: config.Version, log: config.Log, options: config.Options, now: time.Now,
		width: 80, height: 24,
	}
	if s.runner == nil {
		s.runner = &job.Runner{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.look = Look{
		Theme: ui.NewTheme(config.Options.Background != LightBackground, config.Options.ASCII),
		Veil:  ui.Veil{On: config.Options.Privacy, Salt: Salt(s.keeper)},
		Zone:  config.Options.Zone,
		Large: config.Options.Large,
	}
	s.show(s.path.Current(s.keeper.State()))
	return s
}

// Salt returns the salt of this migration's pseudonyms. A new one goes to disk with the next save.
func Salt(keeper *Keeper) string {
	known := keeper.State().Step("privacy")
	if known.Notes["salt"] == "" {
		if known.Notes == nil {
			known.Notes = map[string]string{}
		}
		known.Notes["salt"] = rand.Text()
	}
	return known.Notes["salt"]
}

// Init implements tea.Model.
func (s *Shell) Init() tea.Cmd {
	if s.options.Background == Auto && !s.options.NoColor {
		return tea.RequestBackgroundColor
	}
	return nil
}

// Update implements tea.Model.
func (s *Shell) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		return s, s.tellSize()
	case tea.BackgroundColorMsg:
		return s, s.setBackground(msg.IsDark())
	case tea.ResumeMsg:
		return s, tea.ClearScreen
	case tea.KeyPressMsg:
		return s, s.press(msg)
	case tea.PasteMsg:
		if len(s.overlays) > 0 || s.tooSmall() {
			return s, nil
		}
	case ShutdownMsg:
		return s, s.quit()
	case pollMsg:
		return s, s.poll()
	case noticeOverMsg:
		if msg.round == s.notice.round {
			s.notice.text = ""
		}
		return s, nil
	case effectMsg:
		return s, s.notify(msg.kind, msg.text)
	case previewMsg:
		return s, s.offerBundle(msg)
	}
	return s, s.tell(msg)
}

// tell gives a message to the screen and does what it wants done.
func (s *Shell) tell(msg tea.Msg) tea.Cmd {
	if s.screen == nil {
		return nil
	}
	action, cmd := s.screen.Update(msg)
	return tea.Batch(cmd, s.apply(action))
}

// show opens a step.
func (s *Shell) show(step Step) tea.Cmd {
	if step == nil {
		return nil
	}
	s.shown = step
	s.screen = step.Open(s.keeper.State())
	return tea.Batch(s.tell(LookMsg{Look: s.look}), s.tellSize(), s.refresh(), s.tell(s.jobMsg()))
}

// refresh lets the screen look at the state again.
func (s *Shell) refresh() tea.Cmd {
	return s.tell(RefreshMsg{GoesOn: s.goesOn()})
}

// goesOn is the label of the way on.
func (s *Shell) goesOn() string {
	next := s.path.After(s.shown, s.keeper.State())
	if next == nil {
		return "Close AllySwitch"
	}
	return "Continue to " + s.path.Name(next)
}

func (s *Shell) setBackground(dark bool) tea.Cmd {
	if s.options.Background != Auto {
		return nil
	}
	s.look.Theme = ui.NewTheme(dark, s.options.ASCII)
	return s.tell(LookMsg{Look: s.look})
}

func (s *Shell) tooSmall() bool { return s.width < minWidth || s.height < minHeight }

// tellSize tells the screen the room that is left for it.
func (s *Shell) tellSize() tea.Cmd {
	if s.tooSmall() {
		return nil
	}
	width, height := s.body()
	return s.tell(SizeMsg{Width: width, Height: height})
}

// notify shows a line for a while.
func (s *Shell) notify(kind ui.Kind, text string) tea.Cmd {
	s.notice = notice{kind: kind, text: text, round: s.notice.round + 1}
	round := s.notice.round
	return tea.Tick(kind.Lasts(), func(time.Time) tea.Msg { return noticeOverMsg{round: round} })
}

// Messages of the Shell to itself.
type (
	// ShutdownMsg asks the Shell to stop the job that runs, wait for it, and leave.
	ShutdownMsg   struct{}
	pollMsg       struct{}
	noticeOverMsg struct{ round int }
	// effectMsg tells how an effect outside the program went.
	effectMsg struct {
		kind ui.Kind
		text string
	}
)
