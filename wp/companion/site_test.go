package companion_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"allyswitch/wp/wptest/realsite"
)

type user struct {
	ID          int64     `json:"id"`
	Login       string    `json:"login"`
	Email       string    `json:"email"`
	FirstName   string    `json:"first_name"`
	LastName    string    `json:"last_name"`
	DisplayName string    `json:"display_name"`
	Registered  string    `json:"registered"`
	Roles       []string  `json:"roles"`
	Mark        string    `json:"mark"`
	ContactID   *string   `json:"contact_id"`
	Tags        *[]string `json:"tags"`
}

type page struct {
	Users   []user             `json:"users"`
	Next    *int64             `json:"next"`
	Total   int                `json:"total"`
	Through map[string]*string `json:"through"`
	Memory  int64              `json:"memory"`
}

type result struct {
	UserID int64   `json:"user_id"`
	Result string  `json:"result"`
	Before *string `json:"before"`
	After  *string `json:"after"`
}

type written struct {
	Results []result       `json:"results"`
	Counts  map[string]int `json:"counts"`
	Held    int            `json:"mails_held_back"`
	Queries int            `json:"queries"`
}

type link struct {
	UserID    int64   `json:"user_id"`
	ContactID string  `json:"contact_id"`
	Expected  *string `json:"expected,omitempty"`
}

// ask sends a request to the companion as the administrator.
func ask(t testing.TB, site *realsite.Site, method, path string, body any) realsite.Answer {
	t.Helper()
	return site.Admin(t, method, "/allyswitch/v1"+path, body)
}

// get asks and expects an answer.
func get[T any](t testing.TB, site *realsite.Site, path string) T {
	t.Helper()
	return decoded[T](t, ask(t, site, "GET", path, nil))
}

// post asks and expects an answer.
func post[T any](t testing.TB, site *realsite.Site, path string, body any) T {
	t.Helper()
	return decoded[T](t, ask(t, site, "POST", path, body))
}

func decoded[T any](t testing.TB, answer realsite.Answer) T {
	t.Helper()
	var value T
	if answer.Status != http.StatusOK {
		t.Fatalf("answered %d: %.400s", answer.Status, answer.Body)
	}
	if err := json.Unmarshal(answer.Body, &value); err != nil {
		t.Fatalf("%v in %.400s", err, answer.Body)
	}
	return value
}

// refused asks and expects an error of WordPress's form.
func refused(t testing.TB, answer realsite.Answer, status int, code string) {
	t.Helper()
	if answer.Status != status || answer.Code() != code {
		t.Errorf("answered %d %s, want %d %s: %.300s", answer.Status, answer.Code(), status, code, answer.Body)
	}
}

// everybody reads all users, so many at a time.
func everybody(t testing.TB, site *realsite.Site, limit int, more string) []user {
	t.Helper()
	return from(t, site, 0, limit, more)
}

// from reads all users after one.
func from(t testing.TB, site *realsite.Site, after int64, limit int, more string) []user {
	t.Helper()
	var users []user
	for {
		p := get[page](t, site, fmt.Sprintf("/users?after=%d&limit=%d%s", after, limit, more))
		users = append(users, p.Users...)
		if p.Next == nil {
			return users
		}
		if *p.Next <= after {
			t.Fatalf("the page after %d says that the next begins at %d", after, *p.Next)
		}
		after = *p.Next
	}
}

// lookup reads one user.
func lookup(t testing.TB, site *realsite.Site, id int64) user {
	t.Helper()
	found := post[page](t, site, "/users/lookup", map[string]any{"ids": []int64{id}}).Users
	if len(found) != 1 {
		t.Fatalf("looking up %d found %d users", id, len(found))
	}
	return found[0]
}

// newUser makes a user that goes again when the test ends.
func newUser(t *testing.T, site *realsite.Site, login, password string) int64 {
	t.Helper()
	body := map[string]any{"username": login, "email": login + "@example.com", "password": password}
	answer := site.Admin(t, "POST", "/wp/v2/users", body)
	if answer.Status != http.StatusCreated {
		t.Fatalf("creating %s: %d %s", login, answer.Status, answer.Body)
	}
	var made struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(answer.Body, &made); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeUser(t, site, made.ID) })
	return made.ID
}

func removeUser(t *testing.T, site *realsite.Site, id int64) {
	request, err := http.NewRequest("DELETE", fmt.Sprintf("%s/wp-json/wp/v2/users/%d?force=true&reassign=1", site.URL, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(site.User, site.Password)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("removing user %d: %s", id, response.Status)
	}
}

// loggedIn says whether the login page took the password.
func loggedIn(t *testing.T, site *realsite.Site, client *http.Client) bool {
	t.Helper()
	address, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range client.Jar.Cookies(address) {
		if strings.HasPrefix(cookie.Name, "wordpress_logged_in_") {
			return true
		}
	}
	return false
}

// nonceOf finds the nonce that a page of the dashboard has for a form.
func nonceOf(t *testing.T, site *realsite.Site, client *http.Client, path, pattern string) string {
	t.Helper()
	body := site.Do(t, realsite.Request{Method: "GET", Path: path, Client: client}).Body
	found := regexp.MustCompile(pattern).FindSubmatch(body)
	if found == nil {
		t.Fatalf("%s has no %s", path, pattern)
	}
	return string(found[1])
}

// mails is what would have been sent so far.
func mails(t *testing.T, site *realsite.Site) string {
	t.Helper()
	data, err := os.ReadFile(site.MailLog)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}
