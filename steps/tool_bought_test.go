package steps_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
)

// A contact that was only just made has no tags. The tool asks what the person bought, looks what its tag starts, and holds the mail until the contact has it.
func TestAMemberGetsTheTagOfWhatTheyBought(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID)
				j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Yoga Basics Access"}, Automations: []sandbox.Automation{{Name: "Welcome to Yoga", Tag: "Yoga Basics Access", Active: true}}})
				j.answer(steps.AddMember, "member.email", "new@example.com")
				j.run(steps.AddMember, "contact")
				j.answer(steps.AddMember, "member.create", "yes")
				j.run(steps.AddMember, "make-contact")
				j.ticksAll(steps.AddMember)
				j.ticksAll(steps.AddMember)
				if j.status(steps.AddMember) == wizard.Done || strings.Contains(j.copies(steps.AddMember), "access is ready") {
					t.Fatal("the tool is done, or offers the mail, for somebody who has no tag")
				}
				j.answer(steps.AddMember, "member.offering", "Yoga Basics")
				if locked := j.lockedBy(steps.AddMember, "tag"); !strings.Contains(locked, "could start") {
					t.Errorf("the tag can be put on before it is known what it starts: %q", locked)
				}
				j.run(steps.AddMember, "starts")
				if question, asked := j.question(steps.AddMember, "member.accept"); !asked || !strings.Contains(question.Label, "Welcome to Yoga") {
					t.Fatalf("nobody says what the tag starts: %+v", question)
				}
				j.decideStarts(steps.AddMember, "member.accept")
				j.run(steps.AddMember, "tag")
				if there := j.having("new@example.com"); len(there) != 1 || !slices.Contains(there[0].Tags, "Yoga Basics Access") {
					t.Fatalf("the contact: %+v", there)
				}
				j.ticksAll(steps.AddMember)
				if text := j.copies(steps.AddMember); !strings.Contains(text, "access is ready") {
					t.Errorf("there is no mail to send: %q", text)
				}
				if j.status(steps.AddMember) == wizard.Done {
					t.Error("the mail names a login page that nobody has confirmed")
				}
				j.answer(steps.AddMember, "member.login-page", "https://demo.example.com/login/")
				j.ticksAll(steps.AddMember)
				if j.status(steps.AddMember) != wizard.Done {
					t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.AddMember).Sheet(j.state())))
				}
				j.answer(steps.AddMember, "member.offering", "Inner Circle")
				if j.status(steps.AddMember) == wizard.Done {
					t.Error("the tag of one offering counts for another")
				}
			})
		})
	}
}

// What begins to be active between the look and the tag is not started on the strength of that look.
func TestATagIsNotPutOnForWhatNobodyHasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "activecampaign", somebody("new@example.com", "Nia"))
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		j.answer(steps.AddMember, "member.offering", "Yoga Basics")
		j.decideStarts(steps.AddMember, "member.accept")
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Brand new", Tag: "Yoga Basics Access", Active: true}}})
		if err := j.try(steps.AddMember, "tag"); !wizard.Refused(err) || !strings.Contains(wizard.Explain(err).What, "Brand new") {
			t.Errorf("got %v", err)
		}
		if there := j.having("new@example.com"); len(there[0].Tags) > 0 {
			t.Errorf("the contact has %q", there[0].Tags)
		}
		j.run(steps.AddMember, "starts")
		j.confirm(steps.AddMember, "member.accept")
		j.run(steps.AddMember, "tag")
	})
}

// A contact with the tag that takes the offering away is not ready, whatever else it has.
func TestAMemberWhoseAccessWasTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "activecampaign", somebody("new@example.com", "Nia", "Yoga Basics Access", "Yoga Basics Revoke"))
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		j.answer(steps.AddMember, "member.offering", "Yoga Basics")
		j.ticksAll(steps.AddMember)
		j.ticksAll(steps.AddMember)
		if j.status(steps.AddMember) == wizard.Done || !strings.Contains(j.facts(steps.AddMember), "Taken away") {
			t.Errorf("the tag that takes access away is passed over: %s", j.facts(steps.AddMember))
		}
	})
}

