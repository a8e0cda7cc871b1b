package steps

import (
	"cmp"
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// unlinkedSeen is the tick that those without a sure contact have been looked at.
const unlinkedSeen = "unlinked-seen"

func newLinkUsers(deps *Deps) *step {
	s := &step{id: LinkUsers, title: "Link the users to their contacts", deps: deps}
	s.inputs = restsOn(theMembers, theAccount, theProof)
	s.sheet = s.linkSheet
	return s
}

func (s *step) linkSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	matched := s.doneWith(state, "match")
	items := []wizard.Item{
		s.crmTask(state, wizard.Task{Key: "match", Label: "Match every member with their contact", Required: true, Complete: matched,
			Help: "Compares addresses and user IDs. Nothing is changed, neither on the site nor in " + name + "."},
			func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
				proof, err := migration.Prove(ctx, deps, report)
				if err != nil {
					return nil, err
				}
				return func(state *checkpoint.State) {
					seen := count(state, LinkUsers, "unlinked")
					keepProof(state, LinkUsers, proof)
					if count(state, LinkUsers, "unlinked") != seen {
						delete(state.Step(LinkUsers).Ticks, unlinkedSeen) // whoever has looked has looked at others
					}
				}, nil
			}),
	}
	if matched {
		items = append(items, s.linkTable())
		if n := count(state, LinkUsers, "unlinked"); n > 0 {
			items = append(items, s.tick(state, wizard.Tick{Key: unlinkedSeen, Text: "You have looked at " + several(n, "member") + " without a sure contact",
				Look: "every sign but =. Until they are linked by hand, these members lose access."}))
		}
	}
	gate, open := s.accessGate(state, LinkUsers, linkAccessKey)
	items = append(items, gate...)
	if open {
		items = append(items, s.linkOnSite(state, matched)...)
		items = append(items, s.importerTicks(state, name)...)
	}
	if matched && open {
		items = append(items, s.handTable(state)...)
	}
	items = append(items, s.siteLinksItems(state, lockedUnless(matched, "Match the members first."))...)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			"Every user of your site has to know their contact in the CRM: its contact ID. Without it a member loses access, even with the right tags.",
			"AllySwitch finds the contact of every member first. " + linkingWords(state),
		},
		Warnings: []string{
			"Sync Users in AccessAlly lists users with an invalid contact ID, and offers to delete them on the same screen. Right after a switch that can be everybody. Never delete there.",
			"Link only after step 5 has proven the tags. AccessAlly then reads the tags from the CRM: what is missing there is gone here.",
		},
		Did:   s.linkFacts(state),
		Items: items,
		Known: knownLinked(state),
		Help: []string{
			"The signs: = the same. + only on the site. - only in the CRM. * something differs. ! could not tell.",
			"A * usually means that somebody else has used this address in the CRM before. Look at the contact before you link.",
			"The file contact-ids.csv in the migration's folder holds every user with their contact ID, for linking by hand: Users, Edit, AccessAlly, Contact ID.",
			"Tell support: how many rows have which sign, and the note of one row. Delete nobody because of a sign.",
		},
	}
}

func (s *step) linkTable() wizard.Table {
	rows := s.deps.files.rows(s.deps.Folder, migration.ContactIDsFile)
	return wizard.Table{Key: "links", Title: "Members and contacts (saved in contact-ids.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "", Width: 2}, {Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Contact ID", Width: 12}, {Title: "Note"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "sign"), rows.cell(i, "ID"), rows.cell(i, "user_email"), rows.cell(i, "new_contact_id"), rows.cell(i, "note")}
		}}
}

func (s *step) linkFacts(state *checkpoint.State) []wizard.Fact {
	sentence := note(state, LinkUsers, "links")
	if sentence == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, LinkUsers, "unlinked") > 0 {
		mark = wizard.MarkWarn
	}
	facts := append([]wizard.Fact{fact(mark, "Matched", sentence)}, linkedFacts(state)...)
	facts = append(facts, s.siteLinksFacts(state)...)
	if n := count(state, LinkUsers, "orphans"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Only in CRM", say("%d {contact shows|contacts show} a user ID, but no member has {its|their} address", n)))
	}
	return facts
}

func (s *step) importerTicks(state *checkpoint.State, name string) []wizard.Item {
	linked := s.doneWith(state, "link") && count(state, LinkUsers, "link-problems") == 0
	checked := s.spotCheck(state)
	imported := doubt(s.tick(state, wizard.Tick{Key: "imported", Optional: linked, Text: "The importer has run to its end", Note: "How many users did it link?",
		Look: fmt.Sprintf("as many users as are matched above. If there are fewer, run it again: %s may have been slow.", name)}), cmp.Or(s.unlinkedDoubt(state), s.handDoubt(state)))
	if linked && imported.Set == nil && imported.Doubt == "" {
		return []wizard.Item{checked}
	}
	return []wizard.Item{
		wizard.Instruction{Text: "Install AccessAlly's User Migration Wizard Importer, a plugin of its own, and run it.",
			Where: []string{"Plugins", "Add New", "Upload Plugin"}, Look: "the download in AccessAlly's article about switching to a CRM. It matches users and contacts by e-mail address."},
		imported, checked}
}

// spotCheck is what a person looks at on the site. Where no machine reads the contact IDs, it is all that is known about them, so it is more than a sample of three.
func (s *step) spotCheck(state *checkpoint.State) wizard.Tick {
	tick := wizard.Tick{Key: "spot-checked", Text: "You have opened three users, and each shows the contact ID from contact-ids.csv",
		Where: []string{"Users", "Edit", "AccessAlly Membership Information", "Contact ID"}}
	if level(state) != levelCompanion {
		tick.Text = "You have opened the users in the list below, and each shows the contact ID beside it"
		tick.Look = "AccessAlly's dashboard as well: it shows a notice when users have an invalid contact ID. There should be none. Nobody else can tell: AllySwitch cannot read contact IDs here."
	}
	return doubt(s.tick(state, tick), cmp.Or(s.handDoubt(state), s.noneLinkedDoubt(state)))
}

// knownLinked is how it is known that everybody is linked: by reading, or as far as a person has looked.
func knownLinked(state *checkpoint.State) string {
	if level(state) == levelCompanion {
		return "Every member has exactly one contact that shows their user ID, and every user on the site shows the contact ID of theirs."
	}
	return "Every member has exactly one contact that shows their user ID. Whether the site is linked to it, AllySwitch cannot see here: you have looked at the users in the list."
}

// linkingWords say who does the linking.
func linkingWords(state *checkpoint.State) string {
	if level(state) == levelCompanion {
		return "Then it sets the contact ID of each on the site, and reads it again. AccessAlly's own importer can do it as well, by e-mail address."
	}
	return "Then AccessAlly's own importer links them, by e-mail address."
}
