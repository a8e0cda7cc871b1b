package migration

import (
	"encoding/json"
	"errors"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/checkpoint/failpoint"
	"allyswitch/wp/site"
)

// nameData is the journal's record of a tag or custom field that was made.
type nameData struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
}

// record writes the intent, does the work, and writes the outcome: done with what work returned, or failed with its error. With an error that leaves it open
// whether the work was done the intent stays open: undo takes it for work that may have been done.
func (deps Deps) record(op, batch string, intent any, work func() (any, error)) error {
	if err := deps.note(checkpoint.Intent, op, batch, intent); err != nil {
		return err
	}
	failpoint.Hit(op + "-after-intent")
	outcome, err := work()
	failpoint.Hit(op + "-before-outcome")
	if err != nil && mayBeDone(err) {
		return err
	}
	if err != nil {
		if noteErr := deps.note(checkpoint.Failed, op, batch, errorData{Error: crm.WithoutAddresses(err.Error())}); noteErr != nil {
			return noteErr
		}
		return err
	}
	return deps.note(checkpoint.Done, op, batch, outcome)
}

// mayBeDone says that the CRM or the site may have done the work although there is no answer.
func mayBeDone(err error) bool {
	var diagnosis *site.Diagnosis
	if errors.As(err, &diagnosis) {
		return site.Is(err, site.MaybeCreated)
	}
	return outcomeOpen(err)
}

type errorData struct {
	Error string `json:"error"`
}

// note writes one line of the journal and has it on disk when it returns.
func (deps Deps) note(phase checkpoint.Phase, op, batch string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return doing("write the journal", err)
	}
	return doing("write the journal", deps.Folder.Journal().Append(checkpoint.Entry{Phase: phase, Op: op, Batch: batch, Data: raw}))
}
