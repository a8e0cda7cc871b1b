package site_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

func TestWhateverAnOwnerTypesTheSiteIsFound(t *testing.T) {
	for typed, root := range map[string]string{
		"members.example.com":                                      home + "/wp-json/",
		"https://members.example.com":                              home + "/wp-json/",
		"http://members.example.com/":                              home + "/wp-json/",
		"  HTTPS://Members.Example.COM/  ":                         home + "/wp-json/",
		"members.example.com/wp-admin/":                            home + "/wp-json/",
		"https://members.example.com/wp-admin/users.php?role=none": home + "/wp-json/",
		"https://members.example.com/wp-login.php?redirect_to=x":   home + "/wp-json/",
		"https://members.example.com/courses/breathing/#top":       home + "/wp-json/",
		"//members.example.com":                                    home + "/wp-json/",
		"members.example.com.":                                     home + "/wp-json/",
		"https://members.example.com:443/":                         home + "/wp-json/",
	} {
		t.Run(typed, func(t *testing.T) {
			found, err := site.Find(context.Background(), newStory(t, 20).settings(), typed)
			if err != nil {
				t.Fatal(err)
			}
			if info := found.Info(); info.Root != root || info.Name != "Membership site" || info.PlainPermalinks {
				t.Errorf("found %+v", info)
			}
		})
	}
}

func TestWhatIsNoAddressIsNotAskedAtAll(t *testing.T) {
	settings := handled(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL) })
	for _, typed := range []string{"", "   ", "members", "ftp://members.example.com", "ada@example.com", "https://user:pass@example.com", "https://", "exa mple.com", "..", "http://[::1", "javascript:alert(1)"} {
		_, err := site.Find(context.Background(), settings, typed)
		told(t, err, site.NotAnAddress)
		if strings.Contains(err.Error(), "pass@") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

// below serves a site in a folder, and a page without WordPress everywhere else.
func below(folder string, site http.Handler) http.HandlerFunc {
	mux := http.NewServeMux()
	mux.Handle(folder+"/", http.StripPrefix(folder, site))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<title>A shop</title>") })
	return mux.ServeHTTP
}

func TestASiteInAFolderIsFoundFromAnyOfItsPages(t *testing.T) {
	story := newStory(t, 20)
	settings := handled(below("/blog", story.Handler))
	settings.Values = story.Credentials()
	for _, typed := range []string{"example.com/blog", "https://example.com/blog/wp-admin/index.php", "example.com/blog/a/page/"} {
		found, err := site.Find(context.Background(), settings, typed)
		if err != nil {
			t.Fatal(err)
		}
		if found.Info().Root != "https://example.com/blog/wp-json/" {
			t.Errorf("%s: root %s", typed, found.Info().Root)
		}
		if !strings.HasPrefix(found.AuthorizeURL(), "https://example.com/blog/wp-admin/authorize-application.php?app_name=AllySwitch") {
			t.Errorf("authorise at %s", found.AuthorizeURL())
		}
		if _, err := found.Login(context.Background()); err != nil {
			t.Error(err)
		}
	}
	_, err := site.Find(context.Background(), settings, "example.com")
	told(t, err, site.NotWordPress)
}

func TestPlainPermalinksAreFoundAndUsed(t *testing.T) {
	story := newStory(t, 130, wptest.PlainPermalinks)
	found := story.find()
	if !found.Info().PlainPermalinks {
		t.Errorf("info %+v", found.Info())
	}
	for _, way := range []site.Way{site.ByREST, site.ByCompanion, site.ByXMLRPC} {
		users, _, err := story.read(site.ReadOptions{Way: way})
		if err != nil {
			t.Fatal(err)
		}
		sameMembers(t, users, exported(t, story.fake))
	}
}

func TestTheAPIIsFoundBehindAPageThatHidesIt(t *testing.T) {
	for _, condition := range []wptest.Condition{wptest.ClosedFront} {
		story := newStory(t, 20, condition)
		if story.find().Info().Root != home+"/wp-json/" {
			t.Errorf("root %s", story.find().Info().Root)
		}
	}
}

func TestASiteBehindAProxyThatCallsItselfHTTPIsSpokenToEncrypted(t *testing.T) {
	story := newStory(t, 20)
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme != "https" {
			t.Errorf("%s in the clear", r.URL)
		}
		answer, err := sandbox.Transport(story.Handler).RoundTrip(r)
		if err == nil {
			answer.Header.Set("Link", strings.Replace(answer.Header.Get("Link"), "https://members", "http://members", 1))
		}
		return answer, err
	})
	if _, err := site.Find(context.Background(), settings, home); err != nil {
		t.Fatal(err)
	}
}

