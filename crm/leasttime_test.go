package crm

import (
	"testing"
	"time"
)

func TestLeastTimeIsWhatAllWindowsTogetherAllow(t *testing.T) {
	second, minute := Window{Class: ClassAll, Requests: 5, Per: time.Second}, Window{Class: "import", Requests: 100, Per: time.Minute}
	daily := Window{Class: ClassAll, Requests: 1000, Daily: true}
	evening := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		requests int
		windows  []Window
		want     time.Duration
	}{
		"none":                              {0, []Window{second}, 0},
		"no limits":                         {1000, nil, 0},
		"a burst":                           {5, []Window{second}, 0},
		"one more":                          {6, []Window{second}, time.Second},
		"both, the short one rules":         {99, []Window{second, minute}, 19 * time.Second},
		"both, the long one rules":          {101, []Window{second, minute}, time.Minute},
		"both, after the long one":          {199, []Window{second, minute}, time.Minute + 19*time.Second},
		"2,000 batches of contacts":         {2000, []Window{second, minute}, 19*time.Minute + 19*time.Second},
		"what a day allows":                 {1000, []Window{daily}, 0},
		"more than what is left of the day": {1001, []Window{daily}, time.Hour},
		"two midnights":                     {2001, []Window{daily}, 25 * time.Hour},
	} {
		if got := LeastTime(evening, test.requests, test.windows); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// Reads count in the windows of all calls, but not in those of imports.
func TestTheFloorKnowsWhichCallsCountWhere(t *testing.T) {
	windows := []Window{{Class: ClassAll, Requests: 5, Per: time.Second}, {Class: "import", Requests: 10, Per: time.Minute}, {Class: "batch", Requests: 1, Per: time.Hour}}
	meter := &Meter{}
	send := func(count int, classes ...string) {
		for range count {
			meter.sent(time.Now(), classes, 10, false)
		}
	}
	send(501, ClassAll)
	if got := meter.Floor(windows); got != 100*time.Second {
		t.Errorf("reads alone: %v", got)
	}
	send(30, ClassAll, "import")
	if got := meter.Floor(windows); got != 2*time.Minute+time.Second {
		t.Errorf("with imports: %v", got)
	}
	send(3, "batch")
	if got := meter.Floor(windows); got != 2*time.Hour {
		t.Errorf("with batches that are metered apart: %v", got)
	}
	reading := meter.Read()
	if reading.Requests != 534 || reading.ByClass[ClassAll] != 531 || reading.ByClass["import"] != 30 || reading.BytesSent != 5340 {
		t.Errorf("the meter says %+v", reading)
	}
}
