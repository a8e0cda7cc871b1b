package report_test

import (
	"fmt"
	"strings"
	"testing"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp/wptest"
)

// TestTheReportOfAMigrationThatWentWell is written for every CRM, and fits its journal.
func TestTheReportOfAMigrationThatWentWell(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			told(t, entry.Provider.ID, func(s *story) {
				written := s.report()
				if written.Verdict.Tone != report.Good || len(written.Doubts) > 0 {
					s.t.Errorf("the verdict is %+v, with doubts %q", written.Verdict, written.Doubts)
				}
				for _, name := range written.Files {
					check := s.verify(name)
					if !check.Sound() || check.Figures < 30 || check.Files < 8 || check.Lines == 0 {
						s.t.Errorf("%s: %+v", name, check)
					}
					text := s.read(name)
					if !strings.Contains(text, written.Verdict.Sentence) || !strings.Contains(text, "A test purchase gives access") {
						s.t.Errorf("%s lacks the verdict or what is left to do", name)
					}
				}
			})
		})
	}
}

func TestAMemberWhoLosesAccessStandsInTheReportWithTheirJournalLine(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.change(func(contents *sandbox.Contents) { dropTag(contents, "everything@example.com", "Inner Circle Member") })
		s.prove()
		written := s.report()
		if written.Verdict.Tone != report.Bad || !strings.Contains(written.Verdict.Sentence, "Lost 1.") {
			s.t.Errorf("the verdict is %+v", written.Verdict)
		}
		row := ""
		for _, line := range strings.Split(s.read(report.MarkdownFile), "\n") {
			if strings.Contains(line, "| lost ") && strings.Contains(line, "everything@example.com") {
				row = line
			}
		}
		if row == "" || strings.HasSuffix(row, "| none |") {
			s.t.Errorf("the row of the member who loses access, with the line of the journal: %q", row)
		}
		if check := s.verify(report.HTMLFile); !check.Sound() {
			s.t.Errorf("bad news has to be as true as good news: %q", check.Problems)
		}
	})
}

func TestWithoutAReadBackNothingIsProven(t *testing.T) {
	s := begin(t, "drip", wptest.New(30, 1))
	s.export()
	written := s.report()
	if written.Verdict.Tone != report.Unknown || written.Verdict.Word != "Not proven" {
		t.Errorf("the verdict is %+v", written.Verdict)
	}
	if check := s.verify(report.HTMLFile); !check.Sound() {
		t.Errorf("%q", check.Problems)
	}
}

func TestWorkAfterTheLastReadBackMakesTheVerdictUncertain(t *testing.T) {
	told(t, "kit", func(s *story) {
		everybody := migration.ImportInput{Again: []int64{1}}
		if _, err := migration.Import(s.t.Context(), s.deps, everybody, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		written := s.report()
		if written.Verdict.Tone != report.Unknown || len(written.Doubts) != 1 {
			s.t.Errorf("the verdict is %+v, the doubts %q", written.Verdict, written.Doubts)
		}
	})
}

func TestAListThatDoesNotFitTheReadBackIsADoubt(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.write(migration.AccessFile, []byte("verdict,ID,user_email,lost,gained,note\nlost,9,somebody@example.com,A page,,\n"))
		written := s.report()
		if written.Verdict.Tone == report.Good || len(written.Doubts) != 1 || !strings.Contains(written.Doubts[0], "access.csv") {
			s.t.Errorf("the verdict is %+v, the doubts %q", written.Verdict, written.Doubts)
		}
	})
}

func TestLongListsAreCutAndSayWhereTheRestIs(t *testing.T) {
	told(t, "kit", func(s *story) {
		rows := "ID,user_email,problem,tags\n"
		for i := range 1200 {
			rows += fmt.Sprintf("%d,member%d@example.com,tags missing,Gold\n", i+1, i)
		}
		s.write(migration.GapsFile, []byte(rows))
		s.report()
		page := s.read(report.HTMLFile)
		if !strings.Contains(page, "The first 500 of 1,200 are shown. All of them are in gaps.csv.") {
			s.t.Error("the report does not say where the rest of the list is")
		}
		if !strings.Contains(page, "member499@") || strings.Contains(page, "member500@") {
			s.t.Error("the list is not cut after 500 rows")
		}
	})
}

func TestADamagedJournalGetsNoReport(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.edit("journal.jsonl", `"name":"customer_id"`, `"name":"customer_ID"`)
		_, err := report.Write(s.deps.Folder, s.options)
		told, isTold := err, false
		for told != nil {
			var folder *checkpoint.Error
			if folder, isTold = told.(*checkpoint.Error); isTold {
				if folder.Code != "FOLDER-JOURNAL" || !strings.Contains(folder.What, "was altered") {
					s.t.Errorf("it says %+v", folder)
				}
				return
			}
			wrapped, _ := told.(interface{ Unwrap() error })
			if wrapped == nil {
				break
			}
			told = wrapped.Unwrap()
		}
		s.t.Errorf("the error does not speak to people: %v", err)
	})
}

// TestTheTimelineSaysWhatAPersonDid with the words of the screen, and their note.
func TestTheTimelineSaysWhatAPersonDid(t *testing.T) {
	told(t, "keap", func(s *story) {
		s.report()
		for _, name := range []string{report.HTMLFile, report.MarkdownFile} {
			text := s.read(name)
			for _, want := range []string{"Ticked: You have looked at the sample", "looked at Ada Lovelace with Jane", "4. Import the members"} {
				if !strings.Contains(strings.ReplaceAll(text, "\\", ""), want) {
					s.t.Errorf("%s lacks %q", name, want)
				}
			}
		}
	})
}
