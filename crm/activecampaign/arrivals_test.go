package activecampaign

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// asked counts, behind a handler, the requests of a path.
type asked struct {
	http.Handler
	path  string
	count int
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, a.path) {
		a.count++
	}
	a.Handler.ServeHTTP(w, r)
}

// crowd are members in imports of 250.
func crowd(imports int) [][]crm.Contact {
	batches := make([][]crm.Contact, imports)
	for i := range batches {
		batches[i] = members(250, "")
		for j := range batches[i] {
			batches[i][j].Email = fmt.Sprintf("b%d.%d@example.com", i, j)
		}
	}
	return batches
}

// When as many contacts came as were queued nobody was left out, and no import has to be asked about. Whoever was left out is found by asking.
func TestImportsAreAskedAboutOnlyWhenSomebodyIsMissing(t *testing.T) {
	for name, test := range map[string]struct {
		excluded string
		infos    int
		rejected int
	}{
		"everybody came":       {"", 0, 0},
		"somebody is left out": {"b2.7@example.com", 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, _ *driver) {
				if test.excluded != "" {
					s.Exclude(test.excluded)
				}
				infos := &asked{Handler: s, path: "/import/info"}
				d := connect(t, infos)
				for _, batch := range crowd(4) {
					allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), batch)), 250)
				}
				settlement := must[crm.Settlement](t)(d.Settle(t.Context()))
				if infos.count != test.infos || len(settlement.Rejected) != test.rejected {
					t.Errorf("%d imports asked about, want %d; rejected %v", infos.count, test.infos, settlement.Rejected)
				}
			})
		})
	}
}

// Contacts that were there before do not change the number: an import with such a person in it is asked about.
func TestImportsOfKnownContactsAreAskedAbout(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		batch := crowd(1)[0]
		must[[]crm.Outcome](t)(d.Upsert(t.Context(), batch))
		must[crm.Settlement](t)(d.Settle(t.Context()))
		s.Exclude(batch[3].Email)
		for i := range batch {
			batch[i].ID = crm.ContactID(fmt.Sprint(i + 1))
		}
		must[[]crm.Outcome](t)(d.Upsert(t.Context(), batch))
		settlement := must[crm.Settlement](t)(d.Settle(t.Context()))
		if _, told := settlement.Rejected[batch[3].Email]; !told || len(settlement.Rejected) != 1 {
			t.Errorf("rejected %v", settlement.Rejected)
		}
	})
}

// Somebody joins the account while one of ours is left out: the number deceives. When the member is sent again, as the proof asks for, the reason comes out.
func TestWhoIsHiddenByANewcomerIsToldTheSecondTime(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		batch := crowd(1)[0]
		s.Exclude(batch[9].Email)
		must[[]crm.Outcome](t)(d.Upsert(t.Context(), batch))
		must[[]crm.Outcome](t)(connect(t, s).Upsert(t.Context(), members(1, "")))
		if first := must[crm.Settlement](t)(d.Settle(t.Context())); len(first.Rejected) != 0 {
			t.Errorf("as many came as were queued, and the first time says %v", first.Rejected)
		}
		must[[]crm.Outcome](t)(d.Upsert(t.Context(), batch[9:11]))
		settlement := must[crm.Settlement](t)(d.Settle(t.Context()))
		if _, told := settlement.Rejected[batch[9].Email]; !told {
			t.Errorf("rejected %v", settlement.Rejected)
		}
	})
}
