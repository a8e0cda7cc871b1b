// Package keap speaks to Keap (formerly Infusionsoft): REST v2, REST v1 for what v2 lacks (the number of contacts, webhooks), and
// XML-RPC for merging where v2 cannot yet.
package keap

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"allyswitch/crm"
)

const (
	codePrefix = "KEAP"
	// pageSize is the most that Keap gives of contacts and tags; automationPage of automations (Keap API v2, page_size).
	pageSize       = 1000
	automationPage = 25
	// tagBatch is the limit of v1 and of the vendor's own clients; v2's is not documented.
	tagBatch = 100
	timeout  = 30 * time.Second

	v2 = "crm/rest/v2/"
	v1 = "crm/rest/v1/"
)

// driver is Keap for one account, with one or several keys.
type driver struct {
	ring  *keyring
	oauth bool
	// app is the account's name ("ab103"), nil until an answer has told it.
	app  *atomic.Pointer[string]
	book *book
	tags tagList
}

// Features implements crm.Driver.
func (d *driver) Features() crm.Features {
	keys := len(d.ring.keys)
	once := []crm.Cost{{Class: crm.ClassAll, Calls: 1}, {Class: tenantClass, Calls: 1}}
	look := createsALook(keys, d.oauth)
	return crm.Features{
		UpsertBatch: 1, UpsertCosts: once, KnownCosts: once,
		NewCosts: []crm.Cost{{Class: crm.ClassAll, Calls: 1, Every: look}, {Class: tenantClass, Calls: 1, Every: look}},
		TagBatch: tagBatch, TagCosts: once, TagLength: tagLength, TagsFoldCase: true, NameLength: nameLength, EmailLength: emailLength,
		PageSize: pageSize, ReadCosts: once,
		EmailsRepeat:     true,
		TellsNew:         true,
		CanDeleteContact: true, CanUntag: true, CanDeleteTag: true, CanDeleteField: true,
		AutomationCosts:   once,
		AutomationWord:    "automations",
		AutomationsHidden: "Keap does not say which tag starts which automation, and its list may leave out Easy Automations.",
		Windows:           append(keyWindows(keys, d.oauth), tenantWindows()...),
		InFlight:          inFlight(d.oauth) * keys, Timeout: timeout,
	}
}

// userInfo is who the key belongs to (Keap API v2, getUserInfo). No permission hides it.
type userInfo struct {
	Email  string `json:"email"`
	Tenant string `json:"tenant_id"`
}

// Check asks with every key who it belongs to: they must all be of one account. It does not prove that a key may write: Keap has
// no question for that.
func (d *driver) Check(ctx context.Context) (crm.Account, error) {
	var first userInfo
	for i, k := range d.ring.keys {
		var info userInfo
		request := d.request("check the key", http.MethodGet, v2+"oauth/connect/userinfo")
		if _, err := k.conn.JSON(ctx, request, &info); err != nil {
			return crm.Account{}, d.whichKey(i, err)
		}
		if info.Tenant == "" {
			return crm.Account{}, unknown(request.Op, "the answer does not name the account")
		}
		if i > 0 && !strings.EqualFold(info.Tenant, first.Tenant) {
			return crm.Account{}, &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-KEYS", Op: request.Op,
				Hint: fmt.Sprintf("your keys belong to different Keap accounts: %s and %s. Use keys of one account only.", appName(first.Tenant), appName(info.Tenant))}
		}
		if i == 0 {
			first = info
		}
	}
	app := appName(first.Tenant)
	d.app.Store(&app)
	count, err := d.countContacts(ctx)
	if err != nil {
		return crm.Account{}, err
	}
	return crm.Account{ID: strings.ToLower(first.Tenant), Name: app, User: first.Email, URL: appURL(app), ContactLimit: -1, Contacts: count}, nil
}

// whichKey says which of several keys was refused.
func (d *driver) whichKey(i int, err error) error {
	var e *crm.Error
	if len(d.ring.keys) > 1 && errors.As(err, &e) && e.Kind == crm.KindAuth {
		e.Hint = fmt.Sprintf("key %d of %d: %s", i+1, len(d.ring.keys), e.Hint)
	}
	return err
}

// countContacts asks v1, the only version that tells how many there are. -1 where this account has no v1.
func (d *driver) countContacts(ctx context.Context) (int, error) {
	var page struct {
		Count *int `json:"count"`
	}
	request := d.request("count the contacts", http.MethodGet, v1+"contacts")
	request.Query = url.Values{"limit": {"1"}}
	err := d.json(ctx, request, &page)
	switch {
	case crm.IsKind(err, crm.KindNotFound), crm.IsKind(err, crm.KindPermission), crm.IsKind(err, crm.KindUnsupported), err == nil && page.Count == nil:
		return -1, nil
	case err != nil:
		return 0, err
	}
	return *page.Count, nil
}

// ContactURL implements crm.Driver. The account's name is known after the first answer.
func (d *driver) ContactURL(id crm.ContactID) string {
	app := d.app.Load()
	if app == nil || id == "" {
		return ""
	}
	return appURL(*app) + "/Contact/manageContact.jsp?view=edit&ID=" + url.QueryEscape(string(id))
}

func appURL(app string) string { return "https://" + app + ".infusionsoft.com" }

// appName is "ab103" of "ab103.infusionsoft.com".
func appName(tenant string) string {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tenant)), ".")
	return name
}

// request begins a request in the words of the person who waits for it.
func (d *driver) request(op, method, path string) crm.Request {
	return crm.Request{Op: op, Method: method, Path: path, Classes: []string{tenantClass}}
}

// json sends with the key whose turn it is and decodes the answer.
func (d *driver) json(ctx context.Context, request crm.Request, out any) error {
	return d.ring.do(ctx, func(conn *crm.Conn) error {
		_, err := conn.JSON(ctx, request, out)
		return err
	})
}

// send is json for answers without a body that matters.
func (d *driver) send(ctx context.Context, request crm.Request) (crm.Response, error) {
	var answer crm.Response
	err := d.ring.do(ctx, func(conn *crm.Conn) (err error) {
		answer, err = conn.Do(ctx, request)
		return err
	})
	return answer, err
}

// unknown is an answer that came but does not say what it must: neither yes nor no.
func unknown(op, hint string) *crm.Error {
	return &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeAnswer, Op: op, Sent: true, Hint: hint}
}

// invalid is something that must not be sent.
func invalid(op, hint string) *crm.Error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: hint}
}
