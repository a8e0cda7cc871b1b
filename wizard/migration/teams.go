package migration

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"allyswitch/wizard/checkpoint"
)

// The files of teams: which tags are those of teams, and who has them.
const (
	TeamTagsFile    = "team-tags.csv"
	TeamMembersFile = "team-members.csv"
)

// The parts that a tag can play in a team. Legacy teams keep one tag for each (AccessAlly, Understanding Team Settings After Migration).
const (
	TeamLeader = "leader"
	TeamMember = "member"
	TeamNone   = "no"
)

// TeamTag is a tag that may be a team's.
type TeamTag struct {
	Name    string
	Members int
	// Part is leader, member or no; Guess says that nobody has decided yet.
	Part  string
	Guess bool
}

// FindTeamTags lists all tags of the members, those that look like a team's first, and keeps what the owner has decided before. It writes team-tags.csv.
func FindTeamTags(deps Deps) ([]TeamTag, error) {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	decided, err := teamParts(deps.Folder)
	if err != nil {
		return nil, err
	}
	var tags []TeamTag
	for i, members := range roster.TagCounts() {
		tag := TeamTag{Name: roster.Tags[i], Members: members, Part: guessTeam(roster.Tags[i]), Guess: true}
		if part, known := decided[tag.Name]; known {
			tag.Part, tag.Guess = part, false
		}
		tags = append(tags, tag)
	}
	slices.SortStableFunc(tags, func(a, b TeamTag) int { return teamRank(a.Part) - teamRank(b.Part) })
	return tags, saveTeamTags(deps.Folder, tags)
}

func teamRank(part string) int { return slices.Index([]string{TeamLeader, TeamMember, TeamNone}, part) }

// guessTeam judges a tag by its name, as owners name them.
func guessTeam(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_' || r == ':' || r == '/' || r == '(' || r == ')'
	})
	has := func(wanted ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(wanted, word) })
	}
	switch team := has("team", "teams", "group", "seat", "seats", "corporate", "company", "family"); {
	case team && has("leader", "lead", "owner", "admin", "manager", "parent", "captain"):
		return TeamLeader
	case team:
		return TeamMember
	}
	return TeamNone
}

// PickTeamTag keeps the owner's word on a tag.
func PickTeamTag(folder *checkpoint.Folder, name, part string) error {
	var tags []TeamTag
	err := eachRow(folder, TeamTagsFile, func(cell func(string) string) {
		members, _ := strconv.Atoi(cell("members"))
		tags = append(tags, TeamTag{Name: plainCell(cell("tag")), Members: members, Part: cell("part"), Guess: cell("decided") == ""})
	})
	if err != nil {
		return doing("read "+TeamTagsFile, err)
	}
	for i := range tags {
		if tags[i].Name == name {
			tags[i].Part, tags[i].Guess = part, false
		}
	}
	return saveTeamTags(folder, tags)
}

func saveTeamTags(folder *checkpoint.Folder, tags []TeamTag) error {
	rows := [][]string{{"tag", "part", "members", "decided"}}
	for _, tag := range tags {
		decided := "you"
		if tag.Guess {
			decided = ""
		}
		rows = append(rows, []string{tag.Name, tag.Part, strconv.Itoa(tag.Members), decided})
	}
	return writeRows(folder, TeamTagsFile, rows)
}

// teamParts are the owner's decisions so far.
func teamParts(folder *checkpoint.Folder) (map[string]string, error) {
	parts := map[string]string{}
	err := eachRow(folder, TeamTagsFile, func(cell func(string) string) {
		if cell("decided") != "" {
			parts[plainCell(cell("tag"))] = cell("part")
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return parts, nil
	}
	return parts, doing("read "+TeamTagsFile, err)
}

// ExportTeams writes team-members.csv: who leads and who is in a team, by the tags that were picked, and returns how many of each.
func ExportTeams(deps Deps) (leaders, members int, err error) {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return 0, 0, err
	}
	parts := map[string]string{}
	err = eachRow(deps.Folder, TeamTagsFile, func(cell func(string) string) { parts[plainCell(cell("tag"))] = cell("part") })
	if err != nil {
		return 0, 0, doing("read "+TeamTagsFile, err)
	}
	rows := [][]string{{"part", "tag", "ID", "user_email", "first_name", "last_name"}}
	for i := range roster.Members {
		m := &roster.Members[i]
		for _, name := range roster.TagNames(i) {
			switch parts[name] {
			case TeamLeader:
				leaders++
			case TeamMember:
				members++
			default:
				continue
			}
			rows = append(rows, []string{parts[name], name, m.UserID(), m.Email, m.FirstName, m.LastName})
		}
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[1], b[1]) })
	return leaders, members, writeRows(deps.Folder, TeamMembersFile, rows)
}
