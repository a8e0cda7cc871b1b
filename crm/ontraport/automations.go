package ontraport

import (
	"context"
	"net/http"

	"allyswitch/crm"
)

// Automations lists what Ontraport's automation builder holds for contacts, of which it is not told what starts it, and the rules, of which it is.
func (d *driver) Automations(ctx context.Context) ([]crm.Automation, error) {
	rows, err := d.listAll(ctx, "list the automations", "/1/CampaignBuilderItems")
	if err != nil {
		return nil, err
	}
	var automations []crm.Automation
	for _, row := range rows {
		other := row["object_type_id"] != "" && row["object_type_id"] != contactObject
		if yes(row["deleted"]) || other {
			continue
		}
		automations = append(automations, crm.Automation{
			ID:     string(row["id"]),
			Name:   string(row["name"]),
			Kind:   "automation",
			Active: !yes(row["pause"]),
		})
	}
	rules, err := d.rules(ctx)
	return append(automations, rules...), err
}

func yes(flag text) bool { return flag == "1" || flag == "true" }

// Webhooks lists the calls that Ontraport makes when something changes.
func (d *driver) Webhooks(ctx context.Context) ([]crm.Webhook, error) {
	rows, err := d.listAll(ctx, "list the webhooks", "/1/Webhooks")
	if err != nil {
		return nil, err
	}
	var hooks []crm.Webhook
	for _, row := range rows {
		hooks = append(hooks, crm.Webhook{ID: string(row["id"]), URL: string(row["url"]), Event: string(row["event"])})
	}
	return hooks, nil
}

// CreateWebhook subscribes an address to an event such as "sub_tag(12)" or "object_create(0)", unless it is already.
func (d *driver) CreateWebhook(ctx context.Context, hook crm.Webhook) (crm.Webhook, error) {
	hooks, err := d.Webhooks(ctx)
	if err != nil {
		return crm.Webhook{}, err
	}
	for _, known := range hooks {
		if known.URL == hook.URL && known.Event == hook.Event {
			return known, nil
		}
	}
	var answer envelope[record]
	request := crm.Request{
		Op:     "create the webhook",
		Method: http.MethodPost,
		Path:   "/1/Webhook/subscribe",
		JSON:   map[string]string{"url": hook.URL, "event": hook.Event},
	}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return crm.Webhook{}, err
	}
	hook.ID = string(answer.Data["id"])
	if hook.ID == "" {
		return crm.Webhook{}, unreadable(request.Op, "the answer does not name the new webhook")
	}
	return hook, nil
}
