package kit

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"allyswitch/crm"
)

const (
	// The published limits, per credential, in a rolling minute (developers.kit.com, "Rate limits").
	keyRate   = 120
	tokenRate = 600
	rateSpan  = time.Minute
	// batch is how many items a bulk call works on at once; more would be queued without a way to follow them
	// (developers.kit.com, "Bulk & async processing").
	batch = 100
	// page is the most a list gives at once.
	page = 1000
	// readLag is how late lists may be; single reads and the answers to writes are current
	// (developers.kit.com, "Eventual consistency": half within 30 s, all but one in a hundred within 5 min).
	readLag = 5 * time.Minute
	// standardFields are the custom fields AllySwitch writes: ID, customer_id, user_registered and the last name.
	standardFields = 4
)

// planNote is from Kit's own help (help.kit.com, "Account upgrade & downgrade FAQs" and "Billing at Kit").
const planNote = "Kit counts active subscribers only. When there are more than your plan allows, Kit may move you to the next price by itself and charge you. " +
	"After a large import Kit may suspend an account until it has looked at it: tell Kit's support beforehand."

// driver is Kit behind crm.Driver.
type driver struct {
	conn   *crm.Conn
	tokens *tokens
	// bulk says that an OAuth token opens the bulk calls.
	bulk bool
	// newTags and newFields are what lists may not show yet.
	newTags   recent[tag]
	newFields recent[customField]
	// looking is the turn to list the custom fields on behalf of a write.
	looking turns

	mu     sync.Mutex
	fields fieldBook
	// highest is the highest subscriber number seen. Kit counts up, so that whoever has a higher one is new.
	highest int64
}

var (
	_ crm.Driver    = (*driver)(nil)
	_ crm.TagReader = (*driver)(nil)
	_ crm.Remover   = (*driver)(nil)
	_ crm.Webhooks  = (*driver)(nil)
)

func newDriver(settings crm.Settings) (crm.Driver, error) {
	value := func(key string) string { return strings.Trim(strings.TrimSpace(settings.Values[key]), `"'`) }
	key, token := value(optionKey), value(optionToken)
	if err := checkCredentials(key, token); err != nil {
		return nil, err
	}
	base, err := baseURL(value(optionURL))
	if err != nil {
		return nil, err
	}
	d := &driver{bulk: token != "", fields: fieldBook{}, looking: newTurns()}
	d.tokens = &tokens{
		exchanging: newTurns(),
		access:     token, refresh: value(optionRefresh), clientID: value(optionClientID), clientSecret: value(optionClientSecret),
		replaced: settings.OnSecret,
	}
	features := d.Features()
	d.conn, err = crm.NewConn(settings, crm.ConnConfig{
		Name:       "Kit",
		CodePrefix: codePrefix,
		Base:       base,
		Windows:    features.Windows,
		InFlight:   features.InFlight,
		Timeout:    features.Timeout,
		Authorize:  d.authorize(key),
		Classify:   classify,
		Secrets:    d.tokens.secrets(key),
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// authorize adds the credential, but not to the token endpoint, which has its own.
func (d *driver) authorize(key string) func(*http.Request) {
	return func(r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, tokenPath):
		case d.bulk:
			r.Header.Set("Authorization", "Bearer "+d.tokens.current())
		default:
			r.Header.Set("X-Kit-Api-Key", key)
		}
	}
}

// Kit's lists leave out everybody who is not active unless they are asked for ("List subscribers", status). AccessAlly's help says that tags and rules stop
// when somebody unsubscribes (article ConvertKit automation); whether it asks for the others is not known.
const inactiveHidden = "Kit may hide from AccessAlly whoever is unsubscribed, bounced or not confirmed, with their tags."

// Features says what Kit can do: much more with a token than with a key.
func (d *driver) Features() crm.Features {
	one := []crm.Cost{{Class: crm.ClassAll, Calls: 1}}
	f := crm.Features{
		UpsertBatch: 1, UpsertCosts: one,
		TagBatch: 1, TagCosts: one,
		PageSize: page, ReadCosts: one,
		TagsOnRead:       true,
		TagsFoldCase:     true,
		UpsertIdempotent: true,
		ReadLag:          readLag,
		CanUntag:         true,
		CanDeleteField:   true,
		AutomationWord:   "sequences and forms",
		AutomationsHidden: "Kit does not let AllySwitch see its visual automations and rules, and a tag can start them. " +
			"Look at Automate > Visual Automations and Automate > Rules in Kit before any tag is put on.",
		InactiveHidden: inactiveHidden,
		PlanNote:       planNote,
		Windows:        []crm.Window{{Class: crm.ClassAll, Requests: keyRate, Per: rateSpan}},
		InFlight:       4,
		Timeout:        30 * time.Second,
	}
	if d.bulk {
		f.UpsertBatch, f.TagBatch = batch, batch
		f.UpsertCosts = []crm.Cost{{Class: crm.ClassAll, Calls: 1 + standardFields}}
		f.CanDeleteTag = true
		f.Windows = []crm.Window{{Class: crm.ClassAll, Requests: tokenRate, Per: rateSpan}}
		f.InFlight = 12 // a bulk call may take a second or more, and 10 a second are allowed
	}
	return f
}

// Check asks whose key this is and what the plan allows, and proves that it may write. Contacts counts active subscribers
// only: they are what Kit's plans count and charge for (help.kit.com, "Billing at Kit").
func (d *driver) Check(ctx context.Context) (crm.Account, error) {
	request := crm.Request{Op: "check the key", Method: http.MethodGet, Path: "/v4/account"}
	reply, _, err := ask(ctx, d, request, func(reply accountReply, _ int) bool {
		return reply.Account != nil && (reply.Account.ID != 0 || reply.Account.PrimaryEmail != "")
	})
	if err != nil {
		return crm.Account{}, err
	}
	if err := d.mayWrite(ctx); err != nil {
		return crm.Account{}, err
	}
	account := reply.crm()
	account.Contacts, err = d.countActive(ctx)
	return account, err
}

func (r accountReply) crm() crm.Account {
	a := r.Account
	account := crm.Account{
		ID: strconv.FormatInt(a.ID, 10), Name: a.Name, User: r.User.Email, Plan: a.PlanType, ContactLimit: -1, Contacts: -1,
	}
	if a.ID == 0 {
		account.ID = a.PrimaryEmail
	}
	if a.Plan != nil && a.Plan.SubscriberLimit != nil {
		account.ContactLimit = *a.Plan.SubscriberLimit
	}
	return account
}

// mayWrite sends a write that cannot succeed: a tag without a name, or for a token an empty bulk call. Kit refuses either as
// invalid if the credential may write, and otherwise for want of permission.
func (d *driver) mayWrite(ctx context.Context) error {
	request := crm.Request{Op: "see whether this key may write", Method: http.MethodPost, Path: "/v4/tags", JSON: map[string]string{"name": ""}, Repeatable: true}
	if d.bulk {
		request.Path, request.JSON = "/v4/bulk/tags", map[string]any{"tags": []string{}, "callback_url": nil}
	}
	_, err := d.do(ctx, request, nil)
	if err == nil || crm.IsKind(err, crm.KindInvalid) {
		return nil
	}
	var e *crm.Error
	if errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
		return &crm.Error{
			Kind: crm.KindPermission, Code: codePrefix + "-READONLY", Op: request.Op, Status: e.Status, Err: err,
			Hint: "this key or token may read from Kit, but not write. Make one that may do both",
		}
	}
	return err
}

