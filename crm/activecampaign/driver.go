package activecampaign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"allyswitch/crm"
)

// The rate classes besides crm.ClassAll.
const (
	classImport       = "import"
	classImportSingle = "import-single"
)

const (
	// pageSize is the most that any collection returns at once ("Pagination").
	pageSize = 100
	// importBatch is the most contacts of one import, importMinimum the fewest that ActiveCampaign suggests ("Bulk import contacts").
	importBatch   = 250
	importMinimum = 10
	// importBytes keeps a margin below the 399,999 bytes that one import may have ("Bulk import contacts").
	importBytes = 390_000
)

// driver is ActiveCampaign behind crm.Driver. It is safe for simultaneous use.
type driver struct {
	conn *crm.Conn

	mu sync.Mutex
	// account is the account's name, or the host as long as that is unknown.
	account string
	// webAddress is where people see the account, empty as long as it is unknown.
	webAddress string
	// base is the vendor's index base in failureReasons, -1 until an answer has proven it.
	base int
	// queued are the imports whose end nobody has seen yet, in order.
	queued   []queuedImport
	arrivals arrivals
	// tags are the contact tags by id, as of the last look; snapshot stands in for what contact pages leave out.
	tags     map[text]crm.Tag
	snapshot *snapshot
}

// newDriver makes the driver. It does no I/O.
func newDriver(settings crm.Settings) (crm.Driver, error) {
	base, err := parseBase(settings.Values[optionURL])
	if err != nil {
		return nil, err
	}
	key, err := parseKey(settings.Values[optionKey])
	if err != nil {
		return nil, err
	}
	features := features()
	conn, err := crm.NewConn(settings, crm.ConnConfig{
		Name:       "ActiveCampaign",
		CodePrefix: codePrefix,
		Base:       base,
		Windows:    features.Windows,
		InFlight:   features.InFlight,
		Timeout:    features.Timeout,
		Authorize:  func(request *http.Request) { request.Header.Set("Api-Token", key) },
		Classify:   classify,
		Limits:     limits,
		Retry403:   2,
		Secrets:    []string{key},
	})
	if err != nil {
		return nil, err
	}
	d := &driver{conn: conn, base: -1, account: base.Host, arrivals: arrivals{before: -1}}
	if name := accountName(base.Hostname()); name != "" {
		d.account, d.webAddress = name, webAddress(name)
	}
	return d, nil
}

func webAddress(account string) string { return "https://" + account + ".activehosted.com" }

// Features says what ActiveCampaign can do.
func (d *driver) Features() crm.Features { return features() }

func features() crm.Features {
	everyRequest := crm.Cost{Class: crm.ClassAll, Calls: 1}
	oneImport := []crm.Cost{everyRequest, {Class: classImport, Calls: 1}}
	return crm.Features{
		UpsertBatch:      importBatch,
		UpsertMin:        importMinimum,
		UpsertBytes:      importBytes,
		UpsertCosts:      oneImport,
		TagCosts:         oneImport,
		ReadCosts:        []crm.Cost{everyRequest},
		TagsRideAlong:    true,
		TagBatch:         importBatch,
		PageSize:         pageSize,
		TagsOnRead:       true,
		TagsFoldCase:     true,
		UpsertIdempotent: true,
		QuietUpsert:      true,
		QuietTags:        true,
		CanDeleteContact: true,
		CanUntag:         true,
		CanDeleteTag:     true,
		CanDeleteField:   true,
		AutomationCosts:  []crm.Cost{everyRequest},
		AutomationWord:   "automations",
		Windows: []crm.Window{
			{Class: crm.ClassAll, Requests: 5, Per: time.Second},
			{Class: classImport, Requests: 100, Per: time.Minute, Word: "imports"},
			{Class: classImportSingle, Requests: 20, Per: time.Minute, Word: "imports of a single contact"},
		},
		InFlight: 5,
		Timeout:  time.Minute,
	}
}

// Check asks whose key this is, and what the plan allows. Only administrators may ask the latter: a refusal there is no fault.
func (d *driver) Check(ctx context.Context) (crm.Account, error) {
	var me userReply
	if err := d.whoAmI(ctx, &me); err != nil {
		return crm.Account{}, err
	}
	if me.User == nil || me.User.ID == "" {
		return crm.Account{}, incomplete("ask who the key belongs to", "the answer names no user")
	}
	d.learnAccount(me.User.Links)
	name, web := d.whereabouts()
	account := crm.Account{
		ID:           name,
		Name:         name,
		User:         string(me.User.Email),
		URL:          web,
		ContactLimit: -1,
		Contacts:     -1,
	}
	if account.User == "" {
		account.User = string(me.User.Username)
	}
	if err := d.readPlan(ctx, &account); err != nil {
		return crm.Account{}, err
	}
	return account, nil
}

