package bundle

import (
	"slices"
	"time"

	"allyswitch/wizard/checkpoint"
)

// harmlessNotes are made by the program from figures and its own words.
var harmlessNotes = []string{"access", "proof", "findings", "checked-provider"}

// maskedState is a checkpoint without what a person typed.
type maskedState struct {
	Schema   int                   `json:"schema"`
	Tool     string                `json:"tool"`
	Created  time.Time             `json:"created"`
	Saved    time.Time             `json:"saved"`
	Demo     bool                  `json:"demo"`
	Site     string                `json:"site"`
	Provider string                `json:"crm"`
	CRM      string                `json:"crm_address"`
	Account  string                `json:"crm_account"`
	Lines    int64                 `json:"journal_lines"`
	Steps    map[string]maskedStep `json:"steps"`
}

type maskedStep struct {
	Answers  map[string]string     `json:"answers,omitempty"`
	Ticks    map[string]string     `json:"ticks,omitempty"`
	Tasks    map[string]maskedTask `json:"tasks,omitempty"`
	Counters map[string]int64      `json:"counters,omitempty"`
	Notes    map[string]string     `json:"notes,omitempty"`
	Done     *time.Time            `json:"done,omitempty"`
	Inputs   string                `json:"inputs,omitempty"`
}

type maskedTask struct {
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	Outcome string     `json:"outcome,omitempty"`
	Error   string     `json:"error,omitempty"`
	Inputs  string     `json:"inputs,omitempty"`
}

func (m *mask) state(state *checkpoint.State) maskedState {
	out := maskedState{Schema: state.Schema, Tool: state.Tool, Created: state.Created, Saved: state.Saved, Demo: state.Demo, Site: m.host(state.Site.URL),
		Provider: m.choice("crm.provider", state.CRM.Provider), CRM: m.host(state.CRM.URL), Account: m.sign(state.CRM.Fingerprint), Lines: state.Journal.Lines, Steps: map[string]maskedStep{}}
	for id, step := range state.Steps {
		if step != nil {
			out.Steps[id] = m.step(step)
		}
	}
	return out
}

// host is an address, or only that there is one.
func (m *mask) host(address string) string {
	if m.hosts {
		return hostOf(address)
	}
	return length(address)
}

// choice keeps an answer that was picked from a list.
func (m *mask) choice(key, value string) string {
	if value == "yes" || value == "no" || slices.Contains(m.choices[key], value) {
		return value
	}
	return length(value)
}

func (m *mask) step(step *checkpoint.Step) maskedStep {
	out := maskedStep{Answers: map[string]string{}, Ticks: map[string]string{}, Tasks: map[string]maskedTask{}, Counters: step.Counters, Notes: map[string]string{},
		Done: step.Done, Inputs: m.sign(step.Inputs)}
	for key, value := range step.Answers {
		out.Answers[key] = m.choice(key, value)
	}
	for key, tick := range step.Ticks {
		out.Ticks[key] = tick.At.Format(time.RFC3339)
	}
	for key, task := range step.Tasks {
		out.Tasks[key] = maskedTask{Started: task.Started, Ended: task.Ended, Outcome: task.Outcome, Error: m.code(task.Error), Inputs: m.sign(task.Inputs)}
	}
	for key, note := range step.Notes {
		if !slices.Contains(harmlessNotes, key) {
			note = length(note)
		}
		out.Notes[key] = note
	}
	return out
}
