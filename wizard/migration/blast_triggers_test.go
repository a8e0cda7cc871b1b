package migration_test

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
)

// startedByMany is an account with everything that can start: one tag of ours, two of ours, one of ours among others, somebody else's, no tag at all.
func startedByMany() sandbox.Contents {
	return sandbox.Contents{Tags: []string{"Inner Circle Member", "Yoga Basics Access", "Newsletter"}, Automations: []sandbox.Automation{
		{Name: "One tag", Tag: "Inner Circle Member", Active: true, Rule: true},
		{Name: "Two tags", Tag: "Inner Circle Member", Also: []string{"Yoga Basics Access"}, Active: true, Rule: true},
		{Name: "Ours and theirs", Tag: "Inner Circle Member", Also: []string{"Newsletter"}, Active: true, Rule: true},
		{Name: "Somebody else's", Tag: "Newsletter", Active: true, Rule: true},
		{Name: "No tag", Active: true, Rule: true},
	}}
}

// carriers is how many members have one of these tags, and how many times one of them has one.
func (s *story) carriers(tags ...string) (members, pairs int) {
	s.t.Helper()
	roster, err := migration.LoadRoster(s.deps.Folder, s.deps.UnlistedHaveNone)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range roster.Members {
		has := 0
		for _, tag := range roster.TagNames(i) {
			if slices.Contains(tags, tag) {
				has++
			}
		}
		members, pairs = members+min(has, 1), pairs+has
	}
	return members, pairs
}

func startOf(t *testing.T, blast migration.Blast, name string) migration.Start {
	t.Helper()
	at := slices.IndexFunc(blast.Starts, func(start migration.Start) bool { return start.Name == name })
	if at < 0 {
		t.Fatalf("%q is not listed", name)
	}
	return blast.Starts[at]
}

// tellsTags says of which CRM the triggers of what startedByMany loads can be read. Ontraport tells those of its rules.
func tellsTags(crmID string) bool {
	return crmID == "activecampaign" || crmID == "ontraport" || crmID == "drip"
}

// TestThePlanSaysWhichTagStartsWhatAndForHowMany plans for files that a person uploads, where nothing is kept quiet at any CRM.
func TestThePlanSaysWhichTagStartsWhatAndForHowMany(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.deps.Terms = migration.Terms{Route: migration.RouteUpload}
		if s.entry.Provider.ID == "drip" {
			s.sandbox.Load(withoutRules(startedByMany()))
		} else {
			s.sandbox.Load(startedByMany())
		}
		plan := s.plan()
		circle, _ := s.carriers("Inner Circle Member")
		_, both := s.carriers("Inner Circle Member", "Yoga Basics Access")
		both = min(both, plan.New+plan.Changed)
		if circle == 0 || circle == plan.New || both == circle {
			t.Fatalf("this story needs a tag that some have and some have not: %d of %d, %d", circle, plan.New, both)
		}
		if !tellsTags(s.entry.Provider.ID) {
			for _, start := range plan.Blast.Starts {
				if start.Kind != "form" && (start.Exact || start.Quiet != "" || start.People != plan.New) {
					t.Errorf("nothing is told of %q, and the plan says %s, %q", start.Name, start.Reach(), start.Quiet)
				}
			}
			return
		}
		for name, want := range map[string]struct {
			people int
			exact  bool
			tags   string
			quiet  bool
		}{
			"One tag":         {circle, true, "Inner Circle Member", false},
			"Two tags":        {both, false, "Inner Circle Member|Yoga Basics Access", false},
			"Ours and theirs": {circle, true, "Inner Circle Member|Newsletter", false},
			"Somebody else's": {0, true, "Newsletter", true},
			"No tag":          {plan.New, false, "", false},
		} {
			start := startOf(t, plan.Blast, name)
			if start.People != want.people || start.Exact != want.exact || strings.Join(start.Tags, "|") != want.tags || (start.Quiet != "") != want.quiet {
				t.Errorf("%q: %s by %q, quiet: %q; want %+v", name, start.Reach(), start.Tags, start.Quiet, want)
			}
		}
		if open := startNames(migration.Blast{Starts: plan.Blast.Undecided(nil)}); slices.Contains(open, "Somebody else's") || len(open) != 4 {
			t.Errorf("to be decided: %v", open)
		}
	})
}

