package checkpoint

import (
	"encoding/json"
	"time"
)

// Phase says where in its life a piece of work is.
type Phase string

// Intent is written, and on disk, before anything is sent; Done or Failed after the answer; Note records what needs no answer.
const (
	Intent Phase = "intent"
	Done   Phase = "done"
	Failed Phase = "failed"
	Note   Phase = "note"
)

// Entry is one line of journal.jsonl. One line covers a batch, not a member.
type Entry struct {
	// Seq counts lines from 1; Prev is the hash of the line before, Hash that of this one: together they make tampering visible.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// Phase, Op and Batch say what it is about: an outcome answers the intent of the same Op and Batch.
	Phase Phase  `json:"phase"`
	Op    string `json:"op"`
	Batch string `json:"batch,omitempty"`
	// Data is the work itself in the engine's own terms (members, pre-images, outcomes).
	Data json.RawMessage `json:"data,omitempty"`
	Prev string          `json:"prev"`
	Hash string          `json:"hash"`
}
