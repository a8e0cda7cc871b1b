package checkpoint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestPeekMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := Peek(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	empty := t.TempDir()
	summary, err := Peek(empty)
	if err != nil || summary.State != nil || summary.Holder != nil || summary.Last != nil {
		t.Errorf("an empty folder: %+v, %v", summary, err)
	}
	if names, _ := os.ReadDir(empty); len(names) != 0 {
		t.Errorf("peeking made %v", names)
	}
}

func TestPeekSkipsTheLineBeingWritten(t *testing.T) {
	dir := worked(t)
	journal := read(t, dir, journalFile)
	write(t, dir, journalFile, append(journal, journal[:50]...))
	summary, err := Peek(dir)
	if err != nil || summary.Lines != 2 || summary.Last.Batch != "second" || summary.State.Site.Name != "second" {
		t.Errorf("%+v, %v", summary, err)
	}
	if len(read(t, dir, journalFile)) != len(journal)+50 {
		t.Error("peeking mended the journal under the other's hands")
	}
}

func TestPeekTellsOfDamage(t *testing.T) {
	dir := worked(t)
	write(t, dir, stateFile, []byte("{"))
	summary, err := Peek(dir)
	expectError(t, err, ErrCorrupt, "earlier copy")
	if summary.Lines != 2 {
		t.Errorf("what could be found out was not told: %+v", summary)
	}
}

func TestPeekWhileAnotherIsAtWork(t *testing.T) {
	folder := open(t, t.TempDir(), testOptions)
	mustSave(t, folder)
	var group sync.WaitGroup
	defer group.Wait()
	stop := make(chan struct{})
	defer close(stop)
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := errors.Join(folder.Journal().Append(batch("more")), folder.Save(folder.State())); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	var lines int64
	for range 300 {
		summary, err := Peek(folder.Dir())
		if err != nil || summary.State == nil || summary.Holder == nil || summary.Lines < lines {
			t.Fatalf("%+v after %d lines: %v", summary, lines, err)
		}
		lines = summary.Lines
	}
}
