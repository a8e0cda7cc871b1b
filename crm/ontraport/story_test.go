package ontraport

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// account opens a driver on a sandbox that is within the process.
func account(t *testing.T, options sandbox.Options) (*driver, *fake) {
	t.Helper()
	f := newFake(options)
	return driverFor(t, f, f), f
}

// driverFor opens a driver whose requests go through a wrapped sandbox.
func driverFor(t *testing.T, f *fake, wrapped http.Handler) *driver {
	t.Helper()
	values := f.Credentials()
	values["crm.url"] = "http://127.0.0.1:1"
	d, err := Provider().New(crm.Settings{Values: values, Transport: sandbox.Transport(wrapped)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*driver)
}

// member is one of the made-up people of these tests.
func member(i int) crm.Contact {
	return crm.Contact{Email: fmt.Sprintf("member+%d@example.com", i), FirstName: "Member", LastName: fmt.Sprintf("No %d", i)}
}

// readAll reads everybody as a migration does.
func readAll(t *testing.T, d *driver) map[string]crm.Contact {
	t.Helper()
	everybody := map[string]crm.Contact{}
	var at crm.Cursor
	for {
		page, err := d.Contacts(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, contact := range page.Contacts {
			if _, twice := everybody[contact.Email]; twice {
				t.Errorf("%s was read twice", contact.Email)
			}
			everybody[contact.Email] = contact
		}
		if page.Next == "" {
			return everybody
		}
		at = page.Next
	}
}

func names(tags []crm.Tag) []string {
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Name)
	}
	slices.Sort(names)
	return names
}

// save writes contacts one by one and fails the test on anything but success.
func save(t *testing.T, d *driver, contacts ...crm.Contact) []crm.Target {
	t.Helper()
	var targets []crm.Target
	for _, contact := range contacts {
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{contact})
		if err != nil {
			t.Fatal(err)
		}
		if outcomes[0].Err != nil || outcomes[0].ID == "" {
			t.Fatalf("saving %s: %+v", contact.Email, outcomes[0])
		}
		targets = append(targets, crm.Target{ID: outcomes[0].ID, Email: contact.Email})
	}
	return targets
}

// migrate does what a migration does with a CRM: fields, tags, people, their tags, and reads it all back.
func migrate(t *testing.T, d *driver, f *fake, members int) {
	t.Helper()
	ctx := t.Context()
	field, err := d.CreateField(ctx, crm.Field{Name: "customer_id", Type: crm.FieldText})
	if err != nil {
		t.Fatal(err)
	}
	gold, err := d.CreateTag(ctx, "Gold Member")
	if err != nil {
		t.Fatal(err)
	}
	var contacts []crm.Contact
	for i := range members {
		contact := member(i)
		contact.Fields = map[crm.FieldID]string{field.ID: fmt.Sprint(i)}
		contacts = append(contacts, contact)
	}
	targets := save(t, d, contacts...)
	save(t, d, contacts[0])
	applyTo(ctx, t, d, gold, targets)
	everybody := readAll(t, d)
	if len(everybody) != members {
		t.Fatalf("read %d contacts, want %d", len(everybody), members)
	}
	for i, contact := range contacts {
		got := everybody[contact.Email]
		if !got.TagsKnown || !got.FieldsKnown || got.ID != targets[i].ID || got.FirstName != "Member" ||
			got.Fields[field.ID] != fmt.Sprint(i) || !slices.Equal(names(got.Tags), []string{"Gold Member"}) {
			t.Fatalf("%s came back as %+v", contact.Email, got)
		}
	}
	if found, err := d.Find(ctx, "member+1@example.com"); err != nil || len(found) != 1 || found[0].ID != targets[1].ID {
		t.Errorf("find: %v %v", found, err)
	}
	if unexpected := f.UnexpectedRequests(); len(unexpected) > 0 {
		t.Errorf("the driver sent what no careful client sends: %v", unexpected)
	}
}

// applyTo puts a tag on everybody and waits until Ontraport has done so.
func applyTo(ctx context.Context, t *testing.T, d *driver, tag crm.Tag, targets []crm.Target) {
	t.Helper()
	outcomes, err := d.ApplyTag(ctx, tag, targets)
	if err != nil {
		t.Fatal(err)
	}
	for _, outcome := range outcomes {
		if outcome.Result != crm.Queued {
			t.Fatalf("tagging: %+v", outcome)
		}
	}
	if _, err := d.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestMigrationWorksUnderEverySwitch(t *testing.T) {
	for _, s := range Switches() {
		for _, setting := range s.Settings {
			t.Run(s.Name+"="+setting, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d, f := account(t, sandbox.Options{Switches: map[string]string{s.Name: setting}})
					migrate(t, d, f, 130)
				})
			})
		}
	}
}

func TestMigrationEndsTheSameUnderEveryFault(t *testing.T) {
	contents := func(t *testing.T, faults string) (left sandbox.Contents) {
		synctest.Test(t, func(t *testing.T) {
			d, f := account(t, sandbox.Options{Faults: faults, Seed: 7})
			patiently(t, d, 60)
			left = f.Contents()
		})
		return left
	}
	clean := contents(t, sandbox.FaultsNone)
	for _, faults := range []string{sandbox.FaultsSlow, sandbox.FaultsStorm, sandbox.FaultsQuota, sandbox.FaultsOutage} {
		t.Run(faults, func(t *testing.T) {
			if got := contents(t, faults); fmt.Sprint(got) != fmt.Sprint(clean) {
				t.Errorf("left\n%v\nwant\n%v", got, clean)
			}
		})
	}
}

// patiently migrates as a careful caller does: what is unknown is looked up before it is sent again.
func patiently(t *testing.T, d *driver, members int) {
	t.Helper()
	tag, err := d.CreateTag(t.Context(), "Gold Member")
	if err != nil {
		t.Fatal(err)
	}
	var targets []crm.Target
	for i := range members {
		targets = append(targets, crm.Target{ID: saveSurely(t, d, member(i)), Email: member(i).Email})
	}
	applyTo(t.Context(), t, d, tag, targets)
}

func saveSurely(t *testing.T, d *driver, contact crm.Contact) crm.ContactID {
	t.Helper()
	for range 20 {
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{contact})
		if err != nil && !crm.Passing(err) {
			t.Fatal(err)
		}
		if err == nil && outcomes[0].ID != "" && outcomes[0].Result != crm.Unknown {
			return outcomes[0].ID
		}
		found, err := d.Find(t.Context(), contact.Email)
		if err == nil && len(found) == 1 {
			contact.ID = found[0].ID
		}
	}
	t.Fatalf("%s could not be saved", contact.Email)
	return ""
}
