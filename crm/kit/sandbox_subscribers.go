package kit

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

// subscriberView is a subscriber as answers show it. Custom fields without a value are null.
type subscriberView struct {
	ID        int64   `json:"id"`
	FirstName *string `json:"first_name"`
	Email     string  `json:"email_address"`
	State     string  `json:"state"`
	CreatedAt string  `json:"created_at"`
	TaggedAt  string  `json:"tagged_at,omitempty"`
	Fields    any     `json:"fields,omitempty"`
	Tags      any     `json:"tags,omitempty"`
}

// subscriberInput is what a write may say.
type subscriberInput struct {
	Email     *string        `json:"email_address"`
	FirstName *string        `json:"first_name"`
	State     *string        `json:"state"`
	Fields    map[string]any `json:"fields"`
	CreatedAt *string        `json:"created_at"`
}

var vendorStates = []string{"active", "inactive", "cancelled", "bounced", "complained"}

func bare(p *person, r record) subscriberView {
	view := subscriberView{ID: p.id, Email: r.email, State: r.state, CreatedAt: stamp(p.created)}
	if r.first != "" {
		view.FirstName = &r.first
	}
	return view
}

func (f *fake) view(p *person, r record) subscriberView {
	view := bare(p, r)
	view.Fields = f.fieldsView(r)
	return view
}

func (f *fake) fieldsView(r record) map[string]*string {
	fields := map[string]*string{}
	for _, field := range f.store.fields {
		fields[field.key] = nil
		if value, ok := r.fields[field.id]; ok && value != "" {
			fields[field.key] = &value
		}
	}
	return fields
}

func (f *fake) tagsView(r record) []map[string]any {
	tags := []map[string]any{}
	for _, one := range f.store.tags {
		if _, on := r.tags[one.id]; on {
			tags = append(tags, map[string]any{"id": one.id, "name": one.name})
		}
	}
	return tags
}

func (f *fake) listSubscribers(w http.ResponseWriter, r *http.Request) {
	question, words := readQuestion(r)
	if words != "" {
		invalid(w, words)
		return
	}
	page, ok := f.answerQuestion(w, r, question)
	if !ok {
		return
	}
	query := r.URL.Query()
	includeTags := slices.Contains(strings.Split(query.Get("include"), ","), "tags")
	writePage(w, "subscribers", page, func(one found) any {
		view := bare(one.person, one.record)
		if query.Get("slim") != "true" {
			view.Fields = f.fieldsView(one.record)
		}
		if includeTags {
			view.Tags = f.tagsView(one.record)
		}
		return view
	})
}

func (f *fake) personIn(w http.ResponseWriter, r *http.Request) *person {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	p := f.store.person(id)
	if p == nil {
		notFound(w)
	}
	return p
}

func (f *fake) getSubscriber(w http.ResponseWriter, r *http.Request) {
	if p := f.personIn(w, r); p != nil {
		sandbox.WriteJSON(w, http.StatusOK, map[string]any{"subscriber": f.view(p, p.now)})
	}
}

func (f *fake) listSubscriberTags(w http.ResponseWriter, r *http.Request) {
	p := f.personIn(w, r)
	if p == nil {
		return
	}
	var tags []*label
	for _, one := range newestFirst(f.store.tags) {
		if seen := p.visible(time.Now()); seen != nil && !seen.tags[one.id].IsZero() {
			tags = append(tags, one)
		}
	}
	if page, ok := pageOf(w, r, tags, func(one *label) int64 { return one.id }); ok {
		writePage(w, "tags", page, func(one *label) any {
			return map[string]any{"id": one.id, "name": one.name, "tagged_at": stamp(p.now.tags[one.id])}
		})
	}
}

