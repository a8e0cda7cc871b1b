package activecampaign

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// accountRoutes are who the key belongs to and what the plan allows.
func (s *Sandbox) accountRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"GET users/me":         s.me,
		"GET settings/account": s.plan,
	}
}

func (s *Sandbox) me(c *call) {
	c.reply(http.StatusOK, object{"user": object{
		"username": "owner", "firstName": "Olive", "lastName": "Owner", "email": "owner@example.com", "phone": "", "signature": nil,
		"localZoneid": "America/Chicago", "links": links("/users/1", "lists", "userGroup", "dealGroupTotals", "dealGroupUsers", "configs"), "id": "1",
	}})
}

// plan is for administrators only; the numbers here are numbers.
func (s *Sandbox) plan(c *call) {
	if s.setting(switchAdmin) != "admin" {
		c.message(http.StatusForbidden, "Forbidden")
		return
	}
	limit := s.options.PlanLimit
	if limit == 0 {
		limit = 1_000_000
	}
	c.reply(http.StatusOK, object{
		"account": sandboxAccount, "email": "owner@example.com", "first_name": "Olive", "last_name": "Owner", "cname": "", "status": "active",
		"subscriber_limit": limit, "subscriber_total": s.living(), "trial": false, "credits": nil, "branding": true,
	})
}

// setupRoutes are fields, tags, automations and webhooks.
func (s *Sandbox) setupRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"GET fields":                    func(c *call) { s.listFields(c) },
		"POST fields":                   s.createField,
		"GET fields/{id}":               s.getField,
		"DELETE fields/{id}":            s.deleteField,
		"POST fieldRels":                s.createFieldRel,
		"POST fieldOption/bulk":         s.createOptions,
		"GET tags":                      s.listTags,
		"POST tags":                     s.createTag,
		"GET tags/{id}":                 s.getTag,
		"PUT tags/{id}":                 s.renameTag,
		"DELETE tags/{id}":              s.deleteTag,
		"GET automations":               s.listAutomations,
		"GET automations/{id}/triggers": s.listTriggers,
		"POST contactAutomations":       s.enrol,
		"GET forms":                     s.listForms,
		"GET webhooks":                  s.listWebhooks,
		"POST webhooks":                 s.createWebhook,
		"DELETE webhooks/{id}":          s.deleteWebhook,
	}
}

func (s *Sandbox) renderField(field *column) object {
	relations := []string{}
	for _, relation := range field.relations {
		relations = append(relations, digits(relation.id))
	}
	return object{
		"title": field.title, "descript": field.description, "type": field.kind, "isrequired": "0", "perstag": field.perstag, "defval": "",
		"show_in_list": "0", "rows": "0", "cols": "0", "visible": "1", "service": "", "ordernum": "1", "cdate": stamp(field.made), "udate": stamp(field.made),
		"options": []object{}, "relations": relations, "links": links("/fields/"+digits(field.id), "options", "relations"), "id": digits(field.id),
	}
}

func (s *Sandbox) renderRelations(field *column) []object {
	rows := []object{}
	for _, relation := range field.relations {
		rows = append(rows, object{"field": digits(field.id), "relid": digits(relation.list), "dorder": "0", "cdate": stamp(field.made), "links": []object{}, "id": digits(relation.id)})
	}
	return rows
}

func (s *Sandbox) listFields(c *call) {
	fields := s.fields
	if wanted := c.query.Get("filters[perstag]"); wanted != "" {
		fields = slices.DeleteFunc(slices.Clone(fields), func(field *column) bool { return field.perstag != wanted })
	}
	from, to := c.window(len(fields))
	relations := []object{}
	for _, field := range fields[from:to] {
		relations = append(relations, s.renderRelations(field)...)
	}
	list(c, "fields", fields, s.renderField, object{"fieldOptions": []object{}, "fieldRels": relations})
}

// fieldKinds are the types that "Create a custom field" lists, and number, which its examples show.
var fieldKinds = []string{"text", "textarea", "date", "datetime", "number", "dropdown", "listbox", "radio", "checkbox", "hidden"}

func (s *Sandbox) createField(c *call) {
	var in struct {
		Title, Type, Perstag, Descript text
		Visible, Ordernum              any
	}
	if !c.read("field", &in) {
		return
	}
	title := string(in.Title)
	switch {
	case title == "":
		c.missing("title")
		return
	case !slices.Contains(fieldKinds, string(in.Type)):
		c.errors(http.StatusUnprocessableEntity, object{"title": "The field type is not valid", "detail": "", "code": "invalid"})
		return
	case slices.ContainsFunc(s.fields, func(field *column) bool { return equal(field.title, title) }):
		c.errors(http.StatusUnprocessableEntity, object{"title": "There is already a field with this title",
			"detail": "There is already a field named '" + title + "' -- choose another name", "code": "duplicate"})
		return
	}
	wanted := perstag(string(in.Perstag))
	if wanted != "" && s.perstagTaken(wanted) && s.setting(switchPerstagTaken) == "422" {
		c.errors(http.StatusUnprocessableEntity, object{"title": "There is already a field with this personalization tag", "detail": "", "code": "duplicate"})
		return
	}
	if wanted == "" {
		wanted = title
	}
	field := &column{id: s.next("field"), title: title, kind: string(in.Type), perstag: s.freePerstag(wanted), description: string(in.Descript), made: time.Now(),
		visible: in.Visible, ordernum: in.Ordernum}
	s.fields = append(s.fields, field)
	s.answerField(c, field)
}

