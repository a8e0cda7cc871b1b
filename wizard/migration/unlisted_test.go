package migration_test

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
)

// TestWhoIsNotInTheTagFileIsNotProven leaves a member out of the tag file. Nobody can tell what they may open, until the owner says that they have no tags.
func TestWhoIsNotInTheTagFileIsNotProven(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		file := s.dir + "/tags.raw"
		lines := strings.Split(string(s.site.MemberTags()), "\n")
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "everything@example.com") })
		s.write(file, []byte(strings.Join(lines, "\n")))
		if _, err := migration.TakeTags(s.deps.Folder, file); err != nil {
			t.Fatal(err)
		}
		s.sendEverybody()
		proof := s.prove()
		if proof.Complete() || proof.TagsUnknown != 1 || proof.Gaps != 1 || !strings.Contains(proof.Sentence(), "Of 1 member nobody knows which tags they have on the site.") {
			t.Errorf("%d gaps, %d unknown: %s", proof.Gaps, proof.TagsUnknown, proof.Sentence())
		}
		if gaps := s.file(migration.GapsFile); !strings.Contains(gaps, "everything@example.com,tags on the site unknown") {
			t.Errorf("the list of gaps does not name the member:\n%s", gaps)
		}
		s.deps.UnlistedHaveNone = true
		s.plan()
		if proof := s.prove(); !proof.Complete() {
			t.Errorf("the owner has said that they have none, and still: %s", proof.Sentence())
		}
	})
}
