package migration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// The list of AccessAlly's own tags, and how it compares with the tags of the members and of the CRM.
const (
	AllTagsFile = "accessally-tags.csv"
	TagListFile = "tag-list.csv"
)

// TagList is how AccessAlly's list of tags compares with the CRM's.
type TagList struct {
	// All are the tags in AccessAlly's list, Same those that the CRM has under exactly that name, Missing those that it has not, Differ those that it has
	// in another spelling. Strangers are tags of members that are not in AccessAlly's list.
	All, Same, Missing, Differ, Strangers int
}

// Sentence says it for people.
func (t TagList) Sentence() string {
	text := words.Say("AccessAlly has %d {tag|tags}: %d {is|are} in the CRM under exactly their names, %d {is|are} not", t.All, t.Same, t.Missing)
	if t.Differ > 0 {
		text += words.Say(", %d {is|are} there in another spelling", t.Differ)
	}
	if t.Strangers > 0 {
		text += words.Say("; %d {tag of members is|tags of members are} not in AccessAlly's list", t.Strangers)
	}
	return text
}

// KeepTagList keeps the names of AccessAlly's tags as they were read or pasted. Nothing is taken twice.
func KeepTagList(folder *checkpoint.Folder, names []string) (int, error) {
	rows, seen := [][]string{{"tag"}}, map[string]bool{}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" && !seen[name] {
			seen[name] = true
			rows = append(rows, []string{name})
		}
	}
	return len(seen), writeRows(folder, AllTagsFile, rows)
}

// ReadTagList reads the list from the site.
func ReadTagList(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, report job.Reporter) (int, error) {
	report.Phase("Reading the list of tags", 0)
	tags, _, err := companion.Tags(ctx)
	if err != nil {
		return 0, err
	}
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Name)
	}
	return KeepTagList(folder, names)
}

// LoadTagList is the list that was kept, nil when there is none.
func LoadTagList(folder *checkpoint.Folder) ([]string, error) {
	var names []string
	err := eachRow(folder, AllTagsFile, func(cell func(string) string) { names = append(names, plainCell(cell("tag"))) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, doing("read "+AllTagsFile, err)
}

// CompareTagList puts AccessAlly's list beside the members' tags and the CRM's, and writes tag-list.csv: what differs first. It changes nothing.
func CompareTagList(ctx context.Context, deps Deps, report job.Reporter) (TagList, error) {
	names, err := LoadTagList(deps.Folder)
	if err != nil {
		return TagList{}, err
	}
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return TagList{}, err
	}
	report.Phase("Comparing the tags", 0)
	existing, err := deps.CRM.Tags(ctx)
	if err != nil {
		return TagList{}, doing("list the tags", err)
	}
	list, rows := compareTagList(names, roster, existing)
	return list, writeRows(deps.Folder, TagListFile, append([][]string{{"state", "accessally", "crm", "people", "note"}}, rows...))
}

func compareTagList(names []string, roster *Roster, existing []crm.Tag) (TagList, [][]string) {
	list, rows := TagList{All: len(names)}, [][]string{}
	people, exact, listed := map[string]int{}, map[string]bool{}, map[string]bool{}
	for i, count := range roster.TagCounts() {
		people[roster.Tags[i]] = count
	}
	for _, tag := range existing {
		exact[tag.Name] = true
	}
	for _, name := range names {
		listed[name] = true
	}
	likeCRM, likeOwn := likeTags(existing), wp.NewLikeTags(names)
	add := func(state, accessAlly, inCRM, note string) {
		rows = append(rows, []string{state, accessAlly, inCRM, fmt.Sprint(people[accessAlly]), note})
	}
	for _, name := range names {
		if exact[name] {
			list.Same++
			add("same", name, name, "")
		} else if other, how := likeCRM.First(name); other != "" {
			list.Differ++
			add("differs", name, other, "they differ in "+how)
		} else {
			list.Missing++
			add("missing", name, "", "")
		}
	}
	for _, name := range roster.Tags {
		if listed[name] {
			continue
		}
		list.Strangers++
		note := "members have it, and it is not in AccessAlly's list"
		if own, how := likeOwn.First(name); own != "" {
			note = fmt.Sprintf("members have it; AccessAlly's list has %q: they differ in %s", own, how)
		}
		add("stranger", name, map[bool]string{true: name}[exact[name]], note)
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return tagListRank(a[0]) - tagListRank(b[0]) })
	return list, rows
}

func tagListRank(state string) int {
	return slices.Index([]string{"differs", "stranger", "missing", "same"}, state)
}

// likeTags finds the CRM's tag that a person would take for another.
func likeTags(existing []crm.Tag) *wp.LikeTags {
	var names []string
	for _, tag := range existing {
		names = append(names, tag.Name)
	}
	return wp.NewLikeTags(names)
}

// MakeTagList makes the tags of AccessAlly's list that the CRM does not have, each noted in the journal. One that is there in another spelling is left
// alone: the owner has to decide which is meant.
func MakeTagList(ctx context.Context, deps Deps, report job.Reporter) (made int, err error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return 0, err
	}
	missing, err := notInCRM(ctx, deps)
	if err != nil {
		return 0, err
	}
	report.Phase("Making the tags", int64(len(missing)))
	for _, name := range missing {
		if err := report.Gate(ctx); err != nil {
			return made, err
		}
		if _, err := deps.makeTag(ctx, name); err != nil {
			return made, doing("make the tag "+name, err)
		}
		made++
		report.Add(1, 0)
	}
	return made, nil
}
