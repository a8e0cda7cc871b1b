package report

import (
	"encoding/json"
	"fmt"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// deltaLine is a look at what has changed on the site, or what became of it, as the journal tells it.
type deltaLine struct {
	seq int64
	at  time.Time
	migration.DeltaNoted
}

func (h *history) takeDelta(entry checkpoint.Entry) error {
	line := deltaLine{seq: entry.Seq, at: entry.At}
	err := json.Unmarshal(entry.Data, &line.DeltaNoted)
	h.deltas = append(h.deltas, line)
	return err
}

// ordersLine is a look at the subscriptions, as the journal tells it.
type ordersLine struct {
	seq int64
	at  time.Time
	migration.OrdersNoted
}

func (h *history) takeOrders(entry checkpoint.Entry) error {
	h.orders = &ordersLine{seq: entry.Seq, at: entry.At}
	return json.Unmarshal(entry.Data, &h.orders.OrdersNoted)
}

func (h *history) orderFigures() []Figure {
	if h.orders == nil {
		return nil
	}
	figure := func(name, words string, value int) Figure {
		return Figure{Name: "orders." + name, Words: words, Value: int64(value), Line: h.orders.seq}
	}
	return []Figure{figure("total", "Running subscriptions", h.orders.Total), figure("to_move", "Subscriptions to be moved by hand", h.orders.ToMove), figure("to_look", "Subscriptions to be looked at", h.orders.ToLook),
		figure("new", "Subscriptions that are new since the look before", h.orders.New), figure("changed", "Subscriptions that have changed since the look before", h.orders.Changed),
		figure("gone", "Subscriptions that are gone since the look before", h.orders.Gone)}
}

// subscriptions is what is known of the subscriptions that a person has to move.
func (f *facts) subscriptions() Section {
	orders := f.history.orders
	if orders == nil {
		return Section{}
	}
	section := Section{ID: "subscriptions", Title: "Subscriptions", Source: fmt.Sprintf("Journal line %d, orders.csv and orders-changes.csv.", orders.seq)}
	section.Words = []string{fmt.Sprintf("On %s there were %s: %d to be moved by a person, %d to be looked at.", moment(orders.at), count(orders.Total, "subscription", "subscriptions"), orders.ToMove, orders.ToLook)}
	if orders.Again {
		section.Words = append(section.Words, fmt.Sprintf("Since the look before %s, %d have changed and %d are gone.", count(orders.New, "is new", "are new"), orders.Changed, orders.Gone))
	}
	section.Tables = []Table{{ID: "orders-changes", Caption: "Subscriptions that differ from the look before", Columns: columns("What", "Order", "Subscription", "Address", "Detail"),
		More: cut(len(f.files.orders.rows), f.files.orders.total, f.files.orders.file),
		Rows: rowsOf(f.files.orders, func(row record) []Text {
			return []Text{outside(row.cell("what")), outside(row.cell("order_id")), outside(row.cell("subscription_id")), person(row.cell("user_email")), private(row.cell("detail"))}
		})}}
	return section
}

// deltaFigures are those of the last look, which is what counts.
func (h *history) deltaFigures() []Figure {
	if len(h.deltas) == 0 {
		return nil
	}
	last := h.deltas[len(h.deltas)-1]
	figure := func(name, words string, value int) Figure {
		return Figure{Name: "delta." + name, Words: words, Value: int64(value), Line: last.seq}
	}
	return []Figure{
		{Name: "journal.deltas", Words: "Times that changes on the site were looked for, carried over or taken off", Value: int64(len(h.deltas))},
		figure("new", "Members who have joined since the export", last.New), figure("changed", "Members who have changed since the export", last.Changed),
		figure("gone", "Members who are gone since the export", last.Gone), figure("waiting", "Members whose changes are still to be carried over", last.Waiting),
		figure("to_remove", "Tags that members have lost on the site and still have in the CRM", last.ToRemove),
	}
}

// changes is what changed on the site between the export and the switch, and whether all of it was carried over.
func (f *facts) changes() Section {
	if len(f.history.deltas) == 0 {
		return Section{}
	}
	last := f.history.deltas[len(f.history.deltas)-1]
	section := Section{ID: "since", Title: "What changed on the site after the export", Source: fmt.Sprintf("Journal line %d, delta.json and delta.csv.", last.seq)}
	section.Words = []string{fmt.Sprintf("All changes that were found have been carried over: none is left. The last look was on %s.", moment(last.at))}
	if last.Waiting > 0 {
		section.Words = []string{fmt.Sprintf("%s still to be carried over.", count(last.Waiting, "member is", "members are"))}
	}
	if last.ToRemove > 0 {
		section.Words = append(section.Words, fmt.Sprintf("Members have lost %s on the site that their contacts still carry: AllySwitch takes a tag off only when the owner says so.", count(last.ToRemove, "tag", "tags")))
	}
	looks := Table{ID: "looks", Caption: "Each look, and what became of it", Columns: columns("When", "What", "#Joined", "#Changed", "#Gone", "#Tags won", "#Tags lost", "#Still to go", "#Journal line")}
	for _, look := range f.history.deltas[max(0, len(f.history.deltas)-shown):] {
		looks.Rows = append(looks.Rows, []Text{say(moment(look.at)), say(deltaWords(look.What)), number(look.New), number(look.Changed), number(look.Gone), number(look.TagsAdded),
			number(look.TagsLost), number(look.Waiting), number(int(look.seq))})
	}
	members := Table{ID: "delta", Caption: "Who changed, as of the last look", Columns: columns("What", "#User ID", "Address", "Detail", "#Journal line"),
		More: cut(len(f.files.delta.rows), f.files.delta.total, f.files.delta.file),
		Rows: rowsOf(f.files.delta, func(row record) []Text {
			return []Text{outside(row.cell("what")), outside(row.cell("ID")), person(row.cell("user_email")), private(row.cell("detail")), f.line(row)}
		})}
	section.Tables = []Table{looks, members}
	return section
}

func deltaWords(what string) string {
	switch what {
	case "looked":
		return "looked for changes"
	case "carried":
		return "carried over and proven"
	case "taken off":
		return "took lost tags off"
	}
	return visible(what)
}
