package drip

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"allyswitch/crm/sandbox"
)

// What opens the sandbox.
const (
	sandboxToken   = "5a4b3c2d1e0f5a4b3c2d1e0f5a4b3c2d"
	sandboxOAuth   = "b7f1c0ffee5a4b3c2d1e0f5a4b3c2d1e0f5a4b3c2d1e0f5a4b3c2d1e0f5a4b3c"
	sandboxAccount = "9999999"
	// otherAccount is open to the token too, and holds nothing.
	otherAccount = "8888888"
)

// fake is Drip on the wire.
type fake struct {
	*sandbox.Server
	*store
	routes []route

	mu sync.Mutex
	// writing counts writes under way, by address.
	writing map[string]int
}

// route is one call of the API: the segments of its path below the account, "*" standing for any.
type route struct {
	method string
	path   []string
	answer func(*call)
}

// call is one request: the segments that "*" stood for, and the body.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	args []string
	body []byte
}

// NewSandbox makes a Drip account that lives in memory. Its paths are the vendor's own: /v2/9999999/subscribers and so on.
func NewSandbox(options sandbox.Options) sandbox.Sandbox { return newFake(options) }

func newFake(options sandbox.Options) *fake {
	f := &fake{store: newStore(options), writing: map[string]int{}}
	f.Server = sandbox.NewServer(options, sandbox.Vendor{
		Windows: []sandbox.Window{
			{Class: sandbox.ClassAll, Requests: 3600, Per: time.Hour},
			{Class: "batch", Requests: 50, Per: time.Hour},
		},
		Classes: classesOf,
		Refuse:  f.tooFast,
		Fail:    fail,
		Limits:  f.rateHeaders,
	})
	f.Handle(http.HandlerFunc(f.handle))
	f.routes = slices.Concat(f.subscriberRoutes(), f.workflowRoutes(), f.otherRoutes())
	return f
}

// Credentials are the settings that open it.
func (f *fake) Credentials() map[string]string {
	return map[string]string{"crm.key": sandboxToken, "crm.account_id": sandboxAccount}
}

// classesOf tells the two meters apart: batches count only as batches.
func classesOf(r *http.Request) []string {
	if strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/batches") {
		return []string{"batch"}
	}
	return []string{sandbox.ClassAll}
}

type concurrentKey struct{}

// ServeHTTP notes whether another write to the same person is under way, which Drip refuses.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if person := writtenTo(r, body); person != "" {
		others := f.begin(person)
		defer f.end(person)
		r = r.WithContext(context.WithValue(r.Context(), concurrentKey{}, others))
	}
	f.Server.ServeHTTP(w, r)
}

// writtenTo is the address that a single write is about, empty for all other calls.
func writtenTo(r *http.Request, body []byte) string {
	var written struct {
		Subscribers []struct{ Email string } `json:"subscribers"`
		Tags        []struct{ Email string } `json:"tags"`
	}
	if r.Method != http.MethodPost || json.Unmarshal(body, &written) != nil {
		return ""
	}
	for _, one := range append(written.Subscribers, written.Tags...) {
		return strings.ToLower(one.Email)
	}
	return ""
}

func (f *fake) begin(person string) (others bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing[person]++
	return f.writing[person] > 1
}

func (f *fake) end(person string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writing[person]--; f.writing[person] == 0 {
		delete(f.writing, person)
	}
}

func (f *fake) handle(w http.ResponseWriter, r *http.Request) {
	if !opens(r.Header.Get("Authorization")) {
		refuse(w, http.StatusUnauthorized, fault{Code: "authentication_error", Message: "Authentication failed, check your credentials"})
		return
	}
	segments := segmentsOf(r)
	body, err := readBody(r)
	if err != nil {
		f.Unexpected(r, err.Error())
		refuse(w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	if len(body) > 0 && !json.Valid(body) {
		f.Unexpected(r, "the body is not JSON")
		sandbox.WriteJSON(w, http.StatusBadRequest, map[string]any{"status": 400, "error": "There was a problem in the JSON you submitted: unexpected token"})
		return
	}
	f.dispatch(&call{w: w, r: r, body: body}, segments)
}

// dispatch finds the call that a path means: /v2/accounts, /v2/user, or one below an account that the token opens.
func (f *fake) dispatch(c *call, segments []string) {
	switch {
	case len(segments) < 2 || segments[0] != "v2" && segments[0] != "v3":
		f.unknown(c)
		return
	case segments[1] == "accounts" || segments[1] == "user":
		segments = append([]string{"", ""}, segments[1:]...)
	case segments[1] == otherAccount:
		refuse(c.w, http.StatusNotFound, notFound())
		return
	case segments[1] != sandboxAccount:
		status, _ := strconv.Atoi(f.is("other-account"))
		refuse(c.w, status, fault{Code: "authorization_error", Message: "You are not authorized to access this resource"})
		return
	}
	for _, one := range f.routes {
		if args, fits := one.fits(c.r.Method, segments[2:]); fits {
			c.args = args
			one.answer(c)
			return
		}
	}
	f.unknown(c)
}

func (f *fake) unknown(c *call) {
	f.Unexpected(c.r, "no such path or verb")
	refuse(c.w, http.StatusNotFound, notFound())
}

func (r route) fits(method string, segments []string) (args []string, fits bool) {
	if method != r.method || len(segments) != len(r.path) {
		return nil, false
	}
	for i, want := range r.path {
		if want == "*" {
			args = append(args, segments[i])
		} else if want != segments[i] {
			return nil, false
		}
	}
	return args, true
}

// on makes a route; the path is written with slashes.
func on(method, path string, answer func(*call)) route {
	return route{method, strings.Split(path, "/"), answer}
}

// segmentsOf takes a path apart before it is unescaped, so that an escaped slash is no border. A slash at the end is forgiven.
func segmentsOf(r *http.Request) []string {
	segments := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, one := range segments {
		if plain, err := url.PathUnescape(one); err == nil {
			segments[i] = plain
		}
	}
	return segments
}

// opens says whether the credentials are good. Basic authorisation is taken with and without the colon that ends the user.
func opens(authorization string) bool {
	scheme, credentials, _ := strings.Cut(authorization, " ")
	switch scheme {
	case "Bearer":
		return credentials == sandboxOAuth
	case "Basic":
		plain, err := base64.StdEncoding.DecodeString(credentials)
		return err == nil && strings.TrimSuffix(string(plain), ":") == sandboxToken
	}
	return false
}

// readBody takes JSON under both names that Drip knows for it.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) == 0 {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" && kind != "application/vnd.api+json" {
		return nil, errors.New("the content type is " + strconv.Quote(kind))
	}
	return body, nil
}
