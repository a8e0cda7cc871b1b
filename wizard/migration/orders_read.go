package migration

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// ReadOrders reads a list of subscriptions, matches everybody with their new contact ID and writes orders.csv. The mapping is that of LookAtOrders, with
// the owner's answers. ErrOtherShop refuses a list in which nobody is a member; ErrNoPlan says that the members have not been matched yet.
func ReadOrders(ctx context.Context, folder *checkpoint.Folder, path string, mapping wp.Mapping, report job.Reporter) (*Orders, error) {
	report.Phase("Reading the list of subscriptions", 0)
	file, err := os.Open(path)
	if err != nil {
		return nil, doing("open the list of subscriptions", err)
	}
	defer file.Close()
	table, err := wp.OpenTable(file, knownOrderHeading)
	if err != nil {
		return nil, err
	}
	list, unreadable, err := readOrders(ctx, table, mapping)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, doing("look at the list of subscriptions", err)
	}
	orders, err := matchOrders(folder, list, info.ModTime())
	if err == nil {
		orders.Unreadable = unreadable
	}
	return orders, err
}

func readOrders(ctx context.Context, table *wp.Table, mapping wp.Mapping) (list []Order, unreadable int, err error) {
	dayFirst := false
	if at := slices.Index(table.Columns, mapping[OrderNext]); at >= 0 {
		dayFirst = slices.ContainsFunc(table.Values(at), func(value string) bool {
			_, american := readDay(value, false)
			_, other := readDay(value, true)
			return other && !american
		})
	}
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return list, unreadable, nil
		}
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return nil, 0, doing("read the list of subscriptions", err)
		}
		if row.Unreadable {
			unreadable++
			continue
		}
		list = append(list, orderOf(func(column string) string {
			if at := slices.Index(table.Columns, mapping[column]); at >= 0 {
				return row.Cells[at]
			}
			return ""
		}, dayFirst))
	}
}

// orderOf makes an order of its fields.
func orderOf(field func(column string) string, dayFirst bool) Order {
	next, _ := readDay(field(OrderNext), dayFirst)
	return Order{ID: field(OrderID), Subscription: field(OrderSubscription), OldContact: field(OrderContact), Email: field(OrderEmail), Name: field(OrderName),
		Status: field(OrderStatus), Amount: field(OrderAmount), Currency: field(OrderCurrency), Gateway: field(OrderGateway), Product: field(OrderProduct), Next: next}
}

// ReadSiteOrders reads the subscriptions from the site itself, through the companion. Reading them again shows which have been moved.
func ReadSiteOrders(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, report job.Reporter) (*Orders, error) {
	report.Phase("Reading the subscriptions from the site", 0)
	var list []Order
	err := companion.Subscriptions(ctx, func(row site.Order) error {
		list = append(list, orderOf(stored(row), false))
		report.Add(1, 0)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := addAddresses(ctx, companion, list); err != nil {
		return nil, err
	}
	return matchOrders(folder, list, time.Now())
}

// addAddresses takes the buyers' addresses from the orders, where the subscriptions have none.
func addAddresses(ctx context.Context, companion *site.Companion, list []Order) error {
	emails := map[string]string{}
	err := companion.Orders(ctx, func(row site.Order) error {
		field := stored(row)
		emails[cmp.Or(field(OrderID), field("id"))] = field(OrderEmail)
		return nil
	})
	if site.Is(err, site.Unavailable) {
		return nil // Then the old contact IDs have to do.
	}
	for i := range list {
		list[i].Email = cmp.Or(list[i].Email, emails[list[i].ID])
	}
	return err
}

// stored are the fields of a row as they are stored; NULL is empty.
func stored(row site.Order) func(string) string {
	return func(field string) string {
		if value := row[field]; value != nil {
			return strings.TrimSpace(*value)
		}
		return ""
	}
}
