package activecampaign

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// relationRoutes are what belongs to contacts: tags, field values, list memberships.
func (s *Sandbox) relationRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"GET contacts/{id}/contactTags":  s.of("contactTags"),
		"GET contacts/{id}/fieldValues":  s.of("fieldValues"),
		"GET contacts/{id}/contactLists": s.of("contactLists"),
		"GET contactTags":                s.listContactTags,
		"POST contactTags":               s.createContactTag,
		"DELETE contactTags/{id}":        s.deleteContactTag,
		"GET fieldValues":                s.listFieldValues,
		"POST fieldValues":               s.createFieldValue,
	}
}

// of lists what belongs to one contact.
func (s *Sandbox) of(name string) func(*call) {
	return func(c *call) {
		p := s.person(c.number())
		if p == nil {
			c.notFound("Subscriber")
			return
		}
		c.reply(http.StatusOK, object{name: s.belonging(name, []*person{p})})
	}
}

func (s *Sandbox) tagRows(p *person) []object {
	rows := make([]object, 0, len(p.tags))
	for tag, held := range p.tags {
		rows = append(rows, object{
			"contact": digits(p.id), "tag": digits(tag), "cdate": stamp(held.made), "created_timestamp": held.made.UTC().Format(time.DateTime),
			"links": links("/contactTags/"+digits(held.id), "contact", "tag"), "id": digits(held.id),
		})
	}
	return byID(rows)
}

func (s *Sandbox) valueRows(p *person) []object {
	rows := make([]object, 0, len(p.values))
	for field, held := range p.values {
		rows = append(rows, object{
			"contact": digits(p.id), "field": digits(field), "value": held.text, "cdate": stamp(held.made), "udate": stamp(held.made),
			"created_by": "0", "updated_by": "0", "links": links("/fieldValues/"+digits(held.id), "owner", "field"), "id": digits(held.id), "owner": digits(p.id),
		})
	}
	return byID(rows)
}

func (s *Sandbox) listRows(p *person) []object {
	rows := make([]object, 0, len(p.memberships))
	for list, held := range p.memberships {
		rows = append(rows, object{
			"contact": digits(p.id), "list": digits(list), "form": nil, "seriesid": "0", "sdate": stamp(p.created), "udate": stamp(p.updated), "status": digits(held.status),
			"responder": "1", "sync": "0", "unsubreason": "", "campaign": nil, "message": nil, "first_name": p.first, "last_name": p.last,
			"ip4Sub": "0", "sourceid": "0", "autosyncLog": nil, "ip4_last": "0", "ip4Unsub": "0", "unsubscribeAutomation": nil,
			"links": links("/contactLists/"+digits(held.id), "automation", "list", "contact", "form", "autosyncLog", "campaign",
				"unsubscribeAutomation", "message"),
			"created_by": nil, "updated_by": nil, "created_timestamp": p.created.UTC().Format(time.DateTime), "updated_timestamp": p.updated.UTC().Format(time.DateTime),
			"id": digits(held.id), "automation": nil,
		})
	}
	return byID(rows)
}

// byID puts rows in the order in which they were made.
func byID(rows []object) []object {
	slices.SortFunc(rows, func(a, b object) int {
		x, y := a["id"].(string), b["id"].(string)
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	return rows
}

func (s *Sandbox) listContactTags(c *call) {
	var rows []object
	for _, id := range s.order {
		rows = append(rows, s.tagRows(s.contacts[id])...)
	}
	list(c, "contactTags", byID(rows), func(row object) object { return row }, nil)
}

// createContactTag cannot be kept from starting automations.
func (s *Sandbox) createContactTag(c *call) {
	var in struct{ Contact, Tag text }
	if !c.read("contactTag", &in) {
		return
	}
	p, tag := s.person(in.Contact.number()), s.tag(in.Tag.number())
	switch {
	case in.Contact == "":
		c.missing("contact")
		return
	case in.Tag == "":
		c.missing("tag")
		return
	case p == nil:
		c.errors(http.StatusNotFound, object{"status": 404, "title": "Not Found", "detail": "Contact not found"})
		return
	case tag == nil || tag.kind != "contact":
		c.errors(http.StatusNotFound, object{"status": 404, "title": "Not Found", "detail": "Tag not found"})
		return
	}
	status := http.StatusCreated
	if !s.addTag(p, tag, false) {
		switch s.setting(switchTagRepeated) {
		case "200":
			status = http.StatusOK
		case "422":
			c.errors(http.StatusUnprocessableEntity, object{"title": "The contact already has this tag", "detail": "", "code": "duplicate"})
			return
		}
	}
	held := p.tags[tag.id]
	c.reply(status, object{"contacts": []object{s.render(p)}, "contactTag": object{
		"contact": string(in.Contact), "tag": string(in.Tag), "cdate": stamp(held.made), "links": links("/contactTags/"+digits(held.id), "contact", "tag"), "id": digits(held.id),
	}})
}

func (s *Sandbox) deleteContactTag(c *call) {
	for _, p := range s.contacts {
		for tag, held := range p.tags {
			if held.id == c.number() {
				delete(p.tags, tag)
				c.reply(http.StatusOK, object{})
				return
			}
		}
	}
	c.notFound("SubscriberTag")
}

func (s *Sandbox) listFieldValues(c *call) {
	wanted := c.query.Get("filters[fieldid]")
	var rows []object
	for _, id := range s.order {
		for _, row := range s.valueRows(s.contacts[id]) {
			if wanted == "" || row["field"] == wanted {
				rows = append(rows, row)
			}
		}
	}
	list(c, "fieldValues", rows, func(row object) object { return row }, nil)
}

func (s *Sandbox) createFieldValue(c *call) {
	var in struct{ Contact, Field, Value text }
	if !c.read("fieldValue", &in) {
		return
	}
	p := s.person(in.Contact.number())
	switch {
	case p == nil:
		c.id = string(in.Contact)
		c.notFound("Subscriber")
		return
	case s.field(in.Field.number()) == nil:
		c.id = string(in.Field)
		c.notFound("Field")
		return
	}
	s.setValue(p, in.Field.number(), string(in.Value))
	for _, row := range s.valueRows(p) {
		if row["field"] == string(in.Field) {
			c.reply(http.StatusCreated, object{"contacts": []object{s.render(p)}, "fieldValue": row})
		}
	}
}
