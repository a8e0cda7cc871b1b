package conformance

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"allyswitch/wp/site"
)

// runHosts tries what awkward hosts do.
func runHosts(t *testing.T, target Target) {
	t.Run("the header is stripped", func(t *testing.T) { stripped(t, target) })
	t.Run("application passwords are off", func(t *testing.T) { passwordsOff(t, target) })
	t.Run("plain permalinks", func(t *testing.T) { plainPermalinks(t, target) })
	t.Run("AccessAlly is older than 4.0", func(t *testing.T) { accessAlly3(t, target) })
	t.Run("maintenance mode", func(t *testing.T) { maintenance(t, target) })
}

func stripped(t *testing.T, target Target) {
	target.Transport = altered(target.Transport, func(r *http.Request) { r.Header.Del("Authorization") })
	found := target.open(t)
	login, err := found.Login(context.Background())
	if err != nil || !slices.Equal(login.Ways, []site.Way{site.ByXMLRPC}) || len(login.Findings) != 1 || login.Findings[0].Kind != site.HeaderStripped || login.Account.ID != 1 {
		t.Fatalf("%+v, %v", login, err)
	}
	users, _, err := read(found, site.ReadOptions{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, users, exported(t, target))
	target.Password = "wrong"
	if _, err := target.open(t).Login(context.Background()); !site.Is(err, site.WrongPassword) {
		t.Errorf("wrong password: %v", err)
	}
}

func passwordsOff(t *testing.T, target Target) {
	target.Transport = target.PasswordsOff(t)
	found := target.open(t)
	if found.Info().ApplicationPasswords {
		t.Error("the index offers application passwords")
	}
	if _, err := found.Login(context.Background()); !site.Is(err, site.PasswordsOff) {
		t.Errorf("%v", err)
	}
}

func plainPermalinks(t *testing.T, target Target) {
	target.Transport = target.PlainPermalinks(t)
	found := target.open(t)
	login, err := found.Login(context.Background())
	if err != nil || login.Account.ID != 1 || !slices.Equal(login.Ways, []site.Way{site.ByCompanion, site.ByREST}) {
		t.Fatalf("%+v, %v", login, err)
	}
	for _, way := range ways() {
		users, _, err := read(found, site.ReadOptions{Way: way}, -1)
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		compare(t, users, exported(t, target))
	}
}

func accessAlly3(t *testing.T, target Target) {
	target.AccessAlly3(t)
	companion := openCompanion(t, target)
	if version := companion.Environment.AccessAlly.Version; version == nil || *version != "3.6.2" {
		t.Errorf("version %v", version)
	}
	sameTags(t, target)
}

func maintenance(t *testing.T, target Target) {
	found := target.open(t)
	before, err := found.Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	target.Close(t)
	during, err := found.Look(context.Background())
	if err != nil || !during.Closed || during.Status != http.StatusServiceUnavailable || site.Compare(before, during).Same {
		t.Errorf("%+v, %v", during, err)
	}
	if _, err := found.Login(context.Background()); !site.Is(err, site.Maintenance) {
		t.Errorf("logging in: %v", err)
	}
	if _, err := site.Find(context.Background(), site.Settings{Transport: target.Transport}, target.URL); !site.Is(err, site.Maintenance) {
		t.Errorf("finding: %v", err)
	}
}
