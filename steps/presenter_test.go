package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/wizardtest"
)

// What support reads aloud stands there whole, at every item of every page, in the smallest window too.
func TestWhatSupportSaysIsNeverCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		said := map[string]bool{}
		j.listens(steps.Start, said)
		j.connect()
		j.restart() // the key is not known any more: what needs it cannot start
		for _, page := range j.all {
			j.listens(page.ID(), said)
		}
		j.giveKeys()
		j.reach(j.all[len(j.all)-1].ID())
		for _, page := range j.all {
			j.listens(page.ID(), said)
		}
		if len(said) < 20 {
			t.Errorf("only %d sentences were looked at: %v", len(said), said)
		}
	})
}

// listens goes through a page item by item, and collects what is to be said at each.
func (j *journey) listens(page string, said map[string]bool) {
	j.t.Helper()
	items := len(j.step(page).Sheet(j.state()).Items) + 1
	for _, size := range wizardtest.Sizes() {
		model := wizardtest.Press(turnTo(j, page, size, wizard.Options{Presenter: true}), slices.Repeat([]string{"shift+tab"}, items)...)
		for range items {
			text := saying(wizardtest.Frame(j.t, model, size))
			said[text] = true
			if text == "" || strings.Contains(text, "…") || !strings.HasSuffix(text, ".") {
				j.t.Errorf("%s at %d columns: %q", page, size.Width, text)
			}
			model = wizardtest.Press(model, "tab")
		}
	}
}

// saying is what stands after "Say:", in one line or two.
func saying(lines []string) string {
	for i, line := range lines {
		if rest, is := strings.CutPrefix(line, " Say: "); is {
			text := strings.TrimSpace(rest)
			if next := lines[i+1]; strings.HasPrefix(next, "      ") {
				text += " " + strings.TrimSpace(next)
			}
			return text
		}
	}
	return ""
}
