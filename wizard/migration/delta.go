package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp"
)

// The files of a second look at the site. The first three stand beside members.csv and its like until they are carried over.
const (
	DeltaMembersFile  = "delta-members.csv"
	DeltaRejectedFile = "delta-rejected.csv"
	DeltaTagsFile     = "delta-tags.csv"
	DeltaFile         = "delta.json"
	DeltaListFile     = "delta.csv"
)

// DeltaInput is a second export, and a second tag file where there is one: without it nobody's tags are taken to have changed.
type DeltaInput struct {
	File    string
	Mapping wp.Mapping
	Tags    string
}

// Delta is what has changed on the site since the export that was sent.
type Delta struct {
	At          time.Time `json:"at"`
	Fingerprint string    `json:"fingerprint"`
	Members     int       `json:"members"`
	// New members have joined, Changed ones have another name, address, date or tag, Gone ones are not on the site any more.
	New     int `json:"new"`
	Changed int `json:"changed"`
	Gone    int `json:"gone"`
	// TagsAdded is how many times a member has a tag that they did not have.
	TagsAdded int `json:"tags_added"`
	// Unlisted members are not in the tag file, so that it is not known which tags they have now.
	Unlisted int `json:"unlisted,omitempty"`
	// Lost are tags that members do not have on the site any more. They are taken off in the CRM only when the owner says so.
	Lost []LostTag `json:"lost,omitempty"`
	// Waiting is how many members are still to be carried over, or were refused.
	Waiting int `json:"waiting"`
}

// LostTag is a tag that a member had when they were sent, and has not any more.
type LostTag struct {
	Member int64  `json:"m"`
	Email  string `json:"email"`
	Tag    string `json:"tag"`
	// Removed says that a read-back has shown the contact without it.
	Removed bool `json:"removed,omitempty"`
}

// ToRemove is how many lost tags contacts may still carry.
func (d *Delta) ToRemove() int {
	count := 0
	for _, lost := range d.Lost {
		if !lost.Removed {
			count++
		}
	}
	return count
}

// Sentence says it in one sentence.
func (d *Delta) Sentence() string {
	if d.New+d.Changed+d.Gone+len(d.Lost) == 0 {
		return words.Say("Nothing has changed on the site since the export: %d {member|members}.", d.Members)
	}
	return fmt.Sprintf("Since the export %s, %s and %s. %s added, %s taken away. %s still to be carried over.",
		howMany(d.New, "member is new", "members are new"), howMany(d.Changed, "has changed", "have changed"), howMany(d.Gone, "is gone", "are gone"),
		howMany(d.TagsAdded, "tag was", "tags were"), howMany(len(d.Lost), "was", "were"), howMany(d.Waiting, "member is", "members are"))
}

// OpDelta is the journal's word for a look at what has changed on the site, and for what became of it.
const OpDelta = "delta"