func (f *fake) createSubscriber(w http.ResponseWriter, r *http.Request) {
	var input subscriberInput
	if !f.read(w, r, &input) {
		return
	}
	email := strings.TrimSpace(deref(input.Email))
	if !address.Valid(email) || input.State != nil && *input.State != "" && !slices.Contains(vendorStates, *input.State) {
		invalid(w, "Email address is invalid")
		return
	}
	unknown := f.unknownFields(input.Fields)
	if len(unknown) > 0 && f.setting(switchUnknownField) == "refused" {
		invalid(w, "Custom field "+unknown[0]+" does not exist")
		return
	}
	status := http.StatusOK
	p := f.store.personAt(email)
	if p == nil {
		if f.full(1) && (input.State == nil || *input.State == "" || *input.State == "active") {
			f.refuseOverLimit(w)
			return
		}
		p, status = f.newPerson(email, deref(input.State)), http.StatusCreated
	}
	f.answerWrite(w, p, input, status, unknown)
}

// answerWrite applies a write and answers. More than ten custom fields are written later.
func (f *fake) answerWrite(w http.ResponseWriter, p *person, input subscriberInput, status int, unknown []string) {
	next := p.now
	next.updated = time.Now()
	if input.FirstName != nil {
		next.first = *input.FirstName
	}
	if len(input.Fields) > 10 {
		status = http.StatusAccepted
		f.Later(10*time.Second, func() { p.change(f.withFields(p.now, input.Fields), f.listedAt()) })
	} else {
		next = f.withFields(next, input.Fields)
	}
	p.change(next, f.listedAt())
	view := f.view(p, p.now)
	if f.setting(switchWriteReply) == "no-fields" {
		view.Fields = map[string]string{}
	}
	reply := map[string]any{"subscriber": view}
	if len(unknown) > 0 && f.setting(switchUnknownField) == "warned" {
		var warnings []string
		for _, key := range unknown {
			warnings = append(warnings, "Custom field `"+key+"` does not exist and was ignored")
		}
		reply["warnings"] = warnings
	}
	sandbox.WriteJSON(w, status, reply)
}

func (f *fake) withFields(r record, values map[string]any) record {
	for key, value := range values {
		if field := f.store.fieldKeyed(key); field != nil {
			text, _ := value.(string)
			r = r.withField(field.id, text)
		}
	}
	return r
}

func (f *fake) unknownFields(values map[string]any) []string {
	var unknown []string
	for key := range values {
		if f.store.fieldKeyed(key) == nil {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func (f *fake) newPerson(email, state string) *person {
	if state == "" {
		state = "active"
	}
	if f.setting(switchAddressCase) == "lowered" {
		email = strings.ToLower(email)
	}
	return f.store.addPerson(time.Now(), record{email: email, state: state, updated: time.Now()})
}

// full says that so many more active subscribers would be too many for the plan.
func (f *fake) full(more int) bool {
	limit := f.Options().PlanLimit
	return limit > 0 && f.setting(switchOverLimit) != "upgraded" && f.store.activeCount()+more > limit
}

func (f *fake) refuseOverLimit(w http.ResponseWriter) {
	switch f.setting(switchOverLimit) {
	case "403-v3":
		refuse(w, http.StatusForbidden, "Subscriber limit exceeded")
	case "422":
		invalid(w, "This request would exceed your subscriber limit")
	default:
		refuse(w, http.StatusForbidden, "This request would exceed your subscriber limit")
	}
}

func (f *fake) updateSubscriber(w http.ResponseWriter, r *http.Request) {
	p := f.personIn(w, r)
	var input subscriberInput
	if p == nil || !f.read(w, r, &input) {
		return
	}
	if email := strings.TrimSpace(deref(input.Email)); email != "" && address.Key(email) != address.Key(p.now.email) {
		if !address.Valid(email) {
			invalid(w, "Email address is invalid")
			return
		}
		if f.store.personAt(email) != nil {
			invalid(w, "Email address has already been taken")
			return
		}
		delete(f.store.byAddress, address.Key(p.now.email))
		f.store.byAddress[address.Key(email)] = p
		p.now.email = email
	}
	f.answerWrite(w, p, input, http.StatusOK, f.unknownFields(input.Fields))
}

func (f *fake) unsubscribe(w http.ResponseWriter, r *http.Request) {
	p := f.personIn(w, r)
	if p == nil {
		return
	}
	next := p.now
	next.state, next.cancelled, next.updated = "cancelled", time.Now(), time.Now()
	p.change(next, f.listedAt())
	w.WriteHeader(http.StatusNoContent)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
