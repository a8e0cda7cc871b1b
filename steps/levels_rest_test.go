package steps_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wp/wptest"
)

// withoutPlugin are the answers of an owner who lets AllySwitch log in, but puts no plugin on the site.
func withoutPlugin() map[string]string {
	answers := map[string]string{}
	for _, task := range []string{"start.site", "start.write", "export.site", "maintenance.before", "maintenance.after", "link-users.users-site", "test.users-site", "test.visitor"} {
		answers[task] = "yes"
	}
	return answers
}

// beginOverREST begins on a site without the companion, whose owner downloads no export: the users are read from the site.
func beginOverREST(t testing.TB, crmID string, more ...wptest.Condition) *journey {
	t.Helper()
	j := beginOn(t, crmID, append(more, wptest.NoCompanion)...)
	delete(j.demo.Answers, "export.file")
	return j
}

// TestTheWholeSwitchOverREST walks through all steps for each CRM with an application password and without the companion: users are read over REST, or over
// XML-RPC where a plugin shuts the REST API, tags come from a file, and AccessAlly's own importer does the linking. In the end everybody keeps what they had,
// the CRM holds the same as after a switch with files, and nothing says that the users are linked: nobody has seen it.
func TestTheWholeSwitchOverREST(t *testing.T) {
	for _, crmID := range crms() {
		for way, conditions := range map[string][]wptest.Condition{"rest": nil, "xml-rpc": {wptest.RESTBlocked}} {
			t.Run(crmID+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					j := beginOverREST(t, crmID, conditions...)
					if err := j.walk("", withoutPlugin()); err != nil {
						t.Fatal(err)
					}
					j.allDone()
					j.nobodyLostAccess()
					if facts := factsOf(j, steps.Export); !strings.Contains(facts, "34 users read by "+way) {
						t.Errorf("the users were read otherwise: %s", facts)
					}
					j.saysLinksAreUnknown()
					j.saysWhatItCannotTell(crmID)
					if held := len(j.demo.Sandbox.Contents().Contacts); held != 31 {
						t.Errorf("%s holds %d contacts", crmID, held)
					}
				})
			})
		}
	}
}

// saysLinksAreUnknown looks for the admission that nobody has read the contact IDs on the site, and for any word that claims more.
func (j *journey) saysLinksAreUnknown() {
	j.t.Helper()
	for _, id := range []string{steps.LinkUsers, steps.Test} {
		found := false
		for _, fact := range j.step(id).Sheet(j.state()).Did {
			if fact.Label == "On the site" {
				found = fact.Mark == wizard.MarkUnknown && strings.Contains(fact.Value, "not known whether 31 members are linked") && strings.Contains(fact.Value, "the 10 in the list by hand")
			}
			if fact.Mark == wizard.MarkGood && (strings.Contains(fact.Value, "linked") || fact.Label == "Verdict") {
				j.t.Errorf("%s claims %q", id, fact.Value)
			}
		}
		if !found {
			j.t.Errorf("%s does not say that the links are not known: %s", id, factsOf(j, id))
		}
	}
	if facts := factsOf(j, steps.Test); !strings.Contains(facts, "Passed as far as AllySwitch can see") || !strings.Contains(facts, "Not known: whether every user is linked") {
		j.t.Errorf("the verdict: %s", facts)
	}
	if report, err := os.ReadFile(j.folder.Path("report.md")); err != nil || !strings.Contains(string(report), "AllySwitch has not read the contact IDs on the site itself") {
		j.t.Errorf("the report does not say it: %v", err)
	} else if head, _, _ := strings.Cut(string(report), "Everybody was read back"); !strings.Contains(head, "Not known: whether the site links every user to their contact.") {
		j.t.Errorf("the verdict of the report does not say it: %s", head)
	}
	if steps.LinksRead(j.state()) {
		j.t.Error("the summary says that the links were read")
	}
	j.claimsNoLink()
	if rows := j.table(steps.LinkUsers, "by-hand"); rows.Rows != 10 || rows.Row(0)[3] == "" {
		j.t.Errorf("%d users are to be opened by hand: %s", rows.Rows, rowsOf(rows))
	}
}

// claimsNoLink looks through every step and the report for a line that speaks of linked users without saying that it is not known.
func (j *journey) claimsNoLink() {
	j.t.Helper()
	var lines []string
	for _, one := range j.all {
		for _, fact := range one.(wizard.Sheeted).Sheet(j.state()).Did {
			lines = append(lines, one.ID()+" "+fact.Label+": "+fact.Value)
		}
		lines = append(lines, one.ID()+": "+one.(wizard.Sheeted).Sheet(j.state()).Known, one.ID()+": "+steps.Standing(j.state(), one.ID()))
	}
	report, err := os.ReadFile(j.folder.Path("report.md"))
	if err != nil {
		j.t.Fatal(err)
	}
	for _, line := range append(lines, strings.Split(string(report), "\n")...) {
		small := strings.ToLower(line)
		if strings.Contains(small, "linked") && !strings.Contains(small, "not known") && !strings.Contains(small, "cannot see") {
			j.t.Errorf("nobody has read it, and this claims it: %q", line)
		}
	}
}

