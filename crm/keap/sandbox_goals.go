package keap

import (
	"net/http"
	"strconv"
)

// listGoals lists the goals of a campaign (Keap API v2, "Retrieve a list of Goals for a Campaign"). A goal says its type, and of a tag not which one.
func (f *fake) listGoals(c *call) reply {
	id, refused := c.id("id")
	if refused != nil {
		return *refused
	}
	if id < 1 || int(id) > len(f.store.automations) || f.is("goals", "absent") {
		return c.fail(http.StatusNotFound, "Resource not found")
	}
	automation := f.store.automations[id-1]
	goals := []any{}
	add := func(kind string) {
		goals = append(goals, map[string]any{"id": strconv.Itoa(700 + len(goals)), "name": kind, "type": kind, "next_sequence_ids": []any{"101"}, "previous_sequence_ids": []any{},
			"historical_contact_counts": map[string]any{}})
	}
	for range automation.Tags() {
		add("Tag")
	}
	if automation.By != "" {
		add(automation.By)
	}
	answer := map[string]any{"campaign_id": strconv.Itoa(int(id)), "goals": goals}
	if f.is("goals", "one-page") && len(goals) > 1 {
		answer["goals"], answer["next_page_token"] = goals[1:], "2"
	}
	return ok(answer)
}
