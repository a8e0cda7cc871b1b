package activecampaign

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// story is a test with an account in a sandbox and a driver for it, on a clock of its own.
func story(t *testing.T, options sandbox.Options, tell func(t *testing.T, s *Sandbox, d *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(options)
		tell(t, s, connect(t, s))
		if unexpected := s.UnexpectedRequests(); len(unexpected) > 0 {
			t.Errorf("requests that ActiveCampaign does not know: %q", unexpected)
		}
	})
}

// settings open a sandbox behind any handler.
func settings(handler http.Handler) crm.Settings {
	return crm.Settings{
		Values:    map[string]string{optionURL: "http://127.0.0.1:8080/api/3/", optionKey: sandboxKey},
		Transport: sandbox.Transport(handler),
		Log:       slog.New(slog.NewTextHandler(io.Discard, nil)),
		Meter:     &crm.Meter{},
	}
}

func connect(t *testing.T, handler http.Handler) *driver {
	t.Helper()
	made, err := newDriver(settings(handler))
	if err != nil {
		t.Fatal(err)
	}
	return made.(*driver)
}

// under tells a story once for each setting of each switch.
func under(t *testing.T, tell func(t *testing.T, s *Sandbox, d *driver), options ...sandbox.Options) {
	base := sandbox.Options{}
	if len(options) > 0 {
		base = options[0]
	}
	for _, choice := range Switches() {
		for _, setting := range choice.Settings {
			t.Run(choice.Name+"="+setting, func(t *testing.T) {
				chosen := base
				chosen.Switches = map[string]string{choice.Name: setting}
				story(t, chosen, tell)
			})
		}
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// wantKind fails unless err is an *crm.Error of this kind.
func wantKind(t *testing.T, err error, kind crm.Kind) *crm.Error {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("the error is %v, want one of kind %s", err, kind)
	}
	return e
}

// readAll reads everybody, by address.
func readAll(t *testing.T, d *driver) map[string]crm.Contact {
	t.Helper()
	everybody := map[string]crm.Contact{}
	for at, first := crm.Cursor(""), true; first || at != ""; first = false {
		page := must[crm.Page](t)(d.Contacts(t.Context(), at))
		for _, contact := range page.Contacts {
			if _, twice := everybody[contact.Email]; twice {
				t.Errorf("%s was read twice", contact.Email)
			}
			everybody[contact.Email] = contact
		}
		at = page.Next
	}
	return everybody
}

// allQueued fails unless every outcome says so.
func allQueued(t *testing.T, outcomes []crm.Outcome, want int) {
	t.Helper()
	if len(outcomes) != want {
		t.Fatalf("%d outcomes, want %d", len(outcomes), want)
	}
	for i, outcome := range outcomes {
		if outcome.Result != crm.Queued {
			t.Fatalf("contact %d is %s: %v", i, outcome.Result, outcome.Err)
		}
	}
}

func names(tags []crm.Tag) []string {
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Name)
	}
	return names
}

// members are so many contacts with a tag and a field each.
func members(count int, field crm.FieldID) []crm.Contact {
	contacts := make([]crm.Contact, count)
	for i := range contacts {
		contacts[i] = crm.Contact{
			Email: fmt.Sprintf("member%d+site@example.com", i), FirstName: "Zoë", LastName: "O'Hara & Søn",
			Tags: []crm.Tag{{Name: "Gold Member"}},
		}
		if field != "" {
			contacts[i].Fields = map[crm.FieldID]string{field: fmt.Sprint(i)}
		}
	}
	return contacts
}
