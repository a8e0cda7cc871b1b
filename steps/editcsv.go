package steps

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"allyswitch/crm/address"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

func newEditCSV(deps *Deps) *step {
	s := &step{id: EditCSV, title: "Clean the member file", deps: deps}
	s.inputs = restsOn(theExport, theDecisions, thoseLeftOut)
	s.sheet = s.editSheet
	return s
}

func theExport(state *checkpoint.State) string {
	return state.Answer(Export, "export.file") + state.Answer(Export, "tags.unlisted") + note(state, Export, "file-mark") + note(state, Export, "tags-mark") + fmt.Sprint(mapping(state))
}

func theDecisions(state *checkpoint.State) string { return note(state, EditCSV, "decisions") }

func (s *step) editSheet(state *checkpoint.State) wizard.Sheet {
	input := migration.CleanInput{File: cleanPath(state.Answer(Export, "export.file")), Mapping: mapping(state), Second: state.Answer(Start, keySecondAdmin)}
	engine, sent := s.deps.engine(state), count(state, Import, "arrived") > 0
	items := []wizard.Item{
		s.do(state, wizard.Task{Key: "clean", Label: "Clean the export", Required: true, Complete: s.doneWith(state, "clean"),
			Help:   "Keeps six columns, mends what can be mended with certainty, and drops passwords and session tokens unread.",
			Locked: lockedWithout(input.File, "Give the export file in step 2 first."),
			Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
				if sent {
					if err := migration.CheckExportIsOurs(engine, input); err != nil {
						return nil, err
					}
				}
				return clean(ctx, engine, input, report)
			}}),
	}
	if count(state, EditCSV, "rejected") > 0 {
		items = append(items, s.rejectedTable(), s.tick(state, wizard.Tick{Key: "rejected-seen",
			Text: "You have looked at the rows that were left out, and mended those that matter", Look: "people who have bought something. A row that stays here has no contact in the CRM, so this person cannot be linked."}))
	}
	if note(state, EditCSV, "fingerprint") != "" {
		items = append(items, s.ask(state, wizard.Question{Key: leaveOutKey, Label: "People who stay out of the CRM (optional)", Validate: checkAddresses,
			Help: "E-mail addresses, with | between them. Best the second administrator: a login that no contact and no tag can change. They stay users of the site. Clean the export again afterwards."}))
	}
	items = append(items, s.deleteExport(state, input.File)...)
	return wizard.Sheet{
		Does: []string{
			"The export has many columns. Six are needed: ID, customer_id, user_email, user_registered, first_name and last_name. This step writes them, cleaned, to members.csv.",
			"Every row of the export ends in members.csv or in rejected.csv. None disappears.",
		},
		Warnings: []string{"ID and customer_id are both the WordPress user ID. Neither is AccessAlly's contact ID: that one is found in step 11."},
		Did:      s.editFacts(state),
		Items:    items,
		Known:    "The rows in members.csv and in rejected.csv add up to the people in the export.",
		Help: []string{
			"Two people with one address: the first is kept, the second waits in the list. Give one of them another address, or leave one out.",
			"An address that is mended here has to be right on the site too: WordPress, Users. After the switch an address is changed on the site, by the member under My Account. Changed in the CRM only, the two no longer fit together.",
			"You can also mend rejected.csv in a spreadsheet and give it in step 2 as the export file.",
			"Tell support: how many rows were left out, and the reasons in the list. Not the files: they hold your members' addresses.",
			"The file members.csv is in the migration's folder. It is the one that a person could upload by hand.",
		},
	}
}

// leaveOutKey is the question for the people who do not move.
const leaveOutKey = "edit-csv.leave-out"

func thoseLeftOut(state *checkpoint.State) string { return strings.Join(leaveOut(state), "|") }

// leaveOut are the addresses of those who stay out of the CRM.
func leaveOut(state *checkpoint.State) []string { return addresses(state.Answer(EditCSV, leaveOutKey)) }

func addresses(typed string) []string {
	return strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("|,;", r) })
}

func checkAddresses(typed string) error {
	for _, one := range addresses(typed) {
		if err := checkAddress(one); err != nil {
			return fmt.Errorf("%s: %w", one, err)
		}
	}
	return nil
}

