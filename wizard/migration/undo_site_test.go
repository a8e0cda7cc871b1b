package migration_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

const siteHome = "https://members.example.com"

// onSite logs in to the made-up site, and returns it with its companion.
func (s *story) onSite(handler *wptest.Handler) (*site.Site, *site.Companion) {
	s.t.Helper()
	found, err := site.Find(s.t.Context(), site.Settings{Values: handler.Credentials(), Transport: sandbox.Transport(handler)}, siteHome)
	if err != nil {
		s.t.Fatal(err)
	}
	companion, err := found.Companion(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return found, companion
}

// contactIDs are the contact IDs of everybody on the site.
func (s *story) contactIDs(companion *site.Companion) map[int64]string {
	s.t.Helper()
	var ids []int64
	for _, person := range s.site.People {
		ids = append(ids, person.ID)
	}
	found, err := companion.Lookup(s.t.Context(), ids, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	there := map[int64]string{}
	for _, user := range found.Users {
		there[user.Stored.ID] = *user.ContactID
	}
	return there
}

// linked is a migration up to step 11: everybody is sent and proven, and the site has the new contact IDs.
func (s *story) linked() *site.Companion {
	s.t.Helper()
	s.sendEverybody()
	s.prove()
	_, companion := s.onSite(s.site.Handler())
	s.deps.Site = companion
	s.link()
	return companion
}

func (s *story) link() {
	s.t.Helper()
	linked, err := migration.LinkSite(s.t.Context(), s.deps.Folder, s.deps.Site, "", job.Discard)
	if err != nil || linked.Set == 0 || len(linked.Problems) > 0 {
		s.t.Fatalf("linking: %+v, %v", linked, err)
	}
}

func TestContactIDsOnTheSiteReturn(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.sendEverybody()
		s.prove()
		_, companion := s.onSite(s.site.Handler())
		were := s.contactIDs(companion)
		s.deps.Site = companion
		s.link()
		s.link2()
		now := s.contactIDs(companion)
		if maps.Equal(were, now) {
			t.Fatal("linking has changed nothing")
		}
		plan, err := migration.PlanUndo(t.Context(), s.deps, 0, job.Discard)
		if err != nil || plan.Links == 0 || !strings.Contains(plan.Sentence(), "the contact ID back") || !maps.Equal(s.contactIDs(companion), now) {
			t.Fatalf("the dry run: %v, %s", err, plan.Sentence())
		}
		if list := s.all(migration.UndoFile); strings.Count(list, "give the user of the site") != plan.Links {
			t.Error("undo.csv does not list the users of the site")
		}
		result := s.undo(0)
		s.isUndone(before, result)
		if got := s.contactIDs(companion); !maps.Equal(were, got) || result.LinksBack != plan.Links {
			t.Errorf("%d of %d contact IDs are back", result.LinksBack, plan.Links)
		}
		if again := s.undo(0); again.LinksBack > 0 || !maps.Equal(were, s.contactIDs(companion)) {
			t.Errorf("a second undo: %+v", again)
		}
	})
}

// link2 links once more, as after a delta: what was there before the first time is what counts.
func (s *story) link2() {
	s.t.Helper()
	again, err := migration.LinkSite(s.t.Context(), s.deps.Folder, s.deps.Site, "", job.Discard)
	if err != nil || again.Set > 0 || again.Already == 0 {
		s.t.Fatalf("linking again: %+v, %v", again, err)
	}
}

func TestAContactIDThatSomebodyHasSetSinceStays(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		companion := s.linked()
		user := s.person("everything@example.com").ID
		if _, err := companion.SetContactIDs(t.Context(), []site.Link{{UserID: user, ContactID: "by-hand"}}, site.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		result := s.undo(0)
		if got := s.contactIDs(companion)[user]; got != "by-hand" {
			t.Errorf("it is %q now", got)
		}
		if !slices.ContainsFunc(result.Left, func(left migration.UndoLeft) bool {
			return left.Kind == "link" && left.Member == user && strings.Contains(left.Why, "by-hand")
		}) {
			t.Errorf("it is not listed: %+v", result.Left)
		}
	})
}

// TestWithoutTheSiteContactIDsAreListed takes back what the CRM holds, and says what was not reached and how it was.
func TestWithoutTheSiteContactIDsAreListed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "ontraport", 60, sandbox.Options{})
		companion := s.linked()
		now := s.contactIDs(companion)
		s.deps.Site, s.deps.NoSite = nil, "the site did not answer"
		result := s.undo(0)
		if !maps.Equal(s.contactIDs(companion), now) || result.Open {
			t.Error("the site was changed, or undo is not finished")
		}
		left := s.all(migration.UndoLeftFile)
		if strings.Count(left, "the site did not answer") < 20 || !strings.Contains(left, "before it was: none") || !strings.Contains(result.Sentence(), "contact IDs on the site") {
			t.Errorf("%s\n%s", result.Sentence(), left)
		}
	})
}

