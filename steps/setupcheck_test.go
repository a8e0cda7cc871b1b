package steps_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// box is a tick of a page.
func (j *journey) box(step, key string) wizard.Tick {
	j.t.Helper()
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if tick, ok := item.(wizard.Tick); ok && tick.Key == key {
			return tick
		}
	}
	j.t.Fatalf("the step %s has no box %s", step, key)
	return wizard.Tick{}
}

// A box that says that the field for passwords is decided counts only when the field that was named is there, wherever the CRM shows its fields.
func TestATickAboutAFieldIsDisproved(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Switch)
				j.answer(steps.CRMSetup, "setup.password-field", "Member password")
				j.ticksAll(steps.CRMSetup)
				j.run(steps.CRMSetup, "check")
				box := j.box(steps.CRMSetup, "password-field")
				if crmID == "drip" {
					if box.Doubt != "" || !strings.Contains(rowsOf(j.table(steps.CRMSetup, "setup")), "not known|Passwords: the field Member password") {
						t.Errorf("Drip shows a field only once it is used, and the box says %q", box.Doubt)
					}
					return
				}
				if box.Set != nil || !strings.Contains(box.Doubt, "You ticked this, but it was not found: Passwords: the field Member password") || j.status(steps.CRMSetup) == wizard.Done {
					t.Fatalf("the field is not there, and the box says %q", box.Doubt)
				}
				if _, err := j.deps.Client().EnsureField(t.Context(), crm.Field{Name: "Member password", Type: crm.FieldText}); err != nil {
					t.Fatal(err)
				}
				j.run(steps.CRMSetup, "check")
				if box := j.box(steps.CRMSetup, "password-field"); box.Set == nil || box.Doubt != "" || j.status(steps.CRMSetup) != wizard.Done {
					t.Errorf("the field is there now, and the box says %q", box.Doubt)
				}
			})
		})
	}
}

// A webhook that leads to the site is found, and its address, which holds a secret, is written nowhere.
func TestAWebhookIsFoundAndItsAddressIsNotKept(t *testing.T) {
	for crmID, event := range map[string]string{"activecampaign": "contact_tag_added", "kit": "subscriber_activate", "keap": "contact.edit", "ontraport": "object_create(0)", "drip": "subscriber.applied_tag"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Switch)
				hooks, can := j.deps.Client().Webhooks()
				if !can {
					t.Fatal("this CRM shows no webhooks")
				}
				const secret = "handshake0123456789"
				if _, err := hooks.CreateWebhook(t.Context(), crm.Webhook{URL: "https://demo.example.com/?aal_updateuser=" + secret, Event: event}); err != nil {
					t.Fatal(err)
				}
				j.run(steps.CRMSetup, "check")
				if rows := rowsOf(j.table(steps.CRMSetup, "setup")); !strings.Contains(rows, "there|A webhook to the site") {
					t.Errorf("the webhook was not found:\n%s", rows)
				}
				for _, name := range []string{"crm-setup.csv", "checkpoint.json", "journal.jsonl"} {
					if text, _ := os.ReadFile(j.folder.Path(name)); strings.Contains(string(text), secret) {
						t.Errorf("%s holds the address of the webhook", name)
					}
				}
			})
		})
	}
}

// Somebody renames a tag in the CRM after the proof. The look at the set-up names it, and step 5 finds the gap when it compares again.
func TestATagIsRenamedInTheCRM(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Switch)
		client := j.deps.Client()
		remover, _ := client.Remover()
		tag, err := client.EnsureTag(t.Context(), "Inner Circle Member")
		if err != nil {
			t.Fatal(err)
		}
		if err := remover.DeleteTag(t.Context(), tag); err != nil {
			t.Fatal(err)
		}
		j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"inner circle member"}})
		j.run(steps.CRMSetup, "check")
		facts := factsOf(j, steps.CRMSetup)
		if !strings.Contains(facts, "Renamed") || !strings.Contains(facts, "Inner Circle Member") {
			t.Errorf("nothing is said about the tag: %s", facts)
		}
		if rows := rowsOf(j.table(steps.CRMSetup, "setup")); !strings.Contains(rows, `there is "inner circle member"`) {
			t.Errorf("the other spelling is not named:\n%s", rows)
		}
		j.run(steps.Tags, "prove")
		if j.status(steps.Tags) == wizard.Done || j.state().Step(steps.Tags).Counters["gaps"] == 0 {
			t.Error("step 5 does not see that the tag is gone")
		}
	})
}

// factsOf is what a page says was done and found.
func factsOf(j *journey, step string) string {
	text := ""
	for _, fact := range j.step(step).Sheet(j.state()).Did {
		text += fact.Label + ": " + fact.Value + "\n"
	}
	return text
}
