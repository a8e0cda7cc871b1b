package wizard

import "allyswitch/wizard/ui"

// Action is what a Screen wants done. All effects are Actions, applied in one place: Shell.apply. A nil Action is nothing.
type Action interface{ action() }

// SetAnswer answers a question of the step on display.
type SetAnswer struct{ Key, Value string }

// SetTick ticks a box of the step on display, Untick takes it back.
type SetTick struct{ Key, Note string }

// Untick takes a tick back.
type Untick struct{ Key string }

// StartTask runs a task of the step on display, by its key.
type StartTask struct{ Key string }

// StopTask stops the job that runs. What it has done stays done.
type StopTask struct{}

// PauseTask holds the job that runs, or lets it go on.
type PauseTask struct{}

// RowDo does something with a row of a table.
type RowDo struct {
	Action RowAction
	Row    int
	Answer string
}

// ApplyChange changes the state and saves it.
type ApplyChange struct{ Change Change }

// GoTo shows another step, by its ID.
type GoTo struct{ Step string }

// Back shows the step before.
type Back struct{}

// Next goes on to the first step that is not done.
type Next struct{}

// Copy puts text on the clipboard. It is never a secret.
type Copy struct{ Text string }

// OpenLink opens a web address in the browser.
type OpenLink struct{ Address string }

// Notify shows a line above the keys for a while.
type Notify struct {
	Kind ui.Kind
	Text string
}

// Quit leaves the wizard, once the job that runs has stopped.
type Quit struct{}

func (SetAnswer) action()   {}
func (SetTick) action()     {}
func (Untick) action()      {}
func (StartTask) action()   {}
func (StopTask) action()    {}
func (PauseTask) action()   {}
func (RowDo) action()       {}
func (ApplyChange) action() {}
func (GoTo) action()        {}
func (Back) action()        {}
func (Next) action()        {}
func (Copy) action()        {}
func (OpenLink) action()    {}
func (Notify) action()      {}
func (Quit) action()        {}
