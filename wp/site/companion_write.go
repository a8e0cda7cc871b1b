package site

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
)

// Link is a contact ID for a user.
type Link struct {
	UserID int64 `json:"user_id"`
	// ContactID is up to 64 letters, digits, "-" and "_"; "" takes the user's contact ID away.
	ContactID string `json:"contact_id"`
	// Expected is what must be there now, "" for none; nil takes whatever is there. Give it: it also makes sure that the value from before is
	// known when an answer is lost.
	Expected *string `json:"expected,omitempty"`
}

// Result is what has become of one item: a link, a refresh or a change.
type Result string

// The results. After Failed, Unverified and Unreadable nobody knows what is there until it is read again.
const (
	Set        Result = "set"        // written, and read back as asked
	Already    Result = "already"    // was so before; nothing was written
	Changed    Result = "changed"    // what was there is not what was expected; nothing was written
	NotFound   Result = "not_found"  // there is no such user
	Unread     Result = "unreadable" // what is there cannot be read, so nothing was written
	Unverified Result = "unverified" // written, but what was read back is something else
	Failed     Result = "failed"     // AccessAlly's function failed
	Left       Result = "left"       // not tried
	Refreshed  Result = "refreshed"  // fetched from the CRM, and read afterwards
	NoContact  Result = "no_contact" // the user has no contact ID, so that nothing was asked
)

// Linked is what has become of a link. Undo it by setting Before and expecting After.
type Linked struct {
	UserID int64  `json:"user_id"`
	Result Result `json:"result"`
	// Before and After are contact IDs, "" for none, nil for unknown.
	Before  *string `json:"before"`
	After   *string `json:"after"`
	Message string  `json:"message,omitempty"`
}

// WriteOptions say how to write.
type WriteOptions struct {
	// System is the word of the CRM that AccessAlly must have; "" does not ask. OtherSystem is the error when it has another.
	System string
	// DryRun writes nothing: Set means that it would be.
	DryRun bool
	// Done is told after each request how many items are done. It must be quick.
	Done func(done, of int)
	// MailsHeldBack is told how many mails WordPress was kept from sending by a request.
	MailsHeldBack func(mails int)
}

// SetContactIDs sets contact IDs, a thousand a request, and returns one result for each link, in order, with what was there before. After an
// error the results are those of the requests that were answered. Repeating is safe: what is set already is Already.
func (c *Companion) SetContactIDs(ctx context.Context, links []Link, options WriteOptions) ([]Linked, error) {
	results := make([]Linked, 0, len(links))
	err := writeAll(ctx, c, "set contact IDs", "/contact-ids", "links", c.limit("contact_ids", 1000), links, options, map[string]any{"dry_run": options.DryRun},
		func(link Link, told Linked, repeated bool) {
			if repeated && told.Result == Already {
				told.Before = link.Expected // The request whose answer was lost may have set it.
			}
			results = append(results, told)
		})
	return results, err
}

// Refresh is what has become of asking AccessAlly to fetch a user's tags anew from the CRM.
type Refresh struct {
	UserID    int64  `json:"user_id"`
	Result    Result `json:"result"`
	ContactID struct {
		Before *string `json:"before"`
		After  *string `json:"after"`
	} `json:"contact_id"`
	Tags struct {
		Before []string `json:"before"`
		After  []string `json:"after"`
	} `json:"tags"`
	// PasswordChanged says that AccessAlly fetched another password along with the tags. It was put back.
	PasswordChanged bool   `json:"password_changed"`
	Message         string `json:"message,omitempty"`
}

// RefreshUsers asks AccessAlly to fetch the tags of users anew from the CRM, 25 a request. That it answers without an error is no proof that it reached
// the CRM: compare the tags. Passwords stay as they are.
func (c *Companion) RefreshUsers(ctx context.Context, ids []int64, options WriteOptions) ([]Refresh, error) {
	results := make([]Refresh, 0, len(ids))
	err := writeAll(ctx, c, "refresh members from the CRM", "/refresh", "ids", c.limit("refresh", 25), ids, options, map[string]any{"keep_passwords": true},
		func(_ int64, told Refresh, _ bool) { results = append(results, told) })
	return results, err
}

// TagChange are the tags that the site's own copy is to have again for a user.
type TagChange struct {
	UserID int64    `json:"user_id"`
	Tags   []string `json:"tags"`
	// Expected is what must be there now; nil takes whatever is there.
	Expected []string `json:"expected,omitempty"`
}

