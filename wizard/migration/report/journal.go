package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// journalFile is the journal's name in the folder.
const journalFile = "journal.jsonl"

// allLines asks for the whole journal.
const allLines = -1

// history is what the journal says, up to some line of it.
type history struct {
	lines int64
	hash  string
	// proofs are the last read-back and how many there were.
	proof  *proofLine
	proofs int
	// made are the names of tags and custom fields that were made, by kind of work, each with its line.
	made map[string][]madeLine
	// sent counts members by what came of them, over all batches; tagged counts tags that were put on members by themselves.
	sent   map[byte]int
	tagged int
	// lastWork is the last line that is about changing something in the CRM or on the site, other than made-up members.
	lastWork int64
	// undone is the last undo that came to its end, accepted what the owner accepted last that starts by itself.
	undone   *undoneLine
	accepted map[string]int64
	// deltas are the looks at what changed on the site, aside is what the tools did.
	deltas []deltaLine
	// orders is the last look at the subscriptions, nil when there was none.
	orders *ordersLine
	aside  asideFacts
	// watched are the looks at everybody after the migration.
	watched []watchedLine
	// spans are the runs of lines about one kind of work.
	spans []span
	// members holds, for those asked for, the last line that names them.
	members map[int64]int64
}

// proofLine is a read-back as the journal tells it.
type proofLine struct {
	seq   int64
	at    time.Time
	raw   json.RawMessage
	proof migration.Proof
}

// undoneLine is an undo as the journal tells it.
type undoneLine struct {
	seq      int64
	at       time.Time
	sentence string
}

// watchedLine is a look after the migration as the journal tells it.
type watchedLine struct {
	seq int64
	migration.Watched
}

// madeLine is a tag or custom field that was made.
type madeLine struct {
	name string
	seq  int64
}

// span is an unbroken run of lines about one kind of work, or all the lines of one task.
type span struct {
	op         string
	task       taskKey
	first, end time.Time
	from, to   int64
}

// The parts of the journal's records that a report needs.
type (
	nameData      struct{ Name string }
	memberData    struct{ M []int64 }
	upsertOutcome struct{ R string }
	tagOutcome    struct {
		M   []int64
		Why map[int64]string
	}
)

// readHistory verifies the whole journal and reads its first lines, or all of them. tasks tells which lines belong to which task; wanted are the
// members whose lines are looked for. Both may be nil. Without a journal the history is empty.
func readHistory(src *source, upTo int64, tasks taskList, wanted map[int64]int64) (*history, error) {
	h := &history{made: map[string][]madeLine{}, accepted: map[string]int64{}, sent: map[byte]int{}, members: wanted, aside: asideFacts{}}
	file, err := src.root.Open(journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	good, _, err := checkpoint.Verify(file)
	if err != nil {
		return nil, err
	}
	if upTo == allLines || upTo > good {
		upTo = good
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	h.lines = upTo
	return h, eachEntry(file, upTo, func(entry checkpoint.Entry) error {
		h.hash = entry.Hash
		h.place(entry, tasks)
		return h.take(entry)
	})
}

// eachEntry reads the first so many lines, which have been verified before.
func eachEntry(from io.Reader, lines int64, each func(checkpoint.Entry) error) error {
	reader := bufio.NewReaderSize(from, 256<<10)
	for range lines {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return err
		}
		var entry checkpoint.Entry
		if err := json.Unmarshal(bytes.TrimSuffix(line, []byte("\n")), &entry); err != nil {
			return err
		}
		if err := each(entry); err != nil {
			return err
		}
	}
	return nil
}

// place adds a line to the task that was running then, or else to the run of lines before it.
func (h *history) place(entry checkpoint.Entry, tasks taskList) {
	task := tasks.at(entry.At)
	for i := len(h.spans) - 1; i >= 0; i-- {
		last := &h.spans[i]
		sameTask := task != taskKey{} && last.task == task
		sameRun := task == taskKey{} && i == len(h.spans)-1 && last.task == task && last.op == entry.Op
		if sameTask || sameRun {
			last.to, last.end = entry.Seq, entry.At
			return
		}
		if task == (taskKey{}) {
			break
		}
	}
	h.spans = append(h.spans, span{entry.Op, task, entry.At, entry.At, entry.Seq, entry.Seq})
}

// take reads what the report needs of a line.
func (h *history) take(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Note && entry.Op != migration.OpCanary {
		h.lastWork = entry.Seq
	}
	if err := h.aside.take(entry); err != nil {
		return err
	}
	switch {
	case entry.Op == migration.OpDelta:
		return h.takeDelta(entry)
	case entry.Op == migration.OpOrders:
		return h.takeOrders(entry)
	case entry.Op == migration.OpProof:
		return h.takeProof(entry)
	case entry.Op == migration.OpWatch:
		line := watchedLine{seq: entry.Seq}
		err := json.Unmarshal(entry.Data, &line.Watched)
		h.watched = append(h.watched, line)
		return err
	case entry.Op == migration.OpAccepted:
		return h.takeAccepted(entry)
	case entry.Op == migration.OpUndo && entry.Phase == checkpoint.Done:
		var data struct{ Sentence string }
		err := json.Unmarshal(entry.Data, &data)
		h.undone = &undoneLine{entry.Seq, entry.At, data.Sentence}
		return err
	case entry.Phase == checkpoint.Done && (entry.Op == migration.OpTagName || entry.Op == migration.OpField):
		var data nameData
		err := json.Unmarshal(entry.Data, &data)
		h.made[entry.Op] = append(h.made[entry.Op], madeLine{data.Name, entry.Seq})
		return err
	case entry.Phase == checkpoint.Done && entry.Op == migration.OpUpsert:
		var data upsertOutcome
		err := json.Unmarshal(entry.Data, &data)
		for _, letter := range []byte(data.R) {
			h.sent[letter]++
		}
		return err
	case entry.Phase == checkpoint.Done && entry.Op == migration.OpTag:
		var data tagOutcome
		err := json.Unmarshal(entry.Data, &data)
		h.tagged += len(data.M) - len(data.Why)
		return err
	case entry.Phase == checkpoint.Intent && len(h.members) > 0 && (entry.Op == migration.OpUpsert || entry.Op == migration.OpTag):
		return h.takeMembers(entry)
	}
	return nil
}

func (h *history) takeProof(entry checkpoint.Entry) error {
	line := proofLine{seq: entry.Seq, at: entry.At, raw: entry.Data}
	if err := json.Unmarshal(entry.Data, &line.proof); err != nil {
		return err
	}
	h.proof = &line
	h.proofs++
	return nil
}

func (h *history) takeAccepted(entry checkpoint.Entry) error {
	var starts []migration.Start
	err := json.Unmarshal(entry.Data, &starts)
	for _, start := range starts {
		h.accepted[start.ID] = entry.Seq
	}
	return err
}

// takenBack says that undo was the last thing that was done.
func (h *history) takenBack() bool {
	return h.undone != nil && h.undone.seq >= h.lastWork && (h.proof == nil || h.undone.seq > h.proof.seq)
}

// takeMembers notes the line with those members of it that are asked for.
func (h *history) takeMembers(entry checkpoint.Entry) error {
	var data memberData
	err := json.Unmarshal(entry.Data, &data)
	for _, id := range data.M {
		if _, asked := h.members[id]; asked {
			h.members[id] = entry.Seq
		}
	}
	return err
}
