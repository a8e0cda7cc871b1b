package steps

import (
	"context"
	"fmt"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// lateTasks is from when on scheduled tasks count as not running: WordPress runs them at every visit.
const lateTasks = 15 * time.Minute

// siteLinksItems read from the site which contact ID every member has now. Steps 11 and 13 show it.
func (s *step) siteLinksItems(state *checkpoint.State, locked string) []wizard.Item {
	switch level(state) {
	case levelFiles:
		return nil
	case levelREST:
		return s.siteUsersItems(state, locked)
	}
	items := []wizard.Item{s.companionTask(state, wizard.Task{Key: "links-site", Label: "Read the contact IDs on the site again", Locked: locked, Required: !s.doneWith(state, "links-site"),
		Complete: s.doneWith(state, "links-site") && count(state, s.id, "site-problems") == 0, Help: "Says who is linked, who is not, and who is linked to another contact. Changes nothing."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			links, err := migration.ReadSiteLinks(ctx, s.deps.Folder, with, report)
			if err != nil {
				return nil, err
			}
			environment, id := with.Environment, s.id
			return func(state *checkpoint.State) {
				keepSiteLinks(state, id, links)
				keepCron(state, id, environment)
			}, nil
		})}
	return append(items, s.siteLinksTable(state, "Members who are not linked rightly on the site (saved in site-links.csv)")...)
}

// siteLinksTable shows who was found not to be as they should, if anybody was.
func (s *step) siteLinksTable(state *checkpoint.State, title string) []wizard.Item {
	if count(state, s.id, "site-problems") == 0 {
		return nil
	}
	return []wizard.Item{s.table("site-links", title, migration.SiteLinksFile,
		[]wizard.Column{{Title: "State", Width: 11}, {Title: "ID", Width: 8}, {Title: "Has", Width: 10}, {Title: "Should be", Width: 10}, {Title: "What to do"}}, "state", "ID", "contact_id", "should_be", "what_to_do")}
}

// siteUsersItems read again who is on the site, where WordPress shows users but no contact IDs.
func (s *step) siteUsersItems(state *checkpoint.State, locked string) []wizard.Item {
	id := s.id
	items := []wizard.Item{s.siteTask(state, wizard.Task{Key: "users-site", Label: "Read the users on the site again", Locked: locked,
		Complete: s.doneWith(state, "users-site") && count(state, id, "site-problems") == 0, Help: "Says who is gone, and who has another address now. Contact IDs cannot be read without the companion plugin. Changes nothing."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			accounts, err := migration.ReadSiteAccounts(ctx, s.deps.Folder, found, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				setCount(state, id, "site-problems", accounts.Problems())
				setNote(state, id, "site-users", accounts.Sentence())
			}, nil
		})}
	return append(items, s.siteLinksTable(state, "Members who are not on the site as they were exported (saved in site-links.csv)")...)
}

func keepSiteLinks(state *checkpoint.State, id string, links migration.SiteLinks) {
	for key, value := range map[string]int{"site-right": links.Right, "site-unlinked": links.Unlinked, "site-wrong": links.Wrong, "site-gone": links.Gone, "site-problems": links.Problems()} {
		setCount(state, id, key, value)
	}
	setNote(state, id, "site-links", links.Sentence())
}

func keepCron(state *checkpoint.State, id string, environment site.Environment) {
	setCount(state, id, "cron-late", environment.Cron.SecondsLate)
	setCount(state, id, "cron-events", environment.Cron.Events)
}

// siteLinksFacts say what was read.
func (s *step) siteLinksFacts(state *checkpoint.State) []wizard.Fact {
	mark := wizard.MarkGood
	if count(state, s.id, "site-problems") > 0 {
		mark = wizard.MarkBad
	}
	var facts []wizard.Fact
	if text := note(state, s.id, "site-links"); text != "" {
		return []wizard.Fact{fact(mark, "On the site", text)}
	}
	if text := note(state, s.id, "site-users"); text != "" {
		facts = append(facts, fact(mark, "Users", text))
	}
	return append(facts, s.unreadLinksFacts(state)...)
}

// unlinkedDoubt contradicts the tick that the importer has linked everybody.
func (s *step) unlinkedDoubt(state *checkpoint.State) string {
	open := count(state, s.id, "site-unlinked") + count(state, s.id, "site-wrong")
	if open == 0 {
		return ""
	}
	return fmt.Sprintf("on the site %s not linked to their contact: see the list. Link them, then read the contact IDs again.", several(open, "member is", "members are"))
}

// noneLinkedDoubt contradicts that anybody was seen with the right contact ID.
func (s *step) noneLinkedDoubt(state *checkpoint.State) string {
	if note(state, s.id, "site-links") == "" || count(state, s.id, "site-right") > 0 || s.unlinkedDoubt(state) == "" {
		return ""
	}
	return "on the site nobody is linked to their contact: see the list. Link them, then read the contact IDs again."
}

// visitorTask looks at the site as a visitor does.
func (s *step) visitorTask(state *checkpoint.State, label, help string) wizard.Item {
	settings, typed, id := site.Settings{Transport: s.deps.SiteTransport, Log: s.deps.Log}, state.Site.URL, s.id
	return s.do(state, wizard.Task{Key: "visitor", Label: label, Help: help, Complete: s.doneWith(state, "visitor") && (id != Finish || s.closedDoubt(state) == ""),
		Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			report.Phase("Looking at the site as a visitor does", 0)
			view, err := site.Look(ctx, settings, typed)
			if err != nil {
				return nil, err
			}
			word := "open"
			switch {
			case view.Hindered != "":
				word = "unknown"
			case view.Closed:
				word = "closed"
			case view.Status >= 400:
				word = "broken"
			}
			return func(state *checkpoint.State) {
				setNote(state, id, "visitor", word)
				setCount(state, id, "visitor-status", view.Status)
			}, nil
		}})
}

// visitorFacts say what a visitor gets.
func (s *step) visitorFacts(state *checkpoint.State) []wizard.Fact {
	status := count(state, s.id, "visitor-status")
	switch note(state, s.id, "visitor") {
	case "open":
		return []wizard.Fact{fact(wizard.MarkGood, "A visitor", fmt.Sprintf("gets the site (status %d)", status))}
	case "closed":
		return []wizard.Fact{fact(wizard.MarkWarn, "A visitor", "finds the site closed, as in maintenance mode")}
	case "broken":
		return []wizard.Fact{fact(wizard.MarkBad, "A visitor", fmt.Sprintf("gets an error (status %d)", status))}
	case "unknown":
		return []wizard.Fact{fact(wizard.MarkUnknown, "A visitor", "something before the site keeps AllySwitch from seeing what a visitor sees: look yourself")}
	}
	return nil
}

// cronFacts say whether scheduled tasks run: AccessAlly charges cards from there.
func (s *step) cronFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, s.id, "site-links") == "" {
		return nil
	}
	if why := s.cronDoubt(state); why != "" {
		return []wizard.Fact{fact(wizard.MarkBad, "Scheduled", why)}
	}
	return []wizard.Fact{fact(wizard.MarkGood, "Scheduled", "the site's scheduled tasks are on time")}
}

func (s *step) cronDoubt(state *checkpoint.State) string {
	late := time.Duration(count(state, s.id, "cron-late")) * time.Second
	if late <= lateTasks {
		return ""
	}
	return fmt.Sprintf("the oldest scheduled task of the site is %s late. AccessAlly charges cards from there: ask your host to run WordPress cron.", several(int(late/time.Minute), "minute"))
}
