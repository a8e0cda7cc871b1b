package wizard

import (
	"strings"

	"charm.land/lipgloss/v2"

	"allyswitch/wizard/ui"
)

// readable is how wide text may run: longer lines are hard to read. Tables take all there is.
const readable = 92

// margin is how many cells stay free at the right, so that text does not touch the edge.
const margin = 1

// page is a sheet laid out: all its lines, and where the focused item is among them.
type page struct {
	lines              []string
	start, end, cursor int
}

// View implements Screen.
func (s *sheetScreen) View(width, height int) string {
	laid := s.layout(width, height)
	offset := s.place(laid, height)
	return strings.Join(s.window(laid, offset, width, height), "\n")
}

// settle keeps the offset where the last message left the focus.
func (s *sheetScreen) settle() {
	laid := s.layout(s.width, s.height)
	s.offset = s.place(laid, s.height)
}

// place returns the offset at which to show the page: moved as little as needed when it follows the focus.
func (s *sheetScreen) place(laid page, height int) int {
	offset := s.offset
	if s.follow {
		if laid.end-laid.start < height {
			offset = within(offset, laid.start, laid.end, height-1)
		}
		offset = within(offset, laid.cursor, laid.cursor+1, height-1)
	}
	return max(min(offset, len(laid.lines)-height), 0)
}

// within moves an offset as little as needed to show the lines from start to end.
func within(offset, start, end, height int) int {
	if end > offset+height {
		offset = end - height
	}
	if start < offset {
		offset = start
	}
	return offset
}

// inSight says that the line of the focused item on which it acts can be seen.
func (s *sheetScreen) inSight() bool {
	laid := s.layout(s.width, s.height)
	offset := s.place(laid, s.height)
	last := offset + s.height
	if last < len(laid.lines) {
		last--
	}
	return laid.cursor >= offset && laid.cursor < last
}

// window cuts the page to the room there is. The last line says when there is more below.
func (s *sheetScreen) window(laid page, offset, width, height int) []string {
	lines := laid.lines[offset:min(offset+height, len(laid.lines))]
	shown := s.look.Theme.Box(lines, width, height)
	if rest := len(laid.lines) - offset - height; rest > 0 {
		more := s.more(s.inSightAt(laid, offset, height), width)
		shown[height-1] = s.look.Theme.Fit(s.look.Theme.Quiet.Render(" "+more), width)
	}
	return shown
}

// more says that there is more below, and how to get there: first of all to the item in focus.
func (s *sheetScreen) more(inSight bool, width int) string {
	signs := s.look.Theme.Signs
	more, reads, goes := signs.Down+" more below", signs.Dot+"PgDn reads on", signs.Dot+"Enter goes to what you do now"
	switch {
	case inSight:
		return more + reads
	case ui.Width(more+reads+goes) < width:
		return more + reads + goes
	}
	return more + goes
}

func (s *sheetScreen) inSightAt(laid page, offset, height int) bool {
	return laid.cursor >= offset && laid.cursor < offset+height-1
}

// layout draws the whole sheet.
func (s *sheetScreen) layout(width, height int) page {
	text := min(width-margin, readable)
	var laid page
	s.section(&laid, "What this step does", s.paragraphs(s.sheet.Does, text))
	if len(s.sheet.Warnings) > 0 {
		s.section(&laid, "Please note", s.warnings(text))
	}
	if len(s.sheet.Did) > 0 {
		s.section(&laid, "So far", s.facts(text))
	}
	s.heading(&laid, "What you do now")
	s.items(&laid, width, height)
	if s.sheet.Known != "" {
		laid.lines = append(laid.lines, "")
		s.section(&laid, "How we know it is done", indented(s.look.Wrap(s.sheet.Known, text-3)))
	}
	for len(laid.lines) > 0 && laid.lines[len(laid.lines)-1] == "" {
		laid.lines = laid.lines[:len(laid.lines)-1]
	}
	return laid
}

