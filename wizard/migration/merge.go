package migration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// OpMerge is the journal's word for making one contact of two.
const OpMerge = "merge"

// PairFile shows two contacts side by side, and what would survive.
const PairFile = "merge-pair.csv"

// ErrSamePerson means that somebody was to be merged with themselves, or with something that has changed since they were compared.
var ErrSamePerson = errors.New("these contacts cannot be merged")

// Pair names two contacts of which one is to stay. An ID may be empty where the address belongs to one contact only.
type Pair struct {
	KeepEmail string        `json:"keep_email"`
	Keep      crm.ContactID `json:"keep"`
	LoseEmail string        `json:"lose_email"`
	Lose      crm.ContactID `json:"lose"`
}

// saved is what merge-<id>.json holds: both contacts as they were.
type saved struct {
	Keep crm.Contact `json:"keep"`
	Lose crm.Contact `json:"lose"`
}

// Merged is what became of a merge.
type Merged struct {
	// Keep is the contact that stays.
	Keep crm.ContactID
	// Gone says that the other contact is no longer there. Where the CRM cannot merge by API it stays, for a person to deal with.
	Gone bool
	// Moved are the tags that the kept contact did not have before.
	Moved []string
	// Missing are tags of either contact that the kept one does not show.
	Missing []string
	// Saved is the file that holds both contacts as they were.
	Saved string
}

// SideBySide are two contacts as they were compared.
type SideBySide struct {
	Pair
	// Moving are the tags that only the contact that goes has: the other one gets them.
	Moving []string
}

// ComparePair reads both contacts and writes merge-pair.csv. Nothing is changed.
func ComparePair(ctx context.Context, deps Deps, pair Pair, report job.Reporter) (SideBySide, error) {
	both, err := readPair(ctx, deps, pair, report)
	if err != nil {
		return SideBySide{}, err
	}
	found := Pair{KeepEmail: both.Keep.Email, Keep: both.Keep.ID, LoseEmail: both.Lose.Email, Lose: both.Lose.ID}
	return SideBySide{found, both.moving()}, savePair(ctx, deps, both)
}

// moving are the tags that only the contact that goes has.
func (s saved) moving() []string {
	has := tagNamesOf(s.Keep)
	return slices.DeleteFunc(tagNamesOf(s.Lose), func(name string) bool { return slices.Contains(has, name) })
}

func readPair(ctx context.Context, deps Deps, pair Pair, report job.Reporter) (saved, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return saved{}, err
	}
	report.Phase("Reading both contacts", 0)
	keep, err := findOne(ctx, deps, pair.KeepEmail, pair.Keep, report)
	if err != nil {
		return saved{}, err
	}
	lose, err := findOne(ctx, deps, pair.LoseEmail, pair.Lose, report)
	if err != nil {
		return saved{}, err
	}
	if keep.ID == lose.ID {
		return saved{}, &Refusal{Gate: ErrSamePerson, Detail: "both are the contact " + string(keep.ID)}
	}
	return saved{keep, lose}, nil
}

// savePair writes line by line what each of the two has, and what the kept one will have.
func savePair(ctx context.Context, deps Deps, both saved) error {
	names, err := fieldNames(ctx, deps)
	if err != nil {
		return err
	}
	keep, lose := both.Keep, both.Lose
	_, merges := deps.CRM.Merger()
	rows := [][]string{{"what", "keep", "lose", "after"}}
	line := func(what, a, b, after string) {
		if a != "" || b != "" {
			rows = append(rows, []string{what, a, b, after})
		}
	}
	either := func(a, b string) string {
		switch {
		case a == b || b == "":
			return a
		case merges && a == "":
			return b
		case merges:
			return a + " (or the other's: look afterwards)"
		}
		return a
	}
	line("Contact ID", string(keep.ID), string(lose.ID), string(keep.ID))
	line("Address", keep.Email, lose.Email, keep.Email)
	line("Name", strings.TrimSpace(keep.FirstName+" "+keep.LastName), strings.TrimSpace(lose.FirstName+" "+lose.LastName), either(strings.TrimSpace(keep.FirstName+" "+keep.LastName), strings.TrimSpace(lose.FirstName+" "+lose.LastName)))
	line("Made", day(keep), day(lose), day(keep))
	line("May get mail", string(keep.State), string(lose.State), string(keep.State))
	if err := orderLine(deps.Folder, both, line); err != nil {
		return err
	}
	fieldLines(both, names, either, line)
	tagLines(both, line)
	return writeRows(deps.Folder, PairFile, rows)
}

