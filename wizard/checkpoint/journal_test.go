package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// memoryDisk is a journal's file that can be full, refuse to shrink or fail to flush.
type memoryDisk struct {
	mutex sync.Mutex
	bytes []byte
	// room is how many bytes fit, 0 for any number.
	room                  int
	truncateErr, flushErr error
	writes, flushes       int
	// beforeFlush runs, when it is set, before each flush.
	beforeFlush func()
}

func (d *memoryDisk) ReadAt(p []byte, at int64) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return bytes.NewReader(d.bytes).ReadAt(p, at)
}

func (d *memoryDisk) WriteAt(p []byte, at int64) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.writes++
	fits := len(p)
	if d.room > 0 {
		fits = max(0, min(fits, d.room-int(at)))
	}
	d.bytes = append(d.bytes[:at], p[:fits]...)
	if fits < len(p) {
		return fits, &os.PathError{Op: "write", Path: journalFile, Err: syscall.ENOSPC}
	}
	return fits, nil
}

func (d *memoryDisk) Truncate(size int64) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.truncateErr == nil {
		d.bytes = d.bytes[:size]
	}
	return d.truncateErr
}

func (d *memoryDisk) Sync() error {
	if d.beforeFlush != nil {
		d.beforeFlush()
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.flushes++
	return d.flushErr
}

func (d *memoryDisk) Close() error { return nil }

// waitForWrites returns when there have been so many.
func (d *memoryDisk) waitForWrites(count int) {
	for {
		d.mutex.Lock()
		written := d.writes
		d.mutex.Unlock()
		if written >= count {
			return
		}
		runtime.Gosched()
	}
}

// verify expects a whole journal of that many lines.
func (d *memoryDisk) verify(t *testing.T, lines int64) {
	t.Helper()
	if count, _, err := Verify(bytes.NewReader(d.bytes)); err != nil || count != lines {
		t.Errorf("the journal has %d good lines, want %d: %v", count, lines, err)
	}
}

func TestAppendIsOneWriteAndOneFlush(t *testing.T) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	three := []Entry{batch("a"), batch("b"), batch("c")}
	if err := journal.Append(three...); err != nil {
		t.Fatal(err)
	}
	if d.writes != 1 || d.flushes != 1 {
		t.Errorf("%d writes and %d flushes", d.writes, d.flushes)
	}
	if three[2].Seq != 3 || three[2].Prev != three[1].Hash || three[0].At.IsZero() {
		t.Errorf("the entries were not filled in: %+v", three)
	}
	d.verify(t, 3)
}

