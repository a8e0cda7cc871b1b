// Package drip speaks to Drip's REST API, version 2, and holds a sandbox that behaves like it.
//
// What is known about the API comes from developer.drip.com and from public clients; what is left open there is a named switch of
// the sandbox, and the driver works under every setting.
package drip

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"allyswitch/crm"
)

// The published limits (developer.drip.com, "Rate limiting" and "Batch API"). The two meters are apart.
const (
	classBatch     = "batch"
	callsAnHour    = 3600
	batchesAnHour  = 50
	batchSize      = 1000
	pageSize       = 1000
	inFlight       = 4
	slowest        = time.Minute
	longestValue   = 1000
	fewestInABatch = 11
	// readLag is how late a list may lag behind a batch that is done. Drip names no time.
	readLag = time.Minute
)

type driver struct {
	conn    *crm.Conn
	account string
	slugs   slugs
	queued  queue
	away    away
}

func newDriver(settings crm.Settings) (crm.Driver, error) {
	keys, err := readSettings(settings.Values)
	if err != nil {
		return nil, err
	}
	conn, err := crm.NewConn(settings, crm.ConnConfig{
		Name:       "Drip",
		CodePrefix: codePrefix,
		Base:       keys.base,
		Windows:    windows(),
		InFlight:   inFlight,
		Timeout:    slowest,
		Authorize:  keys.authorize,
		Classify:   classify,
		Limits:     limits,
		Secrets:    []string{keys.key, keys.token},
	})
	if err != nil {
		return nil, err
	}
	return &driver{conn: conn, account: keys.account, away: newAway()}, nil
}

func windows() []crm.Window {
	return []crm.Window{
		{Class: crm.ClassAll, Requests: callsAnHour, Per: time.Hour},
		{Class: classBatch, Requests: batchesAnHour, Per: time.Hour, Word: "batches"},
	}
}

// Features says what Drip can do: a thousand people a call with their fields and tags, but without an answer about any of them.
func (d *driver) Features() crm.Features {
	oneBatch := []crm.Cost{{Class: classBatch, Calls: 1}}
	return crm.Features{
		UpsertBatch:       batchSize,
		UpsertMin:         fewestInABatch,
		UpsertCosts:       oneBatch,
		TagCosts:          oneBatch,
		ReadCosts:         []crm.Cost{{Class: crm.ClassAll, Calls: 1}},
		TagsRideAlong:     true,
		TagBatch:          batchSize,
		PageSize:          pageSize,
		TagsOnRead:        true,
		TagsFoldCase:      true,
		TagsImplicit:      true,
		FieldsImplicit:    true,
		FieldNames:        map[string]string{"ID": "wordpress_id"},
		UpsertIdempotent:  true,
		ReadLag:           readLag,
		CanDeleteContact:  true,
		CanUntag:          true,
		AutomationCosts:   []crm.Cost{{Class: crm.ClassAll, Calls: 1}},
		AutomationWord:    "workflows",
		AutomationsHidden: "Drip does not say which rules there are beside the workflows, and a tag can start them.",
		Windows:           windows(),
		InFlight:          inFlight,
		Timeout:           slowest,
	}
}

// Check sees whether the account is among those that the token opens, and counts its people.
func (d *driver) Check(ctx context.Context) (crm.Account, error) {
	var open accounts
	request := crm.Request{Op: "check the Drip token", Method: http.MethodGet, Path: "/v2/accounts"}
	if _, err := d.conn.JSON(ctx, request, &open); err != nil {
		return crm.Account{}, err
	}
	account, err := d.choose(open)
	if err != nil {
		return crm.Account{}, err
	}
	var who users
	request = crm.Request{Op: "ask whose token this is", Method: http.MethodGet, Path: "/v2/user"}
	if _, err := d.conn.JSON(ctx, request, &who); err != nil {
		return crm.Account{}, err
	}
	if len(who.Users) > 0 {
		account.User = who.Users[0].Email
	}
	account.Contacts, err = d.count(ctx)
	return account, err
}

// choose finds the account that was named among those that are open.
func (d *driver) choose(open accounts) (crm.Account, error) {
	var others []string
	for _, one := range open.Accounts {
		if string(one.ID) == d.account {
			return crm.Account{ID: d.account, Name: one.Name, URL: "https://www.getdrip.com/" + d.account, ContactLimit: -1}, nil
		}
		others = append(others, string(one.ID)+" ("+one.Name+")")
	}
	hint := "this token opens no account at all"
	if len(others) > 0 {
		hint = "this token does not open account " + d.account + ", but " + strings.Join(others, ", ")
	}
	return crm.Account{}, &crm.Error{Kind: crm.KindPermission, Code: codePrefix + "-ACCOUNT", Op: "check the Drip account", Hint: hint}
}

// count is how many people there are, in all states.
func (d *driver) count(ctx context.Context) (int, error) {
	page, err := d.page(ctx, "count the people", "all", 1, 1)
	if err != nil {
		return -1, err
	}
	return page.Meta.TotalCount, nil
}

// ContactURL is the page of a person in Drip.
func (d *driver) ContactURL(id crm.ContactID) string {
	if id == "" {
		return ""
	}
	return "https://www.getdrip.com/" + d.account + "/subscribers/" + segment(string(id))
}

// path is a path below the account, its segments escaped.
func (d *driver) path(segments ...string) string {
	path := "/v2/" + d.account
	for _, one := range segments {
		path += "/" + segment(one)
	}
	return path
}

// segment escapes everything that is not plain in a path, "+", "/" and "@" among it.
func segment(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// unreadable is the error for an answer that does not say what it should. The truth is unknown.
func unreadable(op, what string) error {
	return &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeAnswer, Op: op, Status: http.StatusOK, Hint: what, Sent: true}
}
