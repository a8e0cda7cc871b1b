package migration_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// oldCustomers is what an account may hold before the migration: people with and without values of their own, and a stranger.
func oldCustomers() sandbox.Contents {
	return sandbox.Contents{
		Tags: []string{"Newsletter", "Inner Circle Member"},
		Contacts: []sandbox.Contact{
			{Email: "everything@example.com", FirstName: "Her own choice", State: "active", Tags: []string{"Newsletter", "Inner Circle Member"}},
			{Email: "plus.first+vip@example.com", State: "unsubscribed", Tags: []string{"Newsletter"}},
			{Email: "outsider@example.net", FirstName: "Outsider", State: "active", Tags: []string{"Newsletter"}},
		},
	}
}

func (s *story) undo(after int64) *migration.UndoResult {
	s.t.Helper()
	result, err := migration.Undo(s.t.Context(), s.deps, after, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

func (s *story) contents() string {
	s.t.Helper()
	return contentsText(s.t, s.sandbox.Contents())
}

func contentsText(t *testing.T, contents sandbox.Contents) string {
	t.Helper()
	text, err := json.MarshalIndent(contents, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// asUndone is what undo leaves of an account that held before: the same, plus the exceptions that docs/undo.md names for this CRM.
func asUndone(t *testing.T, features crm.Features, before, now sandbox.Contents) string {
	t.Helper()
	known := map[string]bool{}
	for _, contact := range before.Contacts {
		known[strings.ToLower(contact.Email)] = true
	}
	want := before
	want.Contacts = slices.Clone(before.Contacts)
	for _, contact := range now.Contacts {
		if !features.CanDeleteContact && !known[strings.ToLower(contact.Email)] {
			contact.Tags, contact.Fields = nil, nil
			want.Contacts = append(want.Contacts, contact)
		}
	}
	if !features.CanDeleteTag {
		want.Tags = now.Tags
	}
	if !features.CanDeleteField {
		want.Fields = now.Fields
	}
	return contentsText(t, want.Sorted())
}

// isUndone compares with the state before, byte for byte but for the documented exceptions.
func (s *story) isUndone(before sandbox.Contents, result *migration.UndoResult) {
	s.t.Helper()
	features, now := s.deps.CRM.Features(), s.sandbox.Contents()
	if want, got := asUndone(s.t, features, before, now), contentsText(s.t, now); want != got {
		s.t.Error(difference(want, got))
	}
	if result.Open {
		s.t.Error(result.Sentence())
	}
	if canAll := features.CanDeleteContact && features.CanDeleteTag && features.CanDeleteField; canAll != (len(result.Left) == 0) {
		s.t.Errorf("%s %+v", result.Sentence(), result.Left[:min(3, len(result.Left))])
	}
}

func TestUndoAfterTheWholeMigration(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.sendEverybody()
		s.prove()
		s.reopen()
		result := s.undo(0)
		s.isUndone(before, result)
		t.Log(result.Sentence())
	})
}

func TestUndoTakesTheMadeUpMembersAlong(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.withCanaries()
		s.sendEverybody()
		s.prove()
		if len(s.inCRM()) == 0 {
			t.Fatal("there are no made-up members")
		}
		plan, err := migration.PlanUndo(t.Context(), s.deps, 0, job.Discard)
		if err != nil || (plan.MadeUp > 0) != s.deps.CRM.Features().CanDeleteContact {
			t.Fatalf("%d made-up members in the plan, %v", plan.MadeUp, err)
		}
		s.isUndone(before, s.undo(0))
	})
}

func TestADryRunSendsNothing(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		s.sendEverybody()
		s.prove()
		before := s.contents()
		plan, err := migration.PlanUndo(t.Context(), s.deps, 0, job.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if s.contents() != before {
			t.Error("a dry run has changed the CRM")
		}
		if can := s.deps.CRM.Features().CanDeleteContact; plan.Members == 0 || (plan.Remove == plan.Members-2) != can || plan.Nothing() {
			t.Errorf("%s: %+v", plan.Sentence(), plan.Remove)
		}
		if !strings.Contains(s.file(migration.UndoFile), "@") {
			t.Error("undo.csv lists nobody")
		}
		if lines := journalOps(t, s); lines[migration.OpUndo] > 0 {
			t.Error("a dry run is in the journal")
		}
	})
}

