package kit

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

// syncLimit is how many items a bulk call works on before it answers; more are queued, and only a callback would tell of them.
const syncLimit = 100

// queueTime is how long queued work takes here.
const queueTime = time.Minute

// largestQueue is how much request data may wait in the queue: 300 MB for an app and account.
const largestQueue = 300 << 20

// bulk reads the items of a bulk call and works on them: at once, or later when they are many. what names them in Kit's words.
func bulk[T any](f *fake, w http.ResponseWriter, r *http.Request, member, what string, work func([]T) map[string]any) {
	var body map[string]json.RawMessage
	if !f.read(w, r, &body) {
		return
	}
	var items []*T
	_ = json.Unmarshal(body[member], &items) // what is no array is as good as empty
	items = slices.DeleteFunc(items, func(item *T) bool { return item == nil })
	if len(items) == 0 || blankItems(body[member]) {
		invalid(w, "No "+what+" included for processing")
		return
	}
	list := make([]T, len(items))
	for i, item := range items {
		list[i] = *item
	}
	switch size := int(r.ContentLength); {
	case len(list) <= syncLimit:
		sandbox.WriteJSON(w, http.StatusOK, work(list))
	case f.store.queued+size > largestQueue:
		refuse(w, http.StatusRequestEntityTooLarge, "This request exceeds your queued bulk requests limit. Please wait while we process your existing requests and try again later.")
	default:
		f.store.queued += size
		f.Later(queueTime, func() { f.store.queued -= size; work(list) })
		sandbox.WriteJSON(w, http.StatusAccepted, map[string]any{})
	}
}

// blankItems says that the array holds things that are not objects, such as the empty arrays that some clients make of nothing.
func blankItems(raw json.RawMessage) bool {
	var objects []map[string]json.RawMessage
	return json.Unmarshal(raw, &objects) != nil
}

func (f *fake) bulkCreate(w http.ResponseWriter, r *http.Request) {
	if f.bulkOverLimit(r) {
		refuse(w, http.StatusForbidden, "This request would exceed your subscriber limit")
		return
	}
	bulk(f, w, r, "subscribers", "subscribers", f.createMany)
}

// bulkOverLimit says that the new ones in a request would be too many for the plan. Then none is taken.
func (f *fake) bulkOverLimit(r *http.Request) bool {
	var body struct {
		Subscribers []subscriberInput `json:"subscribers"`
	}
	raw := peek(r)
	if json.Unmarshal(raw, &body) != nil {
		return false
	}
	fresh := map[string]bool{}
	for _, one := range body.Subscribers {
		email := deref(one.Email)
		active := one.State == nil || *one.State == "" || *one.State == "active"
		if active && address.Valid(email) && f.store.personAt(email) == nil {
			fresh[address.Key(email)] = true
		}
	}
	return len(fresh) > 0 && f.full(len(fresh))
}

// createMany answers with the new ones in the order of the request, and after them those that existed, the newest first.
func (f *fake) createMany(inputs []subscriberInput) map[string]any {
	var created, existing []subscriberView
	failures := []any{}
	for _, input := range inputs {
		email := strings.TrimSpace(deref(input.Email))
		if !address.Valid(email) || input.State != nil && *input.State != "" && !slices.Contains(vendorStates, *input.State) {
			failures = append(failures, f.subscriberFailure(input))
			continue
		}
		p := f.store.personAt(email)
		fresh := p == nil
		if fresh {
			p = f.newPerson(email, deref(input.State))
		}
		next := p.now
		next.updated = time.Now()
		if input.FirstName != nil {
			next.first = *input.FirstName
		}
		p.change(next, f.listedAt())
		if fresh {
			created = append(created, bare(p, p.now))
			continue
		}
		existing = append(existing, bare(p, p.now))
	}
	slices.SortFunc(existing, func(a, b subscriberView) int { return compare(b.ID, a.ID) })
	return map[string]any{"subscribers": append(append([]subscriberView{}, created...), existing...), "failures": failures}
}

func (f *fake) subscriberFailure(input subscriberInput) map[string]any {
	state := deref(input.State)
	if state == "" {
		state = "active"
	}
	shown := map[string]any{"first_name": deref(input.FirstName), "email_address": deref(input.Email), "state": state, "created_at": nil}
	if f.setting(switchBulkFailure) == "left-out" {
		shown["email_address"] = nil
	}
	return map[string]any{"subscriber": shown, "errors": []string{"Email address is invalid"}}
}

// pair is a tag on a subscriber.
type pair struct {
	TagID        *int64 `json:"tag_id"`
	SubscriberID *int64 `json:"subscriber_id"`
}

// look finds what a pair is about. A number that does not exist is left out of the failure.
func (f *fake) look(one pair) (*person, *label, map[string]any) {
	var p *person
	var tag *label
	if one.SubscriberID != nil {
		p = f.store.person(*one.SubscriberID)
	}
	if one.TagID != nil {
		tag = f.store.tag(*one.TagID)
	}
	switch {
	case p == nil:
		return nil, nil, map[string]any{"errors": []string{"Subscriber does not exist"}, "tagging": map[string]any{"tag_id": one.TagID, "subscriber_id": nil}}
	case tag == nil:
		return nil, nil, map[string]any{"errors": []string{"Tag does not exist"}, "tagging": map[string]any{"tag_id": nil, "subscriber_id": one.SubscriberID}}
	}
	return p, tag, nil
}