func (d *driver) countActive(ctx context.Context) (int, error) {
	request := crm.Request{
		Op: "count the subscribers", Method: http.MethodGet, Path: "/v4/subscribers",
		Query: url.Values{"status": {"active"}, "per_page": {"1"}, "include_total_count": {"true"}},
	}
	reply, _, err := ask(ctx, d, request, func(reply subscribersReply, _ int) bool { return whole(reply.page())("") })
	if err != nil || reply.Pagination.TotalCount == nil {
		return -1, err
	}
	return *reply.Pagination.TotalCount, nil
}

// ContactURL is the subscriber's page in Kit.
func (d *driver) ContactURL(id crm.ContactID) string {
	if id == "" {
		return ""
	}
	return "https://app.kit.com/subscribers/" + url.PathEscape(string(id))
}

// attempts is how often an answer that is well-formed but incomplete is asked for again.
const attempts = 3

// ask sends a request until its answer is complete. What is still missing then is unknown, never empty. Requests that come here
// are safe to repeat.
func ask[T any](ctx context.Context, d *driver, request crm.Request, complete func(reply T, status int) bool) (reply T, response crm.Response, err error) {
	for range attempts {
		var fresh T
		response, err = d.do(ctx, request, &fresh)
		if err != nil {
			return fresh, response, err
		}
		if complete(fresh, response.Status) {
			return fresh, response, nil
		}
	}
	return reply, response, incomplete(request.Op, response.Status)
}

// listReply is one page of a list of T. The items are nil when the answer does not hold them.
type listReply[T any] interface {
	page() (items *[]T, at *pagination)
}

// everything reads a list to its end, page by page.
func everything[R listReply[T], T any](ctx context.Context, d *driver, op, path string) ([]T, error) {
	var all []T
	for at := crm.Cursor(""); ; {
		request := crm.Request{Op: op, Method: http.MethodGet, Path: path, Query: cursorQuery(at)}
		reply, _, err := ask(ctx, d, request, func(reply R, _ int) bool { return whole(reply.page())(at) })
		if err != nil {
			return nil, err
		}
		items, pages := reply.page()
		all = append(all, *items...)
		if at, _ = pages.next(at); at == "" {
			return all, nil
		}
	}
}

// whole says whether a page has its items and tells where the next one is.
func whole[T any](items *[]T, pages *pagination) func(at crm.Cursor) bool {
	return func(at crm.Cursor) bool {
		_, ok := pages.next(at)
		return ok && items != nil
	}
}

// incomplete is the error for an answer that lacks what it must hold.
func incomplete(op string, status int) *crm.Error {
	return &crm.Error{
		Kind: crm.KindTemporary, Code: codePrefix + "-PART", Op: op, Status: status, Sent: true,
		Hint: "Kit's answer was not complete, so it is not believed",
	}
}

// cursorQuery asks for one page of a list.
func cursorQuery(at crm.Cursor) url.Values {
	query := url.Values{"per_page": {strconv.Itoa(page)}}
	if at != "" {
		query.Set("after", string(at))
	}
	return query
}

// next is where the following page begins; ok is false when the answer says that there is one but not where, or where we came
// from.
func (p *pagination) next(at crm.Cursor) (next crm.Cursor, ok bool) {
	switch {
	case p == nil:
		return "", false
	case !p.HasNextPage:
		return "", true
	case p.EndCursor == "" || crm.Cursor(p.EndCursor) == at:
		return "", false
	}
	return crm.Cursor(p.EndCursor), true
}
