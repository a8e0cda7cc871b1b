package keap

import (
	"net/http"
	"slices"
	"strings"
)

// routeV2 registers what REST v2 has of contacts, tags, custom fields and automations (Keap API v2, OpenAPI).
func (f *fake) routeV2() {
	const v2 = "/crm/rest/v2"
	f.route("GET", v2+"/oauth/connect/userinfo", f.userInfo)
	f.route("GET", v2+"/businessProfile", f.businessProfile)
	f.route("GET", v2+"/contacts", f.listContacts)
	f.route("POST", v2+"/contacts", f.createContact)
	f.route("POST", v2+"/contacts:merge", f.mergeContacts)
	f.route("GET", v2+"/contacts/{id}", f.withContact(f.showContact))
	f.route("PATCH", v2+"/contacts/{id}", f.withContact(f.patchContact))
	f.route("DELETE", v2+"/contacts/{id}", f.withContact(f.deleteContact))
	f.route("GET", v2+"/contacts/{id}/tags", f.withContact(f.contactTags))
	f.route("GET", v2+"/emailAddresses/{email}/status", f.emailStatus)
	f.route("PATCH", v2+"/emailAddresses/{email}/status", f.changeEmailStatus)
	f.routeModel(v2)
	f.routeTags(v2)
	f.route("GET", v2+"/automations", f.listAutomations)
	f.route("GET", v2+"/campaigns", f.listCampaigns)
	f.route("GET", v2+"/campaigns/{id}/goals", f.listGoals)
}

// withContact finds the contact that the path names.
func (f *fake) withContact(answer func(*call, *contact) reply) handler {
	return func(c *call) reply {
		id, refused := c.id("id")
		if refused != nil {
			return *refused
		}
		found := f.store.contacts[id]
		if found == nil {
			return c.fail(http.StatusNotFound, "contact not found")
		}
		return answer(c, found)
	}
}

// createContact makes a contact, or updates the one that duplicate_option finds: 201 or 200.
func (f *fake) createContact(c *call) reply {
	shape, refused := f.shape(c)
	if refused != nil {
		return *refused
	}
	option := c.URL.Query().Get("duplicate_option")
	if option != "" && !slices.Contains([]string{"Email", "EmailAndName", "EmailAndNameAndCompany"}, option) {
		return c.fail(http.StatusBadRequest, "duplicate_option is invalid")
	}
	body, refused := f.readContact(c)
	if refused != nil {
		return *refused
	}
	if body.DuplicateOption != "" || body.OptInReason != "" {
		return c.fail(http.StatusBadRequest, "request body is invalid")
	}
	if f.is("upsert-option", "ignored") {
		option = ""
	}
	changed, isNew, refused := f.upsert(c, body, option)
	if refused != nil {
		return *refused
	}
	if isNew {
		return created(f.contactJSON(changed, shape))
	}
	return ok(f.contactJSON(changed, shape))
}

// upsert is what v1, v2 and XML-RPC share.
func (f *fake) upsert(c *call, body *contactBody, option string) (*contact, bool, *reply) {
	if (body.EmailAddresses == nil || len(*body.EmailAddresses) == 0) && len(body.PhoneNumbers) == 0 && len(body.Addresses) == 0 {
		refused := c.fail(http.StatusBadRequest, "Contact must contain at least one item in email_addresses, phone_numbers, or addresses")
		return nil, false, &refused
	}
	if option != "" && body.first() != "" {
		given, family := text(body.GivenName), text(body.FamilyName)
		if twin := f.store.twin(body.first(), given, family, option); twin != nil {
			replace := !c.v1() && f.is("upsert-lists", "replace")
			f.store.change(twin, func() { body.writeInto(twin, c.v1(), replace) })
			return twin, false, nil
		}
	}
	if f.store.full() {
		return nil, false, f.planFull(c)
	}
	fresh := &contact{}
	body.writeInto(fresh, c.v1(), true)
	f.store.add(fresh)
	f.store.start("", fresh)
	return fresh, true, nil
}

func (f *fake) planFull(c *call) *reply {
	status := http.StatusForbidden
	if f.is("plan-full", "400") {
		status = http.StatusBadRequest
	}
	refused := c.fail(status, "Contact limit exceeded for this application")
	return &refused
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

func (f *fake) showContact(c *call, found *contact) reply {
	shape, refused := f.shape(c)
	if refused != nil {
		return *refused
	}
	return ok(f.contactJSON(found, shape))
}

// patchContact changes what the body has, or exactly what update_mask names: lists are replaced whole, and what the mask names
// and the body lacks is emptied.
func (f *fake) patchContact(c *call, found *contact) reply {
	shape, refused := f.shape(c)
	if refused != nil {
		return *refused
	}
	body, refused := f.readContact(c)
	if refused != nil {
		return *refused
	}
	if mask := c.URL.Query()["update_mask"]; len(mask) > 0 {
		names := strings.Split(strings.Join(mask, ","), ",")
		if unknown := slices.IndexFunc(names, func(name string) bool { return !slices.Contains(contactProperties(), name) }); unknown >= 0 {
			return c.fail(http.StatusBadRequest, "update_mask is invalid: "+names[unknown])
		}
		body.keepOnly(names)
	}
	f.store.change(found, func() { body.writeInto(found, false, true) })
	return ok(f.contactJSON(found, shape))
}

// keepOnly applies an update mask to a body.
func (b *contactBody) keepOnly(names []string) {
	blank := ""
	masked := contactBody{}
	if slices.Contains(names, "given_name") {
		masked.GivenName = orElse(b.GivenName, &blank)
	}
	if slices.Contains(names, "family_name") {
		masked.FamilyName = orElse(b.FamilyName, &blank)
	}
	if slices.Contains(names, "email_addresses") {
		masked.EmailAddresses = orElse(b.EmailAddresses, &[]emailBody{})
	}
	if slices.Contains(names, "custom_fields") {
		masked.CustomFields = orElse(b.CustomFields, &[]contentBody{})
	}
	*b = masked
}

func orElse[T any](value, otherwise *T) *T {
	if value == nil {
		return otherwise
	}
	return value
}

func (f *fake) deleteContact(_ *call, found *contact) reply {
	f.store.remove(found)
	return noContent()
}

func (f *fake) emailStatus(c *call) reply {
	found := f.store.named(c.PathValue("email"))
	if len(found) == 0 {
		return c.fail(http.StatusNotFound, "email address not found")
	}
	return ok(statusJSON(found[0].emails[0]))
}

// changeEmailStatus is the one way to raise or lower consent after the first day. AllySwitch never calls it.
func (f *fake) changeEmailStatus(c *call) reply {
	var body struct {
		OptedIn bool   `json:"opted_in"`
		Reason  string `json:"reason"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	found := f.store.named(c.PathValue("email"))
	if len(found) == 0 {
		return c.fail(http.StatusNotFound, "email address not found")
	}
	for _, one := range found {
		one.emails[0].status = "MANUAL"
		if body.OptedIn {
			one.emails[0].status = "SINGLE_OPT_IN"
		}
	}
	return ok(statusJSON(found[0].emails[0]))
}

func statusJSON(e email) map[string]any {
	return map[string]any{"email": e.address, "opted_in": stateName(e.status) == "active", "status": e.status}
}
