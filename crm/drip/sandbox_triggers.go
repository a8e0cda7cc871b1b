package drip

import (
	"net/http"
	"slices"

	"allyswitch/crm/sandbox"
)

// listTriggers lists what starts a workflow (developer.drip.com, "List all workflow triggers"). The documentation shows a trigger of a landing page; how one
// of a tag looks is a switch.
func (f *fake) listTriggers(c *call) {
	w := f.workflow(c)
	if w == nil {
		return
	}
	how := f.is("workflow-triggers")
	if how == "404" {
		f.nothing(c)
		return
	}
	at := slices.IndexFunc(f.automations, func(a sandbox.Automation) bool { return a.Name == w.name && !a.Rule })
	triggers := []any{}
	if how != "empty" && at >= 0 {
		triggers = triggersJSON(how, f.automations[at])
	}
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("workflows"), "triggers": triggers})
}

func triggersJSON(how string, automation sandbox.Automation) []any {
	var triggers []any
	add := func(word string, properties map[string]any) {
		triggers = append(triggers, map[string]any{"id": "f7gysdf7gyd" + word, "type": "trigger", "trigger_type": word, "provider": "drip",
			"properties": properties, "actions_required": []any{}})
	}
	for _, tag := range automation.Tags() {
		switch how {
		case "event-name":
			add("subscriber.applied_tag", map[string]any{"tag": tag})
		case "tag-name":
			add("tag_applied", map[string]any{"tag_name": tag})
		case "tags":
			add("applied_tag", map[string]any{"tags": []any{tag}})
		case "without-tag":
			add("applied_tag", map[string]any{})
		case "other-word":
			add("Applied a tag", map[string]any{"tag": tag})
		default:
			add("applied_tag", map[string]any{"tag": tag})
		}
	}
	switch {
	case automation.By != "":
		add(automation.By, map[string]any{})
	case len(automation.Tags()) == 0:
		add("created", map[string]any{})
	}
	return triggers
}
