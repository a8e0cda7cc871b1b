package steps_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// plainly draws a page without anything special.
var plainly = wizard.Options{}

// pictures takes an album of a story and compares it with the golden files. The story is lived once, on a fake clock.
// The name tells pages of one album from those of another.
func pictures(t *testing.T, name string, story func(t testing.TB, a *album)) {
	t.Helper()
	a := newAlbum(t)
	a.name = name
	synctest.Test(t, func(t *testing.T) { a.t = t; story(t, a) })
	a.compare(t)
}

func TestPagesUntilTheFilesAreClean(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		a.show(j, steps.Start, "ready", plainly)
		j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
		j.answer(steps.Start, "crm.provider", "activecampaign")
		a.show(j, steps.Start, "ready, CRM chosen", plainly)
		j.giveKeys()
		a.show(j, steps.Start, "ready, key typed", plainly)
		j.run(steps.Start, "connect")
		j.tick(steps.Start, "backup", "second-admin")
		a.show(j, steps.Start, "done", plainly)

		a.show(j, steps.Maintenance, "ready", plainly)
		j.reach(steps.Maintenance)
		a.show(j, steps.Maintenance, "done", plainly)

		a.show(j, steps.Export, "ready", plainly)
		j.answer(steps.Export, "export.file", j.demo.Answers["export.file"])
		j.run(steps.Export, "read")
		a.show(j, steps.Export, "done, without tags", plainly)
		j.reach(steps.Export)
		a.show(j, steps.Export, "done", plainly)

		a.show(j, steps.EditCSV, "ready", plainly)
		j.run(steps.EditCSV, "clean")
		a.table(j, steps.EditCSV, "ready, rows left out", "rejected")
		a.show(j, steps.EditCSV, "ready, asked for an address", plainly, append(j.upTo(steps.EditCSV, "rejected"), "m")...)
		j.tick(steps.EditCSV, "rejected-seen")
		a.show(j, steps.EditCSV, "done", plainly)
		j.answer(steps.EditCSV, "export.delete", "delete the export")
		a.show(j, steps.EditCSV, "done, about to delete the export", plainly)
		j.run(steps.EditCSV, "delete")
		a.show(j, steps.EditCSV, "done, the export deleted", plainly)

		j.answer(steps.Start, "site.url", "https://other.example.com")
		a.show(j, steps.Maintenance, "to be checked again", plainly)
		j.restart()
		a.show(j, steps.Start, "done, after a restart", plainly)
	})
}

func TestPagesThatAreNotOpenYet(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := begin(t, "drip")
		j.connect()
		for _, step := range j.all[2:] {
			a.locked(j, step.ID())
		}
	})
}

// upTo are the keys that lead to an item of a page.
func (j *journey) upTo(step, key string) []string {
	var keys []string
	for range 40 {
		keys = append(keys, "shift+tab")
	}
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if table, ok := item.(wizard.Table); ok && table.Key == key {
			break
		}
		keys = append(keys, "tab")
	}
	return keys
}

func TestPageOfAFileWithOtherColumns(t *testing.T) {
	pictures(t, "other-columns", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.reach(steps.Maintenance)
		export := strings.Replace(string(j.demo.Site.Export()), ",user_email,", ",Contact address,", 1)
		j.answer(steps.Export, "export.file", j.file("other.csv", export))
		j.run(steps.Export, "read")
		a.show(j, steps.Export, "ready, a column asked for", plainly)
	})
}

func TestPagesOfTheImport(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		a.show(j, steps.Import, "ready", plainly)
		j.run(steps.Import, "plan")
		a.show(j, steps.Import, "ready, planned", plainly)
		j.tick(steps.Import, "starts-seen")
		j.run(steps.Import, "sample")
		a.table(j, steps.Import, "ready, the sample sent", "sample")
		j.wire.set(refuse("family@example.com", "formula@example.com"))
		j.tick(steps.Import, "sample-seen")
		_ = j.try(steps.Import, "all")
		a.table(j, steps.Import, "ready, some refused", "failures")
		j.wire.set(nil)
		j.run(steps.Import, "retry")
		a.show(j, steps.Import, "done", plainly)
	})
}

// refuse answers like a CRM that does not like some people.
func refuse(addresses ...string) func(*http.Request, string) (*http.Response, error) {
	return func(request *http.Request, body string) (*http.Response, error) {
		for _, address := range addresses {
			if request.Method != http.MethodGet && strings.Contains(body, address) {
				return says(request, http.StatusUnprocessableEntity, "application/json", `{"error":"this contact is on our do-not-import list"}`), nil
			}
		}
		return nil, nil
	}
}

