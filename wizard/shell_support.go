package wizard

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"allyswitch/wizard/ui"
)

// writeBundle is the Action of the preview.
type writeBundle struct{}

func (writeBundle) action() {}

// previewMsg brings what would be in the support bundle.
type previewMsg struct {
	files []string
	err   error
}

// previewBundle looks at what the support bundle would hold, away from the screen.
func (s *Shell) previewBundle() tea.Cmd {
	if s.deps.Support == nil {
		return s.notify(ui.Info, "Send support the file allyswitch.log and the code "+s.path.Code(s.shown)+".")
	}
	support := s.deps.Support
	return func() tea.Msg {
		files, err := support.Preview()
		return previewMsg{files: files, err: err}
	}
}

// offerBundle shows it, and asks.
func (s *Shell) offerBundle(msg previewMsg) tea.Cmd {
	if msg.err != nil {
		return s.open(&card{told: Explain(msg.err), title: "The file for support could not be made"})
	}
	text := append([]string{"This would be in it. Secrets, addresses and names are left out."}, msg.files...)
	return s.open(&ask{title: "Write a file for support?", text: text, options: []askOption{
		{label: "Do not write it"}, {label: "Write it", key: "w", action: writeBundle{}},
	}})
}

func (s *Shell) writeBundle() tea.Cmd {
	support, page := s.deps.Support, s.veiledPage()
	return func() tea.Msg {
		path, err := support.Write(page)
		if err != nil {
			return effectMsg{kind: ui.Failure, text: Sentence(err)}
		}
		return effectMsg{kind: ui.Success, text: "Written: " + path}
	}
}

// veiledPage is the page on display as text, with privacy on.
func (s *Shell) veiledPage() string {
	before := s.look
	s.look.Veil.On = true
	s.screen.Update(LookMsg{Look: s.look})
	page := ansi.Strip(strings.Join(s.frame(), "\n"))
	s.look = before
	s.screen.Update(LookMsg{Look: s.look})
	return page
}
