package checkpoint

import (
	"encoding/json"
	"errors"
	"io"
	"os"
)

// program marks a checkpoint.json as ours.
const program = "allyswitch"

// maxState is far more than a state ever needs.
const maxState = 64 << 20

// errNoState says that there is no file of that name. It never leaves the package.
var errNoState = errors.New("no checkpoint yet")

// readState reads a checkpoint file: errNoState when there is none, a notOurs or newerSchema Error, or the plain cause when it is damaged.
func readState(root *os.Root, name string) (*State, error) {
	info, err := plainFile(root, name)
	if err != nil {
		return nil, explain("reading "+name, err)
	}
	if info == nil {
		return nil, errNoState
	}
	file, err := openFile(root, name, os.O_RDONLY)
	if err != nil {
		return nil, explain("reading "+name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxState))
	if err != nil {
		return nil, explain("reading "+name, err)
	}
	return decodeState(text)
}

// decodeState looks at whose file it is and at its version before it believes the rest.
func decodeState(text []byte) (*State, error) {
	var head struct {
		Program any `json:"program"`
		Schema  any `json:"schema"`
		Tool    any `json:"tool"`
	}
	var wrongType *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &head); errors.As(err, &wrongType) {
		return nil, notOurs(err) // good JSON, but not even an object
	} else if err != nil {
		return nil, err
	}
	if head.Program != program {
		return nil, notOurs(nil)
	}
	schema, isNumber := head.Schema.(float64)
	if !isNumber || schema < 1 || schema > 1e9 || schema != float64(int(schema)) {
		return nil, errors.New("the schema is no version number")
	}
	if tool, _ := head.Tool.(string); int(schema) > Schema {
		return nil, newerSchema(int(schema), printable(tool))
	}
	var state State
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, err
	}
	return tidy(&state)
}

// tidy refuses what would be trouble later although it is good JSON.
func tidy(state *State) (*State, error) {
	mark := state.Journal
	if mark.Lines < 0 || mark.Bytes < 0 || (mark.Lines == 0) != (mark.Bytes == 0) || (mark.Lines == 0) != (mark.Hash == "") {
		return nil, errors.New("the place in the journal makes no sense")
	}
	for id, step := range state.Steps {
		if step == nil {
			delete(state.Steps, id)
		}
	}
	return state, nil
}

// readBackup says what is known of the former checkpoint, nil when there is none.
func readBackup(root *os.Root) *Backup {
	info, err := plainFile(root, backupFile)
	if info == nil || err != nil {
		return nil
	}
	state, err := readState(root, backupFile)
	if err != nil {
		return &Backup{Saved: info.ModTime()}
	}
	return &Backup{Saved: state.Saved, Readable: true}
}

// printable keeps what a version needs: a foreign file must not reach the terminal with control characters.
func printable(text string) string {
	const longest = 40
	kept := make([]byte, 0, longest)
	for _, c := range []byte(text) {
		if c >= ' ' && c <= '~' && len(kept) < longest {
			kept = append(kept, c)
		}
	}
	return string(kept)
}
