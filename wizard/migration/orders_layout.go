package migration

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"allyswitch/crm/address"
	"allyswitch/wp"
)

// The columns of a list of subscriptions that are of use. How AccessAlly names them in its export is not documented, so that they are found by heading and values.
const (
	OrderID           = "order_id"
	OrderSubscription = "subscription_id"
	OrderContact      = "contact_id"
	OrderEmail        = "email"
	OrderStatus       = "status"
	OrderNext         = "next_charge"
	OrderAmount       = "amount"
	OrderCurrency     = "currency"
	OrderGateway      = "gateway"
	OrderProduct      = "product"
	OrderName         = "name"
)

// OrderColumns are all of them, the most needed first.
func OrderColumns() []string {
	return []string{OrderEmail, OrderContact, OrderID, OrderSubscription, OrderStatus, OrderNext, OrderAmount, OrderCurrency, OrderGateway, OrderProduct, OrderName}
}

// needed are the columns that are asked for when they are not found: without them nothing can be moved, or in the wrong order.
func needed(column string) bool {
	return slices.Contains(OrderColumns()[:6], column) && column != OrderSubscription
}

// orderNames are the headings that people and shops give to a column, letters and digits only.
func orderNames(column string) []string {
	switch column {
	case OrderEmail:
		return []string{"email", "emailaddress", "customeremail", "buyeremail", "contactemail", "useremail", "memberemail", "billingemail"}
	case OrderContact:
		return []string{"contactid", "crmcontactid", "oldcontactid", "accessallycontactid", "crmid"}
	case OrderID:
		return []string{"orderid", "ordernumber", "orderno", "accessallyorderid"}
	case OrderSubscription:
		return []string{"subscriptionid", "subid", "subscriptionnumber", "stripesubscriptionid", "paypalsubscriptionid"}
	case OrderStatus:
		return []string{"status", "subscriptionstatus", "orderstatus", "state"}
	case OrderNext:
		return []string{"nextcharge", "nextchargedate", "nextpayment", "nextpaymentdate", "nextbilling", "nextbillingdate", "nextrenewal", "renewaldate", "nextdate", "renewson", "nextinvoice"}
	case OrderAmount:
		return []string{"amount", "price", "total", "recurringamount", "nextamount", "recurringprice", "paymentamount"}
	case OrderCurrency:
		return []string{"currency", "currencycode"}
	case OrderGateway:
		return []string{"gateway", "paymentgateway", "paymentprocessor", "processor", "paymentmethod", "paymenttype", "paidthrough"}
	case OrderProduct:
		return []string{"product", "productname", "plan", "item", "subscriptionname", "orderform", "offering"}
	case OrderName:
		return []string{"name", "customername", "contactname", "fullname", "buyername", "customer"}
	}
	return nil
}

// OrdersLayout is what a look at the beginning of a list of subscriptions tells.
type OrdersLayout struct {
	Columns []string
	// Mapping are the columns that are sure, Proposed the best guess for others.
	Mapping, Proposed wp.Mapping
	// Ask are the columns that a person has to decide on.
	Ask []string
}

// LookAtOrders looks at the beginning of a list of subscriptions. A file in which nobody could be found again gives a *wp.FileError.
func LookAtOrders(path string) (OrdersLayout, error) {
	file, err := os.Open(path)
	if err != nil {
		return OrdersLayout{}, doing("open the list of subscriptions", err)
	}
	defer file.Close()
	table, err := wp.OpenTable(file, knownOrderHeading)
	if err != nil {
		return OrdersLayout{}, err
	}
	return layOutOrders(table)
}

func knownOrderHeading(name string) bool {
	return slices.ContainsFunc(OrderColumns(), func(column string) bool { return slices.Contains(orderNames(column), bare(name)) })
}

func layOutOrders(table *wp.Table) (OrdersLayout, error) {
	layout := OrdersLayout{Columns: table.Columns, Mapping: wp.Mapping{}, Proposed: wp.Mapping{}}
	for _, column := range OrderColumns() {
		best, sure := layout.find(table, column)
		switch {
		case sure:
			layout.Mapping[column] = best
		case best != "" && needed(column):
			layout.Proposed[column] = best
		case best != "":
			layout.Mapping[column] = best // It is only shown, so that a good guess will do.
		}
	}
	if layout.heading(OrderEmail) == "" && layout.heading(OrderContact) == "" {
		return OrdersLayout{}, &wp.FileError{Code: "no-buyer-column", Sentence: "This file has neither a column with e-mail addresses nor one with contact IDs, so that nobody could tell whose subscription it is. Its columns are: " +
			strings.Join(table.Columns, ", ") + ". Export the list of subscriptions from AccessAlly again."}
	}
	for _, column := range OrderColumns() {
		if layout.Mapping[column] == "" && needed(column) && (layout.Proposed[column] != "" || layout.free(table)) {
			layout.Ask = append(layout.Ask, column)
		}
	}
	return layout, nil
}

