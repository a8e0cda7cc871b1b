package migration_test

import (
	"slices"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
)

// TestMergingOutlivesAPulledPlug kills the process before and after two contacts become one, or one gets the other's tags where the CRM cannot merge. In the end the kept
// contact has the tags of both.
func TestMergingOutlivesAPulledPlug(t *testing.T) {
	const kept, lost = "new.address@example.org", "old.address@example.org"
	for _, entry := range registry.All() {
		for _, point := range []string{"journal-before-write", "journal-after-sync", "journal-before-write#2"} {
			t.Run(entry.Provider.ID+"/"+point, func(t *testing.T) {
				t.Parallel()
				p := newPlug(t, entry.Provider.ID)
				p.box.Load(sandbox.Contents{Tags: []string{"Gold", "Silver"}, Contacts: []sandbox.Contact{
					{Email: kept, State: "active", Tags: []string{"Gold"}}, {Email: lost, State: "active", Tags: []string{"Silver"}}}})
				p.child.Pair = migration.Pair{KeepEmail: kept, Keep: p.contact(kept), LoseEmail: lost, Lose: p.contact(lost)}
				if !p.killed("merge", point) {
					t.Errorf("merging was not killed")
				}
				p.holds(kept, "Gold", true)
				p.holds(kept, "Silver", true)
				client := p.open()
				_, merges := client.Merger()
				there := slices.ContainsFunc(p.box.Contents().Contacts, func(c sandbox.Contact) bool { return c.Email == lost })
				if merges == there {
					t.Errorf("the CRM merges: %v, and the other contact is there: %v", merges, there)
				}
			})
		}
	}
}

// open is the CRM as another program sees it.
func (p *plug) open() *crm.Client {
	p.t.Helper()
	entry, _ := registry.Find(p.child.CRM)
	client, err := crm.Open(entry.Provider, crm.Settings{Values: p.child.Values})
	if err != nil {
		p.t.Fatal(err)
	}
	return client
}

// contact is the ID of the one contact with an address.
func (p *plug) contact(email string) crm.ContactID {
	p.t.Helper()
	found, err := p.open().Find(p.t.Context(), email)
	if err != nil || len(found) != 1 {
		p.t.Fatalf("%s: %d contacts, %v", email, len(found), err)
	}
	return found[0].ID
}
