package wptest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Condition is something that real sites do to those who speak with them.
type Condition string

// The conditions. Without any, the site is a well-kept one with pretty permalinks, AccessAlly 4.1 and the companion plugin.
const (
	PlainPermalinks Condition = "plain-permalinks" // REST answers at /?rest_route= only, and /wp-json/ leads away
	HeaderStripped  Condition = "header-stripped"  // the host takes the Authorization header away
	EarlyCheck      Condition = "early-check"      // a plugin asks early who is logged in: a wrong password is an error of its own
	PasswordsOff    Condition = "passwords-off"    // application passwords are switched off
	UsersRemoved    Condition = "users-removed"    // the REST API has no users
	RESTBlocked     Condition = "rest-blocked"     // a security plugin refuses the REST API to everybody
	XMLRPCOff       Condition = "xml-rpc-off"      // xmlrpc.php is forbidden
	SubscriberOnly  Condition = "subscriber-only"  // the credentials are a subscriber's
	MaintenanceMode Condition = "maintenance"      // WordPress's own maintenance page for every address
	ClosedFront     Condition = "closed-front"     // a plugin's maintenance page for visitors; REST still answers
	Firewall        Condition = "firewall"         // a check for robots in front of everything
	HTTPPassword    Condition = "http-password"    // the server asks for a password of its own
	RedirectLoop    Condition = "redirect-loop"    // every address leads to another one and back
	HTMLAnswers     Condition = "html-answers"     // lists of users come as a web page
	EmptyAnswers    Condition = "empty-answers"    // lists of users come empty: no bytes at all
	HalfPages       Condition = "half-pages"       // each page of users breaks off the first time
	ServerErrors    Condition = "server-errors"    // each page of users is a 500 the first time
	SlowPages       Condition = "slow-pages"       // each page of users takes 20 seconds the first time
	ShortPages      Condition = "short-pages"      // a plugin hides somebody from each page of users
	ShrinkingPages  Condition = "shrinking-pages"  // people are deleted while users are read
	NoAddresses     Condition = "no-addresses"     // a plugin takes addresses out of lists
	LostAnswers     Condition = "lost-answers"     // what is written is written, but the first answer is lost
	NoCompanion     Condition = "no-companion"     // the companion plugin is not there
	NoTeams         Condition = "no-teams"         // AccessAlly keeps no team where the companion looks
	NoAccessAlly    Condition = "no-accessally"    // AccessAlly is not there
	AccessAlly3     Condition = "accessally-3"     // AccessAlly is older than 4.0
	BusyOnce        Condition = "busy-once"        // another request is writing when the first comes
	SlowWrites      Condition = "slow-writes"      // a request writes ten items, and has no time for more
)

// Handler is the made-up site as a server: WordPress's REST API for users, XML-RPC and the companion's routes, with their quirks. Below it
// are also the files that Files hands out. It is safe for simultaneous use.
type Handler struct {
	site  *Site
	files http.Handler

	mu         sync.Mutex
	conditions map[Condition]bool
	people     []*account
	admin      *account
	limited    *account
	tags       tagNames
	// seen counts how often each question was asked, for what happens the first time only.
	seen map[string]int
	mail []string
	log  []string
	// crm are the tags that the CRM has for a contact, kept those that AccessAlly remembers; by ID and by name.
	crm, kept map[string][]string
	// nextID is the ID of who is made next, inactive whether the companion was switched off.
	nextID   int64
	inactive bool
	// system is the word of the CRM that AccessAlly has now.
	system string
}

// The passwords of the made-up site. They open nothing else.
const (
	adminPassword   = "demo demo demo demo demo demo"
	limitedPassword = "less less less less less less"
)

// Handler is the site as a server. Each call makes a site of its own: what is changed on one is not on the other.
func (s *Site) Handler(conditions ...Condition) *Handler {
	h := &Handler{system: system, site: s, files: s.Files(), conditions: map[Condition]bool{}, seen: map[string]int{}, crm: map[string][]string{}, kept: map[string][]string{}, tags: namesOf(s)}
	for _, condition := range conditions {
		h.conditions[condition] = true
	}
	for _, person := range s.People {
		made := newAccount(person)
		h.people = append(h.people, made)
		if made.contact != "" {
			h.kept[made.contact] = person.Tags
		}
		h.nextID = max(h.nextID, person.ID+1)
	}
	h.limited = &account{Person: Person{ID: 2, Login: "limited", Email: "limited@example.com", Registered: "2020-01-01 00:00:00", Roles: "subscriber"}, password: limitedPassword}
	h.admin = &account{Person: Person{ID: h.nextID + 1_000_000, Login: "admin", Email: "admin@example.com", Registered: "2020-01-01 00:00:00", Roles: "administrator"}}
	if len(h.people) > 0 && h.people[0].Login == "admin" {
		h.admin = h.people[0]
	}
	h.admin.password = adminPassword
	return h
}

// Set switches a condition on or off.
func (h *Handler) Set(condition Condition, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conditions[condition] = on
	clear(h.seen)
}

func (h *Handler) is(condition Condition) bool { return h.conditions[condition] }

