package drip

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"allyswitch/crm"
)

// Automations lists the workflows, and asks of each what starts it.
func (d *driver) Automations(ctx context.Context) ([]crm.Automation, error) {
	const op = "list the workflows"
	var automations []crm.Automation
	for number := 1; ; number++ {
		var answer workflows
		request := crm.Request{Op: op, Method: http.MethodGet, Path: d.path("workflows"), Query: url.Values{"page": {strconv.Itoa(number)}}}
		if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
			return nil, err
		}
		if answer.Workflows == nil {
			return nil, unreadable(op, "the answer holds no list")
		}
		for _, one := range answer.Workflows {
			automations = append(automations, crm.Automation{ID: string(one.ID), Name: one.Name, Kind: "workflow", Active: one.Status == "active"})
		}
		if answer.Meta == nil || number >= answer.Meta.TotalPages {
			return automations, crm.ReadTriggers(automations, func(a crm.Automation) ([]crm.Trigger, error) { return d.triggersOf(ctx, a.ID) })
		}
	}
}

// Webhooks lists the calls that Drip makes when something changes, one entry an event.
func (d *driver) Webhooks(ctx context.Context) ([]crm.Webhook, error) {
	var answer webhooks
	request := crm.Request{Op: "list the webhooks", Method: http.MethodGet, Path: d.path("webhooks")}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, err
	}
	if answer.Webhooks == nil {
		return nil, unreadable(request.Op, "the answer holds no list")
	}
	var hooks []crm.Webhook
	for _, one := range answer.Webhooks {
		for _, event := range one.Events {
			hooks = append(hooks, crm.Webhook{ID: string(one.ID), URL: one.PostURL, Event: event})
		}
	}
	return hooks, nil
}

// CreateWebhook subscribes an address to an event such as "subscriber.applied_tag", unless it is already.
func (d *driver) CreateWebhook(ctx context.Context, hook crm.Webhook) (crm.Webhook, error) {
	hooks, err := d.Webhooks(ctx)
	if err != nil {
		return crm.Webhook{}, err
	}
	same := func(known crm.Webhook) bool { return known.URL == hook.URL && known.Event == hook.Event }
	if i := slices.IndexFunc(hooks, same); i >= 0 {
		return hooks[i], nil
	}
	var answer webhooks
	request := crm.Request{
		Op:     "create the webhook",
		Method: http.MethodPost,
		Path:   d.path("webhooks"),
		JSON:   webhooks{[]webhook{{PostURL: hook.URL, Events: []string{hook.Event}}}},
	}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return crm.Webhook{}, err
	}
	if len(answer.Webhooks) != 1 || answer.Webhooks[0].ID == "" {
		return crm.Webhook{}, unreadable(request.Op, "the answer does not name the new webhook")
	}
	hook.ID = string(answer.Webhooks[0].ID)
	return hook, nil
}
