package steps_test

import (
	"strings"
	"testing"
	"time"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/wizardtest"
)

// owner sits before the screen: looks at what has the focus, and presses keys. What to type comes from a list, as on a slip of paper.
type owner struct {
	t       testing.TB
	j       *journey
	term    *wizardtest.Terminal
	answers map[string]string
	seen    []string
}

// sits starts the wizard in a terminal and gives the owner what is on the slip of paper.
func (j *journey) sits(size wizardtest.Size, options wizard.Options) *owner {
	j.t.Helper()
	o := &owner{t: j.t, j: j, term: j.screen(size, options), answers: map[string]string{}}
	for key, value := range j.demo.Answers {
		o.answers[key] = value
	}
	for key, value := range j.demo.Secrets {
		o.answers[key] = value
	}
	return o
}

// goesThrough works with keys only until a step is done and left behind; with an empty name until the wizard offers to close.
func (o *owner) goesThrough(until string) {
	o.t.Helper()
	for range 1500 {
		if o.act() || until != "" && o.j.status(until) == wizard.Done {
			return
		}
	}
	o.t.Fatalf("the owner does not get on:\n%s", o.term.Text())
}

// page is the step on display, by its title in the first line.
func (o *owner) page(lines []string) wizard.Sheeted {
	o.t.Helper()
	for _, step := range o.j.all {
		if strings.Contains(lines[0], step.Title()) {
			return step.(wizard.Sheeted)
		}
	}
	o.t.Fatalf("no step is on display:\n%s", strings.Join(lines, "\n"))
	return nil
}

// act does the next thing. It is true when the wizard offers to close.
func (o *owner) act() bool {
	o.t.Helper()
	lines := o.term.Lines()
	text := strings.Join(lines, "\n")
	o.seen = append(o.seen, text)
	o.j.noSecretIn(text, lines[0])
	wizardtest.Keys(o.t, lines)
	if strings.Contains(text, ": please read") {
		o.term.Wait(time.Second)
		o.term.Press("esc")
		return false
	}
	if strings.Contains(text, "This did not work") || strings.Contains(text, "Held back") {
		o.t.Fatalf("an error:\n%s", text)
	}
	pointed := focused(lines)
	switch {
	case strings.HasPrefix(pointed, "[ Close AllySwitch"):
		return true
	case pointed == "" || strings.HasPrefix(pointed, "[ Continue"):
		o.term.Press("enter")
		return false
	case strings.Contains(pointed, "Not finished yet"):
		o.t.Fatalf("the owner has come to the end of a page that is not finished:\n%s", text)
	}
	o.handle(o.page(lines), pointed)
	return false
}

// focused is the line of the item that has the focus, without pointer; empty when it is not in sight.
func focused(lines []string) string {
	for _, line := range lines {
		if rest, found := strings.CutPrefix(line, " › "); found {
			return rest
		}
	}
	return ""
}

// handle does what the item in focus asks for.
func (o *owner) handle(page wizard.Sheeted, pointed string) {
	o.t.Helper()
	for _, item := range page.Sheet(o.j.state()).Items {
		if !strings.Contains(pointed, start(words(item))) {
			continue
		}
		switch item := item.(type) {
		case wizard.Question:
			o.reply(page, item)
		case wizard.Tick:
			o.checks(item)
		case wizard.Task:
			o.starts(item)
		case wizard.Table:
			o.marks(item)
		default:
			o.term.Press("enter")
		}
		return
	}
	o.t.Fatalf("the focus is on something that the page does not know: %q\n%s", pointed, o.term.Text())
}

func (o *owner) reply(page wizard.Sheeted, question wizard.Question) {
	value := o.answers[question.Key]
	if question.Key == "switch.confirm" {
		value = question.Confirm
	}
	if question.Value != "" || value == "" {
		o.term.Press("tab")
		return
	}
	for i, choice := range question.Choices {
		if choice.Value == value {
			o.term.Press(string(rune('1'+i)), "enter")
			return
		}
	}
	o.term.Paste(value)
	o.term.Press("enter")
	if got := o.j.state().Answer(page.ID(), question.Key); got != value && !question.Secret {
		o.t.Fatalf("%s: typed %q, kept %q:\n%s", question.Key, value, got, o.term.Text())
	}
}

func (o *owner) checks(tick wizard.Tick) {
	if tick.Set != nil || tick.Optional {
		o.term.Press("tab")
		return
	}
	o.term.Press("space")
	if tick.Note != "" {
		o.term.Type("noted")
		o.term.Press("enter")
	}
}

// marks the people to test with, row by row; other tables are only looked at.
func (o *owner) marks(table wizard.Table) {
	if table.Key == "controls" {
		for range table.Rows {
			o.term.Press("y", "enter", "down")
		}
	}
	o.term.Press("enter")
}

// starts a task and waits until it has ended.
func (o *owner) starts(task wizard.Task) {
	o.t.Helper()
	if task.Complete || !task.Required {
		o.term.Press("tab")
		return
	}
	o.term.Press("enter")
	for range 2000 {
		o.term.Wait(500 * time.Millisecond)
		if !strings.Contains(o.term.Text(), "stop safely") {
			return
		}
	}
	o.t.Fatalf("%s never ends:\n%s", task.Key, o.term.Text())
}

// words are how an item begins on the screen.
func words(item wizard.Item) string {
	switch item := item.(type) {
	case wizard.Question:
		return item.Label
	case wizard.Tick:
		return item.Text
	case wizard.Task:
		return item.Label
	case wizard.Instruction:
		return item.Text
	case wizard.Table:
		return item.Title
	}
	return ""
}

// start is as much of a text as stands on its first line in every window.
func start(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 36)])
}

// allDone fails when a step is not done.
func (j *journey) allDone() {
	j.t.Helper()
	for _, step := range j.all {
		if status := step.Status(j.state()); status != wizard.Done {
			j.t.Errorf("%s has status %d at the end", step.ID(), status)
		}
	}
}

// nobodyLostAccess fails unless the last check found everybody where they were.
func (j *journey) nobodyLostAccess() {
	j.t.Helper()
	kept := j.state().Step(steps.Test)
	if kept.Counters["kept"] == 0 || kept.Counters["lost"]+kept.Counters["gained"]+kept.Counters["undecided"] > 0 {
		j.t.Errorf("the last check: %v %q", kept.Counters, kept.Notes["access"])
	}
}
