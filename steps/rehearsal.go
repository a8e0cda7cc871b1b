package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"allyswitch/crm/registry"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// rehearseItem offers to try everything on a copy first.
func (s *step) rehearseItem(state *checkpoint.State, name string) wizard.Item {
	input := migration.RehearseInput{}
	if i := slices.IndexFunc(s.deps.CRMs, func(entry registry.Entry) bool { return entry.Provider.ID == state.CRM.Provider }); i >= 0 {
		input.Sandbox, input.Switches = s.deps.CRMs[i].Sandbox, s.deps.CRMs[i].Switches
	}
	return s.crmTask(state, wizard.Task{Key: "rehearse", Label: "Rehearse first", Complete: s.doneWith(state, "rehearse"),
		Help: fmt.Sprintf("Tries everything with your real members on a copy of your account that exists on this computer only. %s is read, nothing is sent. It says what will fail, and how long it takes.", name)},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			rehearsal, err := migration.Rehearse(ctx, deps, input, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepRehearsal(state, rehearsal) }, nil
		})
}

func keepRehearsal(state *checkpoint.State, rehearsal *migration.Rehearsal) {
	setNote(state, Import, "rehearsal", rehearsal.Sentence())
	setNote(state, Import, "rehearsal.stopped", rehearsal.Stopped)
	setNote(state, Import, "rehearsal.access", rehearsal.Access.Sentence())
	var mailed []string
	for name, people := range rehearsal.Mailed {
		mailed = append(mailed, say("%q for %d", name, people))
	}
	slices.Sort(mailed)
	setNote(state, Import, "rehearsal.mailed", strings.Join(mailed, ", "))
}

// rehearsalFacts put what was predicted beside what came of it.
func (s *step) rehearsalFacts(state *checkpoint.State) []wizard.Fact {
	text := note(state, Import, "rehearsal")
	if text == "" || !s.doneWith(state, "rehearse") {
		return nil
	}
	mark := wizard.MarkGood
	if note(state, Import, "rehearsal.stopped") != "" {
		mark = wizard.MarkBad
	}
	facts := []wizard.Fact{fact(mark, "Rehearsed", text)}
	if mark == wizard.MarkGood {
		facts = append(facts, fact(wizard.MarkPlain, "On the copy", note(state, Import, "rehearsal.access")))
	}
	if mailed := note(state, Import, "rehearsal.mailed"); mailed != "" {
		facts = append(facts, fact(wizard.MarkWarn, "Would start", mailed))
	}
	return facts
}

// keepActual refreshes the sentence once there is something to put beside it.
func keepActual(state *checkpoint.State, rehearsal *migration.Rehearsal) {
	if rehearsal != nil && note(state, Import, "rehearsal") != "" {
		setNote(state, Import, "rehearsal", rehearsal.Sentence())
	}
}
