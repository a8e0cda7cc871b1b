package crm

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"allyswitch/crm/address"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// tagKey is what two spellings of one tag have in common: AccessAlly compares the rest byte for byte.
func tagKey(name string) string { return strings.TrimSpace(norm.NFC.String(name)) }

// Fold is what two names of tags, or of custom fields, have in common that a CRM may take for one: they differ in case, in spaces, or in ways of writing the
// same letters ("Straße" and "STRASSE") alone.
func Fold(name string) string {
	spaced := strings.Join(strings.Fields(norm.NFKC.String(name)), " ")
	return norm.NFKC.String(cases.Fold().String(spaced))
}

// tagList is what the CRM has, listed once.
type tagList struct {
	mu     sync.Mutex
	listed bool
	tags   []Tag
	// made says when a tag was made here: a list may not show it for a while.
	made map[TagID]time.Time
	// strangers are tags that contacts carry but no list has.
	strangers map[Tag]bool
}

// showsNew is how long a list may leave out a tag that has just been made, beyond Features.ReadLag.
const showsNew = time.Minute

// Tags lists all contact tags, anew each time. What it lists is what is known from here on: a tag that was renamed since goes by its new name, and one that
// was deleted is made anew when it is needed.
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	tags, err := c.readTags(ctx)
	if err != nil {
		return nil, err
	}
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	c.tags.renew(tags, c.features.ReadLag+showsNew)
	return tags, nil
}

// renew takes a list in place of what is remembered, if anything is. A tag that was made here within grace stays, though the list does not show it yet.
func (l *tagList) renew(now []Tag, grace time.Duration) {
	if !l.listed {
		return
	}
	listed := map[TagID]bool{}
	for _, tag := range now {
		listed[tag.ID] = true
	}
	fresh := slices.Clone(now)
	for _, tag := range l.tags {
		if !listed[tag.ID] && time.Since(l.made[tag.ID]) < grace {
			fresh = append(fresh, tag)
		}
	}
	l.tags = fresh
}

func (c *Client) readTags(ctx context.Context) ([]Tag, error) {
	const op = "list the tags"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	tags, err := c.driver.Tags(ctx)
	return tags, c.named(op, err)
}

// EnsureTag returns the tag of exactly this name, and makes it where there is none. It returns an *Error of kind Conflict that names
// the tag which is in the way, when the CRM has one that differs in case alone and cannot hold both, or makes another name of it.
func (c *Client) EnsureTag(ctx context.Context, name string) (Tag, error) {
	const op = "create the tag"
	name = tagKey(name)
	if err := c.ready(ctx, op); err != nil {
		return Tag{}, err
	}
	if name == "" || !utf8.ValidString(name) {
		return Tag{}, c.refused(KindInvalid, op, "the name of the tag is empty or unreadable")
	}
	if limit := c.features.TagLength; limit > 0 && utf8.RuneCountInString(name) > limit {
		return Tag{}, c.refused(KindInvalid, op, "the tag %q is longer than %d characters", name, limit)
	}
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	return untilKnown(ctx, c, "looking whether the tag is there now", func() (Tag, error) { return c.ensureTag(ctx, op, name) })
}

// ensureTag is one try. The list is locked.
func (c *Client) ensureTag(ctx context.Context, op, name string) (Tag, error) {
	if err := c.listTags(ctx); err != nil {
		return Tag{}, err
	}
	tag, found, err := c.knownTag(op, name)
	if found || err != nil {
		return tag, err
	}
	return c.createTag(ctx, op, name)
}

// untilKnown tries again, a few times, while it is unknown whether something was made. Each try looks first. Once it was unknown, an
// error says so, whatever came after.
func untilKnown[T any](ctx context.Context, c *Client, reason string, try func() (T, error)) (T, error) {
	doubt := false
	for round := 1; ; round++ {
		made, err := try()
		if doubt = doubt || wasSent(err); doubt {
			err = MaybeSent(err)
		}
		if !wasSent(err) || round == mostRounds || ctx.Err() != nil || needsAPerson(err) {
			return made, err
		}
		if err := c.pause(ctx, reason, max(c.features.ReadLag, firstBackoff)); err != nil {
			return made, err
		}
	}
}

// listTags fills the list on first use. The list is locked.
func (c *Client) listTags(ctx context.Context) error {
	if c.tags.listed {
		return nil
	}
	tags, err := c.readTags(ctx)
	if err != nil {
		return err
	}
	c.tags.tags, c.tags.listed = tags, true
	return nil
}

