package migration_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

// rehearse tries the import on a copy of the account.
func (c child) rehearse(ctx context.Context, deps migration.Deps) error {
	entry, _ := registry.Find(c.CRM)
	_, err := migration.Rehearse(ctx, deps, migration.RehearseInput{Sandbox: entry.Sandbox, Switches: entry.Switches}, job.Discard)
	return err
}

// latecomer is the one person who is added by herself.
var latecomer = wp.Member{Email: "late.comer@example.org", FirstName: "Late", LastName: "Comer"}

// addMember makes one person a contact and a user, and links the two.
func (c child) addMember(ctx context.Context, deps migration.Deps) error {
	person, err := migration.MakePerson(ctx, deps, latecomer, job.Discard)
	if err != nil {
		return err
	}
	if person.Contacts != 1 {
		return fmt.Errorf("%d contacts have the address", person.Contacts)
	}
	on, err := site.Find(ctx, site.Settings{Values: c.Site}, c.Site["url"])
	if err != nil {
		return err
	}
	made, err := migration.MakeUser(ctx, deps.Folder, on, latecomer, job.Discard)
	if err != nil {
		return err
	}
	linked, err := migration.LinkPerson(ctx, deps.Folder, deps.Site, "", made.ID, person.ID, job.Discard)
	if err == nil && len(linked.Problems) > 0 {
		err = errors.New(linked.Problems[0].Reason)
	}
	return err
}

// TestAddingAMemberOutlivesAPulledPlug kills the process at every moment at which one person becomes a contact and a user. In the end there is one of each, linked to
// each other, and nobody got a mail.
func TestAddingAMemberOutlivesAPulledPlug(t *testing.T) {
	points := []string{"member-after-intent", "member-before-outcome", "member-after-intent#2", "member-before-outcome#2", "link-after-intent", "link-after-call",
		"journal-before-write#2", "journal-after-sync#3", "journal-before-write#4", "journal-after-sync#5"}
	for _, entry := range registry.All() {
		for _, point := range points {
			t.Run(entry.Provider.ID+"/"+point, func(t *testing.T) {
				t.Parallel()
				p, handler := newPlug(t, entry.Provider.ID), wptest.New(45, 1).Handler()
				server := httptest.NewServer(handler)
				t.Cleanup(server.Close)
				p.child.Site = map[string]string{"url": server.URL}
				maps.Copy(p.child.Site, handler.Credentials())
				if !p.killed("member", point) {
					t.Error("it was not killed")
				}
				p.oneOfEach(handler)
			})
		}
	}
}

// oneOfEach looks for exactly one contact and one user, linked to each other.
func (p *plug) oneOfEach(handler *wptest.Handler) {
	p.t.Helper()
	var contacts []sandbox.Contact
	for _, contact := range p.box.Contents().Contacts {
		if contact.Email == latecomer.Email {
			contacts = append(contacts, contact)
		}
	}
	users := slices.DeleteFunc(handler.People(), func(person wptest.Person) bool { return person.Email != latecomer.Email })
	if len(contacts) != 1 || len(users) != 1 {
		p.t.Fatalf("there are %d contacts and %d users", len(contacts), len(users))
	}
	if contacts[0].FirstName != latecomer.FirstName || users[0].Roles != "subscriber" || len(handler.Mail()) > 0 {
		p.t.Errorf("half a record: %+v, %+v, mail to %q", contacts[0], users[0], handler.Mail())
	}
	companion, err := p.child.companion(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	found, err := companion.Lookup(p.t.Context(), []int64{users[0].ID}, nil)
	if err != nil || len(found.Users) != 1 || found.Users[0].ContactID == nil || *found.Users[0].ContactID != string(p.contact(latecomer.Email)) {
		p.t.Errorf("the user is not linked to the contact: %+v, %v", found, err)
	}
}

// TestPlanningOutlivesAPulledPlug kills the process while it puts each file of a plan in its place. What the next process plans, and then sends, is what an undisturbed one does.
func TestPlanningOutlivesAPulledPlug(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			want := undisturbed(t, entry.Provider.ID)
			for _, point := range []string{"file-before-rename", "file-after-rename", "file-before-rename#2", "file-after-rename#2", "file-before-rename#3", "file-after-rename#3"} {
				p := newPlug(t, entry.Provider.ID)
				before := p.contents()
				if !p.killed("plan", point) {
					t.Errorf("%s was not reached", point)
				}
				if p.contents() != before {
					t.Errorf("%s: planning has changed the CRM", point)
				}
				p.leavesNoHalfFile(point)
				if p.child.Work = ""; !p.run("", 0) || p.contents() != want {
					t.Errorf("%s: the import after it left something else:\n%s", point, difference(want, p.contents()))
				}
			}
		})
	}
}

// TestARehearsalOutlivesAPulledPlug kills the process in the middle of a rehearsal. The account is as it was, the copy of the members is removed by whatever comes next,
// and another rehearsal says what an undisturbed one says.
func TestARehearsalOutlivesAPulledPlug(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			want := undisturbed(t, entry.Provider.ID)
			calm := newPlug(t, entry.Provider.ID)
			calm.does("plan")
			calm.does("rehearse")
			said := calm.rehearsed()
			for i, point := range []string{"upsert-after-intent", "upsert-after-call", "journal-before-write#3", "journal-after-sync#6", "file-before-rename#2", "file-after-rename#5"} {
				p := newPlug(t, entry.Provider.ID)
				p.does("plan")
				before, journal := p.contents(), p.file("journal.jsonl")
				p.child.Work = "rehearse"
				if p.run(point, 0) {
					t.Errorf("%s was not reached", point)
				}
				if p.contents() != before || p.file("journal.jsonl") != journal {
					t.Errorf("%s: the rehearsal has left something in the account or the journal", point)
				}
				if i%2 == 0 {
					p.does("rehearse")
					if got := p.rehearsed(); got != said {
						t.Errorf("%s: the rehearsal after it says %s, an undisturbed one %s", point, got, said)
					}
				}
				p.does("")
				if p.contents() != want {
					t.Errorf("%s: the import after it left something else:\n%s", point, difference(want, p.contents()))
				}
				p.leavesNoHalfFile(point)
			}
		})
	}
}

// does does some work undisturbed.
func (p *plug) does(work string) {
	p.t.Helper()
	p.child.Work = work
	if !p.run("", 0) {
		p.t.Fatalf("%q did not come to its end", work)
	}
}

// file is a file of the folder, empty when there is none.
func (p *plug) file(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.child.Dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	return string(data)
}

// rehearsed is what a rehearsal predicts, without times and without requests: how often a busy computer asks whether something is done is a matter of chance.
func (p *plug) rehearsed() string {
	p.t.Helper()
	folder, err := checkpoint.Open(p.child.Dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		p.t.Fatal(err)
	}
	defer folder.Close()
	r, err := migration.LoadRehearsal(folder)
	if err != nil || r == nil {
		p.t.Fatalf("there is no rehearsal: %v", err)
	}
	return fmt.Sprint(r.Created, r.Updated, r.Refused, r.PairsMissing, r.Access, r.Stopped)
}

// leavesNoHalfFile looks for the copy of a rehearsal, and for files under the names that they have while they are written.
func (p *plug) leavesNoHalfFile(point string) {
	p.t.Helper()
	entries, err := os.ReadDir(p.child.Dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.Contains(entry.Name(), ".tmp") || strings.HasPrefix(entry.Name(), ".") {
			p.t.Errorf("%s: %s is left behind", point, entry.Name())
		}
	}
}
