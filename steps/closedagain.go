package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// The note that holds what a visitor was seen to get before the switch, and the tick that the content is closed whatever the front page shows.
const (
	outsideNote   = "view.outside"
	contentClosed = "content-closed"
)

// closedAgain asks before the switch whether the site is closed again, where it may have been open meanwhile, and looks at it as a visitor does.
func (s *step) closedAgain(state *checkpoint.State) []wizard.Item {
	if !openedMeanwhile(state) {
		return nil
	}
	why := openDoubt(state)
	items := []wizard.Item{doubt(s.tick(state, wizard.Tick{Key: "closed-again", Text: "Maintenance mode is on, if you had opened the site again", Where: accessAlly("Settings", "General Setup", "Migration Tools"),
		Look: "what a visitor gets, in a private browser window. Only then look for changes below: nothing may change any more."}), why)}
	if !Switched(state) {
		items = append(items, s.outsideTask(state))
	}
	if why == "" && !ticked(state, Switch, contentClosed) {
		return items
	}
	return append(items, s.tick(state, wizard.Tick{Key: contentClosed, Optional: true, Text: "The front page looks like this in maintenance mode too, and you have seen that the content is closed",
		Look: "a page for members, in a private browser window. Leave this open when you get to it."}))
}

// outsideTask looks at the site as a visitor does. What keeps it from looking is kept as well: then it is not known whether the site is closed.
func (s *step) outsideTask(state *checkpoint.State) wizard.Item {
	settings, typed := site.Settings{Transport: s.deps.SiteTransport, Log: s.deps.Log}, state.Site.URL
	return s.do(state, wizard.Task{Key: "visitor", Label: "See whether a visitor is kept out", Required: true, Complete: note(state, Switch, outsideNote) != "" && openDoubt(state) == "",
		Help: "Looks at the front page without logging in. Changes nothing.",
		Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			report.Phase("Looking at the site as a visitor does", 0)
			view, err := site.Look(ctx, settings, typed)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				view = site.View{At: time.Now().UTC(), Hindered: hindrance(err)}
				report.Warn("AllySwitch cannot see what a visitor gets: " + wizard.Explain(explain(err, s.deps)).What + " Look yourself, in a private browser window.")
			}
			text, err := json.Marshal(view)
			return func(state *checkpoint.State) { setNote(state, Switch, outsideNote, string(text)) }, err
		}})
}

func hindrance(err error) site.Kind {
	var diagnosis *site.Diagnosis
	if errors.As(err, &diagnosis) {
		return diagnosis.Kind
	}
	return site.Unreachable
}

// seenBy is what a visitor was seen to get, as a step has noted it; false when nobody has looked.
func seenBy(state *checkpoint.State, id, key string) (seen site.View, looked bool) {
	return seen, json.Unmarshal([]byte(note(state, id, key)), &seen) == nil
}

// outside is what the look before the switch tells: "closed", "open" or "unknown", "" when nobody has looked. A page that says nothing of maintenance is
// compared with those of step 1.
func outside(state *checkpoint.State) string {
	now, looked := seenBy(state, Switch, outsideNote)
	before, recorded := seenBy(state, Maintenance, "view.before")
	closed, again := seenBy(state, Maintenance, "view.after")
	same := func(one site.View) bool { change := site.Compare(one, now); return change.Known && change.Same }
	switch {
	case !looked:
		return ""
	case now.Hindered != "" || now.Status >= 400 && !now.Closed:
		return "unknown"
	case now.Closed:
		return "closed"
	case recorded && same(before) && ticked(state, Maintenance, "same-front"):
		return "unknown"
	case recorded && same(before):
		return "open"
	case again && same(closed):
		return "closed"
	case recorded:
		return "unknown"
	}
	return "open"
}

// openDoubt contradicts the tick that the site is closed again.
func openDoubt(state *checkpoint.State) string {
	if outside(state) != "open" || ticked(state, Switch, contentClosed) {
		return ""
	}
	if _, recorded := seenBy(state, Maintenance, "view.before"); recorded {
		return "a visitor gets the same page as before maintenance mode. Switch it on, then look again below."
	}
	return "a visitor gets a page that says nothing of maintenance. Switch maintenance mode on, then look again below."
}

// outsideFacts say whether a visitor is kept out.
func outsideFacts(state *checkpoint.State) []wizard.Fact {
	if !openedMeanwhile(state) {
		return nil
	}
	now, _ := seenBy(state, Switch, outsideNote)
	switch outside(state) {
	case "closed":
		return []wizard.Fact{fact(wizard.MarkGood, "A visitor", "finds the site closed again")}
	case "open":
		if ticked(state, Switch, contentClosed) {
			return []wizard.Fact{fact(wizard.MarkUnknown, "A visitor", "gets the front page; that the content is closed you have seen yourself")}
		}
		return []wizard.Fact{fact(wizard.MarkBad, "A visitor", fmt.Sprintf("gets the site (status %d): it is still open", now.Status))}
	case "unknown":
		return []wizard.Fact{fact(wizard.MarkUnknown, "A visitor", "whether the site is closed cannot be seen from here: look yourself, in a private browser window")}
	}
	return nil
}
