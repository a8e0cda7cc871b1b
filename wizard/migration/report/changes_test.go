package report_test

import (
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// lookAgain exports the site once more and compares.
func (s *story) lookAgain() {
	s.t.Helper()
	s.write("second.raw", s.site.Export())
	s.write("second-tags.raw", s.site.MemberTags())
	input := migration.DeltaInput{File: filepath.Join(s.dir, "second.raw"), Tags: filepath.Join(s.dir, "second-tags.raw")}
	if _, err := migration.LookForChanges(s.t.Context(), s.deps, input, job.Discard); err != nil {
		s.t.Fatal(err)
	}
}

// TestWhatChangedAfterTheExportStandsInTheReport looks, carries over and looks once more.
func TestWhatChangedAfterTheExportStandsInTheReport(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			told(t, entry.Provider.ID, func(s *story) {
				late := s.site.People[len(s.site.People)-1]
				late.ID, late.Email, late.Login = 900001, "late.comer@example.com", "late.comer"
				s.site.People = append(s.site.People, late)
				s.lookAgain()
				s.report()
				if text := s.read(report.MarkdownFile); !strings.Contains(text, "1 member is still to be carried over.") || !strings.Contains(text, "late.comer@") {
					s.t.Error("the report does not say that somebody has joined")
				}
				if _, err := migration.CarryChanges(s.t.Context(), s.deps, false, job.Discard); err != nil {
					s.t.Fatal(err)
				}
				written := s.report()
				if written.Verdict.Tone != report.Good {
					s.t.Errorf("%+v %q", written.Verdict, written.Doubts)
				}
				if text := s.read(report.MarkdownFile); !strings.Contains(text, "## What changed on the site after the export") || !strings.Contains(text, "none is left") || !strings.Contains(text, "carried over and proven") {
					s.t.Error("the report does not say that all was carried over")
				}
				if check := s.verify(report.HTMLFile); !check.Sound() {
					s.t.Errorf("%q", check.Problems)
				}
				if strings.Contains(s.read(report.RedactedTextFile), "late.comer") {
					s.t.Error("the redacted report names who has joined")
				}
			})
		})
	}
}

