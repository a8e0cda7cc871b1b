package migration_test

import (
	"bytes"
	"slices"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// TestTheSpareAdministratorStaysOut leaves somebody out of the CRM, who is no new member later either.
func TestTheSpareAdministratorStaysOut(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.deps.LeaveOut = []string{"Admin@example.com"}
		s.export()
		s.sendEverybody()
		contents := s.sandbox.Contents()
		if slices.ContainsFunc(contents.Contacts, func(c sandbox.Contact) bool { return c.Email == "admin@example.com" }) {
			t.Error("the administrator is in the CRM")
		}
		if proof := s.prove(); proof.Access.Lost+proof.Access.Undecided != 0 || proof.Gaps != 0 {
			t.Errorf("the others: %s", proof.Access.Sentence())
		}
		if delta := s.lookAgain(); delta.New+delta.Changed+delta.Gone != 0 {
			t.Errorf("nothing has changed, and yet: %s", delta.Sentence())
		}
	})
}

// TestAMendedRowIsMendedInTheNextExportToo mends a twin's address. In the next export an earlier person is gone, and each row stands in another line.
func TestAMendedRowIsMendedInTheNextExportToo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		twin := s.person("Twin@example.com")
		line := s.lineOf(twin)
		if _, err := migration.Decide(s.deps.Folder, migration.RowDecision{ID: twin.ID, Line: line, Email: "second.twin@example.com"}); err != nil {
			t.Fatal(err)
		}
		s.export()
		s.sendEverybody()
		earlier := slices.IndexFunc(s.site.People, func(p wptest.Person) bool { return p.ID < twin.ID && p.Login == "twin1" })
		s.site.People = slices.Delete(s.site.People, earlier, earlier+1)
		if now := s.lineOf(s.person("Twin@example.com")); now == line {
			t.Fatal("the row stands where it stood, so this proves nothing")
		}
		if delta := s.lookAgain(); delta.New+delta.Changed != 0 || delta.Gone != 1 {
			t.Errorf("one person is gone, and the comparison says: %s", delta.Sentence())
		}
	})
}

// lineOf is the line of the export in which somebody's address stands.
func (s *story) lineOf(person *wptest.Person) int {
	before, _, found := bytes.Cut(s.site.Export(), []byte(person.Email))
	if !found {
		s.t.Fatalf("%s is not in the export", person.Email)
	}
	return bytes.Count(before, []byte("\n")) + 1
}
