package migration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
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

// TestASignUpShortlyBeforeTheImportOutlivesUndo lets somebody sign up by a form of the CRM five minutes before the import sends them.
func TestASignUpShortlyBeforeTheImportOutlivesUndo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "everything@example.com", State: "active"}}})
		time.Sleep(5 * time.Minute)
		s.send(migration.ImportInput{})
		s.prove()
		time.Sleep(time.Hour)
		s.staysAndIsListed("everything@example.com", s.undo(0))
	})
}

// TestASignUpWhileTheImportRunsOutlivesUndo lets somebody sign up after the first members have been sent, just before they are sent themselves. Where the CRM
// does not say whom it has made, nobody could tell the two apart.
func TestASignUpWhileTheImportRunsOutlivesUndo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		if !s.deps.CRM.Features().TellsNew {
			t.Skip("this CRM does not say whom it has made")
		}
		last := s.site.People[len(s.site.People)-1].Email
		s.plan()
		s.onFirst(func(request *http.Request) bool {
			return request.Method == http.MethodPost && (strings.HasSuffix(request.URL.Path, "/contacts") || strings.HasSuffix(request.URL.Path, "saveorupdate"))
		}, func() {
			s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: last, State: "active"}}})
		})
		s.send(migration.ImportInput{})
		s.prove()
		time.Sleep(time.Hour)
		s.staysAndIsListed(last, s.undo(0))
	})
}

// onFirst does something once, before the first request of a kind goes out.
func (s *story) onFirst(kind func(*http.Request) bool, do func()) {
	var done atomic.Bool
	s.through(func(request *http.Request) (*http.Response, error) {
		if kind(request) && done.CompareAndSwap(false, true) {
			do()
		}
		return nil, nil
	})
}

func (s *story) staysAndIsListed(email string, result *migration.UndoResult) {
	s.t.Helper()
	if !slices.ContainsFunc(s.sandbox.Contents().Contacts, func(c sandbox.Contact) bool { return c.Email == email }) {
		s.t.Errorf("undo removed a contact that somebody else had made, and says: %s", result.Sentence())
	}
	if !slices.ContainsFunc(result.Left, func(left migration.UndoLeft) bool { return left.Kind == "contact" && left.Email == email }) {
		s.t.Errorf("it is not listed: %s", result.Sentence())
	}
}

// TestUndoKnowsItsContactsByASlowClock takes everything back at a CRM whose clock is seven minutes slow.
func TestUndoKnowsItsContactsByASlowClock(t *testing.T) {
	stamp := regexp.MustCompile(`"(cdate|created_at|create_time)":"([^"]+)"`)
	slow := func(text []byte) []byte {
		return stamp.ReplaceAllFunc(text, func(found []byte) []byte {
			parts := stamp.FindSubmatch(found)
			at, err := time.Parse(time.RFC3339, string(parts[2]))
			if err != nil {
				return found
			}
			return []byte(`"` + string(parts[1]) + `":"` + at.Add(-7*time.Minute).Format(time.RFC3339) + `"`)
		})
	}
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		before := s.sandbox.Contents()
		inLife := sandbox.Transport(s.sandbox)
		s.through(func(request *http.Request) (*http.Response, error) {
			response, err := inLife.RoundTrip(request)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				return nil, err
			}
			response.Body = io.NopCloser(bytes.NewReader(slow(body)))
			response.Header.Set("Date", time.Now().Add(-7*time.Minute).UTC().Format(http.TimeFormat))
			return response, nil
		})
		s.sendEverybody()
		s.prove()
		s.isUndone(before, s.undo(0))
	})
}

// TestUndoAfterAnAddressChanged brings a member a second time, under their new address. Undo removes both contacts, or lists what stays.
func TestUndoAfterAnAddressChanged(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.moves("everything@example.com", "moved@example.com")
		result := s.undo(0)
		left := s.all(migration.UndoLeftFile)
		for _, contact := range s.sandbox.Contents().Contacts {
			if moved := contact.Email == "moved@example.com"; (moved || contact.Email == "everything@example.com") && !strings.Contains(left, contact.Email) {
				t.Errorf("%s stays with tags %v and fields %v, and is not listed: %s", contact.Email, contact.Tags, contact.Fields, result.Sentence())
			}
			if len(contact.Tags) > 0 {
				t.Errorf("%s keeps the tags %v", contact.Email, contact.Tags)
			}
		}
		if features := s.deps.CRM.Features(); features.TellsNew && strings.Contains(left, "moved@example.com") {
			t.Errorf("the CRM said that AllySwitch made it, and it stays: %s", left)
		}
	})
}

// TestAContactThatHadTheNewAddressOutlivesUndo lets a member move to an address that the owner's CRM knew already, as that of somebody who had signed up.
func TestAContactThatHadTheNewAddressOutlivesUndo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "moved@example.com", State: "active"}}})
		s.moves("everything@example.com", "moved@example.com")
		s.staysAndIsListed("moved@example.com", s.undo(0))
	})
}

// moves changes the address of a member on the site and carries that over.
func (s *story) moves(from, to string) {
	s.t.Helper()
	person := s.person(from)
	person.Email = to
	s.lookAgain()
	s.carry()
	s.send(migration.ImportInput{Again: []int64{person.ID}})
	s.prove()
	time.Sleep(time.Hour)
}

