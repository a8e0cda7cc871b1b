package steps

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

const ordersFileKey = "orders.file"

// ordersItems ask for the list of subscriptions, read it, and show it.
func (s *step) ordersItems(state *checkpoint.State) []wizard.Item {
	items, needsLinks := s.siteOrders(state), needsMatching(state)
	file := state.Answer(Payments, ordersFileKey)
	items = append(items,
		wizard.Instruction{Text: "Export the list of subscriptions from AccessAlly as a CSV file, with past due, trial and paused ones.", Where: accessAlly("Sales", "Subscriptions"), Look: "the export at the top or the bottom of the list."},
		s.ask(state, wizard.Question{Key: ordersFileKey, Label: "The list of subscriptions on this computer (optional)", Validate: checkOrdersFile,
			Help: "The CSV file, with any column names. AllySwitch then says which order needs which contact ID, and what is charged first. Without it you do that by hand."}))
	items = append(items, s.orderColumnQuestions(state)...)
	if file != "" {
		mapping := orderMapping(state)
		items = append(items, s.do(state, wizard.Task{Key: "orders", Label: "Find the new contact ID of every subscription", Required: true, Locked: needsLinks,
			Complete: s.doneWith(state, "orders") && note(state, Payments, "orders-from") == ordersFrom(file, mapping), Help: "Reads the list on this computer. Nothing is sent anywhere.",
			Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
				orders, err := migration.ReadOrders(ctx, s.deps.Folder, cleanPath(file), mapping, report)
				if err != nil {
					return nil, err
				}
				return s.keepOrders(orders, ordersFrom(file, mapping), report)
			}}))
	}
	if note(state, Payments, "orders") != "" {
		items = append(items, s.ordersTable())
	}
	return items
}

// needsMatching locks the lists of step 12 until it is known who has which contact.
func needsMatching(state *checkpoint.State) string {
	return lockedUnless(note(state, LinkUsers, "links") != "", "Match every member with their contact in step 11 first.")
}

// siteOrders read the subscriptions from the site, where the companion can. It stays in sight when somebody says that there are none.
func (s *step) siteOrders(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	return []wizard.Item{s.companionTask(state, wizard.Task{Key: "orders-site", Label: "Read the subscriptions from the site", Complete: s.doneWith(state, "orders-site") && count(state, Payments, "orders-open") == 0, Locked: needsMatching(state),
		Help: "Changes nothing. Read again after you have moved some: what has its new contact ID shows as moved."}, s.readSiteOrders)}
}

func (s *step) readSiteOrders(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
	orders, err := migration.ReadSiteOrders(ctx, s.deps.Folder, with, report)
	if err != nil {
		return nil, err
	}
	return s.keepOrders(orders, "the site", report)
}

// keepOrders keeps the figures of a list that was read.
func (s *step) keepOrders(orders *migration.Orders, from string, report job.Reporter) (wizard.Change, error) {
	open, err := migration.OrdersOpen(s.deps.Folder)
	if err != nil {
		return nil, err
	}
	if orders.Unreadable > 0 {
		report.Warn(say("%d {row|rows} of the list could not be read. Look at them in the file: a subscription may be among them.", orders.Unreadable))
	}
	return func(state *checkpoint.State) {
		for key, value := range map[string]int{"orders-open": open, "past-due": orders.PastDue, "failed": orders.Failed, "trial": orders.Trial, "paused": orders.Paused, "cancelled": orders.Cancelled,
			"other-email": orders.OtherEmail, "no-member": orders.NoMember, "uncertain": orders.Uncertain, "other-gateway": orders.OtherGateway, "unreadable": orders.Unreadable, "disproved": orders.Disproved,
			"orders-running": orders.Total - orders.Ended} {
			setCount(state, Payments, key, value)
		}
		setNote(state, Payments, "orders", orders.Sentence())
		setNote(state, Payments, "orders-from", from)
	}, nil
}

func checkOrdersFile(path string) error {
	if err := checkFile(path); err != nil {
		return err
	}
	return migration.CheckOrders(cleanPath(path))
}