// answerField echoes what was sent, in the types in which it was sent.
func (s *Sandbox) answerField(c *call, field *column) {
	if s.setting(switchFieldCreated) == "fields" {
		c.reply(http.StatusCreated, object{"fieldOptions": []object{}, "fieldRels": []object{}, "fields": []object{s.renderField(field)}})
		return
	}
	answer := object{
		"title": field.title, "type": field.kind, "perstag": field.perstag, "descript": field.description, "cdate": stamp(field.made), "udate": stamp(field.made),
		"links": links("/fields/"+digits(field.id), "options", "relations"), "id": digits(field.id),
	}
	if field.visible != nil {
		answer["visible"] = field.visible
	}
	if field.ordernum != nil {
		answer["ordernum"] = field.ordernum
	}
	c.reply(http.StatusCreated, object{"field": answer})
}

func (s *Sandbox) getField(c *call) {
	field := s.field(c.number())
	if field == nil {
		c.notFound("Field")
		return
	}
	c.reply(http.StatusOK, object{"fieldOptions": []object{}, "fieldRels": s.renderRelations(field), "field": s.renderField(field)})
}

func (s *Sandbox) deleteField(c *call) {
	id := c.number()
	if s.field(id) == nil {
		c.notFound("Field")
		return
	}
	s.fields = slices.DeleteFunc(s.fields, func(field *column) bool { return field.id == id })
	for _, p := range s.contacts {
		delete(p.values, id)
	}
	c.reply(http.StatusOK, object{})
}

func (s *Sandbox) createFieldRel(c *call) {
	var in struct{ Field, Relid text }
	if !c.read("fieldRel", &in) {
		return
	}
	field := s.field(in.Field.number())
	if field == nil {
		c.id = string(in.Field)
		c.notFound("Field")
		return
	}
	at := slices.IndexFunc(field.relations, func(there relation) bool { return there.list == in.Relid.number() })
	if at < 0 {
		field.relations = append(field.relations, relation{id: s.next("fieldRel"), list: in.Relid.number()})
		at = len(field.relations) - 1
	}
	c.reply(http.StatusCreated, object{"fieldRel": object{"relid": string(in.Relid), "field": string(in.Field), "cdate": stamp(time.Now()), "links": []object{},
		"id": digits(field.relations[at].id)}})
}

func (s *Sandbox) createOptions(c *call) {
	var options []object
	if !c.readOptions(&options) {
		c.reply(http.StatusUnprocessableEntity, object{"errors": "Bulk operation failed. Request must contain an array of fieldOption objects."})
		return
	}
	for _, option := range options {
		id := digits(s.next("fieldOption"))
		chosen := 0
		if option["isdefault"] == true {
			chosen = 1
		}
		option["id"], option["isdefault"], option["cdate"], option["udate"] = id, chosen, stamp(time.Now()), stamp(time.Now())
		option["links"] = links("/fieldOptions/"+id, "field")
	}
	c.reply(http.StatusCreated, object{"fieldOptions": options})
}

func (s *Sandbox) listWebhooks(c *call) {
	list(c, "webhooks", s.webhooks, renderWebhook, nil)
}

func renderWebhook(hook webhookJSON) object {
	return object{"cdate": stamp(time.Now()), "listid": "0", "name": string(hook.Name), "url": string(hook.URL), "events": hook.Events, "sources": hook.Sources,
		"links": []object{}, "id": string(hook.ID)}
}

func (s *Sandbox) createWebhook(c *call) {
	var in webhookJSON
	if !c.read("webhook", &in) {
		return
	}
	target, err := url.Parse(string(in.URL))
	switch {
	case in.Name == "":
		c.missing("name")
		return
	case err != nil || !strings.HasPrefix(target.Scheme, "http"):
		c.missing("url")
		return
	case len(in.Events) == 0 || slices.Contains(in.Events, "") || len(in.Sources) == 0:
		c.missing("events")
		return
	}
	in.ID = text(digits(s.next("webhook")))
	s.webhooks = append(s.webhooks, in)
	c.reply(http.StatusCreated, object{"webhook": renderWebhook(in)})
}

func (s *Sandbox) deleteWebhook(c *call) {
	before := len(s.webhooks)
	s.webhooks = slices.DeleteFunc(s.webhooks, func(hook webhookJSON) bool { return string(hook.ID) == c.id })
	if len(s.webhooks) == before {
		c.notFound("Webhook")
		return
	}
	c.reply(http.StatusOK, object{})
}
