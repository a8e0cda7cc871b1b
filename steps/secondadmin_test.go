package steps_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wp/wptest"
)

// spare is a second administrator as there should be one.
var spare = wptest.Person{ID: 9001, Login: "spare", Email: "spare@example.org", Registered: "2026-01-02 03:04:05", Roles: "administrator", Tags: []string{}}

// before is the row of what has to be in order before the beginning.
func (j *journey) beforehand(what string) []string {
	j.t.Helper()
	table := j.table(steps.Start, "preflight")
	for i := range table.Rows {
		if row := table.Row(i); row[1] == what {
			return row
		}
	}
	j.t.Fatalf("there is no row %q", what)
	return nil
}

// The owner names a member's address as the second administrator's. Nobody can know that before the export; then the tick falls, with the reason, and holds step 7
// until another address is given.
func TestASecondAdministratorWhoIsAMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.answer(steps.Start, "people.second-admin", "Everything@Example.com")
		if row := j.beforehand("A second administrator"); row[0] != "done" || !strings.Contains(row[2], "not compared with the members before step 3") {
			t.Errorf("before the members are known: %q", row)
		}
		j.reach(steps.EditCSV)
		if tick := j.box(steps.Start, "second-admin"); tick.Set != nil || !strings.Contains(tick.Doubt, "this address is a member's") || j.status(steps.Start) == wizard.Done {
			t.Errorf("the tick holds: %+v", tick)
		}
		if row := j.beforehand("A second administrator"); row[0] != "disproved" || !strings.HasPrefix(row[2], "because this address is a member's") {
			t.Errorf("the list: %q", row)
		}
		if facts := factsOf(j, steps.EditCSV); !strings.Contains(facts, "Second admin: the second administrator of the Start page is none") {
			t.Errorf("step 3 says nothing: %s", facts)
		}
		j.answer(steps.Start, "people.second-admin", "norole@example.com")
		j.run(steps.Start, "second")
		if row := j.beforehand("A second administrator"); row[0] != "disproved" {
			t.Errorf("a member without tags: %q", row)
		}
		var refused *plain.ErrRefused
		if err := j.walk(steps.Import, nil); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "this address is a member's") {
			t.Errorf("a run without a screen goes on: %v", err)
		}
		for address, want := range map[string]string{"spare@example.org": "no member has this address", "admin@example.com": "because the export names one administrator only"} {
			j.answer(steps.Start, "people.second-admin", address)
			j.run(steps.Start, "second")
			row, good := j.beforehand("A second administrator"), address == "spare@example.org"
			if (row[0] == "done") != good || !strings.HasPrefix(row[2], want) || (j.status(steps.Start) == wizard.Done) != good {
				t.Errorf("%s: %q", address, row)
			}
		}
		j.answer(steps.Start, "people.second-admin", "spare@example.org")
		j.reach(steps.Switch)
		j.answer(steps.Start, "people.second-admin", "everything@example.com")
		j.run(steps.Start, "second")
		if tick := j.box(steps.Switch, "log-in"); tick.Set != nil || !strings.Contains(tick.Doubt, "a member's") {
			t.Errorf("step 7 takes the tick: %+v", tick)
		}
	})
}

// Where AllySwitch may log in, it sees whether the user is there and an administrator: with the companion, over REST and over XML-RPC alike.
func TestTheSecondAdministratorIsLookedUpOnTheSite(t *testing.T) {
	for way, conditions := range map[string][]wptest.Condition{"companion": nil, "rest": {wptest.NoCompanion}, "xml-rpc": {wptest.NoCompanion, wptest.RESTBlocked}} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := beginOn(t, "drip", conditions...)
				site := *j.demo.Site
				site.People = append(append([]wptest.Person(nil), site.People...), spare)
				j.deps.SiteTransport = sandbox.Transport(site.Handler(conditions...))
				j.connect()
				j.logIn()
				for address, want := range map[string][2]string{
					"nobody@example.net":       {"disproved", "because no user of the site has this address"},
					"formula@example.com":      {"disproved", "because the user with this address is no administrator"},
					"admin@example.com":        {"disproved", "because this is the login that AllySwitch itself uses"},
					"SPARE@example.org":        {"done", "an administrator on the site"},
					"spar@example.org":         {"disproved", "because no user of the site has this address"},
					"x.spare@example.org":      {"disproved", "because no user of the site has this address"},
					"capital@example.com":      {"disproved", "because no user of the site has this address"},
					"grace.hopper@example.com": {"disproved", "because the user with this address is no administrator"},
				} {
					j.answer(steps.Start, "people.second-admin", address)
					if row := j.beforehand("A second administrator"); row[0] != "done" {
						t.Errorf("%s before it was looked up: %q", address, row)
					}
					j.run(steps.Start, "second")
					row := j.beforehand("A second administrator")
					if row[0] != want[0] || !strings.Contains(row[2], want[1]) || (j.status(steps.Start) == wizard.Done) != (want[0] == "done") {
						t.Errorf("%s: %q, want %q", address, row, want)
					}
				}
			})
		})
	}
}

// A site that gives no answer says nothing about anybody.
func TestASecondAdministratorWhoCannotBeLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOn(t, "kit", wptest.NoCompanion)
		j.connect()
		j.logIn()
		j.answer(steps.Start, "people.second-admin", "formula@example.com")
		j.deps.SiteTransport = sandbox.Transport(j.demo.Site.Handler(wptest.NoCompanion, wptest.NoAddresses))
		if err := j.try(steps.Start, "second"); err == nil {
			t.Fatal("a list without addresses was taken for an answer")
		}
		if row := j.beforehand("A second administrator"); row[0] != "done" || strings.Contains(row[2], "on the site") {
			t.Errorf("the list: %q", row)
		}
	})
}