// keepOrdersLayout notes which columns of a list have to be asked about.
func keepOrdersLayout(state *checkpoint.State, key, value string) error {
	if key != ordersFileKey {
		return nil
	}
	kept := state.Step(Payments)
	for _, column := range migration.OrderColumns() {
		delete(kept.Answers, "orders.column."+column)
	}
	setNote(state, Payments, "orders.ask", "")
	if value == "" {
		return nil
	}
	layout, err := migration.LookAtOrders(cleanPath(value))
	if err != nil {
		return err
	}
	var sure []string
	for column, heading := range layout.Mapping {
		sure = append(sure, column+"\t"+heading)
	}
	slices.Sort(sure)
	setNote(state, Payments, "orders.columns", strings.Join(layout.Columns, "\n"))
	setNote(state, Payments, "orders.sure", strings.Join(sure, "\n"))
	setNote(state, Payments, "orders.ask", strings.Join(layout.Ask, " "))
	for _, column := range layout.Ask {
		setNote(state, Payments, "orders.proposed."+column, cmp.Or(layout.Proposed[column], noColumn))
	}
	return nil
}

// orderColumnQuestions ask about the columns that are not sure, only.
func (s *step) orderColumnQuestions(state *checkpoint.State) []wizard.Item {
	choices := []wizard.Choice{{Value: noColumn, Label: "no column"}}
	for _, heading := range strings.Split(note(state, Payments, "orders.columns"), "\n") {
		choices = append(choices, wizard.Choice{Value: heading, Label: heading})
	}
	words := map[string]string{migration.OrderEmail: "the buyer's e-mail address, as the member has it", migration.OrderContact: "AccessAlly's contact ID", migration.OrderID: "the order ID",
		migration.OrderStatus: "the status, such as Active or Paused", migration.OrderNext: "the date of the next charge"}
	var items []wizard.Item
	for _, column := range strings.Fields(note(state, Payments, "orders.ask")) {
		items = append(items, s.ask(state, wizard.Question{Key: "orders.column." + column, Label: "Which column holds " + words[column] + "?", Required: true,
			Default: note(state, Payments, "orders.proposed."+column), Choices: choices, Help: "AllySwitch is not sure. It proposes the column that looks most like it."}))
	}
	return items
}

// orderMapping are the columns that are sure, and those that were answered.
func orderMapping(state *checkpoint.State) wp.Mapping {
	mapping := wp.Mapping{}
	for _, pair := range strings.Split(note(state, Payments, "orders.sure"), "\n") {
		if column, heading, ok := strings.Cut(pair, "\t"); ok {
			mapping[column] = heading
		}
	}
	for _, column := range strings.Fields(note(state, Payments, "orders.ask")) {
		if heading := state.Answer(Payments, "orders.column."+column); heading != "" && heading != noColumn {
			mapping[column] = heading
		}
	}
	return mapping
}

// ordersFrom changes when the file or the meaning of its columns does.
func ordersFrom(file string, mapping wp.Mapping) string {
	text := file + " " + fileMark(file)
	for _, column := range migration.OrderColumns() {
		text += "\t" + mapping[column]
	}
	return text
}

// orderKey is what an order in orders.csv is ticked off by.
func orderKey(rows *fileRows, row int) string {
	return cmp.Or(rows.cell(row, "order_id"), rows.cell(row, "subscription_id"))
}

// orderState is the state of a row, with what the owner has ticked off.
func orderState(rows *fileRows, row int, done map[string]bool) string {
	state := rows.cell(row, "state")
	if migration.OrderState(state).Open() && done[orderKey(rows, row)] {
		return "done"
	}
	return state
}

func (s *step) doneOrders() map[string]bool {
	rows, done := s.deps.files.rows(s.deps.Folder, migration.OrdersDoneFile), map[string]bool{}
	for i := range rows.len() {
		done[rows.cell(i, "order")] = true
	}
	return done
}

