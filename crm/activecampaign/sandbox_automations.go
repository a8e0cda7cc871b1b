package activecampaign

import (
	"encoding/json"
	"net/http"
	"slices"
)

// start is one start record of an automation: its type, and the tag when that is what starts it.
type start struct{ kind, tag string }

// starts are the start records of an automation.
func (f *flow) starts() []start {
	var starts []start
	for _, tag := range f.Tags() {
		starts = append(starts, start{"tagadd", tag})
	}
	if f.By != "" {
		starts = append(starts, start{f.By, ""})
	}
	if len(starts) == 0 {
		starts = []start{{"subscribe", ""}}
	}
	return starts
}

// listAutomations tells what kinds of starts each automation has, not which tag.
func (s *Sandbox) listAutomations(c *call) {
	from, to := c.window(len(s.automations))
	starts := []object{}
	for _, automation := range s.automations[from:to] {
		for i, one := range automation.starts() {
			starts = append(starts, object{"id": digits(1000*(i+1) + automation.id), "series": digits(automation.id), "type": one.kind})
		}
	}
	meta := object{"total": digits(len(s.automations)), "starts": starts, "filtered": false, "smsLogs": []object{}}
	list(c, "automations", s.automations, s.renderAutomation, object{"meta": meta})
}

// listTriggers answers "Retrieve an automation's start triggers", a page of October 2026: an account that does not have it yet has no such address.
func (s *Sandbox) listTriggers(c *call) {
	how := s.setting(switchTriggers)
	id := c.number()
	at := slices.IndexFunc(s.automations, func(automation *flow) bool { return automation.id == id })
	switch {
	case how == "404":
		c.message(http.StatusNotFound, "No Result found for AutomationTrigger")
		return
	case how == "405":
		c.message(http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	case at < 0:
		c.notFound("Automation")
		return
	case how == "other-key":
		c.reply(http.StatusOK, object{"triggers": []object{}})
		return
	}
	rows := []object{}
	for i, one := range s.automations[at].starts() {
		rows = append(rows, object{"id": digits(1000*(i+1) + id), "type": one.kind, "params": s.triggerParams(how, one)})
	}
	if how == "short" {
		rows = rows[:len(rows)-1]
	}
	c.reply(http.StatusOK, object{"automationTriggers": rows})
}

// triggerParams are the parameters of a start, in every shape in which PHP might write them.
func (s *Sandbox) triggerParams(how string, one start) any {
	if one.tag == "" || how == "without-params" {
		return []any{}
	}
	params := object{"tag": one.tag}
	if how == "tag-number" {
		params["tag"] = "0"
		if tag := s.tagLike(one.tag); tag != nil {
			params["tag"] = digits(tag.id)
		}
	}
	if how != "string" {
		return params
	}
	text, _ := json.Marshal(params)
	return string(text)
}

func (s *Sandbox) renderAutomation(automation *flow) object {
	status, entered := "2", 0
	if automation.Active {
		status = "1"
	}
	for _, run := range s.runs {
		if run.Automation == automation.Name {
			entered++
		}
	}
	return object{
		"name": automation.Name, "cdate": stamp(automation.made), "mdate": stamp(automation.made), "userid": "1", "status": status, "entered": digits(entered), "exited": "0",
		"hidden": "0", "defaultscreenshot": "", "screenshot": "", "id": digits(automation.id),
		"links": links("/automations/"+digits(automation.id), "campaigns", "contactGoals", "contactAutomations", "blocks", "triggers", "goals", "sms", "sitemessages"),
	}
}

// enrol starts an automation for a contact.
func (s *Sandbox) enrol(c *call) {
	var in struct{ Contact, Automation text }
	if !c.read("contactAutomation", &in) {
		return
	}
	p := s.person(in.Contact.number())
	at := slices.IndexFunc(s.automations, func(automation *flow) bool { return automation.id == in.Automation.number() })
	if p == nil || at < 0 || !s.automations[at].Active {
		c.message(http.StatusForbidden, "Could not create SubscriberSeries")
		return
	}
	s.runs = append(s.runs, s.run(s.automations[at], p))
	id := digits(s.next("contactAutomation"))
	c.reply(http.StatusCreated, object{"contacts": []object{s.render(p)}, "contactAutomation": object{
		"contact": string(in.Contact), "seriesid": string(in.Automation), "startid": 0, "status": 1, "lastblock": "1", "completedElements": "0",
		"totalElements": "1", "completed": 0, "completeValue": 0, "links": links("/contactAutomations/"+id, "automation", "contact", "contactGoals"),
		"id": id, "automation": string(in.Automation),
	}})
}
