package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newFinish(deps *Deps) *step {
	s := &step{id: Finish, title: "Open the site and tidy up", deps: deps}
	s.inputs = restsOn(theMembers, theAccount)
	s.sheet = s.finishSheet
	return s
}

func (s *step) finishSheet(state *checkpoint.State) wizard.Sheet {
	sheet := s.leftToDo(state)
	sheet.Items = append(s.canaryItems(state), sheet.Items...)
	sheet.Did = append(sheet.Did, s.canaryFacts(state)...)
	return sheet
}

func (s *step) leftToDo(state *checkpoint.State) wizard.Sheet {
	return wizard.Sheet{
		Level: level(state),
		Does:  []string{"The switch is made. This page says what is left, and what to watch in the next three days."},
		Did:   finishFacts(state),
		Items: []wizard.Item{
			s.tick(state, wizard.Tick{Key: "open", Text: "Maintenance mode is off, and a visitor sees the site again", Where: accessAlly("Settings", "General Setup", "Migration Tools"),
				Look: "your content, in a private browser window. Until then no payment is taken."}),
			s.tick(state, wizard.Tick{Key: "export-deleted", Text: "The raw export is deleted, on this computer and on the server", Where: []string{"WebToffee Import Export", "History"},
				Look: "files that begin with user_export: they hold everybody's password hashes."}),
			s.tick(state, wizard.Tick{Key: "plugins-removed", Text: "The helper plugins are removed", Where: []string{"Plugins"}, Look: "WebToffee's export, AccessAlly's importer and the Order Contact ID updater: they are for one-time use."}),
			s.tick(state, wizard.Tick{Key: "watched", Text: "You have looked again after one day, and after three", Optional: true,
				Look: "new purchases with their tags, renewals that go through, and nobody who writes that they cannot get in."}),
			wizard.Instruction{Text: "Let AllySwitch look for you as well: it reads everybody back and says what has changed since the proof. Close the wizard first.", Copy: "allyswitch watch --once"},
			wizard.Instruction{Text: "Should all of it have to be taken back: this shows what that would do, and sends nothing.", Copy: "allyswitch undo --dry-run",
				Look: "how many contacts would go, and what would stay. Never take anything back in the CRM while the site asks it who may open what."},
			s.reportTask(state),
		},
		Known: "The site is open, and nothing of the switch lies around any more.",
		Help: []string{
			"Keep the migration's folder until the first month of renewals has gone through. It holds what is needed to look things up.",
			"Never restore an old database once payments have run again.",
		},
	}
}

func finishFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, Test, "access") == "" {
		return nil
	}
	facts := []wizard.Fact{
		fact(wizard.MarkPlain, "Members", say("%d of %d {person|people} of the export", count(state, EditCSV, "members"), count(state, EditCSV, "people"))),
		fact(wizard.MarkPlain, "Contacts", say("%d new, %d {was|were} there already", count(state, Test, "created"), count(state, Test, "updated"))),
		accessFact(state, Test),
	}
	if verdict := note(state, Finish, "report"); verdict != "" {
		facts = append(facts, fact(wizard.MarkPlain, "Report", fmt.Sprintf("%s, in report.html in the migration's folder", verdict)))
	}
	return facts
}
