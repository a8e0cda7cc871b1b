package steps_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
)

// headed is an export with another heading for the addresses, and with one member more.
func (j *journey) headed(name, heading string, late bool) string {
	j.t.Helper()
	site := *j.demo.Site
	if late {
		more := site.People[2]
		more.ID, more.Email, more.Login = 900001, "late.comer@example.com", "late.comer"
		site.People = append(slices.Clone(site.People), more)
	}
	return j.file(name, string(bytes.Replace(site.Export(), []byte(",user_email,"), []byte(","+heading+","), 1)))
}

// What was said about the columns of the first export holds for a second one that has the same. For one with other columns it is dropped: the usual headings
// are known, and about others it is asked again.
func TestASecondExportMayHaveOtherColumns(t *testing.T) {
	for name, test := range map[string]struct {
		first, second string
		asked         bool
	}{
		"both as usual":           {"user_email", "user_email", false},
		"both alike":              {"Where to write", "Where to write", false},
		"the second as usual":     {"Where to write", "user_email", false},
		"the second has others":   {"Where to write", "Reach them at", true},
		"only the second unusual": {"user_email", "Reach them at", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, "activecampaign")
				j.demo.Answers["export.file"] = j.headed("first.csv", test.first, false)
				j.demo.Answers["column.user_email"] = test.first
				j.reach(steps.APIKeys)
				j.answer(steps.Switch, "delta.export.file", j.headed("second.csv", test.second, true))
				question, asked := j.question(steps.Switch, "delta.column.")
				if asked != test.asked {
					t.Fatalf("asked about columns: %v, %+v", asked, question)
				}
				if asked {
					if question.Key != "delta.column.user_email" || question.Value != "" || question.Default != test.second || j.lockedBy(steps.Switch, "look") == "" {
						t.Fatalf("the question: %+v; looking is locked by %q", question, j.lockedBy(steps.Switch, "look"))
					}
					j.answer(steps.Switch, "delta.column.user_email", test.second)
				}
				j.run(steps.Switch, "look")
				if facts := j.facts(steps.Switch); !strings.Contains(facts, "Since the export 1 member is new, 0 have changed and 0 are gone") {
					t.Errorf("after the look: %s", facts)
				}
			})
		})
	}
}

// The file that was given is replaced by one with other columns: looking asks about them, and nobody is called gone. Another answer asks for another look.
func TestASecondExportThatIsReplacedIsAskedAboutAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.APIKeys)
		j.answer(steps.Switch, "delta.export.file", j.headed("second.csv", "user_email", true))
		j.headed("second.csv", "Reach them at", true)
		j.run(steps.Switch, "look")
		if _, asked := j.question(steps.Switch, "delta.column.user_email"); !asked || strings.Contains(j.facts(steps.Switch), "Since the export") {
			t.Fatalf("asked: %v; %s", asked, j.facts(steps.Switch))
		}
		j.answer(steps.Switch, "delta.column.user_email", "Reach them at")
		j.run(steps.Switch, "look")
		j.run(steps.Switch, "carry")
		j.tick(steps.Switch, "unchanged")
		if box := j.box(steps.Switch, "unchanged"); box.Set == nil {
			t.Errorf("all is carried over, and the box says %q", box.Doubt)
		}
		j.answer(steps.Switch, "delta.column.user_email", "user_login")
		if task, err := j.keeper.Task(j.step(steps.Switch), "look"); err != nil || task.Complete {
			t.Errorf("another column was named, and nobody has to look again: %v", err)
		}
	})
}

// Another first export with other columns drops what was said about the columns of the one before.
func TestAnotherFirstExportIsAskedAboutAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Maintenance)
		j.answer(steps.Export, "export.file", j.headed("first.csv", "Where to write", false))
		j.run(steps.Export, "read")
		j.answer(steps.Export, "column.user_email", "Where to write")
		j.answer(steps.Export, "export.file", j.headed("other.csv", "Reach them at", false))
		j.run(steps.Export, "read")
		if question, asked := j.question(steps.Export, "column.user_email"); !asked || question.Value != "" || question.Default != "Reach them at" {
			t.Errorf("the question: %+v", question)
		}
	})
}
