// Package ontraport speaks to Ontraport's REST API, version 1, and holds a sandbox that behaves like it.
//
// What is known about the API comes from api.ontraport.com/doc and from public clients; what is left open there is a named
// switch of the sandbox, and the driver works under every setting.
package ontraport

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"allyswitch/crm"
)

// The published limits (api.ontraport.com/doc, "Rate limiting").
const (
	rateLimit  = 180
	rateWindow = time.Minute
	// pageSize is both the default and the maximum of "range".
	pageSize = 50
	// slowest is how long one call may take: Ontraport may think for 60 seconds.
	slowest  = 75 * time.Second
	inFlight = 4
	// readLag is how late a list may lag behind a write.
	readLag = 15 * time.Second
)

// contactObject and tagObject are Ontraport's numbers for its object types.
const (
	contactObject = "0"
	tagObject     = "14"
)

type driver struct {
	conn    *crm.Conn
	catalog catalog
	tagging tagWork

	mu sync.Mutex
	// wholeRecords is set once lists turn out not to honour listFields.
	wholeRecords bool
}

func newDriver(settings crm.Settings) (crm.Driver, error) {
	keys, err := readSettings(settings.Values)
	if err != nil {
		return nil, err
	}
	conn, err := crm.NewConn(settings, crm.ConnConfig{
		Name:       "Ontraport",
		CodePrefix: codePrefix,
		Base:       keys.base,
		Windows:    windows(),
		InFlight:   inFlight,
		Timeout:    slowest,
		Authorize:  keys.authorize,
		Classify:   classify,
		Limits:     limits,
		Secrets:    []string{keys.key},
	})
	if err != nil {
		return nil, err
	}
	return &driver{conn: conn, tagging: tagWork{limit: tagBatch}}, nil
}

func windows() []crm.Window {
	return []crm.Window{{Class: crm.ClassAll, Requests: rateLimit, Per: rateWindow}}
}

// Features says what Ontraport can do. There is no bulk write of contacts, and tagging goes on after the call.
func (d *driver) Features() crm.Features {
	one := []crm.Cost{{Class: crm.ClassAll, Calls: 1}}
	return crm.Features{
		UpsertBatch:       1,
		UpsertCosts:       one,
		TagCosts:          one,
		ReadCosts:         one,
		TagBatch:          tagBatch,
		PageSize:          pageSize,
		TagsOnRead:        true,
		TagsFoldCase:      true,
		EmailsRepeat:      true,
		TellsNew:          true,
		ReadLag:           readLag,
		CanDeleteContact:  true,
		CanUntag:          true,
		CanDeleteTag:      true,
		CanDeleteField:    true,
		AutomationWord:    "automations",
		AutomationsHidden: "Ontraport does not say which tag starts an automation. Its rules are listed only where the key may read them, its older sequences not at all.",
		Windows:           windows(),
		InFlight:          inFlight,
		Timeout:           slowest,
	}
}

// Check counts the contacts, which shows no personal data and needs both halves of the credentials (Contacts/getInfo).
func (d *driver) Check(ctx context.Context) (crm.Account, error) {
	var answer envelope[struct {
		Count text `json:"count"`
	}]
	request := crm.Request{Op: "check the Ontraport key", Method: http.MethodGet, Path: "/1/Contacts/getInfo"}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return crm.Account{}, err
	}
	account := crm.Account{
		ID:           string(answer.AccountID),
		URL:          "https://app.ontraport.com/",
		ContactLimit: -1,
		Contacts:     answer.Data.Count.number(),
	}
	if account.ID == "" {
		return crm.Account{}, unreadable(request.Op, "the answer does not say whose account this is")
	}
	account.Name = "Ontraport account " + account.ID
	return account, nil
}

// ContactURL is the page of a contact in Ontraport's app.
func (d *driver) ContactURL(id crm.ContactID) string {
	if !isNumber(string(id)) {
		return ""
	}
	return "https://app.ontraport.com/#!/contact/edit&id=" + string(id)
}

// list reads one page of a collection and its total, -1 when not told.
func (d *driver) list(ctx context.Context, op, path string, query url.Values) ([]record, int, error) {
	var answer envelope[[]record]
	query.Set("range", strconv.Itoa(pageSize))
	request := crm.Request{Op: op, Method: http.MethodGet, Path: path, Query: query}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, -1, err
	}
	if answer.Data == nil {
		return nil, -1, unreadable(op, "the answer holds no list")
	}
	return answer.Data, answer.Count.number(), nil
}

// listAll reads a whole collection. Only an empty page ends it: a short one may be the server's own limit.
func (d *driver) listAll(ctx context.Context, op, path string) ([]record, error) {
	var all []record
	for {
		page, _, err := d.list(ctx, op, path, url.Values{"start": {strconv.Itoa(len(all))}})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
	}
}

// unreadable is the error for an answer of status 200 that does not say what it should. The truth is unknown.
func unreadable(op, what string) error {
	return &crm.Error{Kind: crm.KindTemporary, Op: op, Code: codePrefix + crm.CodeAnswer, Status: http.StatusOK, Hint: what, Sent: true}
}

func isNumber(id string) bool {
	return id != "" && strings.Trim(id, "0123456789") == ""
}
