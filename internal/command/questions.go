package command

import (
	"fmt"
	"strings"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
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
	deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil), Keychain: keychain{}}
	var lines []questionLine
	known := map[string]bool{}
	add := func(line questionLine) {
		if !known[line.Key] {
			known[line.Key] = true
			lines = append(lines, line)
		}
	}
	states := steps.EveryUnfolded(deps, provider)
	for _, step := range append(steps.All(deps), steps.Tools(deps)...) {
		sheeted, ok := step.(wizard.Sheeted)
		if !ok {
			continue
		}
		for _, state := range states {
			for _, question := range sheeted.Questions(state) {
				add(lineOf(step.ID(), question))
			}
			for _, item := range sheeted.Sheet(state).Items {
				if line, ok := lineOfItem(step.ID(), item); ok {
					add(line)
				}
			}
		}
	}
	return lines
}

// lineOfItem is the line of a box to tick, or of work that is only done when it is asked for.
func lineOfItem(step string, item wizard.Item) (questionLine, bool) {
	switch item := item.(type) {
	case wizard.Tick:
		return questionLine{Step: step, Key: plain.Key(step, item.Key), Kind: "tick", Label: item.Text, Help: item.Look, Required: !item.Optional}, true
	case wizard.Task:
		return questionLine{Step: step, Key: plain.Key(step, item.Key), Kind: "task", Label: item.Label, Help: item.Help}, !item.Required
	case wizard.Table:
		label, help, keys := plain.RowLine(item)
		return questionLine{Step: step, Key: plain.RowKey(step, item.Key) + plain.RowMark, Kind: "row", Label: label, Help: help, Choices: keys}, len(keys) > 0
	}
	return questionLine{}, false
}

func lineOf(step string, question wizard.Question) questionLine {
	line := questionLine{Step: step, Key: question.Key, Kind: "question", Label: question.Label, Help: question.Help, Default: question.Default,
		Required: question.Required, Secret: question.Secret, Env: question.Env, Words: words(question)}
	for _, choice := range question.Choices {
		line.Choices = append(line.Choices, choice.Value)
	}
	return line
}

// words are what has to be given to the letter. The number in words that accept something is that of the migration: here it is an N.
func words(question wizard.Question) string {
	return strings.Replace(question.Confirm, "accept 1", "accept N", 1)
}
