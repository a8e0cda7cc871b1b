package steps_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// toTheSwitch walks with the companion to where step 7 begins. The made-up site no longer follows by itself what is ticked off.
func toTheSwitch(t *testing.T, crmID string) *journey {
	t.Helper()
	j := begin(t, crmID)
	if err := j.walk(steps.APIKeys, atLevel(true)); err != nil {
		t.Fatal(err)
	}
	return j
}

// stayed lets the site stay as it is, whatever is ticked off as done there.
func (j *journey) stayed() { j.keeping.After = nil; j.keeper.Folder = j.keeping }

// confirmed notes down the tags, says that nobody has changed, and types the words.
func (j *journey) confirmed() {
	j.t.Helper()
	j.run(steps.Switch, "remember", "again", "look")
	j.tick(steps.Switch, "unchanged")
	j.confirm(steps.Switch, "switch.confirm")
}

// Whoever ticks that AccessAlly is switched, and it is not, hears so as soon as the site is read. The step is not done before it was read.
func TestTheSwitchIsReadFromTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := toTheSwitch(t, "kit")
		j.stayed()
		j.confirmed()
		j.tick(steps.Switch, "switched", "shows", "log-in")
		if j.status(steps.Switch) == wizard.Done {
			t.Fatal("the step is done although nobody has read which CRM AccessAlly works with")
		}
		j.run(steps.Switch, "system")
		for _, key := range []string{"switched", "shows"} {
			if box := j.box(steps.Switch, key); box.Set != nil || !strings.Contains(box.Doubt, `AccessAlly works with "managed"`) {
				t.Errorf("nothing is switched, and the box %s says %q", key, box.Doubt)
			}
		}
		if j.status(steps.Switch) == wizard.Done {
			t.Error("the step is done although the site says that nothing is switched")
		}
		j.demo.Follow(j.state())
		j.run(steps.Switch, "system")
		if j.status(steps.Switch) != wizard.Done {
			t.Errorf("the site is switched now: %s", j.facts(steps.Switch))
		}
	})
}

// Which CRM AccessAlly works with can be unreadable. Then it is not known, and the step rests on what the owner has seen.
func TestASystemThatNobodyCanReadIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := toTheSwitch(t, "kit")
		j.confirmed()
		j.tick(steps.Switch, "switched", "shows", "log-in")
		j.run(steps.Switch, "system")
		for system, want := range map[string]string{"unknown": "could not be read: look", "brand-new": "a name that AllySwitch does not know"} {
			if err := j.keeper.Apply(func(state *checkpoint.State) { state.Step(steps.Switch).Notes["system"] = system }); err != nil {
				t.Fatal(err)
			}
			if facts := factsOf(j, steps.Switch); !strings.Contains(facts, want) || strings.Contains(facts, "not been switched") {
				t.Errorf("%s: %s", system, facts)
			}
			if j.status(steps.Switch) != wizard.Done {
				t.Errorf("%s holds the step", system)
			}
		}
		if err := j.keeper.Apply(func(state *checkpoint.State) { state.Step(steps.Switch).Notes["system"] = "drip" }); err != nil {
			t.Fatal(err)
		}
		if box := j.box(steps.Switch, "switched"); box.Set != nil || !strings.Contains(box.Doubt, `"drip"`) {
			t.Errorf("another of the five CRMs is chosen, and the box says %q", box.Doubt)
		}
	})
}

// What uses which tag can be noted down before the switch only: neither the words to type nor the boxes are there until it is.
func TestTheSwitchWaitsUntilThePlacesAreNotedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := toTheSwitch(t, "drip")
		j.run(steps.Switch, "again", "look")
		j.tick(steps.Switch, "unchanged")
		if _, asked := j.question(steps.Switch, "switch.confirm"); asked || j.asks(steps.Switch, "switched") {
			t.Fatal("the switch is offered before the places are noted down")
		}
		j.run(steps.Switch, "remember")
		j.confirm(steps.Switch, "switch.confirm")
		if !j.asks(steps.Switch, "switched") {
			t.Fatal("the places are noted down, and the switch is not offered")
		}
		before, err := os.ReadFile(j.folder.Path(migration.ReferencesBeforeFile))
		if err != nil {
			t.Fatal(err)
		}
		j.tick(steps.Switch, "switched")
		if task, err := j.keeper.Task(j.step(steps.Switch), "remember"); err != nil || !strings.Contains(task.Locked, "Only possible before the switch") {
			t.Errorf("after the switch it can be noted down again: %+v %v", task, err)
		}
		j.untick(steps.Switch, "switched")
		j.run(steps.Switch, "remember")
		if after, err := os.ReadFile(j.folder.Path(migration.ReferencesBeforeFile)); err != nil || string(after) != string(before) {
			t.Errorf("what the tags were before was overwritten after the switch (%v)", err)
		}
	})
}

// The box that nobody has changed counts: without it the switch is not offered, whatever has been typed.
func TestTheSwitchWaitsForTheWordThatNobodyHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.APIKeys)
		j.confirm(steps.Switch, "switch.confirm")
		if j.asks(steps.Switch, "switched") {
			t.Fatal("the switch is offered although nobody has said that nobody has changed")
		}
		j.tick(steps.Switch, "unchanged")
		if !j.asks(steps.Switch, "switched") {
			t.Error("the switch is not offered")
		}
	})
}

