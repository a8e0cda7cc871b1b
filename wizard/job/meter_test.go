package job

import (
	"testing"
	"testing/synctest"
	"time"
)

// steady counts so many units each second and returns what is known afterwards.
func steady(m *meter, seconds int, units int64) Status {
	for range seconds {
		time.Sleep(time.Second)
		m.add(units, 0)
	}
	return m.status()
}

func TestTimeRemainingIsToldWhenItCanBe(t *testing.T) {
	for _, test := range []struct {
		name    string
		total   int64
		seconds int
		units   int64 // a second
		want    time.Duration
	}{
		{"a short job, too early", 100, 2, 1, Unknown},
		{"a short job", 100, 4, 1, 96 * time.Second},
		{"a long job, before twenty seconds", 10_000, 19, 10, Unknown},
		{"a long job", 10_000, 20, 10, 980 * time.Second},
		{"a very long job, before one per cent", 500_000, 60, 10, Unknown},
		{"a very long job", 500_000, 500, 10, 49_500 * time.Second},
		{"an unknown total", 0, 60, 10, Unknown},
		{"all done", 100, 10, 10, 0},
		{"more than there should be", 100, 10, 20, 0},
		{"nothing moves", 100, 60, 0, Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var m meter
				m.begin("importing")
				m.phase("Sending members", test.total)
				got := steady(&m, test.seconds, test.units).Remaining
				if got != test.want && (test.want <= 0 || (got-test.want).Abs() > test.want/50) {
					t.Errorf("remaining %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestRateIsThatOfTheLastMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m meter
		m.begin("importing")
		m.phase("Sending members", 0)
		expect := func(when string, status Status, want float64) {
			t.Helper()
			if status.Rate < want*0.97 || status.Rate > want*1.03 {
				t.Errorf("%s: %.2f a second, want %.2f", when, status.Rate, want)
			}
		}
		expect("slow", steady(&m, 600, 2), 2)
		expect("half a minute of faster", steady(&m, 30, 20), 11)
		expect("fast", steady(&m, 30, 20), 20)
		time.Sleep(30 * time.Second)
		expect("half a minute of rest", m.status(), 10)
		time.Sleep(time.Hour)
		expect("an hour of rest", m.status(), float64(2*600+60*20)/(600+60+30+3600))
		steady(&m, 30, 20)
		m.phase("Reading back", 0)
		expect("a new phase", steady(&m, 10, 5), 5)
	})
}

func TestBatchesDoNotMakeTheRateJump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m meter
		m.begin("importing")
		m.phase("Sending members", 500_000)
		for range 60 {
			time.Sleep(5 * time.Second)
			m.add(250, 0)
			time.Sleep(5 * time.Second)
			if status := m.status(); status.Elapsed > time.Minute && (status.Rate < 22 || status.Rate > 28) {
				t.Fatalf("after %v: %.1f a second, want about 25", status.Elapsed, status.Rate)
			}
		}
	})
}

func TestWaitingIsNotFasterThanItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m meter
		m.begin("importing")
		m.phase("Sending members", 1000)
		steady(&m, 30, 10)
		m.wait("The daily limit is reached", time.Now().Add(5*time.Hour))
		status := m.status()
		if status.Remaining != 5*time.Hour || status.Progress.Waiting == "" {
			t.Errorf("%+v", status)
		}
		m.wait("", time.Time{})
		if status := m.status(); status.Remaining > 2*time.Minute || status.Progress.Waiting != "" {
			t.Errorf("after waiting: %+v", status)
		}
	})
}
