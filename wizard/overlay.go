package wizard

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// overlay lies on top of the page until it is closed.
type overlay interface {
	// press takes a key and says whether the overlay closes.
	press(tea.KeyPressMsg) (Action, bool)
	draw(look Look, width, height int) []string
	hints() []key.Binding
	say() string
}

// layer is an overlay and how it came to be there.
type layer struct {
	over overlay
	// byItself overlays were not asked for: keys typed a moment before must not answer them.
	byItself bool
	opened   time.Time
	armed    bool
}

// quietFor is how long no key must have been pressed before an overlay that opened by itself takes one; at most waits it is deaf in all.
const (
	quietFor = 400 * time.Millisecond
	atMost   = 1500 * time.Millisecond
)

// awake says whether a key that is pressed now is meant for the overlay. before is when the key before it was pressed.
func (l *layer) awake(now, before time.Time) bool {
	if before.Before(l.opened) {
		before = l.opened
	}
	if !l.byItself || now.Sub(before) >= quietFor || now.Sub(l.opened) >= atMost {
		l.armed = true
	}
	return l.armed
}

func (s *Shell) open(over overlay) tea.Cmd {
	s.overlays = append(s.overlays, &layer{over: over, opened: s.now()})
	return nil
}

// openByItself opens an overlay that nobody asked for. The page keeps no other of its kind.
func (s *Shell) openByItself(over overlay) tea.Cmd {
	s.overlays = append(s.overlays, &layer{over: over, opened: s.now(), byItself: true})
	return nil
}

// ask is a question of the wizard itself. The first option is the harmless one: it is what Enter takes.
type ask struct {
	title   string
	text    []string
	options []askOption
	at      int
	// offset is how far the text has been read on, when it does not fit. The options are always in sight.
	offset int
}

type askOption struct {
	label  string
	key    string
	action Action
}

func (a *ask) press(msg tea.KeyPressMsg) (Action, bool) {
	switch name := msg.String(); name {
	case "esc", "n":
		return nil, true
	case "enter":
		return a.options[a.at].action, true
	case "up", "left", "shift+tab":
		a.at = max(a.at-1, 0)
	case "down", "right", "tab":
		a.at = min(a.at+1, len(a.options)-1)
	case "pgup":
		a.offset = max(a.offset-asksOn, 0)
	case "pgdown", "space":
		a.offset += asksOn
	default:
		for _, option := range a.options {
			if option.key == name {
				return option.action, true
			}
		}
	}
	return nil, false
}

// asksOn is how many lines PgDn goes on in the text of a question.
const asksOn = 4

func (a *ask) draw(look Look, width, height int) []string {
	wide := min(width-4, 64)
	var text []string
	for _, paragraph := range a.text {
		text = append(text, look.Wrap(paragraph, wide-4)...)
	}
	lines := append(a.inSight(look, text, height-3-len(a.options)), "")
	for i, option := range a.options {
		label := option.label
		if option.key != "" {
			label += " (" + option.key + ")"
		}
		if i == a.at {
			lines = append(lines, look.Theme.Focus.Render(look.Theme.Signs.Pointer)+" "+look.Theme.Button.Render(" "+label+" "))
			continue
		}
		lines = append(lines, "   "+label)
	}
	return look.Theme.Card(a.title, lines, wide, min(len(lines)+2, height), 0)
}

// inSight is the part of the text that there is room for.
func (a *ask) inSight(look Look, text []string, room int) []string {
	if len(text) <= room {
		return text
	}
	room = max(room-1, 1)
	a.offset = min(a.offset, len(text)-room)
	shown := append([]string{}, text[a.offset:a.offset+room]...)
	if a.offset+room < len(text) {
		return append(shown, look.Theme.Quiet.Render(look.Theme.Signs.Down+" more"+look.Theme.Signs.Dot+"PgDn reads on"))
	}
	return append(shown, look.Theme.Quiet.Render("PgUp reads back"))
}

func (a *ask) hints() []key.Binding {
	return []key.Binding{hint("enter", "choose"), hint("↑/↓", "move")}
}

func (a *ask) say() string { return "Press Enter for: " + a.options[a.at].label + "." }

// sheetText is text to read: help, warnings at the end of a job.
type sheetText struct {
	title string
	// paragraphs are made fit when drawn; sign puts a warning sign before each.
	paragraphs []string
	sign       bool
	// headings are those of the paragraphs that stand out.
	headings []string
	offset   int
}

func (t *sheetText) press(msg tea.KeyPressMsg) (Action, bool) {
	switch msg.String() {
	case "esc", "enter", "f1", "?", "q":
		return nil, true
	case "up":
		t.offset--
	case "down":
		t.offset++
	case "pgup":
		t.offset -= 8
	case "pgdown", "space":
		t.offset += 8
	}
	t.offset = max(t.offset, 0)
	return nil, false
}

func (t *sheetText) draw(look Look, width, height int) []string {
	wide := min(width-4, readable)
	var lines []string
	for _, text := range t.paragraphs {
		if t.sign {
			sign := look.Theme.Warn.Render(look.Theme.Signs.Warn)
			lines = append(lines, ui.Indent(sign+" ", look.Wrap(text, wide-5-ui.Width(sign)))...)
			continue
		}
		if slices.Contains(t.headings, text) {
			lines = append(lines, look.Theme.Heading.Render(text))
			continue
		}
		lines = append(lines, look.Wrap(text, wide-4)...)
	}
	high := min(len(lines)+2, height)
	t.offset = max(min(t.offset, len(lines)-high+2), 0)
	return look.Theme.Card(look.Text(t.title), lines, wide, high, t.offset)
}

func (t *sheetText) hints() []key.Binding {
	return []key.Binding{hint("esc", "close"), hint("↑/↓", "read on")}
}

func (t *sheetText) say() string { return "Read this, then press Escape to close it." }