// clean reads the whole export once.
func clean(ctx context.Context, engine migration.Deps, input migration.CleanInput, report job.Reporter) (wizard.Change, error) {
	result, err := migration.Clean(ctx, engine, input, report)
	if err != nil {
		return nil, err
	}
	return func(state *checkpoint.State) {
		setCount(state, EditCSV, "people", result.People)
		setCount(state, EditCSV, "members", result.Kept)
		setCount(state, EditCSV, "rejected", result.Rejected)
		setCount(state, EditCSV, "tags", result.Tags)
		setCount(state, EditCSV, "pairs", result.Pairs)
		setCount(state, EditCSV, "strangers", result.Strangers)
		setCount(state, EditCSV, "untagged", result.Untagged)
		setCount(state, EditCSV, "unlisted", result.Unlisted)
		setCount(state, EditCSV, "administrators", result.Administrators)
		setNote(state, EditCSV, "administrator-ids", strings.Trim(fmt.Sprint(result.AdministratorIDs), "[]"))
		if input.Second != "" && input.Second == state.Answer(Start, keySecondAdmin) {
			keepSecond(state, result.Standing)
		}
		setCount(state, EditCSV, "left-out", result.LeftOut)
		setNote(state, EditCSV, "fingerprint", result.Fingerprint)
		setNote(state, EditCSV, "findings", result.Findings)
		delete(state.Step(EditCSV).Ticks, "rejected-seen")
	}, nil
}

func (s *step) editFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, EditCSV, "fingerprint") == "" {
		return nil
	}
	facts := []wizard.Fact{
		fact(wizard.MarkGood, "Members", say("%d of %d {person is|people are} in members.csv", count(state, EditCSV, "members"), count(state, EditCSV, "people"))),
	}
	if rejected := count(state, EditCSV, "rejected"); rejected > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Left out", say("%d {row is|rows are} in rejected.csv, each with its reason", rejected)))
	}
	if found := note(state, EditCSV, "findings"); found != "" {
		facts = append(facts, fact(wizard.MarkPlain, "Mended", found))
	}
	if why := secondDoubt(state); why != "" {
		facts = append(facts, fact(wizard.MarkBad, "Second admin", "the second administrator of the Start page is none: "+why))
	}
	if count(state, EditCSV, "administrators") == 1 {
		facts = append(facts, fact(wizard.MarkWarn, "One admin", "the export names one administrator only. Make a second one before step 7, with an address that is no member's: see the Start page"))
	}
	facts = append(facts, leftOutFacts(state)...)
	if state.Answer(Export, "tags.file") == "" {
		return append(facts, fact(wizard.MarkWarn, "Tags", "there is no tag file, so nobody's access can be carried over. Give it in step 2."))
	}
	facts = append(facts, fact(wizard.MarkPlain, "Tags", say("%d {tag|tags} on members, %d different {one|ones}; %d {member has|members have} none",
		count(state, EditCSV, "pairs"), count(state, EditCSV, "tags"), count(state, EditCSV, "untagged"))))
	if unlisted := count(state, EditCSV, "unlisted"); unlisted > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Not listed", say("%d {member is|members are} not in the tag file, so their access cannot be decided", unlisted)))
	}
	if strangers := count(state, EditCSV, "strangers"); strangers > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Unknown", say("%d {address in the tag file belongs|addresses in the tag file belong} to no member", strangers)))
	}
	return facts
}

// leftOutFacts say whether those who should stay out are in the export at all, and that administrators go along like everybody.
func leftOutFacts(state *checkpoint.State) []wizard.Fact {
	asked, found, administrators := int64(len(leaveOut(state))), count(state, EditCSV, "left-out"), count(state, EditCSV, "administrators")
	switch {
	case found < asked:
		return []wizard.Fact{fact(wizard.MarkWarn, "Stay out", say("%d {address|addresses} to leave out {is|are} in no row of the export", asked-found))}
	case asked > 0:
		return []wizard.Fact{fact(wizard.MarkGood, "Stay out", say("%d {person stays|people stay} out of the CRM, by your word", found))}
	case administrators > 0:
		return []wizard.Fact{fact(wizard.MarkPlain, "Administrators", say("%d {administrator goes|administrators go} into the CRM like the members. Below you can leave the second one out", administrators))}
	}
	return nil
}

