package migration

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/job"
	"allyswitch/wp"
)

// AutomationsFile lists what the CRM starts by itself, and OfferingStartsFile which offering has an automation and which has none.
const (
	AutomationsFile    = "automations.csv"
	OfferingStartsFile = "offering-automations.csv"
)

// The verdicts on an offering. What the CRM does not tell is not known, never "none".
const (
	OfferingStarts  = "has one"
	OfferingPerhaps = "perhaps"
	OfferingNone    = "none"
	OfferingUnknown = "not known"
)

// OfferingStart is an offering and the automations that belong to it.
type OfferingStart struct {
	Offering string
	// Tags are those of the offering, People how many members have one of them.
	Tags        []string
	People      int
	Automations []string
	Verdict     string
	Note        string
}

// Review is what the CRM starts by itself, seen from the site's offerings.
type Review struct {
	Offerings []OfferingStart
	// Active are the automations that are switched on, Ours those of them that one of the members' tags starts, and May those that may start with one,
	// Ours among them.
	Active, Ours, May int
	// Unclear are active automations that a tag may start, of which the CRM does not say which, or not every one.
	Unclear int
	// Hidden says what the CRM does not show at all, empty where it shows everything.
	Hidden string
	// Entrants is who has entered what since before the import.
	Entrants Entrants
}

// Count is how many offerings have a verdict.
func (r Review) Count(verdict string) int {
	count := 0
	for _, one := range r.Offerings {
		if one.Verdict == verdict {
			count++
		}
	}
	return count
}

// ReviewAutomations lists what is in the CRM, says of each automation which of the members' tags starts it and for how many people, and of each offering
// whether an automation belongs to it: by the tag that starts it, or perhaps by its name. It changes nothing.
func ReviewAutomations(ctx context.Context, deps Deps, offerings []wp.Offering, report job.Reporter) (Review, error) {
	report.Phase("Reading what the CRM starts by itself", 0)
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return Review{}, err
	}
	review := Review{Hidden: deps.CRM.Features().AutomationsHidden}
	automations, err := deps.CRM.Automations(ctx)
	switch {
	case err != nil && !cannotTell(err):
		return Review{}, doing("read which automations there are", err)
	case err != nil:
		review.Hidden = strings.TrimSpace(deps.CRM.Provider().Name + " does not list its automations to this key. " + review.Hidden)
	}
	if review.Entrants, err = compareEntrants(deps, automations); err != nil {
		return Review{}, err
	}
	review.judge(roster, offerings, automations, deps.CRM.Features())
	return review, review.save(deps, roster, automations)
}

func (r *Review) judge(roster *Roster, offerings []wp.Offering, automations []crm.Automation, features crm.Features) {
	for _, automation := range automations {
		if !automation.Active {
			continue
		}
		r.Active++
		ours := startsWith(automation, roster.Tags, features)
		if ours {
			r.Ours++
		}
		if !automation.TagsKnown() {
			r.Unclear++
		}
		if ours || !automation.TagsKnown() {
			r.May++
		}
	}
	for _, offering := range offerings {
		r.Offerings = append(r.Offerings, r.judgeOffering(roster, offering, automations, features))
	}
}

// startsWith says that the CRM names one of these tags among those that start an automation.
func startsWith(automation crm.Automation, tags []string, features crm.Features) bool {
	return slices.ContainsFunc(automation.TriggerTags(), func(trigger string) bool {
		return slices.ContainsFunc(tags, func(tag string) bool { return sameTag(tag, trigger, features) })
	})
}

