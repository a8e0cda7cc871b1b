package steps_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
)

// statuses are where all steps stand, in their order, one letter each: L R w(orking) c(heck again) D.
func (j *journey) statuses() string {
	text := ""
	for _, step := range j.all {
		text += string("LRwcD"[step.Status(j.state())])
	}
	return text
}

// TestBackEverywhereKeepsEverything goes from the last page back to the first with Esc, and forth again: nothing changes.
func TestBackEverywhereKeepsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Finish)
		before, contents := j.statuses(), j.contents()
		term := j.screen(home, wizard.Options{})
		for i := len(j.all) - 1; i > 0; i-- {
			term.Sees(j.all[i].Title())
			term.Press("esc")
		}
		term.Sees(j.all[0].Title())
		term.Press("esc")
		term.Sees("This is the first page.")
		for _, step := range j.all[1:] {
			for range 40 {
				if strings.Contains(focused(term.Lines()), "[ Continue") {
					break
				}
				term.Press("tab")
			}
			term.Press("enter")
			term.Sees(step.Title())
		}
		if after := j.statuses(); after != before {
			t.Errorf("going back and forth made %s of %s", after, before)
		}
		if j.contents() != contents {
			t.Error("going back and forth changed the CRM")
		}
	})
}

// TestAnotherExportFileAsksToCheckAgain changes the export after the import. What rests on it says so; what does not, stays.
func TestAnotherExportFileAsksToCheckAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Finish)
		j.tick(steps.Finish, "export-kept")
		lines := strings.SplitAfter(string(j.demo.Site.Export()), "\n")
		j.answer(steps.Export, "export.file", j.file("fewer.csv", strings.Join(lines[:len(lines)-3], "")))
		if got := j.step(steps.EditCSV).Status(j.state()); got != wizard.NeedsCheck {
			t.Errorf("cleaning has status %d after the file has changed", got)
		}
		j.run(steps.Export, "read")
		j.run(steps.EditCSV, "clean")
		j.tick(steps.EditCSV, "rejected-seen")
		for _, id := range []string{steps.Import, steps.Tags, steps.Switch, steps.LinkUsers, steps.Payments, steps.Test, steps.Finish} {
			if j.status(id) != wizard.NeedsCheck {
				t.Errorf("%s has status %d", id, j.status(id))
			}
		}
		for _, id := range []string{steps.Start, steps.Maintenance, steps.TagReview, steps.Automations, steps.CRMSetup} {
			if j.status(id) != wizard.Done {
				t.Errorf("%s has status %d", id, j.status(id))
			}
		}
		j.reach(steps.Finish)
		j.allDone()
	})
}

// TestAnotherCRMAsksToCheckAgain moves to another CRM half-way: everything about the CRM is to be done again, and nothing of the first is taken for
// the second.
func TestAnotherCRMAsksToCheckAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.APIKeys)
		j.answer(steps.Switch, "switch.confirm", "switch to ActiveCampaign")
		j.answer(steps.Start, "crm.provider", "drip")
		if got := j.state().Answer(steps.Start, "crm.url"); got != "" {
			t.Errorf("the address of the first CRM is kept: %s", got)
		}
		if got := j.statuses(); strings.Count(got, "c") < 4 || got[0] == 'D' {
			t.Errorf("the steps stand at %s", got)
		}
		for _, item := range j.step(steps.Switch).Sheet(j.state()).Items {
			if question, ok := item.(wizard.Question); ok && question.Key == "switch.confirm" && (question.Value != "" || question.Confirm != "switch to Drip") {
				t.Errorf("the words for the first CRM count for the second: %+v", question)
			}
		}
	})
}

// TestATickTakenBack opens a step again, and shuts what comes after it if that has not been done.
func TestATickTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.connect()
		if got := j.statuses()[:3]; got != "DRL" {
			t.Fatalf("the steps stand at %s", got)
		}
		j.untick(steps.Start, "backup")
		if got := j.statuses()[:3]; got != "RLL" {
			t.Errorf("with a tick taken back the steps stand at %s", got)
		}
		j.tick(steps.Start, "backup")
		if got := j.statuses()[:3]; got != "DRL" {
			t.Errorf("with the tick set again the steps stand at %s", got)
		}
	})
}

