package kit

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

func (t tag) crm() crm.Tag {
	return crm.Tag{ID: crm.TagID(strconv.FormatInt(t.ID, 10)), Name: t.Name}
}

// number reads one of Kit's numbers; 0 is none of them.
func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Tags lists all tags.
func (d *driver) Tags(ctx context.Context) ([]crm.Tag, error) {
	list, err := everything[tagsReply, tag](ctx, d, "list the tags", "/v4/tags")
	if err != nil {
		return nil, err
	}
	list = d.newTags.complete(list, func(t tag) int64 { return t.ID })
	tags := make([]crm.Tag, len(list))
	for i, one := range list {
		tags[i] = one.crm()
	}
	return tags, nil
}

// CreateTag makes a tag, or returns the one whose name differs at most in case: the caller compares the name.
func (d *driver) CreateTag(ctx context.Context, name string) (crm.Tag, error) {
	request := crm.Request{
		Op: "create the tag " + name, Method: http.MethodPost, Path: "/v4/tags", JSON: map[string]string{"name": name}, Repeatable: true,
	}
	reply, _, err := ask(ctx, d, request, func(reply tagReply, _ int) bool {
		return reply.Tag != nil && reply.Tag.ID != 0 && reply.Tag.Name != ""
	})
	if err != nil {
		return crm.Tag{}, err
	}
	d.newTags.add(reply.Tag.ID, *reply.Tag)
	return reply.Tag.crm(), nil
}

// ApplyTag puts one tag on contacts: in one bulk call with a token, one by one with a key. Kit starts whatever the tag starts.
func (d *driver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	id := number(string(tag.ID))
	if id == 0 {
		return nil, notATag(tag)
	}
	if d.bulk && numbered(to) {
		return d.changeTaggings(ctx, http.MethodPost, id, to)
	}
	return d.oneByOne(to, func(target crm.Target) error { return d.tagOne(ctx, id, target) })
}

// RemoveTag takes one tag off contacts. A contact or tag that is gone does not carry it either.
func (d *driver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	id := number(string(tag.ID))
	if id == 0 || !numbered(from) {
		return nil, notATag(tag)
	}
	if d.bulk {
		return d.changeTaggings(ctx, http.MethodDelete, id, from)
	}
	return d.oneByOne(from, func(target crm.Target) error {
		request := crm.Request{Op: "take off a tag", Method: http.MethodDelete, Path: tagPath(id) + "/" + string(target.ID), Repeatable: true}
		_, err := d.do(ctx, request, nil)
		if crm.IsKind(err, crm.KindNotFound) {
			return nil
		}
		return err
	})
}

func notATag(tag crm.Tag) error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-TAG", Op: "change the tag " + tag.Name, Hint: "the tag or a contact has no number in Kit"}
}

func numbered(targets []crm.Target) bool {
	return !slices.ContainsFunc(targets, func(t crm.Target) bool { return number(string(t.ID)) == 0 })
}

func tagPath(id int64) string { return "/v4/tags/" + strconv.FormatInt(id, 10) + "/subscribers" }

// oneByOne gives each target its outcome; trouble that is not the target's own stops it.
func (d *driver) oneByOne(targets []crm.Target, change func(crm.Target) error) ([]crm.Outcome, error) {
	outcomes := make([]crm.Outcome, len(targets))
	for i, target := range targets {
		outcomes[i] = crm.Outcome{ID: target.ID, Result: crm.Updated}
		if err := change(target); err != nil {
			outcome, stop := ownFault(target.ID, err)
			if stop != nil && i > 0 {
				return nil, crm.MaybeSent(stop)
			} else if stop != nil {
				return nil, stop
			}
			outcomes[i] = outcome
		}
	}
	return outcomes, nil
}

// tagOne tags one subscriber, by number or else by address.
func (d *driver) tagOne(ctx context.Context, id int64, target crm.Target) error {
	request := crm.Request{Op: "put on a tag", Method: http.MethodPost, Path: tagPath(id), JSON: map[string]string{"email_address": target.Email}, Repeatable: true}
	if target.ID != "" {
		request.Path, request.JSON = tagPath(id)+"/"+string(target.ID), map[string]string{}
	}
	_, _, err := ask(ctx, d, request, func(reply subscriberReply, _ int) bool {
		if reply.Subscriber == nil {
			return false
		}
		if target.ID != "" {
			return reply.Subscriber.id() == target.ID
		}
		return address.Key(reply.Subscriber.Email) == address.Key(target.Email)
	})
	return err
}