func TestPagesOfConflictsAndAFullPlan(t *testing.T) {
	pictures(t, "conflicts", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"yoga basics access"}, Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Inner Circle Member", Active: true}}})
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		a.show(j, steps.Import, "ready, a tag in the way", plainly)
		a.table(j, steps.Import, "ready, looking at the tag in the way", "conflicts")
	})
}

func TestPageOfAnInterruptedImport(t *testing.T) {
	pictures(t, "interrupted", func(t testing.TB, a *album) {
		j := begin(t, "kit")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		if err := j.keeper.Begin(steps.Import, "sample"); err != nil {
			t.Fatal(err)
		}
		j.restart()
		a.show(j, steps.Import, "running when it was cut off, the key not known any more", plainly)
		j.giveKeys()
		a.show(j, steps.Import, "running when it was cut off", plainly)
	})
}

func TestPagesOfTheProof(t *testing.T) {
	pictures(t, "gaps", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.reach(steps.Import)
		a.show(j, steps.Tags, "ready", plainly)
		j.someoneMeddles()
		j.run(steps.Tags, "prove")
		a.table(j, steps.Tags, "ready, with gaps", "gaps")
		a.show(j, steps.Tags, "ready, asked to accept the gaps", plainly, append(j.upTo(steps.Tags, "gaps"), "tab", "tab")...)
		j.answer(steps.Tags, "tags.accept", "accept 2 gaps")
		a.show(j, steps.Tags, "done, the gaps accepted", plainly)
		j.reach(steps.APIKeys)
		a.show(j, steps.Switch, "ready, with gaps accepted", plainly)
		j.run(steps.Tags, "mend")
		a.show(j, steps.Tags, "done", plainly)
		j.answer(steps.Export, "tags.unlisted", "none")
		j.run(steps.EditCSV, "clean")
		j.tick(steps.EditCSV, "rejected-seen")
		a.show(j, steps.Tags, "to be checked again", plainly)
	})
}

// someoneMeddles takes a tag from two members in the CRM, behind our back.
func (j *journey) someoneMeddles() {
	j.t.Helper()
	const name = "Inner Circle Member"
	client, ctx := j.deps.Client(), j.t.Context()
	remover, ok := client.Remover()
	tag, err := client.EnsureTag(ctx, name)
	if err != nil || !ok {
		j.t.Fatalf("nothing can be taken away here: %v", err)
	}
	var have []crm.Target
	if _, err = client.EachContact(ctx, func(contact crm.Contact) error {
		for _, held := range contact.Tags {
			if held.ID == tag.ID {
				have = append(have, crm.Target{ID: contact.ID, Email: contact.Email})
			}
		}
		return nil
	}); err == nil && len(have) == 0 {
		_, err = client.EachTagged(ctx, tag, func(target crm.Target) error { have = append(have, target); return nil })
	}
	if err != nil || len(have) < 2 {
		j.t.Fatalf("%d have the tag: %v", len(have), err)
	}
	outcomes, err := remover.RemoveTag(ctx, tag, have[:2])
	for _, outcome := range outcomes {
		err = errors.Join(err, outcome.Err)
	}
	if err != nil {
		j.t.Fatal(err)
	}
}

func TestPagesOfTheSwitch(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.reach(steps.Tags)
		for _, page := range []string{steps.APIKeys, steps.Switch, steps.CRMSetup, steps.TagReview, steps.Automations} {
			a.show(j, page, "ready", plainly)
			if page == steps.Switch {
				j.tick(page, "unchanged")
				j.answer(page, "switch.confirm", "switch to ActiveCampaign")
				a.show(j, page, "ready, confirmed", plainly)
			}
			j.reach(page)
			a.show(j, page, "done", plainly)
		}
		j.untick(steps.APIKeys, "at-hand")
		a.show(j, steps.APIKeys, "ready, a tick taken back", plainly)
	})
}

func TestPagesAfterTheSwitch(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.reach(steps.Automations)
		a.show(j, steps.LinkUsers, "ready", plainly)
		j.run(steps.LinkUsers, "match")
		a.table(j, steps.LinkUsers, "ready, matched", "links")
		j.reach(steps.LinkUsers)
		a.show(j, steps.LinkUsers, "done", plainly)
		a.show(j, steps.Payments, "ready", plainly)
		j.reach(steps.Payments)
		a.show(j, steps.Payments, "done", plainly)
		a.show(j, steps.Test, "ready", plainly)
		j.someoneMeddles()
		time.Sleep(time.Hour)
		j.run(steps.Test, "verify")
		a.table(j, steps.Test, "ready, access lost", "access")
		j.run(steps.Test, "mend")
		a.show(j, steps.Test, "ready, mended", plainly)
		j.reach(steps.Test)
		a.show(j, steps.Test, "done", plainly)
		a.show(j, steps.Finish, "ready", plainly)
		j.reach(steps.Finish)
		a.show(j, steps.Finish, "done", plainly)
	})
}
