package migration

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/words"
)

// OrdersFile lists the running subscriptions with the contact ID that each has to be given.
const OrdersFile = "orders.csv"

// ErrOtherShop means that nobody in a list of subscriptions is a member of this site.
var ErrOtherShop = errors.New("this list is of another shop")

// Order is one subscription of the site's shop.
type Order struct {
	ID, Subscription string
	// OldContact is the contact ID that AccessAlly has for it, empty when the list does not tell.
	OldContact string
	Email      string
	Name       string
	// Status, Amount and the others are the shop's own words.
	Status, Amount, Currency, Gateway, Product string
	// Next is when it is charged next, zero when that is unknown.
	Next time.Time

	// The rest is found by matching.
	Standing   Standing
	State      OrderState
	Member     string // WordPress user ID
	NewContact string
	Notes      []string
}

// Standing is what a shop's word for a subscription means for its charges.
type Standing string

// The standings. Not understood is not the same as ended: it is looked at.
const (
	StandsActive    Standing = "active"
	StandsTrial     Standing = "trial"
	StandsPastDue   Standing = "past due"
	StandsFailed    Standing = "failed"
	StandsPaused    Standing = "paused"
	StandsCancelled Standing = "cancelled"
	StandsEnded     Standing = "ended"
	StandsUnclear   Standing = "not understood"
)

// OrderState says what is to be done with a subscription.
type OrderState string

// The states. Moved means that its contact ID is the new one already.
const (
	OrderToDo  OrderState = "to do"
	OrderLook  OrderState = "look"
	OrderMoved OrderState = "moved"
	OrderEnded OrderState = "ended"
)

// Orders is what is known of the shop's subscriptions. The list itself is in orders.csv, what is charged next first.
type Orders struct {
	Total, ToDo, Look, Moved, Ended               int
	PastDue, Failed, Trial, Paused, Cancelled     int
	OtherEmail, NoMember, OtherGateway, Uncertain int
	Unreadable                                    int
	// Disproved were ticked off, although the shop still has their old contact ID. Their ticks are taken back.
	Disproved int
	// New, Changed and Gone are those that differ from the list that was read before; all are zero the first time. They are in orders-changes.csv.
	New, Changed, Gone         int
	list                       []Order
	byEmail, byUser, byContact map[string]buyer
	users                      map[string]string // old contact ID → user ID
	now                        time.Time
}

// buyer is what contact-ids.csv says of a member.
type buyer struct{ user, email, contact, sign string }

// standingOf reads a shop's word. (AccessAlly: Active, Payment Due, Payment Failed, Paused, Replaced, Success; Stripe and PayPal: their API references.) Payment Due
// lasts for three days, in which AccessAlly tries Stripe each day; then it is Payment Failed, and nobody tries again (AccessAlly, How to Follow Up on a Failed Payment;
// Stripe says unpaid).
func standingOf(status string) Standing {
	switch bare(status) {
	case "active", "current", "running", "enabled", "approved":
		return StandsActive
	case "trial", "trialing", "trialling", "intrial", "freetrial":
		return StandsTrial
	case "paymentdue", "pastdue", "due", "overdue":
		return StandsPastDue
	case "paymentfailed", "failed", "unpaid":
		return StandsFailed
	case "paused", "pause", "onhold", "hold", "suspended":
		return StandsPaused
	case "cancelled", "canceled", "cancelling", "canceling", "pendingcancel", "pendingcancellation", "stopped":
		return StandsCancelled
	case "success", "complete", "completed", "finished", "expired", "ended", "replaced", "refunded", "incompleteexpired":
		return StandsEnded
	}
	return StandsUnclear
}

