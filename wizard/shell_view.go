package wizard

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// Lines that are always there: above the page and below it.
const (
	headLines = 2
	footLines = 3
)

// View implements tea.Model.
func (s *Shell) View() tea.View {
	view := tea.NewView(strings.Join(s.frame(), "\n"))
	view.AltScreen = true
	view.WindowTitle = s.windowTitle()
	view.ProgressBar = s.progressBar()
	return view
}

// frame draws exactly height lines of exactly width cells.
func (s *Shell) frame() []string {
	if s.tooSmall() {
		return s.tooSmallFrame()
	}
	width, height := s.body()
	page := strings.Split(s.screen.View(width, height), "\n")
	if len(s.overlays) > 0 {
		page = s.look.Theme.Over(page, s.overlays[len(s.overlays)-1].over.draw(s.look, width, height), width, height)
	}
	lines := append(s.header(), s.beside(page, width, height)...)
	return s.look.Theme.Box(append(lines, s.footer()...), s.width, s.height)
}

// body is the room for the page.
func (s *Shell) body() (width, height int) {
	width, height = s.width, s.height-headLines-footLines-s.sayLines()
	if s.width >= railFrom {
		width -= s.railWidth() + 1
	}
	return width, height
}

func (s *Shell) tooSmallFrame() []string {
	texts := []string{
		s.path.Label(s.shown) + ": " + s.look.Text(s.shown.Title()),
		fmt.Sprintf("This window is %d x %d. AllySwitch needs %d x %d.", s.width, s.height, minWidth, minHeight),
		"Please make it larger. Nothing is lost.",
	}
	if s.running != nil {
		texts = append(texts, s.jobLine())
	}
	var lines []string
	for _, text := range texts {
		lines = append(lines, ui.Wrap(text, max(s.width, 1))...)
	}
	return s.look.Theme.Box(lines, s.width, s.height)
}

// header is where we are, whether it is saved, and whether privacy is on.
func (s *Shell) header() []string {
	theme := s.look.Theme
	right := ""
	if s.look.Veil.On {
		right = theme.Warn.Render("privacy on") + theme.Signs.Dot
	}
	if s.keeper.Unsaved != nil {
		right += theme.Bad.Render(theme.Signs.Bad + " NOT SAVED")
	} else {
		right += theme.Quiet.Render(theme.Signs.Good + " saved")
	}
	right += " "
	room := s.width - ui.Width(right)
	title := " " + theme.Title.Render(s.look.Text(s.shown.Title()))
	if label := s.path.Label(s.shown); label != s.shown.Title() {
		title = " " + theme.Quiet.Render(label) + theme.Signs.Dot + title[1:]
	}
	return []string{
		theme.Fit(title, room-1) + " " + right,
		theme.Rule.Render(strings.Repeat(theme.Signs.Line, s.width)),
	}
}

// beside puts the rail of all steps next to the page where there is room for it.
func (s *Shell) beside(page []string, width, height int) []string {
	theme := s.look.Theme
	page = theme.Box(page, width, height)
	if s.width < railFrom {
		return page
	}
	rail := s.rail(height)
	for i, line := range page {
		page[i] = rail[i] + theme.Rule.Render(theme.Signs.Side) + line
	}
	return page
}

// footer is the news, what support may say, and the keys. News of two lines take the place of the rule.
func (s *Shell) footer() []string {
	theme := s.look.Theme
	lines := []string{theme.Rule.Render(strings.Repeat(theme.Signs.Line, s.width)), ""}
	news := s.news()
	copy(lines[2-len(news):], news)
	hints, keep, say := s.hints()
	lines = append(lines, s.saying(say)...)
	return append(lines, theme.Keys(s.veiled(hints), s.veiled(keep), s.width))
}

// sayLines is how many lines are kept for what support may say: where there is no room for a whole sentence in one, there are two.
func (s *Shell) sayLines() int {
	switch {
	case !s.options.Presenter:
		return 0
	case s.width >= railFrom:
		return 1
	}
	return 2
}

// saying is what support may say, in the lines that are kept for it.
func (s *Shell) saying(say string) []string {
	theme, room := s.look.Theme, s.sayLines()
	first := " " + theme.Heading.Render("Say:") + " "
	lines := ui.Indent(first, ui.Wrap(s.look.Text(say), s.width-ui.Width(first)))
	if len(lines) > room && room > 0 {
		lines[room-1] = theme.Cut(lines[room-1]+" "+strings.TrimSpace(lines[room]), s.width)
	}
	return theme.Box(lines, s.width, room)
}

// veiled makes hints fit to be drawn: a step may have put text from outside into them.
func (s *Shell) veiled(hints []key.Binding) []key.Binding {
	out := make([]key.Binding, len(hints))
	for i, hint := range hints {
		hint.SetHelp(hint.Help().Key, s.look.Text(hint.Help().Desc))
		out[i] = hint
	}
	return out
}

// news is the notice, or how a job stands that cannot be seen on this page: two lines at most.
func (s *Shell) news() []string {
	if s.notice.text != "" {
		return s.look.Theme.Notice(s.notice.kind, s.look.Text(s.notice.text), s.width)
	}
	if s.running != nil {
		return []string{s.look.Theme.Cut(" "+s.look.Theme.Focus.Render(s.look.Theme.Signs.Now)+" "+s.jobLine(), s.width)}
	}
	return nil
}

// jobLine is how the job stands, on one line.
func (s *Shell) jobLine() string {
	status := s.running.status
	text := s.look.Text(s.running.task.Label)
	if s.running.stopping {
		return text + ": stopping safely" + ellipsis
	}
	if status.Progress.Total > 0 {
		text += fmt.Sprintf(": %d %%", ui.Percent(status.Progress.Done, status.Progress.Total))
	}
	if status.Remaining > 0 {
		text += ", about " + ui.Span(status.Remaining) + " left"
	}
	return text
}

// hints are the keys of what has the focus, and those that are always shown.
func (s *Shell) hints() (hints, keep []key.Binding, say string) {
	if s.quitting {
		return nil, []key.Binding{hint("ctrl+c", "leave without waiting")}, "Wait until it has stopped."
	}
	if len(s.overlays) > 0 {
		top := s.overlays[len(s.overlays)-1].over
		return top.hints(), nil, top.say()
	}
	if speaker, ok := s.screen.(interface{ Say() string }); ok {
		say = speaker.Say()
	}
	keep = []key.Binding{hint("esc", "back"), hint("F1", "help")}
	hints = s.screen.ShortHelp()
	if !s.screen.CapturesInput() {
		return append(hints, hint("l", "steps"), hint("q", "leave")), keep, say
	}
	return append(hints, hint("ctrl+l", "steps"), hint("ctrl+c", "leave")), keep, say
}

func (s *Shell) windowTitle() string {
	title := "AllySwitch - " + s.path.Label(s.shown)
	if s.running != nil {
		progress := s.running.status.Progress
		if progress.Total > 0 {
			title += fmt.Sprintf(" - %d %%", ui.Percent(progress.Done, progress.Total))
		}
	}
	return title
}

// progressBar is the terminal's own bar.
func (s *Shell) progressBar() *tea.ProgressBar {
	if s.running == nil {
		return nil
	}
	progress := s.running.status.Progress
	switch {
	case progress.Total == 0:
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	case progress.Waiting != "" || progress.Failed > 0:
		return tea.NewProgressBar(tea.ProgressBarWarning, ui.Percent(progress.Done, progress.Total))
	}
	return tea.NewProgressBar(tea.ProgressBarDefault, ui.Percent(progress.Done, progress.Total))
}
