package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/wizardtest"
)

// look makes frames the same on every computer.
func look(options wizard.Options) wizard.Options {
	options.Background, options.Zone = wizard.DarkBackground, time.UTC
	return options
}

// elsewhere is a step whose folder has the same name on every computer.
type elsewhere struct {
	wizard.Sheeted
	dir string
}

// shown are the real steps, with the folder's name replaced wherever it would be drawn.
func (j *journey) shown() []wizard.Step {
	steps := make([]wizard.Step, len(j.all))
	for i, step := range j.all {
		steps[i] = elsewhere{step.(wizard.Sheeted), j.dir[:strings.LastIndexByte(j.dir, '/')]}
	}
	return steps
}

// Number implements wizard.Numbered.
func (e elsewhere) Number() int { return e.Sheeted.(wizard.Numbered).Number() }

// Brief implements wizard.Brief.
func (e elsewhere) Brief() string { return e.Sheeted.(wizard.Brief).Brief() }

// Beside implements wizard.Beside.
func (e elsewhere) Beside() bool {
	tool, ok := e.Sheeted.(wizard.Beside)
	return ok && tool.Beside()
}

// Open implements wizard.Step.
func (e elsewhere) Open(state *checkpoint.State) wizard.Screen {
	return wizard.NewSheetScreen(e, state)
}

// Sheet implements wizard.Sheeted.
func (e elsewhere) Sheet(state *checkpoint.State) wizard.Sheet {
	sheet := e.Sheeted.Sheet(state)
	home := func(text string) string { return strings.ReplaceAll(text, e.dir, "/home/you") }
	for i, item := range sheet.Items {
		switch item := item.(type) {
		case wizard.Question:
			item.Value = home(item.Value)
			sheet.Items[i] = item
		case wizard.Task:
			item.Help = home(item.Help)
			sheet.Items[i] = item
		case wizard.Instruction:
			item.Copy = home(item.Copy)
			sheet.Items[i] = item
		}
	}
	return sheet
}

// album holds the frames of the pages, in every state that was looked at, by page and size.
type album struct {
	t      testing.TB
	name   string
	pages  []string
	frames map[string][]string
}

// whole is a window so high that a whole page fits into it.
var whole = wizardtest.Size{Width: 80, Height: 150}

func newAlbum(t testing.TB) *album { return &album{t: t, frames: map[string][]string{}} }

// show draws a page as it opens, at every size and as a whole. Keys are pressed first.
func (a *album) show(j *journey, page, state string, options wizard.Options, keys ...string) {
	a.t.Helper()
	for _, size := range append(wizardtest.Sizes(), whole) {
		model := wizardtest.Press(turnTo(j, page, size, options), keys...)
		lines := wizardtest.Frame(a.t, model, size)
		wizardtest.Keys(a.t, lines)
		j.noSecretIn(strings.Join(lines, "\n"), page+" "+state)
		if options.Privacy {
			j.nobodyIn(strings.Join(lines, "\n"), page+" "+state)
		}
		a.keep(page, size, state, lines)
	}
}

// nobodyIn fails when a text that privacy covers names somebody.
func (j *journey) nobodyIn(text, where string) {
	j.t.Helper()
	for _, person := range j.demo.Site.People {
		for _, name := range []string{person.Email, person.LastName} {
			if len(name) > 5 && strings.Contains(text, name) {
				j.t.Errorf("%s: %q can be read although privacy is on", where, name)
			}
		}
	}
}

// table draws a page with a table in focus, with privacy off and on.
func (a *album) table(j *journey, page, state, key string) {
	a.t.Helper()
	at := 0
	for i, item := range j.step(page).Sheet(j.state()).Items {
		if table, ok := item.(wizard.Table); ok && table.Key == key {
			at = i
		}
	}
	keys := []string{}
	for range 40 {
		keys = append(keys, "shift+tab")
	}
	for range at {
		keys = append(keys, "tab")
	}
	a.show(j, page, state, wizard.Options{}, keys...)
	a.show(j, page, state+", privacy on", wizard.Options{Privacy: true}, keys...)
}

// locked draws a page that is not open yet. The wizard does not lead there; the page itself says why.
func (a *album) locked(j *journey, page string) {
	a.t.Helper()
	for _, size := range wizardtest.Sizes() {
		screen := elsewhere{j.step(page), j.dir}.Open(j.state())
		screen.Update(wizard.SizeMsg{Width: size.Width, Height: size.Height})
		content := screen.View(size.Width, size.Height)
		wizardtest.Check(a.t, content, size)
		a.keep("locked", size, page, wizardtest.Show(content, size))
	}
}

func (a *album) keep(page string, size wizardtest.Size, state string, lines []string) {
	name := fmt.Sprintf("%s-%dx%d", page, size.Width, size.Height)
	if size == whole {
		name = page + "-whole"
		lines = withoutGap(lines)
	}
	if a.name != "" {
		name = strings.Replace(name, page, page+"-"+a.name, 1)
	}
	if a.frames[name] == nil {
		a.pages = append(a.pages, name)
	}
	a.frames[name] = append(a.frames[name], append([]string{"##### " + state}, lines...)...)
}

// withoutGap leaves out the empty lines between a page's end and the keys.
func withoutGap(lines []string) []string {
	end := len(lines) - 3
	for end > 0 && lines[end-1] == "" {
		end--
	}
	return append(append([]string{}, lines[:end]...), lines[len(lines)-3:]...)
}

// compare compares everything with the golden files.
func (a *album) compare(t *testing.T) {
	for _, name := range a.pages {
		t.Run(name, func(t *testing.T) { wizardtest.Golden(t, name, a.frames[name]) })
	}
}

// turnTo opens a page from the list of all steps.
func turnTo(j *journey, page string, size wizardtest.Size, options wizard.Options) tea.Model {
	j.t.Helper()
	var model tea.Model = j.shell(options)
	model, _ = model.Update(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
	if j.all.Current(j.state()).ID() == page {
		return model
	}
	model = wizardtest.Press(model, "ctrl+l", "home")
	for _, step := range j.all {
		if step.ID() == page {
			break
		}
		model = wizardtest.Press(model, "down")
	}
	model = wizardtest.Press(model, "enter")
	if !strings.Contains(wizardtest.Frame(j.t, model, size)[0], j.step(page).Title()[:12]) {
		j.t.Fatalf("the page %s did not open:\n%s", page, strings.Join(wizardtest.Frame(j.t, model, size), "\n"))
	}
	return model
}

// noSecretIn fails when a text holds a secret, or enough of it to be of use.
func (j *journey) noSecretIn(text, where string) {
	j.t.Helper()
	for key, secret := range j.demo.Secrets {
		if len(secret) > 8 && (strings.Contains(text, secret) || strings.Contains(text, secret[:len(secret)-4])) {
			j.t.Errorf("%s: the secret %s can be seen", where, key)
		}
	}
	for _, hash := range []string{"no-password-here", "$P$B", "$wp$2y$"} {
		if strings.Contains(text, hash) {
			j.t.Errorf("%s: a password can be seen", where)
		}
	}
}
