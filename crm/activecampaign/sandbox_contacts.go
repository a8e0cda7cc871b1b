package activecampaign

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

func (s *Sandbox) contactRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"GET contacts":         s.listContacts,
		"POST contacts":        s.createContact,
		"POST contact/sync":    s.syncContact,
		"GET contacts/{id}":    s.getContact,
		"PUT contacts/{id}":    s.updateContact,
		"DELETE contacts/{id}": s.deleteContact,
	}
}

// contactInput is a contact in a request: camelCase here, snake_case in imports. Nil means that it was not sent.
type contactInput struct {
	Email       *string `json:"email"`
	FirstName   *string `json:"firstName"`
	LastName    *string `json:"lastName"`
	Phone       *text   `json:"phone"`
	FieldValues []struct {
		Field text `json:"field"`
		Value text `json:"value"`
	} `json:"fieldValues"`
}

// listContacts filters, orders and cuts. Parameters it does not know are ignored, as the vendor does.
func (s *Sandbox) listContacts(c *call) {
	found, total := s.filter(c)
	if descending(c) {
		found = slices.Clone(found)
		slices.Reverse(found)
	}
	from, to := c.window(len(found))
	page := make([]*person, 0, to-from)
	rows := make([]object, 0, to-from)
	for _, id := range found[from:to] {
		page = append(page, s.contacts[id])
		rows = append(rows, s.render(s.contacts[id]))
	}
	answer := object{"scoreValues": []object{}, "contacts": rows, "meta": object{
		"total": digits(total), "sortable": true,
		"page_input": object{"segmentid": 0, "formid": 0, "listid": number(c, "listid"), "tagid": number(c, "tagid"), "limit": to - from, "offset": from,
			"search": nil, "sort": nil, "seriesid": 0, "waitid": 0, "status": -1, "forceQuery": 0, "cacheid": "0"},
	}}
	s.sideLoad(c, page, answer)
	c.reply(http.StatusOK, answer)
}

func number(c *call, name string) int {
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil {
		return 0
	}
	return n
}

func descending(c *call) bool {
	for name, values := range c.query {
		if strings.HasPrefix(name, "orders[") && strings.EqualFold(values[0], "DESC") {
			return true
		}
	}
	return false
}

// filter is the ids of the contacts that fit, rising, and the total to tell.
func (s *Sandbox) filter(c *call) (found []int, total int) {
	if email := c.query.Get("email"); email != "" {
		if p := s.personWith(email); p != nil {
			return []int{p.id}, 1
		}
		return nil, 0
	}
	found = s.order
	if filters := s.filters(c); len(filters) > 0 {
		found = nil
		for _, id := range s.order {
			if fitsAll(s.contacts[id], filters) {
				found = append(found, id)
			}
		}
	}
	inside := between(found, number(c, "id_greater"), number(c, "id_less"))
	if s.setting(switchTotal) == "all" {
		return inside, len(found)
	}
	return inside, len(inside)
}

func fitsAll(p *person, filters []func(*person) bool) bool {
	for _, fits := range filters {
		if !fits(p) {
			return false
		}
	}
	return true
}

// between is the part of rising ids that lies between two others; 0 means no border.
func between(ids []int, greater, less int) []int {
	from, _ := slices.BinarySearch(ids, greater+1)
	to := len(ids)
	if less > 0 {
		to, _ = slices.BinarySearch(ids, less)
	}
	return ids[from:max(from, to)]
}

