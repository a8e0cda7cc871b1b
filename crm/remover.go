package crm

import "context"

// Remover is how AllySwitch's work is taken back, where the CRM can. It sees to it that no two writes to one contact happen at once, that errors say
// what was being done, and that what is gone is not taken for there.
func (c *Client) Remover() (Remover, bool) {
	driver, can := c.driver.(Remover)
	if !can {
		return nil, false
	}
	return &remover{client: c, driver: driver}, true
}

// Blanker is how values are emptied that AllySwitch has filled in, where the CRM can.
func (c *Client) Blanker() (Blanker, bool) {
	driver, can := c.driver.(Blanker)
	if !can {
		return nil, false
	}
	return &blanker{client: c, driver: driver}, true
}

type remover struct {
	client *Client
	driver Remover
}

// RemoveTag takes a tag off contacts; one Outcome per contact, in order. One that does not carry it is as good as done.
func (r *remover) RemoveTag(ctx context.Context, tag Tag, from []Target) ([]Outcome, error) {
	const op = "take the tag off"
	var outcomes []Outcome
	err := r.client.alone(ctx, op, from, func() (err error) {
		outcomes, err = r.driver.RemoveTag(ctx, tag, from)
		if err == nil && len(outcomes) != len(from) {
			err = r.client.odd(op, "%d answers to %d contacts", len(outcomes), len(from))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range outcomes {
		outcomes[i] = r.client.whole(op, outcomes[i])
	}
	return outcomes, nil
}

// DeleteContact removes one contact. One that is gone already is as good as removed.
func (r *remover) DeleteContact(ctx context.Context, target Target) error {
	return r.client.alone(ctx, "remove the contact", []Target{target}, func() error { return r.driver.DeleteContact(ctx, target) })
}

// DeleteTag removes a tag from the account.
func (r *remover) DeleteTag(ctx context.Context, tag Tag) error {
	const op = "remove the tag"
	if err := r.client.ready(ctx, op); err != nil {
		return err
	}
	tags := &r.client.tags
	tags.mu.Lock()
	defer tags.mu.Unlock()
	tags.listed = false
	return r.client.named(op, r.driver.DeleteTag(ctx, tag))
}

// DeleteField removes a custom field with all its values.
func (r *remover) DeleteField(ctx context.Context, field Field) error {
	const op = "remove the custom field"
	if err := r.client.ready(ctx, op); err != nil {
		return err
	}
	fields := &r.client.fields
	fields.mu.Lock()
	defer fields.mu.Unlock()
	fields.listed = false
	return r.client.named(op, r.driver.DeleteField(ctx, field))
}

type blanker struct {
	client *Client
	driver Blanker
}

// ClearFields empties values of one contact.
func (b *blanker) ClearFields(ctx context.Context, target Target, blank Blank) error {
	if blank.Nothing() {
		return nil
	}
	return b.client.alone(ctx, "empty a value", []Target{target}, func() error { return b.driver.ClearFields(ctx, target, blank) })
}

// alone does something to contacts to which nothing else is done meanwhile.
func (c *Client) alone(ctx context.Context, op string, targets []Target, do func() error) error {
	if err := c.ready(ctx, op); err != nil {
		return err
	}
	unlock, err := c.writes.lock(ctx, targetKeys(targets))
	if err != nil {
		return c.ready(ctx, op)
	}
	defer unlock()
	return c.named(op, do())
}
