package migration_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// lookAgain exports the site once more and compares.
func (s *story) lookAgain() *migration.Delta {
	s.t.Helper()
	exported, tags := filepath.Join(s.dir, "second.raw"), filepath.Join(s.dir, "second-tags.raw")
	s.write(exported, s.site.Export())
	s.write(tags, s.site.MemberTags())
	delta, err := migration.LookForChanges(s.t.Context(), s.deps, migration.DeltaInput{File: exported, Tags: tags}, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return delta
}

func (s *story) carry() *migration.Carried {
	s.t.Helper()
	carried, err := migration.CarryChanges(s.t.Context(), s.deps, false, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return carried
}

func (s *story) person(email string) *wptest.Person {
	s.t.Helper()
	i := slices.IndexFunc(s.site.People, func(p wptest.Person) bool { return p.Email == email })
	if i < 0 {
		s.t.Fatalf("the site has nobody called %s", email)
	}
	return &s.site.People[i]
}

// lifeGoesOn lets members join, change, leave, and win and lose a tag between the export and the switch.
func (s *story) lifeGoesOn() {
	s.t.Helper()
	gone := slices.IndexFunc(s.site.People, func(p wptest.Person) bool { return p.Email == "quote@example.com" })
	s.site.People = slices.Delete(s.site.People, gone, gone+1)
	joined := *s.person("revoked@example.com")
	joined.ID, joined.Email, joined.Login = 900001, "late.comer@example.com", "late.comer"
	joined.Tags = []string{"Yoga Basics Access"}
	s.site.People = append(s.site.People, joined)
	s.person("nameless@example.com").FirstName = "Named"
	everything := s.person("everything@example.com")
	everything.Tags = slices.DeleteFunc(slices.Clone(everything.Tags), func(tag string) bool { return tag == "Inner Circle Member" })
	winner := s.person("revoked@example.com")
	winner.Tags = append(slices.Clone(winner.Tags), "Bonus Module")
}

func TestWhatChangesBetweenExportAndSwitchIsCarriedOver(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		if delta := s.lookAgain(); delta.New+delta.Changed+delta.Gone+delta.Waiting+len(delta.Lost) > 0 {
			t.Fatalf("nothing has changed, and yet: %s", delta.Sentence())
		}
		s.lifeGoesOn()
		delta := s.lookAgain()
		if delta.New != 1 || delta.Changed != 3 || delta.Gone != 1 || delta.TagsAdded != 1 || len(delta.Lost) != 1 || delta.Waiting != 4 {
			t.Fatalf("%s %+v", delta.Sentence(), delta)
		}
		carried := s.carry() // who has only lost a tag needs nothing
		if carried.Import.Sent != 3 || carried.Delta.Waiting != 0 {
			t.Errorf("%d were sent, %d wait", carried.Import.Sent, carried.Delta.Waiting)
		}
		contents := s.sandbox.Contents()
		if late := contactOf(&contents, "late.comer@example.com"); !slices.Contains(late.Tags, "Yoga Basics Access") {
			t.Errorf("who joined late has %v", late.Tags)
		}
		if winner := contactOf(&contents, "revoked@example.com"); !slices.Contains(winner.Tags, "Bonus Module") {
			t.Errorf("the new tag is missing: %v", winner.Tags)
		}
		if !slices.Contains(contactOf(&contents, "everything@example.com").Tags, "Inner Circle Member") {
			t.Error("a tag was taken off without the owner's word")
		}
		if again := s.lookAgain(); again.Waiting != 0 || again.New+again.Changed != 0 || again.ToRemove() != 1 {
			t.Errorf("after carrying over: %s, %d tags to remove", again.Sentence(), again.ToRemove())
		}
	})
}

// TestWhoChangesAddressKeepsTheirTags has a member who is another contact at most CRMs after a change of address: that one needs every tag as well.
func TestWhoChangesAddressKeepsTheirTags(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		person := s.person("everything@example.com")
		person.Email = "moved@example.com"
		if delta := s.lookAgain(); delta.Changed != 1 {
			t.Fatalf("the change was not seen: %s", delta.Sentence())
		}
		carried := s.carry()
		contents := s.sandbox.Contents()
		if moved := contactOf(&contents, person.Email); len(missing(person.Tags, moved.Tags)) > 0 {
			t.Errorf("the contact has %v of %v", moved.Tags, person.Tags)
		}
		if !carried.Proof.Complete() || carried.Delta.Waiting != 0 {
			t.Errorf("%d wait; %s", carried.Delta.Waiting, carried.Proof.Sentence())
		}
	})
}

// missing are the tags that are wanted and not there.
func missing(wanted, there []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(tag string) bool { return slices.Contains(there, tag) })
}

func TestALostTagGoesOnlyWhenTheOwnerSaysSo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.sendEverybody()
		s.prove()
		s.lifeGoesOn()
		s.lookAgain()
		s.carry()
		delta, err := migration.RemoveLostTags(t.Context(), s.deps, job.Discard)
		if err != nil || delta.ToRemove() != 0 {
			t.Fatalf("%d tags are still to be removed: %v", delta.ToRemove(), err)
		}
		contents := s.sandbox.Contents()
		if slices.Contains(contactOf(&contents, "everything@example.com").Tags, "Inner Circle Member") {
			t.Error("the tag is still there")
		}
		if again := s.lookAgain(); again.ToRemove() != 0 {
			t.Error("a later look takes the tag for lost again")
		}
		s.person("everything@example.com").Tags = append(s.person("everything@example.com").Tags, "Inner Circle Member")
		s.lookAgain()
		s.carry()
		contents = s.sandbox.Contents()
		if !slices.Contains(contactOf(&contents, "everything@example.com").Tags, "Inner Circle Member") {
			t.Error("a tag that came back on the site did not come back in the CRM")
		}
		time.Sleep(time.Hour)
		s.isUndone(before, s.undo(0))
	})
}

func TestUndoGivesBackATagThatWasTakenOffOnTheOwnersWord(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.sendEverybody()
		s.prove()
		s.lifeGoesOn()
		s.lookAgain()
		s.carry()
		if _, err := migration.RemoveLostTags(t.Context(), s.deps, job.Discard); err != nil {
			t.Fatal(err)
		}
		s.isUndone(before, s.undo(0))
	})
}
