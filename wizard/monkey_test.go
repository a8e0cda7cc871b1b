package wizard_test

import (
	"math/rand/v2"
	"testing"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/wizardtest"
)

// Whatever keys come, in whatever window: no panic, and every frame keeps its shape.
func TestAnyKeysInAnyWindow(t *testing.T) {
	keys := []string{"enter", "tab", "shift+tab", "esc", "space", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "backspace", "f1",
		"ctrl+x", "ctrl+l", "ctrl+y", "ctrl+p", "ctrl+g", "ctrl+u", "ctrl+s", "/", "m", "x", "n", "l", "?", "q", "r", "d", "c", "o", "1", "é", "日"}
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		steps := append(way(fails)(), everywhere("a\x1b[2Jb"))
		model := tea.Model(wizard.New(wizard.Config{Steps: steps, Folder: arrived(), Options: wizard.Options{Background: wizard.DarkBackground}}))
		for range 150 {
			if random.IntN(10) == 0 {
				size := wizardtest.Size{Width: 1 + random.IntN(140), Height: 1 + random.IntN(45)}
				model, _ = model.Update(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
				wizardtest.Check(t, model.View().Content, size)
			}
			model = wizardtest.Press(model, keys[random.IntN(len(keys))])
			_ = model.View()
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
