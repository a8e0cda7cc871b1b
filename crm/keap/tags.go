package keap

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"allyswitch/crm"
)

// tagLength is how much of a name Keap saves; it drops the rest without a word (Keap API v2, CreateUpdateTagRequest).
const tagLength = 255

// tagList is what tags there are, so that making many does not list them anew for each.
type tagList struct {
	mu     sync.Mutex
	listed bool
	tags   []crm.Tag
}

// Tags implements crm.Driver. The category is told apart from the name: AccessAlly may show "Category: Name", but Keap's name of the
// tag is the name alone.
func (d *driver) Tags(ctx context.Context) ([]crm.Tag, error) {
	d.tags.mu.Lock()
	defer d.tags.mu.Unlock()
	return d.listTags(ctx)
}

// listTags fills the list. It is locked.
func (d *driver) listTags(ctx context.Context) ([]crm.Tag, error) {
	wire, err := listAll(ctx, d, "list the tags", v2+"tags", func(page *wirePage) *[]wireTag { return page.Tags })
	if err != nil {
		return nil, err
	}
	names := map[wireID]string{}
	if slices.ContainsFunc(wire, func(t wireTag) bool { return t.Category != nil }) {
		categories, err := listAll(ctx, d, "list the tag categories", v2+"tags/categories", func(page *wirePage) *[]wireTag { return page.Categories })
		if err != nil {
			return nil, err
		}
		for _, c := range categories {
			names[c.ID] = c.Name
		}
	}
	tags := make([]crm.Tag, len(wire))
	for i, t := range wire {
		tags[i] = crm.Tag{ID: crm.TagID(t.ID), Name: t.Name}
		if t.Category != nil {
			tags[i].Category = names[t.Category.ID]
		}
	}
	d.tags.tags, d.tags.listed = tags, true
	return slices.Clone(tags), nil
}

// wirePage is a page of tags or of categories.
type wirePage struct {
	Tags       *[]wireTag `json:"tags"`
	Categories *[]wireTag `json:"tag_categories"`
	Next       string     `json:"next_page_token"`
}

// listAll reads a list to its end.
func listAll(ctx context.Context, d *driver, op, path string, rows func(*wirePage) *[]wireTag) ([]wireTag, error) {
	request := d.request(op, http.MethodGet, path)
	var all []wireTag
	for at, been := crm.Cursor(""), map[crm.Cursor]bool{}; ; {
		var page wirePage
		request.Query = pageQuery(at, url.Values{"page_size": {strconv.Itoa(pageSize)}})
		if err := d.json(ctx, request, &page); err != nil {
			return nil, err
		}
		next := nextCursor(page.Next)
		if rows(&page) == nil || next != "" && been[next] {
			return nil, unknown(op, "the answer has no list, or gives the same page again")
		}
		all = append(all, *rows(&page)...)
		if next == "" {
			return all, nil
		}
		been[at], at = true, next
	}
}

const createTagOp = "create the tag"

// CreateTag implements crm.Driver. It is made without a category, so that nothing can be put in front of its name.
func (d *driver) CreateTag(ctx context.Context, name string) (crm.Tag, error) {
	if utf8.RuneCountInString(name) > tagLength {
		return crm.Tag{}, invalid(createTagOp, "the name of the tag is longer than 255 characters; Keap would cut it off")
	}
	d.tags.mu.Lock()
	defer d.tags.mu.Unlock()
	if !d.tags.listed {
		if _, err := d.listTags(ctx); err != nil {
			return crm.Tag{}, asked(err)
		}
	}
	if tag, found := d.tagNamed(name, false); found {
		return tag, nil
	}
	tag, err := d.makeTag(ctx, name)
	if err == nil {
		d.tags.tags = append(d.tags.tags, tag)
		return tag, nil
	}
	if !sent(err) && !crm.IsKind(err, crm.KindConflict) && !crm.IsKind(err, crm.KindInvalid) {
		return crm.Tag{}, err
	}
	return d.tagAfter(ctx, name, err)
}

func (d *driver) makeTag(ctx context.Context, name string) (crm.Tag, error) {
	request := d.request(createTagOp, http.MethodPost, v2+"tags")
	request.JSON = map[string]any{"name": name}
	var made wireTag
	if err := d.json(ctx, request, &made); err != nil {
		return crm.Tag{}, err
	}
	if made.ID == "" || made.Name == "" {
		return crm.Tag{}, unknown(createTagOp, "the answer does not name the tag")
	}
	return crm.Tag{ID: crm.TagID(made.ID), Name: made.Name}, nil
}

// tagAfter looks what there is after a creation that was refused or not answered: the tag itself, or, where the refusal means that Keap
// folds case, the tag that is in the way. The caller compares the names.
func (d *driver) tagAfter(ctx context.Context, name string, cause error) (crm.Tag, error) {
	d.tags.listed = false
	if _, err := d.listTags(ctx); err != nil {
		return crm.Tag{}, cause
	}
	if tag, found := d.tagNamed(name, false); found {
		return tag, nil
	}
	if tag, found := d.tagNamed(name, true); found && !sent(cause) {
		return tag, nil
	}
	return crm.Tag{}, cause
}

// tagNamed finds a tag in the list; of several with one name, the one without a category.
func (d *driver) tagNamed(name string, fold bool) (crm.Tag, bool) {
	var found []crm.Tag
	for _, t := range d.tags.tags {
		if t.Name == name || fold && strings.EqualFold(t.Name, name) {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return crm.Tag{}, false
	}
	if plain := slices.IndexFunc(found, func(t crm.Tag) bool { return t.Category == "" }); plain >= 0 {
		return found[plain], true
	}
	return found[0], true
}

// TaggedContacts implements crm.TagReader.
func (d *driver) TaggedContacts(ctx context.Context, tag crm.Tag, at crm.Cursor) (crm.TargetPage, error) {
	var page struct {
		Contacts *[]struct {
			ID    wireID `json:"id"`
			Email string `json:"email"`
		} `json:"contacts"`
		Next string `json:"next_page_token"`
	}
	request := d.request("read who has the tag", http.MethodGet, v2+"tags/"+url.PathEscape(string(tag.ID))+"/contacts")
	request.Query = pageQuery(at, url.Values{"page_size": {strconv.Itoa(pageSize)}})
	if err := d.json(ctx, request, &page); err != nil {
		return crm.TargetPage{}, err
	}
	if page.Contacts == nil {
		return crm.TargetPage{}, unknown(request.Op, "the answer has no list of contacts")
	}
	result := crm.TargetPage{Next: nextCursor(page.Next)}
	for _, c := range *page.Contacts {
		result.Targets = append(result.Targets, crm.Target{ID: crm.ContactID(c.ID), Email: c.Email})
	}
	return result, nil
}
