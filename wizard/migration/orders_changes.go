package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"allyswitch/wizard/checkpoint"
)

// OpOrders is the journal's word for a look at the subscriptions; OrdersChangesFile lists how they differ from the look before.
const (
	OpOrders          = "orders"
	OrdersChangesFile = "orders-changes.csv"
)

// OrdersNoted is the journal's record of a look at the subscriptions, in figures. It names nobody.
type OrdersNoted struct {
	Total  int `json:"total"`
	ToMove int `json:"to_move"`
	ToLook int `json:"to_look"`
	// Again says that there was a look before; New, Changed and Gone are the subscriptions that differ from it.
	Again   bool `json:"again,omitempty"`
	New     int  `json:"new"`
	Changed int  `json:"changed"`
	Gone    int  `json:"gone"`
}

// changeColumns are what of a subscription tells that it has changed: not its state, which is our own finding.
var changeColumns = []string{"user_email", "status", "amount", "next_charge", "product", "old_contact_id"}

// changes compares with the list of the look before, writes orders-changes.csv, and notes both in the journal.
func (o *Orders) changes(folder *checkpoint.Folder) error {
	before, err := knownOrders(folder)
	if err != nil {
		return err
	}
	noted := OrdersNoted{Total: o.Total, ToMove: o.ToDo, ToLook: o.Look, Again: before != nil}
	rows := [][]string{{"what", "order_id", "subscription_id", "user_email", "detail"}}
	if before != nil {
		rows = append(rows, o.differ(before, &noted)...)
	}
	o.New, o.Changed, o.Gone = noted.New, noted.Changed, noted.Gone
	if err := writeRows(folder, OrdersChangesFile, rows); err != nil {
		return err
	}
	return Deps{Folder: folder}.note(checkpoint.Note, OpOrders, "", noted)
}

// knownOrder is a subscription as the look before has shown it, by column.
type knownOrder map[string]string

func (k knownOrder) key() string { return k["order_id"] + "\x00" + k["subscription_id"] }

// knownOrders reads orders.csv; nil when there is none yet.
func knownOrders(folder *checkpoint.Folder) (map[string]knownOrder, error) {
	known := map[string]knownOrder{}
	err := eachRow(folder, OrdersFile, func(cell func(string) string) {
		order := knownOrder{"order_id": plainCell(cell("order_id")), "subscription_id": plainCell(cell("subscription_id"))}
		for _, column := range changeColumns {
			order[column] = plainCell(cell(column))
		}
		known[order.key()] = order
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return known, doing("read "+OrdersFile, err)
}

func (o *Orders) differ(before map[string]knownOrder, noted *OrdersNoted) [][]string {
	var rows [][]string
	add := func(counter *int, what string, order knownOrder, detail string) {
		*counter++
		rows = append(rows, []string{what, order["order_id"], order["subscription_id"], order["user_email"], detail})
	}
	for _, order := range o.list {
		now := order.known()
		was, there := before[now.key()]
		delete(before, now.key())
		switch detail := now.changed(was); {
		case !there:
			add(&noted.New, "new", now, now["status"])
		case detail != "":
			add(&noted.Changed, "changed", now, detail)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		add(&noted.Gone, "gone", before[key], before[key]["status"])
	}
	return rows
}

// known is a subscription in the columns of orders.csv.
func (o Order) known() knownOrder {
	next := ""
	if !o.Next.IsZero() {
		next = o.Next.Format("2006-01-02")
	}
	return knownOrder{"order_id": o.ID, "subscription_id": o.Subscription, "user_email": o.Email, "status": o.Status, "amount": strings.TrimSpace(o.Amount + " " + o.Currency),
		"next_charge": next, "product": o.Product, "old_contact_id": o.OldContact}
}

// changed says what is different, empty when nothing is.
func (k knownOrder) changed(was knownOrder) string {
	var details []string
	for _, column := range changeColumns {
		if k[column] != was[column] {
			details = append(details, fmt.Sprintf("%s was %q and is %q", strings.ReplaceAll(column, "_", " "), was[column], k[column]))
		}
	}
	return strings.Join(details, "; ")
}
