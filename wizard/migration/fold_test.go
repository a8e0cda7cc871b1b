package migration_test

import (
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// What the plan lets pass, the import must be able to make: both take the same names for one.
func TestThePlanFindsEveryConflictThatTheImportWouldEndWith(t *testing.T) {
	for _, there := range []string{"Straße", "STRASSE ", "Strasse\u3000", "\uff33trasse"} {
		forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
			person := s.person("everything@example.com")
			person.Tags = append(person.Tags, "Strasse")
			s.export()
			s.sandbox.Load(sandbox.Contents{Tags: []string{there}, Contacts: []sandbox.Contact{{Email: "x@example.net", State: "active", Tags: []string{there}}}})
			plan := s.plan()
			if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard); len(plan.Conflicts) == 0 && err != nil {
				t.Errorf("%q is there and the plan has no conflict, the import ends with: %v", there, err)
			}
		})
	}
}
