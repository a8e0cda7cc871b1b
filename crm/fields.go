package crm

import (
	"context"
	"strings"
	"sync"
)

// fieldList is what custom fields the CRM has, listed once.
type fieldList struct {
	mu     sync.Mutex
	listed bool
	fields []Field
}

// Fields lists the custom fields of contacts, anew each time.
func (c *Client) Fields(ctx context.Context) ([]Field, error) {
	const op = "list the custom fields"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	fields, err := c.driver.Fields(ctx)
	return fields, c.named(op, err)
}

// EnsureField returns the custom field of this name, and makes it where there is none. It returns an *Error of kind Conflict when there
// is one that differs in case alone: somebody else's data may be in it.
func (c *Client) EnsureField(ctx context.Context, field Field) (Field, error) {
	const op = "create the custom field"
	field.Name = strings.TrimSpace(field.Name)
	if err := c.ready(ctx, op); err != nil {
		return Field{}, err
	}
	if field.Name == "" {
		return Field{}, c.refused(KindInvalid, op, "the custom field has no name")
	}
	c.fields.mu.Lock()
	defer c.fields.mu.Unlock()
	return untilKnown(ctx, c, "looking whether the field is there now", func() (Field, error) { return c.ensureField(ctx, op, field) })
}

// ensureField is one try. The list is locked.
func (c *Client) ensureField(ctx context.Context, op string, field Field) (Field, error) {
	if !c.fields.listed {
		fields, err := c.Fields(ctx)
		if err != nil {
			return Field{}, err
		}
		c.fields.fields, c.fields.listed = fields, true
	}
	for _, known := range c.fields.fields {
		if strings.TrimSpace(known.Name) == field.Name {
			return known, nil
		}
	}
	for _, known := range c.fields.fields {
		if Fold(known.Name) == Fold(field.Name) {
			return Field{}, c.refused(KindConflict, op, "there is a custom field %q already, which differs from %q in case alone", known.Name, field.Name)
		}
	}
	return c.createField(ctx, op, field)
}

func (c *Client) createField(ctx context.Context, op string, field Field) (Field, error) {
	made, err := c.driver.CreateField(ctx, field)
	if err != nil {
		c.fields.listed = !wasSent(err)
		return Field{}, c.named(op, err)
	}
	if made.ID == "" {
		c.fields.listed = false
		return Field{}, c.odd(op, "the answer names no field")
	}
	c.fields.fields = append(c.fields.fields, made)
	return made, nil
}
