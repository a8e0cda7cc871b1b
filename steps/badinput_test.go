package steps_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wp/wptest"
)

// Answers of another site come to a migration whose members are in the CRM already. The address is refused with a reason, and nothing is lost. The same site
// with www, or a correction before anything was sent, is taken.
func TestAnswersOfAnotherSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.EditCSV)
		j.answer(steps.Start, "site.url", "https://demo.example.net")
		j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
		j.reach(steps.Tags)
		before := j.contents()
		_, err := plain.Run(context.Background(), plain.Config{Steps: j.all, Folder: j.keeping, Out: io.Discard, Answers: map[string]string{"site.url": "https://other.example.org", "crm.provider": "kit"}})
		var missing *plain.ErrMissing
		if !errors.As(err, &missing) || missing.Key != "site.url" || !strings.Contains(missing.Problem, "this migration is of https://demo.example.com") || !strings.Contains(missing.Problem, "new folder") {
			t.Fatalf("answers of another site: %v", err)
		}
		if j.state().Site.URL != "https://demo.example.com" || j.status(steps.Tags) != wizard.Done || j.contents() != before {
			t.Error("something is lost")
		}
		j.answer(steps.Start, "site.url", "https://www.demo.example.com")
	})
}

// A step that is not open yet holds its work back, whoever asks for it.
func TestAStepOutOfOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "drip")
		j.connect()
		for _, step := range j.all[2:] {
			if j.status(step.ID()) != wizard.Locked {
				t.Fatalf("%s is not locked", step.ID())
			}
			for _, item := range j.step(step.ID()).Sheet(j.state()).Items {
				if task, ok := item.(wizard.Task); ok && task.Locked == "" && !task.Complete {
					t.Errorf("%s.%s could be started", step.ID(), task.Key)
				}
			}
			if warnings := j.step(step.ID()).Sheet(j.state()).Warnings; len(warnings) == 0 || !strings.Contains(warnings[0], "first") {
				t.Errorf("%s does not say what comes first: %q", step.ID(), warnings)
			}
		}
	})
}

// Between export and switch one member is removed, one takes another address, and a tag is renamed on the site. A second export finds all of it, and nothing is
// taken away without a word.
func TestTheSiteChangesInTheMiddleOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.APIKeys)
		site := *j.demo.Site
		site.People = append([]wptest.Person(nil), site.People...)
		last := len(site.People) - 1
		gone, moved := site.People[last], site.People[last-1]
		site.People = site.People[:last]
		site.People[last-1].Email = "moved@example.com"
		j.answer(steps.Switch, "delta.export.file", j.file("second.csv", string(site.Export())))
		j.answer(steps.Switch, "delta.tags.file", j.file("second-tags.csv", strings.ReplaceAll(string(site.MemberTags()), "Inner Circle Member", "Inner Circle Member 2")))
		j.run(steps.Switch, "look")
		rows := rowsOf(j.table(steps.Switch, "delta"))
		for _, want := range []string{gone.Email, "moved@example.com", "Inner Circle Member 2"} {
			if !strings.Contains(rows, want) {
				t.Errorf("the list does not name %q:\n%s", want, rows)
			}
		}
		if facts := factsOf(j, steps.Switch); !strings.Contains(facts, "gone") {
			t.Errorf("the facts: %s", facts)
		}
		j.run(steps.Switch, "carry")
		contacts := j.contents()
		for _, want := range []string{gone.Email, moved.Email, "moved@example.com", `"Inner Circle Member"`, `"Inner Circle Member 2"`} {
			if !strings.Contains(strings.ToLower(contacts), strings.ToLower(want)) {
				t.Errorf("after carrying over, %s is no longer in the CRM", want)
			}
		}
		if question, asked := j.question(steps.Switch, "delta.lost"); !asked || question.Value != "" {
			t.Error("nobody is asked about the tags that are gone on the site")
		}
	})
}

// An export of another site comes after the members are in the CRM. It is refused before anything is replaced.
func TestAnExportOfAnotherSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "drip")
		j.reach(steps.Tags)
		members, err := os.ReadFile(j.folder.Path("members.csv"))
		if err != nil {
			t.Fatal(err)
		}
		right := j.state().Answer(steps.Export, "export.file")
		j.answer(steps.Export, "export.file", j.file("other.csv", "ID,customer_id,user_email,user_registered,first_name,last_name\n1,1,ann@example.net,2024-01-02 03:04:05,Ann,Other\n2,2,bob@example.net,2024-01-02 03:04:05,Bob,Other\n"))
		j.run(steps.Export, "read")
		err = j.try(steps.EditCSV, "clean")
		if words := told(t, err); !wizard.Refused(err) || words.Code != "ALLY-SITE" || !strings.Contains(words.What, "none of its 2 people") {
			t.Errorf("an export of another site: %+v", words)
		}
		if after, err := os.ReadFile(j.folder.Path("members.csv")); err != nil || string(after) != string(members) {
			t.Errorf("the members have been replaced: %v", err)
		}
		other := j.state().Answer(steps.Export, "export.file")
		j.answer(steps.Export, "export.file", right)
		j.run(steps.Export, "read")
		j.run(steps.EditCSV, "clean")
		j.reach(steps.APIKeys)
		j.answer(steps.Switch, "delta.export.file", other)
		if words := told(t, j.try(steps.Switch, "look")); words.Code != "ALLY-SITE" {
			t.Errorf("as the second export: %+v", words)
		}
	})
}

// A list of students, a list of subscriptions, an export: what is no such file is refused where it is given, and what was there before stays.
func TestFilesThatAreSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.EditCSV)
		picture := j.file("picture.png", "\x89PNG\r\n\x1a\n\x00\x00")
		j.answer(steps.Export, "export.file", picture)
		words := told(t, j.try(steps.Export, "read"))
		if !strings.HasPrefix(words.Code, "FILE-") {
			t.Errorf("a picture as the export: %+v", words)
		}
		file, err := os.Open(j.folder.Path("members.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if rows, err := csv.NewReader(file).ReadAll(); err != nil || len(rows) < 20 {
			t.Errorf("%d members are left: %v", len(rows), err)
		}
	})
}
