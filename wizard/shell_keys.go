package wizard

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// twice is how soon a second ctrl+c must follow to leave without a question.
const twice = 2 * time.Second

// press routes a key: what is always there, then what lies on top, then the screen, then the keys of the wizard.
func (s *Shell) press(msg tea.KeyPressMsg) tea.Cmd {
	before := s.lastKey
	s.lastKey = s.now()
	switch name := msg.String(); {
	case name == "ctrl+c":
		return s.interrupt()
	case name == "ctrl+z":
		return tea.Suspend
	case s.tooSmall() || s.quitting:
		return nil
	case name == "ctrl+x":
		return s.togglePrivacy()
	case len(s.overlays) > 0:
		return s.pressOverlay(msg, before)
	}
	return s.pressScreen(msg)
}

// pressOverlay gives a key to what lies on top.
func (s *Shell) pressOverlay(msg tea.KeyPressMsg, before time.Time) tea.Cmd {
	top := s.overlays[len(s.overlays)-1]
	if !top.awake(s.now(), before) {
		return nil
	}
	action, closed := top.over.press(msg)
	if closed {
		s.overlays = s.overlays[:len(s.overlays)-1]
	}
	return s.apply(action)
}

func (s *Shell) pressScreen(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	switch name {
	case "f1":
		return s.open(s.helpText())
	case "ctrl+l":
		return s.open(newStepList(s))
	case "ctrl+y":
		return s.copyFocused()
	case "ctrl+s":
		return s.previewBundle()
	case "ctrl+p":
		s.options.Presenter = !s.options.Presenter
		return s.tellSize()
	case "ctrl+r":
		return tea.ClearScreen
	case "ctrl+g":
		s.look.Large = !s.look.Large
		return s.tell(LookMsg{Look: s.look})
	case "esc":
		return s.escape()
	}
	if s.screen.CapturesInput() || s.claimed(name) {
		return s.tell(msg)
	}
	switch name {
	case "?":
		return s.open(s.helpText())
	case "l", "L":
		return s.open(newStepList(s))
	case "q":
		return s.askQuit()
	}
	return s.tell(msg)
}

// claimed says that the screen has a use of its own for a key.
func (s *Shell) claimed(name string) bool {
	for _, binding := range s.screen.ShortHelp() {
		if slices.Contains(binding.Keys(), name) {
			return true
		}
	}
	return false
}

// escape closes what is open inside the screen, or goes back.
func (s *Shell) escape() tea.Cmd {
	if inner, ok := s.screen.(interface{ Escape() bool }); ok && inner.Escape() {
		return s.tell(nil)
	}
	return s.apply(Back{})
}

// unsavedTyping asks before typing that is not saved is left behind. It asks once: the answer goes through.
func (s *Shell) unsavedTyping(action Action) tea.Cmd {
	title, leave := "Leave this page?", "Leave it"
	if _, ok := action.(Back); ok {
		title, leave = "Go back?", "Go back without it"
	}
	return s.open(&ask{
		title:   title,
		text:    []string{"You have typed something that is not saved yet."},
		options: []askOption{{label: "Stay and keep typing"}, {label: leave, key: "y", action: sure{action}}},
	})
}

// interrupt is ctrl+c: it stops the job or asks; the second one within two seconds leaves.
func (s *Shell) interrupt() tea.Cmd {
	again := s.now().Sub(s.interrupted) <= twice
	s.interrupted = s.now()
	switch {
	case s.quitting && again && s.now().Sub(s.quitAt) > patience:
		return tea.Quit
	case s.quitting:
		return s.notify(ui.Warning, "Still stopping safely. What has been sent is being written down.")
	case again:
		return s.quit()
	case s.running != nil:
		return tea.Batch(s.apply(StopTask{}), s.notify(ui.Info, "Stopping safely. Press ctrl+c again to leave AllySwitch."))
	}
	return s.askQuit()
}

// patience is how long a stopping job is waited for before ctrl+c, pressed twice, leaves anyway.
const patience = 10 * time.Second

func (s *Shell) askQuit() tea.Cmd {
	text := []string{"Your progress is saved. The next start goes on where you are now."}
	if s.running != nil {
		text = append(text, "The work that is running is stopped safely first: what it has done stays done.")
	}
	if s.screen.Dirty() {
		text = append(text, "What you have typed and not saved is lost.")
	}
	if s.keeper.Unsaved != nil {
		text[0] = "Your last step could NOT be saved. Leaving now loses it."
	}
	return s.open(&ask{title: "Leave AllySwitch?", text: text, options: []askOption{
		{label: "Stay"}, {label: "Leave", key: "y", action: Quit{}},
	}})
}

func (s *Shell) togglePrivacy() tea.Cmd {
	s.look.Veil.On = !s.look.Veil.On
	text := "Privacy is off: names and addresses are shown."
	if s.look.Veil.On {
		text = "Privacy is on: names and addresses are replaced on the screen."
	}
	return tea.Batch(s.tell(LookMsg{Look: s.look}), s.notify(ui.Info, text))
}

func (s *Shell) copyFocused() tea.Cmd {
	if source, ok := s.screen.(interface{ Copied() string }); ok {
		if text := source.Copied(); text != "" {
			return s.apply(Copy{Text: text})
		}
	}
	return s.notify(ui.Info, "There is nothing to copy here.")
}
