package migration

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// upsertIntent is the journal's record of members that are about to be sent. Before is there for members whom the CRM has already.
type upsertIntent struct {
	Members []int64 `json:"m"`
	// Hashes are eight hex digits a member, one after the other: what the member looked like when sent.
	Hashes string   `json:"h"`
	Before []Before `json:"b,omitempty"`
	// Wrote is what is sent to those who have a Before, where it differs from that: undo takes back what is still so.
	Wrote []Wrote `json:"w,omitempty"`
	// Clock is how many seconds the CRM's clock is ahead of ours: undo compares when a contact was made with when it was first sent.
	Clock int64 `json:"clock,omitempty"`
}

// upsertOutcome answers an upsertIntent: one letter a member.
type upsertOutcome struct {
	Results string           `json:"r"`
	IDs     []string         `json:"id,omitempty"`
	Reasons map[int64]string `json:"why,omitempty"`
}

// The letters of an upsertOutcome.
const (
	letterCreated = 'c'
	letterUpdated = 'u'
	letterQueued  = 'q'
	letterFailed  = 'f'
	// letterKept means that the CRM had everything already, so that nothing was sent.
	letterKept = 'k'
	// letterNot means that a look-up found that the member had not arrived, so that it is to be sent again.
	letterNot = 'n'
)

// tagIntent is the journal's record of a tag that is about to be put on members; its outcome is a tagOutcome.
type tagIntent struct {
	Tag     string  `json:"tag"`
	Members []int64 `json:"m"`
}

type tagOutcome struct {
	Tag     string           `json:"tag"`
	Members []int64          `json:"m"`
	Reasons map[int64]string `json:"why,omitempty"`
}

// sent is what the journal knows of one member.
//
// It is kept small: half a million of them have to fit into memory.
type sent struct {
	id crm.ContactID
	// seq is the journal's line of the intent.
	seq int64
	// hash is the content hash as a number.
	hash   uint32
	letter byte
	// known says that the CRM had a contact of this member before they were sent for the first time.
	known bool
}

// openBatch is an intent without an outcome: nobody knows whether it was carried out.
type openBatch struct {
	seq    int64
	batch  string
	intent upsertIntent
}

// ledger is what the journal says has been done.
type ledger struct {
	members map[int64]sent
	open    map[string]openBatch
	tagged  map[string]map[int64]bool
	skipped map[int64]bool
	made    map[string]int
	// reasons are those of the members whom the CRM refused.
	reasons map[int64]string
	batches int
	// last is when something was last written to the CRM.
	last time.Time
}

// readLedger reads the whole journal once.
func readLedger(folder *checkpoint.Folder) (*ledger, error) {
	l := &ledger{members: map[int64]sent{}, open: map[string]openBatch{}, tagged: map[string]map[int64]bool{},
		skipped: map[int64]bool{}, made: map[string]int{}, reasons: map[int64]string{}}
	err := folder.Journal().Scan(l.take)
	l.batches = int(folder.Journal().End().Lines) // no name has a number above that
	return l, doing("read the journal", err)
}

func (l *ledger) take(entry checkpoint.Entry) error {
	switch entry.Op {
	case OpUpsert:
		return l.takeUpsert(entry)
	case OpTag:
		return l.takeTag(entry)
	case OpUntag:
		return l.takeUntag(entry)
	case OpSkip:
		var skip skipData
		err := json.Unmarshal(entry.Data, &skip)
		l.skipped[skip.Member] = !skip.Undone
		return err
	case OpUndo:
		return l.takeUndo(entry)
	case OpTagName, OpField:
		if entry.Phase == checkpoint.Done {
			l.made[entry.Op]++
		}
	}
	return nil
}

type skipData struct {
	Member int64 `json:"m"`
	Undone bool  `json:"undone,omitempty"`
}

