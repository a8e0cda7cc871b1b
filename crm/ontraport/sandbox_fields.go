package ontraport

import (
	"net/http"
	"slices"
)

// fieldTypes are the types that the field editor can make.
func fieldTypes() []string {
	return []string{"check", "country", "fulldate", "list", "longtext", "numeric", "price", "phone", "state", "drop", "text", "email", "sms", "address"}
}

// meta describes the fields of contacts.
func (f *fake) meta(c *call) {
	fields := map[string]any{"id": describe("ID", "numeric"), "contact_cat": describe("Tags", "list"), "date": describe("Date Added", "fulldate")}
	for _, name := range contactFields() {
		fields[name] = describe(name, "text")
	}
	for _, field := range f.fields {
		described := describe(field.alias, field.kind)
		described["deletable"] = "1"
		if len(field.options) > 0 {
			options := map[string]string{}
			for i, label := range field.options {
				options[itoa(i+1)] = label
			}
			described["options"] = options
		}
		fields[field.name] = described
	}
	contact := map[string]any{"name": "Contact", "fields": fields}
	if f.is("meta-shape") == "list" {
		c.ok([]any{contact})
		return
	}
	c.ok(map[string]any{"0": contact})
}

func describe(alias, kind string) map[string]any {
	return map[string]any{"alias": alias, "type": kind, "required": "0", "unique": "0", "editable": "1", "deletable": "0"}
}

func (f *fake) fieldSections(c *call) {
	sections := map[string]any{}
	for name, id := range f.sections {
		var column []any
		for _, field := range f.fields {
			if field.section == name {
				column = append(column, map[string]any{
					"id": 100 + id, "alias": field.alias, "field": field.name, "type": field.kind, "required": 0, "unique": 0, "editable": 1, "deletable": 1, "options": "",
				})
			}
		}
		sections[itoa(id)] = map[string]any{"id": id, "name": name, "description": nil, "fields": []any{column}}
	}
	c.ok(sections)
}

// createFields makes a section's fields; what cannot be made is told beside what can.
func (f *fake) createFields(c *call) {
	columns, _ := c.params["fields"].([]any)
	if c.params.text("objectID") != "0" || c.params.text("name") == "" || len(columns) == 0 || len(columns) > 3 {
		f.Unexpected(c.r, "a section needs objectID, name and up to three columns of fields")
		c.refuse(http.StatusBadRequest, "Invalid section")
		return
	}
	made, refused := map[string]string{}, []string{}
	for _, column := range columns {
		fields, _ := column.([]any)
		for _, one := range fields {
			described, _ := one.(map[string]any)
			field, why := f.createField(params(described), c.params.text("name"))
			if why != "" {
				refused = append(refused, why)
				continue
			}
			made[field.name] = field.alias
		}
	}
	if len(made) == 0 {
		c.ok(map[string]any{"success": []any{}, "error": refused})
		return
	}
	c.ok(map[string]any{"success": made, "error": refused})
}

func (f *fake) createField(described params, section string) (field *fakeField, why string) {
	alias, kind := described.text("alias"), described.text("type")
	switch {
	case alias == "" || !slices.Contains(fieldTypes(), kind):
		return nil, "Invalid field " + alias
	case f.fieldByAlias(alias) != nil && f.is("alias-exists") == "refused":
		return nil, "A field named " + alias + " already exists"
	}
	var labels []string
	if options, there := described["options"].(map[string]any); there {
		added, _ := options["add"].([]any)
		for _, label := range added {
			labels = append(labels, asText(label))
		}
	}
	return f.addField(alias, kind, section, labels...), ""
}

func (f *fake) deleteField(c *call) {
	field := f.field(c.params.text("field"))
	if field == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	f.fields = slices.DeleteFunc(f.fields, func(other *fakeField) bool { return other == field })
	for _, contact := range f.contacts {
		delete(contact.values, field.name)
	}
	c.ok("Deleted")
}
