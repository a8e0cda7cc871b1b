package steps_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// told is what an owner reads about an error.
func told(t testing.TB, err error) wizard.Explanation {
	t.Helper()
	if err == nil {
		t.Fatal("there was no error")
	}
	words := wizard.Explain(err)
	for _, text := range []string{words.What, words.Means, words.Now, words.Code} {
		if text == "" || strings.Contains(text, "goroutine") {
			t.Errorf("an error card lacks something: %+v", words)
		}
	}
	return words
}

// TestEveryWayNotToReachTheCRM checks the key in ten wrong ways. Each has a message and a code of its own, and none loses anything.
func TestEveryWayNotToReachTheCRM(t *testing.T) {
	html := "<!DOCTYPE html><html><title>Log in</title></html>"
	answer := func(status int, kind, body string) func(*http.Request, string) (*http.Response, error) {
		return func(request *http.Request, _ string) (*http.Response, error) {
			return says(request, status, kind, body), nil
		}
	}
	fail := func(err error) func(*http.Request, string) (*http.Response, error) {
		return func(*http.Request, string) (*http.Response, error) { return nil, err }
	}
	ways := []struct {
		name, key, url, code, what string
		meddle                     func(*http.Request, string) (*http.Response, error)
	}{
		{name: "wrong key", key: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567", code: "AC-403", what: "does not accept this key"},
		{name: "the log-in page", url: "https://me.activehosted.com/app/settings", code: "AC-SETTING", what: "This is the address of a page in ActiveCampaign, not of its API"},
		{name: "no such host", meddle: fail(&net.DNSError{Err: "no such host", Name: "x.example.com", IsNotFound: true}), code: "AC-NET", what: "cannot be reached"},
		{name: "refused", meddle: fail(&net.OpError{Op: "dial", Err: errors.New("connection refused")}), code: "AC-NET", what: "cannot be reached"},
		{name: "a web page", meddle: answer(200, "text/html", html), code: "AC-HTML", what: "What answered at this address is not ActiveCampaign"},
		{name: "nothing", meddle: answer(200, "application/json", ""), code: "AC-EMPTY", what: "did not give a usable answer"},
		{name: "half an answer", meddle: answer(200, "application/json", `{"user":`), code: "AC-CUT", what: "did not give a usable answer"},
		{name: "a firewall", meddle: answer(403, "text/html", html), code: "", what: ""},
		{name: "maintenance", meddle: answer(503, "text/plain", "down"), code: "AC-503", what: "did not give a usable answer"},
	}
	said := map[string]string{}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, "activecampaign")
				j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
				j.answer(steps.Start, "crm.provider", "activecampaign")
				j.giveKeys()
				if way.key != "" {
					j.answer(steps.Start, "crm.key", way.key)
				}
				if way.url != "" {
					j.answer(steps.Start, "crm.url", way.url)
				}
				j.wire.set(way.meddle)
				words := told(t, j.try(steps.Start, "connect"))
				if !strings.Contains(words.Code, way.code) || !strings.Contains(words.What, way.what) {
					t.Errorf("code %s: %s", words.Code, words.What)
				}
				if other, seen := said[words.What]; seen && other != way.name && way.code != "AC-NET" {
					t.Errorf("the same words as for %s: %s", other, words.What)
				}
				said[words.What] = way.name
				j.noSecretIn(words.What+words.Detail+words.Now, way.name)
				j.wire.set(nil)
				j.answer(steps.Start, "crm.url", j.demo.Answers["crm.url"])
				j.answer(steps.Start, "crm.key", j.demo.Secrets["crm.key"])
				j.run(steps.Start, "connect")
			})
		})
	}
}

// TestTheAddressMayEndAsItIsShown takes the API's address with and without its version.
func TestTheAddressMayEndAsItIsShown(t *testing.T) {
	for _, end := range []string{"", "/", "/api/3", "/api/3/"} {
		synctest.Test(t, func(t *testing.T) {
			j := begin(t, "activecampaign")
			j.demo.Answers["crm.url"] += end
			j.connect()
			if j.status(steps.Start) != wizard.Done {
				t.Errorf("an address that ends in %q did not do", end)
			}
		})
	}
}

// TestA403ThatComesAndGoes lets a firewall get in the way in the middle of the import. The owner starts it again; nobody is there twice.
func TestA403ThatComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.tick(steps.Import, "starts-seen")
		j.run(steps.Import, "sample")
		j.tick(steps.Import, "sample-seen")
		var sent atomic.Int32
		j.wire.set(func(request *http.Request, _ string) (*http.Response, error) {
			if n := sent.Add(1); n > 6 && n < 60 {
				return says(request, http.StatusForbidden, "text/html", "<html>Attention required</html>"), nil
			}
			return nil, nil
		})
		words := told(t, j.try(steps.Import, "all"))
		if !strings.HasPrefix(words.Code, "ONT-") {
			t.Errorf("code %s: %s", words.Code, words.What)
		}
		j.wire.set(nil)
		time.Sleep(time.Hour)
		j.reach(steps.Finish)
		j.allDone()
		j.nobodyLostAccess()
		seen := map[string]bool{}
		for _, contact := range j.demo.Sandbox.Contents().Contacts {
			if seen[contact.Email] {
				t.Errorf("%s is there twice", contact.Email)
			}
			seen[contact.Email] = true
		}
	})
}

