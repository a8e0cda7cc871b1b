package site_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

// login logs in with other credentials where some are given.
func (s *story) login(user, password string) (site.Login, error) {
	s.t.Helper()
	settings := s.settings()
	if user != "" {
		settings.Values["site.user"] = user
	}
	if password != "" {
		settings.Values["site.password"] = password
	}
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		s.t.Fatal(err)
	}
	return found.Login(context.Background())
}

func TestAnAdministratorComesInByNameOrAddressHoweverThePasswordWasPasted(t *testing.T) {
	for _, user := range []string{"admin", "ADMIN", "admin@example.com"} {
		for _, password := range []string{"demo demo demo demo demo demo", "demodemodemodemodemodemo", " demo demo\u00a0demo demo demo demo\n"} {
			login, err := newStory(t, 20).login(user, password)
			if err != nil {
				t.Fatal(err)
			}
			if login.Account.Login != "admin" || login.Account.ID != 1 || !login.Account.CanCreate || !slices.Equal(login.Ways, []site.Way{site.ByCompanion, site.ByREST}) || len(login.Findings) > 0 {
				t.Errorf("%+v", login)
			}
		}
	}
}

func TestEachReasonForNotComingInIsToldApart(t *testing.T) {
	type set []wptest.Condition
	for name, test := range map[string]struct {
		conditions     set
		user, password string
		kind           site.Kind
	}{
		"wrong password":                         {nil, "", "wrong", site.WrongPassword},
		"wrong name":                             {nil, "nobody", "", site.WrongPassword},
		"wrong password, said so":                {set{wptest.EarlyCheck}, "", "wrong", site.WrongPassword},
		"no such user, said so":                  {set{wptest.EarlyCheck}, "nobody", "", site.NoSuchUser},
		"application passwords off":              {set{wptest.PasswordsOff}, "", "", site.PasswordsOff},
		"wrong password, no XML-RPC":             {set{wptest.XMLRPCOff}, "", "wrong", site.LoginUnclear},
		"header stripped, no XML-RPC":            {set{wptest.HeaderStripped, wptest.XMLRPCOff}, "", "", site.LoginUnclear},
		"wrong password and header stripped":     {set{wptest.HeaderStripped}, "", "wrong", site.WrongPassword},
		"REST blocked, no XML-RPC":               {set{wptest.RESTBlocked, wptest.XMLRPCOff}, "", "", site.RESTBlocked},
		"a subscriber":                           {set{wptest.SubscriberOnly}, "", "", site.NotAdmin},
		"a subscriber behind a stripping host":   {set{wptest.SubscriberOnly, wptest.HeaderStripped}, "", "", site.NotAdmin},
		"no users and neither of the other ways": {set{wptest.UsersRemoved, wptest.XMLRPCOff, wptest.NoCompanion}, "", "", site.UsersRemoved},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newStory(t, 20, test.conditions...).login(test.user, test.password)
			told(t, err, test.kind)
		})
	}
}

func TestNobodyLogsInWithoutNameOrPassword(t *testing.T) {
	story := newStory(t, 20)
	for _, missing := range []string{"site.user", "site.password"} {
		settings := story.settings()
		delete(settings.Values, missing)
		found, err := site.Find(context.Background(), settings, home)
		if err != nil {
			t.Fatal(err)
		}
		_, err = found.Login(context.Background())
		told(t, err, site.NoCredentials)
	}
}

