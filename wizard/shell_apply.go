package wizard

import (
	"errors"
	"fmt"
	"net/url"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// apply does what an Action asks for. All effects of the wizard happen here.
func (s *Shell) apply(action Action) tea.Cmd {
	if err := s.shut(action); err != nil {
		return s.notify(ui.Warning, Sentence(err))
	}
	switch action := action.(type) {
	case SetAnswer:
		return s.setAnswer(action)
	case SetTick:
		return s.saved(s.keeper.Tick(s.shown.ID(), action.Key, ui.Clean(action.Note)))
	case Untick:
		return tea.Batch(s.saved(s.keeper.Untick(s.shown.ID(), action.Key)), s.notify(ui.Info, "The tick is taken back."))
	case StartTask:
		return s.startTask(action.Key)
	case StopTask:
		return s.stopTask()
	case PauseTask:
		return s.pauseTask()
	case RowDo:
		return s.rowDo(action)
	case ApplyChange:
		return s.change(action.Change)
	case Copy:
		return s.copy(action.Text)
	case OpenLink:
		return s.openLink(action.Address)
	case Notify:
		return s.notify(action.Kind, action.Text)
	}
	return s.travel(action)
}

// travel applies the Actions that lead elsewhere. Typing that is not saved is asked about first.
func (s *Shell) travel(action Action) tea.Cmd {
	switch action.(type) {
	case GoTo, Back, Next, rerun:
		if s.screen.Dirty() {
			return s.unsavedTyping(action)
		}
	}
	if certain, ok := action.(sure); ok {
		action = certain.Action
	}
	switch action := action.(type) {
	case GoTo:
		return s.goTo(action.Step)
	case Back:
		return s.back()
	case Next:
		return s.next()
	case Quit:
		return s.quit()
	case retrySave:
		return s.retrySave()
	case writeBundle:
		return s.writeBundle()
	case rerun:
		return tea.Batch(s.goTo(action.step), s.startTask(action.key))
	}
	return nil
}

// Actions of the cards.
type (
	retrySave struct{}
	rerun     struct{ step, key string }
	// sure is an Action that has been asked about.
	sure struct{ Action }
)

func (retrySave) action() {}
func (rerun) action()     {}

// shut is what is said when something would be changed in a step that is not open yet. Such a step can only be read.
func (s *Shell) shut(action Action) error {
	switch action.(type) {
	case SetAnswer, SetTick, Untick, StartTask, RowDo, ApplyChange:
	default:
		return nil
	}
	if s.shown.Status(s.keeper.State()) != Locked {
		return nil
	}
	return errors.New(s.notYet(s.shown))
}

// notYet says why a step is not open, and that it can be read all the same.
func (s *Shell) notYet(step Step) string {
	first := s.path.Current(s.keeper.State())
	return fmt.Sprintf("%s is not open yet: %s comes first. You can read it.", step.Title(), s.path.Name(first))
}

// busy is what is said when something cannot be changed because work is running on it.
func (s *Shell) busy() error {
	if s.running == nil {
		return nil
	}
	return fmt.Errorf("this cannot be changed while \"%s\" is running: wait until it has ended, or stop it first", s.running.task.Label)
}

func (s *Shell) setAnswer(action SetAnswer) tea.Cmd {
	asker, ok := s.shown.(Asker)
	if !ok {
		return nil
	}
	err := s.busy()
	if err == nil {
		err = s.keeper.Answer(asker, action.Key, action.Value)
	}
	var unsaved *SaveError
	if err != nil && !errors.As(err, &unsaved) {
		return s.tell(AnsweredMsg{Key: action.Key, Err: err})
	}
	return tea.Batch(s.saved(err), s.tell(AnsweredMsg{Key: action.Key}))
}

// saved shows the state anew and, when saving failed, says so.
func (s *Shell) saved(err error) tea.Cmd {
	refreshed := s.refresh()
	if err == nil {
		return refreshed
	}
	return tea.Batch(refreshed, s.saveFailed(err))
}

// saveFailed stops the job, since nothing more may be sent that cannot be recorded, and opens a card.
func (s *Shell) saveFailed(err error) tea.Cmd {
	s.log.Error("save failed", "error", err)
	if s.running != nil {
		s.running.stopping = true
		s.runner.Stop()
	}
	return s.openByItself(&card{told: Explain(err), title: "Not saved", retry: retrySave{}})
}

func (s *Shell) retrySave() tea.Cmd {
	if err := s.keeper.Save(); err != nil {
		return s.saveFailed(err)
	}
	return s.notify(ui.Success, "Saved.")
}

func (s *Shell) rowDo(action RowDo) tea.Cmd {
	if err := s.busy(); err != nil {
		return s.notify(ui.Warning, Sentence(err))
	}
	var change Change
	err := job.Protect(func() (err error) {
		change, err = action.Action.Do(action.Row, action.Answer)
		return err
	})
	if err == nil {
		return s.saved(s.keeper.Apply(change))
	}
	if known(err) != (Explanation{}) {
		s.log.Error("row action failed", "action", action.Action.Key, "error", err)
		return s.open(&card{told: Explain(err), title: "This did not work"})
	}
	return s.notify(ui.Failure, Sentence(err))
}

func (s *Shell) change(change Change) tea.Cmd {
	if err := s.busy(); err != nil {
		return s.notify(ui.Warning, Sentence(err))
	}
	return s.saved(s.keeper.Apply(change))
}

func (s *Shell) goTo(id string) tea.Cmd {
	step := s.path.Find(id)
	if step == nil {
		return nil
	}
	s.notice.text = ""
	shown := s.show(step)
	if step.Status(s.keeper.State()) == Locked {
		return tea.Batch(shown, s.notify(ui.Warning, s.notYet(step)))
	}
	return shown
}

func (s *Shell) back() tea.Cmd {
	before := s.path.Before(s.shown, s.keeper.State())
	if before == nil {
		return s.notify(ui.Info, "This is the first page. Press q to leave: your progress is saved.")
	}
	return s.show(before)
}

func (s *Shell) next() tea.Cmd {
	next := s.path.After(s.shown, s.keeper.State())
	if next == nil {
		return s.askQuit()
	}
	s.notice.text = ""
	return s.show(next)
}

func (s *Shell) copy(text string) tea.Cmd {
	text = s.look.Veil.Text(ui.CleanLines(text))
	if s.deps.Copy == nil {
		return tea.Batch(tea.SetClipboard(text),
			s.notify(ui.Info, "Sent to the clipboard. If nothing arrives there, select the text with the mouse."))
	}
	write := s.deps.Copy
	return func() tea.Msg {
		if err := write(text); err != nil {
			return effectMsg{kind: ui.Warning, text: "It could not be copied. Select the text with the mouse instead."}
		}
		return effectMsg{kind: ui.Success, text: "Copied."}
	}
}

// WebAddress says that an address may be given to a browser: http or https, with a host.
func WebAddress(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != ""
}

func (s *Shell) openLink(address string) tea.Cmd {
	if !WebAddress(address) || s.deps.OpenLink == nil {
		return s.notify(ui.Info, "Open this address in your browser: "+address)
	}
	open := s.deps.OpenLink
	return func() tea.Msg {
		if err := open(address); err != nil {
			return effectMsg{kind: ui.Warning, text: "The browser did not open. Type this address into it: " + address}
		}
		return effectMsg{kind: ui.Info, text: "Opened in your browser."}
	}
}

// quit leaves at once, or when the job that runs has stopped.
func (s *Shell) quit() tea.Cmd {
	if s.running == nil {
		return tea.Quit
	}
	if s.quitting {
		return nil
	}
	s.quitting, s.quitAt, s.overlays = true, s.now(), nil
	return s.stopTask()
}
