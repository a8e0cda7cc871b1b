// Package crmtest is the one suite that every CRM's driver passes against its sandbox, on a fake clock: with every setting of every
// switch, and under every fault profile.
package crmtest

import (
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// story is one thing that a user of a driver relies on.
type story struct {
	name string
	tell func(*world)
}

func stories() []story {
	return []story{
		{"the key is checked", checkKey},
		{"a wrong address is recognised", wrongAddress},
		{"fields are made once", fieldsOnce},
		{"tags are made once and exactly", tagsOnce},
		{"tags that differ in case alone are told apart or reported", tagsInCase},
		{"awkward members arrive whole", awkwardMembers},
		{"blanks never overwrite and consent is never raised", nothingIsLost},
		{"a bad row loses only itself", badRow},
		{"somebody is found by exactly their address", findExactly},
		{"everybody is read, page by page", readEverybody},
		{"a tag is applied and read back", applyTag},
		{"automations are listed and kept quiet", automations},
		{"what was done can be taken back", takeBack},
		{"one address that several contacts have", severalContacts},
		{"one person written by many at once is one contact", manyAtOnce},
		{"webhooks are made and listed", webhooks},
		{"stopping stops", stopping},
		{"a migration is complete", completeMigration},
	}
}

// Run tests one CRM. With -short, and under the race detector, the switches stay at their defaults.
func Run(t *testing.T, entry registry.Entry) {
	t.Run("provider", func(t *testing.T) { checkProvider(t, entry) })
	known := map[string]bool{}
	for _, choice := range choices(entry.Switches) {
		t.Run(choice.name, func(t *testing.T) {
			for _, story := range stories() {
				t.Run(story.name, func(t *testing.T) {
					tell(t, entry, sandbox.Options{Switches: choice.switches}, story.tell)
				})
			}
			t.Run("a storm is weathered", func(t *testing.T) { storm(t, entry, choice.switches) })
			t.Run("the limits are used up", func(t *testing.T) { paceOnce(t, entry, choice.switches, known) })
		})
	}
	t.Run("faults", func(t *testing.T) { faults(t, entry) })
}

// choice is one setting of the switches.
type choice struct {
	name     string
	switches map[string]string
}

// choices are the defaults, and each other setting alone.
func choices(switches []sandbox.Switch) []choice {
	all := []choice{{name: "default"}}
	if testing.Short() || raceDetector {
		return all
	}
	for _, s := range switches {
		for _, setting := range s.Settings[min(1, len(s.Settings)):] {
			all = append(all, choice{name: s.Name + "=" + setting, switches: map[string]string{s.Name: setting}})
		}
	}
	return all
}

// tell runs a story in a bubble with a clock of its own.
func tell(t *testing.T, entry registry.Entry, options sandbox.Options, story func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, entry, options)
		story(w)
		w.finish()
	})
}