// whoAmI is the check of the key. Whatever words a 403 has here, it means the key.
func (d *driver) whoAmI(ctx context.Context, me *userReply) error {
	_, err := d.conn.JSON(ctx, crm.Request{Op: "ask who the key belongs to", Method: http.MethodGet, Path: "/users/me"}, me)
	var e *crm.Error
	if errors.As(err, &e) {
		switch {
		case e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized:
			e.Kind = crm.KindAuth
		case e.Status == http.StatusNotFound:
			e.Kind = crm.KindWrongAddress
		}
	}
	return err
}

// learnAccount takes the account's name from the links of an answer: they name it whatever address was typed in.
func (d *driver) learnAccount(links map[string]text) {
	for _, link := range links {
		address, err := url.Parse(string(link))
		if err != nil {
			continue
		}
		if name := accountName(address.Hostname()); name != "" {
			d.mu.Lock()
			d.account, d.webAddress = name, webAddress(name)
			d.mu.Unlock()
			return
		}
	}
}

func (d *driver) readPlan(ctx context.Context, account *crm.Account) error {
	var plan accountReply
	err := d.get(ctx, "ask what the plan allows", "/settings/account", nil, &plan)
	switch {
	case crm.IsKind(err, crm.KindPermission), crm.IsKind(err, crm.KindAuth), crm.IsKind(err, crm.KindNotFound), crm.IsKind(err, crm.KindWrongAddress):
		account.Contacts, err = d.countContacts(ctx) // what a key without administrator rights can still tell
		return err
	case err != nil:
		return err
	}
	if plan.Account != "" {
		account.Name = printable(string(plan.Account))
	}
	if limit := plan.Limit.number(); limit > 0 {
		account.ContactLimit = limit
	}
	account.Contacts = plan.Total.number()
	if plan.Trial == "1" {
		account.Plan = "trial"
	}
	return nil
}

// ContactURL is the contact's page, empty as long as the account's name is unknown.
func (d *driver) ContactURL(id crm.ContactID) string {
	_, web := d.whereabouts()
	if web == "" || id == "" {
		return ""
	}
	return web + "/app/contacts/" + url.PathEscape(string(id))
}

// whereabouts are the account's name and its address for people.
func (d *driver) whereabouts() (account, web string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.account, d.webAddress
}

// get reads one thing.
func (d *driver) get(ctx context.Context, op, path string, query url.Values, out any) error {
	return d.send(ctx, crm.Request{Op: op, Method: http.MethodGet, Path: path, Query: query}, out)
}

// send sends a request. A 403 says little about its cause and comes now and then without any. So when it stays after Conn has asked
// again, the key is checked: if it still opens the account the request gets one more chance, and then it is a permission that is missing.
func (d *driver) send(ctx context.Context, request crm.Request, out any) error {
	_, err := d.conn.JSON(ctx, request, out)
	if e := forbidden(err); e == nil {
		return err
	}
	var me userReply
	if check := d.whoAmI(ctx, &me); check != nil {
		return blame(err, check)
	}
	_, err = d.conn.JSON(ctx, request, out)
	if e := forbidden(err); e != nil {
		e.Kind = crm.KindPermission
	}
	return err
}

// forbidden is the error of a 403, nil for all others.
func forbidden(err error) *crm.Error {
	var e *crm.Error
	if errors.As(err, &e) && e.Status == http.StatusForbidden && (e.Kind == crm.KindAuth || e.Kind == crm.KindPermission) {
		return e
	}
	return nil
}

// blame makes it the key's fault when the check of the key says so.
func blame(err, check error) error {
	if e := forbidden(err); e != nil && crm.IsKind(check, crm.KindAuth) {
		e.Kind = crm.KindAuth
	}
	return err
}

// incomplete is for answers that came but do not say what they must: unknown, never none.
func incomplete(op, what string) *crm.Error {
	return &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + "-UNCLEAR", Op: op, Hint: what, Sent: true}
}

func isDigits(id string) bool {
	return id != "" && strings.Trim(id, "0123456789") == ""
}