func withoutRules(contents sandbox.Contents) sandbox.Contents {
	for i := range contents.Automations {
		contents.Automations[i].Rule = false
	}
	return contents
}

// TestWhatIsToldOfTagsIsWhatStarts lets everything start that the owner has accepted, and compares who entered with what the plan said.
func TestWhatIsToldOfTagsIsWhatStarts(t *testing.T) {
	for _, crmID := range []string{"drip", "ontraport"} {
		t.Run(crmID, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newStory(t, crmID, 60, sandbox.Options{})
				contents := startedByMany()
				if crmID == "drip" {
					contents = withoutRules(contents)
				}
				s.sandbox.Load(contents)
				plan := s.plan()
				s.accept(plan)
				s.send(migration.ImportInput{})
				s.prove()
				runs := map[string]map[string]bool{}
				for _, run := range s.sandbox.Contents().Runs {
					if runs[run.Automation] == nil {
						runs[run.Automation] = map[string]bool{}
					}
					runs[run.Automation][run.Email] = true
				}
				for _, start := range plan.Blast.Starts {
					if got := len(runs[start.Name]); start.Exact && got != start.People || got > start.People {
						t.Errorf("%q started for %d, the plan said %s", start.Name, got, start.Reach())
					}
				}
				if len(runs["One tag"]) == 0 || len(runs["Somebody else's"]) != 0 {
					t.Errorf("the story started nothing, or too much: %d, %d", len(runs["One tag"]), len(runs["Somebody else's"]))
				}
			})
		})
	}
}

// TestATriggerThatIsNotToldCountsForEverybody takes each way in which a CRM may not say what starts an automation: somebody else's tag, and nobody knows.
func TestATriggerThatIsNotToldCountsForEverybody(t *testing.T) {
	for _, test := range []struct{ crm, name, setting string }{
		{"activecampaign", "automation-triggers", "404"}, {"activecampaign", "automation-triggers", "405"}, {"activecampaign", "automation-triggers", "other-key"},
		{"activecampaign", "automation-triggers", "without-params"}, {"activecampaign", "automation-triggers", "tag-number"},
		{"drip", "workflow-triggers", "404"}, {"drip", "workflow-triggers", "empty"}, {"drip", "workflow-triggers", "without-tag"}, {"drip", "workflow-triggers", "other-word"},
		{"ontraport", "rules", "without-events"}, {"keap", "goals", "told"}, {"keap", "goals", "absent"}, {"keap", "goals", "one-page"}, {"keap", "automations", "absent"},
	} {
		t.Run(test.crm+"/"+test.name+"="+test.setting, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newStory(t, test.crm, 60, sandbox.Options{Switches: map[string]string{test.name: test.setting}})
				s.deps.Terms = migration.Terms{Route: migration.RouteUpload}
				s.sandbox.Load(sandbox.Contents{Tags: []string{"Newsletter"}, Automations: []sandbox.Automation{
					{Name: "Somebody else's", Tag: "Newsletter", Active: true, Rule: test.crm == "ontraport"}}})
				plan := s.plan()
				if start := startOf(t, plan.Blast, "Somebody else's"); start.Exact || start.Quiet != "" || start.People != plan.New {
					t.Errorf("%s, quiet: %q", start.Reach(), start.Quiet)
				}
			})
		})
	}
}

// TestTheEstimateCountsWhatIsReadOfEachAutomation compares two plans, of an account with forty automations and of one without.
func TestTheEstimateCountsWhatIsReadOfEachAutomation(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		before := s.plan().Write.ByClass[crm.ClassAll]
		var many []sandbox.Automation
		for i := range 40 {
			many = append(many, sandbox.Automation{Name: "Automation " + string(rune('A'+i)), By: "open", Active: true})
		}
		s.sandbox.Load(sandbox.Contents{Automations: many})
		costs := 0
		for _, cost := range s.deps.CRM.Features().AutomationCosts {
			if cost.Class == crm.ClassAll {
				costs = cost.Calls
			}
		}
		if more := s.plan().Write.ByClass[crm.ClassAll] - before; more < 40*costs || costs == 0 && more != 0 {
			t.Errorf("40 automations cost %d requests more", more)
		}
	})
}