// filters are all other parameters of GET /contacts that narrow it.
func (s *Sandbox) filters(c *call) []func(*person) bool {
	var all []func(*person) bool
	add := func(name string, fits func(p *person, given string) bool) {
		if given := c.query.Get(name); given != "" {
			all = append(all, func(p *person) bool { return fits(p, given) })
		}
	}
	add("email_like", func(p *person, given string) bool { return containsFold(p.email, given) })
	add("search", func(p *person, given string) bool {
		return containsFold(p.email, given) || containsFold(p.first+" "+p.last, given) || containsFold(p.phone, given)
	})
	add("exclude", func(p *person, given string) bool { return digits(p.id) != given })
	if tag := number(c, "tagid"); tag > 0 {
		all = append(all, func(p *person) bool { _, carries := p.tags[tag]; return carries })
	}
	if list := number(c, "listid"); list > 0 {
		all = append(all, func(p *person) bool { _, on := p.memberships[list]; return on })
	}
	if status, err := strconv.Atoi(c.query.Get("status")); err == nil && status >= 0 {
		all = append(all, func(p *person) bool { return p.hasStatus(status) })
	}
	if ids := append(c.query["ids[]"], c.query["ids"]...); len(ids) > 0 {
		all = append(all, func(p *person) bool { return slices.Contains(ids, digits(p.id)) })
	}
	return append(all, dateFilters(c)...)
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func (p *person) hasStatus(status int) bool {
	for _, membership := range p.memberships {
		if membership.status == status {
			return true
		}
	}
	return false
}

func dateFilters(c *call) []func(*person) bool {
	var all []func(*person) bool
	for name, of := range map[string]func(*person) time.Time{
		"created": func(p *person) time.Time { return p.created },
		"updated": func(p *person) time.Time { return p.updated },
	} {
		if at, err := time.Parse(time.RFC3339, c.query.Get("filters["+name+"_after]")); err == nil {
			all = append(all, func(p *person) bool { return of(p).After(at) })
		}
		if at, err := time.Parse(time.RFC3339, c.query.Get("filters["+name+"_before]")); err == nil {
			all = append(all, func(p *person) bool { return of(p).Before(at) })
		}
	}
	return all
}

// sideLoad adds the lists that "include" names, as far as the switch allows.
func (s *Sandbox) sideLoad(c *call, page []*person, answer object) {
	mode := s.setting(switchInclude)
	if mode == "ignored" {
		return
	}
	for _, name := range strings.Split(c.query.Get("include"), ",") {
		rows := s.belonging(name, page)
		if rows == nil || mode == "absent-when-empty" && len(rows) == 0 {
			continue
		}
		answer[name] = rows
	}
}

// belonging is what belongs to contacts, by the name of the list; nil for a name that is none.
func (s *Sandbox) belonging(name string, page []*person) []object {
	rows := []object{}
	for _, p := range page {
		switch name {
		case "contactTags":
			rows = append(rows, s.tagRows(p)...)
		case "contactLists":
			rows = append(rows, s.listRows(p)...)
		case "fieldValues":
			rows = append(rows, s.valueRows(p)...)
		default:
			return nil
		}
	}
	return rows
}

func (s *Sandbox) getContact(c *call) {
	p := s.person(c.number())
	if p == nil {
		c.notFound("Subscriber")
		return
	}
	contact := s.render(p)
	for _, name := range []string{"contactAutomations", "deals", "geoIps", "accountContacts"} {
		contact[name] = []string{}
	}
	contact["contactLists"], contact["fieldValues"] = idsOf(s.listRows(p)), idsOf(s.valueRows(p))
	c.reply(http.StatusOK, object{
		"contactAutomations": []object{}, "contactLists": s.listRows(p), "deals": []object{}, "fieldValues": s.valueRows(p),
		"geoAddresses": []object{}, "geoIps": []object{}, "contact": contact,
	})
}

func (s *Sandbox) createContact(c *call) {
	var in contactInput
	if !c.read("contact", &in) || !s.validContact(c, in) {
		return
	}
	if s.personWith(*in.Email) != nil {
		c.errors(http.StatusUnprocessableEntity, object{"title": "Email address already exists in the system", "detail": "", "code": "duplicate",
			"source": object{"pointer": "/data/attributes/email"}})
		return
	}
	s.writeContact(c, nil, in)
}

// syncContact creates or updates: recorded answers are 201 and 200. It cannot be kept from starting automations.
func (s *Sandbox) syncContact(c *call) {
	var in contactInput
	if c.read("contact", &in) && s.validContact(c, in) {
		s.writeContact(c, s.personWith(*in.Email), in)
	}
}

func (s *Sandbox) updateContact(c *call) {
	p := s.person(c.number())
	if p == nil {
		c.notFound("Subscriber")
		return
	}
	var in contactInput
	if c.read("contact", &in) {
		s.writeContact(c, p, in)
	}
}

func (s *Sandbox) validContact(c *call, in contactInput) bool {
	switch {
	case in.Email == nil || *in.Email == "":
		c.missing("email")
	case !plausible(*in.Email):
		c.errors(http.StatusUnprocessableEntity, object{"title": "Email address is not valid", "detail": "", "code": "email_invalid",
			"source": object{"pointer": "/data/attributes/email"}})
	default:
		return true
	}
	return false
}

// writeContact changes a contact, or makes it when there is none yet.
func (s *Sandbox) writeContact(c *call, p *person, in contactInput) {
	status := http.StatusOK
	if p == nil {
		if s.full(1) && s.overLimit() != "accept" {
			s.refuseFull(c)
			return
		}
		p, status = s.newPerson(strings.TrimSpace(*in.Email)), http.StatusCreated
		s.runs = append(s.runs, s.started(p.email, "")...)
	}
	change(&p.first, in.FirstName)
	change(&p.last, in.LastName)
	if in.Phone != nil {
		p.phone = string(*in.Phone)
	}
	for _, given := range in.FieldValues {
		if s.field(given.Field.number()) == nil {
			s.Unexpected(c.r, "no such field: "+string(given.Field))
			continue
		}
		s.setValue(p, given.Field.number(), string(given.Value))
	}
	p.updated = time.Now()
	contact := s.renderWritten(p)
	if c.r.Method == http.MethodPut {
		contact = s.render(p)
	}
	c.reply(status, object{"fieldValues": s.valueRows(p), "contact": contact})
}

func change(held *string, given *string) {
	if given != nil {
		*held = *given
	}
}

func (s *Sandbox) deleteContact(c *call) {
	p := s.person(c.number())
	if p == nil {
		c.message(http.StatusNotFound, "No result found for contact with id "+c.id)
		return
	}
	s.remove(p)
	c.reply(http.StatusOK, object{})
}

// overLimit is what happens beyond the plan: by default nothing, in the profile "full" a refusal.
func (s *Sandbox) overLimit() string {
	if _, chosen := s.options.Switches[switchOverLimit]; !chosen && s.options.Faults == sandbox.FaultsFull {
		return "402"
	}
	return s.setting(switchOverLimit)
}

// full says that so many new contacts would exceed the plan.
func (s *Sandbox) full(more int) bool {
	return s.options.PlanLimit > 0 && s.living()+s.imports.expected+more > s.options.PlanLimit
}

func (s *Sandbox) refuseFull(c *call) {
	const words = "You have reached the contact limit of your plan. Please upgrade your account."
	if s.overLimit() == "400" {
		c.reply(http.StatusBadRequest, object{"success": 0, "message": words, "failureReasons": []string{words}})
		return
	}
	c.message(http.StatusPaymentRequired, words)
}

// idsOf are the ids of rows.
func idsOf(rows []object) []string {
	ids := []string{}
	for _, row := range rows {
		ids = append(ids, row["id"].(string))
	}
	return ids
}

// render is a contact as it is read: nearly everything is a string.
func (s *Sandbox) render(p *person) object {
	bounced, deleted, deletedAt := "0", "0", "0000-00-00 00:00:00"
	if s.bounced(p) {
		bounced = "1"
	}
	if p.deleted {
		deleted, deletedAt = "1", p.updated.Format(time.DateTime)
	}
	return object{
		"cdate": stamp(p.created), "email": p.email, "phone": p.phone, "firstName": p.first, "lastName": p.last,
		"orgid": "0", "orgname": "", "segmentio_id": "", "bounced_hard": bounced, "bounced_soft": "0", "bounced_date": "0000-00-00",
		"ip": "0", "ua": "", "hash": "0d9c41ae7a4de516313673e2341f6003", "socialdata_lastcheck": "0000-00-00 00:00:00",
		"email_local": "", "email_domain": "", "sentcnt": "0", "rating_tstamp": "0000-00-00", "gravatar": "0",
		"deleted": deleted, "anonymized": "0", "adate": stamp(p.updated), "udate": stamp(p.updated), "edate": stamp(p.updated), "deleted_at": deletedAt,
		"created_utc_timestamp": p.created.UTC().Format(time.DateTime), "updated_utc_timestamp": p.updated.UTC().Format(time.DateTime),
		"created_timestamp": p.created.UTC().Format(time.DateTime), "updated_timestamp": p.updated.UTC().Format(time.DateTime),
		"created_by": nil, "updated_by": nil, "email_empty": false, "mpp_tracking": "0", "last_click_date": nil, "last_open_date": nil,
		"sms_consent": "0", "scoreValues": []object{}, "links": contactLinks(p), "id": digits(p.id), "organization": nil,
	}
}

// renderWritten is a contact as writing answers it: shorter than when it is read.
func (s *Sandbox) renderWritten(p *person) object {
	return object{
		"email": p.email, "phone": p.phone, "firstName": p.first, "lastName": p.last, "email_empty": false,
		"cdate": stamp(p.created), "udate": stamp(p.updated), "orgid": "", "orgname": "", "links": contactLinks(p),
		"hash": "0d9c41ae7a4de516313673e2341f6003", "fieldValues": idsOf(s.valueRows(p)), "id": digits(p.id), "organization": "",
	}
}

func contactLinks(p *person) object {
	return links("/contacts/"+digits(p.id), "bounceLogs", "contactAutomations", "contactData", "contactGoals", "contactLists", "contactLogs",
		"contactTags", "contactDeals", "deals", "fieldValues", "geoIps", "notes", "organization", "plusAppend", "trackingLogs", "scoreValues", "accountContacts", "automationEntryCounts")
}
