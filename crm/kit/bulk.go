package kit

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// clockSlack tolerates that both Kit's clock and its times of creation are in whole seconds.
const clockSlack = 2 * time.Second

// upsertBulk writes the sound contacts at once, then their custom fields, which the first call cannot carry.
func (d *driver) upsertBulk(ctx context.Context, contacts []crm.Contact, sound []int, outcomes []crm.Outcome) error {
	if len(sound) == 0 {
		return nil
	}
	call := bulkCall{contacts: contacts, outcomes: outcomes, started: time.Now(), highest: d.highestSeen()}
	if err := d.postSubscribers(ctx, &call, sound); err != nil {
		return err
	}
	d.writeFields(ctx, contacts, sound, outcomes)
	return nil
}

const opSubscribers = "write subscribers"

// postSubscribers writes the contacts at these places. Kit takes none of them when all together are too many for the plan; then it
// is tried in halves, so that those who fit go in and the others are told apart.
func (d *driver) postSubscribers(ctx context.Context, call *bulkCall, places []int) error {
	body := bulkSubscribers{}
	for _, i := range places {
		contact := call.contacts[i]
		body.Subscribers = append(body.Subscribers, subscriberWrite{
			Email: strings.TrimSpace(contact.Email), FirstName: contact.FirstName, State: stateWords[contact.State],
		})
	}
	request := crm.Request{Op: opSubscribers, Method: http.MethodPost, Path: "/v4/bulk/subscribers", JSON: body, Repeatable: true}
	reply, response, err := ask(ctx, d, request, func(reply bulkSubscribersReply, status int) bool {
		return status == http.StatusAccepted || reply.Subscribers != nil && allNamed(*reply.Subscribers)
	})
	switch {
	case crm.IsKind(err, crm.KindPlanLimit):
		return d.inHalves(ctx, call, places, err)
	case err != nil:
		return err
	case response.Status == http.StatusAccepted:
		call.settle(places, unknown("", queuedLater(opSubscribers)))
		return nil
	}
	call.match(reply, places, serverTime(response.Header, time.Now()))
	d.seen(*reply.Subscribers...)
	return nil
}

// inHalves goes on after a refusal for want of room. Once a single contact was refused, whatever is refused stays out.
func (d *driver) inHalves(ctx context.Context, call *bulkCall, places []int, refused error) error {
	if len(places) == 1 || call.full {
		call.full = true
		call.settle(places, failed("", refused))
		return nil
	}
	half := len(places) / 2 // what became of the first half is not taken back by trouble with the second
	if err := d.postSubscribers(ctx, call, places[:half]); err != nil {
		return err
	}
	return crm.MaybeSent(d.postSubscribers(ctx, call, places[half:]))
}

// bulkCall is one Upsert of many contacts. Answers are matched by address and number: their order means nothing.
type bulkCall struct {
	contacts []crm.Contact
	outcomes []crm.Outcome
	// started and highest tell who is new: the bulk answer does not say.
	started time.Time
	highest int64
	// full says that the plan has no room for one contact more.
	full bool
}

func (c *bulkCall) settle(places []int, outcome crm.Outcome) {
	for _, i := range places {
		c.outcomes[i] = outcome
	}
}

// serverTime is the vendor's clock, so that a wrong clock here does no harm.
func serverTime(header http.Header, local time.Time) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return local
}

// result tells created from updated: new subscribers have higher numbers than any seen before, and were made during the call.
func (c *bulkCall) result(s subscriber, serverNow time.Time) crm.Result {
	made, err := time.Parse(time.RFC3339, s.CreatedAt)
	if err == nil && s.ID > c.highest && serverNow.Sub(made) <= time.Since(c.started)+clockSlack {
		return crm.Created
	}
	return crm.Updated
}

// match gives each contact its outcome: from the subscriber or the failure of its address. Kit leaves the address out of some
// failures; those fit when there are as many of them as contacts that are left over.
func (c *bulkCall) match(reply bulkSubscribersReply, places []int, serverNow time.Time) {
	byAddress := map[string][]int{}
	for _, i := range places {
		key := address.Key(c.contacts[i].Email)
		byAddress[key] = append(byAddress[key], i)
	}
	for _, s := range *reply.Subscribers {
		c.settle(byAddress[address.Key(s.Email)], crm.Outcome{ID: s.id(), Result: c.result(s, serverNow)})
	}
	var nameless []string
	count := 0
	for _, failure := range reply.Failures {
		if failure.Subscriber.Email == "" {
			nameless, count = append(nameless, failure.Errors...), count+1
			continue
		}
		c.settle(byAddress[address.Key(failure.Subscriber.Email)], failed("", refusal(opSubscribers, failure.Errors)))
	}
	left := slices.DeleteFunc(slices.Clone(places), func(i int) bool { return c.outcomes[i].Result != "" })
	if count == len(left) {
		slices.Sort(nameless)
		c.settle(left, failed("", refusal(opSubscribers, slices.Compact(nameless))))
		return
	}
	c.settle(left, unknown("", unanswered(opSubscribers)))
}

