package keap

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (f *fake) routeTags(v2 string) {
	f.route("GET", v2+"/tags", f.listTags)
	f.route("POST", v2+"/tags", f.createTag)
	f.route("GET", v2+"/tags/{id}", f.withTag(func(_ *call, t *tag) reply { return ok(tagJSON(t)) }))
	f.route("PATCH", v2+"/tags/{id}", f.withTag(f.patchTag))
	f.route("DELETE", v2+"/tags/{id}", f.withTag(f.deleteTag))
	f.route("GET", v2+"/tags/{id}/contacts", f.withTag(f.taggedContacts))
	f.route("POST", v2+"/tags/{id}/contacts:applyTags", f.withTag(f.applyTags))
	f.route("POST", v2+"/tags/{id}/contacts:removeTags", f.withTag(f.removeTags))
	f.route("GET", v2+"/tags/categories", f.listCategories)
	f.route("POST", v2+"/tags/categories", f.createCategory)
}

func (f *fake) withTag(answer func(*call, *tag) reply) handler {
	return func(c *call) reply {
		id, refused := c.id("id")
		if refused != nil {
			return *refused
		}
		found := f.store.tags[id]
		if found == nil {
			return c.fail(http.StatusNotFound, "tag not found")
		}
		return answer(c, found)
	}
}

type tagBody struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Category    *struct {
		ID string `json:"id"`
	} `json:"category"`
}

func tagJSON(t *tag) map[string]any {
	shown := map[string]any{"id": strconv.FormatInt(t.id, 10), "name": t.name, "description": t.detail,
		"create_time": stamp(t.created), "update_time": stamp(t.updated)}
	if t.category != 0 {
		shown["category"] = map[string]any{"id": strconv.FormatInt(t.category, 10)}
	}
	return shown
}

// createTag saves up to 255 characters of the name without a word about the rest (Keap API v2, CreateUpdateTagRequest).
func (f *fake) createTag(c *call) reply {
	var body tagBody
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	category := int64(0)
	if body.Category != nil {
		category, _ = strconv.ParseInt(body.Category.ID, 10, 64)
		if f.store.categories[category] == "" {
			return c.fail(http.StatusBadRequest, "category.id is invalid")
		}
	}
	name := cut(strings.TrimSpace(body.Name), 255)
	if name == "" {
		return c.fail(http.StatusBadRequest, "name is required")
	}
	if there := f.store.tagNamed(name); there != nil && !f.is("tag-exists", "second") {
		return f.tagExists(c, there)
	}
	return created(tagJSON(f.store.addTag(name, body.Description, category)))
}

func (f *fake) tagExists(c *call, there *tag) reply {
	switch f.switches["tag-exists"] {
	case "existing":
		return ok(tagJSON(there))
	case "bad-request":
		return c.fail(http.StatusBadRequest, "A tag with this name already exists")
	}
	return c.fail(http.StatusConflict, "A tag with this name already exists")
}

func cut(text string, characters int) string {
	if utf8.RuneCountInString(text) <= characters {
		return text
	}
	return string([]rune(text)[:characters])
}

func (f *fake) patchTag(c *call, t *tag) reply {
	var body tagBody
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	if body.Name != "" {
		t.name = cut(body.Name, 255)
	}
	t.updated = now()
	return ok(tagJSON(t))
}

func (f *fake) deleteTag(_ *call, t *tag) reply {
	for id := range t.contacts {
		delete(f.store.contacts[id].tags, t.id)
	}
	delete(f.store.tags, t.id)
	return noContent()
}

func (f *fake) listTags(c *call) reply {
	p, err := readPage(c.URL.Query(), 1000, "name", "create_time", "update_time")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	conditions, err := parseFilter(c.URL.Query().Get("filter"))
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	all := slices.DeleteFunc(f.store.sortedTags(), func(t *tag) bool { return !f.tagFits(conditions, t) })
	if p.order == "name" {
		slices.SortStableFunc(all, func(a, b *tag) int { return strings.Compare(a.name, b.name) })
	}
	answer := map[string]any{}
	answer["tags"] = each(cutPage(f, c, answer, all, p), tagJSON)
	return ok(answer)
}

func (f *fake) tagFits(conditions []condition, t *tag) bool {
	for _, one := range conditions {
		switch one.name {
		case "name":
			if !one.text(t.name, f.is("tag-case", "fold")) {
				return false
			}
		case "tag_ids":
			if !one.member(t.id) {
				return false
			}
		case "category_id":
			if one.value == "NONE" != (t.category == 0) || one.value != "NONE" && one.value != strconv.FormatInt(t.category, 10) {
				return false
			}
		}
	}
	return true
}

// cutPage takes one page out of a list and puts the token of the next into the answer.
func cutPage[T any](f *fake, c *call, answer map[string]any, all []T, p page) []T {
	from := min(int(p.from), len(all))
	to := min(from+p.size, len(all))
	f.next(c, answer, int64(to), to < len(all))
	return all[from:to]
}

func each[T, U any](all []T, show func(T) U) []U {
	shown := make([]U, len(all))
	for i, one := range all {
		shown[i] = show(one)
	}
	return shown
}

func (f *fake) listCategories(c *call) reply {
	p, err := readPage(c.URL.Query(), 1000, "name", "create_time", "update_time")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	answer := map[string]any{}
	all := slices.Sorted(maps.Keys(f.store.categories))
	answer["tag_categories"] = each(cutPage(f, c, answer, all, p), func(id int64) map[string]any {
		return map[string]any{"id": strconv.FormatInt(id, 10), "name": f.store.categories[id]}
	})
	return ok(answer)
}

func (f *fake) createCategory(c *call) reply {
	var body struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	for _, name := range f.store.categories {
		if name == body.Name {
			return c.fail(http.StatusConflict, "A tag category with this name already exists")
		}
	}
	id := f.store.nextID()
	f.store.categories[id] = body.Name
	return created(map[string]any{"id": strconv.FormatInt(id, 10), "name": body.Name})
}

// taggedContacts is the only bulk way to read who carries a tag.
func (f *fake) taggedContacts(c *call, t *tag) reply {
	p, err := readPage(c.URL.Query(), 1000, "given_name", "family_name", "email", "applied_time")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	members := t.members()
	at, _ := slices.BinarySearch(members, p.from+1)
	to := min(at+p.size, len(members))
	answer := map[string]any{}
	answer["contacts"] = each(members[at:to], func(id int64) map[string]any {
		one := f.store.contacts[id]
		return map[string]any{"id": strconv.FormatInt(id, 10), "email": one.emails[0].address, "given_name": one.given,
			"family_name": one.family, "applied_time": stamp(t.contacts[id])}
	})
	if to > at {
		f.next(c, answer, members[to-1], to < len(members))
	} else {
		f.next(c, answer, 0, false)
	}
	return ok(answer)
}

func (f *fake) contactTags(c *call, one *contact) reply {
	p, err := readPage(c.URL.Query(), 1000, "applied_time", "name")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	answer := map[string]any{}
	answer["tags"] = each(cutPage(f, c, answer, tagIDs(one), p), func(text string) map[string]any {
		id, _ := strconv.ParseInt(text, 10, 64)
		return map[string]any{"tag": tagJSON(f.store.tags[id]), "applied_time": stamp(one.tags[id])}
	})
	return ok(answer)
}
