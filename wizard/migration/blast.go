package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/words"
)

// Paused is what an owner answers about an automation that has been paused in the CRM. It is believed only once the CRM shows it as inactive.
const Paused = "paused"

// Blast is what an import could set off in the CRM. Nothing found is not the same as nothing there: Unknown and Hidden say what could not be seen.
type Blast struct {
	Starts []Start `json:"starts,omitempty"`
	// Unknown is a sentence when the CRM could not say which automations there are.
	Unknown string `json:"unknown,omitempty"`
	// Hidden is what the CRM's API never shows, empty where it shows all.
	Hidden string `json:"hidden,omitempty"`
	// listed are all automations that there were, switched off or not.
	listed []crm.Automation
}

// readings is how many automations the import will read: all of them before anything is sent, and again after it where something is to stay quiet.
func (b Blast) readings() int {
	if slices.ContainsFunc(b.Starts, Start.watched) {
		return 2 * len(b.listed)
	}
	return len(b.listed)
}

// Start is one active automation, sequence, form, campaign or workflow, and whom the tags and fields that are about to be written could start it for.
type Start struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Trigger says what starts it, and Tags are the tags that do, as far as the CRM tells: both empty when it tells nothing.
	Trigger string   `json:"trigger,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	// People is how many it would start for: exactly so many where one tag alone does, at most so many otherwise.
	People int  `json:"people"`
	Exact  bool `json:"exact"`
	// Quiet says in words why it does not start, empty when it may: then the owner has to decide.
	Quiet string `json:"quiet,omitempty"`
	// First is the subject of what it sends first, empty when the CRM does not tell.
	First string `json:"first,omitempty"`
	// Entered is how many people had entered it when it was read, -1 where the CRM does not tell.
	Entered int `json:"entered"`
}

// Number is what the owner types to accept that it starts.
func (s Start) Number() string { return strconv.Itoa(s.People) }

// watched says that it is to stay quiet, and that the CRM lets us see whether it does.
func (s Start) watched() bool { return s.Quiet != "" && s.Entered >= 0 }

// Reach says for how many people it starts.
func (s Start) Reach() string {
	if s.Exact {
		return words.Say("%d {person|people}", s.People)
	}
	return words.Say("up to %d {person|people}", s.People)
}

// Accepted says that the owner has typed the number of people, for this plan or for an earlier one with more of them: who lets it start for everybody
// lets it start for the few who come after.
func (s Start) Accepted(typed string) bool {
	people, err := strconv.Atoi(strings.TrimSpace(typed))
	return err == nil && people >= s.People
}

// Undecided are those that may start and that the owner has not accepted, by what was typed: the number of people, by Start.ID.
func (b Blast) Undecided(decisions map[string]string) []Start {
	var open []Start
	for _, start := range b.Starts {
		if start.Quiet == "" && start.People > 0 && !start.Accepted(decisions[start.ID]) {
			open = append(open, start)
		}
	}
	return open
}

// blast reads what is active in the CRM now, and works out from the plan's counts whom it would start for.
func (p *Plan) blast(ctx context.Context, client *crm.Client) (Blast, error) {
	blast := Blast{Hidden: client.Features().AutomationsHidden}
	automations, err := client.Automations(ctx)
	if err != nil {
		if !cannotTell(err) {
			return blast, doing("read which automations are active", err)
		}
		blast.Unknown = fmt.Sprintf("%s could not say what would start: %v.", client.Provider().Name, err)
		return blast, nil
	}
	blast.listed = automations
	for _, automation := range automations {
		if start, may := p.start(automation, client.Features()); may {
			blast.Starts = append(blast.Starts, start)
		}
	}
	return blast, nil
}

// readFirst fills in what is sent first, where the CRM tells. What it does not tell holds nothing up.
func (b *Blast) readFirst(ctx context.Context, client *crm.Client) error {
	for i, start := range b.Starts {
		if start.Quiet != "" || start.People == 0 {
			continue
		}
		subject, _, err := client.FirstMessage(ctx, crm.Automation{ID: start.ID, Name: start.Name, Kind: start.Kind})
		if err != nil && !cannotTell(err) {
			return doing("read what is sent first", err)
		}
		b.Starts[i].First = subject
	}
	return nil
}

// cannotTell says that asking again would not help.
func cannotTell(err error) bool {
	return crm.IsKind(err, crm.KindUnsupported) || crm.IsKind(err, crm.KindPermission) || crm.IsKind(err, crm.KindNotFound)
}

// start is an automation that something of ours might start; may is false for what is switched off.
func (p *Plan) start(automation crm.Automation, features crm.Features) (start Start, may bool) {
	start = Start{ID: automation.ID, Name: automation.Name, Kind: automation.Kind, Trigger: automation.StartedBy(), Tags: automation.TriggerTags(), Entered: -1}
	if automation.EnteredKnown {
		start.Entered = automation.Entered
	}
	if !automation.Active {
		return start, false
	}
	var ours bool
	start.People, start.Exact, ours = p.reach(automation, features)
	switch {
	case !ours:
		start.Quiet = fmt.Sprintf("only %s starts it; nothing of that is written here", start.Trigger)
	case p.Terms.Route != RouteUpload && features.QuietUpsert && (features.TagsRideAlong || features.QuietTags):
		start.Quiet = QuietImport
	}
	return start, true
}

// reach is for how many people an automation may start, and whether for exactly so many. Ours says that it may start for anybody at all: false only when
// everything that starts it was read, and neither a tag of ours nor anything else that is written here is among it.
func (p *Plan) reach(automation crm.Automation, features crm.Features) (people int, exact, ours bool) {
	if !automation.TagsAlone() {
		return p.New + p.Changed, false, true
	}
	starters := 0
	for _, tag := range automation.TriggerTags() {
		added, has := p.addedTo(tag, features)
		ours = ours || has
		if added > 0 {
			people, starters = people+added, starters+1
		}
	}
	return min(people, p.New+p.Changed), starters < 2, ours
}

// QuietImport is why nothing starts where we send the members ourselves. Files that a person uploads know no such word.
const QuietImport = "kept quiet: the import tells the CRM to start nothing"

// addedTo is on how many contacts a tag is put, and whether it is one of ours at all.
func (p *Plan) addedTo(tag string, features crm.Features) (added int, ours bool) {
	for _, count := range p.Tags {
		if sameTag(count.Tag, tag, features) {
			added, ours = added+count.Added, true
		}
	}
	return added, ours
}

// sameTag says that two names are one tag in the CRM. Where case may not matter there, it does not matter here.
func sameTag(a, b string, features crm.Features) bool {
	return a == b || features.TagsFoldCase && crm.Fold(a) == crm.Fold(b)
}

// passBlast is the gate before anything is sent: what is active in the CRM at this moment must be quiet, or accepted by the owner with its number of
// people. What the owner says to have paused counts only when the CRM shows it.
func (r *importer) passBlast(ctx context.Context) error {
	blast, err := r.plan.blast(ctx, r.deps.CRM)
	if err != nil {
		return err
	}
	if blast.Unknown != "" && r.plan.Blast.Unknown == "" {
		return &Refusal{ErrUndecided, blast.Unknown}
	}
	if open := blast.Undecided(r.deps.Decisions); len(open) > 0 {
		return &Refusal{ErrUndecided, describeOpen(open, r.deps.Decisions)}
	}
	r.blast = blast
	if err := rememberEntrants(r.deps, blast.listed); err != nil {
		return err
	}
	return r.noteDecisions(blast)
}

func describeOpen(open []Start, decisions map[string]string) string {
	var words []string
	for _, start := range open {
		text := fmt.Sprintf("%q may start for %s", start.Name, start.Reach())
		if strings.EqualFold(strings.TrimSpace(decisions[start.ID]), Paused) {
			text = fmt.Sprintf("%q is still active in the CRM, so it is not paused", start.Name)
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

// noteDecisions keeps in the journal what the owner has accepted, each time that something is sent on the strength of it.
func (r *importer) noteDecisions(blast Blast) error {
	accepted := []Start{}
	for _, start := range blast.Starts {
		if start.Quiet == "" && start.People > 0 {
			accepted = append(accepted, start)
		}
	}
	if len(accepted) == 0 {
		return nil
	}
	if err := acceptEntrants(r.deps, accepted); err != nil {
		return err
	}
	return r.deps.note(checkpoint.Note, OpAccepted, "", accepted)
}

// checkQuiet looks, after something was sent that ought to have started nothing, whether the CRM counts more people in what was to stay quiet.
func (r *importer) checkQuiet(ctx context.Context) error {
	if !slices.ContainsFunc(r.blast.Starts, Start.watched) {
		return nil
	}
	now, err := r.plan.blast(ctx, r.deps.CRM)
	if err != nil || now.Unknown != "" {
		return err
	}
	before := map[string]int{}
	for _, start := range r.blast.Starts {
		before[start.ID] = start.Entered
	}
	for _, start := range now.Starts {
		was, seen := before[start.ID]
		if !seen || was < 0 || !start.watched() {
			continue
		}
		r.result.QuietChecked++
		if start.Entered > was {
			r.result.Woken = append(r.result.Woken, words.Say("%q (%d {person|people})", start.Name, start.Entered-was))
		}
	}
	if len(r.result.Woken) > 0 {
		r.report.Warn("While the members were sent, people entered what was to stay quiet: " + strings.Join(r.result.Woken, "; ") + ". See who they are before you go on.")
	}
	return nil
}

// ErrUndecided means that something may start for the members, and nobody has decided about it.
var ErrUndecided = errors.New("something may start for the members, and it is not decided yet")
