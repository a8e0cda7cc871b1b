package steps

import (
	"fmt"
	"slices"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newSwitch(deps *Deps) *step {
	s := &step{id: Switch, title: "Switch AccessAlly to the CRM", deps: deps}
	s.inputs = restsOn(theMembers, theAccount, theProof)
	s.sheet, s.answered = s.switchSheet, secondGiven
	return s
}

func (s *step) switchSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	entry := name
	if provider, ok := s.deps.provider(state); ok && provider.AccessAllyName != "" {
		entry = provider.AccessAllyName
	}
	confirmation := "switch to " + name
	items := append(append(s.rememberItems(state), s.closedAgain(state)...), s.deltaItems(state)...)
	gate, open := s.accessGate(state, Tags, switchAccessKey)
	items = append(items, gate...)
	remembered := s.remembered(state)
	if remembered {
		items = append(items, s.ask(state, wizard.Question{Key: "switch.confirm", Label: "This is the step that changes your site", Required: true, Confirm: confirmation,
			Help: fmt.Sprintf("From then on %s decides who may open what. No way back is documented. To go on, type: %s", name, confirmation)}))
	}
	if state.Answer(Switch, "switch.confirm") == confirmation && open && remembered && s.carriedOver(state) && complete(wizard.Sheet{Items: s.closedAgain(state)}) {
		items = append(items, s.switchTicks(state, entry)...)
		items = append(items, s.systemTask(state)...)
	}
	return wizard.Sheet{
		Level: level(state),
		Does:  []string{fmt.Sprintf("AccessAlly stops being its own CRM, and from then on asks %s who has which tag.", name)},
		Warnings: []string{
			"AccessAlly describes no way back from this step. Your backup is the only one, and only until payments run again.",
			"Stay logged in as administrator in a second browser until you have seen that you can still log in.",
		},
		Did:   slices.Concat(s.gateFacts(state), outsideFacts(state), s.deltaFacts(state)),
		Items: items,
		Known: fmt.Sprintf("The CRM Integration tab shows %s after the page has been loaded again.", entry),
		Help: []string{
			"In some versions the entry to leave is called \"Managed Contacts (no CRM)\", and the tab lies under General Setup.",
			"If the connection test in AccessAlly fails, the key is often that of another account, or has a space at its end.",
			"Tell support: the words of AccessAlly's page after saving, and what stands under \"So far\". Never a key.",
		},
	}
}

func (s *step) switchTicks(state *checkpoint.State, entry string) []wizard.Item {
	wrong := s.systemDoubt(state)
	return []wizard.Item{
		doubt(s.tick(state, wizard.Tick{Key: "switched", Text: fmt.Sprintf("%s is chosen in the dropdown, the keys are filled in, and it is saved", entry),
			Where: accessAlly("Settings", "CRM Integration"), Look: "the dropdown that shows AccessAlly Managed. Choose " + entry + ", fill in the keys from step 6, then Save."}), wrong),
		doubt(s.tick(state, wizard.Tick{Key: "shows", Text: "The page shows the new CRM after it has been loaded again, without an error", Look: "the same entry in the dropdown, after you have pressed F5 in the browser."}), wrong),
		doubt(s.tick(state, wizard.Tick{Key: "log-in", Text: "The second administrator can still log in"}), secondDoubt(state)),
	}
}

// gateFacts show what has been proven before the switch.
func (s *step) gateFacts(state *checkpoint.State) []wizard.Fact {
	sentence := note(state, Tags, "proof")
	if sentence == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, Tags, "gaps") > 0 {
		mark = wizard.MarkWarn
	}
	return append([]wizard.Fact{fact(mark, "Tags", sentence), accessFact(state, Tags)}, s.systemFact(state)...)
}
