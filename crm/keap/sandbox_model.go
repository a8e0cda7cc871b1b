package keap

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (f *fake) routeModel(v2 string) {
	model := v2 + "/contacts/model"
	f.route("GET", model, f.contactModel)
	f.route("POST", model+"/customFields", f.createField)
	f.route("DELETE", model+"/customFields/{id}", f.deleteField)
	f.route("GET", model+"/customFields/groups", f.listGroups)
	f.route("POST", model+"/customFields/groups", f.createGroup)
	f.route("GET", model+"/customFields/tabs", f.listTabs)
}

// fieldKinds are the kinds of custom field (Keap API v2, CreateCustomFieldRequest).
func fieldKinds() []string {
	return strings.Fields("CURRENCY DATE DATE_TIME DAY_OF_WEEK DECIMAL_NUMBER DRILLDOWN DROPDOWN EMAIL LIST_BOX MONTH NAME PERCENT " +
		"PHONE_NUMBER RADIO SOCIAL_SECURITY_NUMBER STATE TEXT TEXT_AREA USER USER_LIST_BOX WEBSITE WHOLE_NUMBER YEAR YES_NO")
}

func (f *fake) fieldJSON(one *field) map[string]any {
	shown := map[string]any{"id": strconv.FormatInt(one.id, 10), "label": one.label, "options": []any{}, "record_type": "CONTACT",
		"field_type": one.kind, "field_name": one.column(), "group_id": strconv.FormatInt(one.group, 10)}
	for _, g := range f.store.groups {
		if g.id == one.group {
			shown["group_name"] = g.name
		}
	}
	return shown
}

func (f *fake) contactModel(_ *call) reply {
	return ok(map[string]any{"custom_fields": each(f.store.fields, f.fieldJSON), "optional_properties": []string{"custom_fields", "tag_ids"}})
}

func (f *fake) createField(c *call) reply {
	var body struct {
		Label       string `json:"label"`
		FieldType   string `json:"field_type"`
		GroupID     string `json:"group_id"`
		UserGroupID string `json:"user_group_id"`
		Options     []any  `json:"options"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	if strings.TrimSpace(body.Label) == "" || !slices.Contains(fieldKinds(), body.FieldType) {
		return c.fail(http.StatusBadRequest, "label and field_type are required")
	}
	in, refused := f.readGroup(c, body.GroupID)
	if refused != nil {
		return *refused
	}
	if f.is("label-repeats", "refused") && f.store.fieldLabelled(body.Label) != nil {
		return c.fail(http.StatusConflict, "A custom field with this label already exists")
	}
	return created(f.fieldJSON(f.store.addField(body.Label, body.FieldType, in)))
}

func (f *fake) readGroup(c *call, text string) (int64, *reply) {
	if text == "" && f.is("field-group", "optional") {
		return 1, nil
	}
	id, _ := strconv.ParseInt(text, 10, 64)
	if !slices.ContainsFunc(f.store.groups, func(g group) bool { return g.id == id }) {
		refused := c.fail(http.StatusBadRequest, "group_id is invalid")
		return 0, &refused
	}
	return id, nil
}

func (f *fake) deleteField(c *call) reply {
	id, refused := c.id("id")
	if refused != nil {
		return *refused
	}
	if f.store.fieldByID(id) == nil {
		return c.fail(http.StatusNotFound, "custom field not found")
	}
	f.store.fields = slices.DeleteFunc(f.store.fields, func(one *field) bool { return one.id == id })
	for _, one := range f.store.contacts {
		delete(one.fields, id)
	}
	return noContent()
}

func groupJSON(g group) map[string]any {
	return map[string]any{"id": strconv.FormatInt(g.id, 10), "name": g.name, "tab_id": "1", "record_type": "CONTACT"}
}

func (f *fake) listGroups(_ *call) reply {
	return ok(map[string]any{"groups": each(f.store.groups, groupJSON)})
}

func (f *fake) createGroup(c *call) reply {
	var body struct {
		Name  string `json:"name"`
		TabID string `json:"tab_id"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	g := group{id: f.store.nextID(), name: body.Name}
	f.store.groups = append(f.store.groups, g)
	return created(groupJSON(g))
}

func (f *fake) listTabs(_ *call) reply {
	return ok(map[string]any{"tabs": []any{map[string]any{"id": "1", "name": "Custom Fields", "record_type": "CONTACT"}}})
}

func (f *fake) userInfo(_ *call) reply {
	return ok(map[string]any{"email": "owner@example.com", "sub": "1", "id": "123456", "keap_id": "owner@example.com",
		"given_name": "Sandy", "family_name": "Box", "is_admin": true, "tenant_id": sandboxTenant})
}

func (f *fake) businessProfile(_ *call) reply {
	return ok(map[string]any{"name": "Sandbox Academy", "email": "owner@example.com", "currency_code": "USD", "time_zone": "UTC"})
}

// listAutomations pages by 25, which is the most that Keap gives.
func (f *fake) listAutomations(c *call) reply {
	if f.is("automations", "absent") {
		return c.fail(http.StatusNotFound, "Resource not found")
	}
	p, err := readPage(c.URL.Query(), 25, "name", "category", "activeContacts", "publishedDate")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	answer := map[string]any{"automation_count": len(f.store.automations)}
	rows := make([]map[string]any, len(f.store.automations))
	for i, a := range f.store.automations {
		status := "DRAFT"
		if a.Active {
			status = "PUBLISHED"
		}
		rows[i] = map[string]any{"id": strconv.Itoa(i + 1), "title": a.Name, "status": status, "categories": []any{}, "locked": false, "active_contacts": 0}
	}
	answer["automations"] = cutPage(f, c, answer, rows, p)
	return ok(answer)
}

func (f *fake) listCampaigns(c *call) reply {
	p, err := readPage(c.URL.Query(), 1000, "id", "name", "published_date", "completed_contact_count", "active_contact_count", "date_created")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	answer := map[string]any{}
	rows := make([]map[string]any, len(f.store.automations))
	for i, a := range f.store.automations {
		rows[i] = map[string]any{"id": strconv.Itoa(i + 1), "name": a.Name, "published_status": a.Active}
	}
	answer["campaigns"] = cutPage(f, c, answer, rows, p)
	return ok(answer)
}