// Credentials are the settings that open the site: "site.user" and "site.password".
func (h *Handler) Credentials() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.is(SubscriberOnly) {
		return map[string]string{"site.user": "limited", "site.password": limitedPassword}
	}
	return map[string]string{"site.user": "admin", "site.password": adminPassword}
}

// SwitchTo is what an administrator does on AccessAlly's CRM Integration tab: from then on AccessAlly works with another CRM.
func (h *Handler) SwitchTo(system string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.system = system
}

// Mail lists to whom WordPress would have sent mail.
func (h *Handler) Mail() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.mail)
}

// Requests lists what was asked, as method and path, with a star where credentials came along.
func (h *Handler) Requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.log)
}

// People are those who are on the site now.
func (h *Handler) People() []Person {
	h.mu.Lock()
	defer h.mu.Unlock()
	var people []Person
	for _, each := range h.people {
		people = append(people, each.Person)
	}
	return people
}

// InCRM puts a contact with tags, by name, into the CRM that AccessAlly asks when it refreshes somebody.
func (h *Handler) InCRM(contactID string, tags ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.crm[contactID] = h.tags.ids(tags)
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/user-export.csv" || r.URL.Path == "/member-tags.csv" {
		h.files.ServeHTTP(w, r)
		return
	}
	q := newQuestion(r)
	answer := h.answer(q)
	answer.send(w)
}

// answer works with the lock held, and sleeps without it.
func (h *Handler) answer(q *question) reply {
	h.mu.Lock()
	defer h.mu.Unlock()
	line := q.method + " " + q.path
	if q.given {
		line += " *"
	}
	h.log = append(h.log, line)
	if refused, ok := h.inTheWay(q); ok {
		return refused
	}
	switch {
	case q.route != "" && h.is(PlainPermalinks) && !q.plain:
		return page(http.StatusMovedPermanently, "Moved", "").header("Location", q.base+"/")
	case q.route != "":
		return h.rest(q).header("X-Content-Type-Options", "nosniff")
	case q.path == "/xmlrpc.php":
		return h.xmlrpc(q)
	case q.path == "/wp-admin/authorize-application.php":
		return page(http.StatusOK, "Authorize Application", "Made-up site: the application password is "+adminPassword)
	case q.path == "/" || q.path == "":
		return h.frontPage(q)
	}
	return page(http.StatusNotFound, "Page not found – Membership site", "").header("Link", h.link(q))
}

// inTheWay is what stands in front of WordPress.
func (h *Handler) inTheWay(q *question) (reply, bool) {
	switch {
	case h.is(HTTPPassword):
		return page(http.StatusUnauthorized, "401 Authorization Required", "").header("WWW-Authenticate", `Basic realm="Staging"`), true
	case h.is(Firewall):
		return page(http.StatusForbidden, "Just a moment...", "Checking your browser before you go on.").header("Cf-Mitigated", "challenge"), true
	case h.is(RedirectLoop):
		return page(http.StatusFound, "Found", "").header("Location", q.base+"/round-"+map[bool]string{true: "b/", false: "a/"}[strings.HasPrefix(q.path, "/round-a")]), true
	case h.is(MaintenanceMode):
		return page(http.StatusServiceUnavailable, "Maintenance", "Briefly unavailable for scheduled maintenance. Check back in a minute.").header("Retry-After", "600"), true
	}
	return reply{}, false
}

func (h *Handler) frontPage(q *question) reply {
	if h.is(ClosedFront) {
		return page(http.StatusServiceUnavailable, "Be right back", "We are moving house.")
	}
	body := `<p>Welcome to the membership site.</p><img src="` + q.base + `/wp-content/uploads/yoga.png"><script>var nonce = "` + q.nonce() + `"</script>`
	return page(http.StatusOK, "Membership site", body).header("Link", h.link(q))
}

// link is where the site says that its REST API is.
func (h *Handler) link(q *question) string {
	root := "/wp-json/"
	if h.is(PlainPermalinks) {
		root = "/index.php?rest_route=/"
	}
	return "<" + q.base + root + `>; rel="https://api.w.org/"`
}

// first says whether this question is asked for the first time.
func (h *Handler) first(question string) bool {
	h.seen[question]++
	return h.seen[question] == 1
}

// whoIs is who asks, nil for a visitor, and the error that a wrong password is when a plugin asks early.
func (h *Handler) whoIs(q *question) (who *account, wrong string) {
	if !q.given || h.is(HeaderStripped) || h.is(PasswordsOff) {
		return nil, ""
	}
	who, known := h.check(q.user, q.password)
	if who != nil || !h.is(EarlyCheck) {
		return who, ""
	}
	if known {
		return nil, "incorrect_password"
	}
	return nil, "invalid_username"
}

// check is whose application password this is. Login and address do, and spaces do not matter.
func (h *Handler) check(user, password string) (who *account, known bool) {
	squeeze := func(text string) string { return strings.ReplaceAll(text, " ", "") }
	for _, each := range append([]*account{h.admin, h.limited}, h.people...) {
		if !strings.EqualFold(each.Login, user) && !strings.EqualFold(each.Email, user) {
			continue
		}
		known = true
		if each.password != "" && squeeze(each.password) == squeeze(password) {
			return each, true
		}
	}
	return nil, known
}

// parse reads parameters as PHP does for what is used here.
func parse(raw string) url.Values {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return url.Values{}
	}
	return values
}
