package migration_test

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

func (s *story) watch() *migration.Watched {
	s.t.Helper()
	watched, err := migration.Watch(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return watched
}

func TestWatchFindsWhatSomebodyDidByHand(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		if watched := s.watch(); watched.Any() {
			t.Fatalf("nothing has happened, and yet: %v", watched.Sentences())
		}
		proof := s.file(migration.ProofFile)
		s.untagByHand("everything@example.com", "Inner Circle Member")
		s.tagByHand("revoked@example.com", "Yoga Basics Access")
		s.byHand("nameless@example.com", migration.OwnFields(s.deps.CRM.Features())[0].Name, "4711")
		watched := s.watch()
		if !slices.Equal(watched.Lost, []string{"everything@example.com"}) || !slices.Equal(watched.Gained, []string{"revoked@example.com"}) ||
			!slices.Equal(watched.Unlinked, []string{"nameless@example.com"}) || len(watched.Missing)+len(watched.Twice)+len(watched.Undecided) > 0 {
			t.Errorf("%+v", watched)
		}
		if text := strings.Join(watched.Sentences(), " "); !strings.Contains(text, "1 member has lost access (everything@example.com)") {
			t.Error(text)
		}
		if s.file(migration.ProofFile) != proof {
			t.Error("to watch has changed the proof")
		}
	})
}

func TestWatchFindsWhoIsGoneAndWhoIsThereTwice(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.change(func(contents *sandbox.Contents) {
			contents.Contacts = slices.DeleteFunc(contents.Contacts, func(c sandbox.Contact) bool { return c.Email == "everything@example.com" })
			if s.deps.CRM.Features().EmailsRepeat {
				contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: "revoked@example.com", State: "active"})
			}
		})
		watched := s.watch()
		if !slices.Equal(watched.Missing, []string{"everything@example.com"}) {
			t.Errorf("missing: %v", watched.Missing)
		}
		if twice := slices.Contains(watched.Twice, "revoked@example.com"); twice != s.deps.CRM.Features().EmailsRepeat {
			t.Errorf("twice: %v", watched.Twice)
		}
	})
}

// untagByHand takes a tag off somebody as a person who works in the CRM does.
func (s *story) untagByHand(email, name string) {
	s.t.Helper()
	remover, _ := s.deps.CRM.Remover()
	tag, err := s.deps.CRM.EnsureTag(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	contact := s.contact(email)
	if _, err := remover.RemoveTag(s.t.Context(), tag, []crm.Target{{ID: contact.ID, Email: contact.Email}}); err != nil {
		s.t.Fatal(err)
	}
	s.settled()
}