// changeTaggings puts a tag on up to 100 contacts, or takes it off them.
func (d *driver) changeTaggings(ctx context.Context, method string, id int64, targets []crm.Target) ([]crm.Outcome, error) {
	op := "put on a tag"
	if method == http.MethodDelete {
		op = "take off a tag"
	}
	outcomes := make([]crm.Outcome, 0, len(targets))
	for some := range slices.Chunk(targets, batch) {
		body := bulkTaggings{}
		for _, target := range some {
			body.Taggings = append(body.Taggings, tagging{TagID: id, SubscriberID: number(string(target.ID))})
		}
		request := crm.Request{Op: op, Method: method, Path: "/v4/bulk/tags/subscribers", JSON: body, Repeatable: true}
		reply, response, err := ask(ctx, d, request, func(reply bulkTaggingsReply, status int) bool {
			return status == http.StatusAccepted || reply.Failures != nil && (method == http.MethodDelete || reply.Subscribers != nil)
		})
		if err != nil {
			return nil, err
		}
		answer := reply.answer(body.Taggings)
		if response.Status == http.StatusAccepted {
			answer.trouble = queuedLater(op)
		}
		outcomes = append(outcomes, answer.outcomes(op, body.Taggings)...)
	}
	return outcomes, nil
}

// answer reads what became of the taggings. A removal names its failures only, so that all the others are done.
func (r bulkTaggingsReply) answer(asked []tagging) *bulkAnswer {
	answer := &bulkAnswer{done: map[cell]bool{}, refused: map[cell][]string{}}
	if r.Failures == nil {
		return answer
	}
	for _, failure := range *r.Failures {
		answer.refuse(cell{failure.Tagging.SubscriberID, failure.Tagging.TagID}, failure.Errors)
	}
	if r.Subscribers != nil {
		for _, s := range *r.Subscribers {
			answer.done[cell{s.ID, asked[0].TagID}] = true
		}
		return answer
	}
	if answer.unnamed > 0 {
		return answer
	}
	for _, one := range asked {
		answer.done[cell{one.SubscriberID, one.TagID}] = true
	}
	return answer
}

func (a *bulkAnswer) outcomes(op string, asked []tagging) []crm.Outcome {
	cells := make([]cell, len(asked))
	for i, one := range asked {
		cells[i] = cell{one.SubscriberID, one.TagID}
	}
	wrong := map[int64]trouble{}
	for _, found := range a.troubles(op, cells) {
		wrong[found.id] = found
	}
	outcomes := make([]crm.Outcome, len(asked))
	for i, one := range asked {
		id := crm.ContactID(strconv.FormatInt(one.SubscriberID, 10))
		outcomes[i] = crm.Outcome{ID: id, Result: crm.Updated}
		if found, ok := wrong[one.SubscriberID]; ok {
			outcomes[i] = crm.Outcome{ID: id, Result: found.result, Err: found.err}
		}
	}
	return outcomes
}

// TaggedContacts reads who carries a tag, in all states.
func (d *driver) TaggedContacts(ctx context.Context, tag crm.Tag, at crm.Cursor) (crm.TargetPage, error) {
	id := number(string(tag.ID))
	if id == 0 {
		return crm.TargetPage{}, notATag(tag)
	}
	query := cursorQuery(at)
	query.Set("status", "all")
	query.Set("slim", "true")
	request := crm.Request{Op: "read who carries the tag " + tag.Name, Method: http.MethodGet, Path: tagPath(id), Query: query}
	reply, _, err := ask(ctx, d, request, func(reply subscribersReply, _ int) bool {
		return whole(reply.page())(at) && allNamed(*reply.Subscribers)
	})
	if err != nil {
		return crm.TargetPage{}, err
	}
	var page crm.TargetPage
	page.Next, _ = reply.Pagination.next(at)
	for _, s := range *reply.Subscribers {
		page.Targets = append(page.Targets, crm.Target{ID: s.id(), Email: s.Email})
	}
	return page, nil
}
