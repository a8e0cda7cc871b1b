package steps

import (
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
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
	sheet.Items = append(sheet.Items, s.removeCompanion(state)...)
	return sheet
}

func (s *step) leftToDo(state *checkpoint.State) wizard.Sheet {
	items := append([]wizard.Item{
		doubt(s.tick(state, wizard.Tick{Key: "open", Text: "Maintenance mode is off, and a visitor sees the site again", Where: accessAlly("Settings", "General Setup", "Migration Tools"),
			Look: "your content, in a private browser window. Until then no payment is taken."}), s.closedDoubt(state)),
		s.visitorTask(state, "See whether a visitor gets in", "Looks at the front page without logging in."),
	}, s.rawExportItems(state)...)
	return wizard.Sheet{
		Level: level(state),
		Does:  []string{"The switch is made. This page says what is left, and what to watch in the next three days."},
		Did:   append(append(finishFacts(state), s.visitorFacts(state)...), s.lyingAround(state)...),
		Items: append(items,
			s.tick(state, wizard.Tick{Key: "plugins-removed", Text: "The helper plugins of WebToffee and AccessAlly are removed", Where: []string{"Plugins"}, Look: "WebToffee's export, AccessAlly's importer and the Order Contact ID updater: they are for one-time use."}),
			s.tick(state, wizard.Tick{Key: "watched", Text: "You have looked again after one day, and after three", Optional: true,
				Look: "new purchases with their tags, renewals that go through, and nobody who writes that they cannot get in."}),
			wizard.Instruction{Text: "Let AllySwitch look for you as well: it reads everybody back and says what has changed since the proof. Close the wizard first.", Copy: "allyswitch watch --once"},
			wizard.Instruction{Text: "Should all of it have to be taken back: this shows what that would do, and sends nothing.", Copy: "allyswitch undo --dry-run",
				Look: "how many contacts would go, and what would stay. Never take anything back in the CRM while the site asks it who may open what."},
			s.reportTask(state),
		),
		Known: "The site is open, and nothing of the switch lies around any more that you do not keep on purpose.",
		Help: []string{
			"Keep the migration's folder until the first month of renewals has gone through. It holds what is needed to look things up.",
			"Never restore an old database once payments have run again.",
			"Tell support: what does not work, and make them a file with ctrl+s: it holds no secrets and no addresses.",
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

// closedDoubt contradicts the tick that the site is open.
func (s *step) closedDoubt(state *checkpoint.State) string {
	switch note(state, Finish, "visitor") {
	case "closed":
		return "a visitor still finds the site closed. Switch maintenance mode off, then look again below."
	case "broken":
		return "a visitor gets an error. See what the page says, then look again below."
	}
	return ""
}

// lyingAround names what is left of the switch on this computer and on the site, as far as it can be seen from here.
func (s *step) lyingAround(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	for _, file := range s.rawExports(state) {
		facts = append(facts, rawExportFact(state, file))
	}
	if level(state) == levelCompanion {
		facts = append(facts, fact(wizard.MarkPlain, "Companion", "still on the site; it switches itself off 14 days after it was put there"))
	}
	return facts
}

// removeCompanion takes the companion off the site. It comes last: without it nothing can be read there any more, and no contact ID given back.
func (s *step) removeCompanion(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	return []wizard.Item{s.companionTask(state, wizard.Task{Key: "remove-companion", Label: "Take the companion off the site", Help: "Do this last. Without it AllySwitch can no longer read the site, nor give contact IDs back with undo."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			report.Phase("Removing the companion", 0)
			if err := with.Remove(ctx); err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { setNote(state, Start, "level", levelREST) }, nil
		})}
}
