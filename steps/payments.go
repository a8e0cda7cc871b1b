package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

func newPayments(deps *Deps) *step {
	s := &step{id: Payments, title: "Review all payment plans", deps: deps}
	s.inputs = restsOn(theMembers, theAccount)
	s.sheet = s.paymentsSheet
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
		Items: s.paymentItems(state),
		Known: "As many subscriptions are matched as there are running ones.",
		Help: []string{
			"Payment methods stay where they are, with Stripe or PayPal. Nobody has to enter a card again.",
			"If a subscription's e-mail address is not the member's, look at the name and the order before you decide.",
		},
	}
}

// paymentItems are what there is to do, which is nothing on a site without subscriptions.
func (s *step) paymentItems(state *checkpoint.State) []wizard.Item {
	none := s.tick(state, wizard.Tick{Key: "none", Text: "This site has no running subscriptions", Optional: true})
	if none.Set != nil {
		return []wizard.Item{none}
	}
	return []wizard.Item{
		none,
		wizard.Instruction{Text: "The new contact ID of every member is in contact-ids.csv, in the migration's folder.", Copy: s.deps.path(migration.ContactIDsFile)},
		s.tick(state, wizard.Tick{Key: "listed", Text: "You have the list of running Stripe and PayPal subscriptions", Where: accessAlly("Sales", "Subscriptions"), Note: "How many are there?",
			Look: "past due, trial and paused ones: they count too."}),
		s.tick(state, wizard.Tick{Key: "updater", Text: "The Order Contact ID updater is installed", Where: []string{"Plugins", "Add New", "Upload Plugin"}, Look: "AccessAlly Order Update in the menu on the left."}),
		s.tick(state, wizard.Tick{Key: "matched", Text: "Every running subscription has its new contact ID", Where: []string{"AccessAlly Order Update"}, Note: "How many did you match?",
			Look: "the order ID: enter it, Search, compare the name, type the new contact ID, Update Contact ID. Its subscriptions go along."}),
	}
}
