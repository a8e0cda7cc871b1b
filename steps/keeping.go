package steps

import (
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// Keeping saves the state of a folder, after each step has noted whether it is complete now. Front ends save through it.
type Keeping struct {
	Folder *checkpoint.Folder
	Steps  []wizard.Step
	// After is called after every change, before the steps look at it: a demo does what was ticked off as done outside. May be nil.
	After func(*checkpoint.State)
}

// State is the state of the folder.
func (k Keeping) State() *checkpoint.State { return k.Folder.State() }

// Save lets the steps look at the state, in order, and writes it.
func (k Keeping) Save(state *checkpoint.State) error {
	if k.After != nil {
		k.After(state)
	}
	for _, one := range k.Steps {
		if keeper, ok := one.(*step); ok {
			keeper.Keep(state)
		}
	}
	return k.Folder.Save(state)
}