// Without a tag file nobody's access can be carried over. Over REST there is no other way to learn the tags: the page asks for the file, and the switch is held
// until the owner accepts every gap, and that nobody can tell the access of anybody.
func TestOverRESTTheTagFileIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "kit")
		tags := j.demo.Answers["tags.file"]
		delete(j.demo.Answers, "tags.file")
		var missing *plain.ErrMissing
		if err := j.walk(steps.Switch, withoutPlugin()); !errors.As(err, &missing) || missing.Key != "tags.accept" || !strings.Contains(missing.Help, "31 members are not in the tag file") {
			t.Fatalf("without a tag file the walk ended with %v", err)
		}
		if facts := factsOf(j, steps.Export); !strings.Contains(facts, "no tag file yet") {
			t.Errorf("the page does not ask for the tags: %s", facts)
		}
		if question, asked := j.question(steps.Export, "tags.file"); !asked || !strings.Contains(question.Help, "tags") {
			t.Errorf("the tag file is not asked for: %+v", question)
		}
		j.answer(steps.Tags, "tags.accept", "accept 31 gaps")
		if err := j.walk(steps.Switch, withoutPlugin()); !errors.As(err, &missing) || missing.Key != "switch.access" || !strings.Contains(missing.Help, "of 31 nobody can tell") {
			t.Fatalf("with the gaps accepted the walk ended with %v", err)
		}
		j.demo.Answers["tags.file"] = tags
		if err := j.walk(steps.Switch, withoutPlugin()); err != nil {
			t.Fatalf("with the tag file: %v", err)
		}
	})
}

// Whoever opens the users in the list and finds one linked to somebody else hears that the importer's tick does not hold, and the last verdict is no pass.
func TestAWrongLinkSeenByHandTakesTheTicksBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "drip")
		if err := j.walk(steps.Test, withoutPlugin()); err != nil {
			t.Fatal(err)
		}
		j.row(steps.LinkUsers, "by-hand", "y", 0, "")
		if facts := factsOf(j, steps.LinkUsers); !strings.Contains(facts, "Of the 10 in the list 1 was opened by hand, and right") {
			t.Errorf("after one that is right: %s", facts)
		}
		j.row(steps.LinkUsers, "by-hand", "x", 3, "another contact")
		if j.status(steps.LinkUsers) == wizard.Done {
			t.Error("the step is done although a user is linked to another contact")
		}
		for _, key := range []string{"imported", "spot-checked"} {
			if tick := j.box(steps.LinkUsers, key); tick.Set != nil || !strings.Contains(tick.Doubt, "another contact") {
				t.Errorf("the tick %s holds: %+v", key, tick)
			}
		}
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "Not passed: 1 user of step 11 is not linked rightly. Settle") || j.status(steps.Test) == wizard.Done || !strings.Contains(facts, "of 2 opened by hand 1 is not linked rightly") {
			t.Errorf("the verdict: %s", facts)
		}
		j.row(steps.LinkUsers, "by-hand", "y", 3, "")
		if j.status(steps.LinkUsers) != wizard.Done {
			t.Error("after it was mended the step is not done")
		}
	})
}

// While the importer ran somebody was removed from the site, and somebody took another address. REST shows both.
func TestOverRESTUsersWhoAreGoneOrMovedAreSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "ontraport")
		if err := j.walk(steps.LinkUsers, withoutPlugin()); err != nil {
			t.Fatal(err)
		}
		if facts := factsOf(j, steps.LinkUsers); !strings.Contains(facts, "31 members are still there under their address") {
			t.Errorf("before anything changed: %s", facts)
		}
		later := *j.demo.Site
		last := len(later.People) - 1
		later.People = append([]wptest.Person(nil), later.People[:last]...)
		later.People[last-1].Email = "moved@example.com"
		j.deps.SiteTransport = sandbox.Transport(later.Handler(wptest.NoCompanion))
		j.run(steps.LinkUsers, "users-site")
		if facts := factsOf(j, steps.LinkUsers); !strings.Contains(facts, "29 members are still there under their address, 1 no longer on the site, 1 with another address now") {
			t.Errorf("after two have changed: %s", facts)
		}
		rows := rowsOf(j.table(steps.LinkUsers, "site-links"))
		for _, want := range []string{fmt.Sprintf("gone|%d|", j.demo.Site.People[last].ID), fmt.Sprintf("new address|%d|", later.People[last-1].ID)} {
			if !strings.Contains(rows, want) {
				t.Errorf("the list lacks %q:\n%s", want, rows)
			}
		}
	})
}

// The wire breaks while users are read again: nobody is called gone for that.
func TestOverRESTABrokenReadingSaysNothingAboutAnybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "kit")
		if err := j.walk(steps.LinkUsers, nil); err == nil {
			t.Fatal("without the users the walk went on")
		}
		if err := j.walk(steps.LinkUsers, withoutPlugin()); err != nil {
			t.Fatal(err)
		}
		before := factsOf(j, steps.LinkUsers)
		whole := j.deps.SiteTransport
		j.deps.SiteTransport = roundTripper(func(request *http.Request) (*http.Response, error) {
			if strings.Contains(request.URL.RawQuery, "per_page=100") {
				return says(request, http.StatusOK, "application/json", "[]"), nil
			}
			return whole.RoundTrip(request)
		})
		if words := told(t, j.try(steps.LinkUsers, "users-site")); words.Code == "" {
			t.Errorf("%+v", words)
		}
		if after := factsOf(j, steps.LinkUsers); after != before {
			t.Errorf("an empty answer changed what is known:\n%s", after)
		}
	})
}
