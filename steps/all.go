package steps

import (
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// All lists start, the thirteen steps and finish, in order.
func All(deps *Deps) []wizard.Step {
	made := []*step{
		newStart(deps), newMaintenance(deps), newExport(deps), newEditCSV(deps), newImport(deps), newTags(deps), newAPIKeys(deps), newSwitch(deps),
		newCRMSetup(deps), newTagReview(deps), newAutomations(deps), newLinkUsers(deps), newPayments(deps), newTest(deps), newFinish(deps),
	}
	steps := make([]wizard.Step, len(made))
	for i, s := range made {
		s.deps = deps
		if i > 0 {
			s.before = made[i-1]
			s.number = i
		}
		if s.id == Finish {
			s.number = 0
		}
		steps[i] = s
	}
	return steps
}

// restsOn joins what a step rests on: the fingerprints of the account and the members, as far as they are known.
func restsOn(parts ...func(*checkpoint.State) string) func(*checkpoint.State) string {
	return func(state *checkpoint.State) string {
		all := ""
		for _, part := range parts {
			all += part(state) + ";"
		}
		return all
	}
}

func theSite(state *checkpoint.State) string    { return state.Site.URL }
func theCRM(state *checkpoint.State) string     { return state.CRM.Provider }
func theAccount(state *checkpoint.State) string { return state.CRM.Fingerprint }

// theProof changes when a read-back finds something else than the one before.
func theProof(state *checkpoint.State) string {
	return note(state, Tags, "proof") + note(state, Tags, "access")
}

func theMembers(state *checkpoint.State) string { return note(state, EditCSV, "fingerprint") }
