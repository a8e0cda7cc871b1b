package wizard_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/wizardtest"
)

func TestFramesOfQuestions(t *testing.T) {
	wizardtest.Goldens(t, "questions-first", func() tea.Model { return shellOf(t, newShelf(), asking(), guided()) })
	wizardtest.Goldens(t, "questions-choice", func() tea.Model {
		return wizardtest.Press(shellOf(t, newShelf(), asking(), guided()), "enter", "tab")
	})
}

func TestFramesOfTicksAndInstructions(t *testing.T) {
	wizardtest.Goldens(t, "guided", func() tea.Model { return shellOf(t, newShelf(), guided(), working(hundredSeconds)) })
}

func TestFramesOfATask(t *testing.T) {
	wizardtest.Goldens(t, "task", func() tea.Model { return shellOf(t, newShelf(), working(hundredSeconds)) })
}

func TestFramesOfATable(t *testing.T) {
	wizardtest.Goldens(t, "table", func() tea.Model { return shellOf(t, newShelf(), people(500)) })
}

var _ = wizard.Done