func (f *fake) bulkTag(w http.ResponseWriter, r *http.Request) {
	bulk(f, w, r, "taggings", "taggings", func(pairs []pair) map[string]any {
		tagged, failures := []any{}, []any{}
		for _, one := range pairs {
			p, tag, failure := f.look(one)
			if failure != nil {
				failures = append(failures, failure)
				continue
			}
			f.putTag(p, tag)
			tagged = append(tagged, map[string]any{
				"id": p.id, "first_name": p.now.first, "email_address": p.now.email, "created_at": stamp(p.created), "tagged_at": stamp(p.now.tags[tag.id]),
			})
		}
		slices.Reverse(tagged)
		return map[string]any{"subscribers": tagged, "failures": failures}
	})
}

func (f *fake) bulkUntag(w http.ResponseWriter, r *http.Request) {
	bulk(f, w, r, "taggings", "taggings", func(pairs []pair) map[string]any {
		failures := []any{}
		for _, one := range pairs {
			p, tag, failure := f.look(one)
			if failure != nil {
				failures = append(failures, failure)
				continue
			}
			f.takeTag(p, tag.id)
		}
		return map[string]any{"failures": failures}
	})
}

func (f *fake) bulkCreateTags(w http.ResponseWriter, r *http.Request) {
	type input struct {
		Name string `json:"name"`
	}
	bulk(f, w, r, "tags", "tags", func(inputs []input) map[string]any {
		var tags []*label
		failures := []any{}
		for _, one := range inputs {
			tag, _, words := f.makeTag(one.Name)
			if words != "" {
				failures = append(failures, map[string]any{"tag": map[string]any{"id": nil, "name": one.Name, "created_at": nil}, "errors": []string{words}})
				continue
			}
			tags = append(tags, tag)
		}
		slices.SortFunc(tags, func(a, b *label) int { return compare(b.id, a.id) })
		views := []any{}
		for _, tag := range tags {
			views = append(views, tagView(tag))
		}
		return map[string]any{"tags": views, "failures": failures}
	})
}

func (f *fake) bulkDeleteTags(w http.ResponseWriter, r *http.Request) {
	type input struct {
		ID int64 `json:"id"`
	}
	bulk(f, w, r, "tags", "tags", func(inputs []input) map[string]any {
		failures := []any{}
		for _, one := range inputs {
			if f.store.tag(one.ID) == nil {
				failures = append(failures, map[string]any{"tag": map[string]any{"id": one.ID}, "errors": []string{"Tag does not exist"}})
				continue
			}
			f.store.tags = slices.DeleteFunc(f.store.tags, func(tag *label) bool { return tag.id == one.ID })
		}
		return map[string]any{"failures": failures}
	})
}

func (f *fake) bulkCreateFields(w http.ResponseWriter, r *http.Request) {
	type input struct {
		Label string `json:"label"`
	}
	bulk(f, w, r, "custom_fields", "custom fields", func(inputs []input) map[string]any {
		made, failures := []any{}, []any{}
		for _, one := range inputs {
			field, _, words := f.makeField(one.Label)
			if words != "" {
				failures = append(failures, map[string]any{"custom_field": map[string]any{"label": one.Label}, "errors": []string{words}})
				continue
			}
			view := fieldView(field)
			view["created_at"] = stamp(field.created)
			made = append(made, view)
		}
		return map[string]any{"custom_fields": made, "failures": failures}
	})
}

// value is one custom field of one subscriber.
type value struct {
	SubscriberID *int64 `json:"subscriber_id"`
	FieldID      *int64 `json:"subscriber_custom_field_id"`
	Value        string `json:"value"`
}

func (f *fake) bulkFieldValues(w http.ResponseWriter, r *http.Request) {
	bulk(f, w, r, "custom_field_values", "custom field values", func(values []value) map[string]any {
		written, failures := []value{}, []any{}
		for _, one := range values {
			if failure := f.setValue(one); failure != nil {
				failures = append(failures, failure)
				continue
			}
			written = append(written, one)
		}
		slices.Reverse(written)
		return map[string]any{"custom_field_values": written, "failures": failures}
	})
}

func (f *fake) setValue(one value) map[string]any {
	var p *person
	var field *customLabel
	if one.SubscriberID != nil {
		p = f.store.person(*one.SubscriberID)
	}
	if one.FieldID != nil {
		field = f.store.field(*one.FieldID)
	}
	switch {
	case p == nil:
		one.SubscriberID = nil
		return map[string]any{"errors": []string{"Subscriber does not exist"}, "custom_field_value": one}
	case field == nil:
		return map[string]any{"errors": []string{"Custom field does not exist"}, "custom_field_value": one}
	}
	next := p.now.withField(field.id, one.Value)
	next.updated = time.Now()
	p.change(next, f.listedAt())
	return nil
}
