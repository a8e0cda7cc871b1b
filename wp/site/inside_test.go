package site

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
)

func TestEveryKindHasItsSentences(t *testing.T) {
	seen := map[string]Kind{}
	for _, kind := range []Kind{NotAnAddress, PlainHTTP, Unreachable, Certificate, Late, RedirectLoop, OtherHost, NotWordPress, Maintenance, Firewall, HTTPPassword,
		NoCredentials, WrongPassword, NoSuchUser, HeaderStripped, LoginUnclear, PasswordsOff, RESTBlocked, UsersRemoved, NotAdmin,
		WebPage, HalfAnswer, EmptyAnswer, OddAnswer, BigAnswer, ServerError, TooFast, Refused, NotThere, Exists, Shifting, ShortPage, NoWayToRead, NotVerified, MaybeCreated,
		NoCompanion, OtherSystem, Busy, Unavailable, Unreadable, TwiceInOne} {
		d := diagnose(kind, "members.example.com", "")
		if d.Code == "WP-ODD" || d.What == "" || d.Now == "" || d.Means == "" {
			t.Errorf("%s: %+v", kind, d)
		}
		if other, taken := seen[d.Code]; taken {
			t.Errorf("%s and %s are both %s", kind, other, d.Code)
		}
		seen[d.Code] = kind
	}
}

func TestPagesAreReadByWhatAVisitorSees(t *testing.T) {
	for body, want := range map[string]page{
		"<title> A \n B </title><p>x</p>":                              {title: "A B", text: "x"},
		"<title>A</title><title>B</title>":                             {title: "A", text: "B"},
		"<script>var a='<title>no</title>'</script><title>yes":         {title: "yes"},
		"<svg><title>icon</title></svg><title>page</title>":            {title: "icon", text: "page"},
		"<p>1</p><noscript>2</noscript><textarea>3</textarea>4":        {text: "1 4"},
		"<title>Caf&eacute; &amp; Bar</title>":                         {title: "Café & Bar"},
		"plain text":                                                   {text: "plain text"},
		"<meta name=Generator content='WordPress 6.1'><style>x</style": {generator: "WordPress 6.1"},
	} {
		got := readPage([]byte(body))
		if got.title != want.title || got.text != want.text || got.generator != want.generator {
			t.Errorf("%q: %+v", body, got)
		}
	}
}

func TestWhatXMLRPCAnswersIsReadWhateverIsInIt(t *testing.T) {
	told, err := readResponse([]byte(`<?xml version="1.0"?><methodResponse><params><param><value>
		<array><data><value><struct><member><name>user_id</name><value>
		<string>4</string>
		</value></member><member><name>email</name><value>a&amp;b@example.com</value></member><member><name>roles</name><value><array><data></data></array></value></member>` +
		"<member><name>first_name</name><value><string>A\x0bd\x01a &lt;b&gt;</string></value></member></struct></value></data></array></value></param></params></methodResponse>"))
	if err != nil {
		t.Fatal(err)
	}
	user := storedFrom(told.list[0])
	if user.ID != 4 || user.Email != "a&b@example.com" || user.FirstName != "Ada <b>" || len(user.Roles) != 0 {
		t.Errorf("%+v", user)
	}
	_, err = readResponse([]byte(`<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>403</int></value></member><member><name>faultString</name><value><string>No.</string></value></member></struct></value></fault></methodResponse>`))
	var refused *fault
	if !errors.As(err, &refused) || refused.code != 403 || refused.message != "No." {
		t.Errorf("%v", err)
	}
	for _, broken := range []string{"", "<methodResponse>", "<methodResponse><params><param><value><array><data><value><string>4", "<a><b>", strings.Repeat("<value><array><data>", 100)} {
		if _, err := readResponse([]byte(broken)); err == nil || errors.As(err, &refused) {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

func TestDatesOfXMLRPC(t *testing.T) {
	for given, want := range map[string]string{"20200102T00:01:01": "2020-01-02 00:01:01", "00000000T00:00:00Z": "0000-00-00 00:00:00", "": "", "x": "x", "20200102": "20200102"} {
		if got := dateOfXML(given); got != want {
			t.Errorf("%q: %q", given, got)
		}
	}
}

func TestMessagesFromOutsideAreFitToBeShown(t *testing.T) {
	for given, want := range map[string]string{
		"<strong>Error:</strong> no": "Error: no", "a\x1b[31mb\u202ec": "a[31mbc", "1 < 2 & 3": "1 < 2 & 3", "x\n\ty": "x y", "\xff\xfe": "",
	} {
		if got := clean(given, 80); got != want {
			t.Errorf("%q: %q", given, got)
		}
	}
	if got := clean(strings.Repeat("é", 500), 100); len([]rune(got)) != 100 {
		t.Errorf("%d signs", len([]rune(got)))
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{"<title>A</title>", "<script>", "<title><b>x", "</title>", "<link rel='https://api.w.org/' href=x>", "\xff<!--", "<textarea><title>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		seen := readPage(body)
		if len(seen.title)+len(seen.text) > 4*len(body)+16 {
			t.Errorf("a page of %d bytes has a text of %d", len(body), len(seen.text))
		}
		if again := readPage(body); fingerprint(again) != fingerprint(seen) {
			t.Error("two fingerprints of one page")
		}
		if title := clean(seen.title, 120); len([]rune(title)) > 120 || strings.ContainsFunc(title, unicode.IsControl) {
			t.Errorf("title %q", title)
		}
	})
}

func FuzzXMLRPC(f *testing.F) {
	f.Add([]byte("<methodResponse><params><param><value><array><data><value><struct><member><name>user_id</name><value><string>4</string></value></member></struct></value></data></array></value></param></params></methodResponse>"))
	f.Add([]byte("<methodResponse><fault><value><struct></struct></value></fault></methodResponse>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		told, err := readResponse(body)
		if err != nil {
			return
		}
		for _, each := range told.list {
			_ = storedFrom(each)
		}
	})
}

func FuzzCandidates(f *testing.F) {
	for _, seed := range []string{"mysite.com", "https://www.mysite.com/blog/", "http://[::1]:8089/wp-admin", "ada@example.com", "//x.y/%2f%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		found, err := candidates(typed)
		if err != nil {
			return
		}
		for _, address := range found {
			if !speakable(address) || !strings.HasSuffix(address.Path, "/") || address.User != nil || address.RawQuery != "" {
				t.Errorf("%q: %s", typed, address)
			}
		}
		if again, err := candidates(found[0].String()); err != nil || again[0].String() != found[0].String() {
			t.Errorf("%q: %s is read as %v, %v", typed, found[0], again, err)
		}
	})
}

// slowly answers after a while.
type slowly time.Duration

func (s slowly) RoundTrip(request *http.Request) (*http.Response, error) {
	time.Sleep(time.Duration(s))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("[]")), Request: request}, nil
}

// TestAWaitThatIsOverIsNotSaidToGoOn answers at the very moment at which the waiting is told.
func TestAWaitThatIsOverIsNotSaidToGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var last string
		wait := func(reason string) {
			if reason != "" {
				time.Sleep(time.Second) // whoever is told may be busy
			}
			mu.Lock()
			defer mu.Unlock()
			last = reason
		}
		c := newClient(Settings{Transport: slowly(slowAfter + 500*time.Millisecond)})
		address, _ := url.Parse("https://example.com/wp-json/")
		if _, err := c.once(t.Context(), request{method: http.MethodGet, url: address, wait: wait}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if last != "" {
			t.Errorf("a minute after the answer it still says %q", last)
		}
	})
}
