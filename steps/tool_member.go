package steps

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

func newAddMember(deps *Deps) *step {
	s := newTool(deps, AddMember, "Add one member by hand")
	s.sheet = s.memberSheet
	s.answered = memberAnswered
	return s
}

// memberAnswered begins anew with another person, and looks anew at another offering.
func memberAnswered(state *checkpoint.State, key, _ string) error {
	switch key {
	case "member.email":
		afresh(state, AddMember, "member.email", "member.login-page")
	case keyMemberOffering, keyMemberTag:
		forgetStarts(state, AddMember, keyMemberAccept)
		kept := state.Step(AddMember)
		delete(kept.Tasks, "tag")
		delete(kept.Ticks, "has-tag")
		delete(kept.Ticks, "mailed")
	}
	return nil
}

func (s *step) memberSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			"Somebody has bought, and cannot open what they bought. Here one person gets a user on the site that knows their contact.",
			fmt.Sprintf("AllySwitch finds the contact in %s, looks whether it has the tag of what was bought, makes the user, links the two, and compares the tags. Then you write to the person.", name),
		},
		Warnings: append(s.beforeSwitch(state), "This helps one person. If it happens often, something is wrong with the order form or the automation: look there first."),
		Did:      s.memberFacts(state, name),
		Items:    s.memberItems(state, name),
		Known:    "The contact has the tag of what was bought, the user on the site has the contact ID and shows the same tags, and the person knows how to log in.",
		Help: []string{
			"The contact comes first, and its tag: a contact that was only just made has none, and opens nothing. A user without a contact ID gets no tags, and a user with a wrong one gets somebody else's.",
			"A tag can start an automation that mails the person. AllySwitch looks for that before it puts the tag on.",
			"No mail is sent by AllySwitch or WordPress. The text for the person is here to be copied.",
			"The person chooses a password with the link Lost your password on the login page. Nobody else ever knows it.",
			"What can go wrong: several contacts have the address. Merge them with the tool for that, then come back.",
			"Support will ask for the contact ID, the user ID, and which tag is missing where.",
		},
	}
}

func (s *step) memberItems(state *checkpoint.State, name string) []wizard.Item {
	email := state.Answer(AddMember, "member.email")
	items := []wizard.Item{
		s.ask(state, wizard.Question{Key: "member.email", Label: "The person's e-mail address", Required: true, Validate: checkAddress, Help: "The address they paid with. If they use another one for the site, ask which one they want to log in with."}),
	}
	if email == "" {
		return items
	}
	items = append(items, s.findPersonTask(state, name))
	found := note(state, AddMember, "contact.found")
	if found == "none" || found == everything {
		items = append(items,
			s.ask(state, wizard.Question{Key: "member.first", Label: "First name (optional)"}), s.ask(state, wizard.Question{Key: "member.last", Label: "Last name (optional)"}),
			s.ask(state, wizard.Question{Key: "member.create", Label: fmt.Sprintf("Nobody in %s has this address. Make a contact?", name), Required: true,
				Help:    "If they paid, they should have one. Look for another address of theirs first. An automation for new contacts may start and mail them.",
				Choices: []wizard.Choice{{Value: "no", Label: "No, I look for another address"}, {Value: "yes", Label: "Yes, make a contact with this address"}}}))
		if state.Answer(AddMember, "member.create") == "yes" {
			items = append(items, s.makePersonTask(state, name))
		}
	}
	if found == "one" || found == everything {
		items = append(items, s.boughtItems(state, name)...)
		items = append(items, s.personOnSite(state, name)...)
		items = append(items, s.memberMail(state, complete(wizard.Sheet{Items: items}) || found == everything)...)
	}
	return items
}

