package migration_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// entrants counts once more who has entered what.
func (s *story) entrants() migration.Entrants {
	s.t.Helper()
	found, err := migration.CountEntrants(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// enters puts a tag on the contact of a member by hand, as somebody does who works in ActiveCampaign: that starts what starts with it.
func (s *story) enters(member int, tag string) {
	s.t.Helper()
	contacts, err := s.deps.CRM.Find(s.t.Context(), s.site.People[member].Email)
	if err != nil || len(contacts) != 1 {
		s.t.Fatalf("%d contacts: %v", len(contacts), err)
	}
	tags, err := s.deps.CRM.Tags(s.t.Context())
	at := slices.IndexFunc(tags, func(one crm.Tag) bool { return one.Name == tag })
	if err != nil || at < 0 {
		s.t.Fatalf("no tag %s: %v", tag, err)
	}
	body := fmt.Sprintf(`{"contactTag":{"contact":%q,"tag":%q}}`, contacts[0].ID, tags[at].ID)
	request := httptest.NewRequest(http.MethodPost, "https://sandbox.example.com/api/3/contactTags", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Api-Token", s.sandbox.Credentials()["crm.key"])
	answer := httptest.NewRecorder()
	s.sandbox.ServeHTTP(answer, request)
	if answer.Code >= 300 {
		s.t.Fatalf("%d %s", answer.Code, answer.Body)
	}
}

// startsWithVisitors is an account in which a tag that nobody brings along starts something.
func (s *story) startsWithVisitors() {
	s.sandbox.Load(sandbox.Contents{Tags: []string{"Visitor"}, Automations: []sandbox.Automation{
		{Name: "Welcome mail", Tag: "Visitor", Active: true}, {Name: "Switched off", Tag: "Visitor"}}})
}

// What has started after the import, or while a later sending looked away, is found by the count from before the first one. Where the CRM does not count, that
// is not known, never nobody.
func TestWhoEnteredSinceBeforeTheImportIsCounted(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.startsWithVisitors()
		s.accept(s.plan())
		s.send(migration.ImportInput{})
		found := s.entrants()
		if s.entry.Provider.ID != "activecampaign" {
			if found.Told != 0 || found.Untold == 0 || len(found.Woken) > 0 {
				t.Fatalf("%s does not count, and the count says %+v", s.entry.Provider.Name, found)
			}
			return
		}
		if found.Told != 2 || found.Untold != 0 || len(found.Woken)+len(found.Expected) > 0 {
			t.Fatalf("nothing has started, and the count says %+v", found)
		}
		s.enters(7, "Visitor")
		if found := s.entrants(); len(found.Woken) != 1 || found.Woken[0] != `"Welcome mail" (1 person)` {
			t.Fatalf("somebody has entered, and the count says %+v", found)
		}
		// A later plan and a later sending do not take that for the count of before.
		s.plan()
		s.send(migration.ImportInput{})
		if found := s.entrants(); len(found.Woken) != 1 {
			t.Errorf("somebody has entered before the second sending, and the count says %+v", found)
		}
		s.deps.Began.Fingerprint = "of another account"
		if found := s.entrants(); found.Told != 0 || found.Untold != 2 {
			t.Errorf("nothing was counted in this account, and the count says %+v", found)
		}
	})
}

// counts lets the CRM say of every automation that so many people have entered it.
func (s *story) counts(people int) {
	s.t.Helper()
	s.through(func(request *http.Request) (*http.Response, error) {
		answer, err := sandbox.Transport(s.sandbox).RoundTrip(request)
		if err != nil || !strings.HasSuffix(request.URL.Path, "/automations") {
			return answer, err
		}
		body, err := io.ReadAll(answer.Body)
		body = bytes.ReplaceAll(body, []byte(`"entered":"0"`), []byte(fmt.Sprintf(`"entered":"%d"`, people)))
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return answer, err
	})
}

// Whom the owner has let in is expected. One more is not.
func TestEntrantsWhomTheOwnerHasAcceptedAreExpected(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "activecampaign", 60, sandbox.Options{})
		s.sandbox.Load(sandbox.Contents{Tags: []string{"Visitor"}, Automations: []sandbox.Automation{{Name: "Anything starts it", Active: true}}})
		s.deps.Terms = migration.Terms{Route: migration.RouteUpload}
		s.accept(s.plan())
		if len(s.deps.Decisions) != 1 {
			t.Fatalf("to be decided: %v", s.deps.Decisions)
		}
		s.send(migration.ImportInput{})
		s.counts(3)
		if found := s.entrants(); len(found.Woken) > 0 || len(found.Expected) != 1 || found.Expected[0] != `"Anything starts it" (3 people)` {
			t.Errorf("three of those whom the owner let in have come, and the count says %+v", found)
		}
		s.counts(80)
		if found := s.entrants(); len(found.Woken) != 1 || !strings.Contains(found.Woken[0], ", of whom you have accepted") {
			t.Errorf("more have come than the owner let in, and the count says %+v", found)
		}
	})
}