// MarshalJSON keeps "expected nothing" apart from "expect whatever is there".
func (c TagChange) MarshalJSON() ([]byte, error) {
	out := map[string]any{"user_id": c.UserID, "tags": append([]string{}, c.Tags...)}
	if c.Expected != nil {
		out["expected"] = c.Expected
	}
	return json.Marshal(out)
}

// TagsRestored is what has become of a TagChange.
type TagsRestored struct {
	UserID  int64    `json:"user_id"`
	Result  Result   `json:"result"`
	Before  []string `json:"before"`
	After   []string `json:"after"`
	Message string   `json:"message,omitempty"`
}

// RestoreTags puts back the tags that AccessAlly had for users before a refresh, in the site's copy alone, 500 a request.
func (c *Companion) RestoreTags(ctx context.Context, changes []TagChange, options WriteOptions) ([]TagsRestored, error) {
	results := make([]TagsRestored, 0, len(changes))
	err := writeAll(ctx, c, "put tags back", "/cached-tags", "changes", c.limit("cached_tags", 500), changes, options, nil,
		func(_ TagChange, told TagsRestored, _ bool) { results = append(results, told) })
	return results, err
}

// Remove deactivates and deletes the companion, by WordPress's own routes for plugins.
func (c *Companion) Remove(ctx context.Context) error {
	address := c.site.route("/wp/v2/plugins/"+companionPlugin, nil)
	r, err := jsonRequest("switch the companion off", http.MethodPost, address, map[string]string{"status": "inactive"})
	if err != nil {
		return err
	}
	r.repeatable = true
	var off struct {
		Status string `json:"status"`
	}
	if _, err := c.site.send(ctx, r, &off); err != nil {
		return err
	}
	if off.Status != "inactive" {
		return c.site.client.trouble(NotVerified, "the companion is still "+off.Status).during(r.op)
	}
	_, err = c.site.send(ctx, request{op: "delete the companion", method: http.MethodDelete, url: address, login: true}, new(json.RawMessage))
	return err
}

// jsonRequest is a request that logs in and has a JSON body.
func jsonRequest(op, method string, address *url.URL, body any) (request, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return request{}, err
	}
	return request{op: op, method: method, url: address, header: http.Header{"Content-Type": {"application/json"}}, body: data, login: true}, nil
}

// mostLeft is how often in a row a request may do nothing because the site is too slow.
const mostLeft = 5

// outcome is a result of any of the writing routes.
type outcome interface{ left() bool }

func (l Linked) left() bool       { return l.Result == Left }
func (r Refresh) left() bool      { return r.Result == Left }
func (t TagsRestored) left() bool { return t.Result == Left }

// writeAll posts items in portions, those that were left once more, and hands on each item with its result. repeated says that an answer was lost
// before this one came.
func writeAll[I any, R outcome](ctx context.Context, c *Companion, op, path, name string, most int, items []I, options WriteOptions, parameters map[string]any, take func(item I, result R, repeated bool)) error {
	idle := 0
	for done := 0; done < len(items); {
		portion := items[done:min(done+most, len(items))]
		body := map[string]any{name: portion}
		maps.Copy(body, parameters)
		if options.System != "" {
			body["system"] = options.System
		}
		told, repeated, err := postItems[R](ctx, c, op, path, body, options)
		if err != nil {
			return err
		}
		if len(told) != len(portion) {
			return c.site.client.trouble(OddAnswer, "not one result for each item").during(op)
		}
		idle++
		for i := 0; i < len(told) && !told[i].left(); i++ {
			take(portion[i], told[i], repeated)
			done, idle = done+1, 0
		}
		if idle == mostLeft {
			return c.site.client.trouble(Late, "the site runs out of time before the first item").during(op)
		}
		if options.Done != nil {
			options.Done(done, len(items))
		}
	}
	return nil
}

func postItems[R outcome](ctx context.Context, c *Companion, op, path string, body map[string]any, options WriteOptions) (results []R, repeated bool, err error) {
	var told struct {
		Results []R `json:"results"`
		Mails   int `json:"mails_held_back"`
	}
	got, err := c.post(ctx, op, path, body, &told)
	if err == nil && options.MailsHeldBack != nil {
		options.MailsHeldBack(told.Mails)
	}
	return told.Results, got.repeated, err
}
