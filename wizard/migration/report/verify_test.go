package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
)

// TestWhatWasEditedByHandIsNamed changes one thing at a time, as somebody would who wants a report to look better.
func TestWhatWasEditedByHandIsNamed(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*story)
		want string
	}{
		{"a figure in the page's data", func(s *story) {
			s.edit(report.HTMLFile, `"value": 57,
      "line"`, `"value": 56,
      "line"`)
		}, "is 56 in the report, but 57 by journal line"},
		{"a word that people read", func(s *story) { s.edit(report.HTMLFile, "Lost 0.", "Lost 1.") }, "its text is not as it was written"},
		{"the line a figure rests on", func(s *story) { s.edit(report.HTMLFile, `"value": 57,`, `"value": 57, "file": "gaps.csv",`) }, "rests on journal line"},
		{"a figure taken out", func(s *story) {
			s.edit(report.HTMLFile, `"name": "access.lost"`, `"name": "access.found"`)
		}, "the report leaves out “Members who lose access”"},
		{"the data block taken out", func(s *story) { s.edit(report.HTMLFile, `id="evidence-data"`, `id="nothing"`) }, "holds no figures"},
		{"a line of the journal", func(s *story) { s.edit("journal.jsonl", `"lost":0`, `"lost":7`) }, "journal.jsonl: line "},
		{"a line taken out of the journal", func(s *story) {
			lines := strings.SplitAfter(s.read("journal.jsonl"), "\n")
			s.write("journal.jsonl", []byte(strings.Join(append(lines[:3:3], lines[4:]...), "")))
		}, "lines are missing before line 4"},
		{"the end of the journal cut off", func(s *story) {
			lines := strings.SplitAfter(s.read("journal.jsonl"), "\n")
			s.write("journal.jsonl", []byte(strings.Join(lines[:5], "")))
		}, "The last ones are gone"},
		{"a list", func(s *story) { s.edit(migration.ContactIDsFile, "=,", "!,") }, "contact-ids.csv: it is not the file"},
		{"a list, and what it counts to", func(s *story) { s.edit(migration.ContactIDsFile, "=,", "!,") }, "with the sign =” is 57 in the report, but 56"},
		{"the plan", func(s *story) { s.edit(migration.PlanFile, `"members": 57`, `"members": 99`) }, "plan.json: it is not the file"},
		{"a file taken away", func(s *story) { os.Remove(filepath.Join(s.dir, migration.GapsFile)) }, "gaps.csv: the report rests on it, but it is gone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			told(t, "activecampaign", func(s *story) {
				s.report()
				if check := s.verify(report.HTMLFile); !check.Sound() {
					s.t.Fatalf("before anything was edited: %q", check.Problems)
				}
				test.edit(s)
				check := s.verify(report.HTMLFile)
				if !strings.Contains(strings.Join(check.Problems, "\n"), test.want) {
					s.t.Errorf("it should name %q, and says %q", test.want, check.Problems)
				}
				if check.Sound() || !strings.Contains(check.Sentence(), "do not rely on it") {
					s.t.Errorf("the sentence is %q", check.Sentence())
				}
			})
		})
	}
}

func TestAReportStaysTrueWhenTheJournalGoesOn(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.report()
		first := s.read(report.HTMLFile)
		s.report()
		s.write("first.html", []byte(first))
		check := s.verify("first.html")
		if !check.Sound() || check.Since != 2 {
			s.t.Errorf("the first report after the second: %+v", check)
		}
	})
}

func TestTheJournalOfAnotherMigrationProvesNothing(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.report()
		kept := s.read(report.MarkdownFile)
		other := begin(s.t, "kit", s.site)
		other.export()
		other.send()
		other.write("report.md", []byte(kept))
		if check := other.verify("report.md"); check.Sound() || !strings.Contains(strings.Join(check.Problems, "\n"), "belongs to another migration") {
			s.t.Errorf("%+v", check)
		}
	})
}

func TestAFileThatIsNoReportIsNoProof(t *testing.T) {
	told(t, "kit", func(s *story) {
		if check := s.verify(migration.MembersFile); check.Sound() {
			s.t.Error("members.csv is called a sound report")
		}
		if _, err := report.Verify(filepath.Join(s.dir, "nothing.html"), ""); err == nil {
			s.t.Error("a report that is not there is checked")
		}
	})
}

func TestAReportAwayFromItsFolderAsksForIt(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.report()
		away := filepath.Join(s.t.TempDir(), "report.html")
		if err := os.WriteFile(away, []byte(s.read(report.HTMLFile)), 0o600); err != nil {
			s.t.Fatal(err)
		}
		alone, err := report.Verify(away, "")
		if err != nil || alone.Sound() || !strings.Contains(alone.Problems[0], "--dir") {
			s.t.Errorf("without the folder: %+v, %v", alone, err)
		}
		if with, err := report.Verify(away, s.dir); err != nil || !with.Sound() {
			s.t.Errorf("with the folder: %+v, %v", with, err)
		}
	})
}

func TestAJournalCanBeCheckedByItself(t *testing.T) {
	told(t, "kit", func(s *story) {
		if check := s.verify("journal.jsonl"); !check.Sound() || !strings.Contains(check.Sentence(), "which only a report can show") {
			s.t.Errorf("%+v %s", check, check.Sentence())
		}
		s.edit("journal.jsonl", `"lost":0`, `"lost":7`)
		if check := s.verify("journal.jsonl"); check.Sound() || !strings.Contains(check.Problems[0], "was altered") {
			s.t.Errorf("%+v", check)
		}
	})
}
