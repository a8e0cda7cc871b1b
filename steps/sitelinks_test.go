package steps_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// In the middle of it one member is removed from the site and one takes another address. Reading the site again names both, and says what to do.
func TestMembersWhoAreRemovedOrMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.connect()
		j.logIn()
		if err := j.walk(steps.LinkUsers, atLevel(true)); err != nil {
			t.Fatal(err)
		}
		if facts := factsOf(j, steps.LinkUsers); !strings.Contains(facts, "linked rightly, 0 not linked, 0 linked to another contact\n") {
			t.Fatalf("before: %s", facts)
		}
		people := j.demo.Site.People
		gone, moved := people[len(people)-1], people[len(people)-2]
		j.demo.Site.People = people[:len(people)-1]
		j.demo.Site.People[len(people)-2].Email = "moved@example.com"
		server := j.demo.Site.Handler()
		server.SwitchTo("Ontraport")
		j.deps.SiteTransport = sandbox.Transport(server)
		j.tick(steps.LinkUsers, "imported", "spot-checked")
		j.run(steps.LinkUsers, "links-site")
		if box := j.box(steps.LinkUsers, "imported"); box.Set != nil || !strings.Contains(box.Doubt, "members are not linked to their contact") {
			t.Errorf("on the changed site nobody is linked, and the box says %q", box.Doubt)
		}
		if box := j.box(steps.LinkUsers, "spot-checked"); box.Set != nil || !strings.Contains(box.Doubt, "nobody is linked to their contact") {
			t.Errorf("nobody is linked, and the box says %q", box.Doubt)
		}
		_ = j.try(steps.LinkUsers, "link")
		j.run(steps.LinkUsers, "links-site")
		rows := rowsOf(j.table(steps.LinkUsers, "site-links"))
		for _, want := range []string{"gone|" + id(gone.ID) + "|", "new address|" + id(moved.ID) + "|"} {
			if !strings.Contains(rows, want) {
				t.Errorf("the list does not say %q:\n%s", want, rows)
			}
		}
		if strings.Contains(rows, "not linked|") {
			t.Errorf("somebody is still not linked:\n%s", rows)
		}
		if facts := factsOf(j, steps.LinkUsers); !strings.Contains(facts, "1 no longer on the site, 1 with another address now") {
			t.Errorf("the facts: %s", facts)
		}
		if j.status(steps.LinkUsers) != wizard.Done {
			t.Errorf("everybody who is there is linked, and the step is not done: %q", wizard.Pending(j.step(steps.LinkUsers).Sheet(j.state())))
		}
	})
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
