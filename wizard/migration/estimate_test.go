package migration_test

import (
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// Half of the members are in the CRM already, which some CRMs want to be asked for first: the plan counts these questions too.
func TestThePlanCountsTheRequestsOfThoseWhoAreThere(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := wptest.Even(400, 2)
				s := newStoryOf(t, entry.Provider.ID, site, sandbox.Options{})
				var there []sandbox.Contact
				for _, person := range site.People[:200] {
					there = append(there, sandbox.Contact{Email: person.Email, State: "active"})
				}
				s.sandbox.Load(sandbox.Contents{Contacts: there})
				plan := s.plan()
				if plan.Changed < 150 {
					t.Fatalf("%d are there", plan.Changed)
				}
				watch := newStopwatch(s.deps.CRM)
				if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, watch); err != nil {
					t.Fatal(err)
				}
				watch.stop()
				sent := 0
				for _, lap := range watch.laps {
					if lap.sends() {
						sent += lap.requests
					}
				}
				if planned := plan.Write.Requests; sent < planned*9/10-2 || sent > planned*11/10+2 {
					t.Errorf("planned %d requests, it took %d", planned, sent)
				}
			})
		})
	}
}