// TestAnInterruptedImportGoesOnAfterARestart pulls the plug in the middle of the import, on the screen. The next start says so, asks for the key and
// goes on.
func TestAnInterruptedImportGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.tick(steps.Import, "starts-seen")
		j.run(steps.Import, "sample")
		j.tick(steps.Import, "sample-seen")
		term := j.screen(home, wizard.Options{})
		term.Press("enter")
		for range 40 {
			if strings.Contains(focused(term.Lines()), "Send everybody else") {
				break
			}
			term.Press("tab")
		}
		slow(j)
		term.Press("enter")
		term.Wait(20 * time.Second)
		term.Sees("Send everybody else", "of 21", "p pause · s stop safely")
		cut := j.copied()
		term.Press("s")
		term.Wait(5 * time.Second)
		term.Sees("Stopped. What was done stays done")
		_ = term.Close()

		j.folder.Close()
		j.dir = cut
		j.wire.set(nil)
		j.open(nil)
		if j.status(steps.Import) != wizard.Running {
			t.Fatalf("the import has status %d after it was cut off", j.status(steps.Import))
		}
		term = j.screen(home, wizard.Options{})
		term.Press("enter")
		term.Sees("It was interrupted. Nothing is lost.", "Not yet: Give the API key on the Start page first")
		term.Press("l", "home", "enter")
		o := &owner{t: t, j: j, term: term, answers: j.demo.Secrets}
		for range 30 {
			if !strings.Contains(focused(term.Lines()), "API key") {
				term.Press("shift+tab")
			}
		}
		term.Paste(j.demo.Secrets["crm.key"])
		term.Press("enter")
		o.goesThrough("")
		j.allDone()
		j.nobodyLostAccess()
	})
}

// slow makes every answer of the CRM take a second.
func slow(j *journey) {
	next := j.wire.next
	j.wire.next = roundTrip(func() { time.Sleep(time.Second) }, next)
}

// TestGapsHaveToBeAcceptedByTheirNumber leaves step 5 only with every tag proven, or with words that name the number of gaps.
func TestGapsHaveToBeAcceptedByTheirNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Import)
		j.someoneMeddles()
		j.tick(steps.Tags, "every-tag")
		j.run(steps.Tags, "prove")
		for _, words := range []string{"yes", "accept", "accept 1 gaps", "accept 3 gaps", "ACCEPT 2 GAPS"} {
			if err := j.keeper.Answer(j.step(steps.Tags), "tags.accept", words); err == nil {
				t.Errorf("%q was taken", words)
			}
		}
		if j.status(steps.Tags) == wizard.Done || j.status(steps.APIKeys) != wizard.Locked {
			t.Fatal("the gate is open")
		}
		j.answer(steps.Tags, "tags.accept", "accept 2 gaps")
		if j.status(steps.Tags) != wizard.Done {
			t.Error("the gate did not open")
		}
		j.someoneMeddles()
		j.run(steps.Tags, "prove")
		if j.status(steps.Tags) == wizard.Done {
			t.Error("words for two gaps opened the gate for four")
		}
		j.run(steps.Tags, "mend")
		if j.status(steps.Tags) != wizard.Done {
			t.Error("the gate is shut although all tags are proven")
		}
	})
}

// TestNobodyFinishesWhileSomebodyLosesAccess holds the last step as the fifth.
func TestNobodyFinishesWhileSomebodyLosesAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Payments)
		j.someoneMeddles()
		var missing *plain.ErrMissing
		if err := j.walk(steps.Test, nil); !errors.As(err, &missing) || missing.Key != "test.accept" {
			t.Fatalf("the last step was passed, or held by something else: %v", err)
		}
		if j.status(steps.Test) == wizard.Done || j.status(steps.Finish) != wizard.Locked {
			t.Error("the last step is done although members have lost access")
		}
		j.run(steps.Test, "mend")
		j.reach(steps.Finish)
		j.nobodyLostAccess()
	})
}

