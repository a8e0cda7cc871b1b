package ontraport

import (
	"net/http"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

func (f *fake) listTags(c *call) {
	f.checkListParams(c)
	rows := []map[string]any{}
	for _, tag := range page(f.tags, c.params) {
		rows = append(rows, tag.row())
	}
	c.list(rows, -1)
}

func (t *fakeTag) row() map[string]any {
	return map[string]any{"tag_id": itoa(t.id), "tag_name": t.name, "object_type_id": t.object}
}

func (f *fake) createTag(c *call) {
	name := c.params.text("tag_name")
	if f.is("tag-space") == "trimmed" {
		name = strings.TrimSpace(name)
	}
	if long := []rune(name); len(long) > 64 && f.is("tag-length") == "cut" {
		name = string(long[:64])
	}
	if name == "" || len([]rune(name)) > 64 && f.is("tag-length") == "refused" {
		c.refuse(http.StatusUnprocessableEntity, "Invalid tag name")
		return
	}
	existing := f.tagByName(name)
	switch setting := f.is("tag-exists"); {
	case existing != nil && setting == "existing":
		c.ok(existing.row())
	case existing != nil && setting == "refused":
		c.refuse(http.StatusBadRequest, "A tag with this name already exists")
	default:
		c.ok(f.addTag(name).row())
	}
}

func (f *fake) oneTag(c *call) {
	tag := f.tagByID(c.params.number("id"))
	if tag == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	c.ok(tag.row())
}

// listObjects, createObject and oneObject are the paths that serve all object types alike.
func (f *fake) listObjects(c *call) { f.byType(c, f.listContacts, f.listTags) }

func (f *fake) createObject(c *call) { f.byType(c, f.createContact, f.createTag) }

func (f *fake) oneObject(c *call) { f.byType(c, f.oneContact, f.oneTag) }

func (f *fake) byType(c *call, contact, tag func(*call)) {
	switch c.params.text("objectID") {
	case "0":
		contact(c)
	case "14":
		tag(c)
	default:
		f.Unexpected(c.r, "this sandbox holds contacts and tags only")
		c.refuse(http.StatusNotFound, wordsNotFound)
	}
}

// deleteObject deletes one object of any type by its number.
func (f *fake) deleteObject(c *call) {
	tag := f.tagByID(c.params.number("id"))
	if c.params.text("objectID") == "0" {
		f.deleteContact(c)
		return
	}
	if c.params.text("objectID") != "14" || tag == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	for i, other := range f.tags {
		if other == tag {
			f.tags = append(f.tags[:i:i], f.tags[i+1:]...)
			break
		}
	}
	for _, contact := range f.contacts {
		f.takeTag(contact, tag.id)
	}
	c.bare()
}

// tagged lists the contacts that carry a tag.
func (f *fake) tagged(c *call) {
	f.checkListParams(c)
	tag := f.tagByID(c.params.number("tag_id"))
	if tag == nil {
		tag = f.tagByName(c.params.text("tag_name"))
	}
	if tag == nil {
		c.refuse(http.StatusNotFound, wordsNotFound)
		return
	}
	var found []*fakeContact
	for _, contact := range f.contacts {
		for _, id := range contact.tags {
			if id == tag.id {
				found = append(found, contact)
			}
		}
	}
	f.answerContacts(c, found)
}

func (f *fake) addTags(c *call) {
	ids, ok := f.taggingIDs(c)
	if !ok {
		return
	}
	for _, tagID := range c.params.ids("add_list") {
		tag := f.tagByID(tagID)
		if tag == nil {
			f.Unexpected(c.r, "there is no such tag")
			continue
		}
		f.soon(ids, func(contact *fakeContact) { f.putTag(contact, tag) })
	}
	c.ok(wordsTagging)
}

func (f *fake) addTagsByName(c *call) {
	ids, ok := f.taggingIDs(c)
	if !ok {
		return
	}
	names, _ := c.params["add_names"].([]any)
	for _, name := range names {
		tag := f.tagNamed(asText(name))
		f.soon(ids, func(contact *fakeContact) { f.putTag(contact, tag) })
	}
	c.ok(wordsTagging)
}

func (f *fake) removeTags(c *call) {
	ids, ok := f.taggingIDs(c)
	if !ok {
		return
	}
	for _, tagID := range c.params.ids("remove_list") {
		f.soon(ids, func(contact *fakeContact) { f.takeTag(contact, tagID) })
	}
	c.ok(wordsTagging)
}

// taggingIDs are the contacts of a tagging call. Without any it would be about everybody, which no careful client wants.
func (f *fake) taggingIDs(c *call) (ids []int, ok bool) {
	ids = c.params.ids("ids")
	if c.params.text("objectID") != "0" || len(ids) == 0 {
		f.Unexpected(c.r, "tagging without ids is about all contacts")
		c.refuse(http.StatusBadRequest, "Missing ids")
		return nil, false
	}
	limit := f.is("tag-ids")
	if len(ids) <= 100 || limit == "any" {
		return ids, true
	}
	if limit == "100-500" {
		c.refuse(http.StatusInternalServerError, "Internal Server Error")
	} else {
		c.refuse(http.StatusBadRequest, "Too many ids")
	}
	return nil, false
}

// soon does something to contacts some time after the answer. Contacts that are not there are left out without a word.
func (f *fake) soon(ids []int, what func(*fakeContact)) {
	delay, err := time.ParseDuration(f.is("tag-delay"))
	if err != nil {
		delay = 0
	}
	f.Later(delay, func() {
		for _, id := range ids {
			if contact := f.byID[id]; contact != nil {
				what(contact)
			}
		}
	})
}

func (f *fake) listAutomations(c *call) {
	rows := []map[string]any{}
	for i, automation := range f.automations {
		if automation.Rule {
			continue
		}
		pause := "1"
		if automation.Active {
			pause = "0"
		}
		rows = append(rows, map[string]any{
			"id": itoa(i + 1), "name": automation.Name, "date": "1538154601", "dlm": "1538154601", "object_type_id": "0", "pause": pause, "deleted": "0",
		})
	}
	c.list(page(rows, c.params), -1)
}

func (f *fake) listWebhooks(c *call) { c.list(page(f.hooks, c.params), -1) }

func (f *fake) createWebhook(c *call) {
	if c.params.text("url") == "" || c.params.text("event") == "" {
		c.refuse(http.StatusBadRequest, "Missing required parameters")
		return
	}
	hook := map[string]any{
		"id": itoa(f.next()), "event": c.params.text("event"), "url": c.params.text("url"), "data": "", "last_hook": nil, "last_code": "0", "last_payload": "",
	}
	f.hooks = append(f.hooks, hook)
	c.ok(hook)
}

func (f *fake) deleteWebhook(c *call) {
	for i, hook := range f.hooks {
		if hook["id"] == c.params.text("id") {
			f.hooks = append(f.hooks[:i:i], f.hooks[i+1:]...)
			c.bare()
			return
		}
	}
	c.refuse(http.StatusNotFound, wordsNotFound)
}

var _ sandbox.Sandbox = (*fake)(nil)
