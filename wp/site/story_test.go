package site_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

const home = "https://members.example.com"

// story is a made-up site and somebody who speaks with it.
type story struct {
	t    *testing.T
	fake *wptest.Site
	*wptest.Handler
}

func newStory(t *testing.T, people int, conditions ...wptest.Condition) *story {
	t.Helper()
	fake := wptest.New(people, 1)
	return &story{t, fake, fake.Handler(conditions...)}
}

func (s *story) settings() site.Settings {
	return site.Settings{Values: s.Credentials(), Transport: sandbox.Transport(s.Handler)}
}

// find finds the site, which must be there.
func (s *story) find() *site.Site {
	s.t.Helper()
	found, err := site.Find(context.Background(), s.settings(), home)
	if err != nil {
		s.t.Fatalf("finding the site: %v", err)
	}
	return found
}

func (s *story) companion() *site.Companion {
	s.t.Helper()
	companion, err := s.find().Companion(context.Background())
	if err != nil {
		s.t.Fatalf("asking the companion: %v", err)
	}
	return companion
}

// read reads everybody.
func (s *story) read(options site.ReadOptions) ([]site.User, site.Reading, error) {
	var users []site.User
	reading, err := s.find().Users(context.Background(), options, func(user site.User) error {
		users = append(users, user)
		return nil
	})
	return users, reading, err
}

// exported are the members of the cleaned export of the same site, in order of ID.
func exported(t *testing.T, fake *wptest.Site) []wp.Member {
	t.Helper()
	export, err := wp.OpenExport(bytes.NewReader(fake.Export()), nil)
	if err != nil {
		t.Fatal(err)
	}
	var members []wp.Member
	for {
		row, err := export.Next()
		if err != nil {
			return members
		}
		members = append(members, row.Member)
	}
}

// sameMembers compares what was read with the export. The made-up export has no display name for who has no name.
func sameMembers(t *testing.T, users []site.User, members []wp.Member) {
	t.Helper()
	if len(users) != len(members) {
		t.Fatalf("%d users read, %d members in the export", len(users), len(members))
	}
	for i, user := range users {
		want := members[i]
		if want.DisplayName == "" {
			want.DisplayName = user.DisplayName
		}
		if !reflect.DeepEqual(user.Member, want) {
			t.Errorf("read    %+v\nexport  %+v", user.Member, want)
		}
	}
}

// told checks that an error is a diagnosis of the kind, with sentences that an owner can use and no secret in them.
func told(t *testing.T, err error, kind site.Kind) {
	t.Helper()
	var d *site.Diagnosis
	if !errors.As(err, &d) {
		t.Fatalf("want a diagnosis %s, got %v", kind, err)
	}
	if d.Kind != kind {
		t.Fatalf("want %s, got %s: %v", kind, d.Kind, err)
	}
	for name, text := range map[string]string{"What": d.What, "Means": d.Means, "Now": d.Now, "Code": d.Code} {
		if text == "" || strings.Contains(text, "{site}") {
			t.Errorf("%s of %s is %q", name, kind, text)
		}
	}
	if text := err.Error() + d.Detail; strings.Contains(text, "demo demo") || strings.Contains(text, "demodemo") || strings.ContainsAny(text, "\x00\x1b\n") {
		t.Errorf("the error holds what it must not: %q", text)
	}
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// handled is a site made of a function.
func handled(handler http.HandlerFunc) site.Settings {
	return site.Settings{Values: map[string]string{"site.user": "admin", "site.password": "secret secret"}, Transport: sandbox.Transport(handler)}
}

// replace gives an answer another body.
func replace(answer *http.Response, body string) {
	answer.Body = io.NopCloser(strings.NewReader(body))
	answer.ContentLength = int64(len(body))
	answer.Header.Del("Content-Length")
}

// bodyOf reads a request's body and puts it back.
func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
