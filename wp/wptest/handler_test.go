package wptest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

// The sandbox puts the site into a folder of a server with other things on it.
func TestTheSiteWorksInAFolderOfARealServer(t *testing.T) {
	made := wptest.New(230, 1)
	handler := made.Handler()
	mux := http.NewServeMux()
	mux.Handle("/site/", http.StripPrefix("/site", handler))
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string][]byte{"/site/user-export.csv": made.Export(), "/site/member-tags.csv": made.MemberTags()} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	for _, conditions := range [][]wptest.Condition{nil, {wptest.PlainPermalinks}, {wptest.HeaderStripped}, {wptest.UsersRemoved, wptest.NoCompanion}} {
		for _, condition := range conditions {
			handler.Set(condition, true)
		}
		found, err := site.Find(context.Background(), site.Settings{Values: handler.Credentials()}, server.URL+"/site/wp-admin/")
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		if _, err := found.Users(context.Background(), site.ReadOptions{}, func(site.User) error { read++; return nil }); err != nil || read != 230 {
			t.Errorf("%v: %d users, %v", conditions, read, err)
		}
		for _, condition := range conditions {
			handler.Set(condition, false)
		}
	}
}

func TestWhatIsChangedOnOneServerIsNotChangedOnAnother(t *testing.T) {
	made := wptest.New(30, 1)
	one, other := made.Handler(), made.Handler()
	request := httptest.NewRequest(http.MethodDelete, "http://127.0.0.1/wp-json/wp/v2/users/4?force=true&reassign=false", nil)
	credentials := one.Credentials()
	request.SetBasicAuth(credentials["site.user"], credentials["site.password"])
	one.ServeHTTP(httptest.NewRecorder(), request)
	if len(one.People()) != 29 || len(other.People()) != 30 || len(made.People) != 30 {
		t.Errorf("%d, %d and %d people", len(one.People()), len(other.People()), len(made.People))
	}
}

func TestASiteWithoutAnAdministratorAmongItsPeopleCanBeOpened(t *testing.T) {
	server := httptest.NewServer(wptest.Even(120, 3).Handler())
	defer server.Close()
	credentials := wptest.Even(1, 1).Handler().Credentials()
	found, err := site.Find(context.Background(), site.Settings{Values: credentials}, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	login, err := found.Login(context.Background())
	if err != nil || login.Account.Login != "admin" {
		t.Errorf("%+v, %v", login, err)
	}
}
