package migration_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
)

// TestAJournalOfAnEarlierVersionStillKnowsWhoWasSent keeps the content hash as journals have it.
func TestAJournalOfAnEarlierVersionStillKnowsWhoWasSent(t *testing.T) {
	s := newStory(t, "kit", 60, sandbox.Options{})
	roster, err := migration.LoadRoster(s.deps.Folder, false)
	if err != nil {
		t.Fatal(err)
	}
	all := sha256.New()
	for i := range roster.Members {
		fmt.Fprintln(all, roster.ContentHash(i), roster.Members[i].TagsKnown)
	}
	if want := hex.EncodeToString(all.Sum(nil))[:16]; roster.Fingerprint != want {
		t.Errorf("the fingerprint is %s, not %s", roster.Fingerprint, want)
	}
	for i, m := range roster.Members {
		sum := fnv.New32a()
		fmt.Fprint(sum, m.ID, "\x00", m.Email, "\x00", m.FirstName, "\x00", m.LastName, "\x00", m.Registered, "\x00", m.CustomerID)
		for _, tag := range roster.TagNames(i) {
			fmt.Fprint(sum, "\x00", tag)
		}
		if want := fmt.Sprintf("%08x", sum.Sum32()); roster.ContentHash(i) != want {
			t.Errorf("%s has %s, not %s", m.Email, roster.ContentHash(i), want)
		}
	}
}