// TestATagThatWasBeingMadeGoesWithUndo stops the import while a tag is being made. The CRM has made it, and nobody saw its answer.
func TestATagThatWasBeingMadeGoesWithUndo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		if features := s.deps.CRM.Features(); features.TagsImplicit || !features.CanDeleteTag {
			t.Skip("this CRM makes or deletes no tags by themselves")
		}
		before := s.contents()
		s.plan()
		ctx, stop := context.WithCancel(t.Context())
		inLife := sandbox.Transport(s.sandbox)
		s.through(func(request *http.Request) (*http.Response, error) {
			if request.Method != http.MethodPost || !strings.HasSuffix(strings.ToLower(request.URL.Path), "/tags") {
				return nil, nil
			}
			response, err := inLife.RoundTrip(request)
			if err != nil || len(s.sandbox.Contents().Tags) == 0 {
				return response, err
			}
			response.Body.Close()
			stop()
			return nil, context.Canceled
		})
		if _, err := migration.Import(ctx, s.deps, migration.ImportInput{}, job.Discard); !errors.Is(err, context.Canceled) {
			t.Fatalf("the import was not stopped: %v", err)
		}
		if len(s.sandbox.Contents().Tags) == 0 {
			t.Fatal("no tag was made")
		}
		s.reopen()
		time.Sleep(time.Hour)
		if result := s.undo(0); s.contents() != before {
			t.Errorf("%s\n%s", result.Sentence(), difference(before, s.contents()))
		}
	})
}

// TestHalfAMergeIsListedByUndo moves one of two tags from contact to contact, where the CRM cannot merge; then the CRM refuses, the second time at once.
func TestHalfAMergeIsListedByUndo(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "kit", 20, sandbox.Options{})
		const keep, lose = "new.address@example.org", "old.address@example.org"
		s.sandbox.Load(sandbox.Contents{Tags: []string{"One", "Two"}, Contacts: []sandbox.Contact{{Email: lose, State: "active", Tags: []string{"One", "Two"}}, {Email: keep, State: "active"}}})
		s.sendEverybody()
		s.prove()
		pair, calls := migration.Pair{KeepEmail: keep, Keep: s.contact(keep).ID, LoseEmail: lose, Lose: s.contact(lose).ID}, 0
		s.through(func(request *http.Request) (*http.Response, error) {
			if request.Method == http.MethodPost && strings.Contains(request.URL.Path, "/subscribers") {
				if calls++; calls >= 2 {
					return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"errors":["no"]}`))}, nil
				}
			}
			return nil, nil
		})
		for range 2 {
			if _, err := migration.MergePair(t.Context(), s.deps, pair, job.Discard); err == nil {
				t.Fatal("the CRM did not refuse")
			}
		}
		s.reopen()
		time.Sleep(time.Hour)
		result := s.undo(0)
		contents := s.sandbox.Contents()
		if kept := contactOf(&contents, keep); len(kept.Tags) != 1 {
			t.Fatalf("%s carries %v", keep, kept.Tags)
		}
		if !strings.Contains(s.all(migration.UndoLeftFile), keep) {
			t.Errorf("a tag was moved, and undo does not say so: %s", result.Sentence())
		}
	})
}

// TestAUserWhoseMakingWasCutOffIsListed has a user of the site asked for, once or twice. Who was there before is nobody that AllySwitch made.
func TestAUserWhoseMakingWasCutOffIsListed(t *testing.T) {
	const made, existed, refused = `{"user":7,"existed":false}`, `{"user":7,"existed":true}`, `{"error":"no"}`
	for name, test := range map[string]struct {
		answers []string
		listed  string
	}{
		"made":                      {[]string{made}, "user 7 of the site"},
		"there already":             {[]string{existed}, ""},
		"refused":                   {[]string{refused}, ""},
		"cut off":                   {[]string{""}, "may have made"},
		"cut off, then there":       {[]string{"", existed}, "user 7 of the site"},
		"cut off, then refused":     {[]string{"", refused}, "may have made"},
		"refused, then there":       {[]string{refused, existed}, ""},
		"made, and there once more": {[]string{made, existed}, "user 7 of the site"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newStory(t, "activecampaign", 20, sandbox.Options{})
				for _, answer := range test.answers {
					s.journal(checkpoint.Intent, `{"email":"one.more@example.org"}`)
					switch answer {
					case "":
					case refused:
						s.journal(checkpoint.Failed, answer)
					default:
						s.journal(checkpoint.Done, answer)
					}
				}
				plan, err := migration.PlanUndo(t.Context(), s.deps, 0, job.Discard)
				if err != nil {
					t.Fatal(err)
				}
				listed := ""
				for _, left := range plan.Left {
					listed += left.What
				}
				if listed != test.listed && (test.listed == "" || !strings.Contains(listed, test.listed)) {
					t.Errorf("listed: %q", listed)
				}
			})
		})
	}
}

// journal writes a line about a user of the site.
func (s *story) journal(phase checkpoint.Phase, data string) {
	s.t.Helper()
	if err := s.deps.Folder.Journal().Append(checkpoint.Entry{Phase: phase, Op: migration.OpMember, Batch: "user", Data: json.RawMessage(data)}); err != nil {
		s.t.Fatal(err)
	}
}
