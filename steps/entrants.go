package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// keepEntrants keeps what people have entered since before the import. Whoever has settled something has settled what was known then, and no more.
func keepEntrants(state *checkpoint.State, found migration.Entrants) {
	before := woken(state)
	setCount(state, Automations, "entrants-told", found.Told)
	setCount(state, Automations, "entrants-untold", found.Untold)
	setNote(state, Automations, "entered", strings.Join(found.Woken, "; "))
	setNote(state, Automations, "entered-expected", strings.Join(found.Expected, "; "))
	if woken(state) != before {
		delete(state.Step(Automations).Ticks, wokenSettled)
	}
}

// wokenSettled is the box that what started has been settled with the people whom it started for.
const wokenSettled = "woken-settled"

// woken names what people have entered that was to stay quiet: by the latest count, or as the import has seen it.
func woken(state *checkpoint.State) string {
	return cmp.Or(note(state, Automations, "entered"), note(state, Import, "woken"))
}

// wokenItems ask to settle what has started, where something did.
func (s *step) wokenItems(state *checkpoint.State) []wizard.Item {
	if woken(state) == "" {
		return nil
	}
	return []wizard.Item{s.tick(state, wizard.Tick{Key: wokenSettled, Text: "You have settled with the people who entered " + woken(state),
		Look: "who they are, and what they got. Take the members among them out of it, or write to them. Others may have come by themselves."})}
}

// wokenDoubt contradicts the tick that nothing has started, where the CRM counts more people than before the import, until that is settled.
func wokenDoubt(state *checkpoint.State) string {
	if woken(state) == "" || ticked(state, Automations, wokenSettled) {
		return ""
	}
	return fmt.Sprintf("since before the import people entered %s. See who they are, and tick the box above once it is settled.", woken(state))
}

// entrantsFacts say who has entered what since before the import, and where the CRM does not count that.
func entrantsFacts(state *checkpoint.State, name string) []wizard.Fact {
	var facts []wizard.Fact
	told, untold := count(state, Automations, "entrants-told"), count(state, Automations, "entrants-untold")
	switch entered := woken(state); {
	case entered != "" && ticked(state, Automations, wokenSettled):
		facts = append(facts, fact(wizard.MarkWarn, "Entered", "since before the import people entered "+entered+": you have settled that"))
	case entered != "":
		facts = append(facts, fact(wizard.MarkBad, "Entered", "since before the import people entered "+entered+": see who they are, and settle it in step 10"))
	case told > 0:
		facts = append(facts, fact(wizard.MarkGood, "Entered", say("of the %d {automation|automations} that {is|are} counted, nobody has entered one without your word since before the import", told)))
	}
	if expected := note(state, Automations, "entered-expected"); expected != "" {
		facts = append(facts, fact(wizard.MarkPlain, "Entered", "as you have accepted: "+expected))
	}
	if untold > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Entered", say("not known how many people entered %d {automation|automations}: look in %s yourself", untold, name)))
	}
	if told+untold == 0 && note(state, Automations, "hidden") != "" {
		facts = append(facts, fact(wizard.MarkUnknown, "Entered", "not known whether anything has started: "+name+" does not show everything that can. Look there yourself"))
	}
	return facts
}

// entrantsItems count once more, near the end of the switch, who has entered what: where the CRM tells, and where something is not settled yet.
func (s *step) entrantsItems(state *checkpoint.State) []wizard.Item {
	if count(state, Automations, "entrants-told") == 0 && wokenDoubt(state) == "" {
		return nil
	}
	return []wizard.Item{s.crmTask(state, wizard.Task{Key: "entered", Label: "Count again who has entered an automation", Required: true, Complete: s.doneWith(state, "entered") && wokenDoubt(state) == "",
		Help: "Compares with the count from before the import. Changes nothing."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			found, err := migration.CountEntrants(ctx, deps, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepEntrants(state, found) }, nil
		})}
}
