package migration

import (
	"time"

	"allyswitch/crm"
)

// Estimate is how many requests a piece of work takes and the least time that the CRM's published limits allow for them.
type Estimate struct {
	Requests int            `json:"requests"`
	ByClass  map[string]int `json:"by_class,omitempty"`
	Seconds  float64        `json:"seconds"`
	// DayShare is the part of the smallest daily quota that it takes, 0 where there is none. Above 1 it takes more than a day.
	DayShare float64 `json:"day_share,omitempty"`
}

// Duration is Seconds as a time.Duration.
func (e Estimate) Duration() time.Duration { return time.Duration(e.Seconds * float64(time.Second)) }

type counts map[string]int

func (c counts) add(costs []crm.Cost, times int) {
	for _, cost := range costs {
		c[cost.Class] += calls(cost.Calls*times, cost.Every)
	}
}

func calls(items, batch int) int {
	if batch < 1 {
		batch = 1
	}
	return (items + batch - 1) / batch
}

// load is what is to be written: so many members, of whom known are in the CRM already, and each tag to so many of them. Before and after it,
// automations are read, so many in all.
type load struct {
	members, known int
	tagCounts      []int
	automations    int
}

// estimateWrite counts what it takes to write a load.
func estimateWrite(features crm.Features, work load) Estimate {
	count := counts{}
	count.add(features.UpsertCosts, calls(work.members, features.UpsertBatch))
	count.add(features.KnownCosts, work.known)
	count.add(features.NewCosts, work.members-work.known)
	count.add(features.AutomationCosts, work.automations)
	if !features.TagsRideAlong {
		for _, tagged := range work.tagCounts {
			count.add(features.TagCosts, calls(tagged, features.TagBatch))
		}
	}
	return count.estimate(features.Windows)
}

// estimateRead counts what it takes to read everybody back.
func estimateRead(features crm.Features, contacts int, tagCounts []int) Estimate {
	count := counts{}
	count.add(features.ReadCosts, max(1, calls(contacts, features.PageSize)))
	if !features.TagsOnRead {
		for _, tagged := range tagCounts {
			count.add(features.ReadCosts, max(1, calls(tagged, features.PageSize)))
		}
	}
	return count.estimate(features.Windows)
}

func (c counts) estimate(windows []crm.Window) Estimate {
	estimate := Estimate{ByClass: c}
	for _, n := range c {
		estimate.Requests = max(estimate.Requests, n)
	}
	for class, n := range c {
		estimate.Seconds = max(estimate.Seconds, crm.LeastTime(time.Now(), n, windowsOf(windows, class)).Seconds())
	}
	for _, window := range windows {
		if window.Daily && window.Requests > 0 {
			estimate.DayShare = max(estimate.DayShare, float64(c[window.Class])/float64(window.Requests))
		}
	}
	return estimate
}

func windowsOf(windows []crm.Window, class string) []crm.Window {
	var of []crm.Window
	for _, window := range windows {
		if window.Class == class {
			of = append(of, window)
		}
	}
	return of
}
