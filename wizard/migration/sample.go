package migration

import (
	"strconv"
	"strings"

	"allyswitch/wizard/checkpoint"
)

// SampleFile holds the sample as it was read back.
const SampleFile = "sample.csv"

// SampleRow is one member of the sample, as sent and as the CRM shows them now.
type SampleRow struct {
	Member     int64    `json:"member"`
	Email      string   `json:"email"`
	Name       string   `json:"name"`
	ContactURL string   `json:"contact_url,omitempty"`
	Tags       []string `json:"tags"`
	// Sign is as in linking: "=" when the CRM shows exactly what was sent.
	Sign string `json:"sign"`
	Note string `json:"note,omitempty"`
}

// chooseSample picks members who together have as many different tags as they can, and fills up with the first.
func chooseSample(roster *Roster, members []int, size int) []int {
	size = min(size, len(members))
	var chosen []int
	taken, covered := map[int]bool{}, map[uint32]bool{}
	for len(chosen) < size {
		best, gain := -1, -1
		for _, member := range members {
			if fresh := newTags(roster.Members[member].Tags, covered); !taken[member] && fresh > gain {
				best, gain = member, fresh
			}
		}
		chosen, taken[best] = append(chosen, best), true
		for _, tag := range roster.Members[best].Tags {
			covered[tag] = true
		}
	}
	return chosen
}

func newTags(tags []uint32, covered map[uint32]bool) int {
	fresh := 0
	for _, tag := range tags {
		if !covered[tag] {
			fresh++
		}
	}
	return fresh
}

func saveSample(folder *checkpoint.Folder, sample []SampleRow) error {
	rows := [][]string{{"sign", "ID", "user_email", "name", "tags", "contact_page", "note"}}
	for _, row := range sample {
		rows = append(rows, []string{row.Sign, strconv.FormatInt(row.Member, 10), row.Email, row.Name, strings.Join(row.Tags, "|"), row.ContactURL, row.Note})
	}
	return writeRows(folder, SampleFile, rows)
}
