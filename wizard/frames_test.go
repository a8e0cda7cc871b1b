package wizard_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/wizardtest"
)

func TestFramesOfQuestions(t *testing.T) {
	wizardtest.Goldens(t, "questions-first", func() tea.Model { return shellOf(t, wizardtest.NewShelf(), wizardtest.Asking(), wizardtest.Guided()) })
	wizardtest.Goldens(t, "questions-choice", func() tea.Model {
		return wizardtest.Press(shellOf(t, wizardtest.NewShelf(), wizardtest.Asking(), wizardtest.Guided()), "enter", "tab")
	})
}

func TestFramesOfTicksAndInstructions(t *testing.T) {
	wizardtest.Goldens(t, "guided", func() tea.Model {
		return shellOf(t, wizardtest.NewShelf(), wizardtest.Guided(), wizardtest.Working(wizardtest.HundredSeconds))
	})
}

func TestFramesOfATask(t *testing.T) {
	wizardtest.Goldens(t, "task", func() tea.Model {
		return shellOf(t, wizardtest.NewShelf(), wizardtest.Working(wizardtest.HundredSeconds))
	})
}

func TestFramesOfATable(t *testing.T) {
	wizardtest.Goldens(t, "table", func() tea.Model { return shellOf(t, wizardtest.NewShelf(), wizardtest.People(500)) })
}

var _ = wizard.Done