// rejectedTable shows the rows that were left out, to be mended, kept or left out for good.
func (s *step) rejectedTable() wizard.Table {
	rows := s.deps.files.rows(s.deps.Folder, migration.RejectedFile)
	return wizard.Table{
		Key: "rejected", Title: "Rows that were left out", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "Line", Width: 6}, {Title: "ID", Width: 8}, {Title: "Address", Private: true}, {Title: "Reason"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, wp.ColumnLine), rows.cell(i, wp.ColumnID), rows.cell(i, wp.ColumnEmail), reason(rows.cell(i, wp.ColumnAdvice))}
		},
		Actions: []wizard.RowAction{
			{Key: "m", Label: "mend", Ask: &wizard.Question{Key: "address", Label: "The right address", Validate: checkAddress},
				Do: func(row int, answer string) (wizard.Change, error) {
					return s.decide(rows, row, migration.RowDecision{Email: answer})
				}},
			{Key: "k", Label: "keep", Do: func(row int, _ string) (wizard.Change, error) {
				return s.decide(rows, row, migration.RowDecision{Keep: true})
			}},
			{Key: "x", Label: "leave out", Do: func(row int, _ string) (wizard.Change, error) {
				return s.decide(rows, row, migration.RowDecision{LeaveOut: true})
			}},
		},
	}
}

// reason is what is wrong with a row and what to do, without the place and the value, which have columns of their own: in privacy mode the
// value is hidden there.
func reason(advice string) string {
	if _, text, found := strings.Cut(advice, ": "); found {
		if _, rest, quoted := strings.Cut(text, "” "); quoted && strings.HasPrefix(text, "“") {
			text = "this " + rest
		}
		first, size := utf8.DecodeRuneInString(text)
		return string(unicode.ToUpper(first)) + text[size:]
	}
	return advice
}

func checkAddress(typed string) error {
	if !address.Valid(typed) {
		return errors.New("this is not an e-mail address that a CRM would take")
	}
	return nil
}

// decide keeps what the owner wants done with a row. It counts when the export is cleaned again.
func (s *step) decide(rows *fileRows, row int, decision migration.RowDecision) (wizard.Change, error) {
	decision.ID, _ = strconv.ParseInt(rows.cell(row, wp.ColumnID), 10, 64)
	decision.Line, _ = strconv.Atoi(rows.cell(row, wp.ColumnLine))
	decision.TwinID = rows.cell(row, wp.ColumnReason) == wp.TwinID
	if decision.Keep && decision.ID == 0 {
		return nil, errors.New("this row has no user ID: the person has no account on the site, so there is no access to move. If you want them in the CRM, put them there with the CRM's own import, and leave the row out here")
	}
	decisions, err := migration.Decide(s.deps.Folder, decision)
	if err != nil {
		return nil, explain(err, s.deps)
	}
	return func(state *checkpoint.State) { setNote(state, EditCSV, "decisions", strconv.Itoa(decisions)) }, nil
}

// deleteWords have to be typed before the raw export is deleted.
const deleteWords = "delete the export"

// deleteExport offers to remove the raw export, which holds password hashes.
func (s *step) deleteExport(state *checkpoint.State, file string) []wizard.Item {
	if file == "" || note(state, EditCSV, "fingerprint") == "" {
		return nil
	}
	if note(state, EditCSV, "deleted") == file {
		return []wizard.Item{wizard.Instruction{Text: "The raw export has been deleted from this computer. Delete it on the server too.",
			Where: []string{"WebToffee Import Export", "History"}}}
	}
	items := []wizard.Item{s.ask(state, wizard.Question{Key: "export.delete", Label: "Delete the raw export from this computer?", Confirm: deleteWords,
		Help: "It holds password hashes, and AllySwitch has taken what it needs. Type: " + deleteWords})}
	if state.Answer(EditCSV, "export.delete") == deleteWords {
		items = append(items, s.do(state, wizard.Task{Key: "delete", Label: "Delete the raw export", Help: file,
			Run: func(context.Context, job.Reporter) (wizard.Change, error) {
				if err := wp.DeleteExport(file); err != nil {
					return nil, err
				}
				return func(state *checkpoint.State) { setNote(state, EditCSV, "deleted", file) }, nil
			}}))
	}
	return items
}