// Tags that could not be read are unknown, never none: neither the facts nor what to look for say that there are no tags.
func TestAMemberWhoseTagsCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("new@example.com", "Nia", "Yoga Basics Access"))
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		kept := j.state().Step(steps.AddMember)
		kept.Notes["contact.tags"], kept.Notes["contact.tags-known"] = "", ""
		j.answer(steps.AddMember, "member.offering", "Yoga Basics")
		facts := j.facts(steps.AddMember)
		if !strings.Contains(facts, "could not be read") || strings.Contains(facts, "none") || strings.Contains(facts, "no tag") {
			t.Errorf("facts: %s", facts)
		}
		looks, asked := "", false
		for _, item := range j.step(steps.AddMember).Sheet(j.state()).Items {
			if tick, ok := item.(wizard.Tick); ok {
				looks += tick.Look + "\n"
				asked = asked || tick.Key == "has-tag" && !tick.Optional
			}
		}
		if !asked || strings.Contains(looks, "no tags") || !strings.Contains(looks, "could not read them") {
			t.Errorf("asked for the tag: %v; what to look for: %s", asked, looks)
		}
	})
}

// Nothing is proposed as the tag of a list: without an answer an unattended run stops and names the question.
func TestNoOfferingIsProposedForAList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "activecampaign")
		answers := map[string]string{"students.file": j.file("students.csv", studentList), "students.into": "crm", "import-students.audited": "yes", "import-students.imported": "yes", "import-students.checked": "yes"}
		var missing *plain.ErrMissing
		if err := j.tool(steps.ImportStudents, answers); !errors.As(err, &missing) || missing.Key != "students.offering" {
			t.Fatalf("got %v", err)
		}
		question, _ := j.question(steps.ImportStudents, "students.offering")
		if question.Default != "" || len(question.Choices) < 3 {
			t.Errorf("the question: %+v", question)
		}
		if len(j.demo.Sandbox.Contents().Contacts) > 0 {
			t.Error("somebody was sent")
		}
		answers["students.tags"] = "Newcomers"
		if err := j.tool(steps.ImportStudents, answers); err != nil {
			t.Fatalf("tags that are typed need no offering: %v", err)
		}
		if there := j.having("new@example.com"); len(there) != 1 || !slices.Equal(there[0].Tags, []string{"Newcomers"}) {
			t.Errorf("got %+v", there)
		}
	})
}

// tool works through one tool without a screen, from answers only.
func (j *journey) tool(name string, answers map[string]string) error {
	_, err := plain.Run(j.t.Context(), plain.Config{Steps: j.all, Folder: j.keeping, Answers: answers, Only: name, Out: io.Discard})
	return err
}

// From answers alone nothing is started that the answers do not let start, and teams that work are left as they are.
func TestToolsFromAnswersWaitForWhatIsNotDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("new@example.com", "Nia"))
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome to Yoga", Tag: "Yoga Basics Access", Active: true}}})
		answers := map[string]string{"member.email": "new@example.com", "member.offering": "Yoga Basics", "member.login-page": "https://demo.example.com/login/", "add-member.user-made": "yes",
			"add-member.linked": "yes", "add-member.refreshed": "yes", "add-member.tags-same": "yes", "add-member.mailed": "yes"}
		for _, next := range []struct{ key, value string }{{"member.accept", "let it start"}, {"add-member.starts-seen", "yes"}} {
			var missing *plain.ErrMissing
			if err := j.tool(steps.AddMember, answers); !errors.As(err, &missing) || missing.Key != next.key {
				t.Fatalf("without %s: %v", next.key, err)
			}
			answers[next.key] = next.value
		}
		if there := j.having("new@example.com"); len(there[0].Tags) > 0 {
			t.Errorf("the contact has %q already", there[0].Tags)
		}
		if err := j.tool(steps.AddMember, answers); err != nil || j.status(steps.AddMember) != wizard.Done {
			t.Errorf("with everything decided: %v", err)
		}
		j.reach(steps.EditCSV)
		teams := map[string]string{"teams.use": "yes", "team-settings.noted": "yes", "teams.legacy": "no", "teams.works": "yes", "teams.wish": "no", "team-settings.display": "yes", "team-settings.test-add": "yes",
			"team-settings.test-remove": "yes"}
		if err := j.tool(steps.TeamSettings, teams); err != nil || j.status(steps.TeamSettings) != wizard.Done || j.state().Answer(steps.TeamSettings, "teams.decision") != "keep" {
			t.Errorf("teams: %v, decided: %q", err, j.state().Answer(steps.TeamSettings, "teams.decision"))
		}
	})
}
