package ontraport

import (
	"context"
	"strings"

	"allyswitch/crm"
)

// rules lists the rules of contacts, which a tag can start too, and what starts each (api.ontraport.com/doc, "Rules"). A key that may not read them gets
// none: Features.AutomationsHidden says that they are seen only when it may.
func (d *driver) rules(ctx context.Context) ([]crm.Automation, error) {
	rows, err := d.listAll(ctx, "list the rules", "/1/Rules")
	if crm.Untold(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rules []crm.Automation
	byTag := false
	for _, row := range rows {
		if other := row["object_type_id"] != "" && row["object_type_id"] != contactObject; other {
			continue
		}
		rule := crm.Automation{ID: "rule-" + string(row["id"]), Name: string(row["name"]), Kind: "rule", Active: !yes(row["pause"])}
		rule.Triggers = eventsOf(string(row["events"]))
		rule.TriggersKnown = len(rule.Triggers) > 0
		byTag = byTag || len(rule.TriggerTags()) > 0
		rules = append(rules, rule)
	}
	if !byTag {
		return rules, nil
	}
	return rules, d.nameTriggerTags(ctx, rules)
}

// eventsOf reads what starts a rule: words with their parameters in brackets, with semicolons between them ("Contact_added_to_category(8)"), as the
// official SDK writes and reads them (SDK-PHP, RuleBuilder). Tags are numbers until nameTriggerTags gives them names.
func eventsOf(events string) []crm.Trigger {
	var triggers []crm.Trigger
	for _, event := range strings.Split(events, ";") {
		if event = strings.TrimSpace(event); event == "" {
			continue
		}
		word, parameter, bracket := strings.Cut(event, "(")
		trigger := crm.Trigger{Kind: eventKind(word), Word: word}
		if id, closed := strings.CutSuffix(parameter, ")"); trigger.Kind == crm.TriggerTag && bracket && closed && isNumber(id) {
			trigger.Tag = id
		}
		triggers = append(triggers, trigger)
	}
	return triggers
}

// eventKind sorts the events of rules (SDK-PHP, Models/Rules/Events). What is not among them may be anything.
func eventKind(word string) crm.TriggerKind {
	switch word {
	case "Contact_added_to_category":
		return crm.TriggerTag
	case "Contact_added_to_my_database", "field_is_updated", "on_date_field", "relative_date_field":
		return crm.TriggerWrite
	case "Contact_removed_from_category",
		"Contact_added_to_campaign", "Contact_leaves_campaign", "Subscription_to_drip_is_paused", "Subscription_to_drip_is_unpaused", "pause_campaign", "unpause_campaign",
		"campaign_builder_object_change", "Contact_subscribed_to_fulfillment", "Contact_unsubscribed_from_fulfillment", "object_completed_task", "object_submits_form", "call_is_logged",
		"Contact_opens_email", "Contact_clicks_emailanchor", "Contact_sends_Email", "sms_message_received",
		"Contact_purchases_product", "Contact_receives_refund_on_product", "Contact_visits_landingpage_splittest", "Contact_visits_purl_splittest",
		"Contact_is_subscribed_to_productsub", "Contact_subscription_to_productsub_is_subaction", "Contact_credit_card_is_ccstatus",
		"contact_visits_url", "clicks_tracked_link":
		return crm.TriggerElse
	}
	return crm.TriggerUnknown
}

// nameTriggerTags gives the tags their names. A number that no tag of contacts has leaves it unknown which tag is meant.
func (d *driver) nameTriggerTags(ctx context.Context, rules []crm.Automation) error {
	tags, err := d.Tags(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, tag := range tags {
		names[string(tag.ID)] = tag.Name
	}
	for _, rule := range rules {
		for i, trigger := range rule.Triggers {
			rule.Triggers[i].Tag = names[trigger.Tag]
		}
	}
	return nil
}
