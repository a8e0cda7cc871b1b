package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// View is what a visitor who is not logged in gets. It is small and safe to keep in the checkpoint.
type View struct {
	At time.Time `json:"at"`
	// URL is where the visitor ends up, after redirects.
	URL    string `json:"url"`
	Status int    `json:"status"`
	Title  string `json:"title,omitempty"`
	// Fingerprint is of the words on the page, without scripts, hidden fields and the nonces in them.
	Fingerprint string `json:"fingerprint"`
	// Closed says that the page itself says so: status 503, or the words of a maintenance page in place of content.
	Closed bool `json:"closed"`
	// Hindered is the kind of what stood between us and the page, "" for nothing: then the rest says nothing about maintenance mode.
	Hindered Kind `json:"hindered,omitempty"`
}

// Look gets the front page as a visitor does, with what a cache in between makes of it. It does not need the REST API, nor a login.
func Look(ctx context.Context, settings Settings, typed string) (View, error) {
	folders, err := candidates(typed)
	if err != nil {
		return View{}, err
	}
	search := &search{client: newClient(settings)}
	search.client.name = strings.TrimSuffix(folders[0].Host+folders[0].Path, "/")
	got, err := search.visit(ctx, folders[0])
	if err != nil {
		return View{}, err
	}
	return viewOf(got), nil
}

// Look gets the site's front page as a visitor does.
func (s *Site) Look(ctx context.Context) (View, error) {
	home := s.beside("")
	if given, err := url.Parse(s.info.Home); err == nil && given.Host != "" {
		if given = encrypted(given, s.root); sameSite(given, s.root) {
			home = given
		}
	}
	home.Path = "/" + strings.TrimPrefix(home.Path, "/")
	search := &search{client: &client{http: s.client.http, log: s.client.log, name: s.client.name}}
	got, err := search.visit(ctx, home)
	if err != nil {
		return View{}, err
	}
	return viewOf(got), nil
}

func viewOf(got answer) View {
	seen := readPage(got.body)
	view := View{At: time.Now().UTC(), URL: got.url.Scheme + "://" + got.url.Host + got.url.Path, Status: got.status, Title: clean(seen.title, 120), Fingerprint: fingerprint(seen)}
	switch {
	case isHTTPPassword(got):
		view.Hindered = HTTPPassword
	case isFirewall(got, seen):
		view.Hindered = Firewall
	case got.status == http.StatusTooManyRequests:
		view.Hindered = TooFast
	}
	title := page{title: seen.title}
	view.Closed = view.Hindered == "" && (got.status == http.StatusServiceUnavailable || hasAny(title, maintenanceWords()))
	return view
}

// fingerprint is the beginning of a check sum of title and words. Digits count as one sign: clocks and counters are not what is looked for.
func fingerprint(seen page) string {
	words := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, seen.title+"\n"+seen.text)
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:8])
}

// Change is how two views differ.
type Change struct {
	// Same says that a visitor gets what they got before.
	Same bool
	// Known is false when one of the views says nothing about the site itself.
	Known bool
	// Sentences are for the owner.
	Sentences []string
}

// Compare says in words how what a visitor gets has changed.
func Compare(before, now View) Change {
	for _, view := range []View{before, now} {
		if view.Hindered != "" {
			return Change{Sentences: []string{diagnose(view.Hindered, view.host(), "").What, "So AllySwitch cannot see what your visitors see. Look yourself, in a private browser window."}}
		}
	}
	change := Change{Known: true, Same: before.Status == now.Status && before.Fingerprint == now.Fingerprint && before.URL == now.URL}
	say := func(format string, given ...any) {
		change.Sentences = append(change.Sentences, fmt.Sprintf(format, given...))
	}
	if change.Same {
		say("A visitor gets the same as before: %s.", now.inWords())
		if now.Closed {
			say("The site is still closed to visitors.")
		}
		return change
	}
	say("Before, a visitor got %s. Now a visitor gets %s.", before.inWords(), now.inWords())
	if before.URL != now.URL {
		say("Visitors are now sent to %s.", clean(now.URL, 120))
	}
	switch {
	case now.Closed && !before.Closed:
		say("The site is closed to visitors.")
	case !now.Closed && before.Closed:
		say("The site is open to visitors again.")
	case before.Status == now.Status && before.Title == now.Title:
		say("Only the words on the page differ. That may be maintenance mode, or a page that changes by itself. Look yourself, in a private browser window.")
	default:
		say("Whether that is maintenance mode only you can tell. Look yourself, in a private browser window.")
	}
	return change
}

func (v View) host() string {
	address, err := url.Parse(v.URL)
	if err != nil || address.Host == "" {
		return "the site"
	}
	return address.Host
}

// inWords names status and title.
func (v View) inWords() string {
	text := statusText(v.Status)
	if v.Title != "" {
		text += ", “" + v.Title + "”"
	}
	return text
}
