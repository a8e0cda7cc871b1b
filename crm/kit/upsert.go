package kit

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// fieldsAtOnce is how many custom fields Kit writes before it answers; with more it works later and answers without them
// (developers.kit.com, "Create a subscriber").
const fieldsAtOnce = 10

// Upsert creates or updates contacts, one a request with a key, up to 100 at once with a token. A custom field that Kit does not
// know fails its contact alone; the field for last names is created when it is missing.
func (d *driver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	missing, err := d.fieldsFor(ctx, contacts)
	if err != nil {
		return nil, err
	}
	outcomes := make([]crm.Outcome, len(contacts))
	var sound []int
	for i, contact := range contacts {
		if err := unfit(contact, missing); err != nil {
			outcomes[i] = failed("", err)
			continue
		}
		sound = append(sound, i)
	}
	if d.bulk {
		return outcomes, d.upsertBulk(ctx, contacts, sound, outcomes)
	}
	for _, i := range sound {
		outcomes[i], err = d.upsertOne(ctx, contacts[i])
		if err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// unfit finds what cannot be written before it is sent.
func unfit(contact crm.Contact, missing map[string]bool) error {
	if strings.TrimSpace(contact.Email) == "" {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-EMAIL", Op: "write a subscriber", Hint: "there is no e-mail address"}
	}
	for _, key := range sortedKeys(wireFields(contact)) {
		if missing[key] {
			return unknownField(key, "Kit has no custom field with this key")
		}
	}
	return nil
}

func unknownField(key, why string) error {
	return &crm.Error{
		Kind: crm.KindInvalid, Code: codePrefix + "-FIELD", Op: "write the custom field " + key, Hint: why,
	}
}

// wireFields are a contact's custom fields by key, the last name among them, without blanks.
func wireFields(contact crm.Contact) map[string]string {
	fields := map[string]string{}
	for key, value := range contact.Fields {
		if value != "" {
			fields[string(key)] = value
		}
	}
	if contact.LastName != "" {
		fields[lastNameKey] = contact.LastName
	}
	return fields
}

func sortedKeys(fields map[string]string) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// upsertOne writes one contact, with ten custom fields a request. What is wrong with this contact alone is its outcome; any other
// trouble is an error.
func (d *driver) upsertOne(ctx context.Context, contact crm.Contact) (crm.Outcome, error) {
	write := subscriberWrite{Email: strings.TrimSpace(contact.Email), FirstName: contact.FirstName, State: stateWords[contact.State]}
	fields := wireFields(contact)
	keys := sortedKeys(fields)
	var outcome crm.Outcome
	for {
		some := keys[:min(len(keys), fieldsAtOnce)]
		keys = keys[len(some):]
		write.Fields = pick(fields, some)
		part, err := d.post(ctx, write)
		if err != nil && outcome.Result != "" {
			err = crm.MaybeSent(err) // an earlier part of this contact went through
		}
		if err != nil {
			return ownFault(outcome.ID, err)
		}
		if outcome.Result == "" || part.Result != crm.Updated && part.Result != crm.Created {
			outcome = part
		}
		if len(keys) == 0 || part.Result == crm.Failed {
			return outcome, nil
		}
		write = subscriberWrite{Email: write.Email}
	}
}

func pick(fields map[string]string, keys []string) map[string]string {
	picked := make(map[string]string, len(keys))
	for _, key := range keys {
		picked[key] = fields[key]
	}
	return picked
}

// ownFault turns an error that this contact alone has caused into its outcome.
func ownFault(id crm.ContactID, err error) (crm.Outcome, error) {
	if crm.IsKind(err, crm.KindInvalid) || crm.IsKind(err, crm.KindConflict) || crm.IsKind(err, crm.KindNotFound) {
		return failed(id, err), nil
	}
	return crm.Outcome{}, err
}

func failed(id crm.ContactID, err error) crm.Outcome {
	return crm.Outcome{ID: id, Result: crm.Failed, Err: err}
}

func unknown(id crm.ContactID, err error) crm.Outcome {
	return crm.Outcome{ID: id, Result: crm.Unknown, Err: err}
}

// post writes one contact with at most ten custom fields and makes sure that they were kept.
func (d *driver) post(ctx context.Context, write subscriberWrite) (crm.Outcome, error) {
	request := crm.Request{Op: "write a subscriber", Method: http.MethodPost, Path: "/v4/subscribers", JSON: write, Repeatable: true}
	reply, response, err := ask(ctx, d, request, func(reply subscriberReply, _ int) bool { return reply.about(write.Email) })
	if err != nil {
		return crm.Outcome{}, err
	}
	written := *reply.Subscriber
	d.seen(written)
	switch response.Status {
	case http.StatusAccepted:
		return crm.Outcome{ID: written.id(), Result: crm.Queued}, nil
	case http.StatusCreated:
		return d.kept(ctx, write, reply, crm.Created)
	}
	return d.kept(ctx, write, reply, crm.Updated)
}

// about says whether an answer is complete and about this address.
func (r subscriberReply) about(email string) bool {
	return r.Subscriber != nil && r.Subscriber.ID != 0 && address.Key(r.Subscriber.Email) == address.Key(email)
}

// kept compares what was sent with what Kit says it holds. Kit ignores custom fields that it does not know: it says so in
// warnings, or in earlier days not at all. When the answer does not show the values, the subscriber is read, which is never late.
func (d *driver) kept(ctx context.Context, write subscriberWrite, reply subscriberReply, result crm.Result) (crm.Outcome, error) {
	id := reply.Subscriber.id()
	lost := lostFields(write.Fields, reply.Subscriber.Fields)
	if len(lost) == 0 {
		return crm.Outcome{ID: id, Result: result}, nil
	}
	if len(reply.Warnings) == 0 {
		current, err := d.subscriber(ctx, id, write.Email)
		if err != nil {
			return unknown(id, err), nil
		}
		if lost = lostFields(write.Fields, current.Fields); len(lost) == 0 {
			return crm.Outcome{ID: id, Result: result}, nil
		}
	}
	why := "Kit did not keep this value"
	if len(reply.Warnings) > 0 {
		why = strings.Join(reply.Warnings, "; ")
	}
	return failed(id, unknownField(strings.Join(lost, ", "), why)), nil
}

// lostFields are the keys whose values are not what was sent.
func lostFields(sent map[string]string, held map[string]*string) []string {
	var lost []string
	for _, key := range sortedKeys(sent) {
		if value := held[key]; value == nil || !sameText(*value, sent[key]) {
			lost = append(lost, key)
		}
	}
	return lost
}

// subscriber reads one subscriber by number, without the lateness of lists.
func (d *driver) subscriber(ctx context.Context, id crm.ContactID, email string) (subscriber, error) {
	request := crm.Request{Op: "read a subscriber", Method: http.MethodGet, Path: "/v4/subscribers/" + string(id)}
	reply, _, err := ask(ctx, d, request, func(reply subscriberReply, _ int) bool { return reply.about(email) })
	if err != nil {
		return subscriber{}, err
	}
	return *reply.Subscriber, nil
}

// refusal is the error for one item of a bulk call, in Kit's words.
func refusal(op string, words []string) *crm.Error {
	return &crm.Error{
		Kind: crm.KindInvalid, Code: codePrefix + "-REFUSED", Op: op, Status: http.StatusOK, Hint: strings.Join(words, "; "),
	}
}

// unanswered is the error for an item of a bulk call that the answer does not mention.
func unanswered(op string) *crm.Error {
	e := incomplete(op, http.StatusOK)
	e.Hint = "Kit's answer does not say what became of this one"
	return e
}

// queuedLater is the error for a bulk call that Kit put off, with nothing to follow it by.
func queuedLater(op string) *crm.Error {
	e := incomplete(op, http.StatusAccepted)
	e.Hint = "Kit put this in its queue and does not say what became of it"
	return e
}
