package migration

import "allyswitch/wizard/checkpoint"

// Skip leaves a member out of the import by the owner's choice, or takes them in again.
func Skip(deps Deps, member int64, out bool) error {
	return deps.note(checkpoint.Note, OpSkip, "", skipData{Member: member, Undone: !out})
}
