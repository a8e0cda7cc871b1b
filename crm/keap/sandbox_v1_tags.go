package keap

import (
	"net/http"
	"strconv"
	"strings"
)

// routeTagsV1 registers tags and custom fields as v1 has them: ids are numbers, kinds of field in CamelCase.
func (f *fake) routeTagsV1(v1 string) {
	f.route("GET", v1+"/tags", f.listTagsV1)
	f.route("POST", v1+"/tags", f.createTagV1)
	f.route("GET", v1+"/contacts/{id}/tags", f.withContact(f.contactTagsV1))
	f.route("POST", v1+"/contacts/{id}/tags", f.withContact(f.applyTagsV1))
	f.route("DELETE", v1+"/contacts/{id}/tags", f.withContact(f.removeTagsV1))
	f.route("POST", v1+"/tags/{id}/contacts", f.withTag(f.applyTagV1))
	f.route("DELETE", v1+"/tags/{id}/contacts", f.withTag(f.removeTagV1))
	f.route("GET", v1+"/contacts/model", func(*call) reply {
		return ok(map[string]any{"custom_fields": each(f.store.fields, fieldJSONV1), "optional_properties": []string{"custom_fields"}})
	})
	f.route("POST", v1+"/contacts/model/customFields", f.createFieldV1)
}

func tagJSONV1(t *tag) map[string]any {
	return map[string]any{"id": t.id, "name": t.name, "description": t.detail, "category": nil}
}

func (f *fake) listTagsV1(c *call) reply {
	all := f.store.sortedTags()
	if name := c.URL.Query().Get("name"); name != "" {
		all = nil
		if found := f.store.tagNamed(name); found != nil {
			all = []*tag{found}
		}
	}
	some, err := pageV1(c.URL.Query(), all)
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	return ok(map[string]any{"tags": each(some, tagJSONV1), "count": len(all), "next": "", "previous": ""})
}

// createTagV1 answers 200 where v2 answers 201.
func (f *fake) createTagV1(c *call) reply {
	var body struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Category    *struct {
			ID int64 `json:"id"`
		} `json:"category"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	name := cut(strings.TrimSpace(body.Name), 255)
	if there := f.store.tagNamed(name); name == "" || there != nil && !f.is("tag-exists", "second") {
		return c.fail(http.StatusBadRequest, "A tag with this name already exists, or the name is missing")
	}
	category := int64(0)
	if body.Category != nil {
		category = body.Category.ID
	}
	return ok(tagJSONV1(f.store.addTag(name, body.Description, category)))
}

func (f *fake) contactTagsV1(_ *call, one *contact) reply {
	tags := each(tagIDs(one), func(text string) map[string]any {
		id, _ := strconv.ParseInt(text, 10, 64)
		return map[string]any{"tag": tagJSONV1(f.store.tags[id]), "date_applied": stamp(one.tags[id])}
	})
	return ok(map[string]any{"tags": tags, "count": len(tags)})
}

// kindsV1 are v1's names of the kinds of field that people make by hand; v2 writes them in capitals.
func kindsV1() map[string]string {
	return map[string]string{"Text": "TEXT", "TextArea": "TEXT_AREA", "Date": "DATE", "DateTime": "DATE_TIME", "WholeNumber": "WHOLE_NUMBER",
		"DecimalNumber": "DECIMAL_NUMBER", "YesNo": "YES_NO", "Dropdown": "DROPDOWN", "ListBox": "LIST_BOX", "Website": "WEBSITE", "Email": "EMAIL"}
}

func fieldJSONV1(one *field) map[string]any {
	kind := one.kind
	for old, now := range kindsV1() {
		if now == kind {
			kind = old
		}
	}
	return map[string]any{"id": one.id, "label": one.label, "field_type": kind, "record_type": "CONTACT", "options": []any{}}
}

func (f *fake) createFieldV1(c *call) reply {
	var body struct {
		Label   string `json:"label"`
		Type    string `json:"field_type"`
		GroupID int64  `json:"group_id"`
		Options []any  `json:"options"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	if body.Label == "" || kindsV1()[body.Type] == "" {
		return c.fail(http.StatusBadRequest, "label and field_type are required")
	}
	return created(fieldJSONV1(f.store.addField(body.Label, kindsV1()[body.Type], 1)))
}

func (f *fake) applyTagsV1(c *call, one *contact) reply {
	var body struct {
		TagIDs []int64 `json:"tagIds"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	results := map[string]string{}
	for _, id := range body.TagIDs {
		key := strconv.FormatInt(id, 10)
		switch t := f.store.tags[id]; {
		case t == nil:
			results[key] = "TAG_ID_NOT_FOUND"
		case f.store.apply(t, one):
			results[key] = "SUCCESS"
		default:
			results[key] = "DUPLICATE"
		}
	}
	return ok(results)
}

func (f *fake) removeTagsV1(c *call, one *contact) reply {
	for _, id := range queryIDs(c) {
		if t := f.store.tags[id]; t != nil {
			f.removeAll(t, []int64{one.id})
		}
	}
	return noContent()
}

// applyTagV1 takes at most 100 contacts, all ids as numbers.
func (f *fake) applyTagV1(c *call, t *tag) reply {
	var body struct {
		IDs []int64 `json:"ids"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	if len(body.IDs) == 0 || len(body.IDs) > 100 {
		return c.fail(http.StatusBadRequest, "ids must have between 1 and 100 items")
	}
	return ok(f.applyAll(t, body.IDs))
}

func (f *fake) removeTagV1(c *call, t *tag) reply {
	f.removeAll(t, queryIDs(c))
	return noContent()
}

func queryIDs(c *call) []int64 {
	var found []int64
	for _, text := range strings.Split(c.URL.Query().Get("ids"), ",") {
		if id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
			found = append(found, id)
		}
	}
	return found
}
