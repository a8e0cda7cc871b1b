package failpoint

import "testing"

func TestWhichVisitKills(t *testing.T) {
	for _, test := range []struct {
		value  string
		visits []string
		want   int // the visit that kills, counted from 1, 0 for none
	}{
		{"sync", []string{"write", "sync", "sync"}, 2},
		{"sync#2", []string{"sync", "write", "sync", "sync"}, 3},
		{"sync#3", []string{"sync", "sync"}, 0},
		{"sync", []string{"write", "syncing"}, 0},
		{"sync#x", []string{"sync", "sync#x"}, 2},
	} {
		wanted, got := parse(test.value), 0
		for i, name := range test.visits {
			if wanted.reached(name) {
				if got != 0 {
					t.Errorf("%q kills twice", test.value)
				}
				got = i + 1
			}
		}
		if got != test.want {
			t.Errorf("%q at %v kills at visit %d, want %d", test.value, test.visits, got, test.want)
		}
	}
}

func TestNothingIsArmedByDefault(t *testing.T) {
	if parse("") != nil {
		t.Error("an empty variable arms a failpoint")
	}
	Hit("anything") // we are still here
}
