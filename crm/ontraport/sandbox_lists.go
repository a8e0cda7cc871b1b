package ontraport

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listParams are the parameters that lists know.
func listParams() []string {
	return []string{"start", "range", "sort", "sortDir", "listFields", "condition", "ids", "count", "objectID", "tag_id", "tag_name"}
}

func (f *fake) checkListParams(c *call) {
	for name := range c.params {
		if !slices.Contains(listParams(), name) {
			f.Unexpected(c.r, "lists do not know the parameter "+name)
		}
	}
}

func (f *fake) listContacts(c *call) {
	f.checkListParams(c)
	if _, ok := c.params.criteria(); !ok {
		f.Unexpected(c.r, "the condition cannot be read")
		c.refuse(http.StatusBadRequest, "Invalid condition")
		return
	}
	f.answerContacts(c, f.matching(c))
}

// answerContacts answers with one page of contacts.
func (f *fake) answerContacts(c *call, found []*fakeContact) {
	rows := []map[string]any{}
	for _, contact := range page(found, c.params) {
		rows = append(rows, f.row(contact, f.columns(c)))
	}
	count := -1
	if c.params.yes("count") && f.is("list-count") == "told" {
		count = len(found)
	}
	c.list(rows, count)
}

// page is what start and range cut out. Ontraport gives 50 at most.
func page[T any](all []T, p params) []T {
	size := p.number("range")
	if size <= 0 || size > 50 {
		size = 50
	}
	start := min(max(p.number("start"), 0), len(all))
	return all[start:min(start+size, len(all))]
}

// columns are the fields that a list is to hold; nil means all.
func (f *fake) columns(c *call) []string {
	asked := c.params.text("listFields")
	if asked == "" || f.is("list-fields") == "ignored" {
		return nil
	}
	columns := strings.Split(asked, ",")
	if f.is("list-fields") == "without-tags" {
		columns = slices.DeleteFunc(columns, func(name string) bool { return name == "contact_cat" })
	}
	return columns
}

// matching are the contacts that ids and condition leave, oldest first.
func (f *fake) matching(c *call) []*fakeContact {
	criteria, _ := c.params.criteria()
	found := f.contacts
	for _, one := range criteria {
		if one.field == "id" && one.op == ">" {
			found = f.after(atoi(one.values[0]))
			criteria = slices.DeleteFunc(slices.Clone(criteria), func(c criterion) bool { return c.field == "id" && c.op == ">" })
			break
		}
	}
	if c.params.text("ids") != "" {
		found = nil
		for _, id := range c.params.ids("ids") {
			if contact := f.byID[id]; contact != nil {
				found = append(found, contact)
			}
		}
	}
	if len(criteria) == 0 {
		return found
	}
	var left []*fakeContact
	for _, contact := range found {
		if f.meets(contact, criteria) {
			left = append(left, contact)
		}
	}
	return left
}

func (f *fake) meets(contact *fakeContact, criteria []criterion) bool {
	for _, one := range criteria {
		if !f.compare(contact, one) {
			return false
		}
	}
	return true
}

func (f *fake) compare(contact *fakeContact, one criterion) bool {
	value := contact.values[one.field]
	if one.field == "id" {
		value = itoa(contact.id)
	}
	equal := func(other string) bool { return f.emailKey(value) == f.emailKey(other) }
	switch one.op {
	case "=", "IN":
		return slices.ContainsFunc(one.values, equal)
	case "!=":
		return !slices.ContainsFunc(one.values, equal)
	case ">":
		return atoi(value) > atoi(one.values[0])
	case "<":
		return atoi(value) < atoi(one.values[0])
	}
	return false
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// row is a contact as lists show it. All numbers are strings.
func (f *fake) row(contact *fakeContact, columns []string) map[string]any {
	row := map[string]any{
		"id": itoa(contact.id), "owner": "1", "date": itoa(int(contact.made.Unix())), "dlm": itoa(int(contact.edited.Unix())),
		"dla": "0", "import_id": "0", "ip_addy": nil, "profile_image": nil, "unique_id": "OP" + itoa(contact.id),
		"contact_cat": f.tagColumn(contact),
	}
	for _, name := range contactFields() {
		row[name] = contact.values[name]
	}
	if row["owner"] == "" {
		row["owner"] = "1"
	}
	if contact.values["bulk_mail"] == "" {
		row["bulk_mail"] = nil
	}
	for _, field := range f.fields {
		row[field.name] = f.column(field, contact.values[field.name])
	}
	if columns == nil {
		return row
	}
	chosen := map[string]any{}
	for _, name := range columns {
		if value, there := row[name]; there {
			chosen[name] = value
		}
	}
	return chosen
}

func (f *fake) column(field *fakeField, value string) any {
	if value == "" && field.kind == "drop" && f.is("unset-drop") == "0" || value == "" && (field.kind == "fulldate" || field.kind == "numeric") {
		return "0"
	}
	return value
}

// tagColumn is contact_cat: */*1*/*3*/*.
func (f *fake) tagColumn(contact *fakeContact) any {
	if len(contact.tags) == 0 {
		return map[string]any{"blank": "", "bare": "*/*", "null": nil}[f.is("no-tags")]
	}
	var ids []string
	for _, id := range contact.tags {
		ids = append(ids, itoa(id))
	}
	return "*/*" + strings.Join(ids, "*/*") + "*/*"
}

func (f *fake) countContacts(c *call) {
	c.ok(map[string]any{
		"listFields": []string{"fn", "email", "date"}, "listFieldSettings": []any{}, "cardViewSettings": []any{}, "viewMode": []any{},
		"count": itoa(len(f.matching(c))),
	})
}