func (r *Review) judgeOffering(roster *Roster, offering wp.Offering, automations []crm.Automation, features crm.Features) OfferingStart {
	one := OfferingStart{Offering: offering.Name, Tags: openers(offering), Verdict: OfferingNone}
	one.People = roster.having(one.Tags)
	var perhaps []string
	for _, automation := range automations {
		name := automation.Name
		if !automation.Active {
			name += " (switched off)"
		}
		switch starts := startsWith(automation, one.Tags, features); {
		case starts && automation.Active:
			one.Automations, one.Verdict = append(one.Automations, name), OfferingStarts
		case starts, !automation.TagsKnown() && namesOffering(automation.Name, offering):
			perhaps = append(perhaps, name)
		}
	}
	switch {
	case one.Verdict == OfferingStarts:
	case len(perhaps) > 0:
		one.Automations, one.Verdict, one.Note = perhaps, OfferingPerhaps, "by its name, or switched off: look at what starts it"
	case r.Hidden != "":
		one.Verdict, one.Note = OfferingUnknown, "the CRM does not show all that a tag can start"
	case r.Unclear > 0:
		one.Verdict, one.Note = OfferingUnknown, "the CRM does not say which tag starts some of its automations"
	default:
		one.Note = "nothing in the CRM starts with one of its tags"
	}
	return one
}

// openers are the tags that open an offering, in the order in which people meet them.
func openers(offering wp.Offering) []string {
	tags := []string{offering.Base, offering.Instant}
	for _, module := range sortedModules(offering) {
		tags = append(tags, offering.Modules[module])
	}
	var named []string
	for _, tag := range tags {
		if tag != "" && !slices.Contains(named, tag) {
			named = append(named, tag)
		}
	}
	return named
}

func sortedModules(offering wp.Offering) []string {
	var modules []string
	for module := range offering.Modules {
		modules = append(modules, module)
	}
	slices.Sort(modules)
	return modules
}

// namesOffering says that an automation's name holds the name of the offering, or of its tag.
func namesOffering(name string, offering wp.Offering) bool {
	for _, part := range []string{offering.Name, offering.Base} {
		if part != "" && strings.Contains(fold(name), fold(part)) {
			return true
		}
	}
	return false
}

// having is how many members have one of these tags.
func (r *Roster) having(tags []string) int {
	count := 0
	for i := range r.Members {
		if slices.ContainsFunc(r.Members[i].Tags, func(tag uint32) bool { return slices.Contains(tags, r.Tags[tag]) }) {
			count++
		}
	}
	return count
}

// startsOf says what starts an automation and how many members have one of its tags, as far as the CRM tells.
func (r *Roster) startsOf(automation crm.Automation, features crm.Features) (starts, people string) {
	starts = automation.StartedBy()
	have := r.having(slices.DeleteFunc(slices.Clone(r.Tags), func(tag string) bool { return !startsWith(automation, []string{tag}, features) }))
	switch tags := automation.TriggerTags(); {
	case starts == "":
		return "not known", "not known"
	case !automation.TagsKnown() && len(tags) == 0:
		return starts + ", not known which", "not known"
	case !automation.TagsKnown():
		return starts + ", perhaps more", fmt.Sprintf("%d or more", have)
	case len(tags) == 0:
		return starts, ""
	}
	return starts, fmt.Sprint(have)
}

func (r *Review) save(deps Deps, roster *Roster, automations []crm.Automation) error {
	rows := [][]string{{"state", "kind", "name", "starts_with", "people"}}
	for _, automation := range automations {
		state := "off"
		if automation.Active {
			state = "on"
		}
		starts, people := roster.startsOf(automation, deps.CRM.Features())
		rows = append(rows, []string{state, automation.Kind, automation.Name, starts, people})
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return strings.Compare(b[0], a[0]) })
	if err := writeRows(deps.Folder, AutomationsFile, rows); err != nil {
		return err
	}
	offerings := [][]string{{"verdict", "offering", "tags", "people", "automations", "note"}}
	for _, one := range r.Offerings {
		offerings = append(offerings, []string{one.Verdict, one.Offering, strings.Join(one.Tags, "|"), fmt.Sprint(one.People), strings.Join(one.Automations, "|"), one.Note})
	}
	return writeRows(deps.Folder, OfferingStartsFile, offerings)
}
