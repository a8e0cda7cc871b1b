package plain

import (
	"slices"
	"testing"
)

func TestNoWordIsBrokenAtTheEdgeOfATerminal(t *testing.T) {
	const line = "  Tags decide who may open what: they are carried over and proven."
	for width, want := range map[int][]string{
		0:  {line},
		80: {line},
		40: {"  Tags decide who may open what: they", "  are carried over and proven."},
		10: {line}, // nobody reads in so narrow a window
	} {
		if got := parted(line, width); !slices.Equal(got, want) {
			t.Errorf("at %d cells: %q", width, got)
		}
	}
	const address = "Look at https://your-account.api-us1.com/settings."
	if got := parted(address, 30); !slices.Equal(got, []string{"Look at", "https://your-account.api-us1.com/settings."}) {
		t.Errorf("an address is broken: %q", got)
	}
}
