package wizard_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/wizardtest"
)

// BenchmarkFrame draws a page with half a million rows behind it, after a key: the time from key to frame.
func BenchmarkFrame(b *testing.B) {
	model := tea.Model(shellOf(b, wizardtest.NewShelf(), wizardtest.People(500_000)))
	model, _ = model.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	b.ResetTimer()
	for b.Loop() {
		model, _ = model.Update(wizardtest.Key("down"))
		_ = model.View()
	}
}

// BenchmarkFirstFrame makes the wizard and draws its first frame.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		model := tea.Model(shellOf(b, wizardtest.NewShelf(), wizardtest.Asking(), wizardtest.People(500_000)))
		model, _ = model.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		_ = model.View()
	}
}

// BenchmarkProgressFrame draws a page while a job runs, as happens ten times a second.
func BenchmarkProgressFrame(b *testing.B) {
	model := tea.Model(shellOf(b, wizardtest.NewShelf(), wizardtest.Working(wizardtest.HundredSeconds)))
	model, _ = model.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for b.Loop() {
		_ = model.View()
	}
}

// A frame asks for the rows in sight, however many there are: twice, once to place the page and once to draw it, and for a key once more.
func TestAFrameAsksForFewRows(t *testing.T) {
	asked := 0
	step := wizardtest.People(500_000)
	model := tea.Model(shellOf(t, wizardtest.NewShelf(), counting(step, &asked)))
	model, _ = model.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	asked = 0
	model, _ = model.Update(wizardtest.Key("end"))
	_ = model.View()
	if asked > 4*40 {
		t.Errorf("a key and a frame asked for %d rows", asked)
	}
}