// DeltaNoted is the journal's record of that, in figures. It names nobody.
type DeltaNoted struct {
	// What is "looked", "carried" or "taken off".
	What      string `json:"what"`
	Members   int    `json:"members"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Gone      int    `json:"gone"`
	TagsAdded int    `json:"tags_added"`
	TagsLost  int    `json:"tags_lost"`
	ToRemove  int    `json:"to_remove"`
	Waiting   int    `json:"waiting"`
}

func (d *Delta) noted(what string) DeltaNoted {
	return DeltaNoted{what, d.Members, d.New, d.Changed, d.Gone, d.TagsAdded, len(d.Lost), d.ToRemove(), d.Waiting}
}

// save writes delta.json, and a line of the journal.
func (d *Delta) save(deps Deps, what string) error {
	if err := writeJSON(deps.Folder, DeltaFile, d); err != nil {
		return doing("write "+DeltaFile, err)
	}
	return deps.note(checkpoint.Note, OpDelta, "", d.noted(what))
}

// ErrNoDelta means that changes were to be carried over before anybody has looked for them.
var ErrNoDelta = errors.New("nobody has looked for changes yet")

// LookForChanges cleans a second export and compares it with the members that were sent. It sends nothing, and members.csv stays as it is.
func LookForChanges(ctx context.Context, deps Deps, input DeltaInput, report job.Reporter) (*Delta, error) {
	old, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	if err := takeSecond(ctx, deps, input, report); err != nil {
		return nil, err
	}
	now, err := loadRoster(deps.Folder, DeltaMembersFile, DeltaTagsFile, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	ledger, err := readLedger(deps.Folder)
	if err != nil {
		return nil, err
	}
	former, err := LoadDelta(deps.Folder)
	if err != nil && !errors.Is(err, ErrNoDelta) {
		return nil, err
	}
	c := comparison{features: deps.CRM.Features(), old: old, now: now, delta: &Delta{At: time.Now().UTC(), Fingerprint: now.Fingerprint, Members: now.Len()}}
	c.members(ledger)
	c.stillLost(former)
	if err := writeRows(deps.Folder, DeltaListFile, append([][]string{{"what", "ID", "user_email", "detail"}}, c.rows...)); err != nil {
		return nil, err
	}
	return c.delta, c.delta.save(deps, "looked")
}

// takeSecond cleans the second export and the second tag file under names of their own. Without a second tag file the first one still holds. Of the decisions
// only those hold that name an ID: the same line is somebody else here.
func takeSecond(ctx context.Context, deps Deps, input DeltaInput, report job.Reporter) error {
	decisions, err := loadDecisions(deps.Folder)
	if err != nil {
		return err
	}
	maps.DeleteFunc(decisions, func(key wp.RowKey, _ wp.Decision) bool { return key.ID == 0 })
	if _, err := cleanFile(ctx, deps, CleanInput{File: input.File, Mapping: input.Mapping}, decisions, exportFiles{DeltaMembersFile, DeltaRejectedFile}, report); err != nil {
		return err
	}
	folder := deps.Folder
	if input.Tags == "" {
		return copyFile(folder, TagsFile, DeltaTagsFile)
	}
	_, err = takeTags(folder, input.Tags, DeltaTagsFile)
	return err
}

// copyFile puts one file of the folder in another's place. A file that is not there is not copied.
func copyFile(folder *checkpoint.Folder, from, to string) error {
	in, err := folder.OpenFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return doing("read "+from, err)
	}
	defer in.Close()
	out, err := folder.Create(to)
	if err != nil {
		return doing("write "+to, err)
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Abort()
		return doing("write "+to, err)
	}
	return doing("write "+to, out.Close())
}

// LoadDelta reads delta.json; ErrNoDelta when there is none.
func LoadDelta(folder *checkpoint.Folder) (*Delta, error) {
	var delta Delta
	err := readJSON(folder, DeltaFile, &delta)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoDelta
	}
	return &delta, doing("read "+DeltaFile, err)
}

// comparison goes through members as they were sent and as they are on the site now.
type comparison struct {
	features crm.Features
	old, now *Roster
	delta    *Delta
	rows     [][]string
}

func (c *comparison) row(what string, m *Member, detail string) {
	c.rows = append(c.rows, []string{what, m.UserID(), m.Email, detail})
}

func (c *comparison) members(ledger *ledger) {
	for i := range c.now.Members {
		m := &c.now.Members[i]
		before, was := c.old.ByID(m.ID)
		switch {
		case !was:
			c.delta.New++
			c.row("new", m, strings.Join(c.now.TagNames(i), "|"))
		case c.old.Members[before].content != m.content:
			c.delta.Changed++
			c.changed(before, i)
		}
		if c.now.TagsRead && !m.TagsKnown {
			c.delta.Unlisted++
		}
		if m.Twin < 0 && cannotGo(m, c.features) == "" && !ledger.skipped[m.ID] && !ledger.arrived(m) {
			c.delta.Waiting++
		}
	}
	for i := range c.old.Members {
		if _, stays := c.now.ByID(c.old.Members[i].ID); !stays {
			c.delta.Gone++
			c.row("gone", &c.old.Members[i], "their contact stays in the CRM")
		}
	}
}

// changed says what is different about a member. Tags that nobody could read now are unknown, not lost.
func (c *comparison) changed(before, now int) {
	m, details := &c.now.Members[now], []string{}
	had, has := c.old.TagNames(before), c.now.TagNames(now)
	for _, tag := range has {
		if !slices.Contains(had, tag) {
			c.delta.TagsAdded++
			details = append(details, "+"+tag)
		}
	}
	for _, tag := range had {
		if m.TagsKnown && !slices.Contains(has, tag) {
			c.delta.Lost = append(c.delta.Lost, LostTag{Member: m.ID, Email: m.Email, Tag: tag})
			details = append(details, "-"+tag)
		}
	}
	if old := c.old.Members[before].Email; address.Key(old) != m.Key {
		details = append(details, "the address was "+old)
	}
	c.row("changed", m, strings.Join(details, "|"))
}

// stillLost keeps what an earlier look has found and that still holds: the files have been carried over since.
func (c *comparison) stillLost(former *Delta) {
	if former == nil {
		return
	}
	known := map[LostTag]bool{}
	for _, lost := range c.delta.Lost {
		known[LostTag{Member: lost.Member, Tag: lost.Tag}] = true
	}
	for _, lost := range former.Lost {
		i, there := c.now.ByID(lost.Member)
		if there && slices.Contains(c.now.TagNames(i), lost.Tag) || known[LostTag{Member: lost.Member, Tag: lost.Tag}] {
			continue
		}
		c.delta.Lost = append(c.delta.Lost, lost)
	}
}
