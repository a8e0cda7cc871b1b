package activecampaign

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"allyswitch/crm"
)

// collect reads a whole collection, page after page. Only /contacts can be paged by id; all others want an offset ("Pagination").
func collect[Row any](ctx context.Context, d *driver, op, path, key string, query url.Values, onPage func(map[string]json.RawMessage)) ([]Row, error) {
	var all []Row
	for {
		var page map[string]json.RawMessage
		asked := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(len(all))}}
		for name, values := range query {
			asked[name] = values
		}
		if err := d.get(ctx, op, path, asked, &page); err != nil {
			return nil, err
		}
		rows, total, err := readPage[Row](op, key, page)
		if err != nil {
			return nil, err
		}
		if onPage != nil {
			onPage(page)
		}
		all = append(all, rows...)
		switch {
		case total >= 0 && len(all) >= total, total < 0 && len(rows) == 0:
			return all, nil
		case len(rows) == 0:
			return nil, incomplete(op, "the list ended before its end")
		}
	}
}

// readPage finds the rows of a page and how many there are in all, -1 when it does not say.
func readPage[Row any](op, key string, page map[string]json.RawMessage) ([]Row, int, error) {
	raw, there := page[key]
	var rows *[]Row
	if !there || json.Unmarshal(raw, &rows) != nil || rows == nil {
		return nil, 0, incomplete(op, "the answer holds no list of "+key)
	}
	var meta metaJSON
	if json.Unmarshal(page["meta"], &meta) != nil {
		return *rows, -1, nil
	}
	return *rows, meta.Total.number(), nil
}

// Fields lists the custom fields of contacts.
func (d *driver) Fields(ctx context.Context) ([]crm.Field, error) {
	rows, err := collect[fieldJSON](ctx, d, "list the custom fields", "/fields", "fields", nil, nil)
	if err != nil {
		return nil, err
	}
	fields := make([]crm.Field, 0, len(rows))
	for _, row := range rows {
		fields = append(fields, row.field())
	}
	return fields, nil
}

func (f fieldJSON) field() crm.Field {
	kind := crm.FieldType(f.Type)
	switch f.Type {
	case "", "text", "textarea", "hidden":
		kind = crm.FieldText
	case "date", "datetime":
		kind = crm.FieldDate
	}
	return crm.Field{ID: crm.FieldID(f.ID), Name: string(f.Title), Type: kind, Kind: string(f.Type)}
}

// CreateField makes a field and puts it on all lists: without that ActiveCampaign shows it nowhere ("Create a custom field relationship").
func (d *driver) CreateField(ctx context.Context, field crm.Field) (crm.Field, error) {
	const op = "create the custom field"
	kind := "text"
	if field.Type == crm.FieldDate {
		kind = "date"
	}
	var reply fieldReply
	err := d.send(ctx, crm.Request{
		Op: op, Method: http.MethodPost, Path: "/fields", Repeatable: true,
		JSON: map[string]any{"field": map[string]any{"title": field.Name, "type": kind, "visible": 1}},
	}, &reply)
	if err != nil && !refused(err) {
		return crm.Field{}, err
	}
	made, found := reply.one(field.Name)
	if err != nil || !found {
		existing, lookErr := d.findField(ctx, field.Name)
		if lookErr != nil {
			return crm.Field{}, lookErr
		}
		if existing == nil {
			return crm.Field{}, firstError(err, incomplete(op, "the answer does not show the field"))
		}
		made = *existing
	}
	if made.Relations == nil || len(*made.Relations) == 0 {
		if err := d.showField(ctx, made.ID); err != nil {
			return crm.Field{}, err
		}
	}
	return made.field(), nil
}

// one is the field of that name in an answer that may hold one field or a list.
func (r fieldReply) one(name string) (fieldJSON, bool) {
	if r.Field != nil && r.Field.ID != "" {
		return *r.Field, true
	}
	for _, row := range r.Fields {
		if string(row.Title) == name && row.ID != "" {
			return row, true
		}
	}
	return fieldJSON{}, false
}

// findField looks a field up by title: the exact one if there is one, else one that differs in case alone, else nil.
func (d *driver) findField(ctx context.Context, name string) (*fieldJSON, error) {
	rows, err := collect[fieldJSON](ctx, d, "list the custom fields", "/fields", "fields", nil, nil)
	if err != nil {
		return nil, err
	}
	var folded *fieldJSON
	for i, row := range rows {
		if string(row.Title) == name {
			return &rows[i], nil
		}
		if strings.EqualFold(string(row.Title), name) && folded == nil {
			folded = &rows[i]
		}
	}
	return folded, nil
}

// showField relates a field to all lists (relid 0).
func (d *driver) showField(ctx context.Context, id text) error {
	var reply map[string]json.RawMessage
	err := d.send(ctx, crm.Request{
		Op: "show the custom field on all lists", Method: http.MethodPost, Path: "/fieldRels", Repeatable: true,
		JSON: map[string]any{"fieldRel": map[string]any{"field": id.number(), "relid": 0}},
	}, &reply)
	if crm.IsKind(err, crm.KindConflict) {
		return nil
	}
	return err
}