// TestASiteThatStumblesIsGoneOnWith loses answers, runs out of time and is busy.
func TestASiteThatStumblesIsGoneOnWith(t *testing.T) {
	for _, condition := range []wptest.Condition{wptest.LostAnswers, wptest.SlowWrites, wptest.BusyOnce} {
		inBubble(t, func(t *testing.T) {
			s := newStory(t, "drip", 60, sandbox.Options{})
			s.sendEverybody()
			s.prove()
			handler := s.site.Handler()
			_, companion := s.onSite(handler)
			were := s.contactIDs(companion)
			s.deps.Site = companion
			s.link()
			handler.Set(condition, true)
			var result *migration.UndoResult
			for range 10 {
				if result = s.undo(0); !result.Open && len(result.Left) == 0 {
					break
				}
			}
			if got := s.contactIDs(companion); !maps.Equal(were, got) {
				t.Errorf("%v: %s", condition, result.Sentence())
			}
		})
	}
}

// students puts people of a course platform into the CRM: somebody new, somebody whom the CRM knows, and a member.
func (s *story) students(tags ...string) {
	s.t.Helper()
	list := filepath.Join(s.t.TempDir(), "students.csv")
	s.write(list, []byte("email,first name,last name\nnew.student@example.net,New,Student\noutsider@example.net,Other,Name\neverything@example.com,Ada,Member\n"))
	if _, err := migration.ReadStudents(s.t.Context(), s.deps.Folder, list, wp.Mapping{wp.ColumnEmail: "email", wp.ColumnFirstName: "first name", wp.ColumnLastName: "last name"}, job.Discard); err != nil {
		s.t.Fatal(err)
	}
	sent, err := migration.SendStudents(s.t.Context(), s.deps, migration.StudentBatch{Tags: tags, Accepted: true}, job.Discard)
	if err != nil || sent.Complete != 3 {
		s.t.Fatalf("students: %+v, %v", sent, err)
	}
}

func TestWhatTheToolsDidIsTakenBack(t *testing.T) {
	for what, early := range map[string]bool{"before the import": true, "after the import": false} {
		t.Run(what, func(t *testing.T) {
			forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
				s.sandbox.Load(oldCustomers())
				before := s.sandbox.Contents()
				work := []func(){func() { s.students("Course 2024", "Newsletter") }, func() { s.sendEverybody(); s.prove() }, s.addSomebody}
				if !early {
					slices.Reverse(work)
				}
				for _, do := range work {
					do()
					time.Sleep(time.Hour)
				}
				s.isUndone(before, s.undo(0))
			})
		})
	}
}

// addSomebody makes a contact for one person, and puts the tag of what they bought on it and on the contact of an old customer.
func (s *story) addSomebody() {
	s.t.Helper()
	person, err := migration.MakePerson(s.t.Context(), s.deps, wp.Member{Email: "one.more@example.org", FirstName: "One", LastName: "More"}, job.Discard)
	if err != nil || person.Contacts != 1 {
		s.t.Fatalf("the contact: %+v, %v", person, err)
	}
	for _, email := range []string{"one.more@example.org", "outsider@example.net"} {
		tagged, err := migration.TagPerson(s.t.Context(), s.deps, email, "Bought by hand", nil, job.Discard)
		if err != nil || !slices.Contains(tagged.Tags, "Bought by hand") {
			s.t.Fatalf("%s with the tag: %+v, %v", email, tagged, err)
		}
	}
}

// TestToolsAloneAreTakenBackWithoutAnExport uses a tool in a folder that never saw an export.
func TestToolsAloneAreTakenBackWithoutAnExport(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		for _, name := range []string{migration.MembersFile, migration.TagsFile} {
			if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		s.sandbox.Load(oldCustomers())
		before := s.sandbox.Contents()
		s.addSomebody()
		s.students("Course 2024")
		s.isUndone(before, s.undo(0))
		list, err := migration.LoadStudents(s.deps.Folder)
		if err != nil || len(list) != 3 || slices.ContainsFunc(list, func(one migration.Student) bool { return one.Contact != "" }) {
			t.Errorf("the list of students still has contacts: %v %+v", err, list)
		}
		s.students("Course 2024")
	})
}

func TestWhatNoAPITakesBackIsListed(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		on, _ := s.onSite(s.site.Handler())
		made, err := migration.MakeUser(t.Context(), s.deps.Folder, on, wp.Member{Email: "one.more@example.org", FirstName: "One"}, job.Discard)
		if err != nil {
			t.Fatal(err)
		}
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "old.address@example.org", State: "active"}, {Email: "new.address@example.org", State: "active"}}})
		merged, err := migration.MergePair(t.Context(), s.deps, migration.Pair{KeepEmail: "new.address@example.org", Keep: s.contact("new.address@example.org").ID,
			LoseEmail: "old.address@example.org", Lose: s.contact("old.address@example.org").ID}, job.Discard)
		if err != nil {
			t.Fatal(err)
		}
		result := s.undo(0)
		for kind, word := range map[string]string{"user": "never deletes a user", "merge": merged.Saved} {
			if !slices.ContainsFunc(result.Left, func(left migration.UndoLeft) bool { return left.Kind == kind && strings.Contains(left.Why, word) }) {
				t.Errorf("no %s is listed: %+v", kind, result.Left)
			}
		}
		if text := s.all(migration.UndoLeftFile); !strings.Contains(text, "one.more@example.org") || made.ID == 0 {
			t.Errorf("undo-left.csv does not name the user: %s", text)
		}
		if result.Open || !strings.Contains(result.Sentence(), "1 user of the site, 1 merge") {
			t.Error(result.Sentence())
		}
	})
}
