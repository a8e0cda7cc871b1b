package migration

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// TestWhatHasChangedAmongTheSubscriptionsSinceTheLastLook reads two lists, one after the other.
func TestWhatHasChangedAmongTheSubscriptionsSinceTheLastLook(t *testing.T) {
	folder := shop(t)
	read := func(rows ...string) *Orders {
		path := list(t, "Order ID,Contact ID,Email,Status,Amount,Next Charge\n"+strings.Join(rows, "\n")+"\n")
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
	first := read("1,11,ada@example.com,Active,49.00,2099-01-01", "2,12,bo@example.com,Active,19.00,2099-01-02", "3,13,cy@example.com,Active,5.00,2099-01-03")
	if first.New+first.Changed+first.Gone != 0 {
		t.Errorf("the first look has nothing to compare with: %+v", first)
	}
	same := read("1,11,ada@example.com,Active,49.00,2099-01-01", "2,12,bo@example.com,Active,19.00,2099-01-02", "3,13,cy@example.com,Active,5.00,2099-01-03")
	if same.New+same.Changed+same.Gone != 0 {
		t.Errorf("nothing has changed, and yet: %+v", same)
	}
	later := read("1,11,ada@example.com,Paused,49.00,2099-01-01", "3,13,cy@example.com,Active,5.00,2099-01-03", "4,12,bo@example.com,Active,7.00,2099-02-01")
	if later.New != 1 || later.Changed != 1 || later.Gone != 1 {
		t.Errorf("%d new, %d changed, %d gone", later.New, later.Changed, later.Gone)
	}
	text, err := os.ReadFile(folder.Path(OrdersChangesFile))
	if err != nil || !strings.Contains(string(text), `changed,1,,ada@example.com,"status was ""Active"" and is ""Paused"""`) || !strings.Contains(string(text), "gone,2,") || !strings.Contains(string(text), "new,4,") {
		t.Errorf("%v\n%s", err, text)
	}
	var noted []OrdersNoted
	err = folder.Journal().Scan(func(entry checkpoint.Entry) error {
		var one OrdersNoted
		err := json.Unmarshal(entry.Data, &one)
		noted = append(noted, one)
		return err
	})
	if err != nil || len(noted) != 3 || noted[0].Again || !noted[2].Again || noted[2].Changed != 1 || noted[2].Total != 3 {
		t.Errorf("the journal: %v %+v", err, noted)
	}
}
