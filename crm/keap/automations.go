package keap

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"allyswitch/crm"
)

// Automations implements crm.Driver, and asks of each what its goals are. Accounts without the automations of v2 still list their campaigns.
func (d *driver) Automations(ctx context.Context) ([]crm.Automation, error) {
	all, err := d.listAutomations(ctx, v2+"automations", automationPage)
	if isMissing(err) {
		all, err = d.listAutomations(ctx, v2+"campaigns", pageSize)
	}
	if isMissing(err) {
		err = &crm.Error{Kind: crm.KindUnsupported, Code: codePrefix + "-404", Op: automationsOp, Hint: "this Keap account does not list its automations"}
	}
	if err != nil {
		return nil, err
	}
	return all, d.readGoals(ctx, all)
}

const automationsOp = "list the automations"

// wireAutomations is a page of automations, or of campaigns, which are what automations were called before.
type wireAutomations struct {
	Automations *[]struct {
		ID     wireID `json:"id"`
		Title  string `json:"title"`
		Status string `json:"status"`
	} `json:"automations"`
	Campaigns *[]struct {
		ID        wireID `json:"id"`
		Name      string `json:"name"`
		Published bool   `json:"published_status"`
	} `json:"campaigns"`
	Next string `json:"next_page_token"`
}

func (p wireAutomations) list() (all []crm.Automation) {
	if p.Automations != nil {
		for _, a := range *p.Automations {
			all = append(all, crm.Automation{ID: string(a.ID), Name: a.Title, Kind: "automation", Active: strings.EqualFold(a.Status, "PUBLISHED")})
		}
	}
	if p.Campaigns != nil {
		for _, c := range *p.Campaigns {
			all = append(all, crm.Automation{ID: string(c.ID), Name: c.Name, Kind: "campaign", Active: c.Published})
		}
	}
	return all
}

func (d *driver) listAutomations(ctx context.Context, path string, size int) ([]crm.Automation, error) {
	request := d.request(automationsOp, http.MethodGet, path)
	var all []crm.Automation
	for at, been := crm.Cursor(""), map[crm.Cursor]bool{}; ; {
		var page wireAutomations
		request.Query = pageQuery(at, url.Values{"page_size": {strconv.Itoa(size)}})
		if err := d.json(ctx, request, &page); err != nil {
			return nil, err
		}
		next := nextCursor(page.Next)
		if page.Automations == nil && page.Campaigns == nil || next != "" && been[next] {
			return nil, unknown(automationsOp, "the answer has no list, or gives the same page again")
		}
		all = append(all, page.list()...)
		if next == "" {
			return all, nil
		}
		been[at], at = true, next
	}
}

// wireHook is a REST hook; only v1 has them.
type wireHook struct {
	Key   wireID `json:"key"`
	URL   string `json:"hookUrl"`
	Event string `json:"eventKey"`
}

func (h wireHook) webhook() crm.Webhook {
	return crm.Webhook{ID: string(h.Key), URL: h.URL, Event: h.Event}
}

// Webhooks implements crm.Webhooks.
func (d *driver) Webhooks(ctx context.Context) ([]crm.Webhook, error) {
	var hooks *[]wireHook
	request := d.request("list the webhooks", http.MethodGet, v1+"hooks")
	if err := d.json(ctx, request, &hooks); err != nil {
		return nil, err
	}
	if hooks == nil {
		return nil, unknown(request.Op, "the answer has no list of webhooks")
	}
	var all []crm.Webhook
	for _, h := range *hooks {
		all = append(all, h.webhook())
	}
	return all, nil
}

// CreateWebhook implements crm.Webhooks. Keap sends events to it only once the site has echoed the secret that Keap sends first.
func (d *driver) CreateWebhook(ctx context.Context, hook crm.Webhook) (crm.Webhook, error) {
	request := d.request("create the webhook", http.MethodPost, v1+"hooks")
	request.JSON = map[string]any{"eventKey": hook.Event, "hookUrl": hook.URL}
	var made wireHook
	if err := d.json(ctx, request, &made); err != nil {
		return crm.Webhook{}, err
	}
	if made.Key == "" {
		return crm.Webhook{}, unknown(request.Op, "the answer does not name the webhook")
	}
	return made.webhook(), nil
}

// plain is text from outside without control characters, at most a few hundred of them.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return cut(text, 300)
}