func journalOps(t *testing.T, s *story) map[string]int {
	t.Helper()
	ops := map[string]int{}
	if err := s.deps.Folder.Journal().Scan(func(entry checkpoint.Entry) error { ops[entry.Op]++; return nil }); err != nil {
		t.Fatal(err)
	}
	return ops
}

func TestWhatSomebodyHasChangedSinceStays(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		s.sendEverybody()
		s.prove()
		time.Sleep(time.Hour)
		userField := migration.OwnFields(s.deps.CRM.Features())[0].Name
		s.byHand("everything@example.com", userField, "changed by hand")
		s.tagByHand("revoked@example.com", "VIP")
		result := s.undo(0)
		now := s.sandbox.Contents()
		if got := contactOf(&now, "everything@example.com").Fields[userField]; got != "changed by hand" {
			t.Errorf("the value that was changed by hand is %q now", got)
		}
		kept := slices.ContainsFunc(now.Contacts, func(c sandbox.Contact) bool { return c.Email == "revoked@example.com" })
		if !kept {
			t.Error("a contact that somebody works with was removed")
		}
		for _, what := range []string{"value", "contact"} {
			if !slices.ContainsFunc(result.Left, func(left migration.UndoLeft) bool { return left.Kind == what }) {
				t.Errorf("no %s is listed: %+v", what, result.Left)
			}
		}
		if !slices.Contains(now.Fields, userField) {
			t.Error("the field went although somebody has a value in it")
		}
	})
}

// byHand writes a value as somebody who works in the CRM does.
func (s *story) byHand(email, field, value string) {
	s.t.Helper()
	fields, err := s.deps.CRM.Fields(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(fields, func(f crm.Field) bool { return f.Name == field })
	contact := s.contact(email)
	contact.FirstName, contact.LastName, contact.Tags, contact.Fields = "", "", nil, map[crm.FieldID]string{fields[i].ID: value}
	if _, err := s.deps.CRM.Upsert(s.t.Context(), []crm.Contact{contact}); err != nil {
		s.t.Fatal(err)
	}
	s.settled()
}

// tagByHand puts a tag on somebody as a person who works in the CRM does.
func (s *story) tagByHand(email, name string) {
	s.t.Helper()
	tag, err := s.deps.CRM.EnsureTag(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	contact := s.contact(email)
	if _, err := s.deps.CRM.ApplyTag(s.t.Context(), tag, []crm.Target{{ID: contact.ID, Email: contact.Email}}); err != nil {
		s.t.Fatal(err)
	}
	s.settled()
}

func (s *story) contact(email string) crm.Contact {
	s.t.Helper()
	found, err := s.deps.CRM.Find(s.t.Context(), email)
	if err != nil || len(found) != 1 {
		s.t.Fatalf("find %s: %d, %v", email, len(found), err)
	}
	return found[0]
}

func (s *story) settled() {
	s.t.Helper()
	if _, err := s.deps.CRM.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(10 * time.Minute)
}

func TestUndoTwiceChangesNothingMore(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		s.sendEverybody()
		s.prove()
		s.undo(0)
		before := s.contents()
		if again := s.undo(0); again.Removed+again.Untagged+again.Restored > 0 || s.contents() != before {
			t.Errorf("the second undo: %+v", again)
		}
	})
}

func TestAnImportAfterAnUndoBringsEverybodyAgain(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.sendEverybody()
		s.prove()
		want := s.contents()
		s.undo(0)
		s.sendEverybody()
		if proof := s.prove(); !proof.Complete() {
			t.Error(proof.Sentence())
		}
		if got := s.contents(); got != want {
			t.Error(difference(want, got))
		}
		if features := s.deps.CRM.Features(); features.CanDeleteContact && features.CanDeleteTag {
			s.isUndone(before, s.undo(0))
		}
	})
}

