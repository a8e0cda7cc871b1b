package site

import (
	"context"
	"encoding/json"
	"fmt"

	"allyswitch/wp"
)

// Offering is something that members buy, with its tags by ID as the companion reads them. A nil list is there but not understood.
type Offering struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	System *string `json:"system"`
	Tags   struct {
		Base    []string            `json:"base"`
		Instant []string            `json:"instant"`
		Revoke  []string            `json:"revoke"`
		Modules map[string][]string `json:"modules"`
		Other   map[string][]string `json:"other"`
	} `json:"tags"`
	Pages []OfferingPage `json:"pages"`
}

// OfferingPage is a page of an offering; Module is "" for the base module. Status is "missing" when the page no longer exists.
type OfferingPage struct {
	ID     int64  `json:"id"`
	Title  string `json:"title"`
	Type   string `json:"type"`
	Status string `json:"status"`
	URL    string `json:"url"`
	Module string `json:"module"`
}

// Offerings lists all offerings with their tags and pages.
func (c *Companion) Offerings(ctx context.Context) ([]Offering, error) {
	var told struct {
		Offerings []Offering `json:"offerings"`
	}
	if err := c.get(ctx, "read the offerings", "/offerings", nil, &told, nil); err != nil {
		return nil, err
	}
	if told.Offerings == nil {
		return nil, c.site.client.trouble(Unreadable, "the list of offerings is missing in the answer").during("read the offerings")
	}
	return told.Offerings, nil
}

// Undecided is an offering for which it cannot be said who may open what.
type Undecided struct {
	Offering Offering
	// Why is a sentence for the owner.
	Why string
}

// Named turns offerings into those that rules about access are worked out with: by names of tags, since IDs differ from CRM to CRM. An
// offering whose tags are not understood, have no name, or are more than one for one purpose is Undecided, and never half right.
func Named(offerings []Offering, tags []Tag) (named []wp.Offering, undecided []Undecided) {
	namer := namer{names: map[string]string{}}
	for _, tag := range tags {
		namer.names[tag.ID] = tag.Name
	}
	for _, each := range offerings {
		namer.why = ""
		if out := namer.offering(each); namer.why == "" {
			named = append(named, out)
		} else {
			undecided = append(undecided, Undecided{each, namer.why})
		}
	}
	return named, undecided
}

// namer gives tags their names, and remembers why one could not get its.
type namer struct {
	names map[string]string
	why   string
}

func (n *namer) offering(given Offering) wp.Offering {
	out := wp.Offering{Key: given.Key, Name: clean(given.Name, 200)}
	if out.Name == "" {
		out.Name = given.Key
	}
	out.Base = n.one("access tag", given.Tags.Base)
	out.Instant = n.one("instant access tag", given.Tags.Instant)
	out.Revoke = n.one("revoke tag", given.Tags.Revoke)
	for module, list := range given.Tags.Modules {
		if name := n.one("tag of module "+module, list); name != "" {
			if out.Modules == nil {
				out.Modules = map[string]string{}
			}
			out.Modules[module] = name
		}
	}
	for _, page := range given.Pages {
		if page.Status != "missing" {
			out.Pages = append(out.Pages, wp.OfferingPage{ID: page.ID, Title: clean(page.Title, 200), Module: page.Module})
		}
	}
	return out
}

// one is the name of the only tag of a list, "" for none.
func (n *namer) one(what string, ids []string) string {
	switch {
	case ids == nil:
		n.why = fmt.Sprintf("The %s of this offering is set in a way that AllySwitch does not understand. Look it up in AccessAlly.", what)
	case len(ids) > 1:
		n.why = fmt.Sprintf("This offering has %d tags as its %s. Look in AccessAlly which of them open it.", len(ids), what)
	case len(ids) == 1 && n.names[ids[0]] == "":
		n.why = fmt.Sprintf("The %s of this offering is tag %s, which is not among AccessAlly's tags. Look it up in AccessAlly.", what, clean(ids[0], 60))
	case len(ids) == 1:
		return n.names[ids[0]]
	}
	return ""
}

// UnmarshalJSON reads an offering whose empty objects PHP may have written as [].
func (o *Offering) UnmarshalJSON(data []byte) error {
	var told struct {
		Key    string  `json:"key"`
		Name   string  `json:"name"`
		System *string `json:"system"`
		Tags   struct {
			Base    []string `json:"base"`
			Instant []string `json:"instant"`
			Revoke  []string `json:"revoke"`
			Modules tagLists `json:"modules"`
			Other   tagLists `json:"other"`
		} `json:"tags"`
		Pages []OfferingPage `json:"pages"`
	}
	if err := json.Unmarshal(data, &told); err != nil {
		return err
	}
	*o = Offering{Key: told.Key, Name: told.Name, System: told.System, Pages: told.Pages}
	o.Tags.Base, o.Tags.Instant, o.Tags.Revoke = told.Tags.Base, told.Tags.Instant, told.Tags.Revoke
	o.Tags.Modules, o.Tags.Other = told.Tags.Modules, told.Tags.Other
	return nil
}

// tagLists are lists of tags by name.
type tagLists map[string][]string

// UnmarshalJSON implements json.Unmarshaler.
func (t *tagLists) UnmarshalJSON(data []byte) error {
	if string(data) == "[]" {
		return nil
	}
	return json.Unmarshal(data, (*map[string][]string)(t))
}
