// Package site speaks with a WordPress site over the network: it finds the REST API from what an owner types, logs in with an application
// password, reads every user, creates one, and looks at what a visitor sees. With the companion plugin on the site it also reads tags and
// contact IDs and sets contact IDs; docs/companion.md is the contract of that.
//
// Credentials go to the site's own host only, encrypted or on this machine. What cannot be read is an error and never "none". Errors are
// *Diagnosis, whose sentences are for the owner, or the context's own.
package site

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Settings are what a site is opened with.
type Settings struct {
	// Values holds "site.user" (login or e-mail address) and "site.password" (an application password, with or without spaces). Both may
	// be empty as long as nothing needs a login. They are never logged.
	Values map[string]string
	// Transport carries the requests; nil means the real network.
	Transport http.RoundTripper
	// Log gets one line a request, without credentials and parameters. Nil means none.
	Log *slog.Logger
}

// inFlight is how many requests are under way at once: more bring nothing on an ordinary host and make each of them slower.
const inFlight = 4

// Site is a WordPress site that was found. It is safe for simultaneous use.
type Site struct {
	client *client
	// root is where the REST API begins: …/wp-json/ or …/?rest_route=/.
	root *url.URL
	info Info
	// blocked is why the REST API's index could not be read by a visitor, nil when it could.
	blocked *Diagnosis
}

// Info is what a site tells everybody.
type Info struct {
	// Name is the site's title. URL is where WordPress lies, Home where visitors go; they may differ.
	Name, URL, Home string
	// Root is where the REST API was found.
	Root string
	// PlainPermalinks says that it is reached by ?rest_route= only.
	PlainPermalinks bool
	// Namespaces are the parts of the REST API, plugins' among them.
	Namespaces []string
	// ApplicationPasswords says whether the site offers them. False also when that is not known.
	ApplicationPasswords bool
	// authorize is the page on which an owner makes one.
	authorize string
}

// Info tells what the site tells everybody.
func (s *Site) Info() Info { return s.info }

// HasCompanion says whether the site has the routes of the companion plugin. False also when the index cannot be read.
func (s *Site) HasCompanion() bool { return slices.Contains(s.info.Namespaces, companionNamespace) }

// AuthorizeURL is the site's own page on which a logged-in administrator allows AllySwitch in and gets an application password to paste.
func (s *Site) AuthorizeURL() string {
	page := s.beside("wp-admin/authorize-application.php")
	if given, err := url.Parse(s.info.authorize); err == nil && given.Host != "" {
		if given = encrypted(given, s.root); sameSite(given, s.root) {
			page = given
		}
	}
	query := page.Query()
	query.Set("app_name", "AllySwitch")
	page.RawQuery = query.Encode()
	return page.String()
}

// applicationPassword leaves out the spaces with which WordPress shows a password, and those that come along when it is pasted.
func applicationPassword(pasted string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, pasted)
}

// route is the address of a REST route such as "/wp/v2/users", with its parameters.
func (s *Site) route(path string, parameters url.Values) *url.URL {
	return routeBelow(s.root, path, parameters)
}

func routeBelow(root *url.URL, path string, parameters url.Values) *url.URL {
	address := *root
	query := address.Query()
	if query.Has("rest_route") {
		query.Set("rest_route", path)
	} else {
		address.Path = strings.TrimSuffix(address.Path, "/") + path
		address.RawPath = ""
	}
	for name, values := range parameters {
		query[name] = values
	}
	address.RawQuery = query.Encode()
	return &address
}

// beside is a file in the folder in which WordPress lies, on the host of the REST API.
func (s *Site) beside(file string) *url.URL {
	address := *s.root
	address.RawQuery, address.RawPath = "", ""
	folder := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(address.Path, "/"), "wp-json"), "index.php")
	if given, err := url.Parse(s.info.URL); err == nil && given.Host != "" {
		folder = given.Path
	}
	address.Path = strings.TrimSuffix(folder, "/") + "/" + file
	return &address
}

// index is the answer of the REST API's root.
type index struct {
	Name           string          `json:"name"`
	URL            string          `json:"url"`
	Home           string          `json:"home"`
	Namespaces     []string        `json:"namespaces"`
	Authentication json.RawMessage `json:"authentication"`
}

// authorize is the page for making an application password, "" when there is none. PHP writes an empty object as [].
func (i index) authorize() string {
	var offered struct {
		Passwords struct {
			Endpoints struct {
				Authorization string `json:"authorization"`
			} `json:"endpoints"`
		} `json:"application-passwords"`
	}
	if json.Unmarshal(i.Authentication, &offered) != nil {
		return ""
	}
	return offered.Passwords.Endpoints.Authorization
}

func (i index) info(root *url.URL) Info {
	return Info{Name: clean(i.Name, 120), URL: i.URL, Home: i.Home, Root: root.String(), PlainPermalinks: root.Query().Has("rest_route"),
		Namespaces: i.Namespaces, ApplicationPasswords: i.authorize() != "", authorize: i.authorize()}
}
