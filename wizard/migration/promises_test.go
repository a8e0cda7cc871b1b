package migration_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// forEveryCRM tells a story once for each CRM, on a fake clock.
func forEveryCRM(t *testing.T, options sandbox.Options, tell func(t *testing.T, s *story)) {
	t.Helper()
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tell(t, newStory(t, entry.Provider.ID, 60, options)) })
		})
	}
}

// inBubble runs on a fake clock of its own.
func inBubble(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

func entryOf(t *testing.T, crmID string) registry.Entry {
	t.Helper()
	entry, ok := registry.Find(crmID)
	if !ok {
		t.Fatalf("no CRM called %s", crmID)
	}
	return entry
}

func (s *story) sendEverybody() {
	s.t.Helper()
	s.plan()
	s.send(migration.ImportInput{})
}

// change edits what the CRM holds, behind our back. The account is loaded anew, as if somebody had worked in it.
func (s *story) change(edit func(*sandbox.Contents)) {
	s.t.Helper()
	contents := s.sandbox.Contents()
	edit(&contents)
	s.sandbox = s.entry.Sandbox(sandbox.Options{})
	s.sandbox.Load(contents)
	s.reopen()
}

func contactOf(contents *sandbox.Contents, email string) *sandbox.Contact {
	i := slices.IndexFunc(contents.Contacts, func(c sandbox.Contact) bool { return strings.EqualFold(c.Email, email) })
	return &contents.Contacts[i]
}

func TestATagThatTheCRMDroppedIsAGapAndALoss(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.change(func(contents *sandbox.Contents) {
			contact := contactOf(contents, "everything@example.com")
			contact.Tags = slices.DeleteFunc(contact.Tags, func(tag string) bool { return tag == "Inner Circle Member" })
		})
		proof := s.prove()
		if proof.Gaps != 1 || proof.PairsMissing != 1 || proof.Access.Lost != 1 {
			t.Fatalf("%s / %s", proof.Sentence(), proof.Access.Sentence())
		}
		if err := migration.Mend(t.Context(), s.deps, job.Discard); err != nil {
			t.Fatal(err)
		}
		if proof := s.prove(); !proof.Complete() || proof.Access.Lost != 0 {
			t.Errorf("after mending: %s / %s", proof.Sentence(), proof.Access.Sentence())
		}
	})
}

func TestATagThatOpensTooMuchIsGained(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.change(func(contents *sandbox.Contents) {
			contact := contactOf(contents, "revoked@example.com")
			contact.Tags = append(contact.Tags, "Yoga Basics Access")
		})
		if proof := s.prove(); proof.Access.Gained != 1 || proof.Access.Lost != 0 {
			t.Error(proof.Access.Sentence())
		}
	})
}

func TestAMemberWhoVanishedFromTheCRMIsMissing(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.change(func(contents *sandbox.Contents) {
			contents.Contacts = slices.DeleteFunc(contents.Contacts, func(c sandbox.Contact) bool { return c.Email == "everything@example.com" })
		})
		if proof := s.prove(); proof.Missing != 1 || proof.Access.Lost != 1 || proof.Links.SiteOnly != 1 {
			t.Errorf("%s / %s / %s", proof.Sentence(), proof.Access.Sentence(), proof.Links.Sentence())
		}
	})
}

func TestNobodyIsMailedWhereTheCRMCanBeKeptQuiet(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(sandbox.Contents{Tags: []string{"Inner Circle Member"}, Automations: []sandbox.Automation{{Name: "Welcome!", Tag: "Inner Circle Member", Active: true}}})
		plan := s.plan()
		s.accept(plan)
		warned := plan.Blast.Unknown != "" || slices.ContainsFunc(plan.Blast.Starts, func(s migration.Start) bool { return s.Name == "Welcome!" })
		s.send(migration.ImportInput{})
		runs := len(s.sandbox.Contents().Runs)
		if features := s.deps.CRM.Features(); features.QuietUpsert && features.TagsRideAlong && runs > 0 {
			t.Errorf("%d members were mailed", runs)
		}
		if runs > 0 && !warned && s.deps.CRM.Features().AutomationsHidden == "" {
			t.Errorf("%d members were mailed, and the plan had not warned", runs)
		}
	})
}

func TestConsentAndForeignValuesStayAsTheyAre(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		before := sandbox.Contact{Email: "everything@example.com", FirstName: "Her own choice", State: "unsubscribed", Tags: []string{"Newsletter"}}
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{before}, Tags: []string{"Newsletter"}})
		plan := s.plan()
		if plan.Changed != 1 || plan.Quiet.Unsubscribed != 1 {
			t.Errorf("the plan: %d changed, %d unsubscribed", plan.Changed, plan.Quiet.Unsubscribed)
		}
		s.send(migration.ImportInput{})
		contents := s.sandbox.Contents()
		after := contactOf(&contents, before.Email)
		if after.State != "unsubscribed" || after.FirstName != before.FirstName || !slices.Contains(after.Tags, "Newsletter") {
			t.Errorf("before %+v\nafter %+v", before, *after)
		}
		if !slices.Contains(after.Tags, "Inner Circle Member") {
			t.Errorf("an unsubscribed member has lost their tags: %v", after.Tags)
		}
	})
}

