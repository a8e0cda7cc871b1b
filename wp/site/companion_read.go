package site

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Found is the answer of Lookup.
type Found struct {
	Users []User
	// MissingIDs and MissingEmails are those that no user has.
	MissingIDs    []int64
	MissingEmails []string
}

// Lookup finds users by ID and by address, without regard to case. Several users may have one address; all are in the answer, in order of ID.
func (c *Companion) Lookup(ctx context.Context, ids []int64, emails []string) (Found, error) {
	most := c.limit("lookup", 2000)
	var found Found
	for len(ids)+len(emails) > 0 {
		some := min(len(ids), most)
		others := min(len(emails), most-some)
		if err := c.lookup(ctx, ids[:some], emails[:others], &found); err != nil {
			return Found{}, err
		}
		ids, emails = ids[some:], emails[others:]
	}
	return found, nil
}

func (c *Companion) lookup(ctx context.Context, ids []int64, emails []string, found *Found) error {
	var told struct {
		Users         []companionUser `json:"users"`
		MissingIDs    []int64         `json:"missing_ids"`
		MissingEmails []string        `json:"missing_emails"`
	}
	asked := map[string]any{"with": "contact_id,tags"}
	if len(ids) > 0 {
		asked["ids"] = ids
	}
	if len(emails) > 0 {
		asked["emails"] = emails
	}
	if _, err := c.post(ctx, "look members up", "/users/lookup", asked, &told); err != nil {
		return err
	}
	users, err := c.usersOf(told.Users)
	if err != nil {
		return err
	}
	for i := range users {
		users[i].Member = users[i].Stored.Member()
	}
	found.Users = append(found.Users, users...)
	found.MissingIDs = append(found.MissingIDs, told.MissingIDs...)
	found.MissingEmails = append(found.MissingEmails, told.MissingEmails...)
	return nil
}

// InvalidUser is a user whose contact ID is missing or cannot be one.
type InvalidUser struct {
	ID        int64   `json:"id"`
	Email     string  `json:"email"`
	ContactID *string `json:"contact_id"`
	// Finding is none, malformed or unreadable.
	Finding string `json:"finding"`
}

// InvalidUsers calls fn with each user whose contact ID is missing or cannot be one. That two share one is seen only by reading all users.
func (c *Companion) InvalidUsers(ctx context.Context, fn func(InvalidUser) error) error {
	return pages(ctx, c, "look for wrong contact IDs", "/users/invalid", nil, func(page struct {
		Users []InvalidUser `json:"users"`
		next
	}) ([]InvalidUser, next) {
		return page.Users, page.next
	}, fn)
}

// ChangeMark tells cheaply whether it is worth reading users again: equal marks mean that nothing has changed.
type ChangeMark struct {
	Users            int    `json:"users"`
	NewestUser       int64  `json:"newest_user"`
	NewestRegistered string `json:"newest_registered"`
	Accounts         string `json:"accounts"`
	Names            string `json:"names"`
	// AccessAlly is nil when the site keeps nothing of AccessAlly's that can be seen.
	AccessAlly *string `json:"accessally"`
}

// ChangeMark asks for the mark of now.
func (c *Companion) ChangeMark(ctx context.Context) (ChangeMark, error) {
	var mark ChangeMark
	err := c.get(ctx, "look for changes", "/change-mark", nil, &mark, nil)
	return mark, err
}

// Tag is a tag as AccessAlly knows it.
type Tag struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Tags lists all tags that AccessAlly knows for its present CRM, whose word is system, nil when unknown. An empty list is what AccessAlly
// answered: it is no proof that there are none.
func (c *Companion) Tags(ctx context.Context) (tags []Tag, system *string, err error) {
	var told struct {
		Tags   []Tag   `json:"tags"`
		System *string `json:"system"`
	}
	if err := c.get(ctx, "list the tags", "/tags", nil, &told, nil); err != nil {
		return nil, nil, err
	}
	if told.Tags == nil {
		return nil, nil, c.site.client.trouble(Unreadable, "the list of tags is missing in the answer").during("list the tags")
	}
	return told.Tags, told.System, nil
}

// The sections in which tags are looked for.
func sections() []string {
	return []string{"options", "postmeta", "content", "theme", "usermeta", "tables"}
}

// TagReference is a place where a tag is used.
type TagReference struct {
	Section string `json:"-"`
	Kind    string `json:"kind"`
	// Certain is false where the place was found by its name only, so that a person should look.
	Certain bool   `json:"certain"`
	Key     string `json:"key"`
	ID      int64  `json:"id"`
	Title   string `json:"title"`
	Path    string `json:"path"`
	// Tag is the ID as stored; "" with Dynamic where code works it out.
	Tag     string `json:"tag"`
	Dynamic bool   `json:"dynamic"`
	// Known says whether AccessAlly has the tag; nil when tags cannot be listed.
	Known *bool `json:"known"`
	// Edit is the screen on which to change it, "" when that is not known.
	Edit string `json:"edit"`
}

// UnreadablePlace is a place that may hold tags and could not be read.
type UnreadablePlace struct {
	Section string `json:"-"`
	// Kind is the kind of place that its name speaks for, "" where the companion is too old to tell.
	Kind string `json:"kind"`
	Key  string `json:"key"`
	ID   int64  `json:"id"`
	Why  string `json:"why"`
}

