package command

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// Summary is what a migration has come to. Its counts are those of the last read-back; requests and seconds are summed over all runs.
type Summary struct {
	Event            string `json:"event"`
	CRM              string `json:"crm"`
	People           int64  `json:"people"`
	Members          int64  `json:"members"`
	Rejected         int64  `json:"rejected"`
	ContactsCreated  int64  `json:"contacts_created"`
	ContactsUpdated  int64  `json:"contacts_updated"`
	ContactsFailed   int64  `json:"contacts_failed"`
	TagsCreated      int64  `json:"tags_created"`
	TagPairsExpected int64  `json:"tag_pairs_expected"`
	TagPairsMissing  int64  `json:"tag_pairs_missing"`
	TagPairsUnknown  int64  `json:"tag_pairs_unknown"`
	// Linked are the members with one sure contact in the CRM, Unlinked all others. Whether the site knows those contacts too is told only where LinksRead.
	Linked          int64   `json:"linked"`
	Unlinked        int64   `json:"unlinked"`
	LinksRead       bool    `json:"links_read"`
	AccessLost      int64   `json:"access_lost"`
	AccessGained    int64   `json:"access_gained"`
	AccessUndecided int64   `json:"access_undecided"`
	Requests        int64   `json:"requests"`
	RateLimited     int64   `json:"rate_limited"`
	Seconds         float64 `json:"seconds"`
	FloorSeconds    float64 `json:"floor_seconds"`
	// Speed is how many times faster than life the sandbox ran; floor_seconds and seconds are both at that speed.
	Speed   float64 `json:"speed"`
	Step    string  `json:"step"`
	Done    bool    `json:"done"`
	Verdict string  `json:"verdict,omitempty"`
	Folder  string  `json:"folder"`
	// ReadBack says that there was a read-back. Without one the counts that come from it are 0 and say nothing; ContactsSent is what the CRM has taken then.
	ReadBack     bool  `json:"read_back"`
	ContactsSent int64 `json:"contacts_sent"`
}

// lastProof is the step that looked last: the nearest to the end that has figures.
func lastProof(state *checkpoint.State) string {
	for _, id := range []string{steps.Test, steps.LinkUsers, steps.Tags} {
		if kept := state.Steps[id]; kept != nil && kept.Notes["proof"] != "" {
			return id
		}
	}
	return steps.Tags
}

// summarise reads the figures off the state.
func (s *Session) summarise() Summary {
	state := s.Folder.State()
	proof := lastProof(state)
	number := func(id, key string) int64 {
		if kept := state.Steps[id]; kept != nil {
			return kept.Counters[key]
		}
		return 0
	}
	current := wizard.Path(s.Steps).Current(state)
	summary := Summary{
		Event: "summary", CRM: state.CRM.Provider, People: number(steps.EditCSV, "people"), Members: number(steps.EditCSV, "members"),
		Rejected: number(steps.EditCSV, "rejected"), ContactsCreated: number(proof, "created"), ContactsUpdated: number(proof, "updated"),
		ContactsFailed: number(steps.Import, "failed"), TagsCreated: number(steps.Import, "tags-made"), TagPairsExpected: number(proof, "pairs"),
		TagPairsMissing: number(proof, "pairs-missing"), TagPairsUnknown: number(proof, "pairs-unknown"), Linked: number(proof, "linked"),
		Unlinked: number(proof, "unlinked"), AccessLost: number(proof, "lost"), AccessGained: number(proof, "gained"),
		AccessUndecided: number(proof, "undecided"), Requests: number(steps.Finish, "requests"), RateLimited: number(steps.Finish, "rate-limited"),
		Seconds: seconds(number(steps.Finish, "ms")), FloorSeconds: seconds(number(steps.Finish, "floor-ms")), Speed: 1,
		Step: current.ID(), Done: current.Status(state) == wizard.Done, Folder: s.Folder.Dir(),
		ContactsSent: number(steps.Import, "arrived"),
	}
	summary.LinksRead = steps.LinksRead(state)
	if client := s.Deps.Client(); client != nil {
		summary.Speed = client.Meter().Read().Speed
	}
	if kept := state.Steps[proof]; kept != nil {
		summary.Verdict, summary.ReadBack = kept.Notes["access"], kept.Notes["proof"] != ""
	}
	return summary
}

// contacts says what is known of the contacts: before they are read back, only that they were sent.
func (s Summary) contacts() string {
	switch {
	case s.ReadBack:
		return fmt.Sprintf("%d contacts made, %d updated, %d failed.", s.ContactsCreated, s.ContactsUpdated, s.ContactsFailed)
	case s.ContactsSent+s.ContactsFailed > 0:
		return fmt.Sprintf("%d were sent to the CRM and are not read back yet, %d failed.", s.ContactsSent, s.ContactsFailed)
	}
	return "Nothing is read back from the CRM yet."
}

func seconds(milliseconds int64) float64 { return math.Round(float64(milliseconds)) / 1000 }

// writeJSON prints one object on one line.
func writeJSON(out io.Writer, value any) error { return json.NewEncoder(out).Encode(value) }

// tell prints the summary for people, on the normal screen, with how to go on.
func (s *Session) tell(out io.Writer, again string) {
	summary := s.summarise()
	current := wizard.Path(s.Steps).Current(s.Folder.State())
	fmt.Fprintln(out)
	if summary.Members > 0 {
		fmt.Fprintf(out, "%d members, %d left out. %s\n", summary.Members, summary.Rejected, summary.contacts())
	}
	if summary.Verdict != "" {
		fmt.Fprintln(out, summary.Verdict)
	}
	if summary.Requests > 0 {
		fmt.Fprintf(out, "%d requests in %s.\n", summary.Requests, (time.Duration(summary.Seconds*1000) * time.Millisecond).Round(100*time.Millisecond))
	}
	if summary.Done {
		fmt.Fprintln(out, "The migration is finished.")
	} else {
		fmt.Fprintf(out, "Next: %s. Your progress is saved. To go on: %s\n", wizard.Path(s.Steps).Name(current), again)
	}
	fmt.Fprintf(out, "Everything is in %s\n", summary.Folder)
}
