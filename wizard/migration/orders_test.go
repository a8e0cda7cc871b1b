package migration

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
)

// shop is a migration's folder after step 11, with a few members.
func shop(t *testing.T) *checkpoint.Folder {
	t.Helper()
	folder, err := checkpoint.Open(filepath.Join(t.TempDir(), "migration"), checkpoint.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	links := [][]string{linkHeading,
		{"=", "1", "ada@example.com", "", "901", "", ""}, {"=", "2", "Bo@Example.com", "", "902", "", ""},
		{"*", "3", "cy@example.com", "", "903", "", "the contact shows no user ID"}, {"+", "4", "di@example.com", "", "", "", "no contact has this address"},
		{"=", "5", "eve@example.com", "", "905", "", ""}}
	if err := writeRows(folder, ContactIDsFile, links); err != nil {
		t.Fatal(err)
	}
	if err := writeRows(folder, SiteContactsFile, [][]string{{"ID", "contact_id"}, {"1", "11"}, {"2", "12"}, {"3", "13"}, {"4", "901"}}); err != nil {
		t.Fatal(err)
	}
	return folder
}

func list(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "subscriptions.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheListOfSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := shop(t)
		day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("01/02/2006") }
		path := list(t, "Order ID;Contact ID;Customer Email;Status;Amount;Next Payment Date;Payment Gateway\n"+
			"1;11;ada@example.com;Active;49.00;"+day(20)+";Stripe\n"+
			"2;12;bo@example.com;Active;19.00;"+day(3)+";PayPal\n"+
			"3;13;cy@example.com;Paused;19.00;"+day(9)+";Stripe\n"+
			"4;99;nobody@example.com;Active;19.00;"+day(1)+";Stripe\n"+
			"5;12;shop-address@example.com;Payment Failed;19.00;"+day(-2)+";Stripe\n"+
			"6;905;eve@example.com;Trial;5;"+day(5)+";Stripe\n"+
			"7;11;ada@example.com;Canceled;5;"+day(40)+";Stripe\n"+
			"8;11;ada@example.com;Canceled;5;"+day(-40)+";Stripe\n"+
			"9;901;ada@example.com;Active;7;"+day(2)+";Wallet\n"+
			"10;901;;Active;7;"+day(2)+";Stripe\n"+
			"11;77;eve@example.com;Hibernating;7;"+day(2)+";Stripe\n"+
			"12;11;ada@example.com;Payment Due;7;"+day(-1)+";Stripe\n"+
			"13;12;bo@example.com;Payment Due;7;"+day(-1)+";PayPal\n")
		layout, err := LookAtOrders(path)
		if err != nil || len(layout.Ask) > 0 {
			t.Fatalf("asks %q: %v", layout.Ask, err)
		}
		orders, err := ReadOrders(t.Context(), folder, path, layout.Mapping, job.Discard)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"1": "to do 901", "2": "to do 902", "3": "look 903", "4": "look ", "5": "to do 902", "6": "moved 905", "7": "to do 901", "8": "ended 901",
			"9": "moved 901", "10": "look ", "11": "look 905", "12": "to do 901", "13": "to do 902"}
		notes := map[string]string{"5": "failed: nobody tries again, and access should be gone: check", "12": "AccessAlly tries again each day", "13": "PayPal tries again by itself"}
		var order []string
		for _, one := range orders.list {
			order = append(order, one.ID)
			if got := string(one.State) + " " + one.NewContact; got != want[one.ID] {
				t.Errorf("order %s: %q, want %q (%v)", one.ID, got, want[one.ID], one.Notes)
			}
			if got := strings.Join(one.Notes, "; "); !strings.Contains(got, notes[one.ID]) {
				t.Errorf("order %s: the note says %q", one.ID, got)
			}
		}
		if got := strings.Join(order, " "); got != "12 13 4 10 11 2 3 1 7 5 9 6 8" {
			t.Errorf("the order of the list: %s", got)
		}
		if orders.PastDue != 2 || orders.Failed != 1 || orders.Trial != 1 || orders.Paused != 1 || orders.Cancelled != 1 || orders.OtherEmail != 1 || orders.NoMember != 1 || orders.OtherGateway != 1 {
			t.Errorf("flags: %+v", orders)
		}
		open, err := TickOrder(folder, "2")
		if err != nil || open != 9 {
			t.Errorf("one ticked off: %d open, %v", open, err)
		}
		if open, err = TickOrder(folder, "2"); err != nil || open != 10 {
			t.Errorf("the tick taken back: %d open, %v", open, err)
		}
	})
}

