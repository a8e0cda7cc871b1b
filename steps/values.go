package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// keyValues is the answer whether the site keeps values of members that live in AccessAlly itself while it is Managed, and in fields of the CRM afterwards:
// balances of credits, affiliates and their referrals, teams (AccessAlly, Credit systems, Affiliates, Teams). A field is the balance, not a copy of it.
const keyValues = "values.used"

// savedValues is the tick that these values have been saved.
const savedValues = "values"

func usesValues(state *checkpoint.State) bool { return state.Answer(Export, keyValues) == "yes" }

// valuesItems ask, while AccessAlly still holds them, for the values that no export of users brings along.
func (s *step) valuesItems(state *checkpoint.State) []wizard.Item {
	items := []wizard.Item{s.ask(state, wizard.Question{Key: keyValues, Label: "Does the site have credits or points, affiliates, or teams?", Required: !Switched(state),
		Help:    "In AccessAlly Managed their values are in AccessAlly itself, and after the switch in fields of the CRM. Nothing carries them over by itself.",
		Choices: []wizard.Choice{{Value: "no", Label: "None of them"}, {Value: "yes", Label: "Yes, one or more"}}})}
	if !usesValues(state) {
		return items
	}
	return append(items, s.tick(state, wizard.Tick{Key: savedValues, Text: "The values of credits, affiliates and teams are saved in a file", Note: "Where is the file, and how many people are in it?", Where: accessAlly("Members"),
		Look: "each person's address with the balance of each credit, the affiliate key and referral, and the teams. The export of users holds none of it, and no page describes another export: copy them from there, or ask AccessAlly's support for a file."}))
}

// valuesFact reminds of what is not in the export.
func valuesFact(state *checkpoint.State) []wizard.Fact {
	if !usesValues(state) {
		return nil
	}
	kept := state.Steps[Export]
	if tick, ok := kept.Ticks[savedValues]; ok {
		return []wizard.Fact{fact(wizard.MarkPlain, "Values", "of credits, affiliates and teams: saved. "+orText(tick.Note, "No note says where."))}
	}
	return []wizard.Fact{fact(wizard.MarkWarn, "Values", "of credits, affiliates and teams are not saved yet: after the switch AccessAlly reads them from the CRM, where nobody has any")}
}

// valuesTicks are the boxes of step 8 about them: the fields, and that the values are in them.
func (s *step) valuesTicks(state *checkpoint.State, name string) []wizard.Item {
	uses := usesValues(state)
	items := []wizard.Item{s.setupTick(state, wizard.Tick{Key: "fields", Text: "Affiliate, team and credit fields exist, if you use those features", Optional: !uses,
		Look: "two text fields for affiliates, affiliate_key and affiliate_referral_field; one text field a program for teams; one field a balance for credits. Nobody edits these by hand."})}
	if !uses {
		return items
	}
	look := "two or three people: what " + name + " shows is what your file says. Bring the file in with " + name + "'s own import, matched by address, only these columns, automations off."
	if tick, ok := state.Step(Export).Ticks[savedValues]; ok && tick.Note != "" {
		look += fmt.Sprintf(" You noted about the file: %s.", tick.Note)
	}
	return append(items, s.tick(state, wizard.Tick{Key: savedValues, Text: "The values saved in step 2 are in these fields", Note: "How many people have one?", Look: look}))
}
