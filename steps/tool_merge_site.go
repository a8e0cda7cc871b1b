package steps

import (
	"context"
	"fmt"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// afterMergeItems are what is left to do on the site, and in a CRM that cannot merge by API.
func (s *step) afterMergeItems(state *checkpoint.State, provider crm.Provider, name string, pair migration.Pair) []wizard.Item {
	var items []wizard.Item
	others := "The other contact, " + strings.Join(lostContacts(state), ", ")
	if len(lostContacts(state)) > 1 {
		others = "The other contacts, " + strings.Join(lostContacts(state), ", ")
	}
	if !mergesByAPI(provider) {
		items = append(items,
			s.tick(state, wizard.Tick{Key: "automations", Text: "The contact that stays is in every automation that the other one was in", Look: "automations that are under way, such as a course by mail. Add the contact by hand."}),
			s.tick(state, wizard.Tick{Key: "put-away", Text: fmt.Sprintf("%s: put away in %s", others, name), Look: "its own merge, if it has one, or its delete. Look once more that the address is the right one."}))
	}
	items = append(items, wizard.Instruction{Text: "The contact ID for the site is " + string(pair.Keep), Copy: string(pair.Keep)})
	if level(state) == levelCompanion {
		items = append(items, s.mergeOnSite(state, provider, pair))
		items = append(items, s.secondUsers(state, pair)...)
	} else {
		items = append(items, s.secondUsers(state, pair)...)
		items = append(items, s.tick(state, wizard.Tick{Key: "linked", Text: "The user on the site has this contact ID, and their data is refreshed", Where: []string{"Users", "Edit", "AccessAlly Membership Information", "Contact ID"},
			Look: "Contact ID, then \"Refresh CRM information\" under Manually Refresh Membership Data, then Update User."}))
	}
	text := "Every order of the other contact has been moved to the one that stays"
	if orders := note(state, MergeContacts, "orders"); orders != "" {
		text = "These orders have been moved to the contact that stays: " + orders
	}
	return append(items, s.tick(state, wizard.Tick{Key: "orders-moved", Text: text, Where: []string{"AccessAlly Order Update"}, Look: "orders of " + strings.Join(lostContacts(state), ", ") + " in AccessAlly, Sales, Orders. Move each with the updater of step 12, which AccessAlly also calls the Modify Contact ID tool."}))
}

// mergeOnSite gives the kept contact ID to the users who had either one.
func (s *step) mergeOnSite(state *checkpoint.State, provider crm.Provider, pair migration.Pair) wizard.Task {
	var lost []crm.ContactID
	for _, id := range lostContacts(state) {
		lost = append(lost, crm.ContactID(id))
	}
	return s.companionTask(state, wizard.Task{Key: "site", Label: "Give the site the contact ID that stays", Required: true, Complete: s.doneWith(state, "site") && count(state, MergeContacts, "site-problems") == 0,
		Help: "One user only, with one of the two addresses, whose contact ID is that of the other contact, or who has none. Reads it again afterwards, and refreshes their tags."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			done, err := migration.LinkMerged(ctx, s.deps.Folder, with, provider.AccessAllySystem, pair, lost, report)
			for _, problem := range done.Problems {
				report.Warn(fmt.Sprintf("User %d: %s", problem.Member, problem.Reason))
			}
			var seconds []string
			for _, second := range done.Seconds {
				seconds = append(seconds, second.Words())
			}
			return func(state *checkpoint.State) {
				setCount(state, MergeContacts, "site-problems", len(done.Problems))
				if text := strings.Join(seconds, "\n"); text != note(state, MergeContacts, "seconds") {
					setNote(state, MergeContacts, "seconds", text)
					delete(state.Step(MergeContacts).Ticks, "second-user")
				}
				setNote(state, MergeContacts, "site", say("%d contact {ID|IDs} set on the site, %d {was|were} right already, %d could not be set", done.Set, done.Already, len(done.Problems)))
			}, err
		})
}

// secondUsers say what to do about a further user of the same person: a contact ID belongs to one user only (AccessAlly, Importing Contacts via the User Migration
// Wizard). Nothing of it is done by a program.
func (s *step) secondUsers(state *checkpoint.State, pair migration.Pair) []wizard.Item {
	tick := wizard.Tick{Key: "second-user", Where: []string{"Users"}, Note: "Which user stays?",
		Look: "which of the two the person logs in with, and which has the course progress: it belongs to the user, and is not merged. Give the user who stays the contact ID " + string(pair.Keep) +
			". Delete the other one yourself, later, once the person can open everything, and never from a list of several."}
	seconds := lines(note(state, MergeContacts, "seconds"))
	switch {
	case level(state) == levelCompanion && len(seconds) == 0, level(state) != levelCompanion && strings.EqualFold(pair.KeepEmail, pair.LoseEmail):
		return nil
	case level(state) == levelCompanion:
		tick.Text = "You have decided about the second user of this person: " + strings.Join(seconds, "; ")
	default:
		tick.Text = "Only one user of the site has this contact ID. If both addresses have a user, you have decided which one stays"
	}
	tick = s.tick(state, tick)
	for _, second := range seconds {
		if strings.HasSuffix(second, "with the contact ID "+string(pair.Keep)) {
			tick = doubt(tick, "two users have the contact ID "+string(pair.Keep)+". Take it away from one of them, and look at the site again.")
		}
	}
	return []wizard.Item{tick}
}
