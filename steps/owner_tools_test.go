package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// As long as AccessAlly is its own CRM, a contact ID of the new one takes a user's access. The tools that set it say so; after the switch, and on a site that works
// with that CRM, they are silent.
func TestToolsBeforeTheSwitch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.connect()
		j.all = append(j.all, steps.Tools(j.deps)...)
		j.answer(steps.ImportStudents, "students.into", "crm")
		says := func(tool string) bool {
			return strings.Contains(j.warned(tool), "give no user a contact ID of Ontraport: the user would lose access")
		}
		tools := []string{steps.AddMember, steps.MergeContacts, steps.ImportStudents}
		for _, tool := range tools {
			if !says(tool) {
				t.Errorf("%s says nothing: %s", tool, j.warned(tool))
			}
		}
		j.answer(steps.ImportStudents, "students.into", "managed")
		if says(steps.ImportStudents) {
			t.Error("who brings students into AccessAlly Managed is warned of contact IDs of the CRM")
		}
		j.tick(steps.Switch, "switched")
		for _, tool := range tools {
			if says(tool) {
				t.Errorf("after the switch %s still warns", tool)
			}
		}
		question, _ := item(j, steps.ImportStudents, func(question wizard.Question) bool { return question.Key == "students.into" })
		if len(question.Choices) != 1 || question.Value != "" {
			t.Errorf("after the switch students still go into AccessAlly Managed: %+v", question.Choices)
		}
	})
}

// Nobody has the address. The page then asks whether to make a contact, and does not send the owner to look for the same address again.
func TestAMemberWhomTheCRMDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.connect()
		j.all = append(j.all, steps.Tools(j.deps)...)
		j.answer(steps.AddMember, "member.email", "nobody@example.net")
		j.run(steps.AddMember, "contact")
		find, _ := j.offered(steps.AddMember, "contact")
		if question, _ := j.asked(steps.AddMember, "member.create"); !find.Complete || !question.Required {
			t.Errorf("what comes next is unclear: %+v", find)
		}
		if facts := factsOf(j, steps.AddMember); !strings.Contains(facts, "nobody in Keap has this address") {
			t.Errorf("the facts: %s", facts)
		}
		j.answer(steps.AddMember, "member.create", "no")
		if find, _ := j.offered(steps.AddMember, "contact"); find.Complete || j.status(steps.AddMember) == wizard.Done {
			t.Error("the tool is done although nobody has been helped")
		}
	})
}

// F1 says in each of these steps, and in each tool, what to tell support.
func TestHelpSaysWhatToTellSupport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.all = append(j.all, steps.Tools(j.deps)...)
		for _, id := range []string{steps.Start, steps.Maintenance, steps.Export, steps.EditCSV, steps.Import, steps.Tags, steps.APIKeys, steps.Switch, steps.CRMSetup,
			steps.TagReview, steps.Automations, steps.LinkUsers, steps.Payments, steps.Test, steps.Finish,
			steps.ImportStudents, steps.AddMember, steps.MergeContacts, steps.TeamSettings} {
			help := strings.Join(j.step(id).Sheet(j.state()).Help, "\n")
			if !strings.Contains(help, "ell support") && !strings.Contains(help, "Support will ask") {
				t.Errorf("%s: %s", id, help)
			}
		}
	})
}

// The list of all questions, from which the guide and the keys of an answers file are made, knows the ticks of the switch too.
func TestEveryTickOfTheSwitchIsInTheList(t *testing.T) {
	deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil)}
	for _, id := range crms() {
		found := map[string]bool{}
		for _, step := range steps.All(deps) {
			if step.ID() != steps.Switch {
				continue
			}
			for _, one := range step.(wizard.Sheeted).Sheet(steps.Unfolded(deps, id)).Items {
				if tick, ok := one.(wizard.Tick); ok {
					found[tick.Key] = true
				}
			}
		}
		for _, key := range []string{"switched", "shows", "log-in"} {
			if !found[key] {
				t.Errorf("%s: the tick %s is in no list", id, key)
			}
		}
	}
}
