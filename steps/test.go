package steps

import (
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

func newTest(deps *Deps) *step {
	s := &step{id: Test, title: "Test, test, and test again", deps: deps}
	s.inputs = restsOn(theMembers, theAccount)
	s.sheet = s.testSheet
	return s
}

func (s *step) testSheet(state *checkpoint.State) wizard.Sheet {
	verified := s.doneWith(state, "verify")
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "verify", Label: "Check every member once more", Required: true, Complete: verified,
		Help: "Contact, user ID, and all tags of 100 % of the members."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			proof, err := migration.Prove(ctx, deps, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepProof(state, Test, proof) }, nil
		})}
	if verified {
		items = append(items, s.accessTable(state)...)
	}
	items = append(items, s.handTests(state)...)
	return wizard.Sheet{
		Level: "files",
		Does: []string{
			"What a machine can test, AllySwitch tests on every member. What only a person can see, you test with ten control members.",
		},
		Warnings: []string{
			"Logging in as a member can start ProgressAlly events that add tags. Use members who do not mind, or made-up ones.",
		},
		Did:   s.verdictFacts(state),
		Items: items,
		Known: "Nobody has lost access, and the tests by hand went well.",
		Help: []string{
			"To see the site as a member sees it, AccessAlly recommends the plugin User Switching.",
			"Choose ten control members who together have every tag and every offering. The sample of step 4 is a good start.",
			"If a payment does not go through, look at the host's scheduled tasks first: AccessAlly charges cards from there.",
		},
	}
}

func (s *step) accessTable(state *checkpoint.State) []wizard.Item {
	if count(state, Test, "lost")+count(state, Test, "gained")+count(state, Test, "undecided") == 0 {
		return nil
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.AccessFile)
	return []wizard.Item{wizard.Table{Key: "access", Title: "Members whose access changes (saved in access.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "Verdict", Width: 14}, {Title: "ID", Width: 8}, {Title: "Address", Width: 28, Private: true}, {Title: "Lost"}, {Title: "Gained"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "verdict"), rows.cell(i, "ID"), rows.cell(i, "user_email"), rows.cell(i, "lost") + rows.cell(i, "note"), rows.cell(i, "gained")}
		}}}
}

func (s *step) verdictFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, Test, "access") == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, Test, "undecided") > 0 {
		mark = wizard.MarkUnknown
	}
	if count(state, Test, "lost")+count(state, Test, "gained") > 0 {
		mark = wizard.MarkBad
	}
	facts := []wizard.Fact{
		fact(mark, "Access", note(state, Test, "access")),
		fact(wizard.MarkPlain, "Contacts", note(state, Test, "links")),
		fact(wizard.MarkPlain, "Tags", note(state, Test, "proof")),
	}
	if rejected := count(state, EditCSV, "rejected"); rejected > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Left out", fmt.Sprintf("%d rows of the export stayed behind in rejected.csv: these people are not in the CRM", rejected)))
	}
	return facts
}

func (s *step) handTests(state *checkpoint.State) []wizard.Item {
	return []wizard.Item{
		s.tick(state, wizard.Tick{Key: "log-in", Text: "Ten control members can log in", Note: "Who were they?", Look: "Their passwords have not changed. If somebody cannot log in, let them use Lost Password."}),
		s.tick(state, wizard.Tick{Key: "open", Text: "Each of them can open what they bought", Look: "Open a page of every offering, and of every module."}),
		s.tick(state, wizard.Tick{Key: "closed", Text: "None of them can open what they did not buy", Look: "Try a page of an offering whose tag they do not have."}),
		s.tick(state, wizard.Tick{Key: "purchase", Text: "A test purchase gives access", Look: "The new contact is in the CRM, with the tag of the offering, and can open it."}),
		s.tick(state, wizard.Tick{Key: "failed-payment", Text: "A failed payment sets its tag", Look: "Failed payments silently no longer cancel after a switch when this tag is not matched."}),
		s.tick(state, wizard.Tick{Key: "cancellation", Text: "A cancellation takes access away", Look: "The revoke tag arrives in the CRM, and the page closes."}),
		s.tick(state, wizard.Tick{Key: "cron", Text: "The host's scheduled tasks run", Where: []string{"Tools", "Site Health"}, Look: "No warning about late scheduled events."}),
	}
}