func (l OrdersLayout) heading(column string) string {
	if sure := l.Mapping[column]; sure != "" {
		return sure
	}
	return l.Proposed[column]
}

// free says that there is a heading which nothing has claimed.
func (l OrdersLayout) free(table *wp.Table) bool {
	return slices.ContainsFunc(l.Columns, func(heading string) bool { return !l.taken(heading) && !table.Secret(heading) })
}

func (l OrdersLayout) taken(heading string) bool {
	for _, mapping := range []wp.Mapping{l.Mapping, l.Proposed} {
		for _, used := range mapping {
			if used == heading {
				return true
			}
		}
	}
	return false
}

// find returns the heading that fits a column best, and whether that is sure: it has the column's name, its values fit, and no other does the same.
func (l OrdersLayout) find(table *wp.Table, column string) (heading string, sure bool) {
	var named, likely []string
	for i, candidate := range table.Columns {
		if l.taken(candidate) || table.Secret(candidate) {
			continue
		}
		fit, judged := orderFit(column, table.Values(i))
		switch name := bare(candidate); {
		case judged && fit < 0.5:
		case slices.Contains(orderNames(column), name):
			named = append(named, candidate)
		case slices.ContainsFunc(orderNames(column), func(known string) bool { return len(known) > 4 && strings.Contains(name, known) }),
			column == OrderEmail && judged && fit > 0.9:
			likely = append(likely, candidate)
		}
	}
	switch {
	case len(named) > 0:
		return named[0], len(named) == 1 || !needed(column)
	case len(likely) > 0:
		return likely[0], column == OrderEmail && len(likely) == 1
	}
	return "", false
}

// orderFit is the share of values that a column could have; judged is false when there are none to judge.
func orderFit(column string, values []string) (share float64, judged bool) {
	fitting := 0
	for _, value := range values {
		if fitsOrder(column, value) {
			fitting++
		}
	}
	if len(values) == 0 {
		return 0, false
	}
	return float64(fitting) / float64(len(values)), true
}

func fitsOrder(column, value string) bool {
	switch column {
	case OrderEmail:
		return address.Valid(value)
	case OrderContact, OrderID, OrderSubscription:
		return !strings.ContainsAny(value, "@ ") && len(value) <= 64
	case OrderNext:
		_, ok := readDay(value, false)
		return ok || value == "-"
	case OrderAmount:
		return strings.IndexFunc(value, unicode.IsDigit) >= 0
	case OrderStatus:
		return len(value) < 40 && strings.IndexFunc(value, unicode.IsDigit) < 0
	}
	return !address.Valid(value)
}

// bare is a heading as it is compared: letters and digits only, in lower case.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// readDay reads a date as people and shops write them. Of 02/03/2026 the month comes first, as in AccessAlly's own country, unless dayFirst.
func readDay(text string, dayFirst bool) (time.Time, bool) {
	text = strings.TrimSpace(text)
	slashes := []string{"1/2/2006", "1/2/2006 15:04", "1/2/2006 15:04:05", "1/2/06"}
	if dayFirst {
		slashes = []string{"2/1/2006", "2/1/2006 15:04", "2/1/2006 15:04:05", "2/1/06"}
	}
	layouts := append(slashes, "2006-01-02 15:04:05", "2006-01-02", "2006-01-02 15:04", time.RFC3339, "2006-01-02T15:04:05", "2.1.2006", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006")
	for _, layout := range layouts {
		if day, err := time.Parse(layout, text); err == nil && day.Year() > 1970 {
			return day, true
		}
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 1e9 && seconds < 1e10 {
		return time.Unix(seconds, 0).UTC(), true
	}
	return time.Time{}, false
}

// CheckOrders says in a sentence why a file cannot be a list of subscriptions, nil when it can.
func CheckOrders(path string) error {
	_, err := LookAtOrders(path)
	var file *wp.FileError
	if errors.As(err, &file) {
		return errors.New(file.Sentence)
	}
	if err != nil {
		return fmt.Errorf("this file cannot be read: %w", err)
	}
	return nil
}