func (s *sheetScreen) heading(laid *page, title string) {
	laid.lines = append(laid.lines, " "+s.look.Theme.Heading.Render(title))
}

func (s *sheetScreen) section(laid *page, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	s.heading(laid, title)
	laid.lines = append(append(laid.lines, lines...), "")
}

func (s *sheetScreen) paragraphs(texts []string, width int) []string {
	var lines []string
	for _, text := range texts {
		lines = append(lines, indented(s.look.Wrap(text, width-3))...)
	}
	if level := levelText(s.sheet.Level); level != "" {
		for _, line := range ui.Wrap(level, width-3) {
			lines = append(lines, "   "+s.look.Theme.Quiet.Render(line))
		}
	}
	return lines
}

// levelText says in words how much is done by machine.
func levelText(level string) string {
	switch level {
	case "files":
		return "In this step you bring the files and click yourself. With the companion plugin, which the Start page sets up, AllySwitch reads and sets this on your site by itself."
	case "REST":
		return "AllySwitch reads your users with the application password. For tags and contact IDs it needs the companion plugin: see the Start page."
	case "companion":
		return "AllySwitch works through its plugin on your site."
	}
	return ""
}

func (s *sheetScreen) warnings(width int) []string {
	theme := s.look.Theme
	var lines []string
	for _, text := range s.sheet.Warnings {
		sign := theme.Warn.Render(theme.Signs.Warn)
		lines = append(lines, ui.Indent("   "+sign+" ", s.look.Wrap(text, width-ui.Width(sign)-4))...)
	}
	return lines
}

func (s *sheetScreen) facts(width int) []string {
	wide := 0
	for _, fact := range s.sheet.Did {
		wide = max(wide, ui.Width(s.look.Text(fact.Label)))
	}
	wide = min(wide, 30)
	var lines []string
	for _, fact := range s.sheet.Did {
		lines = append(lines, s.fact(fact, wide, width)...)
	}
	return lines
}

func (s *sheetScreen) fact(fact Fact, wide, width int) []string {
	theme := s.look.Theme
	style, sign := mark(theme, fact.Mark)
	label := s.look.Text(fact.Label)
	value := s.look.Text(fact.Value)
	if fact.Private {
		value = s.look.Veil.Value(ui.Clean(fact.Value))
	}
	first := "   " + style.Render(sign) + " "
	if value == "" {
		return ui.Indent(first, ui.Wrap(label, width-ui.Width(first)))
	}
	if ui.Width(label) > wide {
		return ui.Indent(first, ui.Wrap(label+": "+value, width-ui.Width(first)))
	}
	first += theme.Quiet.Render(theme.Fit(label, wide)) + "  "
	return ui.Indent(first, ui.Wrap(value, width-ui.Width(first)))
}

func mark(theme ui.Theme, mark Mark) (lipgloss.Style, string) {
	switch mark {
	case MarkGood:
		return theme.Good, theme.Signs.Good
	case MarkWarn:
		return theme.Warn, theme.Signs.Warn
	case MarkBad:
		return theme.Bad, theme.Signs.Bad
	case MarkUnknown:
		return theme.Unknown, theme.Signs.Unknown
	}
	return theme.Body, theme.Signs.Plain
}

func (s *sheetScreen) items(laid *page, width, height int) {
	for i, w := range s.widgets {
		room := frame{focused: i == s.focus, shut: s.shut(), width: min(width-margin, readable), height: height}
		if _, table := w.(*tableWidget); table {
			room.width = width - margin
		}
		drawn := w.draw(s.look, room)
		if room.focused {
			laid.start, laid.end = len(laid.lines), len(laid.lines)+len(drawn.lines)
			laid.cursor = laid.start + drawn.cursor
		}
		laid.lines = append(laid.lines, drawn.lines...)
	}
}

func indented(lines []string) []string { return ui.Indent("   ", lines) }