func TestWWWIsTheSameSiteAndAnotherHostIsNot(t *testing.T) {
	story := newStory(t, 20)
	to := ""
	var elsewhere int
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "www.members.example.com" {
			return sandbox.Transport(story.Handler).RoundTrip(r)
		}
		if r.URL.Host != "members.example.com" {
			elsewhere++
		}
		return sandbox.Transport(http.RedirectHandler(to+r.URL.Path, http.StatusMovedPermanently)).RoundTrip(r)
	})
	to = "https://www.members.example.com"
	found, err := site.Find(context.Background(), settings, home)
	if err != nil || found.Info().Root != "https://www.members.example.com/wp-json/" {
		t.Fatalf("%v, %v", found, err)
	}
	if _, err := found.Login(context.Background()); err != nil {
		t.Error(err)
	}
	to = "https://elsewhere.example.org"
	_, err = site.Find(context.Background(), settings, home)
	told(t, err, site.OtherHost)
	if elsewhere > 0 || !strings.Contains(err.Error(), "elsewhere.example.org") {
		t.Errorf("%d requests elsewhere; %v", elsewhere, err)
	}
	to = "http://members.example.com"
	_, err = site.Find(context.Background(), settings, home)
	told(t, err, site.PlainHTTP)
}

func TestEachThingInTheWayIsNamed(t *testing.T) {
	for condition, kind := range map[wptest.Condition]site.Kind{
		wptest.MaintenanceMode: site.Maintenance, wptest.Firewall: site.Firewall, wptest.HTTPPassword: site.HTTPPassword, wptest.RedirectLoop: site.RedirectLoop,
	} {
		story := newStory(t, 20, condition)
		_, err := site.Find(context.Background(), story.settings(), home)
		told(t, err, kind)
	}
	_, err := site.Find(context.Background(), handled(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<title>Shop</title><script src="/wp-includes/js/x.js"></script>`)
	}), home)
	told(t, err, site.RESTBlocked)
	_, err = site.Find(context.Background(), handled(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"hello":"world"}`) }), home)
	told(t, err, site.NotWordPress)
	_, err = site.Find(context.Background(), handled(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), home)
	told(t, err, site.ServerError)
}

func TestCertificatesAndLinesThatDoNotHold(t *testing.T) {
	fail := func(err error) site.Settings {
		return site.Settings{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })}
	}
	for kind, cause := range map[site.Kind][]error{
		site.Certificate: {x509.UnknownAuthorityError{}, x509.HostnameError{Certificate: &x509.Certificate{}, Host: "members.example.com"}, tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}},
		site.Unreachable: {&net.DNSError{Err: "no such host", Name: "members.example.com", IsNotFound: true}, &net.OpError{Op: "dial", Err: fmt.Errorf("connection refused")}},
		site.Late:        {&net.DNSError{Err: "timeout", IsTimeout: true}},
	} {
		for _, each := range cause {
			_, err := site.Find(context.Background(), fail(each), home)
			told(t, err, kind)
		}
	}
}

func TestARealCertificateThatNobodyTrusts(t *testing.T) {
	server := httptest.NewUnstartedServer(newStory(t, 20).Handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	_, err := site.Find(context.Background(), site.Settings{}, server.URL)
	told(t, err, site.Certificate)
}
