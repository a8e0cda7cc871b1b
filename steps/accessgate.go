package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// The questions of the two gates.
const (
	switchAccessKey = "switch.access"
	linkAccessKey   = "link-users.access"
)

// accessGate holds a step until the owner accepts the exact number of members who would gain access, or of whom nobody can tell, by the proof that a step has
// kept. Who would lose access has gaps, which step 5 holds until they are accepted. No items and true: nothing is in the way.
func (s *step) accessGate(state *checkpoint.State, proof, key string) (items []wizard.Item, open bool) {
	gained, undecided := count(state, proof, "gained"), count(state, proof, "undecided")
	if gained+undecided == 0 {
		return nil, true
	}
	acceptance := fmt.Sprintf("accept %d", gained+undecided)
	if proof != Tags && state.Answer(Switch, switchAccessKey) == acceptance {
		return nil, true // nothing has changed since it was accepted before the switch
	}
	question := s.ask(state, wizard.Question{Key: key, Label: "Go on although the access of members is not as before?", Required: true, Confirm: acceptance,
		Help: say("%d {member|members} would gain access, and of %d nobody can tell. access.csv in the migration's folder names them. To go on all the same, type: ", gained, undecided) + acceptance})
	return []wizard.Item{question}, question.Value == acceptance
}
