package report

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// facts is everything that the report is made from, read once.
type facts struct {
	options Options
	made    time.Time
	state   *checkpoint.State
	plan    *migration.Plan
	// rehearsal is what the import would come to, nil when nobody rehearsed; canaries are the made-up members who went ahead.
	rehearsal *migration.Rehearsal
	canaries  migration.Canaries
	// proof is proof.json, which should say what the history's last proof says.
	proof    *migration.Proof
	history  *history
	files    *fileFacts
	requests *requestLog
}

// collect reads the folder and puts the report together. It also returns the salt of the migration's pseudonyms.
func collect(dir string, options Options) (*Report, string, error) {
	f, err := readFacts(dir, options)
	if err != nil {
		return nil, "", err
	}
	return f.report(), saltOf(f.state), nil
}

func readFacts(dir string, options Options) (*facts, error) {
	seen, err := checkpoint.Peek(dir)
	if err != nil {
		return nil, err
	}
	if seen.State == nil {
		return nil, noMigration()
	}
	src, err := openSource(dir)
	if err != nil {
		return nil, err
	}
	defer src.close()
	f := &facts{options: options, made: time.Now(), state: seen.State}
	if err := f.readJSON(src); err != nil {
		return nil, err
	}
	if f.files, err = readFiles(src); err != nil {
		return nil, err
	}
	if f.history, err = readHistory(src, allLines, tasksOf(f.state), f.files.listed()); err != nil {
		return nil, damaged(err)
	}
	f.requests, err = readRequests(src)
	return f, err
}

func (f *facts) readJSON(src *source) error {
	var err error
	if f.plan, err = readOne[migration.Plan](src, migration.PlanFile); err != nil {
		return err
	}
	if f.proof, err = readOne[migration.Proof](src, migration.ProofFile); err != nil {
		return err
	}
	if f.rehearsal, err = readOne[migration.Rehearsal](src, migration.RehearsalFile); err != nil {
		return err
	}
	_, err = src.json(migration.CanariesFile, &f.canaries)
	return err
}

// readOne reads a JSON file, nil when there is none.
func readOne[T any](src *source, name string) (*T, error) {
	value := new(T)
	there, err := src.json(name, value)
	if !there {
		return nil, err
	}
	return value, err
}

// saltOf is the salt that the screens use too. Without one the pseudonyms hold for this report only.
func saltOf(state *checkpoint.State) string {
	if kept := state.Steps["privacy"]; kept != nil && kept.Notes["salt"] != "" {
		return kept.Notes["salt"]
	}
	return rand.Text()
}

func noMigration() error {
	return &checkpoint.Error{Code: "FOLDER-NONE", Err: fs.ErrNotExist, What: "There is no migration in this folder yet.",
		Means: "Nothing was changed. Your members are not affected.", Now: "Begin one with allyswitch, or name its folder with --dir."}
}

// damaged gives a journal that is not as it was written words for people.
func damaged(err error) error {
	var line *checkpoint.BadLine
	if !errors.As(err, &line) {
		return doing("read the journal", err)
	}
	return &checkpoint.Error{Code: "FOLDER-JOURNAL", Kind: checkpoint.ErrCorrupt, Err: err,
		What:  "The journal, which holds what was done, is damaged: " + line.Error() + ".",
		Means: "A report that rests on it would prove nothing, so none was written. Your members are not affected.",
		Now:   "If you have a copy of journal.jsonl, put it back. Otherwise open the migration with allyswitch, which offers to mend it, and read everybody back again."}
}

// count is a figure that a step remembers.
func (f *facts) count(step, key string) int {
	if kept := f.state.Steps[step]; kept != nil {
		return int(kept.Counters[key])
	}
	return 0
}