// TestAKeyOfAnotherAccountIsRefused stops everything after a restart: the key is asked for again, and that of another account is not taken.
func TestAKeyOfAnotherAccountIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.EditCSV)
		j.restart()
		task, err := j.keeper.Task(j.step(steps.Import), "plan")
		if err != nil || !strings.Contains(task.Locked, "API key") || !strings.Contains(task.Locked, "AllySwitch writes keys to no file") {
			t.Fatalf("after a restart the task says %q (%v)", task.Locked, err)
		}
		other := begin(t, "activecampaign")
		key := other.demo.Secrets["crm.key"]
		j.wire.set(func(request *http.Request, _ string) (*http.Response, error) {
			if strings.HasSuffix(request.URL.Path, "/users/me") {
				return says(request, 200, "application/json", `{"user":{"id":"1","username":"else","email":"else@example.com","links":{"accessLogs":"https://else.api-us1.com/api/3/users/1/accessLogs"}}}`), nil
			}
			return nil, nil
		})
		j.answer(steps.Start, "crm.key", key)
		words := told(t, j.try(steps.Start, "connect"))
		if words.Code != "ALLY-ACCOUNT" {
			t.Errorf("connecting: %+v", words)
		}
		if words := told(t, j.try(steps.Import, "plan")); words.Code != "ALLY-ACCOUNT" {
			t.Errorf("planning: %+v", words)
		}
		j.wire.set(nil)
		j.run(steps.Start, "connect")
		j.reach(steps.Import)
	})
}

// TestAFullPlanHoldsTheImport refuses to send more than the account's plan takes, until the owner says that the plan grows.
func TestAFullPlanHoldsTheImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.demo.Sandbox = j.deps.CRMs[0].Sandbox(sandbox.Options{PlanLimit: 10})
		j.wire.next = sandbox.Transport(j.demo.Sandbox)
		j.demo.Secrets = map[string]string{"crm.key": j.demo.Sandbox.Credentials()["crm.key"]}
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		words := told(t, j.try(steps.Import, "sample"))
		if words.Code != "ALLY-ROOM" || !strings.Contains(words.What, "31") {
			t.Errorf("%+v", words)
		}
		if len(j.demo.Sandbox.Contents().Contacts) != 0 {
			t.Error("something was sent although there is no room")
		}
		j.answer(steps.Import, "import.room", "no")
		if words := told(t, j.try(steps.Import, "sample")); words.Code != "ALLY-ROOM" {
			t.Errorf("after saying no: %+v", words)
		}
	})
}

// TestTagsInTheWayHoldTheImport sends nothing as long as a tag cannot be made under exactly its name.
func TestTagsInTheWayHoldTheImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"yoga basics access"}})
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		words := told(t, j.try(steps.Import, "sample"))
		if words.Code != "ALLY-TAGS" || !strings.Contains(words.What, "Yoga Basics Access") {
			t.Errorf("%+v", words)
		}
		if held := j.demo.Sandbox.Contents(); len(held.Contacts) != 0 {
			t.Errorf("%d contacts were made", len(held.Contacts))
		}
	})
}

// TestWorkThatCouldNotBeginLeavesWhatIsKnown lets the site away when members are to be linked, and takes a list of students away before it is read.
func TestWorkThatCouldNotBeginLeavesWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "kit")
		j.answer(steps.ImportStudents, "students.file", j.file("students.csv", studentList))
		j.answer(steps.ImportStudents, "students.into", "crm")
		j.answer(steps.ImportStudents, "students.offering", "typed")
		j.answer(steps.ImportStudents, "students.tags", "Newcomers")
		j.run(steps.ImportStudents, "read")
		next := j.file("next.csv", studentList)
		j.answer(steps.ImportStudents, "students.file", next)
		if err := os.Remove(next); err != nil {
			t.Fatal(err)
		}
		if err := j.try(steps.ImportStudents, "read"); err == nil {
			t.Fatal("a list that is not there was read")
		}
		if j.hasTable(steps.ImportStudents, "students") {
			t.Error("the list before stands there as if it were the new one")
		}
		j.reach(steps.LinkUsers)
		j.logIn()
		j.run(steps.LinkUsers, "match")
		server := j.demo.Site.Handler()
		server.SwitchTo("somebody else's")
		j.deps.SiteTransport = sandbox.Transport(server)
		if err := j.try(steps.LinkUsers, "link"); err == nil {
			t.Fatal("members were linked although AccessAlly has another CRM")
		}
		if facts := j.facts(steps.LinkUsers); strings.Contains(facts, "set on the site") {
			t.Errorf("nobody was linked, and the page counts them: %s", facts)
		}
	})
}
