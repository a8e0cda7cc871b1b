package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

func newTest(deps *Deps) *step {
	s := &step{id: Test, title: "Test, test, and test again", deps: deps}
	s.inputs = restsOn(theMembers, theAccount, theProof)
	s.sheet, s.advanced, s.answered = s.testSheet, s.controlQuestions, s.controlAnswered
	return s
}

func (s *step) testSheet(state *checkpoint.State) wizard.Sheet {
	verified := s.doneWith(state, "verify") || s.doneWith(state, "mend")
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "verify", Label: "Check every member once more", Required: true, Complete: verified,
		Help: "Contact, user ID, and all tags of 100 % of the members."}, s.prove)}
	if verified {
		items = append(items, s.accessTable(state)...)
	}
	items = append(items, s.siteLinksItems(state, "")...)
	items = append(items, s.visitorTask(state, "See what a visitor gets", "Looks at the front page without logging in. In maintenance mode it is closed, and that is right until the tests are done."))
	items = append(items, s.siteFaultsQuestion(state)...)
	items = append(items, s.entrantsItems(state)...)
	items = append(items, s.controlItems(state)...)
	items = append(items, s.handTests(state)...)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			"What a machine can test, AllySwitch tests on every member. What only a person can see, you test with a few people whom AllySwitch chooses.",
		},
		Warnings: []string{
			"Logging in as a member can start ProgressAlly events that add tags. Use members who do not mind, or made-up ones.",
		},
		Did:   append(s.testFacts(state), s.finalVerdict(state, items)...),
		Items: items,
		Known: "Nobody has lost access, and the tests by hand went well.",
		Help: []string{
			"To see the site as a member sees it, AccessAlly recommends the plugin User Switching.",
			"The people to test with are chosen so that together they have every tag, and that of every offering somebody may open it and somebody may not.",
			"Mark each row of that list: the time and your note are kept. The ticks about these people count once every row is marked, and none of them went wrong.",
			"If a payment does not go through, look at the host's scheduled tasks first: AccessAlly charges cards from there.",
			"Tell support: the sentence of the verdict, the numbers under \"So far\", and which page one of the people could not open.",
		},
	}
}

// testFacts are what was found.
func (s *step) testFacts(state *checkpoint.State) []wizard.Fact {
	facts := s.verdictFacts(state)
	facts = append(facts, s.siteLinksFacts(state)...)
	facts = append(facts, s.cronFacts(state)...)
	facts = append(facts, s.visitorFacts(state)...)
	facts = append(facts, entrantsFacts(state, s.deps.crmName(state))...)
	return append(facts, controlFacts(state)...)
}

func (s *step) accessTable(state *checkpoint.State) []wizard.Item {
	changes := accessChanges(state)
	if changes == 0 {
		return nil
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.AccessFile)
	table := wizard.Table{Key: "access", Title: "Members whose access changes (saved in access.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "Verdict", Width: 14}, {Title: "ID", Width: 8}, {Title: "Address", Width: 28, Private: true}, {Title: "Lost"}, {Title: "Gained"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "verdict"), rows.cell(i, "ID"), rows.cell(i, "user_email"), apart(rows.cell(i, "lost") + rows.cell(i, "note")), apart(rows.cell(i, "gained"))}
		}}
	words := acceptance(changes)
	return []wizard.Item{table,
		s.crmTask(state, wizard.Task{Key: "mend", Label: "Send what is missing, and check again"}, s.mend),
		s.ask(state, wizard.Question{Key: "test.accept", Label: "Finish although the access of members changes?", Required: true, Confirm: words,
			Help: fmt.Sprintf("Their access is lost, gained or cannot be decided. To finish all the same, type: %s", words)})}
}

func (s *step) verdictFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, Test, "access") == "" {
		return nil
	}
	facts := []wizard.Fact{
		accessFact(state, Test),
		fact(wizard.MarkPlain, "Contacts", note(state, Test, "links")),
		fact(wizard.MarkPlain, "Tags", note(state, Test, "proof")),
	}
	if rejected := count(state, EditCSV, "rejected"); rejected > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Left out", say("%d {row|rows} of the export stayed behind in rejected.csv: these people are not in the CRM", rejected)))
	}
	return facts
}

// accessFact is the verdict of the last read-back of a step.
func accessFact(state *checkpoint.State, id string) wizard.Fact {
	mark := wizard.MarkGood
	if count(state, id, "undecided") > 0 {
		mark = wizard.MarkUnknown
	}
	if count(state, id, "lost")+count(state, id, "gained") > 0 {
		mark = wizard.MarkBad
	}
	return fact(mark, "Access", note(state, id, "access"))
}

// accessChanges is how many members gain or lose something, or may do so.
func accessChanges(state *checkpoint.State) int64 {
	return count(state, Test, "lost") + count(state, Test, "gained") + count(state, Test, "undecided")
}

func (s *step) handTests(state *checkpoint.State) []wizard.Item {
	wrong := controlDoubt(state)
	return []wizard.Item{
		doubt(s.tick(state, wizard.Tick{Key: "log-in", Text: "The people to test with can log in", Note: "Who were they?", Look: "somebody who cannot. Passwords have not changed: let them use Lost Password."}), wrong),
		doubt(s.tick(state, wizard.Tick{Key: "open", Text: "Each of them can open what they bought", Look: "the pages that the list above names, and one of every module."}), wrong),
		doubt(s.tick(state, wizard.Tick{Key: "closed", Text: "None of them can open what they did not buy", Look: "the pages that the list above names after \"must not open\"."}), wrong),
		s.tick(state, wizard.Tick{Key: "purchase", Text: "A test purchase gives access", Note: "Which order?", Look: "the new contact in the CRM, with the tag of the offering. It can open the offering."}),
		s.tick(state, wizard.Tick{Key: "failed-payment", Text: "A failed payment sets its tag", Note: "How did you test it?", Look: "the tag on the contact in the CRM. When it is not matched, failed payments no longer take access away."}),
		s.tick(state, wizard.Tick{Key: "cancellation", Text: "A cancellation takes access away", Note: "How did you test it?", Look: "the revoke tag on the contact in the CRM, and a page that closes."}),
		doubt(s.tick(state, wizard.Tick{Key: "cron", Text: "The host's scheduled tasks run", Where: []string{"Tools", "Site Health"}, Look: "a warning about late scheduled events. There should be none."}), s.cronDoubt(state)),
	}
}
