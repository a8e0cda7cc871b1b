package drip

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"allyswitch/crm"
)

// triggerJSON is a trigger of a workflow. The documentation shows one of a landing page; that of a tag is not shown.
type triggerJSON struct {
	Type       text            `json:"trigger_type"`
	Properties json.RawMessage `json:"properties"`
}

// triggersOf asks what starts a workflow (developer.drip.com, "List all workflow triggers").
func (d *driver) triggersOf(ctx context.Context, workflow string) ([]crm.Trigger, error) {
	var answer struct {
		Meta     *meta          `json:"meta"`
		Triggers *[]triggerJSON `json:"triggers"`
	}
	request := crm.Request{Op: "read what starts a workflow", Method: http.MethodGet, Path: d.path("workflows", workflow, "triggers")}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, err
	}
	switch {
	case answer.Triggers == nil:
		return nil, unreadable(request.Op, "the answer holds no list")
	case answer.Meta != nil && answer.Meta.TotalPages > 1:
		return nil, unreadable(request.Op, "the answer is one page of several, and pages are not documented here")
	}
	var triggers []crm.Trigger
	for _, one := range *answer.Triggers {
		triggers = append(triggers, one.triggers()...)
	}
	return triggers, nil
}

// triggers are one trigger, or one for each of its tags.
func (t triggerJSON) triggers() []crm.Trigger {
	trigger := crm.Trigger{Kind: triggerKind(string(t.Type)), Word: string(t.Type)}
	tags := t.tags()
	if trigger.Kind != crm.TriggerTag || len(tags) == 0 {
		return []crm.Trigger{trigger}
	}
	var all []crm.Trigger
	for _, tag := range tags {
		trigger.Tag = tag
		all = append(all, trigger)
	}
	return all
}

// tags are the names in properties: in "tag", as in the webhook event subscriber.applied_tag, in "tag_name", or several in "tags".
func (t triggerJSON) tags() []string {
	var properties struct {
		Tag  string   `json:"tag"`
		Name string   `json:"tag_name"`
		Tags []string `json:"tags"`
	}
	if json.Unmarshal(t.Properties, &properties) != nil {
		return nil
	}
	var tags []string
	for _, tag := range append([]string{properties.Tag, properties.Name}, properties.Tags...) {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// triggerKind sorts a trigger by its type. Of the types only submitted_landing_page is documented; the others go by the names of the webhook events
// ("Webhook Events"), with or without the word subscriber in front. A type that is not among them may be anything.
func triggerKind(word string) crm.TriggerKind {
	switch strings.TrimPrefix(strings.ToLower(word), "subscriber.") {
	case "applied_tag", "applied_a_tag", "tag_applied":
		return crm.TriggerTag
	case "created", "reactivated", "subscribed_to_campaign", "updated_custom_field", "updated_email_address", "updated_time_zone", "updated_lifetime_value",
		"updated_lead_score", "became_lead", "became_non_prospect", "marked_as_deliverable":
		return crm.TriggerWrite
	case "submitted_landing_page", "removed_tag", "unsubscribed_from_campaign", "unsubscribed_all", "removed_from_campaign", "completed_campaign", "deleted",
		"received_email", "opened_email", "clicked_email", "clicked_trigger_link", "bounced", "complained", "marked_as_undeliverable", "visited_page", "performed_custom_event":
		return crm.TriggerElse
	}
	return crm.TriggerUnknown
}
