package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/ui"
)

// widget is one item of a sheet on display.
type widget interface {
	// id stays the same when the sheet is made anew, so that typing and cursors survive.
	id() string
	// adopt takes the new description of the same item; false when it is of another kind.
	adopt(Item) bool
	draw(Look, frame) drawing
	update(tea.Msg) reply
	hints() []key.Binding
	captures() bool
	dirty() bool
	// escape closes what is open inside; false when nothing is.
	escape() bool
	// say is what support says to lead somebody on.
	say() string
}

// frame is the room that a widget has.
type frame struct {
	focused bool
	// shut says that the step is not open yet: it is there to be read.
	shut          bool
	width, height int
}

// drawing is what a widget looks like, and the line that must stay in sight.
type drawing struct {
	lines  []string
	cursor int
}

// reply is what a widget makes of a message.
type reply struct {
	action Action
	cmd    tea.Cmd
	// move leaves for the next item (1) or the one before (−1).
	move int
	// ignored says that the message meant nothing to it.
	ignored bool
}

// sheetScreen draws a Sheet and lets people work through its items.
type sheetScreen struct {
	step  Sheeted
	state *checkpoint.State
	sheet Sheet
	look  Look
	job   JobMsg

	widgets []widget
	focus   int
	goesOn  string
	status  Status

	width, height int
	offset        int
	// follow keeps the focused item in sight. A screen that has just been opened shows its beginning instead.
	follow bool
	// advance is the question whose answer leads on to the next item once it has been taken.
	advance string
}

// NewSheetScreen makes the screen of a step that describes itself as a Sheet. The focus is on the first item that waits for something.
func NewSheetScreen(step Sheeted, state *checkpoint.State) Screen {
	s := &sheetScreen{step: step, state: state, look: Look{Theme: ui.NewTheme(true, false)}, width: minWidth, height: minHeight}
	s.refresh()
	s.focus = s.firstOpen()
	return s
}

// refresh makes the sheet anew and keeps the widgets that are still there.
func (s *sheetScreen) refresh() {
	s.sheet, s.status = s.step.Sheet(s.state), s.step.Status(s.state)
	before := map[string]widget{}
	focused := ""
	for i, w := range s.widgets {
		before[w.id()] = w
		if i == s.focus {
			focused = w.id()
		}
	}
	s.widgets = s.widgets[:0:0]
	seen := map[string]int{}
	for _, item := range s.sheet.Items {
		name := unique(seen, name(item))
		if old := before[name]; old != nil && old.adopt(item) {
			s.widgets = append(s.widgets, old)
			continue
		}
		s.widgets = append(s.widgets, newWidget(name, item))
	}
	s.widgets = append(s.widgets, &goOn{open: Pending(s.sheet), done: s.status == Done || s.shut(), label: s.goesOn})
	s.focusOn(focused)
	s.tell(LookMsg{Look: s.look})
	s.tell(SizeMsg{Width: s.width, Height: s.height})
	s.tell(s.job)
}

// focusOn puts the focus on a widget, or leaves it where it is.
func (s *sheetScreen) focusOn(id string) bool {
	for i, w := range s.widgets {
		if id != "" && w.id() == id {
			s.focus = i
			return true
		}
	}
	s.focus = max(min(s.focus, len(s.widgets)-1), 0)
	return false
}

// firstOpen returns the first widget that waits for something, or the last, which leads on. A step that is not open yet is read from its beginning.
func (s *sheetScreen) firstOpen() int {
	if s.shut() {
		return 0
	}
	for i, item := range s.sheet.Items {
		if Waits(item) != "" {
			return i
		}
	}
	if s.status != Done && len(s.widgets) > 1 && len(s.sheet.Items) > 0 {
		return 0
	}
	return len(s.widgets) - 1
}

// Update implements Screen.
func (s *sheetScreen) Update(msg tea.Msg) (Action, tea.Cmd) {
	action, cmd := s.route(msg)
	s.settle()
	return action, cmd
}

func (s *sheetScreen) route(msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case LookMsg:
		s.look = msg.Look
		s.tell(msg)
	case SizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.tell(msg)
	case RefreshMsg:
		s.goesOn = msg.GoesOn
		s.refresh()
	case AnsweredMsg:
		s.answered(msg)
	case JobMsg:
		s.job = msg
		s.tell(msg)
	case tea.KeyPressMsg:
		return s.press(msg)
	case tea.PasteMsg:
		if s.shut() {
			return s.withheld(), nil
		}
		s.follow = true
		return s.act(s.widgets[s.focus].update(msg))
	default:
		return s.spread(msg)
	}
	return nil, nil
}