func (s *step) findPersonTask(state *checkpoint.State, name string) wizard.Task {
	email, found := state.Answer(AddMember, "member.email"), note(state, AddMember, "contact.found")
	// Where nobody was found, the question whether to make a contact is next. Who answers no looks for another address.
	settled := found == "one" || found == "none" && state.Answer(AddMember, "member.create") != "no"
	return s.crmTask(state, wizard.Task{Key: "contact", Label: "Find the contact in " + name, Required: true, Complete: s.doneWith(state, "contact") && settled, Help: "Changes nothing."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			person, err := migration.FindPerson(ctx, deps, email, report)
			if err != nil {
				return nil, err
			}
			if person.Contacts > 1 {
				return nil, &migration.Refusal{Gate: migration.ErrNotOne, Detail: say("%d contacts have the address %s", person.Contacts, email)}
			}
			return keepPerson(person), nil
		})
}

func (s *step) makePersonTask(state *checkpoint.State, name string) wizard.Task {
	member := personMember(state)
	return s.crmTask(state, wizard.Task{Key: "make-contact", Label: "Make the contact in " + name, Required: true, Complete: s.doneWith(state, "make-contact")},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			person, err := migration.MakePerson(ctx, deps, member, report)
			if err != nil {
				return nil, err
			}
			return keepPerson(person), nil
		})
}

func personMember(state *checkpoint.State) wp.Member {
	return wp.Member{Email: state.Answer(AddMember, "member.email"), FirstName: state.Answer(AddMember, "member.first"), LastName: state.Answer(AddMember, "member.last")}
}

func keepPerson(person migration.Person) wizard.Change {
	return func(state *checkpoint.State) {
		if person.Contacts != 1 {
			setNote(state, AddMember, "contact.found", map[bool]string{true: "none"}[person.Contacts == 0])
			return
		}
		tags := strings.Join(person.Tags, "\n")
		if tags != note(state, AddMember, "contact.tags") {
			tagsChanged(state)
		}
		setNote(state, AddMember, "contact.found", "one")
		setNote(state, AddMember, "contact", string(person.ID))
		setNote(state, AddMember, "contact.page", person.Page)
		setNote(state, AddMember, "contact.first", person.FirstName)
		setNote(state, AddMember, "contact.tags", tags)
		setNote(state, AddMember, "contact.tags-known", map[bool]string{true: "yes"}[person.TagsKnown])
	}
}

// tagsChanged forgets what was compared with the tags of before.
func tagsChanged(state *checkpoint.State) {
	kept := state.Step(AddMember)
	for _, key := range []string{"compared", "compared.mark"} {
		delete(kept.Notes, key)
	}
	for _, key := range []string{"refreshed", "tags-same", "mailed"} {
		delete(kept.Ticks, key)
	}
	delete(kept.Tasks, "refresh")
}

// personOnSite makes the user, links and refreshes: by machine as far as the site lets us, by hand for the rest.
func (s *step) personOnSite(state *checkpoint.State, name string) []wizard.Item {
	contact, email := note(state, AddMember, "contact"), state.Answer(AddMember, "member.email")
	items := []wizard.Item{wizard.Instruction{Text: "The contact ID is " + contact, Copy: contact, Link: note(state, AddMember, "contact.page")}}
	if level(state) == levelFiles {
		items = append(items, s.tick(state, wizard.Tick{Key: "user-made", Text: "The person is a user of the site", Where: []string{"Users", "Add New"},
			Look: email + " as user name and as e-mail address, the box Send User Notification empty, the role Subscriber. If there is a user with this address, take that one."}))
	} else {
		items = append(items, s.makeUserTask(state))
	}
	if level(state) == levelCompanion {
		items = append(items, s.linkPersonTask(state), s.refreshPersonTask(state))
		if note(state, AddMember, "compared.mark") == "unknown" {
			items = append(items, s.tagsSameTick(state, name))
		} else if s.doneWith(state, "refresh") && note(state, AddMember, "compared") != "" {
			items = append(items, s.table("compared", "Tags (saved in member-compared.csv)", migration.ComparedFile, []wizard.Column{{Title: "Tag"}, {Title: name, Width: 16}, {Title: "Site", Width: 8}}, "tag", "crm", "site"))
		}
	} else {
		items = append(items,
			s.tick(state, wizard.Tick{Key: "linked", Text: "The user has this contact ID: " + contact, Where: []string{"Users", "Edit", "AccessAlly Membership Information", "Contact ID"}, Look: "the button Update User at the bottom of the page, after you have typed it."}),
			s.tick(state, wizard.Tick{Key: "refreshed", Text: "The user's data is refreshed", Where: []string{"Users", "Edit", "Manually Refresh Membership Data"}, Look: "Refresh CRM information (tags and password), then Update User. Newer sites have a button Resync."}),
			s.tagsSameTick(state, name))
	}
	return items
}

