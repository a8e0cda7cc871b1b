package keap

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// routeV1 registers what REST v1 has that v2 lacks, or that clients of Keap still use.
func (f *fake) routeV1() {
	const v1 = "/crm/rest/v1"
	f.route("GET", v1+"/oauth/connect/userinfo", f.userInfo)
	f.route("GET", v1+"/account/profile", f.businessProfile)
	f.route("GET", v1+"/contacts", f.listContactsV1)
	f.route("POST", v1+"/contacts", f.createContactV1)
	f.route("PUT", v1+"/contacts", f.upsertContactV1)
	f.route("GET", v1+"/contacts/{id}", f.withContact(func(_ *call, one *contact) reply { return ok(f.contactJSONV1(one)) }))
	f.route("PATCH", v1+"/contacts/{id}", f.withContact(f.patchContactV1))
	f.route("DELETE", v1+"/contacts/{id}", f.withContact(f.deleteContact))
	f.routeTagsV1(v1)
	f.routeHooks(v1)
}

// pageV1 cuts a list by limit and offset.
func pageV1[T any](query url.Values, all []T) ([]T, error) {
	limit, offset := 1000, 0
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		if text := query.Get(name); text != "" {
			value, err := strconv.Atoi(text)
			if err != nil || value < 0 {
				return nil, fmt.Errorf("%s is invalid", name)
			}
			*into = value
		}
	}
	from := min(offset, len(all))
	return all[from:min(from+min(limit, 1000), len(all))], nil
}

// listContactsV1 is the only listing that tells how many contacts there are.
func (f *fake) listContactsV1(c *call) reply {
	query := c.URL.Query()
	all := f.ordered(page{})
	if address := query.Get("email"); address != "" {
		all = f.store.named(address)
	}
	some, err := pageV1(query, all)
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	return ok(map[string]any{"contacts": each(some, f.contactJSONV1), "count": len(all), "next": "", "previous": ""})
}

func (f *fake) contactJSONV1(one *contact) map[string]any {
	shown := map[string]any{"id": one.id, "given_name": one.given, "family_name": one.family, "email_addresses": emailsShown(one),
		"email_status": one.emails[0].status, "email_opted_in": stateName(one.emails[0].status) == "active", "date_created": stamp(one.created)}
	var tags []int64
	for id := range one.tags {
		tags = append(tags, id)
	}
	slices.Sort(tags)
	shown["tag_ids"] = tags
	var contents []map[string]any
	for _, field := range f.store.fields {
		contents = append(contents, map[string]any{"id": field.id, "content": one.fields[field.id]})
	}
	shown["custom_fields"] = contents
	return shown
}

func (f *fake) createContactV1(c *call) reply {
	body, refused := f.readContact(c)
	if refused != nil {
		return *refused
	}
	one, _, refused := f.upsert(c, body, "")
	if refused != nil {
		return *refused
	}
	return created(f.contactJSONV1(one))
}

// upsertContactV1 answers 200 for both a new and a changed contact.
func (f *fake) upsertContactV1(c *call) reply {
	body, refused := f.readContact(c)
	if refused != nil {
		return *refused
	}
	if !slices.Contains([]string{"Email", "EmailAndName"}, body.DuplicateOption) {
		return c.fail(http.StatusBadRequest, "duplicate_option is invalid")
	}
	one, _, refused := f.upsert(c, body, body.DuplicateOption)
	if refused != nil {
		return *refused
	}
	return ok(f.contactJSONV1(one))
}

func (f *fake) patchContactV1(c *call, one *contact) reply {
	body, refused := f.readContact(c)
	if refused != nil {
		return *refused
	}
	f.store.change(one, func() { body.writeInto(one, true, false) })
	return ok(f.contactJSONV1(one))
}

func (f *fake) routeHooks(v1 string) {
	f.route("GET", v1+"/hooks", func(*call) reply { return ok(each(f.store.hooks, hookJSON)) })
	f.route("POST", v1+"/hooks", f.createHook)
	f.route("GET", v1+"/hooks/event_keys", func(*call) reply { return ok(hookEvents()) })
	f.route("GET", v1+"/hooks/{key}", f.withHook(func(h *hook) reply { return ok(hookJSON(h)) }))
	f.route("POST", v1+"/hooks/{key}/verify", f.withHook(func(h *hook) reply { h.status = "Verified"; return ok(hookJSON(h)) }))
	f.route("DELETE", v1+"/hooks/{key}", f.withHook(func(h *hook) reply {
		f.store.hooks = slices.DeleteFunc(f.store.hooks, func(one *hook) bool { return one == h })
		return noContent()
	}))
}

func hookEvents() []string {
	return []string{"contact.add", "contact.delete", "contact.edit", "contactGroup.applied", "contactGroup.removed"}
}

func hookJSON(h *hook) map[string]any {
	return map[string]any{"key": h.key, "hookUrl": h.url, "eventKey": h.event, "status": h.status}
}

func (f *fake) withHook(answer func(*hook) reply) handler {
	return func(c *call) reply {
		for _, h := range f.store.hooks {
			if h.key == c.PathValue("key") {
				return answer(h)
			}
		}
		return c.fail(http.StatusNotFound, "hook not found")
	}
}

// createHook stores a subscription. It gets no events until its address has echoed the secret it was sent.
func (f *fake) createHook(c *call) reply {
	var body struct {
		EventKey string `json:"eventKey"`
		HookURL  string `json:"hookUrl"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	target, err := url.Parse(body.HookURL)
	if err != nil || target.Scheme != "https" || !slices.Contains(hookEvents(), body.EventKey) {
		return c.fail(http.StatusBadRequest, "eventKey or hookUrl is invalid")
	}
	h := &hook{key: strconv.FormatInt(f.store.nextID(), 10), url: body.HookURL, event: body.EventKey, status: "Unverified"}
	f.store.hooks = append(f.store.hooks, h)
	return created(hookJSON(h))
}
