package site

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Find finds the site at an address as an owner types it: mysite.com, https://www.mysite.com/blog/, or any page of wp-admin. It sends no
// credentials. A site whose REST API refuses visitors is found, too: Login then tells whether it refuses administrators.
func Find(ctx context.Context, settings Settings, typed string) (*Site, error) {
	folders, err := candidates(typed)
	if err != nil {
		return nil, err
	}
	search := &search{client: newClient(settings)}
	search.client.name = strings.TrimSuffix(folders[0].Host+folders[0].Path, "/")
	for _, folder := range folders {
		site, err := search.at(ctx, folder)
		if err != nil || site != nil {
			return site, err
		}
	}
	if search.found == nil {
		return nil, search.client.trouble(NotWordPress, "")
	}
	return nil, search.found
}

// search is a search for the REST root.
type search struct {
	client *client
	// found is the most telling trouble so far.
	found *Diagnosis
}

// at looks for a site in one folder. No site and no error mean: look further up.
func (s *search) at(ctx context.Context, folder *url.URL) (*Site, error) {
	front, err := s.visit(ctx, folder)
	var trouble *Diagnosis
	switch {
	case errors.As(err, &trouble) && hostIsLost(trouble.Kind):
		return nil, err
	case errors.As(err, &trouble):
		s.note(trouble)
	case err != nil:
		return nil, err
	default:
		s.judgeFront(front)
		folder = moved(folder, front.url)
	}
	for _, root := range roots(front, folder) {
		site, err := s.tryRoot(ctx, root)
		if err != nil || site != nil {
			return site, err
		}
	}
	return nil, nil
}

// hostIsLost says that it is of no use to ask this host for anything else.
func hostIsLost(kind Kind) bool {
	switch kind {
	case Unreachable, Certificate, Late, PlainHTTP, NotAnAddress:
		return true
	}
	return false
}

// visit gets a front page as a visitor does. It goes along with redirects within the site.
func (s *search) visit(ctx context.Context, folder *url.URL) (answer, error) {
	r := request{op: "find the site", method: http.MethodGet, url: folder, partial: true}
	for hop := 0; ; hop++ {
		got, err := s.client.once(ctx, r)
		if err != nil {
			return got, err
		}
		target := got.redirect()
		switch {
		case target == nil:
			return got, nil
		case hop == mostHops:
			return got, s.client.trouble(RedirectLoop, target.Host+target.Path)
		}
		if target = encrypted(target, folder); !sameSite(target, folder) {
			return got, s.client.trouble(OtherHost, target.Scheme+"://"+target.Host+target.Path).with(got.status, 0)
		}
		if target.String() == r.url.String() {
			return got, s.client.trouble(PlainHTTP, "it sends every visitor to http://"+target.Host)
		}
		r.url = target
	}
}

// encrypted is an address with the scheme of the site: many sites behind a proxy call themselves http although they are not.
func encrypted(address, site *url.URL) *url.URL {
	changed := *address
	if changed.Scheme == "http" && site.Scheme == "https" {
		changed.Scheme = "https"
		changed.Host = strings.TrimSuffix(changed.Host, ":80")
	}
	return &changed
}

// moved is the folder on the host at which the front page came from in the end.
func moved(folder, front *url.URL) *url.URL {
	there := *folder
	there.Scheme, there.Host = front.Scheme, front.Host
	return &there
}

// judgeFront notes what a front page says that hinders.
func (s *search) judgeFront(front answer) {
	seen := readPage(front.body)
	switch {
	case linked(front, seen) != "":
	case isHTTPPassword(front), isFirewall(front, seen), isMaintenance(front, seen), front.status >= 500:
		s.note(s.client.judgePage(front))
	case looksLikeWordPress(front.body, seen):
		s.note(s.client.trouble(RESTBlocked, "the page is made by WordPress, but no REST API was found"))
	default:
		s.note(s.client.trouble(NotWordPress, "“"+seen.title+"”"))
	}
}

// linked is where the site itself says that its REST API is.
func linked(front answer, seen page) string {
	for _, header := range front.header.Values("Link") {
		for link := range strings.SplitSeq(header, ",") {
			address, rest, ok := strings.Cut(link, ">")
			if ok && strings.Contains(rest, "https://api.w.org/") {
				return strings.TrimPrefix(strings.TrimSpace(address), "<")
			}
		}
	}
	return seen.links["https://api.w.org/"]
}

// roots are the places to look for the REST API, best first.
func roots(front answer, folder *url.URL) []*url.URL {
	var found []*url.URL
	if link := linked(front, readPage(front.body)); link != "" {
		if root, err := folder.Parse(link); err == nil {
			if root = encrypted(root, folder); sameSite(root, folder) {
				found = append(found, root)
			}
		}
	}
	pretty, plain := *folder, *folder
	pretty.Path += "wp-json/"
	plain.RawQuery = "rest_route=/"
	return append(found, &pretty, &plain)
}

// tryRoot asks for the index at a place.
func (s *search) tryRoot(ctx context.Context, root *url.URL) (*Site, error) {
	r := request{op: "find the REST API", method: http.MethodGet, url: routeBelow(root, "/", url.Values{"_fields": {"name,url,home,namespaces,authentication"}})}
	got, err := s.client.follow(ctx, r)
	if err == nil {
		err = s.client.judge(got, r)
	}
	var trouble *Diagnosis
	if err != nil && !errors.As(err, &trouble) {
		return nil, err
	}
	if trouble != nil {
		if refusesVisitors(trouble, got) {
			return s.site(root, index{}, trouble), nil
		}
		s.note(trouble)
		return nil, nil
	}
	var found index
	if json.Unmarshal(got.body, &found) != nil || len(found.Namespaces) == 0 {
		s.note(s.client.trouble(NotWordPress, "there is data at "+root.Path+", but not WordPress's").with(got.status, 0))
		return nil, nil
	}
	return s.site(root, found, nil), nil
}

// refusesVisitors says that this is the REST API, which wants to know who asks.
func refusesVisitors(trouble *Diagnosis, got answer) bool {
	return (trouble.Kind == RESTBlocked || trouble.Kind == notLoggedIn || trouble.Kind == NotAdmin) && strings.Contains(got.header.Get("Content-Type"), "json")
}

func (s *search) site(root *url.URL, found index, blocked *Diagnosis) *Site {
	s.client.home = root
	s.client.name = root.Hostname()
	return &Site{client: s.client, root: root, info: found.info(root), blocked: blocked}
}

// note keeps the trouble that tells the owner most.
func (s *search) note(trouble *Diagnosis) {
	if s.found == nil || telling(trouble.Kind) > telling(s.found.Kind) {
		s.found = trouble
	}
}

func telling(kind Kind) int {
	for i, each := range []Kind{NotThere, EmptyAnswer, WebPage, NotWordPress, HalfAnswer, RESTBlocked, ServerError, OtherHost, RedirectLoop, Maintenance, Firewall, HTTPPassword, PlainHTTP} {
		if each == kind {
			return i
		}
	}
	return 0
}
