package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// The whole list of AccessAlly is laid beside the CRM's. Tags that nobody has yet are made; names that only look the same are shown side by side and left alone.
func TestTheWholeListOfTags(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Tags)
				if crmID != "drip" {
					j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Membership: Spring Offer", "Winter\u00a0Offer"}})
				}
				j.answer(steps.Tags, "tags.list", j.file("tags.txt", "Inner Circle Member\nYoga Basics Access\nSpring Offer\nWinter Offer\nNobody Yet\ninner circle  member\n"))
				j.run(steps.Tags, "compare")
				rows := rowsOf(j.table(steps.Tags, "tag-list"))
				for _, want := range []string{"same|Inner Circle Member|Inner Circle Member|10|", "missing|Nobody Yet||0|", "stranger|"} {
					if !strings.Contains(rows, want) {
						t.Errorf("the list does not say %q:\n%s", want, rows)
					}
				}
				if crmID == "drip" {
					j.carriesTheTags()
					return
				}
				for _, want := range []string{"differs|Spring Offer|", "they differ in a category in front", "differs|inner circle  member|Inner Circle Member|0|they differ in spaces"} {
					if !strings.Contains(rows, want) {
						t.Errorf("the list does not say %q:\n%s", want, rows)
					}
				}
				j.run(steps.Tags, "make")
				tags := j.demo.Sandbox.Contents().Tags
				if !slices.Contains(tags, "Nobody Yet") || slices.Contains(tags, "Spring Offer") || slices.Contains(tags, "inner circle  member") {
					t.Errorf("after making the missing ones the CRM has %q", tags)
				}
				if facts := factsOf(j, steps.Tags); !strings.Contains(facts, "0 are not") {
					t.Errorf("the facts: %s", facts)
				}
			})
		})
	}
}

// carriesTheTags puts tags that nobody has on a made-up contact, where the CRM knows a tag only once somebody has it. On the last page the contact goes.
func (j *journey) carriesTheTags() {
	j.t.Helper()
	j.answer(steps.Tags, "tags.domain", "example.net")
	j.run(steps.Tags, "make")
	tags := j.demo.Sandbox.Contents().Tags
	if !slices.Contains(tags, "Nobody Yet") || !slices.Contains(tags, "Spring Offer") || slices.Contains(tags, "inner circle  member") {
		j.t.Errorf("after that the CRM has %q", tags)
	}
	if facts := factsOf(j, steps.Tags); !strings.Contains(facts, "0 are not") {
		j.t.Errorf("the facts: %s", facts)
	}
	made := func() int {
		n := 0
		for _, contact := range j.demo.Sandbox.Contents().Contacts {
			if strings.HasPrefix(contact.Email, "canary+") {
				n++
			}
		}
		return n
	}
	if made() != 1 {
		j.t.Errorf("%d made-up contacts carry the tags", made())
	}
	j.run(steps.Tags, "prove")
	j.reach(steps.Test)
	j.run(steps.Finish, "canaries")
	if made() != 0 {
		j.t.Error("the made-up contact is still there at the end")
	}
}

// Reading members back proves nothing about tags that nobody has. Somebody says that they are there, or the list is compared: then it answers for itself.
func TestTheTagsThatNobodyHasYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.Tags)
		j.untick(steps.Tags, "every-tag")
		if j.status(steps.Tags) == wizard.Done {
			t.Error("step 5 is done although nobody has looked for the other tags")
		}
		j.tick(steps.Tags, "every-tag")
		j.answer(steps.Tags, "tags.list", "Inner Circle Member|Nobody Yet")
		if j.status(steps.Tags) == wizard.Done {
			t.Error("a list was given, and nobody has compared it")
		}
		j.run(steps.Tags, "compare")
		if task, _ := j.offered(steps.Tags, "make"); !task.Required || j.status(steps.Tags) == wizard.Done {
			t.Error("the list shows a tag missing, and the step is done by the tick")
		}
		j.run(steps.Tags, "make")
		if _, asked := item(j, steps.Tags, func(tick wizard.Tick) bool { return tick.Key == "every-tag" }); asked || j.status(steps.Tags) != wizard.Done {
			t.Error("after all were made, the list does not answer for itself")
		}
	})
}