func (c *Client) knownTag(op, name string) (Tag, bool, error) {
	for _, tag := range c.tags.tags {
		if tagKey(tag.Name) == name {
			return tag, true, nil
		}
	}
	if !c.features.TagsFoldCase {
		return Tag{}, false, nil
	}
	for _, tag := range c.tags.tags {
		if Fold(tag.Name) == Fold(name) {
			return Tag{}, false, c.refused(KindConflict, op, "there is a tag %q already, and %s cannot hold %q beside it", tag.Name, c.provider.Name, name)
		}
	}
	return Tag{}, false, nil
}

func (c *Client) createTag(ctx context.Context, op, name string) (Tag, error) {
	tag, err := c.driver.CreateTag(ctx, name)
	if err != nil {
		c.tags.listed = !wasSent(err) // it may be there now: look again before anything else is made
		return Tag{}, c.named(op, err)
	}
	if tag.ID == "" {
		c.tags.listed = false
		return Tag{}, c.odd(op, "the answer names no tag")
	}
	c.tags.tags = append(c.tags.tags, tag)
	if c.tags.made == nil {
		c.tags.made = map[TagID]time.Time{}
	}
	c.tags.made[tag.ID] = time.Now()
	if tagKey(tag.Name) != name {
		return Tag{}, c.refused(KindConflict, op, "%s made %q of the tag %q", c.provider.Name, tag.Name, name)
	}
	return tag, nil
}

// nameTags fills in, in place, what a contact's page leaves out of its tags: the name where there is only an ID, and the other way round.
func (c *Client) nameTags(ctx context.Context, tags []Tag) error {
	for i := range tags {
		if tags[i].Name != "" && tags[i].ID != "" {
			continue
		}
		known, err := c.lookUpTag(ctx, tags[i])
		if err != nil {
			return err
		}
		tags[i] = known
	}
	return nil
}

// lookUpTag finds a tag by what is known of it; when the list does not have it, in a new list. A tag that nobody knows stays as it is.
func (c *Client) lookUpTag(ctx context.Context, tag Tag) (Tag, error) {
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	for _, fresh := range []bool{false, true} {
		if fresh && c.tags.strangers[tag] {
			break
		}
		c.tags.listed = c.tags.listed && !fresh
		if err := c.listTags(ctx); err != nil {
			return tag, err
		}
		for _, known := range c.tags.tags {
			if tag.ID != "" && known.ID == tag.ID || tag.ID == "" && tagKey(known.Name) == tagKey(tag.Name) {
				return known, nil
			}
		}
	}
	if c.tags.strangers == nil {
		c.tags.strangers = map[Tag]bool{}
	}
	c.tags.strangers[tag] = true
	return tag, nil
}

// ApplyTag puts one tag on up to Features.TagBatch contacts; one Outcome per contact, in order. Applying it again is harmless, so that
// what stays unknown is simply asked for again.
func (c *Client) ApplyTag(ctx context.Context, tag Tag, to []Target) ([]Outcome, error) {
	const op = "apply the tag"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	if limit := max(c.features.TagBatch, 1); len(to) > limit {
		return nil, c.refused(KindInvalid, op, "%d contacts at once, at most %d can go", len(to), limit)
	}
	unlock, err := c.writes.lock(ctx, targetKeys(to))
	if err != nil {
		return nil, c.ready(ctx, op)
	}
	defer unlock()
	doubt := false
	for round := 1; ; round++ {
		outcomes, err := c.applyOnce(ctx, op, tag, to)
		if doubt = doubt || wasSent(err); doubt {
			err = MaybeSent(err)
		}
		if err == nil || !wasSent(err) || round == mostRounds || ctx.Err() != nil || needsAPerson(err) {
			return outcomes, err
		}
		if err := c.pause(ctx, "applying the tag again", firstBackoff); err != nil {
			return nil, MaybeSent(err)
		}
	}
}

// applyOnce returns an error with Sent set when any outcome is unknown, so that the call is made again.
func (c *Client) applyOnce(ctx context.Context, op string, tag Tag, to []Target) ([]Outcome, error) {
	outcomes, err := c.driver.ApplyTag(ctx, tag, to)
	if err != nil {
		return nil, c.named(op, err)
	}
	if len(outcomes) != len(to) {
		return nil, c.odd(op, "%d answers to %d contacts", len(outcomes), len(to))
	}
	for i := range outcomes {
		outcomes[i] = c.whole(op, outcomes[i])
		if outcomes[i].Result == Unknown {
			err = &Error{Kind: KindTemporary, Code: c.provider.CodePrefix + CodeAnswer, Op: op, Sent: true, Err: outcomes[i].Err}
		}
	}
	return outcomes, err
}

// targetKeys are the contacts' keys in the lock of writes: the address where it is known, as for Upsert.
func targetKeys(targets []Target) []string {
	seen := map[string]bool{}
	var keys []string
	for _, target := range targets {
		key := address.Key(target.Email)
		if key == "" {
			key = "id " + string(target.ID)
		}
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}
