package steps_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
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
			var refused *plain.ErrRefused
			if _, err := plain.Run(t.Context(), plain.Config{Steps: j.all, Folder: j.keeping, Only: step.ID(), Answers: j.demo.Answers, Fallback: j.likeAnOwner, Out: io.Discard}); !errors.As(err, &refused) || refused.Step != step.ID() {
				t.Errorf("without a screen %s was worked on: %v", step.ID(), err)
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

// The key of another account comes in the middle of it, for each CRM. It is told apart before anything is sent, and with the right key everything goes on.
func TestAnotherAccountOfEachCRM(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.EditCSV)
				right := j.state().CRM
				j.state().CRM.Fingerprint, j.state().CRM.AccountName = "of another account", "The first account"
				for _, task := range [][2]string{{steps.Start, "connect"}, {steps.Import, "plan"}} {
					if words := told(t, j.try(task[0], task[1])); words.Code != "ALLY-ACCOUNT" || !strings.Contains(words.Now, "new folder") {
						t.Errorf("%s: %+v", task[1], words)
					}
				}
				if held := j.demo.Sandbox.Contents().Contacts; len(held) > 0 {
					t.Errorf("%d contacts were sent into another account", len(held))
				}
				j.state().CRM = right
				j.reach(steps.Import)
			})
		})
	}
}

// Somebody renames a tag in the CRM after it was proven. Comparing again names it and shuts the gate, for each CRM; nothing that is there is touched.
func TestATagIsRenamedInAnyCRM(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Tags)
				before := j.contents()
				j.wire.set(func(request *http.Request, body string) (*http.Response, error) {
					answer, err := j.wire.next.RoundTrip(request)
					if err != nil {
						return nil, err
					}
					text, err := io.ReadAll(answer.Body)
					said := strings.ReplaceAll(string(text), `"Inner Circle Member"`, `"Inner Circle Members"`)
					answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(said)), int64(len(said))
					answer.Header.Del("Content-Length")
					return answer, err
				})
				j.run(steps.Tags, "prove")
				if rows := rowsOf(j.table(steps.Tags, "gaps")); j.status(steps.Tags) == wizard.Done || !strings.Contains(rows, "Inner Circle Member") {
					t.Errorf("the gate is open, or the list does not name the tag:\n%s", rows)
				}
				if j.contents() != before {
					t.Error("looking has changed something")
				}
				j.wire.set(nil)
				j.run(steps.Tags, "prove")
				j.reach(steps.APIKeys)
			})
		})
	}
}

// Somebody renames a tag in AccessAlly after the export. With the companion the list of tags shows both names before the switch.
func TestATagIsRenamedOnTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.connect()
		j.logIn()
		if err := j.walk(steps.Tags, atLevel(true)); err != nil {
			t.Fatal(err)
		}
		renamed := wptest.New(people, 1)
		for i := range renamed.People {
			for n, tag := range renamed.People[i].Tags {
				renamed.People[i].Tags[n] = strings.ReplaceAll(tag, "Inner Circle Member", "Circle of Friends")
			}
		}
		for i := range renamed.Offerings {
			renamed.Offerings[i].Base = strings.ReplaceAll(renamed.Offerings[i].Base, "Inner Circle Member", "Circle of Friends")
		}
		j.deps.SiteTransport = sandbox.Transport(renamed.Handler())
		j.run(steps.Tags, "list-site", "compare")
		rows := rowsOf(j.table(steps.Tags, "tag-list"))
		for _, want := range []string{"missing|Circle of Friends|", "stranger|Inner Circle Member|"} {
			if !strings.Contains(rows, want) {
				t.Errorf("the list does not say %q:\n%s", want, rows)
			}
		}
	})
}

// TestOnlyThisMachineNeedsNoEncryption types addresses that look like this machine's and are not.
func TestOnlyThisMachineNeedsNoEncryption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		at := slices.IndexFunc(j.step(steps.Start).Questions(j.state()), func(question wizard.Question) bool { return question.Key == "site.url" })
		question := j.step(steps.Start).Questions(j.state())[at]
		for address, fine := range map[string]bool{
			"http://127.0.0.1:8080/members": true, "http://localhost": true, "http://[::1]/": true, "http://members.localhost": true, "https://127.0.0.1.example.com": true,
			"http://127.0.0.1.example.com": false, "http://127.example.com": false, "http://members.example.com": false, "ftp://127.0.0.1": false,
		} {
			if err := wizard.Check(question, address); (err == nil) != fine {
				t.Errorf("%s: %v", address, err)
			}
		}
	})
}
