package wptest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
)

// writing answers a route that writes: it asks whether anything hinders, works, and may lose the answer.
func (h *Handler) writing(q *question, function string, work func(given map[string]json.RawMessage) reply) reply {
	return h.needing(function, func() reply {
		given := q.json()
		if wanted := text(given["system"]); wanted != "" && wanted != h.system {
			return data(http.StatusConflict, object{"code": "allyswitch_other_system", "message": "The CRM in AccessAlly is not the one expected. Nothing was written.",
				"data": object{"status": http.StatusConflict, "system": h.system}})
		}
		if h.is(BusyOnce) && h.first("busy") {
			return refuse(http.StatusConflict, "allyswitch_busy", "Another request is writing. Nothing was written.")
		}
		answer := work(given)
		answer.lost = h.is(LostAnswers) && h.first("write "+string(q.body))
		return answer
	})
}

// find is the account of a user, nil for none.
func (h *Handler) find(id int64) *account {
	if at := h.after(id - 1); at < len(h.people) && h.people[at].ID == id {
		return h.people[at]
	}
	return nil
}

// after is the place of the first user with a greater ID: people are in order of ID.
func (h *Handler) after(id int64) int {
	return sort.Search(len(h.people), func(i int) bool { return h.people[i].ID > id })
}

// results is the answer of a route that writes.
func (h *Handler) results(list []object, more object) reply {
	counts := map[string]int{}
	for _, each := range list {
		counts[each["result"].(string)]++
	}
	answer := object{"results": list, "counts": counts, "mails_held_back": 0, "memory": 9437184, "seconds": 0.4, "queries": 31}
	for name, value := range more {
		answer[name] = value
	}
	return data(http.StatusOK, answer)
}

// late says whether a request has no time for one more.
func (h *Handler) late(done int) bool { return h.is(SlowWrites) && done >= 10 }

type link struct {
	UserID    int64   `json:"user_id"`
	ContactID *string `json:"contact_id"`
	Expected  *string `json:"expected"`
}

func (h *Handler) setContacts(given map[string]json.RawMessage) reply {
	var links []link
	if given["links"] == nil {
		return data(http.StatusBadRequest, object{"code": "rest_missing_callback_param", "message": "Missing parameter(s): links", "data": object{"status": 400, "params": []string{"links"}}})
	}
	if json.Unmarshal(given["links"], &links) != nil {
		return invalid("links", "rest_invalid_type", "links is not of type array.")
	}
	if refused, bad := refusedLinks(links); bad {
		return refused
	}
	dry := string(given["dry_run"]) == "true"
	list := []object{}
	for _, each := range links {
		list = append(list, h.setContact(each, dry, h.late(len(list))))
	}
	return h.results(list, object{"dry_run": dry})
}

func refusedLinks(links []link) (reply, bool) {
	if len(links) > 1000 {
		return tooMany(1000), true
	}
	users, contacts := map[int64]bool{}, map[string]bool{}
	for i, each := range links {
		if each.UserID < 1 || each.ContactID == nil || !regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`).MatchString(*each.ContactID) {
			return invalid("links", "rest_invalid_pattern", fmt.Sprintf("links[%d][contact_id] does not match the pattern.", i)), true
		}
		twice := func(code string, id any) reply {
			return data(http.StatusBadRequest, object{"code": code, "message": "Named twice. Nothing was written.", "data": object{"status": 400, "ids": []any{id}}})
		}
		switch {
		case users[each.UserID]:
			return twice("allyswitch_same_user_twice", each.UserID), true
		case *each.ContactID != "" && contacts[*each.ContactID]:
			return twice("allyswitch_same_contact_twice", *each.ContactID), true
		}
		users[each.UserID], contacts[*each.ContactID] = true, true
	}
	return reply{}, false
}

func (h *Handler) setContact(link link, dry, late bool) object {
	result := func(what string, before, after any) object {
		return object{"user_id": link.UserID, "result": what, "before": before, "after": after}
	}
	who := h.find(link.UserID)
	switch {
	case late:
		return result("left", nil, nil)
	case who == nil:
		return result("not_found", nil, nil)
	case who.contact == *link.ContactID:
		return result("already", who.contact, who.contact)
	case link.Expected != nil && *link.Expected != who.contact:
		return result("changed", who.contact, who.contact)
	}
	before := who.contact
	if !dry {
		who.contact = *link.ContactID
	}
	return result("set", before, *link.ContactID)
}

func (h *Handler) refresh(given map[string]json.RawMessage) reply {
	var ids []int64
	if json.Unmarshal(given["ids"], &ids) != nil {
		return invalid("ids", "rest_invalid_type", "ids is not of type array.")
	}
	if len(ids) > 25 {
		return tooMany(25)
	}
	list := []object{}
	for _, id := range ids {
		list = append(list, h.refreshed(id, h.late(len(list))))
	}
	return h.results(list, nil)
}

func (h *Handler) refreshed(id int64, late bool) object {
	who := h.find(id)
	switch {
	case who == nil:
		return object{"user_id": id, "result": "not_found"}
	case late:
		return object{"user_id": id, "result": "left"}
	}
	before := h.tags.ids(h.kept[who.contact])
	result := object{"user_id": id, "contact_id": object{"before": who.contact, "after": who.contact}, "tags": object{"before": before, "after": before}, "password_changed": false}
	tags, known := h.crm[who.contact]
	switch {
	case who.contact == "":
		result["result"] = "no_contact"
	case !known:
		result["result"], result["message"] = "failed", "The CRM has no such contact."
	default:
		h.kept[who.contact] = h.tags.named(tags)
		result["result"], result["tags"] = "refreshed", object{"before": before, "after": tags}
	}
	return result
}

// named are the names of tags by ID.
func (t tagNames) named(ids []string) []string {
	var names []string
	for _, name := range t.list {
		if slices.Contains(ids, t.id(name)) {
			names = append(names, name)
		}
	}
	return names
}

func (h *Handler) restoreTags(given map[string]json.RawMessage) reply {
	var changes []struct {
		UserID   int64    `json:"user_id"`
		Tags     []string `json:"tags"`
		Expected []string `json:"expected"`
	}
	if json.Unmarshal(given["changes"], &changes) != nil {
		return invalid("changes", "rest_invalid_type", "changes is not of type array.")
	}
	if len(changes) > 500 {
		return tooMany(500)
	}
	list := []object{}
	for _, change := range changes {
		list = append(list, h.restored(change.UserID, change.Tags, change.Expected))
	}
	return h.results(list, nil)
}

func (h *Handler) restored(id int64, tags, expected []string) object {
	result := func(what string, before, after any) object {
		return object{"user_id": id, "result": what, "before": before, "after": after}
	}
	who := h.find(id)
	if who == nil {
		return result("not_found", nil, nil)
	}
	before := h.tags.ids(h.kept[who.contact])
	switch {
	case who.contact == "":
		return result("no_contact", before, before)
	case sameSet(before, tags):
		return result("already", before, before)
	case expected != nil && !sameSet(before, expected):
		return result("changed", before, before)
	}
	h.kept[who.contact] = h.tags.named(tags)
	return result("set", before, h.tags.ids(h.kept[who.contact]))
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