// TestMembersWhomTheCRMRefuses are shown with their reason, sent again, or left out one by one.
func TestMembersWhomTheCRMRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.tick(steps.Import, "starts-seen")
		j.run(steps.Import, "sample")
		j.tick(steps.Import, "sample-seen")
		j.wire.set(refuse("family@example.com", "norole@example.com"))
		_ = j.try(steps.Import, "all")
		table := j.table(steps.Import, "failures")
		if table.Rows != 2 || !strings.Contains(strings.Join(table.Row(0), " "), "do-not-import") {
			t.Fatalf("%d failures, the first %q", table.Rows, table.Row(0))
		}
		if j.status(steps.Import) == wizard.Done {
			t.Error("the step is done although members were refused")
		}
		j.wire.set(refuse("family@example.com"))
		_ = j.try(steps.Import, "retry")
		if table := j.table(steps.Import, "failures"); table.Rows != 1 || table.Row(0)[1] != "family@example.com" {
			t.Fatalf("%d failures are left, the first %q", table.Rows, table.Row(0))
		}
		j.row(steps.Import, "failures", "x", 0, "")
		if j.status(steps.Import) != wizard.Done {
			t.Error("the step is not done although the last failure was left out")
		}
		if j.hasTable(steps.Import, "failures") {
			t.Error("the list of failures still stands there")
		}
	})
}

// TestRowsThatWereLeftOutAreMended gives a twin an address of their own: with the next cleaning both are members.
func TestRowsThatWereLeftOutAreMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Export)
		j.run(steps.EditCSV, "clean")
		members := j.state().Step(steps.EditCSV).Counters["members"]
		j.row(steps.EditCSV, "rejected", "m", 0, "second.twin@example.com")
		j.row(steps.EditCSV, "rejected", "x", 1, "")
		j.run(steps.EditCSV, "clean")
		counters := j.state().Step(steps.EditCSV).Counters
		if counters["members"] != members+1 || counters["members"]+counters["rejected"] != counters["people"] {
			t.Errorf("after mending: %v, before %d members", counters, members)
		}
	})
}

// TestTheSecondAdministratorMayStayOut names somebody who is in the export, and a typing error.
func TestTheSecondAdministratorMayStayOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Export)
		j.run(steps.EditCSV, "clean")
		members := j.state().Step(steps.EditCSV).Counters["members"]
		if !strings.Contains(j.facts(steps.EditCSV), "1 administrator goes into the CRM like the members") {
			t.Errorf("the page does not say that the administrator goes along: %s", j.facts(steps.EditCSV))
		}
		j.answer(steps.EditCSV, "edit-csv.leave-out", "admin@example.com, amdin@example.com")
		if j.status(steps.EditCSV) == wizard.Done {
			t.Error("the step is done although the file was made before somebody was left out")
		}
		j.run(steps.EditCSV, "clean")
		if !strings.Contains(j.facts(steps.EditCSV), "1 address to leave out is in no row of the export") {
			t.Errorf("the typing error is not told: %s", j.facts(steps.EditCSV))
		}
		j.answer(steps.EditCSV, "edit-csv.leave-out", "admin@example.com")
		j.run(steps.EditCSV, "clean")
		if !strings.Contains(j.facts(steps.EditCSV), "1 person stays out") || j.state().Step(steps.EditCSV).Counters["members"] != members-1 {
			t.Errorf("%d members of %d: %s", j.state().Step(steps.EditCSV).Counters["members"], members, j.facts(steps.EditCSV))
		}
	})
}

// TestARunThatIsStoppedSaysSo ends an unattended walk in the middle, and the next goes on.
func TestARunThatIsStoppedSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		slow(j)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 8*time.Second, context.Canceled)
		defer cancel()
		stop, end := context.WithCancel(t.Context())
		defer end()
		context.AfterFunc(ctx, end)
		_, err := plain.Run(stop, plain.Config{Steps: j.all, Folder: j.keeping, Answers: j.demo.Answers, Fallback: j.likeAnOwner})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the walk ended with %v", err)
		}
		j.reach(steps.Finish)
		j.nobodyLostAccess()
	})
}

var _ = wizardtest.Sizes