// matchOrders finds the member and the new contact ID of every subscription. asOf is when the list was made: what was ticked off before, and still has the old
// contact ID, has not been moved.
func matchOrders(folder *checkpoint.Folder, list []Order, asOf time.Time) (*Orders, error) {
	orders := &Orders{list: list, now: time.Now(), byEmail: map[string]buyer{}, byContact: map[string]buyer{}, byUser: map[string]buyer{}, users: map[string]string{}}
	if err := orders.readBuyers(folder); err != nil {
		return nil, err
	}
	for i := range orders.list {
		orders.match(&orders.list[i])
	}
	if orders.Total = len(list); orders.Total > 2 && orders.NoMember == orders.Total {
		return nil, &Refusal{Gate: ErrOtherShop, Detail: fmt.Sprintf("none of its %d subscriptions belongs to a member of this site", orders.Total)}
	}
	if err := orders.disprove(folder, asOf); err != nil {
		return nil, err
	}
	slices.SortStableFunc(orders.list, orders.first)
	if err := orders.changes(folder); err != nil {
		return nil, err
	}
	return orders, orders.save(folder)
}

// readBuyers reads the members' new contact IDs, and which contact IDs they had before the switch where the companion has read them.
func (o *Orders) readBuyers(folder *checkpoint.Folder) error {
	err := eachRow(folder, ContactIDsFile, func(cell func(string) string) {
		one := buyer{user: cell("ID"), email: cell("user_email"), contact: cell("new_contact_id"), sign: cell("sign")}
		key := address.Key(one.email)
		if known, twice := o.byEmail[key]; !twice || known.contact == "" {
			o.byEmail[key] = one
		}
		o.byUser[one.user] = one
		if one.contact != "" {
			o.byContact[one.contact] = one
		}
		if old := cell("old_contact_id"); old != "" {
			o.users[old] = one.user
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoPlan
	}
	if err != nil {
		return doing("read "+ContactIDsFile, err)
	}
	err = eachRow(folder, SiteContactsFile, func(cell func(string) string) {
		if cell("contact_id") != "" {
			o.users[cell("contact_id")] = cell("ID")
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return doing("read "+SiteContactsFile, err)
}

// match decides whose subscription it is, and what is to be done with it.
func (o *Orders) match(order *Order) {
	order.Standing = standingOf(order.Status)
	found := o.whose(order)
	order.Member, order.NewContact = found.user, found.contact
	switch {
	case found.user == "":
		o.note(order, &o.NoMember, "no member has this address or contact ID")
	case found.contact == "" || found.sign != string(SignSame):
		o.note(order, &o.Uncertain, "the member's contact is not certain: see step 11")
	}
	o.describe(order)
	order.State = o.stateOf(order, found)
	o.count(order)
}

// whose finds the member. The old contact ID counts for more than the address, since a customer's address at Stripe or PayPal may be another one than the member's;
// but a contact ID from before may be somebody else's now, so that address and new contact ID together count most.
func (o *Orders) whose(order *Order) buyer {
	byEmail := o.byEmail[address.Key(order.Email)]
	before, now := o.byUser[o.users[order.OldContact]], o.byContact[order.OldContact]
	if order.Email == "" {
		byEmail = buyer{}
	}
	switch {
	case order.OldContact == "" || byEmail.user != "" && byEmail.user == now.user:
		return byEmail
	case before.user != "" && now.user != "" && before.user != now.user && byEmail.user != before.user:
		o.note(order, &o.Uncertain, "this contact ID was "+before.email+"'s before and is "+now.email+"'s now: look at the order")
		return buyer{user: before.user}
	case before.user != "" && order.Email != "" && byEmail.user != before.user:
		o.note(order, &o.OtherEmail, "the customer's address is not the member's ("+before.email+"): compare the names")
		return before
	case before.user != "":
		return before
	case byEmail.user == "":
		return now
	}
	return byEmail
}

func (o *Orders) note(order *Order, counter *int, text string) {
	*counter++
	order.Notes = append(order.Notes, text)
}

// describe notes what is special about the charges.
func (o *Orders) describe(order *Order) {
	coming := order.Next.After(o.now.Add(-24 * time.Hour))
	switch order.Standing {
	case StandsPastDue:
		text := "past due: AccessAlly tries again each day"
		if strings.Contains(bare(order.Gateway), "paypal") {
			text = "past due: PayPal tries again by itself"
		}
		o.note(order, &o.PastDue, text)
	case StandsFailed:
		o.note(order, &o.Failed, "failed: nobody tries again, and access should be gone: check")
	case StandsTrial:
		o.note(order, &o.Trial, "in trial: the first charge is still to come")
	case StandsPaused:
		o.note(order, &o.Paused, "paused: it may be charged again")
	case StandsCancelled:
		if coming {
			o.note(order, &o.Cancelled, "cancelled, but the time that is paid for is not over")
		} else if order.Next.IsZero() {
			o.note(order, &o.Cancelled, "cancelled: nobody can tell from the list whether the time that is paid for is over")
		} else {
			order.Standing = StandsEnded
		}
	case StandsEnded:
		if coming {
			order.Standing = StandsUnclear
			order.Notes = append(order.Notes, "looks ended, but a charge is still to come")
		}
	case StandsUnclear:
		order.Notes = append(order.Notes, "this status is not known: look at it in AccessAlly")
	}
	gateway := bare(order.Gateway)
	if gateway != "" && !strings.Contains(gateway, "stripe") && !strings.Contains(gateway, "paypal") {
		o.note(order, &o.OtherGateway, "neither Stripe nor PayPal")
	}
}

func (o *Orders) stateOf(order *Order, found buyer) OrderState {
	switch {
	case order.Standing == StandsEnded:
		return OrderEnded
	case found.user == "" || found.contact == "" || found.sign != string(SignSame) || order.Standing == StandsUnclear:
		return OrderLook
	case order.Standing == StandsCancelled && order.Next.IsZero():
		return OrderLook
	case order.OldContact == found.contact:
		return OrderMoved
	}
	return OrderToDo
}

func (o *Orders) count(order *Order) {
	switch order.State {
	case OrderToDo:
		o.ToDo++
	case OrderLook:
		o.Look++
	case OrderMoved:
		o.Moved++
	case OrderEnded:
		o.Ended++
	}
}

// first orders by what is charged next: what is past due is tried again within days, what has failed is not tried any more, what has no date comes after what has, and what has ended comes last.
func (o *Orders) first(a, b Order) int {
	return cmp.Or(cmp.Compare(urgency(a), urgency(b)), a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID))
}

func urgency(order Order) int {
	switch {
	case order.State == OrderEnded:
		return 4
	case order.State == OrderMoved:
		return 3
	case order.Standing == StandsPastDue:
		return 0
	case order.Standing == StandsFailed || order.Next.IsZero():
		return 2
	}
	return 1
}

// Key is what an order is ticked off by: the updater moves an order with all its subscriptions.
func (o Order) Key() string { return cmp.Or(o.ID, o.Subscription) }

func (o *Orders) save(folder *checkpoint.Folder) error {
	rows := [][]string{{"state", "order_id", "new_contact_id", "user_email", "name", "status", "amount", "next_charge", "gateway", "product", "old_contact_id", "subscription_id", "ID", "note"}}
	for _, order := range o.list {
		next := ""
		if !order.Next.IsZero() {
			next = order.Next.Format("2006-01-02")
		}
		rows = append(rows, []string{string(order.State), order.ID, order.NewContact, order.Email, order.Name, order.Status, strings.TrimSpace(order.Amount + " " + order.Currency), next,
			order.Gateway, order.Product, order.OldContact, order.Subscription, order.Member, strings.Join(order.Notes, "; ")})
	}
	return writeRows(folder, OrdersFile, rows)
}

// Sentence says in one sentence what there is to do.
func (o Orders) Sentence() string {
	text := strconv.Itoa(o.Total) + " subscriptions: " + strconv.Itoa(o.ToDo) + " to move"
	for _, part := range []struct {
		n    int
		word string
	}{{o.Look, "to look at"}, {o.Moved, "moved already"}, {o.Ended, "ended"}} {
		if part.n > 0 {
			text += words.Say(", %d %s", part.n, part.word)
		}
	}
	return text
}

// eachRow calls fn for every row of one of our own CSV files, with its cells by heading.
func eachRow(folder *checkpoint.Folder, name string, fn func(cell func(heading string) string)) error {
	file, err := folder.OpenFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	heading, err := reader.Read()
	if err != nil {
		return err
	}
	heading[0] = strings.TrimPrefix(heading[0], "\ufeff")
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fn(func(column string) string {
			if at := slices.Index(heading, column); at >= 0 && at < len(row) {
				return row[at]
			}
			return ""
		})
	}
}
