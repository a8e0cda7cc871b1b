package command

import (
	"fmt"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// questionLine is one key of the answers file.
type questionLine struct {
	Step     string   `json:"step"`
	Key      string   `json:"key"`
	Kind     string   `json:"kind"`
	Label    string   `json:"label"`
	Help     string   `json:"help,omitempty"`
	Default  string   `json:"default,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Required bool     `json:"required"`
	Secret   bool     `json:"secret,omitempty"`
	Env      string   `json:"env,omitempty"`
	// Words are what has to be given to the letter.
	Words string `json:"words,omitempty"`
}

// Questions prints what an answers file may hold, for one CRM.
func Questions(options Options, provider string) error {
	if _, ok := registry.Find(provider); !ok {
		return fmt.Errorf("there is no CRM called %q; there are %s", provider, registry.Names())
	}
	for _, line := range questionLines(provider) {
		if options.JSON {
			if err := writeJSON(options.Out, line); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(options.Out, "%-32s %s%s\n", line.Key, line.Label, line.remarks())
		if line.Help != "" {
			fmt.Fprintf(options.Out, "%-32s %s\n", "", line.Help)
		}
	}
	return nil
}

func (q questionLine) remarks() string {
	text := ""
	if q.Required {
		text += " (required)"
	}
	if q.Secret {
		text += " (never in a file: set " + q.Env + ")"
	}
	if q.Default != "" {
		text += " (default: " + q.Default + ")"
	}
	if q.Words != "" {
		text += fmt.Sprintf(" (exactly: %s)", q.Words)
	}
	return text
}

func questionLines(provider string) []questionLine {
	state := &checkpoint.State{CRM: checkpoint.CRM{Provider: provider}}
	deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil), Keychain: keychain{}}
	var lines []questionLine
	for _, step := range steps.All(deps) {
		sheeted, ok := step.(wizard.Sheeted)
		if !ok {
			continue
		}
		for _, question := range sheeted.Questions(state) {
			lines = append(lines, lineOf(step.ID(), question))
		}
		for _, item := range sheeted.Sheet(state).Items {
			if tick, ok := item.(wizard.Tick); ok {
				lines = append(lines, questionLine{Step: step.ID(), Key: step.ID() + "." + tick.Key, Kind: "tick", Label: tick.Text, Help: tick.Look, Required: !tick.Optional})
			}
		}
	}
	return lines
}

func lineOf(step string, question wizard.Question) questionLine {
	line := questionLine{Step: step, Key: question.Key, Kind: "question", Label: question.Label, Help: question.Help, Default: question.Default,
		Required: question.Required, Secret: question.Secret, Env: question.Env, Words: question.Confirm}
	for _, choice := range question.Choices {
		line.Choices = append(line.Choices, choice.Value)
	}
	return line
}
