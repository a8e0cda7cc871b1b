package migration_test

import (
	"testing"

	"allyswitch/crm/registry"
)

// canaryKills are the moments in the life of made-up members at which a plug is pulled.
var canaryKills = []string{"canary-after-intent", "canary-before-outcome", "canary-after-intent#3", "canary-before-outcome#5", "upsert-after-intent"}

// TestCanariesOutliveAPulledPlug kills the process while it sends made-up members, and lets another go on: each is there once, with all its tags.
func TestCanariesOutliveAPulledPlug(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			withCanaries := func() *plug {
				p := newPlug(t, entry.Provider.ID)
				p.child.Canaries = "canaries.example.com"
				return p
			}
			calm := withCanaries()
			if !calm.run("", 0) {
				t.Fatal("the undisturbed run was killed")
			}
			want, killed := calm.contents(), 0
			for _, point := range canaryKills {
				p := withCanaries()
				if !p.run(point, 0) {
					killed++
				}
				if !p.run("", 0) {
					t.Fatalf("%s: the second run did not come to its end", point)
				}
				if got := p.contents(); got != want {
					t.Errorf("%s: after killing and going on the CRM holds\n%s", point, difference(want, got))
				}
			}
			if killed < len(canaryKills)-1 {
				t.Errorf("only %d of %d points were reached", killed, len(canaryKills))
			}
		})
	}
}
