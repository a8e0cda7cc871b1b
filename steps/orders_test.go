package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
)

// Payment Failed is over: nobody tries again. It is told apart from what is past due, which is tried every day.
func TestFailedPaymentsAreNotCalledPastDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.LinkUsers)
		list := j.subscriptions(plainHeading)
		j.answer(steps.Payments, "orders.file", list)
		j.run(steps.Payments, "orders")
		if facts := j.facts(steps.Payments); !strings.Contains(facts, "Past due") || strings.Contains(facts, "Failed") {
			t.Errorf("facts: %s", facts)
		}
		person := j.demo.Site.People[1].Email
		j.answer(steps.Payments, "orders.file", j.file("failed.csv", plainHeading+"\n71,1,"+person+",Payment Failed,49,2026-01-01,Stripe\n72,1,"+person+",Active,49,2099-01-01,Stripe\n"))
		j.run(steps.Payments, "orders")
		facts, table := j.facts(steps.Payments), j.table(steps.Payments, "orders")
		if strings.Contains(facts, "Past due") || !strings.Contains(facts, "nobody tries to charge it again. Check that access is gone") {
			t.Errorf("facts: %s", facts)
		}
		if table.Row(0)[1] != "72" || !strings.Contains(table.Row(1)[7], "access should be gone: check") {
			t.Errorf("what is charged next does not come first: %q, %q", table.Row(0), table.Row(1))
		}
	})
}
