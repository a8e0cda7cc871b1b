package steps

import (
	"testing"

	"allyswitch/wizard/checkpoint"
)

// The switch waits until the owner has named the number of members who would gain access, or of whom nobody can tell; linking asks again only when it changed.
func TestWhoWouldGainAccessIsAcceptedByNumber(t *testing.T) {
	s := &step{id: Switch, deps: &Deps{}}
	link := &step{id: LinkUsers, deps: &Deps{}}
	state := &checkpoint.State{}
	if items, open := s.accessGate(state, Tags, switchAccessKey); len(items) != 0 || !open {
		t.Errorf("nobody gains anything, and it asks %v", items)
	}
	setCount(state, Tags, "gained", 2)
	setCount(state, Tags, "undecided", 3)
	for answer, want := range map[string]bool{"": false, "accept 4": false, "accept 5": true} {
		state.Step(Switch).Answers = map[string]string{switchAccessKey: answer}
		if items, open := s.accessGate(state, Tags, switchAccessKey); len(items) != 1 || open != want {
			t.Errorf("%q: %d questions, open %v", answer, len(items), open)
		}
	}
	state.Step(Switch).Answers = map[string]string{switchAccessKey: "accept 5"}
	setCount(state, LinkUsers, "gained", 5)
	if items, open := link.accessGate(state, LinkUsers, linkAccessKey); len(items) != 0 || !open {
		t.Error("as many as were accepted before the switch, and it asks again")
	}
	setCount(state, LinkUsers, "gained", 6)
	if items, open := link.accessGate(state, LinkUsers, linkAccessKey); len(items) != 1 || open {
		t.Error("more than were accepted before the switch, and it does not ask")
	}
}