// fieldNames are the names of the CRM's custom fields, as people know them. A CRM that does not tell leaves the IDs.
func fieldNames(ctx context.Context, deps Deps) (map[crm.FieldID]string, error) {
	fields, err := deps.CRM.Fields(ctx)
	if err != nil && !cannotTell(err) {
		return nil, doing("read the custom fields", err)
	}
	names := map[crm.FieldID]string{}
	for _, field := range fields {
		names[field.ID] = field.Name
	}
	return names, nil
}

// orderLine says which orders of orders.csv either contact has. A list that was never read is not a list without orders.
func orderLine(folder *checkpoint.Folder, both saved, line func(what, a, b, after string)) error {
	keep, known, err := OrdersOf(folder, both.Keep.ID)
	if err != nil {
		return err
	}
	lose, _, err := OrdersOf(folder, both.Lose.ID)
	switch {
	case err != nil:
		return err
	case !known:
		line("Orders", "?", "?", "step 12 reads them; until then look in AccessAlly, Sales, Orders")
	case len(keep)+len(lose) == 0:
		line("Orders", "-", "-", "none in the list of step 12")
	case len(lose) == 0:
		line("Orders", strings.Join(keep, ", "), "-", strings.Join(keep, ", "))
	default:
		line("Orders", cmpText(strings.Join(keep, ", "), "-"), strings.Join(lose, ", "), strings.Join(append(keep, lose...), ", ")+", once you have moved them")
	}
	return nil
}