func TestAListOfAnotherShopIsRefused(t *testing.T) {
	folder := shop(t)
	path := list(t, "order id,email,status,next charge\n1,x@example.net,active,2027-01-01\n2,y@example.net,active,2027-01-01\n3,z@example.net,active,2027-01-01\n")
	layout, err := LookAtOrders(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = ReadOrders(t.Context(), folder, path, layout.Mapping, job.Discard); !errors.Is(err, ErrOtherShop) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(folder.Path(OrdersFile)); err == nil {
		t.Error("a list of another shop was written")
	}
}

func TestWhatIsAskedAboutColumns(t *testing.T) {
	for name, one := range map[string]struct {
		text, ask string
		fails     bool
	}{
		"all plain":             {"Email,Order ID,Contact ID,Status,Next Charge\na@example.com,1,2,Active,2027-01-01\n", "", false},
		"addresses by values":   {"Who,Order ID,Contact ID,Status,Next Charge\na@example.com,1,2,Active,2027-01-01\n", "", false},
		"two that may be it":    {"Email,Customer Email,Order ID,Contact ID,Status,Next Charge\na@example.com,b@example.com,1,2,Active,2027-01-01\n", "email", false},
		"other words":           {"Email,Ref,Contact ID,Status,When\na@example.com,1,2,Active,2027-01-01\n", "order_id next_charge", false},
		"nobody could be found": {"Ref,Status,When\n1,Active,2027-01-01\n", "", true},
	} {
		layout, err := LookAtOrders(list(t, one.text))
		var file *wp.FileError
		if errors.As(err, &file) != one.fails {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Join(layout.Ask, " "); got != one.ask {
			t.Errorf("%s: asks for %q, want %q", name, got, one.ask)
		}
	}
}

func TestDates(t *testing.T) {
	want := time.Date(2027, 2, 3, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"2/3/2027", "02/03/2027", "2027-02-03", "2027-02-03 00:00:00", "February 3, 2027", "3 Feb 2027", "3.2.2027", "2027-02-03T00:00:00Z", "1801612800"} {
		if got, ok := readDay(text, false); !ok || !got.Equal(want) {
			t.Errorf("%s: %v", text, got)
		}
	}
	if got, _ := readDay("3/2/2027", true); !got.Equal(want) {
		t.Errorf("the day first: %v", got)
	}
	for _, text := range []string{"", "never", "0000-00-00", "49.00", "1"} {
		if got, ok := readDay(text, false); ok {
			t.Errorf("%q is no date, but was read as %v", text, got)
		}
	}
}

// What was ticked off by mistake shows up when a newer list is read, and what is really moved shows as moved.
func TestATickThatANewerListDisproves(t *testing.T) {
	folder := shop(t)
	read := func(contact string, made time.Time) *Orders {
		path := list(t, "Order ID,Contact ID,Email,Status,Next Charge\n1,"+contact+",ada@example.com,Active,2099-01-01\n")
		if err := os.Chtimes(path, made, made); err != nil {
			t.Fatal(err)
		}
		layout, err := LookAtOrders(path)
		if err != nil {
			t.Fatal(err)
		}
		orders, err := ReadOrders(t.Context(), folder, path, layout.Mapping, job.Discard)
		if err != nil {
			t.Fatal(err)
		}
		return orders
	}
	read("11", time.Now().Add(-time.Hour))
	if open, err := TickOrder(folder, "1"); open != 0 || err != nil {
		t.Fatalf("%d open, %v", open, err)
	}
	if old := read("11", time.Now().Add(-time.Hour)); old.Disproved != 0 {
		t.Error("an older list disproves a tick")
	}
	newer := read("11", time.Now().Add(time.Hour))
	if open, err := OrdersOpen(folder); newer.Disproved != 1 || open != 1 || err != nil {
		t.Errorf("a newer list disproves %d, %d open, %v", newer.Disproved, open, err)
	}
	if moved := read("901", time.Now().Add(2*time.Hour)); moved.Moved != 1 || moved.ToDo != 0 {
		t.Errorf("moved: %+v", moved)
	}
}
