package wizard_test

import (
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/wizardtest"
)

// later is a step that is not open yet and has one item of each kind.
func later() *wizardtest.Station {
	step := &wizardtest.Station{Name: "later", Heading: "A step for later", Place: 5, Shut: true}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
		return wizard.Sheet{
			Does: []string{"Does what comes later."},
			Items: []wizard.Item{
				wizard.Question{Key: "name", Label: "What is it called?", Help: "As it stands on the door.", Required: true, Value: state.Answer("later", "name")},
				wizard.Question{Key: "kind", Label: "Which kind?", Choices: []wizard.Choice{{Value: "a", Label: "This one"}, {Value: "b", Label: "That one"}}, Value: state.Answer("later", "kind")},
				wizard.Tick{Key: "seen", Text: "I have seen it.", Where: []string{"AccessAlly", "Settings"}, Look: "Enabled", Note: "Where?"},
				wizard.Task{Key: "send", Label: "Send it", Required: true, Run: func(context0, job.Reporter) (wizard.Change, error) { panic("it ran") }},
				wizard.Table{Key: "rows", Title: "Rows", Rows: 2, Columns: []wizard.Column{{Title: "Row"}}, Row: func(int) []string { return []string{"a row"} },
					Actions: []wizard.RowAction{{Key: "x", Label: "leave out", Do: func(int, string) (wizard.Change, error) { panic("it was done") }}}},
			},
			Known: "It is later.",
		}
	}
	return step
}

func TestAStepThatIsNotOpenYetCanBeReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Asking(), wizardtest.Guided(), later()), wizardtest.Size{Width: 120, Height: 40})
		term.Press("ctrl+l")
		term.Sees("All steps", "later")
		term.Press("end", "enter")
		term.Sees("Step 5 of 5 · A step for later", "A step for later is not open yet: start, Connect your site and your CRM comes first. You can read it.",
			"Does what comes later.", "As it stands on the door.", "Enter read on")
		term.Press("enter", "enter")
		term.Sees("Go to    AccessAlly › Settings", "Look for Enabled")
		term.Press("enter", "enter", "enter")
		term.Sees("› [ Continue to start, Connect your site and your CRM ]", "Enter go to what comes first")
		term.Press("enter")
		term.Sees("Start · Connect your site")
		term.Press("ctrl+l", "end", "enter", "esc")
		term.Sees("Start · Connect your site")
		term.Press("ctrl+l", "down", "enter")
		term.Sees("Step 1 of 5 · Put the site into maintenance")
		term.Press("esc", "esc")
		term.Sees("This is the first page.")
	})
}

func TestNothingCanBeDoneInAStepThatIsNotOpenYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Asking(), later()), home())
		term.Press("ctrl+l", "end", "enter")
		saves := folder.Saves
		for range 6 {
			term.Press("space")
			term.Sees("This step is not open yet: it is here to be read.")
			term.Paste("something")
			term.Press("x", "m", "1", "s", "r", "p", "enter")
		}
		kept := folder.Now.Step("later")
		if len(kept.Answers)+len(kept.Ticks)+len(kept.Tasks) > 0 || folder.Saves != saves {
			t.Errorf("something was kept: %+v, saved %d times", kept, folder.Saves-saves)
		}
	})
}

// doer is a screen that asks for something to be done whatever its step says.
type doer struct {
	wizard.Screen
	action wizard.Action
}

func TestTheShellItselfWithholdsWhatAScreenAsksFor(t *testing.T) {
	for _, action := range []wizard.Action{
		wizard.SetAnswer{Key: "name", Value: "x"}, wizard.SetTick{Key: "seen"}, wizard.Untick{Key: "seen"}, wizard.StartTask{Key: "send"},
		wizard.RowDo{Action: wizard.RowAction{Do: func(int, string) (wizard.Change, error) { panic("it was done") }}}, wizard.ApplyChange{Change: func(*checkpoint.State) { panic("it was done") }},
	} {
		folder := wizardtest.NewShelf()
		saves := folder.Saves
		shell := shellOf(t, folder, &stubborn{Station: later(), action: action})
		wizardtest.Press(shell, "x")
		kept := folder.Now.Step("later")
		if len(kept.Answers)+len(kept.Ticks)+len(kept.Tasks) > 0 || folder.Saves != saves {
			t.Errorf("%T was done: %+v", action, kept)
		}
	}
}

// stubborn is a step whose screen asks for an action at every key.
type stubborn struct {
	*wizardtest.Station
	action wizard.Action
}

func (s *stubborn) Open(state *checkpoint.State) wizard.Screen {
	return doer{s.Station.Open(state), s.action}
}

func (d doer) Update(msg tea.Msg) (wizard.Action, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return d.action, nil
	}
	return d.Screen.Update(msg)
}
