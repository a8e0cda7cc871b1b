package migration

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp"
)

// DecisionsFile keeps what the owner has decided about single rows of the export.
const DecisionsFile = "decisions.json"

// CleanInput is the export to be cleaned.
type CleanInput struct {
	File    string
	Mapping wp.Mapping
	// Second is the second administrator's address, empty when the owner has named none.
	Second string
}

// CleanResult is what came out.
type CleanResult struct {
	People, Kept, Rejected int
	// Tags are different tag names, Pairs how many times a member has one; Untagged members have none, Strangers are addresses of the tag file that
	// belong to no member.
	Tags, Pairs, Untagged, Strangers int
	// Administrators are the people with that role, 0 also where the export does not tell.
	Administrators int
	// AdministratorIDs are their user IDs, and Standing what the members tell about CleanInput.Second.
	AdministratorIDs []int64
	Standing         AdminStanding
	// LeftOut are the people of Deps.LeaveOut who are in the export.
	LeftOut int
	// Unlisted members are not in the tag file, and the owner has not said that they have no tags.
	Unlisted    int
	Fingerprint string
	// Findings says in words what was mended or noticed.
	Findings string
}

// LookAtExport reads the beginning of an export.
func LookAtExport(path string, mapping wp.Mapping) (wp.Layout, error) {
	file, err := os.Open(path)
	if err != nil {
		return wp.Layout{}, doing("open the export", err)
	}
	defer file.Close()
	export, err := wp.OpenExport(file, mapping)
	if err != nil {
		return wp.Layout{}, doing("read the export", err)
	}
	return export.Layout(), nil
}

// Clean reads the whole export and writes members.csv and rejected.csv.
func Clean(ctx context.Context, deps Deps, input CleanInput, report job.Reporter) (CleanResult, error) {
	decisions, err := loadDecisions(deps.Folder)
	if err != nil {
		return CleanResult{}, err
	}
	summary, err := cleanFile(ctx, deps, input, decisions, exportFiles{MembersFile, RejectedFile}, report)
	if err != nil {
		return CleanResult{}, err
	}
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return CleanResult{}, err
	}
	result := CleanResult{People: int(summary.People), Kept: int(summary.Kept), Rejected: int(summary.Rejected), Tags: len(roster.Tags),
		Pairs: roster.Pairs(), Strangers: len(roster.Strangers), Fingerprint: roster.Fingerprint, Findings: describe(summary.Findings), Administrators: int(summary.Administrators), AdministratorIDs: summary.AdministratorIDs, LeftOut: int(summary.LeftOut)}
	if input.Second != "" {
		result.Standing = roster.standing(input.Second, summary.AdministratorIDs)
	}
	for i := range roster.Members {
		switch {
		case !roster.Members[i].TagsKnown:
			result.Unlisted++
		case len(roster.Members[i].Tags) == 0:
			result.Untagged++
		}
	}
	return result, nil
}

// exportFiles are the names of the two files that a cleaning writes.
type exportFiles struct{ members, rejected string }

// cleanFile reads the whole export and writes the two files.
func cleanFile(ctx context.Context, deps Deps, input CleanInput, decisions map[wp.RowKey]wp.Decision, to exportFiles, report job.Reporter) (wp.Summary, error) {
	file, err := os.Open(input.File)
	if err != nil {
		return wp.Summary{}, doing("open the export", err)
	}
	defer file.Close()
	options := wp.CleanOptions{Mapping: input.Mapping, Decisions: decisions, LeaveOut: deps.LeaveOut}
	if options.Progress, err = cleanProgress(file, report); err != nil {
		return wp.Summary{}, err
	}
	members, err := deps.Folder.Create(to.members)
	if err != nil {
		return wp.Summary{}, err
	}
	defer members.Abort()
	rejected, err := deps.Folder.Create(to.rejected)
	if err != nil {
		return wp.Summary{}, err
	}
	defer rejected.Abort()
	summary, err := wp.Clean(ctx, file, options, members, rejected)
	if err != nil {
		return summary, doing("clean the export", err)
	}
	return summary, errors.Join(rejected.Close(), members.Close())
}

