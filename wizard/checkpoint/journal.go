package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"allyswitch/wizard/checkpoint/failpoint"
)

// disk is what the journal needs of its file. Tests put a full one behind it.
type disk interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Journal is the append-only record of what was about to be done and what came of it. It is safe for simultaneous use.
type Journal struct {
	file disk

	mutex sync.Mutex
	// written is the end of what is in the file, synced the end of what is sure to be on the disk.
	written, synced Mark
	// syncing is true while one of the callers flushes for all; flushed wakes the others.
	syncing bool
	flushed sync.Cond
	// broken is why nothing more is written.
	broken error
	buffer bytes.Buffer
}

func newJournal(file disk, end Mark) *Journal {
	j := &Journal{file: file, written: end, synced: end}
	j.flushed.L = &j.mutex
	return j
}

// Append writes the entries, in order, and returns when they are on the disk. It sets Seq, At, Prev and Hash, in the caller's slice too.
// Entries of one call stand together. Calls at the same time share a flush. After an error none of the entries counts: either the file is as
// before and Append may be tried again, or the journal is broken and every Append says so until the folder is opened again.
func (j *Journal) Append(entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if j.broken != nil {
		return brokenJournal(j.broken)
	}
	end, err := j.write(entries)
	if err != nil {
		return err
	}
	return j.flush(end)
}

// write puts the entries into the file with a single call. What is half written after an error is taken away again.
func (j *Journal) write(entries []Entry) (Mark, error) {
	end, err := j.encode(entries)
	if err != nil {
		return end, err
	}
	failpoint.Hit("journal-before-write")
	if _, err := j.file.WriteAt(j.buffer.Bytes(), j.written.Bytes); err != nil {
		if undo := j.file.Truncate(j.written.Bytes); undo != nil {
			j.broken = errors.Join(err, undo)
		}
		return end, explain("writing the journal", err)
	}
	failpoint.Hit("journal-after-write-before-sync")
	j.written = end
	return end, nil
}

// encode fills in the chain and puts the lines into the buffer.
func (j *Journal) encode(entries []Entry) (Mark, error) {
	const keep = 1 << 20 // a single huge batch should not hold its memory for ever
	if j.buffer.Cap() > keep {
		j.buffer = bytes.Buffer{}
	}
	j.buffer.Reset()
	end, now := j.written, time.Now().UTC()
	for i := range entries {
		entry := &entries[i]
		entry.Seq, entry.At, entry.Prev = end.Lines+1, now, end.Hash
		if err := appendLine(&j.buffer, entry); err != nil {
			return j.written, err
		}
		end.Lines, end.Hash = entry.Seq, entry.Hash
	}
	end.Bytes = j.written.Bytes + int64(j.buffer.Len())
	return end, nil
}

// flush returns when everything up to end is on the disk. The first caller flushes for all that have written by then.
func (j *Journal) flush(end Mark) error {
	for j.synced.Bytes < end.Bytes {
		switch {
		case j.broken != nil:
			return brokenJournal(j.broken)
		case j.syncing:
			j.flushed.Wait()
		default:
			if err := j.sync(); err != nil {
				return err
			}
		}
	}
	return nil
}

// sync flushes what is written so far, with the mutex released meanwhile. After a failed flush nobody can say what is on the disk (the system may
// report it once and forget), so the journal is broken.
func (j *Journal) sync() error {
	target := j.written
	j.syncing = true
	j.mutex.Unlock()
	err := j.file.Sync()
	j.mutex.Lock()
	j.syncing = false
	j.flushed.Broadcast()
	if err != nil {
		j.broken = err
		_ = j.file.Truncate(j.synced.Bytes) // what was not flushed was not acknowledged
		return explain("writing the journal", err)
	}
	j.synced = target
	failpoint.Hit("journal-after-sync")
	return nil
}

// End is the end of what is sure to be on the disk.
func (j *Journal) End() Mark {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.synced
}

// close waits for a flush that is under way. Every Append after it fails.
func (j *Journal) close() error {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	for j.syncing {
		j.flushed.Wait()
	}
	if errors.Is(j.broken, os.ErrClosed) {
		return nil
	}
	j.broken = os.ErrClosed
	return j.file.Close()
}
