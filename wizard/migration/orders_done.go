package migration

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"allyswitch/wizard/checkpoint"
)

// OrdersDoneFile keeps which orders a person has moved, and when. It is a file of its own, so that the checkpoint stays small.
const OrdersDoneFile = "orders-done.csv"

// TickOrder ticks an order off by its Order.Key, or takes the tick back, and returns how many orders are still open.
func TickOrder(folder *checkpoint.Folder, key string) (open int, err error) {
	done, err := ordersDone(folder)
	if err != nil {
		return 0, err
	}
	if _, ticked := done[key]; ticked {
		delete(done, key)
	} else {
		done[key] = time.Now().UTC().Format(time.RFC3339)
	}
	if err := saveOrdersDone(folder, done); err != nil {
		return 0, err
	}
	return OrdersOpen(folder)
}

func saveOrdersDone(folder *checkpoint.Folder, done map[string]string) error {
	rows := [][]string{{"order", "at"}}
	for _, key := range slices.Sorted(maps.Keys(done)) {
		rows = append(rows, []string{key, done[key]})
	}
	return writeRows(folder, OrdersDoneFile, rows)
}

// disprove takes back the ticks of orders that a newer list still shows with their old contact ID.
func (o *Orders) disprove(folder *checkpoint.Folder, asOf time.Time) error {
	done, err := ordersDone(folder)
	if err != nil {
		return err
	}
	for i := range o.list {
		order := &o.list[i]
		ticked, err := time.Parse(time.RFC3339, done[order.Key()])
		if err != nil || order.State != OrderToDo || order.OldContact == "" || !ticked.Before(asOf) {
			continue
		}
		delete(done, order.Key())
		o.note(order, &o.Disproved, "you ticked this off, but AccessAlly still has the old contact ID")
	}
	if o.Disproved == 0 {
		return nil
	}
	return saveOrdersDone(folder, done)
}

// OrdersOpen is how many subscriptions in orders.csv still have to be moved or looked at, and are not ticked off.
func OrdersOpen(folder *checkpoint.Folder) (int, error) {
	done, err := ordersDone(folder)
	if err != nil {
		return 0, err
	}
	open := 0
	err = eachRow(folder, OrdersFile, func(cell func(string) string) {
		_, ticked := done[Order{ID: cell("order_id"), Subscription: cell("subscription_id")}.Key()]
		if !ticked && OrderState(cell("state")).Open() {
			open++
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return open, doing("read "+OrdersFile, err)
}

// Open says that a person has something to do with a subscription in this state.
func (s OrderState) Open() bool { return s == OrderToDo || s == OrderLook }

func ordersDone(folder *checkpoint.Folder) (map[string]string, error) {
	done := map[string]string{}
	err := eachRow(folder, OrdersDoneFile, func(cell func(string) string) { done[cell("order")] = cell("at") })
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	return done, doing("read "+OrdersDoneFile, err)
}
