package keap

import (
	"net/http"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// The keys and the token that open the sandbox. It knows three keys, as an account with three Service Account Keys has, so that
// sharing a day's quota can be rehearsed; Credentials gives the first.
const (
	sandboxKey    = "KeapAK-sandbox-1-0123456789abcdef"
	sandboxKey2   = "KeapAK-sandbox-2-0123456789abcdef"
	sandboxKey3   = "KeapAK-sandbox-3-0123456789abcdef"
	sandboxToken  = "sandbox-oauth-token-0123456789ab"
	sandboxApp    = "ab103"
	sandboxTenant = sandboxApp + ".infusionsoft.com"
)

// fake is Keap on the wire: the gateway in front, then REST v2, REST v1 and XML-RPC over one store.
type fake struct {
	*sandbox.Server
	switches map[string]string
	routes   *http.ServeMux
	paths    map[string]map[string]handler
	tenant   tenant
	store    *store

	refreshToken string
	refreshes    int
}

// NewSandbox makes a Keap account that lives in memory. Its paths are the vendor's own: /crm/rest/v2/…, /crm/rest/v1/… and
// /crm/xmlrpc/v1.
func NewSandbox(options sandbox.Options) sandbox.Sandbox {
	return newFake(options)
}

func newFake(options sandbox.Options) *fake { return newFakeWithin(options, serverWindows()) }

// newFakeWithin is an account with other limits than usual.
func newFakeWithin(options sandbox.Options, windows []sandbox.Window) *fake {
	f := &fake{switches: map[string]string{}, routes: http.NewServeMux(), paths: map[string]map[string]handler{}, refreshToken: firstRefreshToken}
	for _, s := range Switches() {
		f.switches[s.Name] = options.Setting(Switches(), s.Name)
	}
	f.store = newStore(f)
	f.Server = sandbox.NewServer(options, sandbox.Vendor{
		Handler: http.HandlerFunc(f.handle), Windows: windows, Classes: classes, Credential: credential,
		Refuse: f.refuse, Fail: f.fail, Limits: f.limits,
	})
	f.routeV2()
	f.routeV1()
	f.route("POST", "/crm/xmlrpc/v1", f.xmlrpc)
	f.routes.HandleFunc("/", f.answering(f.unknownPath))
	return f
}

// Credentials are the settings that open it.
func (f *fake) Credentials() map[string]string {
	return map[string]string{"crm.key": sandboxKey}
}

// handle answers one request that is within its key's limits.
func (f *fake) handle(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		f.issueToken(w, r)
		return
	}
	if !f.admit(w, r) {
		return
	}
	url := *r.URL
	url.Path, url.RawPath = cleanPath(url.Path), cleanPath(url.RawPath)
	inside := r.Clone(r.Context())
	inside.URL = &url
	f.routes.ServeHTTP(w, inside)
}

// fail is Keap in trouble.
func (f *fake) fail(w http.ResponseWriter, r *http.Request, status int) {
	c := &call{Request: r}
	c.fail(status, "An unexpected error has occurred").write(w)
}

// is says whether a switch is set so.
func (f *fake) is(name, setting string) bool { return f.switches[name] == setting }

// route registers a handler for one verb of a path; the other verbs are answered as Keap does (405).
func (f *fake) route(method, path string, answer handler) {
	verbs := f.paths[path]
	if verbs == nil {
		verbs = map[string]handler{}
		f.paths[path] = verbs
		f.routes.HandleFunc(path, f.answering(func(c *call) reply {
			if answer, found := verbs[c.Method]; found {
				return answer(c)
			}
			return f.wrongVerb(c)
		}))
	}
	verbs[method] = answer
}

// answering turns a handler into what http.ServeMux wants.
func (f *fake) answering(answer handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, refused := readCall(r)
		if refused == nil {
			said := answer(c)
			refused = &said
		}
		refused.write(w)
	}
}

// unknownPath answers what Keap does not have. A driver never gets here, so it is noted.
func (f *fake) unknownPath(c *call) reply {
	f.Unexpected(c.Request, "no such path")
	return c.fail(http.StatusNotFound, "Resource not found")
}

func (f *fake) wrongVerb(c *call) reply {
	f.Unexpected(c.Request, "no such verb")
	return c.fail(http.StatusMethodNotAllowed, "Request method '"+c.Method+"' is not supported")
}

// cleanPath forgives the doubled and trailing slashes that public clients of Keap send and Keap takes.
func cleanPath(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return strings.TrimSuffix(path, "/")
}

// now is the time at which something is written, in UTC as Keap tells it.
func now() time.Time { return time.Now().UTC() }