func TestSimultaneousAppendsShareAFlush(t *testing.T) {
	const callers, each = 50, 20
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	// The first flush holds until everybody has written, so that sharing is certain, not a matter of luck.
	var once sync.Once
	d.beforeFlush = func() {
		once.Do(func() {
			d.waitForWrites(callers)
		})
	}
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for n := range each {
				if err := journal.Append(batch(fmt.Sprintf("%d-%d", caller, n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	d.verify(t, callers*each)
	if d.flushes >= callers*each-callers/2 {
		t.Errorf("%d flushes for %d appends", d.flushes, callers*each)
	}
	seen := map[string]bool{}
	if err := journal.Scan(func(entry Entry) error { seen[entry.Batch] = true; return nil }); err != nil || len(seen) != callers*each {
		t.Errorf("%d different batches came back, %v", len(seen), err)
	}
}

func TestWhatIsWrittenDuringAFlushNeedsAnother(t *testing.T) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	var second sync.WaitGroup
	var once sync.Once
	d.beforeFlush = func() {
		once.Do(func() {
			second.Go(func() {
				if err := journal.Append(batch("b")); err != nil {
					t.Error(err)
				}
			})
			d.waitForWrites(2)
		})
	}
	if err := journal.Append(batch("a")); err != nil {
		t.Fatal(err)
	}
	second.Wait()
	if d.flushes != 2 {
		t.Errorf("the second batch was acknowledged after %d flushes", d.flushes)
	}
}

func TestFullDiskLeavesNoHalfLine(t *testing.T) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	if err := journal.Append(batch("a")); err != nil {
		t.Fatal(err)
	}
	whole := len(d.bytes)
	for room := whole; room < 2*whole; room += 7 {
		d.room = room
		expectError(t, journal.Append(batch("b")), ErrDiskFull, "space")
		if len(d.bytes) != whole {
			t.Fatalf("with room for %d bytes, %d are left of a journal of %d", room, len(d.bytes), whole)
		}
	}
	d.room = 0 // the owner emptied the bin
	if err := journal.Append(batch("b")); err != nil {
		t.Errorf("with space again: %v", err)
	}
	d.verify(t, 2)
}

func TestUnknownEndTakesNoMoreLines(t *testing.T) {
	for name, spoil := range map[string]func(*memoryDisk){
		"half a line stays":           func(d *memoryDisk) { d.room = len(d.bytes) + 10; d.truncateErr = errors.New("cannot shrink") },
		"a flush fails":               func(d *memoryDisk) { d.flushErr = syscall.EIO },
		"a flush finds the disk full": func(d *memoryDisk) { d.flushErr = syscall.ENOSPC },
	} {
		t.Run(name, func(t *testing.T) {
			d := &memoryDisk{}
			journal := newJournal(d, Mark{})
			if err := journal.Append(batch("a")); err != nil {
				t.Fatal(err)
			}
			end := journal.End()
			spoil(d)
			if journal.Append(batch("b")) == nil {
				t.Fatal("a failed write was taken for a good one")
			}
			before := slices.Clone(d.bytes)
			d.room, d.truncateErr, d.flushErr = 0, nil, nil
			expectError(t, journal.Append(batch("c")), ErrBroken, "start it again")
			if !bytes.Equal(before, d.bytes) {
				t.Error("a broken journal was written to")
			}
			if journal.End() != end {
				t.Error("the end moved although nothing was acknowledged")
			}
			// Opened again, it goes on after what was acknowledged.
			found, err := findEnd(d, int64(len(d.bytes)), end)
			if err != nil || found != end {
				t.Errorf("after opening again the end is %+v, %v", found, err)
			}
		})
	}
}

func TestBadDataIsRefusedAndHarmless(t *testing.T) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	bad := batch("b")
	bad.Data = json.RawMessage(`{"half":`)
	if journal.Append(batch("a"), bad) == nil {
		t.Fatal("half a JSON value was taken")
	}
	if d.writes != 0 {
		t.Error("something was written all the same")
	}
	if err := journal.Append(batch("a")); err != nil {
		t.Error(err)
	}
	d.verify(t, 1)
}

func TestLinesOfManyMegabytes(t *testing.T) {
	dir := t.TempDir()
	folder := open(t, dir, testOptions)
	huge := batch("huge")
	huge.Data = json.RawMessage(`"` + strings.Repeat("member ", 2<<20) + `"`)
	mustAppend(t, folder, batch("a"), huge)
	mustClose(t, folder)
	summary, err := Peek(dir)
	if err != nil || summary.Lines != 2 || len(summary.Last.Data) != len(huge.Data) {
		t.Errorf("peeking at a huge line: %d lines, %v", summary.Lines, err)
	}
	folder = open(t, dir, testOptions)
	mustAppend(t, folder, batch("b"))
	if all := entries(t, folder); len(all) != 3 || len(all[1].Data) != len(huge.Data) {
		t.Errorf("%d entries came back", len(all))
	}
}

// openIntents are the pieces of work that were begun and have no outcome yet.
func openIntents(t *testing.T, folder *Folder) []Entry {
	t.Helper()
	var open []Entry
	for _, entry := range entries(t, folder) {
		if entry.Phase == Intent {
			open = append(open, entry)
			continue
		}
		open = slices.DeleteFunc(open, func(intent Entry) bool { return intent.Op == entry.Op && intent.Batch == entry.Batch })
	}
	return open
}

func TestScanStopsWhenTold(t *testing.T) {
	folder := open(t, t.TempDir(), testOptions)
	mustAppend(t, folder, batch("a"), batch("b"))
	enough, calls := errors.New("enough"), 0
	err := folder.Journal().Scan(func(Entry) error { calls++; return enough })
	if err != enough || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func BenchmarkAppend(b *testing.B) {
	folder := open(b, b.TempDir(), testOptions)
	members := make([]map[string]string, 250)
	for i := range members {
		members[i] = map[string]string{"id": fmt.Sprint(i), "email": fmt.Sprintf("member%d@example.com", i)}
	}
	data, _ := json.Marshal(members)
	for b.Loop() {
		if err := folder.Journal().Append(Entry{Phase: Intent, Op: "import", Batch: "b", Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	d := &memoryDisk{}
	journal := newJournal(d, Mark{})
	line := batch("a")
	line.Data = json.RawMessage(`"` + strings.Repeat("x", 50_000) + `"`)
	for range 200 {
		if err := journal.Append(line); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(d.bytes)))
	for b.Loop() {
		if _, _, err := Verify(bytes.NewReader(d.bytes)); err != nil {
			b.Fatal(err)
		}
	}
}
