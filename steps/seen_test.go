package steps_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// Whoever ticks that maintenance mode is on, while a visitor still gets the same page, hears so. Where only the members' pages are closed, the owner says that.
func TestAFrontPageThatStaysOpenContradictsTheTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.stayed()
		j.run(steps.Maintenance, "before")
		j.tick(steps.Maintenance, "on", "seen")
		j.run(steps.Maintenance, "after")
		for _, key := range []string{"on", "seen"} {
			if box := j.box(steps.Maintenance, key); box.Set != nil || !strings.Contains(box.Doubt, "still gets the same page") {
				t.Errorf("nothing is closed, and the box %s says %q", key, box.Doubt)
			}
		}
		if j.status(steps.Maintenance) == wizard.Done {
			t.Error("the step is done although the site is open")
		}
		j.tick(steps.Maintenance, "same-front")
		if j.status(steps.Maintenance) != wizard.Done {
			t.Error("the owner has seen that the content is closed, and the step is not done")
		}
		j.untick(steps.Maintenance, "same-front")
		j.demo.Follow(j.state())
		j.run(steps.Maintenance, "after")
		if j.status(steps.Maintenance) != wizard.Done {
			t.Errorf("the site is closed now: %s", j.facts(steps.Maintenance))
		}
	})
}

// What the import has seen to start takes the tick back that nothing has started, until it is settled.
func TestWhatStartedIsSettledBeforeNobodyWasMailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Automations)
		if err := j.keeper.Apply(func(state *checkpoint.State) { state.Step(steps.Import).Notes["woken"] = `"Hello" (3 people)` }); err != nil {
			t.Fatal(err)
		}
		if box := j.box(steps.Automations, "nobody-mailed"); box.Set != nil || !strings.Contains(box.Doubt, `people entered "Hello" (3 people)`) || j.status(steps.Automations) == wizard.Done {
			t.Fatalf("three people entered an automation, and the box says %q", box.Doubt)
		}
		j.tick(steps.Automations, "woken-settled")
		if j.box(steps.Automations, "nobody-mailed").Set == nil || j.status(steps.Automations) != wizard.Done {
			t.Error("it is settled, and the box does not count")
		}
	})
}

// With the companion steps 9 and 11 are done only once the site was read, and a place that nobody has matched takes its box back, whatever its kind.
func TestWithTheCompanionTheSiteIsReadBeforeTheTicksCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		if err := j.walk(steps.CRMSetup, atLevel(true)); err != nil {
			t.Fatal(err)
		}
		j.ticksAll(steps.TagReview)
		if j.status(steps.TagReview) == wizard.Done {
			t.Fatal("step 9 is done although nobody has read the site")
		}
		j.run(steps.TagReview, "references")
		for row, key := range []string{"x", "s", "s"} {
			j.row(steps.TagReview, "references", key, row, "")
		}
		if j.status(steps.TagReview) != wizard.Done {
			t.Fatalf("everything is matched: %s", j.facts(steps.TagReview))
		}
		path := j.folder.Path(migration.ReferencesFile)
		rows, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		heading, rest, _ := strings.Cut(string(rows), "\n")
		if err := os.WriteFile(path, []byte(heading+"\nto do,setting,The tag of every new user,Yoga Basics Access,,,\n"+rest), 0o600); err != nil {
			t.Fatal(err)
		}
		if box := j.box(steps.TagReview, "other"); box.Set != nil || !strings.Contains(box.Doubt, "The tag of every new user") {
			t.Errorf("a setting points to a tag of before, and the box says %q", box.Doubt)
		}
		j.row(steps.TagReview, "references", "x", 0, "")
		if box := j.box(steps.TagReview, "other"); strings.Contains(box.Doubt, "The tag of every new user") {
			t.Errorf("it stays so on purpose, and the box says %q", box.Doubt)
		}
		j.reach(steps.Automations)
		j.run(steps.LinkUsers, "match", "link")
		j.ticksAll(steps.LinkUsers)
		if j.status(steps.LinkUsers) == wizard.Done {
			t.Error("step 11 is done although nobody has read the contact IDs")
		}
		j.run(steps.LinkUsers, "links-site")
		if j.status(steps.LinkUsers) != wizard.Done {
			t.Errorf("the contact IDs are read: %s", j.facts(steps.LinkUsers))
		}
	})
}

// Whoever has looked at five members without a sure contact has not looked at those of another match.
func TestALookAtOthersIsNoLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Automations)
		unlinked := func(n int64) {
			t.Helper()
			if err := j.keeper.Apply(func(state *checkpoint.State) {
				state.Step(steps.LinkUsers).Counters = map[string]int64{"unlinked": n}
			}); err != nil {
				t.Fatal(err)
			}
			j.tick(steps.LinkUsers, "unlinked-seen")
			j.run(steps.LinkUsers, "match")
		}
		unlinked(0)
		if _, kept := j.state().Step(steps.LinkUsers).Ticks["unlinked-seen"]; !kept {
			t.Error("the match found the same number, and the tick is gone")
		}
		unlinked(5)
		if _, kept := j.state().Step(steps.LinkUsers).Ticks["unlinked-seen"]; kept {
			t.Error("the match found another number, and the tick still counts")
		}
	})
}

// Whoever ticks that all files are uploaded, while the CRM shows none of the members, hears so until somebody has arrived.
func TestAnUploadThatNobodySeesContradictsTheTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.answer(steps.Import, "import.route", "upload")
		j.run(steps.Import, "plan")
		j.ticksAll(steps.Import)
		j.run(steps.Import, "files")
		j.tick(steps.Import, "uploaded")
		if j.box(steps.Import, "uploaded").Set == nil {
			t.Fatal("nobody has looked, and the tick does not count")
		}
		j.run(steps.Import, "look")
		if box := j.box(steps.Import, "uploaded"); box.Set != nil || !strings.Contains(box.Doubt, "shows none of the members yet") {
			t.Fatalf("nothing has arrived, and the box says %q", box.Doubt)
		}
		j.run(steps.Import, "sample")
		if box := j.box(steps.Import, "uploaded"); box.Set == nil {
			t.Errorf("somebody has arrived, and the box says %q", box.Doubt)
		}
	})
}

// A front page that fails is a change, but no good one.
func TestAFrontPageThatFailsIsNotCalledGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.run(steps.Maintenance, "before")
		j.deps.SiteTransport = roundTripper(func(request *http.Request) (*http.Response, error) {
			return says(request, http.StatusInternalServerError, "text/html", "<html><body>There has been a critical error.</body></html>"), nil
		})
		j.run(steps.Maintenance, "after")
		if fact := j.step(steps.Maintenance).Sheet(j.state()).Did[0]; fact.Mark != wizard.MarkWarn || !strings.Contains(fact.Value, "500") {
			t.Errorf("a visitor gets an error: %+v", fact)
		}
	})
}
