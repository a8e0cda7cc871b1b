package keap

import (
	"context"
	"net/http"
	"net/url"

	"allyswitch/crm"
)

// readGoals asks of each automation what its goals are: what starts it is a goal, and a goal in its midst may start it as well (Keap API v2, "Retrieve a
// list of Goals for a Campaign"). What Keap does not answer stays unknown, and so does an automation that is no campaign of the same number and name:
// that campaigns and automations share their numbers is nowhere said.
func (d *driver) readGoals(ctx context.Context, automations []crm.Automation) error {
	campaigns, err := d.listAutomations(ctx, v2+"campaigns", pageSize)
	if crm.Untold(err) {
		return nil
	}
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, campaign := range campaigns {
		names[campaign.ID] = campaign.Name
	}
	return crm.ReadTriggers(automations, func(automation crm.Automation) ([]crm.Trigger, error) {
		if name, there := names[automation.ID]; !there || name != automation.Name {
			return nil, nil
		}
		return d.goalsOf(ctx, automation.ID)
	})
}

func (d *driver) goalsOf(ctx context.Context, id string) ([]crm.Trigger, error) {
	request := d.request("read what starts an automation", http.MethodGet, v2+"campaigns/"+url.PathEscape(id)+"/goals")
	var answer struct {
		Goals *[]struct {
			Type string `json:"type"`
		} `json:"goals"`
		Next string `json:"next_page_token"`
	}
	if err := d.json(ctx, request, &answer); err != nil {
		return nil, err
	}
	if answer.Goals == nil || nextCursor(answer.Next) != "" {
		// The description gives a token for the next page, and no parameter that would take it.
		half := unknown(request.Op, "the answer does not hold all goals")
		half.Status = http.StatusOK
		return nil, half
	}
	var triggers []crm.Trigger
	for _, goal := range *answer.Goals {
		triggers = append(triggers, crm.Trigger{Kind: goalKind(goal.Type), Word: goal.Type})
	}
	return triggers, nil
}

// goalKind sorts the types of goals (Keap API v2, schema Goal). Of a tag it is not told which one. A type that is not among them may be anything; so may a
// score, which goes by tags and fields, and an integration or WordPress, which may be the site's own plugin.
func goalKind(word string) crm.TriggerKind {
	switch word {
	case "Tag":
		return crm.TriggerTag
	case "WebForm", "LandingPage", "NewLandingPage", "UnlayerLandingPage", "InternalForm", "Survey", "LinkClick", "EmailOpened", "Purchase", "FailedPurchase", "Quote",
		"WebsiteTrigger", "AppointmentEvent", "Task", "StageMove", "PipelineStageMove", "Note", "GroSocial", "TwitterForm":
		return crm.TriggerElse
	}
	return crm.TriggerUnknown
}
