package wp_test

import (
	"testing"

	"allyswitch/wp"
)

func TestHowTwoTagNamesDiffer(t *testing.T) {
	for pair, want := range map[[2]string]string{
		{"Gold Member", "Gold Member"}:             "",
		{"Gold Member", " Gold Member "}:           "",
		{"Gold Member", "gold member"}:             "upper and lower case",
		{"Gold Member", "Gold  Member"}:            "spaces or hyphens",
		{"Gold-Member", "Gold Member"}:             "spaces or hyphens",
		{"Basic", "Bаsic"}:                         "letters that look the same",
		{"Gold Member", "Membership: Gold Member"}: "a category in front",
		{"Team/Gold", "Gold"}:                      "a category in front",
		{"Gold Member", "Silver Member"}:           "",
		{"Gold", "Golden"}:                         "",
	} {
		if got := wp.TagLikeness(pair[0], pair[1]); got != want {
			t.Errorf("%q: got %q, want %q", pair, got, want)
		}
		if got := wp.TagLikeness(pair[1], pair[0]); got != want {
			t.Errorf("%q the other way round: got %q, want %q", pair, got, want)
		}
	}
}

// TestTheFirstOfManyTagsThatIsLike finds what comparing with each would find.
func TestTheFirstOfManyTagsThatIsLike(t *testing.T) {
	names := []string{"Gold", "gold", "Team/Gold", "Team: Gold", "GOLD ", "G-old", "Silver", "Membership: Silver Member", "silver member", "Bаsic", "Basic", "A -> Basic", ":", "", "Team/", "x|y>Gold"}
	likes := wp.NewLikeTags(names)
	for _, name := range append(names, "Silver Member", "bаsic", "Gold>x", "nothing like it") {
		want, wantHow := "", ""
		for _, other := range names {
			if how := wp.TagLikeness(name, other); how != "" {
				want, wantHow = other, how
				break
			}
		}
		if got, how := likes.First(name); got != want || how != wantHow {
			t.Errorf("%q: %q (%s), want %q (%s)", name, got, how, want, wantHow)
		}
	}
}