func TestUndoThroughAStorm(t *testing.T) {
	forEveryCRM(t, sandbox.Options{Faults: "storm", Seed: 5, Latency: 100 * time.Millisecond}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.insist("plan", func() error {
			_, err := migration.MakePlan(t.Context(), s.deps, job.Discard)
			return err
		})
		s.insist("import", func() error {
			_, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
			return err
		})
		var result *migration.UndoResult
		s.insist("undo", func() (err error) {
			result, err = migration.Undo(t.Context(), s.deps, 0, job.Discard)
			return err
		})
		s.isUndone(before, result)
	})
}

// TestWhatMayNotBeOursStays lets somebody make a contact between plan and import, and somebody unsubscribe after it.
func TestWhatMayNotBeOursStays(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "everything@example.com", State: "active"}}})
		time.Sleep(time.Hour)
		s.send(migration.ImportInput{})
		s.prove()
		result := s.undo(0)
		now := s.sandbox.Contents()
		i := slices.IndexFunc(now.Contacts, func(c sandbox.Contact) bool { return c.Email == "everything@example.com" })
		if i < 0 || len(now.Contacts[i].Tags) > 0 {
			t.Fatal("a contact that somebody else made was removed, or kept our tags")
		}
		if !slices.ContainsFunc(result.Left, func(left migration.UndoLeft) bool {
			return left.Email == "everything@example.com" && strings.Contains(left.Why, "older")
		}) {
			t.Errorf("it is not listed: %+v", result.Left)
		}
	})
}

// TestATagThatAnAutomationWaitsForStays keeps a tag name that the owner has built on since.
func TestATagThatAnAutomationWaitsForStays(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome!", Tag: "Inner Circle Member", Active: true}}})
		automations, err := s.deps.CRM.Automations(t.Context())
		tells := err == nil && slices.ContainsFunc(automations, func(a crm.Automation) bool { return slices.Contains(a.TriggerTags(), "Inner Circle Member") })
		s.undo(0)
		if there := slices.Contains(s.sandbox.Contents().Tags, "Inner Circle Member"); tells && !there {
			t.Error("a tag went that an automation waits for")
		}
	})
}

// TestUndoToALaterStepLeavesTheEarlierOnes takes back what was sent after a moment, and nothing of what was sent before it.
func TestUndoToALaterStepLeavesTheEarlierOnes(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		s.sendEverybody()
		s.prove()
		earlier := s.contents()
		time.Sleep(time.Minute)
		moment := time.Now()
		time.Sleep(time.Minute)
		late := *s.person("revoked@example.com")
		late.ID, late.Email, late.Login, late.Tags = 900001, "late.comer@example.com", "late.comer", []string{"Yoga Basics Access"}
		s.site.People = append(s.site.People, late)
		winner := s.person("everything@example.com")
		winner.Tags = append(slices.Clone(winner.Tags), "Bonus Module")
		s.lookAgain()
		s.carry()
		after, err := migration.UndoneUntil(s.deps.Folder, moment)
		if err != nil || after == 0 {
			t.Fatalf("the place in the journal: %d, %v", after, err)
		}
		result := s.undo(after)
		if features := s.deps.CRM.Features(); features.CanDeleteContact && features.CanDeleteTag {
			if got := s.contents(); got != earlier {
				t.Error(difference(earlier, got))
			}
			return
		}
		contents := s.sandbox.Contents()
		if slices.Contains(contactOf(&contents, "everything@example.com").Tags, "Bonus Module") || !slices.Contains(contactOf(&contents, "everything@example.com").Tags, "Inner Circle Member") {
			t.Errorf("%s %v", result.Sentence(), contactOf(&contents, "everything@example.com").Tags)
		}
	})
}

func TestAKeyOfAnotherAccountUndoesNothing(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		before := s.contents()
		s.deps.Began.Fingerprint = "of another account"
		if _, err := migration.Undo(t.Context(), s.deps, 0, job.Discard); !errors.Is(err, migration.ErrOtherAccount) {
			t.Errorf("undo in another account: %v", err)
		}
		if s.contents() != before {
			t.Error("undo has changed another account")
		}
	})
}
