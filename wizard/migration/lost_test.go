package migration_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// savesOne says that a request writes a single contact.
func savesOne(request *http.Request) bool {
	return request.Method == http.MethodPost && (strings.HasSuffix(request.URL.Path, "/contacts") || strings.HasSuffix(request.URL.Path, "saveorupdate"))
}

// notArrived are the members whom the journal last called not arrived.
func (s *story) notArrived() map[int64]bool {
	s.t.Helper()
	members, not := map[string][]int64{}, map[int64]bool{}
	err := s.deps.Folder.Journal().Scan(func(entry checkpoint.Entry) error {
		var data struct {
			Members []int64 `json:"m"`
			Results string  `json:"r"`
		}
		if entry.Op != migration.OpUpsert {
			return nil
		}
		if err := json.Unmarshal(entry.Data, &data); err != nil {
			return err
		}
		if entry.Phase == checkpoint.Intent {
			members[entry.Batch] = data.Members
		}
		for i, letter := range data.Results {
			not[members[entry.Batch][i]] = letter == 'n'
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return not
}

// The owner stops while a contact is looked up whose answer was lost. It is in the CRM: the journal must not say that it never arrived.
func TestStoppedWhileALostContactIsLookedUp(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		if s.deps.CRM.Features().UpsertIdempotent {
			t.Skip("this CRM is asked again, not looked up in")
		}
		s.plan()
		ctx, stop := context.WithCancel(t.Context())
		real := sandbox.Transport(s.sandbox)
		var lost atomic.Bool
		s.through(func(request *http.Request) (*http.Response, error) {
			if !savesOne(request) || !lost.CompareAndSwap(false, true) {
				return nil, nil
			}
			if response, err := real.RoundTrip(request); err == nil {
				response.Body.Close()
			}
			time.AfterFunc(800*time.Millisecond, stop)
			return nil, errors.New("connection reset")
		})
		if _, err := migration.Import(ctx, s.deps, migration.ImportInput{}, job.Discard); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		not, there := s.notArrived(), s.sandbox.Contents().Contacts
		for _, person := range s.site.People {
			if not[person.ID] && slices.ContainsFunc(there, func(c sandbox.Contact) bool { return c.Email == person.Email }) {
				t.Errorf("%s is in the CRM, and the journal says that they did not arrive", person.Email)
			}
		}
	})
}

// A CRM that never says what became of one contact: the others arrive, nothing is written about that one's group, and the next run looks it up.
func TestAContactThatNobodyKnowsTheFateOfIsLookedUpNextTime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "keap", 60, sandbox.Options{})
		s.plan()
		victim := s.person("everything@example.com")
		s.through(func(request *http.Request) (*http.Response, error) {
			if !savesOne(request) {
				return nil, nil
			}
			body, _ := io.ReadAll(request.Body)
			request.Body = io.NopCloser(strings.NewReader(string(body)))
			if strings.Contains(string(body), victim.Email) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
			}
			return nil, nil
		})
		first := s.send(migration.ImportInput{})
		if first.Waiting == 0 || first.Waiting > 20 || s.notArrived()[victim.ID] {
			t.Errorf("%d wait, want the group of %s; the journal calls them not arrived: %v", first.Waiting, victim.Email, s.notArrived()[victim.ID])
		}
		s.reopen()
		if second := s.send(migration.ImportInput{}); second.Waiting > 0 || len(second.Failed) > 0 {
			t.Errorf("%d wait and %d failed once the CRM speaks again", second.Waiting, len(second.Failed))
		}
		if proof := s.prove(); !proof.Complete() {
			t.Error(proof.Sentence())
		}
	})
}

// Somebody signs up at a form of the owner's, with a value in the owner's own field, while the import runs: the value must stay.
func TestWhatAFormWritesDuringTheImportStays(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "keap", 40, sandbox.Options{})
		s.sandbox.Load(sandbox.Contents{Fields: []string{"Shirt size"}})
		s.plan()
		last := s.site.People[len(s.site.People)-1].Email
		var signedUp atomic.Bool
		s.through(func(request *http.Request) (*http.Response, error) {
			if savesOne(request) && signedUp.CompareAndSwap(false, true) {
				s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: last, State: "active", Fields: map[string]string{"Shirt size": "XL"}}}})
			}
			return nil, nil
		})
		s.send(migration.ImportInput{})
		contents := s.sandbox.Contents()
		if held := contactOf(&contents, last); held.Fields["Shirt size"] != "XL" {
			t.Errorf("%s holds %v: what the form wrote is gone", last, held.Fields)
		}
	})
}
