package steps

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// The answers about how carefully members are sent.
const (
	keyDrift    = "import.drift"
	keyThrottle = "import.throttle"
	keyCanaries = "import.canaries"
	keyDomain   = "canaries.domain"
)

// careItems ask how carefully to go.
func (s *step) careItems(state *checkpoint.State, name string) []wizard.Item {
	items := []wizard.Item{s.ask(state, wizard.Question{Key: keyCanaries, Label: "Send made-up members ahead? (optional)", Default: "no",
		Help:    fmt.Sprintf("One for each offering, twelve at most. They go before everybody, and are looked at after each phase. %s They count as contacts in %s as long as they live.", s.canaryEnd(state, name), name),
		Choices: []wizard.Choice{{Value: "no", Label: "No"}, {Value: "yes", Label: "Yes, at a domain of mine"}}})}
	if state.Answer(Import, keyCanaries) == "yes" {
		items = append(items, s.ask(state, wizard.Question{Key: keyDomain, Label: "The domain of their addresses", Required: true, Validate: checkDomain,
			Help: "A domain of your own, so that no stranger gets their mail: they are called canary+… at that domain."}))
	}
	return append(items, s.ask(state, wizard.Question{Key: keyThrottle, Label: "How much of the allowed pace, in percent? (optional)", Default: "100", Validate: checkPercent,
		Help: "Less than 100 leaves room for other programs that use the same account at the same time."}))
}

// canaryEnd says beforehand what becomes of the made-up members.
func (s *step) canaryEnd(state *checkpoint.State, name string) string {
	if state.CRM.Provider == "kit" { // Kit has no call that deletes a subscriber (Kit API v4 reference).
		return fmt.Sprintf("%s lets no program delete them: in the end AllySwitch takes their tags off, and you delete them by hand.", name)
	}
	return "They are removed in the end."
}

// advancedImport are questions that few people need.
func (s *step) advancedImport(state *checkpoint.State) []wizard.Question {
	return []wizard.Question{s.ask(state, wizard.Question{Key: keyDrift, Label: "How many members may have changed since the plan?", Default: "0", Validate: checkNumber,
		Help: "With more than that, nothing is sent before the plan is made again. Who it is, is in drift.csv."})}
}

func checkDomain(value string) error {
	if strings.ContainsAny(value, "@ /") || !strings.Contains(value, ".") || !address.Valid("canary@"+value) {
		return errors.New("this is not a domain; it looks like example.com")
	}
	return nil
}

func checkPercent(value string) error {
	if percent, err := strconv.Atoi(strings.TrimSuffix(value, "%")); err != nil || percent < 1 || percent > 100 {
		return errors.New("type a number from 1 to 100")
	}
	return nil
}

func checkNumber(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 0 {
		return errors.New("type a number, 0 or more")
	}
	return nil
}

// care adds to what the engine knows how carefully to go.
func care(engine migration.Deps, state *checkpoint.State) migration.Deps {
	engine.Terms = migration.Terms{Route: state.Answer(Import, "import.route"), Mapping: fmt.Sprint(mapping(state))}
	engine.DriftAllowed, _ = strconv.Atoi(state.Answer(Import, keyDrift))
	engine.Throttle, _ = strconv.Atoi(strings.TrimSuffix(state.Answer(Import, keyThrottle), "%"))
	engine.Decisions = decisions(state)
	if state.Answer(Import, keyCanaries) == "yes" {
		engine.CanaryDomain = strings.ToLower(state.Answer(Import, keyDomain))
	}
	return engine
}

// canaryItems remove the made-up members in the end. Without any there is nothing to do.
func (s *step) canaryItems(state *checkpoint.State) []wizard.Item {
	if count(state, Import, "canaries-sent") == 0 {
		return nil
	}
	return []wizard.Item{s.crmTask(state, wizard.Task{Key: "canaries", Label: "Remove the made-up members", Required: true, Complete: count(state, Import, "canaries") == 0,
		Help: say("There {is|are} %d in %s.", count(state, Import, "canaries"), s.deps.crmName(state))},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			removal, err := migration.RemoveCanaries(ctx, deps, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				setCount(state, Import, "canaries", 0)
				setCount(state, Finish, "canaries-removed", removal.Removed)
				setNote(state, Finish, "canaries-stay", strings.Join(removal.Stays, ", "))
			}, nil
		})}
}

// canaryFacts say what has become of the made-up members.
func (s *step) canaryFacts(state *checkpoint.State) []wizard.Fact {
	if count(state, Import, "canaries-sent") == 0 || count(state, Import, "canaries") > 0 {
		return nil
	}
	if stay := note(state, Finish, "canaries-stay"); stay != "" {
		return []wizard.Fact{fact(wizard.MarkWarn, "Made up", fmt.Sprintf("%s does not let a program delete contacts. Their tags are gone; delete these by hand: %s", s.deps.crmName(state), stay))}
	}
	return []wizard.Fact{fact(wizard.MarkGood, "Made up", say("%d made-up {member was removed, and is|members were removed, and are} seen to be gone", count(state, Finish, "canaries-removed")))}
}
