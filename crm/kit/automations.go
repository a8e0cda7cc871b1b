package kit

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"allyswitch/crm"
)

// Automations lists the sequences and the active forms and landing pages: all that Kit's API shows of what sends mail by itself.
// What a tag starts (visual automations and rules) it does not show; Features.AutomationsHidden says so.
func (d *driver) Automations(ctx context.Context) ([]crm.Automation, error) {
	sequences, err := everything[sequencesReply, sequence](ctx, d, "list the sequences", "/v4/sequences")
	if err != nil {
		return nil, err
	}
	forms, err := everything[formsReply, form](ctx, d, "list the forms", "/v4/forms")
	if err != nil {
		return nil, err
	}
	var found []crm.Automation
	for _, s := range sequences {
		found = append(found, crm.Automation{ID: "sequence-" + strconv.FormatInt(s.ID, 10), Name: s.Name, Kind: "sequence", Active: !s.Hold})
	}
	for _, f := range forms {
		kind := "form"
		if f.Type == "hosted" {
			kind = "landing page"
		}
		found = append(found, crm.Automation{ID: "form-" + strconv.FormatInt(f.ID, 10), Name: f.Name, Kind: kind, Active: !f.Archived,
			Triggers: []crm.Trigger{{Kind: crm.TriggerElse, Word: "sign-up"}}, TriggersKnown: true})
	}
	return found, nil
}

// FirstMessage is the subject of the first published mail of a sequence. A form sends what its owner has set up elsewhere.
func (d *driver) FirstMessage(ctx context.Context, automation crm.Automation) (string, error) {
	id, sequence := strings.CutPrefix(automation.ID, "sequence-")
	if !sequence {
		return "", nil
	}
	emails, err := everything[sequenceEmailsReply, sequenceEmail](ctx, d, "read what a sequence sends first", "/v4/sequences/"+url.PathEscape(id)+"/emails")
	if err != nil {
		return "", err
	}
	var first *sequenceEmail
	for i := range emails {
		if emails[i].Published && (first == nil || emails[i].Position < first.Position) {
			first = &emails[i]
		}
	}
	if first == nil {
		return "", nil
	}
	return first.Subject, nil
}

// eventParameters are the events that are about one thing, with the name of what they need (developers.kit.com, "Create a webhook").
var eventParameters = map[string]string{
	"form_subscribe": "form_id", "course_subscribe": "sequence_id", "course_complete": "sequence_id",
	"link_click": "initiator_value", "product_purchase": "product_id", "tag_add": "tag_id", "tag_remove": "tag_id",
}

// Webhooks lists the webhooks. An event about one thing reads "tag_add:34".
func (d *driver) Webhooks(ctx context.Context) ([]crm.Webhook, error) {
	list, err := everything[webhooksReply, webhook](ctx, d, "list the webhooks", "/v4/webhooks")
	if err != nil {
		return nil, err
	}
	hooks := make([]crm.Webhook, len(list))
	for i, one := range list {
		hooks[i] = one.crm()
	}
	return hooks, nil
}

// CreateWebhook makes a webhook. Sent twice it would make two, so it is not repeated when its answer is lost.
func (d *driver) CreateWebhook(ctx context.Context, hook crm.Webhook) (crm.Webhook, error) {
	const op = "create a webhook"
	event, err := wireEvent(hook.Event)
	if err != nil {
		return crm.Webhook{}, err
	}
	request := crm.Request{Op: op, Method: http.MethodPost, Path: "/v4/webhooks", JSON: webhook{TargetURL: hook.URL, Event: event}}
	var reply webhookReply
	response, err := d.do(ctx, request, &reply)
	if err != nil {
		return crm.Webhook{}, err
	}
	if reply.Webhook == nil || reply.Webhook.ID == 0 {
		return crm.Webhook{}, incomplete(op, response.Status)
	}
	return reply.Webhook.crm(), nil
}

func (w webhook) crm() crm.Webhook {
	var name string
	_ = json.Unmarshal(w.Event["name"], &name)
	name = bareEvent(name)
	event := name
	if raw, ok := w.Event[eventParameters[name]]; ok && string(raw) != "null" {
		event += ":" + strings.Trim(string(raw), `"`)
	}
	return crm.Webhook{ID: strconv.FormatInt(w.ID, 10), URL: w.TargetURL, Event: event}
}

// bareEvent drops the prefix that events have when they are sent and not when they are read.
func bareEvent(name string) string {
	return name[strings.LastIndexByte(name, '.')+1:]
}

// wireEvent is an event as Kit wants it: "tag_add:34" becomes subscriber.tag_add about tag 34.
func wireEvent(event string) (map[string]json.RawMessage, error) {
	name, about, _ := strings.Cut(event, ":")
	name = bareEvent(name)
	prefix := "subscriber."
	if name == "purchase_create" {
		prefix = "purchase."
	}
	wire := map[string]json.RawMessage{"name": quoted(prefix + name)}
	parameter := eventParameters[name]
	switch {
	case parameter == "":
	case parameter == "initiator_value":
		wire[parameter] = quoted(about)
	case number(about) == 0:
		return nil, &crm.Error{
			Kind: crm.KindInvalid, Code: codePrefix + "-EVENT", Op: "create a webhook", Hint: "the event " + name + " needs a number: " + name + ":34",
		}
	default:
		wire[parameter] = json.RawMessage(about)
	}
	return wire, nil
}

func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text)
	return raw
}
