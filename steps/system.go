package steps

import (
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// unknownSystem is kept where the companion could not read which CRM AccessAlly works with.
const unknownSystem = "unknown"

// systemTask reads which CRM AccessAlly works with now.
func (s *step) systemTask(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	return []wizard.Item{s.companionTask(state, wizard.Task{Key: "system", Label: "Read which CRM AccessAlly works with now", Required: true, Complete: note(state, Switch, "system") != "" && s.systemDoubt(state) == "",
		Help: "Changes nothing. Read it again after you have saved the CRM Integration tab."},
		func(_ context.Context, with *site.Companion, _ job.Reporter) (wizard.Change, error) {
			system := orUnknown(with.Environment.CRM.System)
			return func(state *checkpoint.State) { setNote(state, Switch, "system", system) }, nil
		})}
}

// switchedTo says whether AccessAlly was read to work with the chosen CRM. It is known to be no when the site still says what it said before the switch, or
// names another of the five; a word that nobody knows proves neither.
func (s *step) switchedTo(state *checkpoint.State) (yes, known bool) {
	system, before := note(state, Switch, "system"), note(state, Switch, "system-before")
	provider, chosen := s.deps.provider(state)
	switch {
	case !chosen || system == "" || system == unknownSystem:
		return false, false
	case strings.EqualFold(system, provider.AccessAllySystem):
		return true, true
	case before == "" || strings.EqualFold(system, before):
		return false, true
	}
	for _, entry := range s.deps.CRMs {
		if strings.EqualFold(system, entry.Provider.AccessAllySystem) {
			return false, true
		}
	}
	return false, false
}

// systemDoubt contradicts the ticks of the switch as long as the site names another CRM.
func (s *step) systemDoubt(state *checkpoint.State) string {
	if yes, known := s.switchedTo(state); yes || !known {
		return ""
	}
	return fmt.Sprintf("the site says that AccessAlly works with %q. Choose %s in the CRM Integration tab, save, and read it again below.", note(state, Switch, "system"), s.deps.crmName(state))
}

// systemFact compares what AccessAlly says with what was chosen.
func (s *step) systemFact(state *checkpoint.State) []wizard.Fact {
	system, name := note(state, Switch, "system"), s.deps.crmName(state)
	yes, known := s.switchedTo(state)
	switch {
	case system == "":
		return nil
	case yes:
		return []wizard.Fact{fact(wizard.MarkGood, "AccessAlly", "works with "+name+" now")}
	case known:
		return []wizard.Fact{fact(wizard.MarkWarn, "AccessAlly", fmt.Sprintf("says %q, not %s: it has not been switched yet", system, name))}
	case system == unknownSystem:
		return []wizard.Fact{fact(wizard.MarkUnknown, "AccessAlly", "which CRM it works with could not be read: look at the CRM Integration tab yourself")}
	}
	return []wizard.Fact{fact(wizard.MarkUnknown, "AccessAlly", fmt.Sprintf("says %q, a name that AllySwitch does not know: look at the CRM Integration tab yourself", system))}
}

// remembered says that nothing need be noted down any more before the switch: it has been, or it is too late, or nobody can read the site.
func (s *step) remembered(state *checkpoint.State) bool {
	return level(state) != levelCompanion || ticked(state, Switch, "switched") || note(state, Switch, "remembered") != ""
}

// What became of noting down, before the switch, what uses which tag.
const (
	rememberedAll = "yes"
	// rememberedNot means that AccessAlly on this site shows its tags to nobody: then everything is looked at by hand in step 9.
	rememberedNot = "not readable"
	// rememberedLate means that AccessAlly works with the CRM already.
	rememberedLate = "too late"
)

// rememberItems note, before the switch, which tag everything uses: afterwards the numbers alone would not tell. The switch waits for it.
func (s *step) rememberItems(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	task := wizard.Task{Key: "remember", Label: "Note down what uses which tag", Required: !s.remembered(state), Complete: note(state, Switch, "remembered") != "",
		Help: "Only possible before the switch: afterwards the same number can be another tag."}
	if ticked(state, Switch, "switched") {
		task.Locked = "Only possible before the switch: afterwards the same number can be another tag."
	}
	provider, _ := s.deps.provider(state)
	return []wizard.Item{s.companionTask(state, task, func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
		if strings.EqualFold(orUnknown(with.Environment.CRM.System), provider.AccessAllySystem) {
			report.Warn("AccessAlly works with " + provider.Name + " already, so what its tags were before cannot be noted down any more. In step 9 you look at every place by hand.")
			return func(state *checkpoint.State) { setNote(state, Switch, "remembered", rememberedLate) }, nil
		}
		return s.remember(ctx, with, report)
	})}
}

func (s *step) remember(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
	system := orUnknown(with.Environment.CRM.System)
	found, err := migration.ReadReferences(ctx, s.deps.Folder, with, false, report)
	if site.Is(err, site.Unavailable) {
		report.Warn("AccessAlly on this site does not show which tags there are. In step 9 you look at every place by hand.")
		return func(state *checkpoint.State) { setNote(state, Switch, "remembered", rememberedNot) }, nil
	}
	if err != nil {
		return nil, err
	}
	return func(state *checkpoint.State) {
		setCount(state, Switch, "places", found.Places)
		setNote(state, Switch, "remembered", rememberedAll)
		setNote(state, Switch, "system-before", system)
	}, nil
}

// systemName is what people call a CRM that AccessAlly names by a word of its own. A word that is no CRM's stays as it is.
func (d *Deps) systemName(word string) string {
	for _, entry := range d.CRMs {
		if strings.EqualFold(word, entry.Provider.AccessAllySystem) {
			return entry.Provider.Name
		}
	}
	return word
}

// switchedBefore warns when AccessAlly works with a CRM already although step 7 has not been done: then the tags on the site are that CRM's.
func (s *step) switchedBefore(state *checkpoint.State) []string {
	word := note(state, Start, "site.system")
	name := s.deps.systemName(word)
	if Switched(state) || name == word {
		return nil
	}
	return []string{fmt.Sprintf("AccessAlly on this site works with %s already, not with AccessAlly Managed. What the site shows as tags may be what %s has, and members may have lost theirs. Stop here, and ask AccessAlly's support how to get back to AccessAlly Managed.", name, name)}
}
