package steps

import (
	"cmp"
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

func newAPIKeys(deps *Deps) *step {
	s := &step{id: APIKeys, title: "Get the CRM's API keys", deps: deps}
	s.inputs = restsOn(theAccount)
	s.sheet = s.keysSheet
	return s
}

func (s *step) keysSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	provider, _ := s.deps.provider(state)
	entry := cmp.Or(provider.AccessAllyName, name)
	items := []wizard.Item{
		wizard.Instruction{Text: "Where the keys are in " + name, Where: provider.Guide.Where, Look: provider.Guide.LooksLike},
	}
	for _, text := range provider.Guide.ForAccessAlly {
		items = append(items, wizard.Instruction{Text: text})
	}
	items = append(items, wizard.Instruction{Text: "See what AccessAlly's own tab asks for, before you make a key for it.", Where: accessAlly("Settings", "CRM Integration"),
		Look: "the fields that appear when " + entry + " is chosen in the dropdown. Do not save yet. What the tab asks for counts, if it is something else than here: get that, and tell AccessAlly's support."})
	items = append(items,
		s.crmTask(state, wizard.Task{Key: "check", Label: "Check AllySwitch's own key again", Required: true, Complete: s.doneWith(state, "check"),
			Help: "Asks the CRM whose key it is. It must be the account where the members now are."}, checkAgain),
		s.tick(state, wizard.Tick{Key: "at-hand", Text: "The keys that AccessAlly asks for lie ready, from the same account",
			Look: fmt.Sprintf("the account %q. Keep the keys in a password manager, not in a mail or a note.", state.CRM.AccountName)}))
	return wizard.Sheet{
		Does: []string{fmt.Sprintf("In the next step AccessAlly will ask for the API keys of %s. This step gets them ready.", name)},
		Warnings: []string{
			"Over a screen-share, stop sharing while a key is on the screen.",
			"Make the keys in the name of a user who will stay: with the user the keys go, and with them your members' access.",
		},
		Did:   s.keyFacts(state),
		Items: items,
		Known: "The key opens the account that the members were brought into.",
		Help: append(append([]string{"What people often paste instead of the key:"}, provider.Guide.Mistakes...),
			"Tell support: which fields AccessAlly's tab shows, and the code of the error. Never a key."),
	}
}

func (s *step) keyFacts(state *checkpoint.State) []wizard.Fact {
	if state.CRM.Fingerprint == "" {
		return nil
	}
	name := state.CRM.AccountName
	if state.CRM.Account != name {
		name = fmt.Sprintf("%s (%s)", name, state.CRM.Account)
	}
	return []wizard.Fact{fact(wizard.MarkGood, "Account", name)}
}

func checkAgain(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
	report.Phase("Asking whose key this is", 0)
	return nil, migration.CheckAccount(ctx, deps)
}
