package ontraport

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"allyswitch/crm"
)

// Tags lists the tags of contacts. Tags of other objects go by the same names and are left out.
func (d *driver) Tags(ctx context.Context) ([]crm.Tag, error) {
	rows, err := d.listAll(ctx, "list the tags", "/1/Tags")
	if err != nil {
		return nil, err
	}
	known := map[crm.TagID]crm.Tag{}
	var tags []crm.Tag
	for _, row := range rows {
		id := crm.TagID(row["tag_id"])
		if _, twice := known[id]; twice || row["object_type_id"] != contactObject {
			continue
		}
		known[id] = crm.Tag{ID: id, Name: string(row["tag_name"])}
		tags = append(tags, known[id])
	}
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	d.catalog.tags, d.catalog.ghosts = known, map[crm.TagID]bool{}
	return tags, nil
}

// CreateTag makes a tag, unless one of exactly that name is there. Whether Ontraport makes a second one of the same name is
// not documented, so it looks first, and again after an answer that got lost.
func (d *driver) CreateTag(ctx context.Context, name string) (crm.Tag, error) {
	for try := 1; ; try++ {
		tags, err := d.Tags(ctx)
		if err != nil {
			return crm.Tag{}, err
		}
		if i := slices.IndexFunc(tags, func(t crm.Tag) bool { return t.Name == name }); i >= 0 {
			return tags[i], nil
		}
		tag, err := d.makeTag(ctx, name)
		if err == nil || !maybeDone(err) || try == lostAnswers {
			return tag, err
		}
	}
}

func (d *driver) makeTag(ctx context.Context, name string) (crm.Tag, error) {
	var answer envelope[record]
	request := crm.Request{
		Op:     "create the tag",
		Method: http.MethodPost,
		Path:   "/1/Tags",
		JSON: map[string]any{
			"tag_name":       name,
			"object_type_id": 0,
		},
	}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return crm.Tag{}, err
	}
	tag := crm.Tag{ID: crm.TagID(answer.Data["tag_id"]), Name: string(answer.Data["tag_name"])}
	if !isNumber(string(tag.ID)) || tag.Name == "" {
		return crm.Tag{}, unreadable(request.Op, "the answer does not name the new tag")
	}
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	if d.catalog.tags == nil {
		d.catalog.tags = map[crm.TagID]crm.Tag{}
	}
	d.catalog.tags[tag.ID] = tag
	return tag, nil
}

// DeleteTag deletes one tag by its number. It is called for undo only.
func (d *driver) DeleteTag(ctx context.Context, tag crm.Tag) error {
	const op = "delete the tag"
	if !isNumber(string(tag.ID)) {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "a tag is deleted by its number only"}
	}
	return d.remove(ctx, op, "/1/object", url.Values{"objectID": {tagObject}, "id": {string(tag.ID)}})
}

// tagsOf returns the tags that rows refer to. Numbers it does not know make it read all tags anew, once: a number that is still
// unknown then belongs to a tag that was deleted.
func (d *driver) tagsOf(ctx context.Context, rows []record) (map[crm.TagID]crm.Tag, error) {
	unknown := d.unknownTags(rows)
	if len(unknown) > 0 {
		if _, err := d.Tags(ctx); err != nil {
			return nil, err
		}
	}
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	for _, id := range unknown {
		if _, found := d.catalog.tags[id]; !found {
			d.catalog.ghosts[id] = true
		}
	}
	return maps.Clone(d.catalog.tags), nil
}

func (d *driver) unknownTags(rows []record) []crm.TagID {
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	var unknown []crm.TagID
	for _, row := range rows {
		for _, id := range listIDs(string(row["contact_cat"])) {
			if _, known := d.catalog.tags[crm.TagID(id)]; !known && !d.catalog.ghosts[crm.TagID(id)] {
				unknown = append(unknown, crm.TagID(id))
			}
		}
	}
	return unknown
}
