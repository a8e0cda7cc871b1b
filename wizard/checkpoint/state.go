// Package checkpoint keeps what a migration knows on disk: the state, the journal and the lock, one folder per migration.
package checkpoint

import "time"

// Schema is the version of checkpoint.json that this program writes. A newer one is refused, an older one is brought up to date.
const Schema = 1

// State is all that has to be known to show every screen again. It is small whatever the number of members, and holds no secret.
type State struct {
	// Program is always "allyswitch": it tells this file from another program's checkpoint.json.
	Program string `json:"program"`
	Schema  int    `json:"schema"`
	// Tool is the version of the program that wrote it.
	Tool    string    `json:"tool"`
	Created time.Time `json:"created"`
	Saved   time.Time `json:"saved"`
	// Demo says that site and CRM are the built-in sandboxes.
	Demo bool `json:"demo,omitempty"`
	Site Site `json:"site"`
	CRM  CRM  `json:"crm"`
	// Journal is how far the journal had come when this was written: a journal that is shorter has lost lines.
	Journal Mark `json:"journal"`
	// Steps holds what each step remembers, by Step.ID.
	Steps map[string]*Step `json:"steps"`
}

// Mark is a place in the journal: the end of a line.
type Mark struct {
	// Lines and Bytes are what comes before the place; Hash is that of the last line before it, empty at the beginning.
	Lines int64  `json:"lines"`
	Bytes int64  `json:"bytes"`
	Hash  string `json:"hash"`
}

// Site is the WordPress site that is migrated.
type Site struct {
	URL  string `json:"url,omitempty"`
	Name string `json:"name,omitempty"`
}

// CRM is where the members go. The fingerprint binds the migration to one account.
type CRM struct {
	Provider    string `json:"provider,omitempty"`
	URL         string `json:"url,omitempty"`
	Account     string `json:"account,omitempty"`
	AccountName string `json:"account_name,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	// QuotaUsed is how many requests of the daily allowances were used on the UTC day QuotaDay, by credential fingerprint and rate class.
	QuotaDay  string         `json:"quota_day,omitempty"`
	QuotaUsed map[string]int `json:"quota_used,omitempty"`
}

// Step is what one step remembers.
type Step struct {
	// Answers are by question key. Secrets are never among them.
	Answers map[string]string `json:"answers,omitempty"`
	// Ticks are the boxes a person ticked.
	Ticks map[string]Tick `json:"ticks,omitempty"`
	// Tasks are the jobs that ran, by task key.
	Tasks map[string]Task `json:"tasks,omitempty"`
	// Counters are figures to show again: members, created, missing.
	Counters map[string]int64 `json:"counters,omitempty"`
	// Notes are short texts to show again: a verdict, a file name.
	Notes map[string]string `json:"notes,omitempty"`
	// Done is when the step was last completed, nil when it is not. Inputs is the fingerprint, at that moment, of everything the step
	// rests on: when it no longer fits, the step says "please check again".
	Done   *time.Time `json:"done,omitempty"`
	Inputs string     `json:"inputs,omitempty"`
}

// Tick is a box that a person ticked, and when, and what they noted.
type Tick struct {
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Task is what is known of a job: when it was started and ended, and how.
type Task struct {
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	// Outcome is "done", "partly", "failed" or "stopped"; empty while it runs or when it was cut off.
	Outcome string `json:"outcome,omitempty"`
	// Error is the short code and sentence shown to people.
	Error string `json:"error,omitempty"`
	// Inputs is the fingerprint of what it worked on.
	Inputs string `json:"inputs,omitempty"`
}

// Step returns what the step remembers, made when there is nothing yet. It is never nil.
func (s *State) Step(id string) *Step {
	if s.Steps == nil {
		s.Steps = map[string]*Step{}
	}
	step := s.Steps[id]
	if step == nil {
		step = &Step{}
		s.Steps[id] = step
	}
	return step
}

// Answer returns the answer to a question of a step, empty when there is none.
func (s *State) Answer(step, key string) string {
	if found := s.Steps[step]; found != nil {
		return found.Answers[key]
	}
	return ""
}
