package companion_test

import (
	"fmt"
	"slices"
	"testing"

	"allyswitch/wp/wptest/realsite"
)

// Who leads and who is in a team is told by the keys of user meta, a page at a time.
func TestWhoIsInWhichTeam(t *testing.T) {
	site := realsite.Open(t)
	var got []string
	for after := int64(0); ; {
		page := get[struct {
			People []struct {
				UserID            int64 `json:"user_id"`
				Email, Part, Team string
			}
			Next *int64
		}](t, site, fmt.Sprintf("/teams?limit=1&after=%d", after))
		for _, one := range page.People {
			if one.Email == "" {
				t.Errorf("user %d has no address", one.UserID)
			}
			got = append(got, fmt.Sprintf("%d %s of %s", one.UserID, one.Part, one.Team))
		}
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	if want := []string{"4 leader of 1", "7 member of 1", "10 member of 1"}; !slices.Equal(got, want) {
		t.Errorf("in teams are %v, want %v", got, want)
	}
}
