package activecampaign

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

const (
	// sandboxKey opens the sandbox: 72 characters, as keys in public examples have.
	sandboxKey = "5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c42"
	// sandboxAccount is the name of the sandbox's account.
	sandboxAccount = "allyswitch-sandbox"
	sandboxHost    = "https://" + sandboxAccount + ".api-us1.com"
)

// Sandbox behaves like one ActiveCampaign account on the wire, below /api/3 of wherever it is mounted.
type Sandbox struct {
	*sandbox.Server
	account
	routes []route
	// answered counts good answers, for the switches that spoil some of them.
	answered int
	checked  int
}

// route is one method of one address; a segment "{id}" stands for anything.
type route struct {
	method   string
	segments []string
	handle   func(*call)
}

// NewSandbox makes an empty account.
func NewSandbox(options sandbox.Options) sandbox.Sandbox { return newSandbox(options) }

func newSandbox(options sandbox.Options) *Sandbox {
	s := &Sandbox{account: newAccount(options)}
	s.Server = sandbox.NewServer(options, sandbox.Vendor{
		Handler: http.HandlerFunc(s.serve),
		Windows: []sandbox.Window{
			{Class: sandbox.ClassAll, Requests: 5, Per: time.Second},
			{Class: classImport, Requests: 100, Per: time.Minute},
			{Class: classImportSingle, Requests: 20, Per: time.Minute},
		},
		Classes: rateClasses,
		Refuse:  s.tooFast,
		Fail:    fail,
		Limits:  rateHeaders,
	})
	s.account.later = s.Later
	s.routes = s.allRoutes()
	return s
}

// Credentials are the settings that open the sandbox.
func (s *Sandbox) Credentials() map[string]string { return map[string]string{optionKey: sandboxKey} }

// Load puts contacts, tags, fields and automations into the account.
func (s *Sandbox) Load(contents sandbox.Contents) { s.Locked(func() { s.account.load(contents) }) }

// Contents is what the account holds.
func (s *Sandbox) Contents() (contents sandbox.Contents) {
	s.Locked(func() { contents = s.account.contents().Sorted() })
	return contents
}

// Exclude puts an address on the account's exclusion list: the importer passes it over.
func (s *Sandbox) Exclude(email string) {
	s.Locked(func() { s.account.excluded = append(s.account.excluded, strings.ToLower(email)) })
}

func (s *Sandbox) allRoutes() []route {
	var routes []route
	for _, group := range []map[string]func(*call){s.accountRoutes(), s.contactRoutes(), s.relationRoutes(), s.importRoutes(), s.setupRoutes(), s.listRoutes()} {
		for pattern, handle := range group {
			method, path, _ := strings.Cut(pattern, " ")
			routes = append(routes, route{method: method, segments: strings.Split(strings.Trim(path, "/"), "/"), handle: handle})
		}
	}
	return routes
}

func (r route) fits(segments []string) (id string, ok bool) {
	if len(segments) != len(r.segments) {
		return "", false
	}
	for i, segment := range r.segments {
		switch {
		case segment == "{id}":
			id = segments[i]
		case segment != segments[i]:
			return "", false
		}
	}
	return id, true
}

// serve answers one request on a good day.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, apiPath+"/")
	if !ok {
		website(w)
		return
	}
	c := &call{w: w, r: r, query: r.URL.Query()}
	if !s.authorized(c) {
		s.refuseKey(c)
		return
	}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	handle, allowed := s.find(r.Method, segments, c)
	switch {
	case handle == nil && len(allowed) == 0:
		s.Unexpected(r, "no such address")
		c.message(http.StatusNotFound, "The requested resource could not be found")
	case handle == nil:
		s.Unexpected(r, "method not allowed")
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		c.message(http.StatusMethodNotAllowed, "Method Not Allowed")
	case hasBody(r) && !isJSON(r):
		s.Unexpected(r, "the body is not declared as JSON")
		c.reply(http.StatusBadRequest, object{})
	default:
		s.answer(c, handle)
	}
}

