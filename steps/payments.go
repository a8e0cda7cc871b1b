package steps

import (
	"cmp"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

func newPayments(deps *Deps) *step {
	s := &step{id: Payments, title: "Review all payment plans", deps: deps}
	s.inputs = restsOn(theMembers, theAccount)
	s.sheet = s.paymentsSheet
	s.answered = keepOrdersLayout
	return s
}

func (s *step) paymentsSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			fmt.Sprintf("Running subscriptions know their buyer by the old contact ID. Each has to be given the new contact ID, that of %s.", name),
			"This is done one order at a time, with AccessAlly's Order Contact ID updater. Begin with what is charged next.",
		},
		Warnings: []string{
			"A subscription with a wrong contact ID still charges, but its tags go nowhere: a payment that fails no longer takes access away.",
			"The updater changes AccessAlly's records directly and has no undo. Compare the name before you save.",
		},
		Did:   orderFacts(state),
		Items: s.paymentItems(state),
		Known: "As many subscriptions are matched as there are running ones.",
		Help: []string{
			"Payment methods stay where they are, with Stripe or PayPal. Nobody has to enter a card again.",
			"If a subscription's e-mail address is not the member's, look at the name and the order before you decide.",
			"The list is saved in orders.csv in the migration's folder. What you tick off is kept in orders-done.csv.",
			"To see what is really moved, export the subscriptions again and read them again: what has its new contact ID shows as \"moved\".",
			"Support will ask: how many are still to move, and what the list says in the column \"State\" for the order in question.",
		},
	}
}

// paymentItems are what there is to do, which is nothing on a site without subscriptions.
func (s *step) paymentItems(state *checkpoint.State) []wizard.Item {
	none := doubt(s.tick(state, wizard.Tick{Key: "none", Text: "This site has no running subscriptions", Optional: true}), cmp.Or(runningOrders(state), unreadOrders(state)))
	if none.Set != nil {
		return append([]wizard.Item{none}, s.siteOrders(state)...)
	}
	items := []wizard.Item{none,
		wizard.Instruction{Text: "The new contact ID of every member is in contact-ids.csv, in the migration's folder.", Copy: s.deps.path(migration.ContactIDsFile)}}
	items = append(items, s.ordersItems(state)...)
	if note(state, Payments, "orders") == "" {
		items = append(items, s.tick(state, wizard.Tick{Key: "listed", Text: "You have the list of running Stripe and PayPal subscriptions", Where: accessAlly("Sales", "Subscriptions"), Note: "How many are there?",
			Look: "past due, trial and paused ones: they count too."}))
	}
	items = append(items, s.tick(state, wizard.Tick{Key: "updater", Text: "The Order Contact ID updater is installed", Where: []string{"Plugins", "Add New", "Upload Plugin"}, Look: "the download in AccessAlly's article about switching to a CRM, at its step 12. Once it is active, AccessAlly Order Update is in the menu on the left."}))
	items = append(items, s.nextOrder(state)...)
	return append(items, doubt(s.tick(state, wizard.Tick{Key: "matched", Text: "Every running subscription has its new contact ID", Where: []string{"AccessAlly Order Update"}, Note: "How many did you match?",
		Look: "the order ID: enter it, Search, compare the name, type the new contact ID, Update Contact ID. Its subscriptions go along."}), openOrders(state)))
}

// runningOrders contradicts the tick that there are no subscriptions, moved or not.
func runningOrders(state *checkpoint.State) string {
	running := count(state, Payments, "orders-running")
	if running == 0 {
		return openOrders(state)
	}
	return fmt.Sprintf("the list shows %s. Take this tick back, and move what is still open.", several(running, "subscription that has not ended", "subscriptions that have not ended"))
}

// unreadOrders contradicts the tick that there are no subscriptions by a list of them that nobody has read, or not in full.
func unreadOrders(state *checkpoint.State) string {
	unread := count(state, Payments, "unreadable")
	switch {
	case state.Answer(Payments, ordersFileKey) == "":
		return ""
	case note(state, Payments, "orders") == "":
		return "you have given a list of subscriptions. Read it below, or take the list away."
	case unread > 0:
		return say("%d {row|rows} of the list could not be read, and a subscription may be among them. Mend the file and read it again, or take the list away.", unread)
	}
	return ""
}

// openOrders contradicts the ticks of step 12 as long as the list shows orders that have not been moved.
func openOrders(state *checkpoint.State) string {
	open := count(state, Payments, "orders-open")
	if open == 0 {
		return ""
	}
	return fmt.Sprintf("the list still shows %s to be moved. Move them and tick them off in the list, or read the list again.", several(open, "order"))
}
