package steps

import (
	"testing"

	"allyswitch/wizard/checkpoint"
)

func TestOfferingsAreCountedInPlainWords(t *testing.T) {
	for want, counts := range map[string][4]int{
		"4 of 4 offerings have no automation":                                                         {0, 0, 4, 0},
		"1 of 1 offering has an automation":                                                           {1, 0, 0, 0},
		"2 of 4 offerings: not known whether they have an automation":                                 {0, 0, 0, 2},
		"2 of 4 offerings have an automation, 1 of 4 perhaps has an automation":                       {2, 1, 0, 0},
		"1 of 4 offerings has an automation, 3 of 4 have no automation":                               {1, 0, 3, 0},
		"3 of 4 offerings perhaps have an automation, 1 of 4: not known whether it has an automation": {0, 3, 0, 1},
	} {
		state := &checkpoint.State{}
		for i, key := range []string{"has", "perhaps", "none", "unknown"} {
			setCount(state, Automations, key, counts[i])
		}
		setCount(state, Automations, "offerings", 4)
		if counts[0] == 1 && counts[2] == 0 {
			setCount(state, Automations, "offerings", 1)
		}
		if got := offeringsWords(state); got != want {
			t.Errorf("%v: %q, want %q", counts, got, want)
		}
	}
}