// tell lets every widget know.
func (s *sheetScreen) tell(msg tea.Msg) {
	for _, w := range s.widgets {
		w.update(msg)
	}
}

// spread gives a message of a widget's own to whichever it belongs to.
func (s *sheetScreen) spread(msg tea.Msg) (Action, tea.Cmd) {
	for _, w := range s.widgets {
		if answer := w.update(msg); !answer.ignored {
			return answer.action, answer.cmd
		}
	}
	return nil, nil
}

func (s *sheetScreen) answered(msg AnsweredMsg) {
	s.tell(msg)
	wanted := s.advance
	s.advance = ""
	if msg.Err == nil && wanted == msg.Key && s.widgets[s.focus].id() == "question:"+msg.Key {
		s.move(1)
	}
}

// press handles a key. Enter, space and letters act only on an item that can be seen: otherwise they bring it into sight.
func (s *sheetScreen) press(msg tea.KeyPressMsg) (Action, tea.Cmd) {
	if (msg.String() == "enter" || msg.Text != "" && !s.CapturesInput()) && !s.inSight() {
		s.follow = true
		return nil, nil
	}
	if s.shut() {
		return s.read(msg.String())
	}
	switch msg.String() {
	case "pgup", "pgdown":
		if answer := s.widgets[s.focus].update(msg); !answer.ignored {
			return s.act(answer)
		}
		s.scroll(msg.String())
		return nil, nil
	}
	answer := s.widgets[s.focus].update(msg)
	if !answer.ignored {
		s.follow = true
		return s.act(answer)
	}
	switch msg.String() {
	case "tab", "down":
		return s.act(reply{move: 1})
	case "shift+tab", "up":
		return s.act(reply{move: -1})
	}
	return nil, nil
}

func (s *sheetScreen) act(answer reply) (Action, tea.Cmd) {
	if set, ok := answer.action.(SetAnswer); ok && answer.move == 0 {
		s.advance = set.Key
	}
	if answer.move != 0 {
		s.follow = true
		s.move(answer.move)
	}
	return answer.action, answer.cmd
}

func (s *sheetScreen) move(by int) { s.focus = max(min(s.focus+by, len(s.widgets)-1), 0) }

func (s *sheetScreen) scroll(key string) {
	s.follow = false
	step := max(s.height-2, 1)
	if key == "pgup" {
		step = -step
	}
	s.offset += step
}

// CapturesInput implements Screen.
func (s *sheetScreen) CapturesInput() bool { return !s.shut() && s.widgets[s.focus].captures() }

// Dirty implements Screen.
func (s *sheetScreen) Dirty() bool {
	for _, w := range s.widgets {
		if w.dirty() {
			return true
		}
	}
	return false
}

// Escape closes what is open inside the focused item. It says whether anything was.
func (s *sheetScreen) Escape() bool { return s.widgets[s.focus].escape() }

// Say returns what support says to lead somebody on.
func (s *sheetScreen) Say() string {
	if !s.inSight() {
		return "Press Enter to move down to what you do now."
	}
	if s.shut() {
		return sayShut
	}
	return s.widgets[s.focus].say()
}

// Help returns what the step adds to the help overlay.
func (s *sheetScreen) Help() []string { return s.sheet.Help }

// Copied returns what ctrl+y takes from the focused item.
func (s *sheetScreen) Copied() string {
	if source, ok := s.widgets[s.focus].(interface{ copied(Look) string }); ok {
		return source.copied(s.look)
	}
	return ""
}

// ShortHelp implements help.KeyMap.
func (s *sheetScreen) ShortHelp() []key.Binding {
	if !s.inSight() {
		return []key.Binding{hint("enter", "go to what you do now"), hint("pgdn", "read on")}
	}
	focused := s.widgets[s.focus]
	if s.shut() {
		return s.readHints()
	}
	if _, question := focused.(*questionWidget); focused.captures() && !question {
		return focused.hints()
	}
	return append(focused.hints(), hint("tab", "next"))
}

// FullHelp implements help.KeyMap.
func (s *sheetScreen) FullHelp() [][]key.Binding {
	here := s.widgets[s.focus].hints()
	if s.shut() {
		here = s.readHints()
	}
	return [][]key.Binding{here, {
		hint("tab", "next item"), hint("shift+tab", "item before"), hint("pgdn", "read on"), hint("pgup", "read back"),
	}}
}

func hint(keys, text string) key.Binding {
	return key.NewBinding(key.WithKeys(keys), key.WithHelp(keyLabel(keys), text))
}
