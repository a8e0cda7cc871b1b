// Package sandbox holds what the five fake CRMs share: fault profiles, rate windows as a server enforces them, named
// switches for what the facts leave open, and a record of what a CRM holds that tests can compare.
package sandbox

import (
	"net/http"
	"slices"
	"time"
)

// Sandbox is a fake CRM that behaves like the vendor on the wire.
type Sandbox interface {
	http.Handler
	// Credentials are the settings that open it, by option key, all but "crm.url".
	Credentials() map[string]string
	// Load puts what an account already holds into it, past the API.
	Load(Contents)
	// Contents is what it holds now, in an order that does not depend on ids or on who came first.
	Contents() Contents
	// Traffic counts what was answered.
	Traffic() Traffic
}

// Options say how a sandbox behaves. The zero value is the vendor on a good day at life's own speed.
type Options struct {
	// Speed makes rate windows, lateness and asynchronous work that many times shorter; 0 means 1. Above 1 every answer carries the header
	// SpeedHeader, so that a client on a loopback address can keep pace.
	Speed float64
	// Faults is the name of a fault profile: none, slow, storm, quota, outage, full.
	Faults string
	// Seed makes the faults repeatable.
	Seed uint64
	// Switches choose between the behaviours that the facts leave open, by switch name.
	Switches map[string]string
	// PlanLimit is how many contacts the plan allows, 0 for plenty.
	PlanLimit int
	// Latency is how long an answer takes on a good day.
	Latency time.Duration
}

// SpeedHeader tells a client on a loopback address how many times faster than life this sandbox runs.
const SpeedHeader = "Allyswitch-Sandbox-Speed"

// Switch is something the facts leave open, with every plausible behaviour. The first is the default.
type Switch struct {
	Name     string
	Help     string
	Settings []string
}

// Contents is what a CRM account holds.
type Contents struct {
	Contacts    []Contact    `json:"contacts"`
	Tags        []string     `json:"tags"`
	Fields      []string     `json:"fields"`
	Automations []Automation `json:"automations,omitempty"`
	// Runs are the automations that started, and for whom. Mail went out for each.
	Runs []Run `json:"runs,omitempty"`
}

// Contact is one contact. Fields are by field name; State is "active", "unconfirmed", "unsubscribed" or "bounced".
type Contact struct {
	Email     string            `json:"email"`
	FirstName string            `json:"first_name,omitempty"`
	LastName  string            `json:"last_name,omitempty"`
	State     string            `json:"state"`
	Fields    map[string]string `json:"fields,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
}

// Automation is something that starts when one of its tags is put on a contact, or when a contact is made if it has neither a tag nor By.
type Automation struct {
	Name string `json:"name"`
	Tag  string `json:"tag,omitempty"`
	// Also are further tags, each of which starts it too.
	Also []string `json:"also,omitempty"`
	// By is one more way in which it starts, in the CRM's own word, that nothing in a sandbox ever brings about.
	By string `json:"by,omitempty"`
	// Rule makes it a rule, where a CRM has rules beside its automations.
	Rule   bool `json:"rule,omitempty"`
	Active bool `json:"active"`
}

// Tags are all the tags that start it.
func (a Automation) Tags() []string {
	if a.Tag == "" {
		return a.Also
	}
	return slices.Concat([]string{a.Tag}, a.Also)
}

// starts says whether a tag starts it, or a new contact when tag is empty.
func (a Automation) starts(tag string) bool {
	if tag == "" {
		return a.By == "" && len(a.Tags()) == 0
	}
	return slices.Contains(a.Tags(), tag)
}

// Run is one start of an automation.
type Run struct {
	Automation string `json:"automation"`
	Email      string `json:"email"`
}

// Traffic counts answers.
type Traffic struct {
	Requests    int `json:"requests"`
	RateLimited int `json:"rate_limited"`
	Unexpected  int `json:"unexpected"`
	Faults      int `json:"faults"`
}
