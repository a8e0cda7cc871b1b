package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// The answers about fields in the CRM that AccessAlly's settings name.
const (
	keyPasswordField = "setup.password-field"
	keyUsernameField = "setup.username-field"
	keyLastNameField = "setup.last-name-field"
	keyAffiliates    = "setup.affiliates"
	keyTeamFields    = "setup.team-fields"
	keyCreditFields  = "setup.credit-fields"
)

// lastNameOfKit is the field that AllySwitch fills with last names: Kit has no place of its own for them.
const lastNameOfKit = "Last name"

// fieldQuestions ask for the names of fields that the site's settings rely on. Left empty, the site does not use them.
func (s *step) fieldQuestions(state *checkpoint.State) []wizard.Item {
	name := s.deps.crmName(state)
	ask := func(key, label, help string) wizard.Item {
		return s.ask(state, wizard.Question{Key: key, Label: label, Help: help + " Leave it empty if there is none."})
	}
	items := []wizard.Item{
		ask(keyPasswordField, "The field for passwords (optional)", "The name of the field in "+name+" that is chosen as Password Field in AccessAlly."),
		ask(keyUsernameField, "The field for user names (optional)", "The name of the field in "+name+" that is chosen as Username Field in AccessAlly."),
	}
	if state.CRM.Provider == "kit" {
		items = append(items, s.ask(state, wizard.Question{Key: keyLastNameField, Label: "The field for last names (optional)", Help: "Its name in Kit. AllySwitch has put last names into " + lastNameOfKit + ". If you leave this empty, it looks for that."}))
	}
	return append(items,
		s.ask(state, wizard.Question{Key: keyAffiliates, Label: "Does the site have affiliates? (optional)", Help: "They need two text fields, affiliate_key and affiliate_referral_field.",
			Choices: []wizard.Choice{{Value: "no", Label: "No"}, {Value: "yes", Label: "Yes"}}}),
		ask(keyTeamFields, "The fields of team programs (optional)", "One text field for each team program; several with | between them."),
		ask(keyCreditFields, "The fields of credits or points (optional)", creditHelp(state.CRM.Provider)))
}

// creditHelp is what kind of field holds a balance (AccessAlly, Credit systems). The field is the balance, so its values have to move as well.
func creditHelp(provider string) string {
	kind := "One text field for each balance"
	switch provider {
	case "kit":
		kind = "One custom field for each balance, and a tag for it"
	case "keap":
		kind = "One field for whole numbers for each balance"
	case "ontraport":
		kind = "One numeric field for each balance"
	case "drip":
		kind = "One custom field for each balance"
	}
	return kind + "; several with | between them. The field is the balance: see that members have their credits in it."
}

// wantedFields are the fields that were named, and the boxes that they belong to.
func wantedFields(state *checkpoint.State) []migration.WantedField {
	var wanted []migration.WantedField
	add := func(box, purpose string, kind func(string) (string, []string), names ...string) {
		wants, kinds := kind(state.CRM.Provider)
		for _, name := range names {
			wanted = append(wanted, migration.WantedField{Box: box, Purpose: purpose, Name: name, Wants: wants, Kinds: kinds})
		}
	}
	answer := func(key string) string { return state.Answer(CRMSetup, key) }
	add("password-field", "Passwords", textKinds, listed(answer(keyPasswordField))...)
	add("username-field", "User names", textKinds, listed(answer(keyUsernameField))...)
	if state.CRM.Provider == "kit" {
		add("last-name", "Last names", textKinds, cmp.Or(answer(keyLastNameField), lastNameOfKit))
	}
	if answer(keyAffiliates) == "yes" {
		add("fields", "Affiliates", textKinds, "affiliate_key", "affiliate_referral_field")
	}
	add("fields", "Teams", textKinds, listed(answer(keyTeamFields))...)
	add("fields", "Credits", creditKinds, listed(answer(keyCreditFields))...)
	return wanted
}

// textKinds are the CRM's own words for fields that hold any text. Kit and Drip have no types.
func textKinds(provider string) (wants string, kinds []string) {
	switch provider {
	case "activecampaign":
		return "text", []string{"text", "textarea", "hidden"}
	case "keap":
		return "text", []string{"TEXT", "TEXT_AREA"}
	case "ontraport":
		return "text", []string{"text", "longtext"}
	}
	return "", nil
}