func TestATagInAnotherSpellingIsFoundBeforeAnythingIsSent(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(sandbox.Contents{Tags: []string{"INNER circle MEMBER"}, Contacts: []sandbox.Contact{{Email: "other@example.com", State: "active", Tags: []string{"INNER circle MEMBER"}}}})
		plan := s.plan()
		if !s.deps.CRM.Features().TagsFoldCase {
			return
		}
		if len(plan.Conflicts) != 1 || plan.Conflicts[0].Other != "INNER circle MEMBER" {
			t.Fatalf("conflicts: %+v", plan.Conflicts)
		}
		_, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
		if !errors.Is(err, migration.ErrTagConflicts) || len(s.sandbox.Contents().Contacts) != 1 {
			t.Errorf("the import did not refuse: %v", err)
		}
	})
}

func TestAPlanOfOtherMembersIsRefused(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		members := filepath.Join(s.dir, migration.MembersFile)
		text, err := os.ReadFile(members)
		if err != nil {
			t.Fatal(err)
		}
		s.write(members, append(text, []byte("999999,999999,late@example.com,2024-01-01 00:00:00,Late,Comer\n")...))
		if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard); !errors.Is(err, migration.ErrDrifted) {
			t.Errorf("a member joined after the plan, and the import said %v", err)
		}
	})
}

func TestAKeyOfAnotherAccountIsRefused(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.deps.Began = checkpoint.CRM{Fingerprint: "of another account", AccountName: "The first account"}
		if _, err := migration.MakePlan(t.Context(), s.deps, job.Discard); !errors.Is(err, migration.ErrOtherAccount) {
			t.Errorf("the plan was made in another account: %v", err)
		}
	})
}

func TestTwoContactsOfOneAddressCannotBeToldApart(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		if !s.deps.CRM.Features().EmailsRepeat {
			return
		}
		twin := sandbox.Contact{Email: "everything@example.com", State: "active"}
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{twin, twin}})
		if plan := s.plan(); len(plan.Several) != 1 {
			t.Errorf("the plan names %d members with several contacts", len(plan.Several))
		}
		s.send(migration.ImportInput{})
		if proof := s.prove(); proof.Links.Unclear != 1 || proof.Access.Undecided != 1 {
			t.Errorf("%s / %s", proof.Links.Sentence(), proof.Access.Sentence())
		}
	})
}

func TestASecondRunSendsNobodyTwice(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.reopen()
		if again := s.send(migration.ImportInput{}); again.Sent != 0 {
			t.Errorf("%d members were sent again", again.Sent)
		}
	})
}

func TestWhoHasEverythingAlreadyIsNotSent(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		contents := s.sandbox.Contents()
		fresh := newStory(t, s.entry.Provider.ID, 60, sandbox.Options{})
		fresh.sandbox.Load(contents)
		plan := fresh.plan()
		if plan.Unchanged != plan.Members {
			t.Fatalf("%d of %d members need nothing", plan.Unchanged, plan.Members)
		}
		if result := fresh.send(migration.ImportInput{}); result.Sent != 0 || result.Arrived != plan.Members {
			t.Errorf("%d were sent, %d have arrived", result.Sent, result.Arrived)
		}
		if proof := fresh.prove(); !proof.Complete() {
			t.Error(proof.Sentence())
		}
	})
}

func TestANameThatIsTooLongIsShortenedAndSaid(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		limit := s.deps.CRM.Features().NameLength
		if limit == 0 {
			return
		}
		members := filepath.Join(s.dir, migration.MembersFile)
		text, err := os.ReadFile(members)
		if err != nil {
			t.Fatal(err)
		}
		s.write(members, append(text, []byte("999999,999999,long@example.com,2024-01-01 00:00:00,"+strings.Repeat("é", limit+5)+",Long\n")...))
		if plan := s.plan(); plan.Cut != 1 {
			t.Errorf("the plan says that %d names are shortened", plan.Cut)
		}
		if result := s.send(migration.ImportInput{}); len(result.Failed) > 0 {
			t.Errorf("failed: %+v", result.Failed)
		}
		contents := s.sandbox.Contents()
		if got := contactOf(&contents, "long@example.com").FirstName; got != strings.Repeat("é", limit) {
			t.Errorf("the CRM holds %q", got)
		}
	})
}

// TestAJournalEditedByHandStopsEverything changes one letter in the middle of the journal, as somebody would who wants it to say something else.
func TestAJournalEditedByHandStopsEverything(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		requests := s.sandbox.Traffic().Requests
		whole := s.all("journal.jsonl")
		s.edit("journal.jsonl", func(text string) string { return strings.Replace(text, `"phase":"done"`, `"phase":"dome"`, 1) })
		for what, work := range map[string]func() error{
			"import": s.imports,
			"proof":  func() error { _, err := migration.Prove(t.Context(), s.deps, job.Discard); return err },
			"undo":   func() error { _, err := migration.Undo(t.Context(), s.deps, 0, job.Discard); return err },
			"watch":  func() error { _, err := migration.Watch(t.Context(), s.deps, job.Discard); return err },
		} {
			if err := work(); err == nil {
				t.Errorf("the %s went on", what)
			}
		}
		contents, writes := s.contents(), s.sandbox.Traffic().Requests-requests
		s.deps.Folder.Close()
		if _, err := checkpoint.Open(s.dir, checkpoint.Options{Tool: "test"}); !errors.Is(err, checkpoint.ErrCorrupt) {
			t.Errorf("the folder was opened: %v (%d requests)", err, writes)
		}
		s.write(filepath.Join(s.dir, "journal.jsonl"), []byte(whole))
		s.open()
		if s.contents() != contents || s.send(migration.ImportInput{}).Sent != 0 {
			t.Error("with the true journal it does not go on where it was")
		}
	})
}
