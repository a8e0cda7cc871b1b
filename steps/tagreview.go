package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newTagReview(deps *Deps) *step {
	s := &step{id: TagReview, title: "Match every item that uses a tag", deps: deps}
	s.inputs = restsOn(theAccount)
	s.sheet = s.reviewSheet
	return s
}

func (s *step) reviewSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	items := []wizard.Item{
		s.reviewTick(state, wizard.Tick{Key: "permissions", Text: "Offerings: every permission shows the right tag, and is saved", Where: accessAlly("Offerings", "an offering", "Permissions"),
			Look: "a field each for base, module, instant and revoke tags. Save applies them to all pages of the offering.", Note: "Which offerings have you done?"}),
		s.reviewTick(state, wizard.Tick{Key: "forms", Text: "Forms: every order form and opt-in form shows the right tags, and is saved", Where: accessAlly("Offerings", "an offering", "Forms"),
			Look: "more than the purchase tag: failed payment, early contact, revoke."}),
		s.reviewTick(state, wizard.Tick{Key: "files", Text: "Protected Content: every file has its tags", Where: accessAlly("Protected Content")}),
		s.reviewTick(state, wizard.Tick{Key: "operations", Text: "Custom Operations: every operation has its tags", Where: accessAlly("Custom Operations"), Look: "operations that change fields of the CRM rather than tags. Match those too."}),
		s.reviewTick(state, wizard.Tick{Key: "events", Text: "ProgressAlly events: every event has its tags", Where: []string{"ProgressAlly", "Events"}, Look: "the words \"Invalid tag\": such an event still points to a tag of before."}),
		s.reviewTick(state, wizard.Tick{Key: "directories", Text: "Directories: every directory has its tags", Where: accessAlly("Directories")}),
	}
	for _, tick := range omittedPlaces() {
		items = append(items, s.reviewTick(state, tick))
	}
	items = append(items, wizard.Instruction{Text: "Team (Legacy) keeps leader and member tags and all settings from before the switch. Change it only if teams do not work. If you do, write down the settings first and try it with one team. The tool Team settings, in the list of steps, goes through it with you."},
		s.reviewTick(state, wizard.Tick{Key: "teams", Text: "Teams: a leader and a member of one team have been tried, if you have teams", Optional: true, Look: "a leader who can manage members, and a member who sees the content. \"Display stays the same\" needs no action."}))
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			fmt.Sprintf("AccessAlly stores numbers of tags, not names. The numbers in %s are others, so every item that uses a tag has to be matched again.", name),
		},
		Warnings: []string{"An item that is forgotten opens nothing, or opens too much. Go through them one by one."},
		Did:      append(referenceFacts(state), s.worksheetFacts(state)...),
		Items:    append(s.placeItems(state), items...),
		Known:    "No item shows an empty or invalid tag any more.",
		Help: []string{
			"AccessAlly's article names six kinds of items. The ones below those are not in it, but hold tags too.",
			"With the companion, three kinds of rows wait for you: \"to do\" points to a tag of before; \"look\" and \"not read\" no machine can judge. Match the first on the site and read again, or press x if it is to stay so. Look at the others, and press s.",
			"Without the companion there is a worksheet: print it, and tick it off row by row, with the key d. What you have ticked off is kept.",
			"You can take a tick back at any time: press space on it once more.",
			"Tell support: the kind of place and its title, the old and the new tag, and what the row says.",
		},
	}
}

// placeItems show every place that uses a tag: read from the site, or as a worksheet.
func (s *step) placeItems(state *checkpoint.State) []wizard.Item {
	if level(state) == levelCompanion {
		return s.referenceItems(state)
	}
	return s.worksheetItems(state)
}

// reviewTick is a box that what was read, or the worksheet, may contradict. A kind of which something is open is no longer optional.
func (s *step) reviewTick(state *checkpoint.State, tick wizard.Tick) wizard.Tick {
	why := s.reviewDoubt(state, tick.Key)
	tick.Optional = tick.Optional && why == ""
	return doubt(s.tick(state, tick), why)
}

// omittedPlaces hold tags too, although the vendor's article does not name them.
func omittedPlaces() []wizard.Tick {
	return []wizard.Tick{
		{Key: "progress-pages", Optional: true, Text: "ProgressAlly on pages: completion, quiz and survey tags", Where: []string{"Pages", "Edit", "ProgressAlly"}},
		{Key: "page-permissions", Optional: true, Text: "Pages with permissions of their own, and redirects that depend on a tag", Where: []string{"Pages", "Edit", "AccessAlly permission box"}},
		{Key: "shortcodes", Optional: true, Text: "Shortcodes in pages that show text to people with a tag", Look: "the word accessally in your pages."},
		{Key: "theme", Optional: true, Text: "The theme's own code", Look: "accessally_has_any_tag_id, or let a developer look: numbers of tags stand behind it."},
		{Key: "community", Optional: true, Text: "CommunityAlly groups and WP Fusion's links, if you use them"},
		{Key: "other", Optional: true, Text: "Settings, and whatever else holds a tag", Look: "AccessAlly's and ProgressAlly's settings pages: fields in which a tag is chosen."},
	}
}