// ordersTable shows what is charged next first. Its first columns are what the updater asks for.
func (s *step) ordersTable() wizard.Table {
	rows, done := s.deps.files.rows(s.deps.Folder, migration.OrdersFile), s.doneOrders()
	return wizard.Table{Key: "orders", Title: "Subscriptions, what is charged next first (saved in orders.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "State", Width: 6}, {Title: "Order", Width: 7}, {Title: "New ID", Width: 8}, {Title: "Address", Width: 22, Private: true}, {Title: "Next", Width: 10}, {Title: "Amount", Width: 9},
			{Title: "Status", Width: 9}, {Title: "Note"}},
		Row: func(i int) []string {
			return []string{orderState(rows, i, done), rows.cell(i, "order_id"), rows.cell(i, "new_contact_id"), rows.cell(i, "user_email"), rows.cell(i, "next_charge"), rows.cell(i, "amount"),
				rows.cell(i, "status"), rows.cell(i, "note")}
		},
		Actions: []wizard.RowAction{{Key: "d", Label: "moved, or take that back", Do: func(row int, _ string) (wizard.Change, error) {
			open, err := migration.TickOrder(s.deps.Folder, orderKey(rows, row))
			return func(state *checkpoint.State) { setCount(state, Payments, "orders-open", open) }, explain(err, s.deps)
		}, Done: func(row int) bool { return orderState(rows, row, done) == "done" }}}}
}

// nextOrder are the two values that the updater asks for, for the first order that is open.
func (s *step) nextOrder(state *checkpoint.State) []wizard.Item {
	if note(state, Payments, "orders") == "" {
		return nil
	}
	rows, done := s.deps.files.rows(s.deps.Folder, migration.OrdersFile), s.doneOrders()
	for i := range rows.len() {
		if orderState(rows, i, done) != string(migration.OrderToDo) {
			continue
		}
		return []wizard.Item{
			wizard.Instruction{Text: "Next order: enter this order ID and press Search. Compare the name.", Where: []string{"AccessAlly Order Update"}, Copy: rows.cell(i, "order_id")},
			wizard.Instruction{Text: "Then enter this as the new contact ID, press Update Contact ID, and tick the order off in the list with d.", Copy: rows.cell(i, "new_contact_id")},
		}
	}
	return nil
}

// orderFacts say what the list holds.
func orderFacts(state *checkpoint.State) []wizard.Fact {
	sentence := note(state, Payments, "orders")
	if sentence == "" {
		return nil
	}
	mark, open := wizard.MarkGood, count(state, Payments, "orders-open")
	if open > 0 {
		mark = wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(wizard.MarkPlain, "List", sentence), fact(mark, "Still open", several(open, "order"))}
	for _, one := range []struct{ key, label, text string }{
		{"disproved", "Not moved", "%d {was|were} ticked off, but AccessAlly still has the old contact ID: {its tick is|their ticks are} taken back"},
		{"past-due", "Past due", "%d: AccessAlly tries Stripe again every day, for three days, and PayPal tries by itself: move {it|them} first"},
		{"failed", "Failed", "%d: nobody tries to charge {it|them} again. Check that access is gone, then move {it|them} too"},
		{"trial", "In trial", "%d: the first charge is still to come"},
		{"paused", "Paused", "%d: {it|they} may be charged again"},
		{"cancelled", "Cancelled", "%d {has|have} not lapsed, or it is not known: when {it lapses|they lapse}, access has to be taken away"},
		{"other-email", "Address", "%d {has|have} another customer address than the member's: compare the names"},
		{"no-member", "No member", "%d {belongs|belong} to nobody on this site that could be found"},
		{"uncertain", "Uncertain", "%d {belongs|belong} to a member whose contact is not certain: see step 11"},
		{"other-gateway", "Elsewhere", "%d {is|are} neither Stripe's nor PayPal's"},
		{"unreadable", "Unread", "%d {row|rows} of the list could not be read"},
	} {
		if n := count(state, Payments, one.key); n > 0 {
			facts = append(facts, fact(wizard.MarkWarn, one.label, say(one.text, n)))
		}
	}
	return facts
}
