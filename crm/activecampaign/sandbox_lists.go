package activecampaign

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// listRoutes are mailing lists, memberships and exclusions.
func (s *Sandbox) listRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"GET lists":            s.listLists,
		"POST lists":           s.createList,
		"POST listGroups":      s.createListGroup,
		"POST contactLists":    s.createMembership,
		"GET lists/exclusions": s.listExclusions,
	}
}

func (s *Sandbox) listLists(c *call) {
	list(c, "lists", s.lists, renderList, nil)
}

func renderList(list *mailingList) object {
	answer := object{
		"stringid": list.stringID, "userid": "0", "name": list.name, "cdate": stamp(list.made), "send_last_broadcast": "0", "private": "0",
		"to_name": "Subscriber", "optinoptout": "1", "optinmessageid": "0", "optoutconf": "0",
		"sender_url": "https://example.com", "sender_reminder": "You are a member.", "deletestamp": nil, "udate": nil,
		"links": links("/lists/"+digits(list.id), "contactGoalLists", "user", "addressLists"), "id": digits(list.id), "user": "0",
	}
	for _, flag := range []string{"p_use_tracking", "p_use_analytics_read", "p_use_analytics_link", "p_use_twitter", "p_use_facebook", "p_embed_image",
		"p_use_captcha", "require_name", "get_unsubscribe_reason"} {
		answer[flag] = "0"
	}
	for _, blank := range []string{"analytics_source", "analytics_ua", "twitter_token", "twitter_token_secret", "fulladdress", "sender_name", "sender_addr1",
		"sender_addr2", "sender_city", "sender_state", "sender_zip", "sender_country", "sender_phone"} {
		answer[blank] = ""
	}
	for _, unset := range []string{"analytics_domains", "facebook_session", "carboncopy", "subscription_notify", "unsubscription_notify"} {
		answer[unset] = nil
	}
	return answer
}

func (s *Sandbox) createList(c *call) {
	var in map[string]text
	if !c.read("list", &in) {
		return
	}
	for _, needed := range []string{"name", "stringid", "sender_url", "sender_reminder"} {
		if in[needed] == "" {
			c.missing(needed)
			return
		}
	}
	made := &mailingList{id: s.next("list"), name: string(in["name"]), stringID: strings.ToLower(string(in["stringid"])), made: time.Now()}
	s.lists = append(s.lists, made)
	c.reply(http.StatusCreated, object{"list": renderList(made)})
}

func (s *Sandbox) createListGroup(c *call) {
	var in struct{ Listid, Groupid text }
	if !c.read("listGroup", &in) {
		return
	}
	c.reply(http.StatusCreated, object{"listGroup": object{"listid": string(in.Listid), "groupid": string(in.Groupid), "links": object{}, "id": digits(s.next("listGroup"))}})
}

// createMembership subscribes or unsubscribes; status 1 subscribes even those who unsubscribed, as the documentation warns.
func (s *Sandbox) createMembership(c *call) {
	var in struct{ List, Contact, Status text }
	if !c.read("contactList", &in) {
		return
	}
	p := s.person(in.Contact.number())
	if p == nil {
		c.id = string(in.Contact)
		c.notFound("Subscriber")
		return
	}
	held := s.subscribe(p, in.List.number(), in.Status.number(), true)
	var answer object
	for _, row := range s.listRows(p) {
		if row["id"] == digits(held.id) {
			answer = row
		}
	}
	answer["status"], answer["sourceid"] = held.status, "3"
	c.reply(http.StatusOK, object{"contacts": []object{s.render(p)}, "contactList": answer})
}

func (s *Sandbox) listExclusions(c *call) {
	rows := []object{}
	for i, email := range s.excluded {
		rows = append(rows, object{"id": digits(i + 1), "matchPhrase": email, "matchType": "exact", "channel": "several", "hidden": false, "lists": []string{}})
	}
	from, to := c.window(len(rows))
	c.reply(http.StatusOK, object{"exclusions": rows[from:to], "meta": object{"total": len(rows)}})
}

// readOptions reads {"fieldOptions": […]}.
func (c *call) readOptions(into *[]object) bool {
	var body map[string]json.RawMessage
	return json.NewDecoder(c.r.Body).Decode(&body) == nil && json.Unmarshal(body["fieldOptions"], into) == nil && len(*into) > 0
}

func (s *Sandbox) run(automation *flow, p *person) sandbox.Run {
	return sandbox.Run{Automation: automation.Name, Email: p.email}
}
