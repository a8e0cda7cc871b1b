package report_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp/wptest"
)

func TestAnUndoIsTheVerdictOnceItIsDone(t *testing.T) {
	told(t, "activecampaign", func(s *story) {
		result, err := migration.Undo(s.t.Context(), s.deps, 0, job.Discard)
		if err != nil {
			s.t.Fatal(err)
		}
		written := s.report()
		if !strings.HasPrefix(written.Verdict.Word, "Taken back") || written.Verdict.Sentence != result.Sentence() {
			s.t.Errorf("the verdict is %+v, undo says %q", written.Verdict, result.Sentence())
		}
		if text := s.read(report.MarkdownFile); !strings.Contains(text, "## What was taken back") {
			s.t.Error("the report does not say what was taken back")
		}
		if check := s.verify(report.HTMLFile); !check.Sound() {
			s.t.Errorf("%q", check.Problems)
		}
	})
}

func TestTheRehearsalStandsBesideWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, "kit", wptest.New(60, 1))
		s.export()
		s.change(func(contents *sandbox.Contents) {
			contents.Tags = append(contents.Tags, "Inner Circle Member")
			contents.Automations = append(contents.Automations, sandbox.Automation{Name: "Welcome!", Tag: "Inner Circle Member", Active: false})
		})
		if _, err := migration.MakePlan(t.Context(), s.deps, job.Discard); err != nil {
			t.Fatal(err)
		}
		entry, _ := registry.Find("kit")
		if _, err := migration.Rehearse(t.Context(), s.deps, migration.RehearseInput{Sandbox: entry.Sandbox, Switches: entry.Switches}, job.Discard); err != nil {
			t.Fatal(err)
		}
		if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard); err != nil {
			t.Fatal(err)
		}
		s.prove()
		s.report()
		text := s.read(report.MarkdownFile)
		for _, want := range []string{"### Planned, rehearsed and done", "| New contacts | 57 | 57 | 57 | as planned |", "It was rehearsed on"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report lacks %q", want)
			}
		}
		if check := s.verify(report.HTMLFile); !check.Sound() {
			t.Errorf("%q", check.Problems)
		}
	})
}

func TestALaterLookThatFoundALossIsADoubt(t *testing.T) {
	told(t, "kit", func(s *story) {
		if _, err := migration.Watch(s.t.Context(), s.deps, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		if written := s.report(); written.Verdict.Tone != report.Good {
			s.t.Errorf("a look that found nothing: %+v %q", written.Verdict, written.Doubts)
		}
		s.change(func(contents *sandbox.Contents) { dropTag(contents, "everything@example.com", "Inner Circle Member") })
		if _, err := migration.Watch(s.t.Context(), s.deps, job.Discard); err != nil {
			s.t.Fatal(err)
		}
		written := s.report()
		if written.Verdict.Tone == report.Good || len(written.Doubts) != 1 || !strings.Contains(written.Doubts[0], "1 lost access") {
			s.t.Errorf("a look that found a loss: %+v %q", written.Verdict, written.Doubts)
		}
		if text := s.read(report.MarkdownFile); !strings.Contains(text, "## Looks after the switch") {
			s.t.Error("the looks are not in the report")
		}
	})
}
