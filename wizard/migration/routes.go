package migration

import (
	"fmt"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/words"
)

// Route is one way to bring the members in, with what it costs.
type Route struct {
	// ID is "api" for the credential at hand, the option's key for another credential, "upload" for the CRM's own import.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Machine is how long the limits make it last at least, Person how long somebody has to sit at it.
	Machine  time.Duration `json:"machine"`
	Person   time.Duration `json:"person"`
	Requests int           `json:"requests"`
	// Files is how many files are uploaded by hand.
	Files int `json:"files,omitempty"`
	// DayShare is the part of the daily quota, 0 where there is none.
	DayShare float64 `json:"day_share,omitempty"`
	// Here says that it can be done with what has been given so far.
	Here bool `json:"here"`
	Best bool `json:"best"`
}

// Sentence says it in numbers.
func (r Route) Sentence() string {
	text := fmt.Sprintf("%s: %s", r.Name, Spell(r.Machine))
	if r.Requests > 0 {
		text += words.Say(", %d {request|requests}", r.Requests)
	}
	if r.Files > 0 {
		text += words.Say(", and about %s of your time for %d {file|files}", Spell(r.Person), r.Files)
	}
	switch {
	case r.DayShare > 1:
		text += fmt.Sprintf(", which is %.1f days of the daily quota", r.DayShare)
	case r.DayShare > 0.01:
		text += fmt.Sprintf(", %.0f %% of a day's quota", r.DayShare*100)
	}
	return text
}

// routes lists the ways in for a load, the best one marked: the quickest that can be done here; a person's minute counts ten times.
func routes(provider crm.Provider, features crm.Features, work load) []Route {
	list := []Route{apiRoute("api", "API, with the key at hand", features, work, true)}
	for _, other := range provider.Routes {
		if other.Features.UpsertBatch != features.UpsertBatch || !slices.Equal(other.Features.Windows, features.Windows) {
			list = append(list, apiRoute(other.Option, "API, with an "+other.Name, other.Features, work, false))
		}
	}
	if provider.Upload != nil {
		list = append(list, uploadRoute(*provider.Upload, features, work))
	}
	best := 0
	for i, route := range list {
		if route.Here && route.effort() < list[best].effort() {
			best = i
		}
	}
	list[best].Best = true
	return list
}

// effort weighs a person's time ten times that of a machine.
func (r Route) effort() time.Duration { return r.Machine + 10*r.Person }

func apiRoute(id, name string, features crm.Features, work load, here bool) Route {
	estimate := estimateWrite(features, work)
	return Route{ID: id, Name: name, Machine: estimate.Duration(), Requests: estimate.Requests, DayShare: estimate.DayShare, Here: here}
}

// uploadRoute counts the files, and what is left for the API: the tags, where the file cannot carry them.
func uploadRoute(upload crm.Upload, features crm.Features, work load) Route {
	route := Route{ID: "upload", Name: "Upload in the browser", Files: filesFor(upload, work.members), Here: true}
	var left counts = map[string]int{}
	switch {
	case upload.TagPerFile:
		for _, tagged := range work.tagCounts {
			route.Files += filesFor(upload, tagged)
		}
	case upload.TagsColumn == "" && !features.TagsRideAlong:
		for _, tagged := range work.tagCounts {
			left.add(features.TagCosts, calls(tagged, features.TagBatch))
		}
	case upload.TagsColumn == "":
		left.add(features.UpsertCosts, calls(work.members, features.UpsertBatch))
	}
	estimate := left.estimate(features.Windows)
	route.Machine, route.Requests, route.DayShare = estimate.Duration(), estimate.Requests, estimate.DayShare
	route.Person = time.Duration(route.Files*max(upload.MinutesPerFile, 1)) * time.Minute
	return route
}

func filesFor(upload crm.Upload, rows int) int {
	if upload.MaxRows == 0 || rows == 0 {
		return min(rows, 1)
	}
	return calls(rows, upload.MaxRows)
}

// Spell says a duration as people do.
func Spell(d time.Duration) string {
	switch {
	case d < time.Second:
		return "under a second"
	case d < 2*time.Minute:
		return words.Say("%d {second|seconds}", int(d.Seconds()+0.5))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()+0.5))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}