// find looks for the handler; without one it says which other methods the address has.
func (s *Sandbox) find(method string, segments []string, c *call) (handle func(*call), allowed []string) {
	best := -1
	for _, route := range s.routes {
		id, ok := route.fits(segments)
		if !ok {
			continue
		}
		allowed = append(allowed, route.method)
		exact := 0
		if !slices.Contains(route.segments, "{id}") {
			exact = 1
		}
		if route.method == method && exact > best {
			handle, best, c.id = route.handle, exact, id
		}
	}
	slices.Sort(allowed)
	return handle, slices.Compact(allowed)
}

// answer lets the handler work. Now and then, if a switch says so, a good answer comes without its body.
func (s *Sandbox) answer(c *call, handle func(*call)) {
	s.answered++
	c.hollow = s.setting(switchEmptyAnswers) == "sometimes" && s.answered%7 == 3
	handle(c)
}

// authorized reads the key from the header, or from the query as v1 clients send it. Now and then, if a switch says so, a good key is refused.
func (s *Sandbox) authorized(c *call) bool {
	key := c.r.Header.Get("Api-Token")
	if key == "" && c.r.Method == http.MethodGet {
		key = c.query.Get("api_key")
	}
	s.checked++
	return key == sandboxKey && (s.setting(switchFlaky403) != "sometimes" || s.checked%5 != 2)
}

func (s *Sandbox) refuseKey(c *call) {
	switch s.setting(switchBadKey) {
	case "errors":
		c.errors(http.StatusForbidden, object{"status": 403, "title": "Forbidden", "detail": "The API token is not valid."})
	case "empty":
		c.w.WriteHeader(http.StatusForbidden)
	case "html":
		c.html(http.StatusForbidden, "<h1>403 Forbidden</h1>")
	default:
		c.message(http.StatusForbidden, "Forbidden")
	}
}

func hasBody(r *http.Request) bool { return r.Method == http.MethodPost || r.Method == http.MethodPut }

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// website is what the account's host shows to everything that is not below /api/3.
func website(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>Login | ActiveCampaign</title></head><body><form id=\"login\"></form></body></html>"))
}

// rateClasses knows imports by the number of their contacts ("Bulk import contacts").
func rateClasses(r *http.Request) []string {
	classes := []string{sandbox.ClassAll}
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/import/bulk_import") {
		return classes
	}
	if countContacts(r) == 1 {
		return append(classes, classImportSingle)
	}
	return append(classes, classImport)
}

// tooFast answers imports with 400 and everything else with 429 ("Bulk import contacts", "Rate limits").
func (s *Sandbox) tooFast(w http.ResponseWriter, r *http.Request, refusal sandbox.Refusal) {
	c := &call{w: w, r: r, query: url.Values{}}
	if refusal.Window.Class != sandbox.ClassAll {
		c.reply(http.StatusBadRequest, object{"success": 0, "message": "Rate limit exceeded.", "failureReasons": []string{
			"Up to " + strconv.Itoa(refusal.Window.Requests) + " imports may be requested per minute.Please batch contacts into larger requests, or retry this request in a minute."}})
		return
	}
	w.Header().Set("Retry-After", sandbox.Seconds(max(refusal.RetryAfter, time.Second)))
	switch s.setting(switchTooFast) {
	case "message":
		c.message(http.StatusTooManyRequests, "Too Many Requests")
	case "html":
		c.html(http.StatusTooManyRequests, "<h1>Too Many Requests</h1>")
	default:
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func fail(w http.ResponseWriter, r *http.Request, status int) {
	c := &call{w: w, r: r}
	if status == http.StatusInternalServerError {
		c.message(status, "Internal Server Error")
		return
	}
	c.html(status, "<h1>"+http.StatusText(status)+"</h1><hr>cloudflare")
}

// rateHeaders come with every answer; there is none that says when the second ends ("Rate limits").
func rateHeaders(header http.Header, levels []sandbox.Level) {
	for _, level := range levels {
		if level.Class == sandbox.ClassAll {
			header.Set("RateLimit-Limit", strconv.Itoa(level.Requests))
			header.Set("RateLimit-Remaining", strconv.Itoa(level.Remaining))
		}
	}
}