// A site that the list shows subscriptions for is no site without subscriptions.
func TestNoSubscriptionsIsDisproved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.linksThroughTheCompanion()
		j.tick(steps.Payments, "none")
		if j.box(steps.Payments, "none").Set == nil {
			t.Fatal("nothing is known yet, and the tick does not count")
		}
		j.run(steps.Payments, "orders-site")
		if box := j.box(steps.Payments, "none"); box.Set != nil || !strings.Contains(box.Doubt, "the list shows 1 subscription that has not ended") || j.status(steps.Payments) == wizard.Done {
			t.Fatalf("the site has a subscription, and the box says %q", box.Doubt)
		}
		j.row(steps.Payments, "orders", "d", 0, "")
		j.tick(steps.Payments, "updater", "matched")
		if j.box(steps.Payments, "none").Doubt == "" || j.box(steps.Payments, "matched").Set == nil || j.status(steps.Payments) != wizard.Done {
			t.Errorf("its order is moved: %s", j.facts(steps.Payments))
		}
	})
}

// What was accepted once is not accepted for another number, and nothing is accepted before the tests by hand.
func TestAnAcceptanceOfAnotherNumberIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Test)
		counts := func(lost int64, accepted string) string {
			t.Helper()
			if err := j.keeper.Apply(func(state *checkpoint.State) {
				state.Step(steps.Test).Counters["lost"] = lost
				state.Step(steps.Test).Answers = map[string]string{"test.accept": accepted}
			}); err != nil {
				t.Fatal(err)
			}
			return factsOf(j, steps.Test)
		}
		if facts := counts(50, "accept 1"); !strings.Contains(facts, "Not passed: the access of 50 of 81 members changes. Settle") {
			t.Errorf("one was accepted, 50 are lost: %s", facts)
		}
		if facts := counts(50, "accept 50"); !strings.Contains(facts, "Accepted as it is: the access of 50 of 81 members changes, and you have accepted that. The tests by hand went well") || !strings.Contains(facts, "Not known: whether every user is linked") {
			t.Errorf("50 were accepted: %s", facts)
		}
		j.untick(steps.Test, "purchase")
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "Not decided yet") || !strings.Contains(facts, `you have accepted that. Still open: tick "A test purchase gives access".`) {
			t.Errorf("a test by hand is open: %s", facts)
		}
		j.row(steps.Test, "controls", "x", 0, "closed to them")
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "Not passed: the test with 1 person went wrong. Settle") {
			t.Errorf("a test went wrong: %s", facts)
		}
	})
}

// The last step passes only when everybody in the list of people to test with has been tried.
func TestNobodyPassesWithoutMarkingThePeopleToTestWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "drip")
		j.reach(steps.Payments)
		j.run(steps.Test, "verify", "choose")
		j.ticksAll(steps.Test)
		for _, key := range []string{"log-in", "open", "closed"} {
			if box := j.box(steps.Test, key); box.Set != nil || !strings.Contains(box.Doubt, "still to do") {
				t.Errorf("nobody was tried, and the box %s says %q", key, box.Doubt)
			}
		}
		if facts := factsOf(j, steps.Test); j.status(steps.Test) == wizard.Done || strings.Contains(facts, "Passed") {
			t.Errorf("nobody was tried: %s", facts)
		}
		rows := j.table(steps.Test, "controls").Rows
		for row := range rows {
			j.row(steps.Test, "controls", "y", row, "")
		}
		if facts := factsOf(j, steps.Test); j.status(steps.Test) != wizard.Done || !strings.Contains(facts, "Passed as far as AllySwitch can see") {
			t.Errorf("everybody was tried: %s", facts)
		}
		j.row(steps.Test, "controls", "x", 0, "cannot log in")
		if box := j.box(steps.Test, "log-in"); box.Set != nil || !strings.Contains(box.Doubt, "cannot log in") {
			t.Errorf("one cannot log in, and the box says %q", box.Doubt)
		}
	})
}

// An answers file marks them as well: by user ID, or all who are not marked yet. It says nothing about people who are chosen later.
func TestPeopleToTestWithAreMarkedFromAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "drip")
		j.reach(steps.Payments)
		j.run(steps.Test, "verify", "choose")
		table := j.table(steps.Test, "controls")
		first, second := table.Row(0)[1], table.Row(1)[1]
		if err := j.keeper.Answer(j.step(steps.Test), "test.controls", first+" = maybe"); err == nil {
			t.Error("a result that is none was taken")
		}
		j.answer(steps.Test, "test.controls", first+" = failed: the library is closed to them")
		j.answer(steps.Test, "test.controls", second+" = passed | all = passed")
		rows := strings.Split(strings.TrimSpace(rowsOf(j.table(steps.Test, "controls"))), "\n")
		if !strings.HasPrefix(rows[0], "failed ") || !strings.Contains(rows[0], "the library is closed") {
			t.Errorf("the first: %s", rows[0])
		}
		if i := slices.IndexFunc(rows[1:], func(row string) bool { return !strings.HasPrefix(row, "passed ") }); i >= 0 {
			t.Errorf("another: %s", rows[1+i])
		}
		if left := j.state().Answer(steps.Test, "test.controls"); left != "" {
			t.Errorf("the answer waits for people who are chosen later: %q", left)
		}
	})
}