// writeFields writes the custom fields of the contacts that were written. A contact whose field failed has failed; one whose field
// Kit did not answer for is unknown.
func (d *driver) writeFields(ctx context.Context, contacts []crm.Contact, sound []int, outcomes []crm.Outcome) {
	var values []fieldValue
	owners := map[int64][]int{}
	for _, i := range sound {
		id := number(string(outcomes[i].ID))
		if outcomes[i].Result == crm.Failed || id == 0 {
			continue
		}
		owners[id] = append(owners[id], i)
		fields := wireFields(contacts[i])
		for _, key := range sortedKeys(fields) {
			field, _ := d.known(key)
			values = append(values, fieldValue{SubscriberID: id, FieldID: field.ID, Value: fields[key]})
		}
	}
	for some := range slices.Chunk(values, batch) {
		for _, trouble := range d.postFields(ctx, some) {
			for _, i := range owners[trouble.id] {
				outcomes[i].Result, outcomes[i].Err = trouble.result, trouble.err
			}
		}
	}
}

// trouble is what went wrong with the subscriber of that number.
type trouble struct {
	id     int64
	result crm.Result
	err    error
}

// cell is one subscriber's one custom field or tag.
type cell struct{ subscriber, of int64 }

func (d *driver) postFields(ctx context.Context, values []fieldValue) []trouble {
	const op = "write custom fields"
	request := crm.Request{Op: op, Method: http.MethodPost, Path: "/v4/bulk/custom_fields/subscribers", JSON: bulkFieldValues{Values: values}, Repeatable: true}
	reply, response, err := ask(ctx, d, request, func(reply bulkFieldValuesReply, status int) bool {
		return status == http.StatusAccepted || reply.Values != nil
	})
	if err == nil && response.Status == http.StatusAccepted {
		err = queuedLater(op)
	}
	answer := bulkAnswer{done: map[cell]bool{}, refused: map[cell][]string{}, trouble: err}
	if err == nil {
		for _, value := range *reply.Values {
			answer.done[cell{value.SubscriberID, value.FieldID}] = true
		}
		for _, failure := range reply.Failures {
			answer.refuse(cell{failure.Value.SubscriberID, failure.Value.FieldID}, failure.Errors)
		}
	}
	asked := make([]cell, len(values))
	for i, value := range values {
		asked[i] = cell{value.SubscriberID, value.FieldID}
	}
	return answer.troubles(op, asked)
}

// bulkAnswer is what a bulk call over pairs said. Failures without a subscriber's number are nameless.
type bulkAnswer struct {
	done     map[cell]bool
	refused  map[cell][]string
	nameless []string
	// unnamed counts the failures behind nameless; trouble is set when there is no answer at all.
	unnamed int
	trouble error
}

func (a *bulkAnswer) refuse(which cell, words []string) {
	if which.subscriber == 0 || which.of == 0 {
		a.nameless = append(a.nameless, words...)
		a.unnamed++
		return
	}
	a.refused[which] = words
}

// troubles says what went wrong with which subscriber, failures last so that they outweigh what is merely unknown.
func (a *bulkAnswer) troubles(op string, asked []cell) []trouble {
	var doubts, failures []trouble
	for _, which := range asked {
		words, refused := a.refused[which]
		switch {
		case a.trouble != nil:
			doubts = append(doubts, trouble{which.subscriber, crm.Unknown, a.trouble})
		case refused:
			failures = append(failures, trouble{which.subscriber, crm.Failed, refusal(op, words)})
		case !a.done[which]:
			doubts = append(doubts, trouble{which.subscriber, crm.Unknown, unanswered(op)})
		}
	}
	if a.trouble == nil && a.unnamed > 0 && a.unnamed == len(doubts) {
		for i := range doubts {
			doubts[i].result, doubts[i].err = crm.Failed, refusal(op, a.nameless)
		}
	}
	return append(doubts, failures...)
}
