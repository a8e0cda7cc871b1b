package drip

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm/sandbox"
)

// statuses are the people that each filter of the list leaves.
func statuses() map[string][]string {
	return map[string][]string{
		"all":                    {"active", "unsubscribed", "undeliverable", "unconfirmed"},
		"active":                 {"active"},
		"":                       {"active"},
		"unsubscribed":           {"unsubscribed"},
		"active_or_unsubscribed": {"active", "unsubscribed"},
		"undeliverable":          {"undeliverable"},
	}
}

func (f *fake) listPeople(c *call) {
	query := c.r.URL.Query()
	wanted, known := statuses()[query.Get("status")]
	if !known {
		f.Unexpected(c.r, "there is no such status")
		refuse(c.w, http.StatusUnprocessableEntity, fault{"unavailable_error", "status", "Status is not available"})
		return
	}
	for name := range query {
		if !slices.Contains([]string{"status", "tags", "subscribed_before", "subscribed_after", "page", "per_page"}, name) {
			f.Unexpected(c.r, "the list does not know the parameter "+name)
		}
	}
	found := f.people
	if query.Get("status") != "all" || query.Get("tags") != "" {
		found = f.filter(wanted, query.Get("tags"))
	}
	if f.is("page-order") == "newest" {
		found = slices.Clone(found)
		slices.Reverse(found)
	}
	page, meta := pageOf(found, c.number("page", 1), min(c.number("per_page", 100), 1000))
	shown := []any{}
	for _, p := range page {
		shown = append(shown, p.json())
	}
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("subscribers"), "meta": meta, "subscribers": shown})
}

// filter leaves people in these states who carry at least one of the tags.
func (f *fake) filter(statuses []string, tags string) []*person {
	var found []*person
	for _, p := range f.people {
		carries := tags == "" || slices.ContainsFunc(strings.Split(tags, ","), func(tag string) bool { return slices.Contains(p.tags, tag) })
		if carries && slices.Contains(statuses, p.status) {
			found = append(found, p)
		}
	}
	return found
}

// person finds who a path is about, and answers 404 when there is nobody, or nobody that this call knows.
func (f *fake) person(c *call, setting string) *person {
	p := f.find(c.args[0])
	if p != nil && p.status != "active" && setting != "found" && setting != "works" {
		status, _ := strconv.Atoi(setting)
		refuse(c.w, status, notFound())
		return nil
	}
	if p == nil {
		refuse(c.w, http.StatusNotFound, notFound())
	}
	return p
}

func (f *fake) fetchPerson(c *call) {
	if p := f.person(c, f.is("inactive-lookup")); p != nil {
		f.answer(c, p)
	}
}

func (f *fake) answerPerson(c *call) {
	if p := f.person(c, "found"); p != nil {
		f.answer(c, p)
	}
}

func (f *fake) deletePerson(c *call) {
	if p := f.person(c, f.is("inactive-delete")); p != nil {
		f.drop(p)
		c.w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fake) unsubscribe(c *call) {
	if p := f.person(c, "found"); p != nil {
		p.status = "unsubscribed"
		f.answer(c, p)
	}
}

func (f *fake) unsubscribeBatch(c *call) {
	var body struct {
		Batches []struct {
			Subscribers []struct{ Email string } `json:"subscribers"`
		} `json:"batches"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Batches) == 0 {
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	for _, one := range body.Batches {
		for _, row := range one.Subscribers {
			if p := f.find(row.Email); p != nil {
				p.status = "unsubscribed"
			}
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
}

func (f *fake) listTags(c *call) {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"tags": f.tags})
}

func (f *fake) listFields(c *call) {
	names := f.fields
	if f.is("field-list") == "with-names" {
		names = append([]string{"first_name", "last_name"}, names...)
	}
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"custom_field_identifiers": names})
}

func (f *fake) applyTag(c *call) {
	var body struct {
		Tags []struct{ Email, Tag string } `json:"tags"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Tags) != 1 {
		f.Unexpected(c.r, "the body is not one tag")
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	if f.met(c) {
		return
	}
	one := body.Tags[0]
	row := written{"email": quoted(one.Email), "tags": quoted(one.Tag)}
	if faults := f.check(row); len(faults) > 0 {
		refuse(c.w, http.StatusUnprocessableEntity, faults...)
		return
	}
	if f.personOf(row) == nil && f.is("tag-stranger") == "404" {
		refuse(c.w, http.StatusNotFound, notFound())
		return
	}
	f.apply(row)
	sandbox.WriteJSON(c.w, http.StatusCreated, map[string]any{})
}

func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text)
	return raw
}

// removeTag reads the tag out of the path, where a period may begin the name of a format.
func (f *fake) removeTag(c *call) {
	tag := c.args[1]
	if f.is("tag-path") == "suffix" {
		tag, _, _ = strings.Cut(tag, ".")
	}
	if p := f.person(c, f.is("inactive-delete")); p != nil {
		f.takeTag(p, tag)
		c.w.WriteHeader(http.StatusNoContent)
	}
}
