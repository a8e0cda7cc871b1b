package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard/plain"
)

// ErrAnswers says that the answers cannot be used as they are. Nothing was begun.
var ErrAnswers = errors.New("the answers cannot be used")

// readAnswers reads the answers file, and puts what was set on the command line over it.
func readAnswers(run RunOptions) (map[string]string, error) {
	answers := map[string]string{}
	if run.Answers != "" {
		data, err := os.ReadFile(run.Answers)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAnswers, err)
		}
		if err := parseAnswers(data, answers); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrAnswers, run.Answers, err)
		}
	}
	for _, pair := range run.Set {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%w: --set wants key=value, not %q", ErrAnswers, pair)
		}
		answers[key] = value
	}
	if err := knownKeys(answers); err != nil {
		return nil, err
	}
	return answers, errors.Join(knownStep(run.Until), knownTool(run.Tool))
}

// parseAnswers takes one flat object. True and false are yes and no; numbers are taken as they stand.
func parseAnswers(data []byte, answers map[string]string) error {
	var raw map[string]any
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&raw); err != nil {
		return fmt.Errorf("line %d: %w", lineOfError(data, err), err)
	}
	if decoder.More() {
		return errors.New("there is something after the closing brace")
	}
	for key, value := range raw {
		switch value := value.(type) {
		case string:
			answers[key] = value
		case bool:
			answers[key] = map[bool]string{true: "yes", false: "no"}[value]
		case json.Number:
			answers[key] = value.String()
		default:
			return fmt.Errorf("the answer to %q has to be a text, a number, true or false", key)
		}
	}
	return nil
}

// lineOfError is the line in which reading stopped.
func lineOfError(data []byte, err error) int {
	at := int64(len(data))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	return bytes.Count(data[:min(at, int64(len(data)))], []byte("\n")) + 1
}

// knownKeys refuses answers to what nothing asks for: they are mistyped, and the one that was meant would be missing. Secrets are refused in any
// case: files are copied and mailed, and a command line can be seen by others.
func knownKeys(answers map[string]string) error {
	known, secret, lists := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, entry := range registry.All() {
		for _, line := range questionLines(entry.Provider.ID) {
			known[line.Key] = true
			if list, rows := strings.CutSuffix(line.Key, plain.RowMark); rows {
				lists[list] = true
			}
			if line.Secret {
				secret[line.Key] = line.Env
			}
		}
	}
	var strange []string
	for key := range answers {
		if env, ok := secret[key]; ok {
			return fmt.Errorf("%w: %s is a secret, and secrets are not taken from a file or the command line: set the environment variable %s", ErrAnswers, key, env)
		}
		if !known[key] && !steps.ChecksAgain(key) && !ofRow(lists, key) {
			strange = append(strange, key)
		}
	}
	if len(strange) == 0 {
		return nil
	}
	slices.Sort(strange)
	return fmt.Errorf("%w: nothing asks for %s. The command \"allyswitch questions\" lists all keys", ErrAnswers, strings.Join(strange, ", "))
}

// ofRow says that a key decides about a row of one of the lists.
func ofRow(lists map[string]bool, key string) bool {
	for list := range lists {
		if strings.HasPrefix(key, list) && key != list {
			return true
		}
	}
	return false
}

// knownStep refuses to stop after a step that does not exist: it would never stop.
func knownStep(id string) error {
	var names []string
	for _, step := range steps.All(&steps.Deps{}) {
		if step.ID() == id || id == "" {
			return nil
		}
		names = append(names, step.ID())
	}
	return fmt.Errorf("%w: there is no step %q to stop after; the steps are %s", ErrAnswers, id, strings.Join(names, ", "))
}

// knownTool refuses a tool that does not exist.
func knownTool(id string) error {
	var names []string
	for _, tool := range steps.Tools(&steps.Deps{}) {
		if tool.ID() == id || id == "" {
			return nil
		}
		names = append(names, tool.ID())
	}
	return fmt.Errorf("%w: there is no tool %q; the tools are %s", ErrAnswers, id, strings.Join(names, ", "))
}