// TestWhatTheToolsDidStandsInTheReport brings students, adds a member, makes a user and sets contact IDs.
func TestWhatTheToolsDidStandsInTheReport(t *testing.T) {
	told(t, "ontraport", func(s *story) {
		s.write("students.raw", []byte("email\nnew.student@example.net\nother.student@example.net\n"))
		if _, err := migration.ReadStudents(s.t.Context(), s.deps.Folder, filepath.Join(s.dir, "students.raw"), wp.Mapping{wp.ColumnEmail: "email"}, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		if _, err := migration.SendStudents(s.t.Context(), s.deps, migration.StudentBatch{Tags: []string{"Course 2024"}, Accepted: true}, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		person := wp.Member{Email: "one.more@example.org", FirstName: "One"}
		if _, err := migration.MakePerson(s.t.Context(), s.deps, person, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		if _, err := migration.TagPerson(s.t.Context(), s.deps, person.Email, "Course 2024", nil, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		handler := s.site.Handler()
		on, err := site.Find(s.t.Context(), site.Settings{Values: handler.Credentials(), Transport: sandbox.Transport(handler)}, "https://members.example.com")
		if err != nil {
			s.t.Fatal(err)
		}
		user, err := migration.MakeUser(s.t.Context(), s.deps.Folder, on, person, job.Discard)
		if err != nil {
			s.t.Fatal(err)
		}
		companion, err := on.Companion(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		const unknown = "Not known: whether the site links every user to their contact."
		made, err := migration.FindPerson(s.t.Context(), s.deps, person.Email, job.Discard)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := migration.LinkPerson(s.t.Context(), s.deps.Folder, companion, "", user.ID, made.ID, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		if s.report(); !strings.Contains(s.read(report.MarkdownFile), unknown) {
			s.t.Error("one user was linked, and the report takes all for read")
		}
		if _, err := migration.LinkSite(s.t.Context(), s.deps.Folder, companion, "", job.Discard); err != nil {
			s.t.Fatal(err)
		}
		state := s.deps.Folder.State()
		state.Step("link-users").Notes = map[string]string{"linked": "yes"}
		if err := s.deps.Folder.Save(state); err != nil {
			s.t.Fatal(err)
		}
		s.prove()
		s.write("orders.raw", []byte("Order ID,Email,Status,Next Charge\n7,everything@example.com,Active,2099-01-01\n"))
		for range 2 {
			if _, err := migration.ReadOrders(s.t.Context(), s.deps.Folder, filepath.Join(s.dir, "orders.raw"), wp.Mapping{"order_id": "Order ID", "user_email": "Email", "status": "Status", "next_charge": "Next Charge"}, job.Discard); err != nil {
				s.t.Fatal(err)
			}
		}
		s.report()
		text := s.read(report.MarkdownFile)
		if strings.Contains(text, unknown) {
			s.t.Error("everybody was linked and read back, and the report does not know it")
		}
		for _, want := range []string{"| Students of a course platform made contacts in the CRM | 2 |", "| Tags put on students | 2 |", "| Contacts made for a single member | 1 |", "| Tags put on the contact of a single member | 1 |",
			"| Users made on the site, without any mail | 1 |", "| Contact IDs set on the site | 58 |",
			"there were 1 subscription:", "Since the look before 0 are new, 0 have changed and 0 are gone."} {
			if !strings.Contains(text, want) {
				s.t.Errorf("the report lacks %q", want)
			}
		}
		if check := s.verify(report.MarkdownFile); !check.Sound() {
			s.t.Errorf("%q", check.Problems)
		}
	})
}

// TestEveryRowAboutAMemberIsTracedToTheJournal changes what a row says it rests on.
func TestEveryRowAboutAMemberIsTracedToTheJournal(t *testing.T) {
	for what, change := range map[string]struct {
		edit func(row []string)
		want string
	}{
		"another line":      {func(row []string) { row[7] = "1" }, "rests on journal line 1, which did not send this member"},
		"a line beyond":     {func(row []string) { row[7] = "99999" }, "rests on journal line 99999, which is not there"},
		"another read-back": {func(row []string) { row[8] = "2020-01-01T00:00:00Z" }, "which is not the last one in the journal"},
		"another member":    {func(row []string) { row[1] = "424242" }, "the row of user 424242 rests on journal line"},
		"a page less":       {func(row []string) { row[3] = "" }, "access.csv is not the list that the read-back in journal line"},
	} {
		t.Run(what, func(t *testing.T) {
			told(t, "kit", func(s *story) {
				s.change(func(contents *sandbox.Contents) { dropTag(contents, "everything@example.com", "Inner Circle Member") })
				s.prove()
				s.report()
				if check := s.verify(report.HTMLFile); !check.Sound() || check.Rows != 2 || !strings.Contains(check.Sentence(), "names the last read-back") {
					s.t.Fatalf("%d rows: %q", check.Rows, check.Problems)
				}
				lines := strings.Split(s.read(migration.AccessFile), "\n")
				row := strings.Split(lines[1], ",")
				if len(row) != 9 || row[7] == "" || row[8] == "" || row[6] == "" {
					s.t.Fatalf("the row is %q", row)
				}
				change.edit(row)
				lines[1] = strings.Join(row, ",")
				s.write(migration.AccessFile, []byte(strings.Join(lines, "\n")))
				if check := s.verify(report.HTMLFile); !strings.Contains(strings.Join(check.Problems, "\n"), change.want) {
					s.t.Errorf("it should say %q, and says %q", change.want, check.Problems)
				}
				if written := s.report(); len(written.Doubts) == 0 {
					s.t.Error("a report that is made of it now has no doubt")
				}
			})
		})
	}
}