// tagsSameTick is for a person to compare the tags where the machine cannot.
func (s *step) tagsSameTick(state *checkpoint.State, name string) wizard.Tick {
	look := orText(strings.ReplaceAll(note(state, AddMember, "contact.tags"), "\n", ", "), "no tags: the contact has none in "+name)
	if note(state, AddMember, "contact.tags-known") == "" {
		look = "every tag of the contact. AllySwitch could not read them: open the contact in " + name + " and compare."
	}
	return s.tick(state, wizard.Tick{Key: "tags-same", Text: "Contact tags on that page are the ones of the contact", Where: []string{"Users", "Edit", "Contact tags"}, Look: look})
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (s *step) makeUserTask(state *checkpoint.State) wizard.Task {
	member := personMember(state)
	return s.siteTask(state, wizard.Task{Key: "user", Label: "Make the person a user of the site", Required: true, Complete: s.doneWith(state, "user"),
		Help: "As Subscriber, with the address as user name, and without any mail. If there is a user with this address, that one is taken as they are."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			made, err := migration.MakeUser(ctx, s.deps.Folder, found, member, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				setCount(state, AddMember, "user", int(made.ID))
				setNote(state, AddMember, "user", fmt.Sprintf("user %d, %s. %s", made.ID, made.Login, made.Note))
			}, nil
		})
}

func (s *step) linkPersonTask(state *checkpoint.State) wizard.Task {
	user, contact := count(state, AddMember, "user"), crm.ContactID(note(state, AddMember, "contact"))
	return s.siteTask(state, wizard.Task{Key: "link", Label: "Give the user the contact ID", Required: true, Complete: s.doneWith(state, "link") && note(state, AddMember, "link-problem") == "",
		Locked: lockedUnless(user > 0, "Make the user first."), Help: "Only if the user has none, and nobody else has this one. What was there before is kept in the journal."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			problem, err := s.linkPerson(ctx, state, found, user, contact, report)
			return func(state *checkpoint.State) { setNote(state, AddMember, "link-problem", problem) }, err
		})
}

// linkPerson links a user, or says why it did not.
func (s *step) linkPerson(ctx context.Context, state *checkpoint.State, found *site.Site, user int64, contact crm.ContactID, report job.Reporter) (problem string, err error) {
	with, err := found.Companion(ctx)
	if err != nil {
		return "", err
	}
	holders, err := migration.ReadHolders(ctx, found, []crm.ContactID{contact}, report)
	if taken := holders.Taken(contact, user); err != nil || taken != "" {
		return taken, err
	}
	provider, _ := s.deps.provider(state)
	done, err := migration.LinkPerson(ctx, s.deps.Folder, with, provider.AccessAllySystem, user, contact, report)
	if err != nil || len(done.Problems) == 0 {
		return "", err
	}
	return done.Problems[0].Reason, nil
}

func (s *step) refreshPersonTask(state *checkpoint.State) wizard.Task {
	provider, _ := s.deps.provider(state)
	user, tags := count(state, AddMember, "user"), lines(note(state, AddMember, "contact.tags"))
	return s.companionTask(state, wizard.Task{Key: "refresh", Label: "Refresh the user and compare the tags", Required: true, Complete: s.doneWith(state, "refresh") && note(state, AddMember, "compared.mark") != "bad",
		Locked: lockedUnless(s.doneWith(state, "link") && note(state, AddMember, "link-problem") == "" && s.boughtSettled(state), "Settle the tag of the offering, and give the user the contact ID, first."), Help: "Passwords stay as they are."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			compared, err := migration.RefreshPerson(ctx, s.deps.Folder, with, provider.AccessAllySystem, user, tags, report)
			if err != nil {
				return nil, err
			}
			text, mark := several(int64(compared.Same), "tag")+" the same on both sides", "good"
			if compared.Same == 0 {
				text, mark = "no tags on either side: this person opens nothing that hangs on a tag", "warn"
			}
			switch {
			case !compared.Known || note(state, AddMember, "contact.tags-known") == "":
				text, mark = "the tags could not be compared: look at the user's page", "unknown"
			case len(compared.OnlyCRM)+len(compared.OnlySite) > 0:
				text, mark = fmt.Sprintf("%s the same on both sides; only in the CRM: %s; only on the site: %s", several(int64(compared.Same), "tag"), orText(strings.Join(compared.OnlyCRM, ", "), "none"), orText(strings.Join(compared.OnlySite, ", "), "none")), "bad"
			}
			return func(state *checkpoint.State) {
				setNote(state, AddMember, "compared", text)
				setNote(state, AddMember, "compared.mark", mark)
			}, nil
		})
}

// memberMail is the message to the person, ready to copy, with the way to a password of their own. It says that access is ready: until that is so, it is held.
func (s *step) memberMail(state *checkpoint.State, ready bool) []wizard.Item {
	page := state.Answer(AddMember, "member.login-page")
	if page == "" {
		page = strings.TrimRight(state.Site.URL, "/") + "/login/"
	}
	ask := s.ask(state, wizard.Question{Key: "member.login-page", Label: "The address of your login page", Required: true, Default: page, Validate: checkWebAddress, Help: "The page on which members log in."})
	if !ready {
		return []wizard.Item{ask, wizard.Instruction{Text: "The mail to the person stands here once everything above is done: it says that their access is ready."}}
	}
	first := orText(note(state, AddMember, "contact.first"), orText(state.Answer(AddMember, "member.first"), "there"))
	text := fmt.Sprintf("Hi %s, your access is ready. Please go to %s and click \"Lost your password?\". Enter %s, and you get a link to choose a password of your own. Then log in with this address. If anything does not open, just answer this mail.",
		first, page, state.Answer(AddMember, "member.email"))
	return []wizard.Item{ask,
		wizard.Instruction{Text: "Write this to the person, from your own mail program.", Copy: text},
		s.tick(state, wizard.Tick{Key: "mailed", Text: "The person has been told how to log in"}),
	}
}

func checkWebAddress(text string) error {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return fmt.Errorf("%q is not a web address; it begins with https://", text)
	}
	return nil
}

