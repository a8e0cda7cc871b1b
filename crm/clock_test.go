package crm_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
)

// TestTheOtherEndsClockIsKnown reads the time from answers: from quick ones, since nobody knows when in its time a slow one was dated.
func TestTheOtherEndsClockIsKnown(t *testing.T) {
	for name, test := range map[string]struct {
		ahead, taken, want time.Duration
	}{
		"it is slow":         {-7 * time.Minute, 200 * time.Millisecond, -7 * time.Minute},
		"it is fast":         {3 * time.Hour, 2 * time.Second, 3 * time.Hour},
		"it is right":        {0, 0, 0},
		"the answer is late": {time.Hour, 20 * time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				meter := &crm.Meter{}
				conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					time.Sleep(test.taken)
					w.Header().Set("Date", time.Now().Add(test.ahead).UTC().Format(http.TimeFormat))
				}), crm.Settings{Meter: meter}, crm.ConnConfig{})
				if _, err := conn.Do(t.Context(), crm.Request{Op: "ask", Method: http.MethodGet, Path: "/"}); err != nil {
					t.Fatal(err)
				}
				if got := meter.Read().ClockAhead; (got - test.want).Abs() > 2*time.Second {
					t.Errorf("it is %s ahead, not %s", got, test.want)
				}
			})
		})
	}
}
