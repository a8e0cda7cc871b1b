package steps_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
)

// Without anybody there, decisions about the rows of lists come from the answers: who runs an offering, which order was moved, how the test with somebody went.
// The same answers once more take nothing back, and a row that no list has is named.
func TestRowsAreDecidedFromAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		buyer := j.demo.Site.People[2].Email
		answers := map[string]string{
			"orders.file": j.file("subscriptions.csv", "Order ID,Subscription ID,Email,Contact ID,Status,Next charge\n91,s-91,"+buyer+",7,Active,2000-02-03\n92,s-92,"+buyer+",7,Active,2000-03-03\n"),
		}
		j.reach(steps.TagReview)
		sheet := j.table(steps.TagReview, "worksheet")
		for row := range sheet.Rows {
			cells := sheet.Row(row)
			answers["tag-review.worksheet."+cells[1]+" / "+cells[2]] = "d " + cells[3]
		}
		for _, offering := range j.demo.Site.Offerings {
			answers["automations.offerings."+offering.Name] = "a"
		}
		if err := j.walk(steps.LinkUsers, answers); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(j.table(steps.Automations, "offerings")); strings.Contains(rows, "not decided") || !strings.Contains(rows, "AccessAlly Emails") {
			t.Errorf("the offerings are not decided:\n%s", rows)
		}
		if rows := rowsOf(j.table(steps.TagReview, "worksheet")); strings.Contains(rows, "to do") {
			t.Errorf("rows of the worksheet are open:\n%s", rows)
		}
		answers["payments.orders.91"], answers["payments.orders.s-404"] = "d", "d"
		var missing *plain.ErrMissing
		if err := j.walk(steps.Payments, answers); !errors.As(err, &missing) || missing.Key != "payments.orders.s-404" {
			t.Fatalf("no list has the order s-404, and the walk ends with %v", err)
		}
		delete(answers, "payments.orders.s-404")
		answers["payments.orders."+buyer] = "d"
		if err := j.walk(steps.Payments, answers); !errors.As(err, &missing) || !strings.Contains(missing.Problem, "2 rows of the list have that") {
			t.Fatalf("two orders are of this buyer, and the walk ends with %v", err)
		}
		delete(answers, "payments.orders."+buyer)
		answers["payments.orders."+buyer+" / 92"] = "d"
		if err := j.walk(steps.Payments, answers); err != nil || j.status(steps.Payments) != wizard.Done {
			t.Fatalf("both orders are moved, and the walk ends with %v:\n%s", err, rowsOf(j.table(steps.Payments, "orders")))
		}
		if err := j.walk(steps.Payments, answers); err != nil || j.status(steps.Payments) != wizard.Done || j.state().Step(steps.Payments).Counters["orders-open"] != 0 {
			t.Fatalf("the same answers again have taken something back: %v", err)
		}
		j.run(steps.Test, "verify", "choose")
		controls := j.table(steps.Test, "controls")
		for row := range controls.Rows {
			answers["test.controls."+controls.Row(row)[1]] = "y went well"
		}
		answers["test.controls."+controls.Row(0)[1]] = "z"
		if err := j.walk(steps.Test, answers); !errors.As(err, &missing) || !strings.Contains(missing.Problem, "y (as it should be)") {
			t.Fatalf("z is nothing that can be done with a row, and the walk ends with %v", err)
		}
		answers["test.controls."+controls.Row(0)[1]] = "y went well"
		if err := j.walk(steps.Test, answers); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(j.table(steps.Test, "controls")); strings.Contains(rows, "to do") || !strings.Contains(rows, "went well") {
			t.Errorf("the tests with people are not noted:\n%s", rows)
		}
	})
}