func fieldLines(both saved, names map[crm.FieldID]string, either func(a, b string) string, line func(what, a, b, after string)) {
	values := map[crm.FieldID]bool{}
	for id := range both.Keep.Fields {
		values[id] = true
	}
	for id := range both.Lose.Fields {
		values[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(values)) {
		a, b := both.Keep.Fields[id], both.Lose.Fields[id]
		line("Field "+cmpText(names[id], string(id)), a, b, either(a, b))
	}
}

func tagLines(both saved, line func(what, a, b, after string)) {
	mark := func(contact crm.Contact, name string) string {
		switch {
		case !contact.TagsKnown:
			return "?"
		case slices.Contains(tagNamesOf(contact), name):
			return "has it"
		}
		return "-"
	}
	for _, name := range bothTags(both) {
		line("Tag "+name, mark(both.Keep, name), mark(both.Lose, name), "has it")
	}
	if !both.Keep.TagsKnown || !both.Lose.TagsKnown {
		line("Tags", "?", "?", "could not be read: look in the CRM")
	}
}

// bothTags are the tags that either of two contacts has.
func bothTags(both saved) []string {
	names := append(tagNamesOf(both.Keep), tagNamesOf(both.Lose)...)
	slices.Sort(names)
	return slices.Compact(names)
}

// MergePair makes one contact of two where the CRM can; elsewhere it gives the kept one the other's tags. Both contacts are saved in merge-<id>.json first, and the
// intent is on disk. It cannot be undone. Afterwards the kept contact is read again. Running it again after it was cut off looks first. Where tags are moved one by
// one, what they could start must be among allowed, by name.
func MergePair(ctx context.Context, deps Deps, pair Pair, report job.Reporter, allowed ...string) (Merged, error) {
	name := fmt.Sprintf("merge-%s.json", fileWord(string(pair.Lose)))
	both, err := readPair(ctx, deps, pair, report)
	if errors.Is(err, ErrNotOne) {
		var before saved
		if readErr := readJSON(deps.Folder, name, &before); readErr == nil && before.Keep.ID == pair.Keep && before.Lose.ID == pair.Lose {
			return mergedAlready(ctx, deps, pair, before, name, report)
		}
	}
	if err != nil {
		return Merged{}, err
	}
	if !both.Keep.TagsKnown || !both.Lose.TagsKnown {
		return Merged{}, &Refusal{Gate: ErrSamePerson, Detail: "their tags could not be read, so nobody could tell whether any was lost"}
	}
	merger, can := deps.CRM.Merger()
	if !can {
		if err := mayStart(ctx, deps, both.moving(), allowed); err != nil {
			return Merged{}, err
		}
	}
	if err := keepBoth(deps, name, both); err != nil {
		return Merged{}, err
	}
	err = deps.record(OpMerge, string(pair.Lose), mergeData{Pair: pair, Tags: bothTags(both)}, func() (any, error) {
		if can {
			report.Phase("Merging the contacts", 0)
			_, err := merger.Merge(ctx, pair.Keep, pair.Lose)
			return mergeData{Pair: pair, Tags: bothTags(both)}, doing("merge the contacts", err)
		}
		return mergeData{Pair: pair, Tags: bothTags(both)}, moveTags(ctx, deps, both, report)
	})
	if err != nil {
		return Merged{}, err
	}
	return afterMerge(ctx, deps, both, name, can, report)
}

type mergeData struct {
	Pair
	Tags []string `json:"tags"`
}

// mergedAlready closes a merge that had been carried out when its answer was lost.
func mergedAlready(ctx context.Context, deps Deps, pair Pair, before saved, name string, report job.Reporter) (Merged, error) {
	merged, err := afterMerge(ctx, deps, before, name, true, report)
	if err != nil {
		return Merged{}, err
	}
	return merged, deps.note(checkpoint.Done, OpMerge, string(pair.Lose), mergeData{Pair: pair, Tags: bothTags(before)})
}

// keepBoth saves both contacts as they are, once: a second try must not overwrite what was there at first.
func keepBoth(deps Deps, name string, both saved) error {
	var before saved
	err := readJSON(deps.Folder, name, &before)
	if err == nil && before.Keep.ID == both.Keep.ID {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return doing("read "+name, err)
	}
	return doing("save both contacts", writeJSON(deps.Folder, name, both))
}

// moveTags gives the kept contact the tags that it lacks. An error that comes when some are moved already leaves the merge open, so that undo lists it.
func moveTags(ctx context.Context, deps Deps, both saved, report job.Reporter) error {
	has, moved := tagNamesOf(both.Keep), 0
	report.Phase("Moving tags", int64(len(both.Lose.Tags)))
	for _, tag := range both.Lose.Tags {
		if err := report.Gate(ctx); err != nil {
			return err
		}
		if slices.Contains(has, tag.Name) {
			report.Add(1, 0)
			continue
		}
		outcomes, err := deps.CRM.ApplyTag(ctx, tag, []crm.Target{{ID: both.Keep.ID, Email: both.Keep.Email}})
		if err == nil {
			err = outcomes[0].Err
		}
		if err != nil && moved > 0 {
			err = crm.MaybeSent(err)
		}
		if err != nil {
			return doing("move the tag "+tag.Name, err)
		}
		moved++
		report.Add(1, 0)
	}
	_, err := deps.CRM.Settle(ctx)
	return crm.MaybeSent(err)
}

// afterMerge reads the kept contact again, until it shows everything or the CRM can no longer be late.
func afterMerge(ctx context.Context, deps Deps, both saved, name string, can bool, report job.Reporter) (Merged, error) {
	merged := Merged{Keep: both.Keep.ID, Saved: name}
	_, err := untilSeen(ctx, deps, report, func() (bool, error) {
		there, err := findOne(ctx, deps, both.Keep.Email, both.Keep.ID, report)
		if err != nil {
			return false, err
		}
		merged.Moved, merged.Missing = nil, nil
		has, had := tagNamesOf(there), tagNamesOf(both.Keep)
		for _, tag := range bothTags(both) {
			switch {
			case !slices.Contains(has, tag):
				merged.Missing = append(merged.Missing, tag)
			case !slices.Contains(had, tag):
				merged.Moved = append(merged.Moved, tag)
			}
		}
		merged.Gone, err = gone(ctx, deps, both.Lose)
		return len(merged.Missing) == 0 && (merged.Gone || !can), err
	})
	return merged, err
}

// gone says that a contact is no longer found under its address.
func gone(ctx context.Context, deps Deps, lose crm.Contact) (bool, error) {
	found, err := deps.CRM.Find(ctx, lose.Email)
	return !slices.ContainsFunc(found, func(contact crm.Contact) bool { return contact.ID == lose.ID && contact.State != crm.StateDeleted }), err
}

// OrdersOf lists the orders in orders.csv that a contact is known to have, by order ID. known is false where no list of orders has been read.
func OrdersOf(folder *checkpoint.Folder, contact crm.ContactID) (ids []string, known bool, err error) {
	err = eachRow(folder, OrdersFile, func(cell func(string) string) {
		if cell("old_contact_id") == string(contact) || cell("new_contact_id") == string(contact) {
			ids = append(ids, cmp.Or(cell("order_id"), cell("subscription_id")))
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return ids, err == nil, doing("read "+OrdersFile, err)
}