// cleanProgress counts in bytes of the file, of which the total is known.
func cleanProgress(file *os.File, report job.Reporter) (func(done, read int64), error) {
	info, err := file.Stat()
	if err != nil {
		return nil, doing("open the export", err)
	}
	report.Phase("Cleaning the export (kB)", info.Size()/1000)
	var counted int64
	return func(_, read int64) {
		report.Add(read/1000-counted, 0)
		counted = read / 1000
	}, nil
}

// findingWords say what was found, in the order of their weight for the owner.
var findingWords = []struct {
	code  string
	words string
}{
	{wp.MendedEncoding, "%d {name|names} with broken letters"},
	{wp.DecodedEntities, "%d {name|names} with &amp; and the like"},
	{wp.Trimmed, "%d {cell|cells} with invisible spaces"},
	{wp.FormulaApostrophe, "%d {cell|cells} with a spreadsheet's apostrophe"},
	{wp.ZeroDate, "%d without a date of registration"},
	{wp.NoRole, "%d without a role"},
}

func describe(findings map[string]int64) string {
	var parts []string
	for _, finding := range findingWords {
		if n := findings[finding.code]; n > 0 {
			parts = append(parts, words.Say(finding.words, n))
		}
	}
	return strings.Join(parts, ", ")
}

// TakeTags reads the owner's file of member tags and keeps it, cleaned, as member-tags.csv.
func TakeTags(folder *checkpoint.Folder, path string) (*wp.MemberTags, error) {
	return takeTags(folder, path, TagsFile)
}

func takeTags(folder *checkpoint.Folder, path, to string) (*wp.MemberTags, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, doing("open the tag file", err)
	}
	defer file.Close()
	tags, err := wp.ReadMemberTags(file, wp.TagOptions{})
	if err != nil {
		return nil, doing("read the tag file", err)
	}
	out, err := folder.Create(to)
	if err != nil {
		return nil, err
	}
	defer out.Abort()
	if err := wp.WriteMemberTags(out, tags); err != nil {
		return nil, doing("write "+to, err)
	}
	return tags, out.Close()
}

// RowDecision is what the owner wants done with a row that was left out.
type RowDecision struct {
	ID   int64
	Line int
	// TwinID says that an earlier row has the same ID, so that only the line names this one.
	TwinID bool
	// Email is the right address; Keep takes the row in spite of a twin; LeaveOut leaves it out for good.
	Email    string
	Keep     bool
	LeaveOut bool
}

// Decide keeps a decision for the next cleaning, and says how many there are now.
func Decide(folder *checkpoint.Folder, row RowDecision) (int, error) {
	decisions, err := loadDecisions(folder)
	if err != nil {
		return 0, err
	}
	decision := wp.Decision{Action: wp.Mend, Email: row.Email}
	switch {
	case row.LeaveOut:
		decision = wp.Decision{Action: wp.LeaveOut}
	case row.Keep:
		decision = wp.Decision{Action: wp.Keep}
	}
	decisions[row.key()] = decision
	return len(decisions), doing("write "+DecisionsFile, writeJSON(folder, DecisionsFile, decisions))
}

// key names the row by its ID where that will do: lines are others in a second export.
func (d RowDecision) key() wp.RowKey {
	if d.ID > 0 && !d.TwinID {
		return wp.ByID(d.ID)
	}
	return wp.ByLine(d.Line)
}

func loadDecisions(folder *checkpoint.Folder) (map[wp.RowKey]wp.Decision, error) {
	decisions := map[wp.RowKey]wp.Decision{}
	err := readJSON(folder, DecisionsFile, &decisions)
	if errors.Is(err, fs.ErrNotExist) {
		return decisions, nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return nil, doing("read "+DecisionsFile, err)
	}
	return decisions, doing("read "+DecisionsFile, err)
}

// ForgetDecisions drops all decisions: another export has other rows.
func ForgetDecisions(folder *checkpoint.Folder) error {
	return doing("write "+DecisionsFile, writeJSON(folder, DecisionsFile, map[wp.RowKey]wp.Decision{}))
}