// TagReferences lists everywhere that tags are known to be used, and the places that could not be read.
func (c *Companion) TagReferences(ctx context.Context) (references []TagReference, unreadable []UnreadablePlace, err error) {
	type page struct {
		References []TagReference    `json:"references"`
		Unreadable []UnreadablePlace `json:"unreadable"`
		next
	}
	for _, section := range sections() {
		take := func(got page) ([]TagReference, next) {
			for _, each := range got.Unreadable {
				each.Section = section
				unreadable = append(unreadable, each)
			}
			return got.References, got.next
		}
		err := pages(ctx, c, "look for tags in "+section, "/tag-references", url.Values{"section": {section}}, take, func(each TagReference) error {
			each.Section = section
			references = append(references, each)
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return references, unreadable, nil
}

// AccessRule is who may open a page.
type AccessRule struct {
	ID        int64  `json:"id"`
	Title     string `json:"title"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	URL       string `json:"url"`
	Offerings []struct {
		Key    string `json:"key"`
		Module string `json:"module"`
		// AnyOf opens the page and NoneOf closes it; nil when the offering's tags cannot be read.
		AnyOf  []string `json:"any_of"`
		NoneOf []string `json:"none_of"`
	} `json:"offerings"`
	RequireLogin   *bool `json:"require_login"`
	PermissionTags []struct {
		Path string `json:"path"`
		Tag  string `json:"tag"`
	} `json:"permission_tags"`
}

// AccessRules calls fn with each page that AccessAlly guards.
func (c *Companion) AccessRules(ctx context.Context, fn func(AccessRule) error) error {
	return pages(ctx, c, "read who may open which page", "/access-rules", nil, func(page struct {
		Rules []AccessRule `json:"rules"`
		next
	}) ([]AccessRule, next) {
		return page.Rules, page.next
	}, fn)
}

// Order is a row of AccessAlly's orders or subscriptions: the fields that the table has, by name. Nil is SQL's NULL.
type Order map[string]*string

// Orders calls fn with each order. Unavailable is the error when no table for them was found.
func (c *Companion) Orders(ctx context.Context, fn func(Order) error) error {
	return c.orders(ctx, "orders", fn)
}

// Subscriptions calls fn with each subscription. Unavailable is the error when no table for them was found.
func (c *Companion) Subscriptions(ctx context.Context, fn func(Order) error) error {
	return c.orders(ctx, "subscriptions", fn)
}

func (c *Companion) orders(ctx context.Context, what string, fn func(Order) error) error {
	return pages(ctx, c, "read the "+what, "/"+what, nil, func(page struct {
		Rows []Order `json:"rows"`
		next
	}) ([]Order, next) {
		return page.Rows, page.next
	}, fn)
}

// TeamPerson is one line of a team's list, as AccessAlly's legacy teams keep it in user meta.
type TeamPerson struct {
	UserID int64 `json:"user_id"`
	// Email is "" where the user is no longer on the site.
	Email string `json:"email"`
	// Part is leader or member, Team the team's ID.
	Part string `json:"part"`
	Team string `json:"team"`
}

// Teams calls fn with everybody who leads or is in a legacy team. Unavailable is the error where the site keeps nothing of the kind: then it is not known who
// is in which team.
func (c *Companion) Teams(ctx context.Context, fn func(TeamPerson) error) error {
	return pages(ctx, c, "read who is in which team", "/teams", nil, func(page struct {
		People []TeamPerson `json:"people"`
		next
	}) ([]TeamPerson, next) {
		return page.People, page.next
	}, fn)
}

// Inventory is names, never values, of what AccessAlly and its sisters have on the site.
type Inventory struct {
	Classes    map[string][]string `json:"classes"`
	Functions  []string            `json:"functions"`
	Tables     map[string][]string `json:"tables"`
	Options    []string            `json:"options"`
	UserMeta   []string            `json:"user_meta"`
	PostMeta   []string            `json:"post_meta"`
	Shortcodes []string            `json:"shortcodes"`
	PostTypes  []string            `json:"post_types"`
}

// Inventory asks what AccessAlly's version on this site really offers, for support.
func (c *Companion) Inventory(ctx context.Context) (Inventory, error) {
	var told Inventory
	err := c.get(ctx, "take stock", "/inventory", nil, &told, nil)
	return told, err
}

// next is where the next page begins, nil after the last.
type next struct {
	Next *int64 `json:"next"`
}

// pages reads a list page by page, and calls fn with each of its items.
func pages[P, T any](ctx context.Context, c *Companion, op, path string, parameters url.Values, take func(P) ([]T, next), fn func(T) error) error {
	for after := int64(0); ; {
		asked := url.Values{"after": {strconv.FormatInt(after, 10)}}
		for name, values := range parameters {
			asked[name] = values
		}
		var page P
		if err := c.get(ctx, op, path, asked, &page, nil); err != nil {
			return err
		}
		items, following := take(page)
		if items == nil {
			return c.site.client.trouble(Unreadable, "the list is missing in the answer").during(op)
		}
		for _, item := range items {
			if err := fn(item); err != nil {
				return err
			}
		}
		if following.Next == nil {
			return nil
		}
		if *following.Next <= after {
			return c.site.client.trouble(OddAnswer, "a page does not say where to go on").during(op)
		}
		after = *following.Next
	}
}

// post asks with a JSON body. Everything that is posted to the companion may be repeated safely.
func (c *Companion) post(ctx context.Context, op, path string, body, into any) (answer, error) {
	r, err := jsonRequest(op, http.MethodPost, c.site.route("/"+companionNamespace+path, nil), body)
	if err != nil {
		return answer{}, err
	}
	r.repeatable = true
	return c.send(ctx, r, into)
}
