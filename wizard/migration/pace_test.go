package migration_test

import (
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// paceMembers is how many members the pace is measured with. ALLYSWITCH_PACE_MEMBERS makes it 10000 or 100000 for docs/performance.md.
func paceMembers(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("ALLYSWITCH_PACE_MEMBERS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 1500
}

// TestTheImportIsAsFastAsTheLimitsAllow sends members with four tags each over a line of 200 ms, and compares with the least time that the vendor's
// published limits allow for the requests that were made. It also says what one call per contact and one per tag would have taken.
func TestTheImportIsAsFastAsTheLimitsAllow(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				members := paceMembers(t)
				s := newStoryOf(t, entry.Provider.ID, wptest.Even(members, 4), sandbox.Options{Latency: 200 * time.Millisecond})
				s.plan()
				features, meter := s.deps.CRM.Features(), s.deps.CRM.Meter()
				floorBefore, began := meter.Floor(features.Windows), time.Now()
				s.send(migration.ImportInput{})
				took, floor := time.Since(began), meter.Floor(features.Windows)-floorBefore
				began = time.Now()
				proof := s.prove()
				read := time.Since(began)
				t.Logf("%d members: import %s, floor %s, x_floor %.3f; proof %s (%.2f of the import); %d requests, %d answers of 429", members,
					took.Round(time.Millisecond), floor.Round(time.Millisecond), took.Seconds()/max(floor.Seconds(), 0.001), read.Round(time.Millisecond), read.Seconds()/took.Seconds(),
					s.sandbox.Traffic().Requests, s.sandbox.Traffic().RateLimited)
				if !proof.Complete() || s.sandbox.Traffic().RateLimited > 0 {
					t.Errorf("%s; %d answers of 429", proof.Sentence(), s.sandbox.Traffic().RateLimited)
				}
				slack := settleSlack(entry.Provider.ID)
				if limit := time.Duration(float64(floor)*1.05) + slack; took > limit {
					t.Errorf("took %s, more than 5 %% over the floor of %s", took, floor)
				}
			})
		})
	}
}

// settleSlack is what does not depend on the number of members: a few answers of 200 ms one after the other, and the wait for work that the CRM does after it
// has answered.
func settleSlack(crmID string) time.Duration {
	switch crmID {
	case "drip", "activecampaign":
		return 2 * time.Minute
	case "kit":
		// With a token the limits allow everything at once: what is left are a few hundred answers of 200 ms, a dozen at a time.
		return 30 * time.Second
	}
	return 6 * time.Second
}
