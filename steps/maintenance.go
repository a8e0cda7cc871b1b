package steps

import (
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newMaintenance(deps *Deps) *step {
	s := &step{id: Maintenance, title: "Put the site in maintenance mode", deps: deps}
	s.inputs = restsOn(theSite)
	s.sheet = s.maintenanceSheet
	return s
}

func (s *step) maintenanceSheet(state *checkpoint.State) wizard.Sheet {
	before, after := s.viewTasks(state)
	same := s.stillOpen(state)
	return wizard.Sheet{
		Does: []string{"Maintenance mode keeps members and buyers away while you switch, so that nothing changes behind your back."},
		Warnings: []string{
			"While the site is in maintenance mode, AccessAlly takes no payments: no new orders, and no renewals either. The shorter, the better.",
			"Never go back by restoring an old database once payments have run again. It erases payments, and cards could be charged twice.",
		},
		Did: viewFacts(state),
		Items: append([]wizard.Item{s.closedHoursQuestion(state), before,
			doubt(s.tick(state, wizard.Tick{Key: "on", Text: "Maintenance mode is on", Where: accessAlly("Settings", "General Setup", "Migration Tools"),
				Look: "the steps shown in this section, and follow each. On older versions they are under Initial Setup, Developer Tools."}), same),
			doubt(s.tick(state, wizard.Tick{Key: "seen", Text: "You have seen what a visitor sees now",
				Look: "the content of your site, in a private browser window where you are not logged in. You should not get to it."}), same),
			s.tick(state, wizard.Tick{Key: "production-url", Text: "The Production Site URL is right", Optional: true, Where: accessAlly("Settings", "General Setup", "Migration Tools"),
				Look: "your live site's address without https, such as //members.example.com. Cards are only charged on the site with this address."}),
			after,
		}, s.sameFront(state)...),
		Known: "A visitor who is not logged in does not get to the content.",
		Help: []string{
			"What a visitor sees in maintenance mode differs from site to site. That is why you look yourself.",
			"If you cannot find Migration Tools, tell support the version of AccessAlly: it is on the Plugins page.",
		},
	}
}

// sameFront asks, where the front page did not change, whether the content is closed all the same: on some sites only the members' pages are.
func (s *step) sameFront(state *checkpoint.State) []wizard.Item {
	if !frontStayed(state) {
		return nil
	}
	return []wizard.Item{s.tick(state, wizard.Tick{Key: "same-front", Optional: true, Text: "The front page stays as it is in maintenance mode, and you have seen that the content is closed",
		Look: "a page for members, in a private browser window. Leave this open when you get to it."})}
}

// stillOpen contradicts the ticks of this step when a visitor gets exactly what they got before.
func (s *step) stillOpen(state *checkpoint.State) string {
	if !frontStayed(state) || ticked(state, Maintenance, "same-front") {
		return ""
	}
	return "a visitor still gets the same page as before. Switch maintenance mode on, and look again below."
}
