package steps_test

import (
	"testing"

	"allyswitch/steps"
)

// The pages that differ by CRM, for the four that the other albums do not show: where the keys are, the CRM's own set-up (Kit's last name, Ontraport's owner
// and WordPress), the automations that are not known, and on Drip the tags that nobody has.
func TestPagesThatDifferByCRM(t *testing.T) {
	for _, crmID := range []string{"kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			pictures(t, crmID, func(t testing.TB, a *album) {
				j := begin(t, crmID)
				j.reach(steps.Import)
				j.answer(steps.Tags, "tags.list", j.file("tags.txt", "Yoga Basics Access\nNobody Yet\n"))
				j.run(steps.Tags, "compare")
				a.show(j, steps.Tags, "ready, a tag that nobody has", plainly)
				j.reach(steps.Tags)
				a.show(j, steps.APIKeys, "ready", plainly)
				j.reach(steps.Switch)
				a.show(j, steps.CRMSetup, "ready", plainly)
				j.run(steps.CRMSetup, "check")
				a.show(j, steps.CRMSetup, "ready, looked at", plainly)
				j.reach(steps.TagReview)
				j.run(steps.Automations, "look")
				j.answer(steps.Automations, "message.welcome", "crm")
				j.tick(steps.Automations, "emails")
				a.show(j, steps.Automations, "ready, the CRM is to send the welcome", plainly)
			})
		})
	}
}
