package ontraport

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"allyswitch/crm"
)

const (
	// tagBatch is how many contacts one tagging call carries. Ontraport names no maximum; calls shrink when it turns out lower.
	tagBatch = 500
	// untagBatch is smaller: on DELETE the ids go into the address.
	untagBatch = 100
	// surePart is the size below which a call that failed is repeated as it is, and not halved any more.
	surePart = 25
	// mostRefused is how many contacts may be refused in a call of which none was taken before the rest is not tried.
	mostRefused = 8
)

// tagWork is what is known about tagging under way.
type tagWork struct {
	mu sync.Mutex
	// limit is how many contacts a call may carry, as far as was found out.
	limit int
	// open are the last contacts of calls that Ontraport took: when they show the tag, the call has been worked off.
	open []witness
}

// witness is a contact by which a tagging call can be seen to be done.
type witness struct {
	contact crm.ContactID
	tag     crm.TagID
	// carries is how it will be: with the tag, or without it.
	carries bool
}

// change is one tagging job: the tag, which way, and what became of the contacts.
type change struct {
	d        *driver
	tag      crm.Tag
	add      bool
	outcomes []crm.Outcome
	refused  int
	taken    int
}

// ApplyTag puts a tag on contacts by their numbers. Ontraport works it off later: see Settle.
func (d *driver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	return d.changeTag(ctx, tag, to, true)
}

// RemoveTag takes a tag off contacts. It is called for undo only.
func (d *driver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	return d.changeTag(ctx, tag, from, false)
}

func (d *driver) changeTag(ctx context.Context, tag crm.Tag, targets []crm.Target, add bool) ([]crm.Outcome, error) {
	c := &change{d: d, tag: tag, add: add, outcomes: make([]crm.Outcome, len(targets))}
	if !isNumber(string(tag.ID)) {
		return nil, &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: c.op(), Hint: "the tag has no number"}
	}
	var good []int
	for i, target := range targets {
		c.outcomes[i].ID = target.ID
		if !isNumber(string(target.ID)) {
			c.outcomes[i].Result = crm.Failed
			c.outcomes[i].Err = &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: c.op(), Hint: "the contact has no number"}
			continue
		}
		good = append(good, i)
	}
	for part := range slices.Chunk(good, c.size()) {
		if err := c.send(ctx, part, targets); err != nil && c.taken > 0 {
			return nil, crm.MaybeSent(err)
		} else if err != nil {
			return nil, err
		}
	}
	return c.outcomes, nil
}

func (c *change) op() string {
	if c.add {
		return "apply the tag"
	}
	return "remove the tag"
}

func (c *change) size() int {
	c.d.tagging.mu.Lock()
	defer c.d.tagging.mu.Unlock()
	if c.add {
		return c.d.tagging.limit
	}
	return min(c.d.tagging.limit, untagBatch)
}

// send sends one part. What is refused, or not answered, is tried again in halves: the call may be too large, or one contact
// in it may be gone. Tagging twice does no harm.
func (c *change) send(ctx context.Context, part []int, targets []crm.Target) error {
	err := c.call(ctx, part, targets)
	switch {
	case err == nil:
		c.taken += len(part)
		c.mark(part, crm.Queued, nil)
		return nil
	case !halvable(err), c.refused >= mostRefused && c.taken == 0:
		return err
	case len(part) == 1:
		c.refused++
		c.mark(part, crm.Failed, err)
		return nil
	}
	refused := c.refused
	middle := len(part) / 2
	for _, half := range [][]int{part[:middle], part[middle:]} {
		if err := c.send(ctx, half, targets); err != nil {
			return err
		}
	}
	if c.refused == refused && !maybeDone(err) {
		c.d.tagging.shrink(middle)
	}
	return nil
}

// halvable says that a smaller call might do: the answer was lost, or speaks against what is in the call.
func halvable(err error) bool {
	return maybeDone(err) || crm.IsKind(err, crm.KindInvalid) || crm.IsKind(err, crm.KindNotFound)
}

// maybeDone says that a request may have been carried out although no usable answer came.
func maybeDone(err error) bool {
	var failure *crm.Error
	return errors.As(err, &failure) && failure.Sent && failure.Kind == crm.KindTemporary && failure.Err != context.Canceled
}

func (w *tagWork) shrink(size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit = max(1, min(w.limit, size))
}

func (c *change) mark(part []int, result crm.Result, err error) {
	for _, i := range part {
		c.outcomes[i].Result, c.outcomes[i].Err = result, err
	}
}

// call sends one tagging call. Only small ones are repeated as they are: a large one may be what the server chokes on.
func (c *change) call(ctx context.Context, part []int, targets []crm.Target) error {
	ids := make([]string, 0, len(part))
	for _, i := range part {
		ids = append(ids, string(targets[i].ID))
	}
	request := crm.Request{Op: c.op(), Path: "/1/objects/tag", Repeatable: len(part) <= surePart}
	if c.add {
		request.Method, request.JSON = http.MethodPut, tagging{IDs: numbers(ids), AddList: numbers([]string{string(c.tag.ID)})}
	} else {
		request.Method = http.MethodDelete
		request.Query = url.Values{"objectID": {contactObject}, "ids": {strings.Join(ids, ",")}, "remove_list": {string(c.tag.ID)}}
	}
	var answer envelope[any]
	if _, err := c.d.conn.JSON(ctx, request, &answer); err != nil {
		return err
	}
	c.d.tagging.mu.Lock()
	defer c.d.tagging.mu.Unlock()
	last := crm.ContactID(ids[len(ids)-1])
	c.d.tagging.open = append(c.d.tagging.open, witness{contact: last, tag: c.tag.ID, carries: c.add})
	return nil
}

func numbers(ids []string) []json.Number {
	written := make([]json.Number, 0, len(ids))
	for _, id := range ids {
		written = append(written, json.Number(id))
	}
	return written
}
