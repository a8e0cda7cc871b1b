package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// toolStarts is the look of a tool at what its tags could start, before it puts any of them on anybody.
type toolStarts struct {
	tags []string
	// accept is the key of the question whether it may start, words what to type for yes, whom for whom it starts.
	accept, words, whom string
	// locked says why it is too early to look, empty when it is not.
	locked string
}

// startsOf are the items of the look: the task, the question about what was found, and the box for what cannot be seen.
func (s *step) startsOf(state *checkpoint.State, look toolStarts) []wizard.Item {
	name, label := s.deps.crmName(state), "See what these tags could start"
	if len(look.tags) == 1 {
		label = "See what this tag could start"
	}
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "starts", Label: label, Required: true, Complete: s.lookedAt(state, look), Locked: look.locked, Help: "Changes nothing."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			return s.lookWhatStarts(ctx, deps, look)
		})}
	if !s.lookedAt(state, look) {
		return items
	}
	if starts := lines(note(state, s.id, "starts")); len(starts) > 0 {
		items = append(items, s.ask(state, wizard.Question{Key: look.accept, Label: fmt.Sprintf("This may start for %s: %s", look.whom, strings.Join(starts, ", ")), Required: true, Confirm: look.words,
			Help: "Pause it in " + name + " and look again, or let it start. Type: " + look.words}))
	}
	if hidden := note(state, s.id, "starts.hidden"); hidden != "" {
		items = append(items, s.tick(state, wizard.Tick{Key: "starts-seen", Text: fmt.Sprintf("You have looked in %s at what AllySwitch cannot see, and paused what must not mail %s", name, look.whom), Look: "every automation that one of these tags starts. " + hidden}))
	}
	return items
}

// lookedAt says that it was looked what these tags could start.
func (s *step) lookedAt(state *checkpoint.State, look toolStarts) bool {
	return s.doneWith(state, "starts") && note(state, s.id, "starts.tags") == strings.Join(look.tags, "\n")
}

// lookWhatStarts looks, and forgets what was accepted when another thing could start by now.
func (s *step) lookWhatStarts(ctx context.Context, deps migration.Deps, look toolStarts) (wizard.Change, error) {
	starts, err := migration.StudentStarts(ctx, deps, look.tags)
	if err != nil {
		return nil, err
	}
	unknown, err := migration.UnknownTags(ctx, deps, look.tags)
	if err != nil {
		return nil, err
	}
	found := map[string]string{"starts.tags": strings.Join(look.tags, "\n"), "starts": strings.Join(starts, "\n"), "starts.hidden": deps.CRM.Features().AutomationsHidden, "starts.unknown": strings.Join(unknown, ", ")}
	return func(state *checkpoint.State) {
		kept := state.Step(s.id)
		if kept.Notes["starts"] != found["starts"] || kept.Notes["starts.tags"] != found["starts.tags"] {
			delete(kept.Answers, look.accept)
			delete(kept.Ticks, "starts-seen")
		}
		for key, value := range found {
			setNote(state, s.id, key, value)
		}
	}, nil
}

// startsDecided says that it was looked, and that whatever may start was accepted.
func (s *step) startsDecided(state *checkpoint.State, look toolStarts) bool {
	return s.lookedAt(state, look) && complete(wizard.Sheet{Items: s.startsOf(state, look)})
}

// allowed are the names of what the owner lets start.
func (s *step) allowed(state *checkpoint.State, look toolStarts) []string {
	if state.Answer(s.id, look.accept) != look.words {
		return nil
	}
	return lines(note(state, s.id, "starts"))
}

// startsFacts name the tags that the CRM does not have yet.
func (s *step) startsFacts(state *checkpoint.State, look toolStarts) []wizard.Fact {
	unknown := note(state, s.id, "starts.unknown")
	if unknown == "" || !s.lookedAt(state, look) {
		return nil
	}
	return []wizard.Fact{fact(wizard.MarkWarn, "New tag", fmt.Sprintf("%s has no tag with exactly this name yet, and putting it on makes it: %s. Compare it with AccessAlly to the letter", s.deps.crmName(state), unknown))}
}

// lines are the parts of a note that holds several, one a line.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" })
}

// forgetStarts lets a tool look anew at what could start.
func forgetStarts(state *checkpoint.State, id, accept string) {
	kept := state.Step(id)
	delete(kept.Answers, accept)
	delete(kept.Ticks, "starts-seen")
	delete(kept.Tasks, "starts")
}
