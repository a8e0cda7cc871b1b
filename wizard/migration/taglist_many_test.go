package migration

import (
	"fmt"
	"testing"

	"allyswitch/crm"
)

// TestThousandsOfTagsAreCompared would not end in time if each were compared with each.
func TestThousandsOfTagsAreCompared(t *testing.T) {
	const many = 5000
	roster, names, existing := &Roster{}, []string{}, []crm.Tag{}
	for i := range many {
		names = append(names, fmt.Sprintf("Course number %d access", i))
		existing = append(existing, crm.Tag{Name: fmt.Sprintf("Members: another thing %d", i)})
		roster.Tags = append(roster.Tags, fmt.Sprintf("Stranger %d", i))
	}
	existing[7].Name, existing[8].Name = names[7], "course NUMBER 8 access"
	list, _ := compareTagList(names, roster, existing)
	if list.Same != 1 || list.Differ != 1 || list.Missing != many-2 || list.Strangers != many {
		t.Errorf("%+v", list)
	}
	if missing, conflicts := compareTags(crm.Features{TagsFoldCase: true}, names, existing); len(missing) != many-2 || len(conflicts) != 1 {
		t.Errorf("%d missing, %d in the way", len(missing), len(conflicts))
	}
}
