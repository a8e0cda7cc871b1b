package migration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// ReferencesFile lists every place on the site that uses a tag; ReferencesBeforeFile is how it was before the switch.
const (
	ReferencesFile       = "tag-references.csv"
	ReferencesBeforeFile = "tag-references-before.json"
)

// placeBefore is a place that used a tag before the switch, with the tag's name at that time.
type placeBefore struct {
	Place string `json:"place"`
	Tag   string `json:"tag"`
	Name  string `json:"name"`
}

// References counts the places that use tags.
type References struct {
	// Places are all; ToDo still point to a tag of before, Done point to the tag of the same name in the CRM, Look have to be looked at by a person.
	Places, ToDo, Done, Look int
	// Unreadable could not be read: nothing is known about them.
	Unreadable int
}

// The states of a place in tag-references.csv. All but PlaceDone wait for a person.
const (
	PlaceToDo   = "to do"
	PlaceUnread = "not read"
	PlaceLook   = "look"
	PlaceDone   = "done"
)

// What a person has said of a place that waits for one.
const (
	PlaceSeen = "seen"
	PlaceLeft = "left"
)

// PlaceKey is what a person's word about a row of tag-references.csv is kept under. It names the tags as well: the word is about what was there then.
func PlaceKey(cell func(column string) string) string {
	return "place." + cmp.Or(cell("place"), cell("kind")+"|"+cell("title")+"|"+cell("edit")) + "|" + cell("old_tag") + "|" + cell("new_tag")
}

// ReadReferences lists every place on the site that uses a tag. Before the switch it remembers what each place used; afterwards it says which of them still
// point to the old tag. Numbers alone do not tell: a tag of the CRM may have the number that another tag had before.
func ReadReferences(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, switched bool, report job.Reporter) (References, error) {
	report.Phase("Looking for everything that uses a tag", 0)
	tags, _, err := companion.Tags(ctx)
	if err != nil {
		return References{}, err
	}
	names := map[string]string{}
	for _, tag := range tags {
		names[tag.ID] = tag.Name
	}
	found, unreadable, err := companion.TagReferences(ctx)
	if err != nil {
		return References{}, err
	}
	before, err := placesBefore(folder)
	if err != nil {
		return References{}, err
	}
	if !switched {
		before, err = rememberPlaces(folder, found, names)
		if err != nil {
			return References{}, err
		}
	}
	return writeReferences(folder, found, unreadable, names, before, switched)
}

// place names where a tag stands, without the tag itself.
func placeName(one site.TagReference) string {
	return one.Section + "|" + one.Kind + "|" + one.Key + "|" + strconv.FormatInt(one.ID, 10) + "|" + one.Path
}

func rememberPlaces(folder *checkpoint.Folder, found []site.TagReference, names map[string]string) (map[string]placeBefore, error) {
	before, list := map[string]placeBefore{}, []placeBefore{}
	for _, one := range found {
		was := placeBefore{placeName(one), one.Tag, names[one.Tag]}
		before[was.Place] = was
		list = append(list, was)
	}
	return before, doing("write "+ReferencesBeforeFile, writeJSON(folder, ReferencesBeforeFile, list))
}

func placesBefore(folder *checkpoint.Folder) (map[string]placeBefore, error) {
	var list []placeBefore
	err := readJSON(folder, ReferencesBeforeFile, &list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	before := map[string]placeBefore{}
	for _, was := range list {
		before[was.Place] = was
	}
	return before, doing("read "+ReferencesBeforeFile, err)
}

func writeReferences(folder *checkpoint.Folder, found []site.TagReference, unreadable []site.UnreadablePlace, names map[string]string,
	before map[string]placeBefore, switched bool) (References, error) {
	count := References{Places: len(found), Unreadable: len(unreadable)}
	rows := [][]string{}
	for _, one := range found {
		state, note := judgePlace(one, names, before, switched)
		switch state {
		case PlaceToDo:
			count.ToDo++
		case PlaceDone:
			count.Done++
		default:
			count.Look++
		}
		was := before[placeName(one)]
		rows = append(rows, []string{state, one.Kind, cmp.Or(one.Title, one.Key), was.Name, names[one.Tag], one.Edit, note, placeName(one)})
	}
	for _, one := range unreadable {
		place := one.Section + "|" + one.Key + "|" + strconv.FormatInt(one.ID, 10)
		rows = append(rows, []string{PlaceUnread, cmp.Or(one.Kind, one.Section), unreadTitle(one), "", "", "", "could not be read: " + one.Why, place})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return placeRank(a[0]) - placeRank(b[0]) })
	return count, writeRows(folder, ReferencesFile, append([][]string{{"state", "kind", "title", "old_tag", "new_tag", "edit", "note", "place"}}, rows...))
}

// placeRank brings what waits for somebody to the top.
func placeRank(state string) int {
	return slices.Index([]string{PlaceToDo, PlaceUnread, PlaceLook, PlaceDone}, state)
}

// unreadTitle names a place that could not be read: by its setting, and by the page or user that it belongs to.
func unreadTitle(one site.UnreadablePlace) string {
	if one.ID == 0 {
		return one.Key
	}
	return fmt.Sprintf("%s (number %d)", one.Key, one.ID)
}

// judgePlace says whether a place is matched: to do, done, or to be looked at.
func judgePlace(one site.TagReference, names map[string]string, before map[string]placeBefore, switched bool) (state, note string) {
	now, known := names[one.Tag]
	was, remembered := before[placeName(one)]
	switch {
	case one.Dynamic:
		return PlaceLook, "worked out by code: a developer has to look"
	case !switched:
		return PlaceToDo, ""
	case !known:
		return PlaceToDo, "the tag is not known in the CRM"
	case remembered && was.Name == now:
		return PlaceDone, ""
	case remembered && was.Tag == one.Tag:
		return PlaceToDo, fmt.Sprintf("still the old number, which is now %q", now)
	case remembered && was.Name != "":
		return PlaceLook, fmt.Sprintf("was %q, is now %q", was.Name, now)
	}
	return PlaceLook, "was not there before the switch"
}
