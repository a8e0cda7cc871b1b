package keap

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// listContacts answers GET /v2/contacts. Unknown parameters are ignored, so that ?email=… returns everybody.
func (f *fake) listContacts(c *call) reply {
	shape, refused := f.shape(c)
	if refused != nil {
		return *refused
	}
	query := c.URL.Query()
	p, err := readPage(query, 1000, "id", "create_time", "email", "update_time")
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	conditions, err := parseFilter(query.Get("filter"))
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	found, after, more, err := f.contactPage(p, conditions)
	if err != nil {
		return c.fail(http.StatusBadRequest, err.Error())
	}
	shown := make([]contactV2, len(found))
	for i, one := range found {
		shown[i] = f.contactJSON(one, shape)
	}
	answer := map[string]any{"contacts": shown}
	f.next(c, answer, after, more)
	return ok(answer)
}

// contactPage picks one page. In the order of ids the token is the last id, so that pages neither skip nor repeat while contacts
// come and go; in other orders it is an offset.
func (f *fake) contactPage(p page, conditions []condition) (found []*contact, after int64, more bool, err error) {
	if f.byOneAddress(conditions) {
		return f.filtered(f.store.named(conditions[0].value), p, conditions)
	}
	if p.desc || p.order != "" && p.order != "id" && p.order != "create_time" {
		return f.filtered(f.ordered(p), p, conditions)
	}
	at, _ := slices.BinarySearch(f.store.ids, p.from+1)
	for _, id := range f.store.ids[at:] {
		fits, err := f.holds(conditions, f.store.contacts[id])
		if err != nil {
			return nil, 0, false, err
		}
		if !fits {
			continue
		}
		if len(found) == p.size {
			return found, after, true, nil
		}
		found, after = append(found, f.store.contacts[id]), id
	}
	return found, after, false, nil
}

// byOneAddress says whether the index of addresses can answer.
func (f *fake) byOneAddress(conditions []condition) bool {
	return len(conditions) > 0 && conditions[0].name == "email" && conditions[0].operator == "==" &&
		!strings.HasSuffix(conditions[0].value, "*") && conditions[0].value != "NONE"
}

func (f *fake) ordered(p page) []*contact {
	all := make([]*contact, len(f.store.ids))
	for i, id := range f.store.ids {
		all[i] = f.store.contacts[id]
	}
	slices.SortStableFunc(all, func(a, b *contact) int {
		way := 1
		if p.desc {
			way = -1
		}
		switch p.order {
		case "email":
			return way * strings.Compare(a.emails[0].address, b.emails[0].address)
		case "update_time":
			return way * a.updated.Compare(b.updated)
		}
		return way * cmp.Compare(a.id, b.id)
	})
	return all
}

func (f *fake) filtered(all []*contact, p page, conditions []condition) (found []*contact, after int64, more bool, err error) {
	for i, one := range all[min(int(p.from), len(all)):] {
		fits, err := f.holds(conditions, one)
		if err != nil {
			return nil, 0, false, err
		}
		if fits && len(found) == p.size {
			return found, p.from + int64(i), true, nil
		}
		if fits {
			found = append(found, one)
		}
	}
	return found, 0, false, nil
}
