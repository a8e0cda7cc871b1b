package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzJournal opens whatever lies there as a journal: it is refused, or can be built on. And whatever is written comes back as it was, and no change
// of it goes unnoticed.
func FuzzJournal(f *testing.F) {
	good := threeLines(f)
	f.Add(good, "import", "1", []byte(`{"m":[1]}`), 100, byte(1))
	f.Add(good[:len(good)-3], "tag", "", []byte(`null`), 0, byte(0x80))
	f.Add([]byte("\n\n{}\n"), "\x00<&>\u2028", "b\xff", []byte(` [ 1 , "\u003c" ] `), 70, byte(32))
	f.Fuzz(func(t *testing.T, found []byte, op, batch string, data []byte, at int, change byte) {
		buildOn(t, bytes.Clone(found))
		if json.Valid(data) && utf8.ValidString(op) && utf8.ValidString(batch) {
			comesBack(t, Entry{Phase: Intent, Op: op, Batch: batch, Data: data}, at, change)
		}
	})
}

// buildOn opens a journal, and adds to it when that works.
func buildOn(t *testing.T, found []byte) {
	d := &memoryDisk{bytes: found}
	end, err := findEnd(d, int64(len(found)), Mark{})
	if err != nil {
		if !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		return
	}
	d.Truncate(end.Bytes)
	if err := newJournal(d, end).Append(batch("next")); err != nil {
		t.Fatal(err)
	}
	d.verify(t, end.Lines+1)
}

// comesBack writes an entry between two others, reads it, and changes one byte.
func comesBack(t *testing.T, entry Entry, at int, change byte) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	if err := journal.Append(batch("before"), entry, batch("after")); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	json.Compact(&compact, entry.Data)
	err := journal.Scan(func(back Entry) error {
		if back.Seq == 2 && (back.Op != entry.Op || back.Batch != entry.Batch || !bytes.Equal(back.Data, compact.Bytes())) {
			t.Errorf("wrote %+v, read %+v", entry, back)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.bytes[uint(at)%uint(len(d.bytes))] ^= change
	if _, _, err := Verify(bytes.NewReader(d.bytes)); (err != nil) != (change != 0) {
		t.Errorf("byte %d changed by %#x: %v", at, change, err)
	}
}

// FuzzCheckpoint reads whatever lies there as a checkpoint: it is refused with a reason, or is a state that can be saved and read again.
func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte(`{"program":"allyswitch","schema":1,"tool":"1.0","steps":{"import":{"counters":{"created":302},"done":"2026-11-21T20:12:00Z"},"tags":null}}`))
	f.Add([]byte(`{"program":"allyswitch","schema":2,"tool":7}`))
	f.Add([]byte(`{"program":"allyswitch","schema":1e300}`))
	f.Add([]byte(`[{"program":"allyswitch"}]`))
	f.Add([]byte(`{"program":"allyswitch","schema":1,"journal":{"lines":1,"bytes":0,"hash":"x"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		state, err := decodeState(text)
		if err != nil {
			return
		}
		state.Step("import").Notes = map[string]string{"verdict": "fine"}
		first, err := json.Marshal(state)
		if err != nil {
			t.Fatalf("cannot be saved: %v", err)
		}
		again, err := decodeState(first)
		if err != nil {
			t.Fatalf("cannot be read again: %v", err)
		}
		if second, _ := json.Marshal(again); !bytes.Equal(first, second) {
			t.Errorf("saved %s, then %s", first, second)
		}
	})
}