func (s *step) memberFacts(state *checkpoint.State, name string) []wizard.Fact {
	var facts []wizard.Fact
	switch note(state, AddMember, "contact.found") {
	case "none":
		facts = append(facts, fact(wizard.MarkWarn, "Contact", "nobody in "+name+" has this address"))
	case "one":
		if note(state, AddMember, "contact.tags-known") == "" {
			facts = append(facts, fact(wizard.MarkGood, "Contact", note(state, AddMember, "contact")), fact(wizard.MarkUnknown, "Its tags", "could not be read: look at the contact in "+name))
			break
		}
		facts = append(facts, fact(wizard.MarkGood, "Contact", note(state, AddMember, "contact")+", tags: "+orText(strings.ReplaceAll(note(state, AddMember, "contact.tags"), "\n", ", "), "none")))
	}
	facts = append(facts, s.boughtFacts(state)...)
	if user := note(state, AddMember, "user"); user != "" {
		facts = append(facts, fact(wizard.MarkGood, "User", user))
	}
	if problem := note(state, AddMember, "link-problem"); problem != "" {
		facts = append(facts, fact(wizard.MarkBad, "Not linked", problem))
	}
	if text := note(state, AddMember, "compared"); text != "" {
		mark := map[string]wizard.Mark{"good": wizard.MarkGood, "warn": wizard.MarkWarn, "bad": wizard.MarkBad}[note(state, AddMember, "compared.mark")]
		if mark == wizard.MarkPlain {
			mark = wizard.MarkUnknown
		}
		facts = append(facts, fact(mark, "Tags", text))
	}
	return facts
}
