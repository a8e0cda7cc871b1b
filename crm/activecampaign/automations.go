package activecampaign

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm"
)

// Automations lists the automations, and asks of each what starts it. Where the account does not tell, the list still names the kinds of starts, but not
// which tag: then the triggers are not known.
func (d *driver) Automations(ctx context.Context) ([]crm.Automation, error) {
	starts := map[text][]crm.Trigger{}
	rows, err := collect[automationJSON](ctx, d, "list the automations", "/automations", "automations", nil, func(page map[string]json.RawMessage) {
		var meta automationsMeta
		if json.Unmarshal(page["meta"], &meta) != nil {
			return
		}
		for _, start := range meta.Starts {
			starts[start.Series] = append(starts[start.Series], triggerNamed(string(start.Type)))
		}
	})
	if err != nil {
		return nil, err
	}
	automations := make([]crm.Automation, 0, len(rows))
	for _, row := range rows {
		entered, err := strconv.Atoi(string(row.Entered))
		automations = append(automations, crm.Automation{
			ID:           string(row.ID),
			Name:         string(row.Name),
			Kind:         "automation",
			Active:       row.Status == "1",
			Triggers:     starts[row.ID],
			Entered:      entered,
			EnteredKnown: err == nil,
		})
	}
	if err := crm.ReadTriggers(automations, func(a crm.Automation) ([]crm.Trigger, error) { return d.triggersOf(ctx, a.ID) }); err != nil {
		return nil, err
	}
	return automations, d.nameTriggerTags(ctx, automations)
}

// triggerJSON is a start record of an automation ("Retrieve an automation's start triggers", October 2026). What its params hold is shown for a tag
// alone, in words: the tag's name in params.tag.
type triggerJSON struct {
	Type   text            `json:"type"`
	Params json.RawMessage `json:"params"`
}

func (d *driver) triggersOf(ctx context.Context, id string) ([]crm.Trigger, error) {
	const op = "read what starts an automation"
	var reply struct {
		Triggers *[]triggerJSON `json:"automationTriggers"`
	}
	// The path is that of the page beside it, "Retrieve an automation's blocks": /automations/{id}/blocks.
	if err := d.get(ctx, op, "/automations/"+url.PathEscape(id)+"/triggers", nil, &reply); err != nil {
		return nil, err
	}
	if reply.Triggers == nil {
		unclear := incomplete(op, "the answer holds no list of triggers")
		unclear.Status = http.StatusOK
		return nil, unclear
	}
	var triggers []crm.Trigger
	for _, one := range *reply.Triggers {
		triggers = append(triggers, one.trigger())
	}
	return triggers, nil
}

func (t triggerJSON) trigger() crm.Trigger {
	trigger := triggerNamed(string(t.Type))
	if trigger.Kind == crm.TriggerTag {
		trigger.Tag = t.tag()
	}
	return trigger
}

// tag is the name of the tag in params, which may be an object, an object written as a string, or the empty list that PHP makes of no params at all.
func (t triggerJSON) tag() string {
	raw := t.Params
	var quoted string
	if json.Unmarshal(raw, &quoted) == nil {
		raw = json.RawMessage(quoted)
	}
	var params struct {
		Tag string `json:"tag"`
	}
	if json.Unmarshal(raw, &params) != nil {
		return ""
	}
	return params.Tag
}

// triggerNamed sorts a start by its type: "tagadd" is documented ("Retrieve an automation's start triggers"), the others go by the names of the events of
// the page "Webhooks". A type that is not among them may be anything.
func triggerNamed(word string) crm.Trigger {
	trigger := crm.Trigger{Word: word}
	switch strings.ToLower(word) {
	case "tagadd", "tag":
		trigger.Kind = crm.TriggerTag
	case "subscribe":
		trigger.Kind = crm.TriggerWrite
	case "tagremove", "unsubscribe", "open", "click", "reply", "forward", "share", "bounce":
		trigger.Kind = crm.TriggerElse
	}
	return trigger
}

// nameTriggerTags writes the tags as the account does, and forgets a name that no tag of the account has: what is meant then is not known.
func (d *driver) nameTriggerTags(ctx context.Context, automations []crm.Automation) error {
	if !slices.ContainsFunc(automations, func(a crm.Automation) bool { return len(a.TriggerTags()) > 0 }) {
		return nil
	}
	tags, err := d.Tags(ctx)
	if err != nil {
		return err
	}
	for _, automation := range automations {
		for i, trigger := range automation.Triggers {
			if trigger.Tag != "" {
				tag, _ := tagNamed(tags, trigger.Tag)
				automation.Triggers[i].Tag = tag.Name
			}
		}
	}
	return nil
}
