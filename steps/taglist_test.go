package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
)

// The whole list of AccessAlly is laid beside the CRM's. Tags that nobody has yet are made; names that only look the same are shown side by side and left alone.
func TestTheWholeListOfTags(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Tags)
				if crmID != "drip" {
					j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Membership: Spring Offer", "Winter\u00a0Offer"}})
				}
				j.answer(steps.Tags, "tags.list", j.file("tags.txt", "Inner Circle Member\nYoga Basics Access\nSpring Offer\nWinter Offer\nNobody Yet\ninner circle  member\n"))
				j.run(steps.Tags, "compare")
				rows := rowsOf(j.table(steps.Tags, "tag-list"))
				for _, want := range []string{"same|Inner Circle Member|Inner Circle Member|10|", "missing|Nobody Yet||0|", "stranger|"} {
					if !strings.Contains(rows, want) {
						t.Errorf("the list does not say %q:\n%s", want, rows)
					}
				}
				if crmID == "drip" {
					return
				}
				for _, want := range []string{"differs|Spring Offer|", "they differ in a category in front", "differs|inner circle  member|Inner Circle Member|0|they differ in spaces"} {
					if !strings.Contains(rows, want) {
						t.Errorf("the list does not say %q:\n%s", want, rows)
					}
				}
				j.run(steps.Tags, "make")
				tags := j.demo.Sandbox.Contents().Tags
				if !slices.Contains(tags, "Nobody Yet") || slices.Contains(tags, "Spring Offer") || slices.Contains(tags, "inner circle  member") {
					t.Errorf("after making the missing ones the CRM has %q", tags)
				}
				if facts := factsOf(j, steps.Tags); !strings.Contains(facts, "0 are not") {
					t.Errorf("the facts: %s", facts)
				}
			})
		})
	}
}