// Tags lists the contact tags. Template tags cannot be put on contacts and are left out.
func (d *driver) Tags(ctx context.Context) ([]crm.Tag, error) {
	rows, err := collect[tagJSON](ctx, d, "list the tags", "/tags", "tags", nil, nil)
	if err != nil {
		return nil, err
	}
	tags := make([]crm.Tag, 0, len(rows))
	for _, row := range rows {
		if row.TagType == "contact" || row.TagType == "" {
			tags = append(tags, row.tag())
		}
	}
	d.rememberTags(tags)
	return tags, nil
}

func (t tagJSON) tag() crm.Tag { return crm.Tag{ID: crm.TagID(t.ID), Name: string(t.Name)} }

// CreateTag makes a contact tag. ActiveCampaign refuses a name that exists already in any case; then the existing tag is
// returned, and the caller sees that its name differs.
func (d *driver) CreateTag(ctx context.Context, name string) (crm.Tag, error) {
	const op = "create the tag"
	var reply tagReply
	err := d.send(ctx, crm.Request{
		Op: op, Method: http.MethodPost, Path: "/tags", Repeatable: true,
		JSON: map[string]any{"tag": map[string]any{"tag": name, "tagType": "contact", "description": ""}},
	}, &reply)
	if err == nil && reply.Tag != nil && reply.Tag.ID != "" && reply.Tag.Name != "" {
		return reply.Tag.tag(), nil
	}
	if err != nil && !refused(err) {
		return crm.Tag{}, err
	}
	tags, lookErr := d.Tags(ctx)
	if lookErr != nil {
		return crm.Tag{}, lookErr
	}
	if tag, found := tagNamed(tags, name); found {
		return tag, nil
	}
	return crm.Tag{}, firstError(err, incomplete(op, "the answer does not show the tag"))
}

// tagNamed finds the tag with exactly this name, else one that differs in case alone.
func tagNamed(tags []crm.Tag, name string) (crm.Tag, bool) {
	folded, found := crm.Tag{}, false
	for _, tag := range tags {
		if tag.Name == name {
			return tag, true
		}
		if !found && strings.EqualFold(tag.Name, name) {
			folded, found = tag, true
		}
	}
	return folded, found
}

// refused says that ActiveCampaign would not make a thing, as it does when the name is taken; in which words is not documented for tags.
func refused(err error) bool {
	return crm.IsKind(err, crm.KindConflict) || crm.IsKind(err, crm.KindInvalid)
}

func firstError(err error, otherwise *crm.Error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Webhooks lists the webhooks, one entry for each of their events.
func (d *driver) Webhooks(ctx context.Context) ([]crm.Webhook, error) {
	rows, err := collect[webhookJSON](ctx, d, "list the webhooks", "/webhooks", "webhooks", nil, nil)
	if err != nil {
		return nil, err
	}
	var hooks []crm.Webhook
	for _, row := range rows {
		for _, event := range row.Events {
			hooks = append(hooks, crm.Webhook{ID: string(row.ID), URL: string(row.URL), Event: event})
		}
	}
	return hooks, nil
}

// CreateWebhook makes a webhook that listens to every source. One that is there already is returned.
func (d *driver) CreateWebhook(ctx context.Context, hook crm.Webhook) (crm.Webhook, error) {
	const op = "create the webhook"
	if hook.URL == "" || hook.Event == "" {
		return crm.Webhook{}, &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "a webhook needs an address and an event"}
	}
	if existing, found, err := d.webhookLike(ctx, hook); found || err != nil {
		return existing, err
	}
	var reply webhookReply
	// Not repeatable: two webhooks of one address would each call the site. After an unclear answer the list tells.
	err := d.send(ctx, crm.Request{
		Op: op, Method: http.MethodPost, Path: "/webhooks",
		JSON: map[string]any{"webhook": webhookJSON{
			Name: "AccessAlly", URL: text(hook.URL), Events: []string{hook.Event}, Sources: []string{"public", "admin", "api", "system"},
		}},
	}, &reply)
	if err == nil && reply.Webhook != nil && reply.Webhook.ID != "" {
		hook.ID = string(reply.Webhook.ID)
		return hook, nil
	}
	if err == nil {
		err = incomplete(op, "the answer does not show the webhook")
	}
	if existing, found, lookErr := d.webhookLike(ctx, hook); found && lookErr == nil {
		return existing, nil
	}
	return crm.Webhook{}, err
}

// webhookLike looks for a webhook of that address and event.
func (d *driver) webhookLike(ctx context.Context, hook crm.Webhook) (crm.Webhook, bool, error) {
	existing, err := d.Webhooks(ctx)
	for _, there := range existing {
		if there.URL == hook.URL && there.Event == hook.Event {
			return there, true, nil
		}
	}
	return crm.Webhook{}, false, err
}
