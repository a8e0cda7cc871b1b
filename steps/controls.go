package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
)

// controlMembers is how many people a person tests with (AccessAlly, Switch contacts: keep ten control contacts).
const controlMembers = 10

// How a test with a control member went.
const (
	controlPassed = "passed"
	controlFailed = "failed"
)

// controlItems choose whom to test with, and take down how it went.
func (s *step) controlItems(state *checkpoint.State) []wizard.Item {
	engine, offerings := s.deps.engine(state), s.offerings(state)
	names := offeringNames(offerings)
	items := []wizard.Item{s.do(state, wizard.Task{Key: "choose", Label: "Choose the people to test with", Required: true, Complete: s.doneWith(state, "choose") && note(state, Test, "chosen-for") == names,
		Help: fmt.Sprintf("At most %d members who together have every tag and show every offering, open and closed. Works on this computer.", controlMembers),
		Run: func(_ context.Context, report job.Reporter) (wizard.Change, error) {
			controls, err := migration.ChooseControls(engine, offerings, controlMembers, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepControls(state, controls, names) }, nil
		}})}
	if count(state, Test, "controls") == 0 || note(state, Test, "chosen-for") != names {
		return items
	}
	return append(items, s.controlTable(state))
}

// keepControls keeps how many were chosen. What was noted about somebody stays as long as they are among them.
func keepControls(state *checkpoint.State, controls migration.Controls, names string) {
	setCount(state, Test, "controls", len(controls.Chosen))
	setNote(state, Test, "chosen-for", names)
	setNote(state, Test, "controls-left", strings.Join(append(controls.TagsLeft, controls.OfferingsLeft...), ", "))
	chosen := map[string]bool{}
	for _, control := range controls.Chosen {
		chosen[fmt.Sprint(controlKey, control.Member)] = true
	}
	for key := range state.Step(Test).Notes {
		if strings.HasPrefix(key, controlKey) && !chosen[key] {
			delete(state.Step(Test).Notes, key)
		}
	}
	var ids []string
	for _, control := range controls.Chosen {
		ids = append(ids, fmt.Sprint(control.Member))
	}
	keepResults(state, ids)
}

// controlKey begins the note about a control member; after it comes the user ID. The note holds result, time and words, parted by tabs.
const controlKey = "control."

func (s *step) controlTable(state *checkpoint.State) wizard.Table {
	rows := s.deps.files.rows(s.deps.Folder, migration.ControlsFile)
	result := func(how string) func(int, string) (wizard.Change, error) {
		return func(row int, words string) (wizard.Change, error) {
			key, text := controlKey+rows.cell(row, "ID"), how+"\t"+time.Now().UTC().Format(time.RFC3339)+"\t"+ui.Clean(words)
			return func(state *checkpoint.State) { setNote(state, Test, key, text) }, nil
		}
	}
	ask := func(key, label string) *wizard.Question { return &wizard.Question{Key: key, Label: label} }
	return wizard.Table{Key: "controls", Title: "People to test with (saved in controls.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "Result", Width: 10}, {Title: "ID", Width: 7}, {Title: "Address", Width: 30, Private: true}, {Title: "Must open, and must not"}},
		Row: func(i int) []string {
			return []string{controlResult(state, rows.cell(i, "ID")), rows.cell(i, "ID"), rows.cell(i, "user_email"), "opens " + orText(apart(rows.cell(i, "must_open")), "nothing") + "; must not open " + orText(apart(rows.cell(i, "must_not_open")), "-")}
		},
		Actions: []wizard.RowAction{{Key: "y", Label: "as it should be", Ask: ask("seen", "What have you seen? (a note, or Enter)"), Do: result(controlPassed)},
			{Key: "x", Label: "not as it should be", Ask: ask("wrong", "What is wrong?"), Do: result(controlFailed)}}}
}

// controlResult is how the test with somebody went, with its time and the note.
func controlResult(state *checkpoint.State, id string) string {
	return marked(note(state, Test, controlKey+id))
}

// marked is a note about somebody whom a person has looked at, for a cell.
func marked(noted string) string {
	parts := strings.SplitN(noted, "\t", 3)
	if len(parts) < 3 {
		return "to do"
	}
	text := parts[0]
	if at, err := time.Parse(time.RFC3339, parts[1]); err == nil {
		text += " " + at.Format("2 Jan 15:04")
	}
	return text + noteAfter(text, parts[2])
}

// controlsCount is how many were tested with, and what did not go as it should.
func controlsCount(state *checkpoint.State) (passed int, failed []string) {
	kept := state.Steps[Test]
	if kept == nil {
		return 0, nil
	}
	for key, text := range kept.Notes {
		id, is := strings.CutPrefix(key, controlKey)
		if !is {
			continue
		}
		if how, rest, _ := strings.Cut(text, "\t"); how == controlPassed {
			passed++
		} else {
			_, words, _ := strings.Cut(rest, "\t")
			failed = append(failed, "user "+id+noteAfter("user", words))
		}
	}
	return passed, failed
}

func controlFacts(state *checkpoint.State) []wizard.Fact {
	chosen := count(state, Test, "controls")
	if chosen == 0 {
		return nil
	}
	text, mark := several(chosen, "person chosen: they show every tag and every offering", "people chosen: together they show every tag and every offering"), wizard.MarkGood
	if left := note(state, Test, "controls-left"); left != "" {
		text, mark = several(chosen, "person chosen", "people chosen")+"; nobody among them shows: "+left, wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(mark, "To test", text)}
	if passed, failed := controlsCount(state); passed+len(failed) > 0 {
		mark := wizard.MarkGood
		if len(failed) > 0 {
			mark = wizard.MarkBad
		}
		facts = append(facts, fact(mark, "Tested", fmt.Sprintf("%s as it should be, %s not, of %s", number(passed), number(len(failed)), number(chosen))))
	}
	return facts
}

// controlDoubt contradicts a tick as long as somebody's test is noted as failed, or is still to do.
func controlDoubt(state *checkpoint.State) string {
	passed, failed := controlsCount(state)
	if open := count(state, Test, "controls") - int64(passed+len(failed)); len(failed) == 0 && open > 0 {
		return say("%d {person|people} in the list of people to test with {is|are} still to do. Mark each row once you have seen it.", open)
	}
	if len(failed) == 0 {
		return ""
	}
	return "in the list of people to test with it went wrong for " + strings.Join(failed, "; ") + ". Mend it, test again, and mark the row."
}
