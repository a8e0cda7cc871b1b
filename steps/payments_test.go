package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/steps"
	"allyswitch/wizard"
)

// subscriptions are a list as the owner exports it, for some of the site's people.
func (j *journey) subscriptions(heading string) string {
	j.t.Helper()
	text := heading + "\n"
	status := []string{"Active", "Payment Due", "Trial", "Paused", "Canceled"}
	for i := range 5 {
		person := j.demo.Site.People[i+1]
		text += fmt.Sprintf("%d,%d,%s,%s,49.00,%s,Stripe\n", 70+i, 500000+person.ID, person.Email, status[i], time.Now().AddDate(0, 0, 9-i).Format("2006-01-02"))
	}
	return j.file("subscriptions.csv", text+"90,1,somebody@example.net,Active,5,2099-01-01,PayPal\n")
}

const plainHeading = "Order ID,Contact ID,Email,Status,Amount,Next Charge,Gateway"

// An owner moves one order after the other, and the tick that all are moved counts only when the list agrees.
func TestPaymentPlansOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.LinkUsers)
		j.tick(steps.Payments, "updater", "matched")
		j.answer(steps.Payments, "orders.file", j.subscriptions(plainHeading))
		j.run(steps.Payments, "orders")
		table := j.table(steps.Payments, "orders")
		if table.Rows != 6 || table.Row(0)[1] != "71" || table.Row(0)[2] == "" {
			t.Fatalf("%d rows; what is past due comes first: %q", table.Rows, table.Row(0))
		}
		if j.status(steps.Payments) == wizard.Done {
			t.Error("the step is done although the list shows orders to move")
		}
		if box := j.box(steps.Payments, "matched"); box.Set != nil || !strings.Contains(box.Doubt, "the list still shows 6 orders to be moved") {
			t.Errorf("nothing says why the tick does not count: %q", box.Doubt)
		}
		for row := range table.Rows {
			j.row(steps.Payments, "orders", "d", row, "")
		}
		if j.status(steps.Payments) != wizard.Done {
			t.Error("the step is not done although everything is ticked off")
		}
		j.row(steps.Payments, "orders", "d", 0, "")
		if j.status(steps.Payments) == wizard.Done {
			t.Error("a tick that was taken back is still counted")
		}
	})
}

func TestPaymentPlansOfAnotherShop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.LinkUsers)
		j.answer(steps.Payments, "orders.file", j.file("other.csv", plainHeading+"\n1,1,a@example.net,Active,1,2099-01-01,Stripe\n2,2,b@example.net,Active,1,2099-01-01,Stripe\n3,3,c@example.net,Active,1,2099-01-01,Stripe\n"))
		err := j.try(steps.Payments, "orders")
		if !wizard.Refused(err) || wizard.Explain(err).Code != "ALLY-SHOP" {
			t.Errorf("got %v", err)
		}
		if err := j.keeper.Answer(j.step(steps.Payments), "orders.file", j.file("none.csv", "Ref,When\n1,2099-01-01\n")); err == nil {
			t.Error("a file in which nobody can be found was taken")
		}
	})
}

// With the companion the list comes from the site, and reading again shows what has been moved.
func TestPaymentPlansReadFromTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.linksThroughTheCompanion()
		j.run(steps.Payments, "orders-site")
		if table := j.table(steps.Payments, "orders"); table.Rows != 1 || table.Row(0)[3] != "plus.first+vip@example.com" || table.Row(0)[0] != "to do" {
			t.Errorf("the site's own list: %q", table.Row(0))
		}
	})
}

// logIn lets AllySwitch work with the site at the best level there is.
func (j *journey) logIn() {
	j.t.Helper()
	j.answer(steps.Start, "site.user", j.demo.Answers["site.user"])
	j.answer(steps.Start, "site.password", j.demo.Secrets["site.password"])
	j.run(steps.Start, "site")
}

// linksThroughTheCompanion walks to the end of step 11 on a site with the companion.
func (j *journey) linksThroughTheCompanion() {
	j.t.Helper()
	j.reach(steps.Start)
	j.logIn()
	j.reach(steps.Automations)
	j.run(steps.LinkUsers, "match", "link")
	j.reach(steps.LinkUsers)
}

func TestPagesOfPaymentPlans(t *testing.T) {
	pictures(t, "list", func(t testing.TB, a *album) {
		j := begin(t, "activecampaign")
		j.reach(steps.LinkUsers)
		j.answer(steps.Payments, "orders.file", j.subscriptions("Ref,Contact ID,Email,Status,Amount,When,Gateway"))
		a.show(j, steps.Payments, "ready, columns asked for", plainly)
		j.answer(steps.Payments, "orders.column.order_id", "Ref")
		j.answer(steps.Payments, "orders.column.next_charge", "When")
		j.run(steps.Payments, "orders")
		j.tick(steps.Payments, "updater", "matched")
		a.table(j, steps.Payments, "ready, the list read", "orders")
		for row := range j.table(steps.Payments, "orders").Rows {
			j.row(steps.Payments, "orders", "d", row, "")
		}
		a.show(j, steps.Payments, "done", plainly)
	})
}

// An owner gives the list of subscriptions and then ticks that there are none.
func TestNoSubscriptionsBesideAListThatNobodyHasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.LinkUsers)
		j.answer(steps.Payments, "orders.file", j.subscriptions(plainHeading))
		j.tick(steps.Payments, "none")
		if box := j.box(steps.Payments, "none"); box.Set != nil || !strings.Contains(box.Doubt, "you have given a list of subscriptions") || j.status(steps.Payments) == wizard.Done {
			t.Errorf("the tick holds: %q", box.Doubt)
		}
	})
}

// A row of the list is broken. It may be a subscription, so that nobody can say that there are none.
func TestNoSubscriptionsBesideARowThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.LinkUsers)
		ended := fmt.Sprintf("\n71,1,%s,Success,49,1999-06-01,Stripe\n", j.demo.Site.People[1].Email)
		for _, list := range []struct{ rows, doubt string }{{ended, ""}, {ended + "72,1\n", "1 row of the list could not be read"}} {
			j.answer(steps.Payments, "orders.file", j.file("subscriptions.csv", plainHeading+list.rows))
			j.run(steps.Payments, "orders")
			j.tick(steps.Payments, "none")
			if box := j.box(steps.Payments, "none"); !strings.Contains(box.Doubt, list.doubt) || (box.Doubt == "") != (list.doubt == "") {
				t.Errorf("%q: %q", list.rows, box.Doubt)
			}
			j.untick(steps.Payments, "none")
		}
	})
}