// creditKinds are those for a balance (AccessAlly, Credit systems): whole numbers on Keap, numeric on Ontraport, text on ActiveCampaign.
func creditKinds(provider string) (wants string, kinds []string) {
	switch provider {
	case "keap":
		return "whole numbers", []string{"WHOLE_NUMBER"}
	case "ontraport":
		return "numeric", []string{"numeric"}
	}
	return textKinds(provider)
}

// unseenParts are what no API of a CRM shows: only a person can look.
func unseenParts(provider string) []migration.SetupFinding {
	switch provider {
	case "ontraport":
		return []migration.SetupFinding{{Box: "tracking", What: "Ontraport's tracking on the site", Note: "the API does not show it: look in AccessAlly"},
			{Box: "wordpress", What: "The WordPress site in Ontraport", Note: "the API does not show it: look in Ontraport"}}
	}
	return nil
}

// setupCheck looks in the CRM whether all of it is there.
func (s *step) setupCheck(state *checkpoint.State) []wizard.Item {
	wanted, name, address := wantedFields(state), s.deps.crmName(state), state.Site.URL
	unseen := unseenParts(state.CRM.Provider)
	asked := fmt.Sprint(wanted)
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "check", Label: "Look in " + name + " whether it is all there", Required: true,
		Complete: s.doneWith(state, "check") && note(state, CRMSetup, "asked") == asked, Help: "Fields, tags and webhooks, as far as " + name + " shows them to programs. Changes nothing. Look again after you have changed something."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			setup, err := migration.CheckSetup(ctx, deps, wanted, unseen, address, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepSetup(state, setup, asked) }, nil
		})}
	if note(state, CRMSetup, "asked") != "" {
		items = append(items, s.table("setup", "What was found (saved in crm-setup.csv)", migration.SetupFile, []wizard.Column{{Title: "State", Width: 9}, {Title: "What", Width: 34}, {Title: "Note"}}, "state", "what", "note"))
	}
	return items
}

func keepSetup(state *checkpoint.State, setup migration.Setup, asked string) {
	kept := state.Step(CRMSetup)
	for key := range kept.Notes {
		if strings.HasPrefix(key, "missing.") {
			delete(kept.Notes, key)
		}
	}
	for _, finding := range setup.Findings {
		if finding.State == migration.SetupMissing && finding.Box != "" {
			setNote(state, CRMSetup, "missing."+finding.Box, strings.TrimPrefix(note(state, CRMSetup, "missing."+finding.Box)+"; "+finding.What+": "+finding.Note, "; "))
		}
	}
	for key, value := range map[string]migration.SetupState{"there": migration.SetupThere, "missing": migration.SetupMissing, "unknown": migration.SetupUnknown} {
		setCount(state, CRMSetup, key, setup.Count(value))
	}
	setNote(state, CRMSetup, "renamed", strings.Join(setup.Renamed, ", "))
	setNote(state, CRMSetup, "asked", asked)
}

// setupTick is a box that the look in the CRM may contradict.
func (s *step) setupTick(state *checkpoint.State, tick wizard.Tick) wizard.Tick {
	why := note(state, CRMSetup, "missing."+tick.Key)
	if why != "" {
		why = "it was not found: " + why + ". Mend it, or correct the name below, then look again."
	}
	return doubt(s.tick(state, tick), why)
}

func setupFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, CRMSetup, "asked") == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, CRMSetup, "missing") > 0 {
		mark = wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(mark, "Looked", fmt.Sprintf("%s there, %s not there, %s not to be told from here",
		number(count(state, CRMSetup, "there")), number(count(state, CRMSetup, "missing")), number(count(state, CRMSetup, "unknown"))))}
	if renamed := note(state, CRMSetup, "renamed"); renamed != "" {
		facts = append(facts, fact(wizard.MarkBad, "Renamed", "members have these tags, and the CRM no longer has them under exactly these names: "+renamed+
			". Give them their names back there, then compare again in step 5."))
	}
	return facts
}
