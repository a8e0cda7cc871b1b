package keap

import (
	"net/http"
	"strconv"
)

// idsBody is ApplyRemoveTagRequest.
type idsBody struct {
	ContactIDs []string `json:"contact_ids"`
}

// readIDs takes the ids of a tag call. By the switch apply-limit it takes at most a hundred.
func (f *fake) readIDs(c *call) ([]int64, *reply) {
	var body idsBody
	if refused := c.decode(&body); refused != nil {
		return nil, refused
	}
	if len(body.ContactIDs) == 0 || f.is("apply-limit", "100") && len(body.ContactIDs) > 100 {
		refused := c.fail(http.StatusBadRequest, "contact_ids must have between 1 and 100 items")
		return nil, &refused
	}
	seen := map[int64]bool{}
	var ids []int64
	for _, text := range body.ContactIDs {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seen[id] {
			refused := c.fail(http.StatusBadRequest, "contact_ids is invalid")
			return nil, &refused
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids, nil
}

// applyTags puts a tag on contacts and says of each what became of it, with 200 even when some failed.
func (f *fake) applyTags(c *call, t *tag) reply {
	ids, refused := f.readIDs(c)
	if refused != nil {
		return *refused
	}
	if f.is("apply-partial", "bad-request") {
		for _, id := range ids {
			if f.store.contacts[id] == nil {
				return c.fail(http.StatusBadRequest, "contact_ids is invalid: "+strconv.FormatInt(id, 10))
			}
		}
	}
	return ok(map[string]any{"results": f.applyAll(t, ids)})
}

func (f *fake) applyAll(t *tag, ids []int64) map[string]string {
	results := map[string]string{}
	for _, id := range ids {
		key := strconv.FormatInt(id, 10)
		one := f.store.contacts[id]
		switch {
		case one == nil:
			results[key] = "CONTACT_NOT_FOUND"
		case f.store.apply(t, one):
			results[key] = "SUCCESS"
		default:
			results[key] = "DUPLICATE"
		}
	}
	return results
}

func (f *fake) removeTags(c *call, t *tag) reply {
	ids, refused := f.readIDs(c)
	if refused != nil {
		return *refused
	}
	f.removeAll(t, ids)
	return noContent()
}

func (f *fake) removeAll(t *tag, ids []int64) {
	for _, id := range ids {
		if one := f.store.contacts[id]; one != nil {
			delete(one.tags, t.id)
			t.forget(id)
		}
	}
}
