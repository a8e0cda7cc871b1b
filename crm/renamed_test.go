package crm_test

import (
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
)

// Somebody renames a tag in the CRM while the program runs. After the next look its old name is no tag any more, and is made anew.
func TestATagThatWasRenamedIsNotTakenForTheOldOne(t *testing.T) {
	f := &fake{tags: []crm.Tag{{ID: "1", Name: "VIP"}, {ID: "2", Name: "Gold"}}}
	f.create = func(name string) (crm.Tag, error) { return crm.Tag{ID: "3", Name: name}, nil }
	client := open(t, f)
	if tag, err := client.EnsureTag(t.Context(), "VIP"); err != nil || tag.ID != "1" {
		t.Fatalf("%+v, %v", tag, err)
	}
	f.tags[0].Name = "Very important"
	if tags, err := client.Tags(t.Context()); err != nil || tags[0].Name != "Very important" {
		t.Fatalf("%v, %v", tags, err)
	}
	for name, want := range map[string]crm.TagID{"VIP": "3", "Very important": "1", "Gold": "2"} {
		if tag, err := client.EnsureTag(t.Context(), name); err != nil || tag.ID != want {
			t.Errorf("%s is %+v, %v, want %s", name, tag, err, want)
		}
	}
	if _, err := client.Tags(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tag, err := client.EnsureTag(t.Context(), "VIP"); err != nil || tag.ID != "3" {
		t.Errorf("a tag that the list does not show yet is %+v, %v", tag, err)
	}
}

// Somebody deletes a tag in the CRM while the program runs. After the next look it is made anew; a tag made a moment ago, which the list does not show yet, is not.
func TestATagThatWasDeletedIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{tags: []crm.Tag{{ID: "1", Name: "VIP"}}}
		f.create = func(name string) (crm.Tag, error) { return crm.Tag{ID: crm.TagID(name + " made"), Name: name}, nil }
		client := open(t, f)
		if _, err := client.EnsureTag(t.Context(), "Gold"); err != nil {
			t.Fatal(err)
		}
		look := func(name string, want crm.TagID) {
			t.Helper()
			if _, err := client.Tags(t.Context()); err != nil {
				t.Fatal(err)
			}
			if tag, err := client.EnsureTag(t.Context(), name); err != nil || tag.ID != want {
				t.Errorf("%s is %+v, %v, want %s", name, tag, err, want)
			}
		}
		f.create = func(name string) (crm.Tag, error) { return crm.Tag{ID: crm.TagID(name + " again"), Name: name}, nil }
		f.tags = nil
		look("Gold", "Gold made")
		look("VIP", "VIP again")
		time.Sleep(2 * time.Minute)
		look("Gold", "Gold again")
	})
}
