package steps_test

import (
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
)

func TestPagesThatAreContradicted(t *testing.T) {
	pictures(t, "contradicted", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.connect()
		j.answer(steps.Start, "site.url", "https://staging.example.com")
		j.answer(steps.Start, "site.kind", "live")
		j.answer(steps.Start, "site.accessally", "3.5.2")
		a.table(j, steps.Start, "done, the address looks like a copy", "preflight")
		j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
		j.reach(steps.Switch)
		j.answer(steps.CRMSetup, "setup.password-field", "Member password")
		j.ticksAll(steps.CRMSetup)
		j.run(steps.CRMSetup, "check")
		a.show(j, steps.CRMSetup, "ready, a field is not there", plainly)
		j.answer(steps.CRMSetup, "setup.password-field", "")
		j.reach(steps.CRMSetup)
		a.table(j, steps.TagReview, "ready, the worksheet", "worksheet")
		j.tick(steps.TagReview, "permissions")
		j.row(steps.TagReview, "worksheet", "d", 0, "Yoga Basics Access")
		a.show(j, steps.TagReview, "ready, the worksheet begun", plainly)
		for row := range j.table(steps.TagReview, "worksheet").Rows {
			j.row(steps.TagReview, "worksheet", "d", row, "")
		}
		j.reach(steps.Automations)
		j.answer(steps.Automations, "message.welcome", "crm")
		a.table(j, steps.Automations, "ready, nobody sends the welcome", "offerings")
		j.answer(steps.Automations, "message.welcome", "accessally")
		j.reach(steps.Test)
		j.row(steps.Test, "controls", "x", 1, "the page is open")
		a.table(j, steps.Test, "ready, a test went wrong", "controls")
	})
}

func TestPagesWithTheCompanion(t *testing.T) {
	pictures(t, "companion", func(t testing.TB, a *album) {
		j := begin(t, "ontraport")
		j.connect()
		j.logIn()
		a.show(j, steps.Start, "done, logged in", plainly)
		if err := j.walk(steps.LinkUsers, atLevel(true)); err != nil {
			t.Fatal(err)
		}
		a.table(j, steps.Tags, "done, the whole list compared", "tag-list")
		a.table(j, steps.TagReview, "done, every place read", "references")
		a.show(j, steps.LinkUsers, "done, read again on the site", plainly)
	})
}

func TestPageOfThreeContacts(t *testing.T) {
	pictures(t, "three", func(t testing.TB, a *album) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga"), somebody("jo@example.com", "Joanna", "Circle"), somebody("jo@example.com", "J", "Library"))
		j.demo.Sandbox.Load(sandbox.Contents{})
		j.run(steps.MergeContacts, "find")
		j.row(steps.MergeContacts, "duplicates", "k", 0, "")
		j.row(steps.MergeContacts, "duplicates", "x", 1, "")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge")
		a.show(j, steps.MergeContacts, "ready, one of two merged", plainly)
	})
}
