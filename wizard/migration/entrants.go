package migration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"allyswitch/crm"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
)

// EntrantsFile keeps how many people had entered each automation before anything was sent.
const EntrantsFile = "entrants-before.json"

// Entrants says what people have entered since before the import, as far as the CRM counts that. Nobody counted is not the same as nobody there.
type Entrants struct {
	// Told are the automations whose number is known from before and now, Untold those of which it is not known.
	Told, Untold int
	// Woken are those that more people have entered than the owner has accepted, in words; Expected those in which it is no more than that.
	Woken, Expected []string
}

// entrantsBefore is what was counted first, by automation, in one account.
type entrantsBefore struct {
	Account     string                  `json:"account"`
	Automations map[string]entrantCount `json:"automations"`
}

// entrantCount is one automation: who had entered, and for how many more the owner has let it start.
type entrantCount struct {
	Entered  int `json:"entered"`
	Accepted int `json:"accepted,omitempty"`
}

// readEntrants is what was counted in this account; of another account nothing counts.
func readEntrants(deps Deps) (entrantsBefore, error) {
	var before entrantsBefore
	err := readJSON(deps.Folder, EntrantsFile, &before)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return before, doing("read "+EntrantsFile, err)
	}
	if before.Account != deps.Began.Fingerprint || before.Automations == nil {
		before = entrantsBefore{Account: deps.Began.Fingerprint, Automations: map[string]entrantCount{}}
	}
	return before, nil
}

func (e entrantsBefore) save(deps Deps) error {
	return doing("write "+EntrantsFile, writeJSON(deps.Folder, EntrantsFile, e))
}

// rememberEntrants keeps the count of every automation that is seen for the first time. Later counts never replace it: they may hold our own people.
func rememberEntrants(deps Deps, automations []crm.Automation) error {
	before, err := readEntrants(deps)
	if err != nil {
		return err
	}
	fresh := false
	for _, automation := range automations {
		if _, known := before.Automations[automation.ID]; automation.EnteredKnown && !known {
			before.Automations[automation.ID], fresh = entrantCount{Entered: automation.Entered}, true
		}
	}
	if !fresh {
		return nil
	}
	return before.save(deps)
}

// acceptEntrants keeps for how many people the owner lets each automation start, on top of those whom it has started for with the owner's word already.
func acceptEntrants(deps Deps, accepted []Start) error {
	before, err := readEntrants(deps)
	if err != nil {
		return err
	}
	for _, start := range accepted {
		if was, known := before.Automations[start.ID]; known && start.Entered >= 0 {
			was.Accepted = max(was.Accepted, min(start.Entered-was.Entered, was.Accepted)+start.People)
			before.Automations[start.ID] = was
		}
	}
	return before.save(deps)
}

// CountEntrants reads once more how many people have entered each automation, and compares it with the time before the import. It changes nothing.
func CountEntrants(ctx context.Context, deps Deps, report job.Reporter) (Entrants, error) {
	report.Phase("Reading who has entered what in the CRM", 0)
	automations, err := deps.CRM.Automations(ctx)
	if err != nil && !cannotTell(err) {
		return Entrants{}, doing("read who has entered which automation", err)
	}
	return compareEntrants(deps, automations)
}

func compareEntrants(deps Deps, automations []crm.Automation) (Entrants, error) {
	before, err := readEntrants(deps)
	if err != nil {
		return Entrants{}, err
	}
	var found Entrants
	for _, automation := range automations {
		was, known := before.Automations[automation.ID]
		if !known || !automation.EnteredKnown {
			found.Untold++
			continue
		}
		found.Told++
		switch grown := automation.Entered - was.Entered; {
		case grown > was.Accepted:
			found.Woken = append(found.Woken, words.Say("%q (%d {person|people})", automation.Name, grown)+accepted(was.Accepted))
		case grown > 0:
			found.Expected = append(found.Expected, words.Say("%q (%d {person|people})", automation.Name, grown))
		}
	}
	return found, nil
}

func accepted(people int) string {
	if people == 0 {
		return ""
	}
	return fmt.Sprintf(", of whom you have accepted %d", people)
}
