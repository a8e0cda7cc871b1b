package ontraport

import (
	"context"
	"net/url"
	"slices"
	"time"

	"allyswitch/crm"
)

const (
	// firstLook and rarestLook are the pauses between two looks at whether tagging is done; they grow.
	firstLook  = 2 * time.Second
	rarestLook = 15 * time.Second
	// settlePatience is how long tagging may take without getting on. Ontraport names no time.
	settlePatience = 15 * time.Minute
)

// Settle waits until tagging is done: until the last contact of each call shows the tag (or no longer shows it). Patience
// begins anew whenever some of them do.
func (d *driver) Settle(ctx context.Context) (crm.Settlement, error) {
	pause, waited := firstLook, time.Duration(0)
	for {
		open := d.tagging.take()
		left, err := d.look(ctx, open)
		if err != nil {
			d.tagging.putBack(open)
			return crm.Settlement{}, err
		}
		d.tagging.putBack(left)
		switch {
		case len(left) == 0:
			return crm.Settlement{}, nil
		case len(left) < len(open):
			pause, waited = firstLook, 0
		case waited > settlePatience:
			return crm.Settlement{}, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + "-BUSY", Op: "wait for the tags", Hint: "Ontraport has not put all tags on yet"}
		}
		if err := d.conn.Rest(ctx, pause, "Ontraport is putting the tags on"); err != nil {
			return crm.Settlement{}, err
		}
		waited += pause
		pause = min(pause*3/2, rarestLook)
	}
}

func (w *tagWork) take() []witness {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := w.open
	w.open = nil
	return open
}

func (w *tagWork) putBack(left []witness) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = append(slices.Clone(left), w.open...)
}

// look reads the tags of the witnesses, a page of contacts a call, and returns those that are not as they will be. Contacts that
// are gone tell nothing any more.
func (d *driver) look(ctx context.Context, open []witness) ([]witness, error) {
	var ids []crm.ContactID
	for _, w := range open {
		ids = append(ids, w.contact)
	}
	slices.Sort(ids)
	carried := map[crm.ContactID][]string{}
	for part := range slices.Chunk(slices.Compact(ids), pageSize) {
		if err := d.readTags(ctx, part, carried); err != nil {
			return nil, err
		}
	}
	var left []witness
	for _, w := range open {
		if tags, there := carried[w.contact]; there && slices.Contains(tags, string(w.tag)) != w.carries {
			left = append(left, w)
		}
	}
	return left, nil
}

func (d *driver) readTags(ctx context.Context, ids []crm.ContactID, carried map[crm.ContactID][]string) error {
	const op = "see whether the tags are there"
	var list manyValues
	for _, id := range ids {
		list.List = append(list.List, oneValue{string(id)})
	}
	query := url.Values{"condition": {where("id", "IN", list)}}
	if !d.askWhole() {
		query.Set("listFields", "id,contact_cat")
	}
	rows, _, err := d.list(ctx, op, "/1/Contacts", query)
	if err != nil {
		return err
	}
	if query.Has("listFields") && slices.ContainsFunc(rows, lacksTags) {
		d.setAskWhole()
		return d.readTags(ctx, ids, carried)
	}
	for _, row := range rows {
		carried[crm.ContactID(row["id"])] = listIDs(string(row["contact_cat"]))
	}
	return nil
}
