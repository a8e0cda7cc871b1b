package ontraport

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

// contactFields are the fields of a contact that Ontraport has of its own and that may be written.
func contactFields() []string {
	return []string{
		"firstname", "lastname", "email", "address", "address2", "city", "state", "zip", "country", "office_phone", "sms_number",
		"company", "title", "website", "birthday", "bulk_mail", "bulk_sms", "owner", "updateSequence",
	}
}

// saveParams are parameters of a save that are no fields.
func saveParams() []string {
	return []string{"id", "objectID", "ignore_blanks", "unique_id", "update_by", "use_utm_names", "background_request"}
}

// fieldValues takes the values out of the parameters. What is no field is ignored, as the documentation says; a careful client
// sends none.
func (f *fake) fieldValues(c *call) map[string]string {
	values := map[string]string{}
	for name := range c.params {
		field := f.field(name)
		switch {
		case slices.Contains(saveParams(), name):
		case slices.Contains(contactFields(), name):
			values[name] = c.params.text(name)
		case field == nil:
			f.Unexpected(c.r, "the field "+name+" does not exist")
		default:
			values[name] = f.stored(c, field)
		}
	}
	return values
}

// stored is a custom field's value as Ontraport keeps it. What the field cannot hold is lost.
func (f *fake) stored(c *call, field *fakeField) string {
	value := c.params.text(field.name)
	if value == "" || field.takes(value) {
		return value
	}
	f.Unexpected(c.r, "the field "+field.alias+" does not take this value")
	return "0"
}

func (f *fakeField) takes(value string) bool {
	switch f.kind {
	case "drop", "list":
		for _, id := range strings.Split(strings.Trim(value, "*/"), "*/*") {
			if f.option(id) == "?" {
				return false
			}
		}
		return f.kind == "list" || !strings.Contains(value, "*/*")
	case "fulldate", "numeric", "check":
		return strings.Trim(value, "-0123456789") == ""
	}
	return true
}

func (f *fake) createContact(c *call) {
	if f.refusesNew(c) {
		return
	}
	f.answerNew(c, f.newContact(f.fieldValues(c)))
}

// saveContact updates the contact with that address, or makes one. It sees only contacts that were there when it began, unless
// the switch save-race says otherwise.
func (f *fake) saveContact(c *call) {
	if f.refusesEmail(c) {
		return
	}
	found := slices.Clone(f.byEmail[f.emailKey(c.params.text("email"))])
	if f.is("save-race") == "two" {
		found = slices.DeleteFunc(found, func(other *fakeContact) bool { return other.made.After(c.began) })
	}
	if len(found) == 0 {
		f.createContact(c)
		return
	}
	chosen := found[0]
	if f.is("same-email") == "newest" {
		chosen = found[len(found)-1]
	}
	f.answerUpdate(c, chosen, f.change(c, chosen))
}

func (f *fake) updateContact(c *call) {
	contact := f.byID[c.params.number("id")]
	if contact == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	if c.params.text("email") != "" && f.refusesEmail(c) {
		return
	}
	f.answerUpdate(c, contact, f.change(c, contact))
}

func (f *fake) refusesEmail(c *call) bool {
	if address.Valid(c.params.text("email")) {
		return false
	}
	c.refuse(http.StatusUnprocessableEntity, "Invalid email address")
	return true
}

func (f *fake) refusesNew(c *call) bool {
	if email := c.params.text("email"); email != "" && f.refusesEmail(c) {
		return true
	}
	if !f.full() {
		return false
	}
	status := map[string]int{"403": http.StatusForbidden, "400": http.StatusBadRequest, "422": http.StatusUnprocessableEntity}[f.is("plan-full")]
	c.refuse(status, "You have reached the contact limit of your plan.")
	return true
}

// newContact makes a contact, which may start automations.
func (f *fake) newContact(values map[string]string) *fakeContact {
	if _, told := values["bulk_mail"]; !told {
		values["bulk_mail"] = strings.TrimPrefix(f.is("new-bulk-mail"), "null")
	}
	contact := f.addContact(values)
	f.runs = append(f.runs, sandbox.Started(f.automations, values["email"], "")...)
	return contact
}

func (f *fake) answerNew(c *call, contact *fakeContact) {
	data := map[string]string{"id": itoa(contact.id), "owner": "1", "use_utm_names": "false"}
	maps.Copy(data, contact.values)
	delete(data, "bulk_mail")
	c.ok(data)
}

// change writes values into a contact and returns those that are new to it. Blanks overwrite unless ignore_blanks says not to.
func (f *fake) change(c *call, contact *fakeContact) map[string]string {
	changed := map[string]string{}
	for name, value := range f.fieldValues(c) {
		if value == "" && c.params.yes("ignore_blanks") || contact.values[name] == value {
			continue
		}
		if name == "email" {
			f.moveEmail(contact, value)
		}
		contact.values[name] = value
		changed[name] = value
	}
	contact.edited = time.Now()
	return changed
}

func (f *fake) moveEmail(contact *fakeContact, email string) {
	old, now := f.emailKey(contact.values["email"]), f.emailKey(email)
	if old == now {
		return
	}
	f.byEmail[old] = slices.DeleteFunc(f.byEmail[old], func(other *fakeContact) bool { return other == contact })
	f.byEmail[now] = append(f.byEmail[now], contact)
}

// answerUpdate answers with what has changed, in one of the shapes that were seen.
func (f *fake) answerUpdate(c *call, contact *fakeContact, changed map[string]string) {
	some := len(changed) > 0
	if f.is("update-shape") == "data" {
		changed["id"] = itoa(contact.id)
		c.ok(changed)
		return
	}
	changed["dlm"] = itoa(int(contact.edited.Unix()))
	if setting := f.is("attrs-id"); setting == "always" || setting == "changed" && some {
		changed["id"] = itoa(contact.id)
	}
	c.ok(map[string]any{"attrs": changed})
}

func (f *fake) oneContact(c *call) {
	contact := f.byID[c.params.number("id")]
	if contact == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	c.ok(f.row(contact, nil))
}

func (f *fake) deleteContact(c *call) {
	contact := f.byID[c.params.number("id")]
	if contact == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	f.dropContact(contact)
	c.bare()
}

// bare is the envelope without data.
func (c *call) bare() {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"code": 0, "account_id": sandboxAccount})
}

// deleteEverybody is what Ontraport does with DELETE /Contacts and no criteria. No careful client calls it.
func (f *fake) deleteEverybody(c *call) {
	f.Unexpected(c.r, "this deletes contacts in bulk")
	for _, contact := range f.matching(c) {
		f.dropContact(contact)
	}
	c.ok("Deleted")
}

func (f *fake) getByEmail(c *call) {
	found := f.byEmail[f.emailKey(c.params.text("email"))]
	if len(found) == 0 || c.params.text("objectID") != "0" {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	if !c.params.yes("all") {
		c.ok(map[string]string{"id": itoa(found[0].id)})
		return
	}
	var ids []string
	for _, contact := range found {
		ids = append(ids, itoa(contact.id))
	}
	c.ok(map[string]any{"ids": ids})
}
