package migration

import (
	"encoding/json"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// Wrote is what was sent to a contact that was there already, where it differs from what the contact held.
type Wrote struct {
	Member int64                  `json:"m"`
	First  string                 `json:"first,omitempty"`
	Last   string                 `json:"last,omitempty"`
	Fields map[crm.FieldID]string `json:"fields,omitempty"`
	// Tags are those that rode along and that the contact did not carry.
	Tags []string `json:"tags,omitempty"`
}

// wrote compares what is sent for a member with the contact that it goes to.
func (r *importer) wrote(member int) (Wrote, bool) {
	before := r.befores.first(r.roster.Members[member].ID)
	if before == nil {
		return Wrote{}, false
	}
	sent := r.contact(member)
	wrote := Wrote{Member: before.Member, First: sent.FirstName, Last: sent.LastName}
	differs := sent.FirstName != "" || sent.LastName != ""
	for id, value := range sent.Fields {
		if before.Fields[id] == value {
			continue
		}
		if wrote.Fields == nil {
			wrote.Fields = map[crm.FieldID]string{}
		}
		wrote.Fields[id], differs = value, true
	}
	had := setOf(before.Tags)
	for _, tag := range sent.Tags {
		if !had[tag.Name] {
			wrote.Tags, differs = append(wrote.Tags, tag.Name), true
		}
	}
	return wrote, differs
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// undoData is the journal's record of an undo. After is the last line of the journal that stays done.
type undoData struct {
	After int64 `json:"after"`
}

// takeUndo forgets who has arrived, as soon as an undo begins: whoever imports after it sends everybody again.
func (l *ledger) takeUndo(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Intent {
		return nil
	}
	var data undoData
	if err := json.Unmarshal(entry.Data, &data); err != nil {
		return err
	}
	for id, one := range l.members {
		if one.seq > data.After {
			delete(l.members, id)
		}
	}
	for batch, open := range l.open {
		if open.seq > data.After {
			delete(l.open, batch)
		}
	}
	clear(l.tagged)
	if data.After == 0 {
		clear(l.made)
	}
	return nil
}

// takeUntag forgets that members were given a tag: it may have been taken off.
func (l *ledger) takeUntag(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Intent {
		return nil
	}
	l.last = entry.At
	var intent tagIntent
	err := json.Unmarshal(entry.Data, &intent)
	for _, id := range intent.Members {
		delete(l.tagged[intent.Tag], id)
	}
	return err
}