func TestWhatHindersOneWayLeavesTheOthers(t *testing.T) {
	type set []wptest.Condition
	for name, test := range map[string]struct {
		conditions set
		ways       []site.Way
		finding    site.Kind
	}{
		"header stripped":              {set{wptest.HeaderStripped}, []site.Way{site.ByXMLRPC}, site.HeaderStripped},
		"REST blocked":                 {set{wptest.RESTBlocked}, []site.Way{site.ByXMLRPC}, site.RESTBlocked},
		"users removed":                {set{wptest.UsersRemoved}, []site.Way{site.ByCompanion, site.ByXMLRPC}, site.UsersRemoved},
		"users removed, no XML-RPC":    {set{wptest.UsersRemoved, wptest.XMLRPCOff}, []site.Way{site.ByCompanion}, site.UsersRemoved},
		"users removed, no companion":  {set{wptest.UsersRemoved, wptest.NoCompanion}, []site.Way{site.ByXMLRPC}, site.UsersRemoved},
		"no companion, nothing hidden": {set{wptest.NoCompanion}, []site.Way{site.ByREST}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			story := newStory(t, 130, test.conditions...)
			login, err := story.login("", "")
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(login.Ways, test.ways) {
				t.Errorf("ways %v, want %v", login.Ways, test.ways)
			}
			if test.finding == "" && len(login.Findings) > 0 || test.finding != "" && (len(login.Findings) != 1 || login.Findings[0].Kind != test.finding) {
				t.Errorf("findings %v", login.Findings)
			}
			users, _, err := story.read(site.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			sameMembers(t, users, exported(t, story.fake))
		})
	}
}

func TestCredentialsGoToTheSiteAloneAndOnlyWhereTheyAreNeeded(t *testing.T) {
	story := newStory(t, 20)
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "members.example.com" {
			t.Errorf("asked %s", r.URL)
		}
		if strings.HasSuffix(r.URL.Path, "/users/me") && r.URL.Query().Get("hop") == "" {
			answer := http.RedirectHandler("https://evil.example.org/wp-json/wp/v2/users/me", http.StatusTemporaryRedirect)
			return sandbox.Transport(answer).RoundTrip(r)
		}
		return sandbox.Transport(story.Handler).RoundTrip(r)
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range story.Requests() {
		if strings.HasSuffix(line, "*") {
			t.Errorf("finding the site sent credentials: %s", line)
		}
	}
	login, err := found.Login(context.Background())
	if err != nil || len(login.Findings) != 1 || login.Findings[0].Kind != site.OtherHost {
		t.Errorf("%+v, %v", login, err)
	}
}

func TestRedirectsWithinTheSiteKeepTheRoute(t *testing.T) {
	story := newStory(t, 20)
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/wp-json/wp") && !strings.HasSuffix(r.URL.Path, "/") {
			return sandbox.Transport(http.RedirectHandler(r.URL.Path+"/?"+r.URL.RawQuery, http.StatusMovedPermanently)).RoundTrip(r)
		}
		return sandbox.Transport(story.Handler).RoundTrip(r)
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := found.Login(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestMaintenanceDuringLoginIsNoWrongPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		story := newStory(t, 20)
		found := story.find()
		for condition, kind := range map[wptest.Condition]site.Kind{wptest.MaintenanceMode: site.Maintenance, wptest.Firewall: site.Firewall, wptest.HTTPPassword: site.HTTPPassword} {
			story.Set(condition, true)
			_, err := found.Login(context.Background())
			told(t, err, kind)
			story.Set(condition, false)
		}
	})
}

func TestTheLogHasNoSecretAndNobodysAddress(t *testing.T) {
	story := newStory(t, 20)
	var out bytes.Buffer
	settings := story.settings()
	settings.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := found.Create(context.Background(), wp.Member{Email: "secret.person@example.com"}); err != nil {
		t.Fatal(err)
	}
	story.Set(wptest.HeaderStripped, true)
	if _, err := found.Login(context.Background()); err != nil {
		t.Fatal(err)
	}
	if log := out.String(); strings.Count(log, "\n") < 6 || strings.Contains(log, "demo") || strings.Contains(log, "secret.person") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestAnAPIThatGoesInCirclesIsNamed(t *testing.T) {
	story := newStory(t, 20)
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/wp-json/wp") {
			return sandbox.Transport(http.RedirectHandler(r.URL.Path+"?again=1", http.StatusFound)).RoundTrip(r)
		}
		return sandbox.Transport(story.Handler).RoundTrip(r)
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	_, err = found.Login(context.Background())
	told(t, err, site.RedirectLoop)
}
