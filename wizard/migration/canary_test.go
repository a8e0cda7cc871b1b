package migration_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// withCanaries is the owner's consent.
func (s *story) withCanaries() {
	s.t.Helper()
	if err := migration.SaveOfferings(s.deps.Folder, s.site.Offerings); err != nil {
		s.t.Fatal(err)
	}
	s.deps.CanaryDomain = "canaries.example.com"
}

func (s *story) canaries() migration.Canaries {
	s.t.Helper()
	canaries, err := migration.LoadCanaries(s.deps.Folder)
	if err != nil {
		s.t.Fatal(err)
	}
	return canaries
}

// inCRM are the made-up members that the CRM holds.
func (s *story) inCRM() []sandbox.Contact {
	return slices.DeleteFunc(s.sandbox.Contents().Contacts, func(c sandbox.Contact) bool { return !strings.HasPrefix(c.Email, "canary+") })
}

func TestCanariesGoAheadAreCheckedAndLeave(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.withCanaries()
		plan := s.plan()
		s.send(migration.ImportInput{Sample: 10})
		canaries := s.canaries()
		if n := len(canaries.All); n == 0 || n > 12 || n != len(s.inCRM()) || canaries.Alive() != n {
			t.Fatalf("%d made-up members, %d in the CRM: %+v", n, len(s.inCRM()), canaries)
		}
		s.send(migration.ImportInput{})
		proof := s.prove()
		if !proof.Complete() || proof.Members != plan.Members || proof.Created != plan.New || proof.Links.Orphans != 0 {
			t.Errorf("the made-up members were counted: %s, %s", proof.Sentence(), proof.Links.Sentence())
		}
		if proof.Canaries != len(canaries.All) || proof.CanariesLost != "" {
			t.Errorf("%d made-up members beside the proof: %s", proof.Canaries, proof.CanariesLost)
		}
		for _, canary := range s.canaries().All {
			if phases := phasesOf(canary); !slices.Equal(phases, []string{"ahead", "sample", "import", "proof"}) {
				t.Errorf("%s was looked at after %v", canary.Email, phases)
			}
		}
		s.removesCanaries(canaries)
	})
}

// removesCanaries ends their lives. Kit lets nobody delete a contact: there the tags go, and the contact is named.
func (s *story) removesCanaries(canaries migration.Canaries) {
	s.t.Helper()
	removal, err := migration.RemoveCanaries(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	left := s.inCRM()
	if s.deps.CRM.Features().CanDeleteContact {
		if len(left) > 0 || removal.Removed != len(canaries.All) || len(removal.Stays) > 0 {
			s.t.Errorf("%d made-up members are still there: %+v", len(left), removal)
		}
		return
	}
	if len(removal.Stays) != len(canaries.All) || removal.Removed != 0 {
		s.t.Errorf("the CRM cannot delete, and yet: %+v", removal)
	}
	for _, contact := range left {
		if len(contact.Tags) > 0 {
			s.t.Errorf("%s still has %v", contact.Email, contact.Tags)
		}
	}
}

func phasesOf(canary migration.Canary) []string {
	var phases []string
	for _, check := range canary.Checks {
		phases = append(phases, check.Phase)
	}
	return phases
}

// TestACanaryThatLosesATagStopsTheImport takes a tag from a made-up member between the sample and the rest.
func TestACanaryThatLosesATagStopsTheImport(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.withCanaries()
		s.plan()
		s.send(migration.ImportInput{Sample: 10})
		victim := s.canaries().All[0]
		s.change(func(contents *sandbox.Contents) { contactOf(contents, victim.Email).Tags = nil })
		s.deps.CanaryDomain = "canaries.example.com"
		if err := s.imports(); !errors.Is(err, migration.ErrCanary) || !strings.Contains(err.Error(), victim.Email) {
			t.Errorf("%s has lost all tags, and the import said %v", victim.Email, err)
		}
		requests := s.sandbox.Traffic().Requests
		if err := s.imports(); !errors.Is(err, migration.ErrCanary) || s.sandbox.Traffic().Requests > requests+80 {
			t.Errorf("it still lacks them, and the import said %v", err)
		}
		if proof := s.prove(); !strings.Contains(proof.CanariesLost, victim.Email) {
			t.Errorf("the proof says nothing: %q", proof.CanariesLost)
		}
	})
}

func TestNobodyIsMadeUpWithoutConsent(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		if contacts := s.inCRM(); len(contacts) > 0 {
			t.Errorf("%d made-up members, and nobody has asked for them", len(contacts))
		}
	})
}

// TestAContactThatIsThereAlreadyIsNoCanary leaves an address alone that the CRM knows, whatever it is called.
func TestAContactThatIsThereAlreadyIsNoCanary(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.deps.CanaryDomain = "canaries.example.com"
		known := sandbox.Contact{Email: "canary+inner-circle-member@canaries.example.com", FirstName: "A real bird", State: "active"}
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{known}})
		s.sendEverybody()
		if _, err := migration.RemoveCanaries(t.Context(), s.deps, job.Discard); err != nil {
			t.Fatal(err)
		}
		contents := s.sandbox.Contents()
		if after := contactOf(&contents, known.Email); after.FirstName != known.FirstName || len(after.Tags) > 0 {
			t.Errorf("somebody else's contact was used: %+v", after)
		}
	})
}
