package checkpoint

import (
	"encoding/json"
	"os"
	"time"

	"allyswitch/wizard/checkpoint/failpoint"
)

// Save writes the state whole: into a temp file, onto the disk, then under its name; the former one stays as checkpoint.json.bak. It sets Program,
// Schema, Tool, Saved and Journal. After an error the former checkpoint is still there.
func (f *Folder) Save(state *State) error {
	fresh := *state
	fresh.Program, fresh.Schema, fresh.Tool, fresh.Saved = program, Schema, f.tool, time.Now().UTC()
	if fresh.Created.IsZero() {
		fresh.Created = fresh.Saved
	}
	if f.journal != nil {
		fresh.Journal = f.journal.End()
	}
	text, err := json.MarshalIndent(fresh, "", "  ")
	if err != nil {
		return explain("writing down the state", err)
	}
	if err := f.replaceState(append(text, '\n')); err != nil {
		return explain("saving checkpoint.json", err)
	}
	*state = fresh
	return nil
}

// replaceState puts a new checkpoint.json in the place of the former one.
func (f *Folder) replaceState(text []byte) error {
	former, err := plainFile(f.root, stateFile)
	if err != nil {
		return err
	}
	if _, err := plainFile(f.root, backupFile); err != nil {
		return err
	}
	temp, err := writeTemp(f.root, stateFile, text)
	if err != nil {
		return err
	}
	defer f.root.Remove(temp) // after a rename there is nothing left to remove
	if former != nil {
		if err := keepAs(f.root, stateFile, backupFile); err != nil {
			return err
		}
	}
	failpoint.Hit("checkpoint-before-rename")
	if err := rename(f.root, temp, stateFile); err != nil {
		return err
	}
	failpoint.Hit("checkpoint-after-rename")
	return syncFolder(f.root)
}

// writeTemp puts text on the disk under a temp name, and leaves nothing behind when that fails.
func writeTemp(root *os.Root, name string, text []byte) (string, error) {
	file, temp, err := newTemp(root, name)
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		root.Remove(temp)
		return "", err
	}
	return temp, nil
}
