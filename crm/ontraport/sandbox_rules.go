package ontraport

import (
	"net/http"
	"strings"

	"allyswitch/crm/sandbox"
)

// loadAutomations adds automations and rules. The tag that starts a rule is there: the rule names its number.
func (f *fake) loadAutomations(automations []sandbox.Automation) {
	for _, automation := range automations {
		if automation.Rule {
			for _, tag := range automation.Tags() {
				f.tagNamed(tag)
			}
		}
	}
	f.automations = append(f.automations, automations...)
}

// listRules lists the rules (api.ontraport.com/doc, "Rules"; the shape is that of the tests of the official SDK, RuleBuilder).
func (f *fake) listRules(c *call) {
	switch f.is("rules") {
	case "403":
		html(c.w, http.StatusForbidden, "You do not have permission to access this resource.")
		return
	case "404":
		html(c.w, http.StatusNotFound, wordsNotFound)
		return
	}
	rows := []map[string]any{}
	for i, rule := range f.automations {
		if !rule.Rule {
			continue
		}
		pause := "1"
		if rule.Active {
			pause = "0"
		}
		rows = append(rows, map[string]any{
			"id": itoa(i + 1), "drip_id": nil, "name": rule.Name, "events": f.events(rule), "conditions": "", "actions": "Add_contact_to_category(1)",
			"pause": pause, "last_action": "0", "object_type_id": "0", "date": "1527179185", "dlm": "1527179185",
		})
	}
	c.list(page(rows, c.params), -1)
}

// events are what starts a rule.
func (f *fake) events(rule sandbox.Automation) string {
	var events []string
	for _, name := range rule.Tags() {
		if tag := f.tagByName(name); tag != nil {
			events = append(events, "Contact_added_to_category("+itoa(tag.id)+")")
		}
	}
	if rule.By != "" {
		events = append(events, rule.By)
	}
	switch {
	case f.is("rules") == "without-events":
		return ""
	case len(events) == 0:
		return "Contact_added_to_my_database()"
	}
	return strings.Join(events, ";")
}