func (l *ledger) takeUpsert(entry checkpoint.Entry) error {
	l.last = entry.At
	if entry.Phase == checkpoint.Intent {
		var intent upsertIntent
		if err := json.Unmarshal(entry.Data, &intent); err != nil {
			return err
		}
		l.open[entry.Batch] = openBatch{entry.Seq, entry.Batch, intent}
		return nil
	}
	var outcome upsertOutcome
	if err := json.Unmarshal(entry.Data, &outcome); err != nil {
		return err
	}
	l.keep(l.open[entry.Batch].seq, l.open[entry.Batch].intent, outcome)
	delete(l.open, entry.Batch)
	return nil
}

// keep notes what became of the members of a batch.
func (l *ledger) keep(seq int64, intent upsertIntent, outcome upsertOutcome) {
	known := intent.known()
	for i, id := range intent.Members {
		answer := intent.outcome(i, outcome)
		answer.seq, answer.known = seq, known[id]
		if l.knows(id) {
			answer.known = l.members[id].known
		}
		if before := l.members[id].id; before != "" && before != answer.id {
			l.forgetTags(id)
		}
		l.members[id] = answer
		if why := outcome.Reasons[id]; why != "" {
			l.reasons[id] = why
		} else {
			delete(l.reasons, id)
		}
	}
}

// forgetTags is for a member who may have another contact now, by another address: the tags are on the former one.
func (l *ledger) forgetTags(member int64) {
	for _, members := range l.tagged {
		delete(members, member)
	}
}

// known are the members of whom the CRM had a contact.
func (u upsertIntent) known() map[int64]bool {
	known := make(map[int64]bool, len(u.Before))
	for _, before := range u.Before {
		known[before.Member] = true
	}
	return known
}

func (u upsertIntent) outcome(i int, outcome upsertOutcome) sent {
	s := sent{hash: hashNumber(u.hash(i)), letter: letterNot}
	if i < len(outcome.Results) {
		s.letter = outcome.Results[i]
	}
	if i < len(outcome.IDs) {
		s.id = crm.ContactID(outcome.IDs[i])
	}
	return s
}

func (u upsertIntent) hash(i int) string {
	if 8*i+8 > len(u.Hashes) {
		return ""
	}
	return u.Hashes[8*i : 8*i+8]
}

func (l *ledger) takeTag(entry checkpoint.Entry) error {
	l.last = entry.At
	if entry.Phase != checkpoint.Done {
		return nil
	}
	var outcome tagOutcome
	if err := json.Unmarshal(entry.Data, &outcome); err != nil {
		return err
	}
	if l.tagged[outcome.Tag] == nil {
		l.tagged[outcome.Tag] = map[int64]bool{}
	}
	for _, id := range outcome.Members {
		if outcome.Reasons[id] == "" {
			l.tagged[outcome.Tag][id] = true
		}
	}
	return nil
}

// hashNumber is a content hash as a number; eight hex digits fit into it.
func hashNumber(hash string) uint32 {
	number, _ := strconv.ParseUint(hash, 16, 32)
	return uint32(number)
}

// arrived says that the CRM took this member as they are now.
func (l *ledger) arrived(m *Member) bool {
	s, ok := l.members[m.ID]
	return ok && s.hash == m.content && strings.IndexByte(arrivedLetters, s.letter) >= 0
}

// knows says that the CRM took this member at some time, as they were then.
func (l *ledger) knows(member int64) bool {
	s, ok := l.members[member]
	return ok && strings.IndexByte(arrivedLetters, s.letter) >= 0
}

// arrivedLetters are the outcomes after which a member is in the CRM.
const arrivedLetters = string(letterCreated) + string(letterUpdated) + string(letterQueued) + string(letterKept)

// failed says that the CRM refused this member as they are now.
func (l *ledger) failed(m *Member) bool {
	s, ok := l.members[m.ID]
	return ok && s.hash == m.content && s.letter == letterFailed
}

// nextBatch names the next piece of work; names never repeat in a journal.
func (l *ledger) nextBatch() string {
	l.batches++
	return "b" + strconv.Itoa(l.batches)
}
