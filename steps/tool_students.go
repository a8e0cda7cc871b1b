package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// Where students go.
const (
	intoCRM     = "crm"
	intoManaged = "managed"
)

// The answers that say which tags people get: by the offering they bought, or typed. keyAccept lets start what the tags could start.
const (
	keyStudentOffering = "students.offering"
	keyStudentTags     = "students.tags"
	keyStudentAccept   = "students.accept"
	// typedTags is the choice to type the tags.
	typedTags = "typed"
)

func newImportStudents(deps *Deps) *step {
	s := newTool(deps, ImportStudents, "Import students of a course platform")
	s.sheet = s.studentsSheet
	s.answered, s.advanced = studentsAnswered, s.typedStudentTags
	return s
}

// studentsAnswered begins a new batch with a new list, and looks at its columns.
func studentsAnswered(state *checkpoint.State, key, value string) error {
	if key == keyStudentTags || key == keyStudentOffering || key == "students.into" {
		kept := state.Step(ImportStudents)
		if key == keyStudentTags && value != "" {
			kept.Answers[keyStudentOffering] = typedTags
		}
		forgetStarts(state, ImportStudents, keyStudentAccept)
		delete(kept.Ticks, "audited")
		for _, task := range []string{"send", "users", "file"} {
			delete(kept.Tasks, task)
		}
		return nil
	}
	if key != "students.file" {
		return nil
	}
	afresh(state, ImportStudents, "students.file", "students.into", keyStudentOffering, keyStudentTags)
	if value == "" {
		return nil
	}
	columns, sure, proposed, ask, err := migration.LookAtStudents(cleanPath(value))
	if err != nil {
		return err
	}
	setNote(state, ImportStudents, "columns", strings.Join(columns, "\n"))
	setNote(state, ImportStudents, "ask", strings.Join(ask, " "))
	for _, column := range migration.StudentColumns() {
		setNote(state, ImportStudents, "sure."+column, sure[column])
		setNote(state, ImportStudents, "proposed."+column, cmp.Or(proposed[column], noColumn))
	}
	return nil
}

func (s *step) studentsSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			"People who bought a course on another platform come to your site: one list for one offering at a time, so that you can look at every list before anything is sent.",
			fmt.Sprintf("They become contacts in %s with the tags of the offering, then users of the site with their contact ID. Or they go into AccessAlly Managed, before the switch.", name),
		},
		Warnings: append([]string{
			"Make the offering in AccessAlly first: that makes its tags. Decide who sends the welcome mail before anybody comes.",
			"Take over only people who may be written to and who expect this account. Nobody's consent to mail is changed.",
			"A tag can start an automation that mails everybody in the list. Pause it, or let it start on purpose below.",
		}, append(s.studentsBeforeSwitch(state), s.oddTags(state)...)...),
		Did:   append(studentFacts(state, name), s.startsFacts(state, s.studentStarts(state))...),
		Items: s.studentItems(state, name),
		Known: "Every student of the list has one contact with all tags of the offering, and a user on the site with that contact ID.",
		Help: []string{
			"The order in AccessAlly's own article: AccessAlly is installed, the offerings are made, the mails are written, then the students come. To keep the old site's pages meanwhile, work on a staging copy.",
			"For the next offering give its list as a new file: the tool begins again. The tags of the one before stay on their contacts.",
			"Who is in the CRM already keeps their name and everything else, and only gets the tags.",
			"The command undo takes contacts and tags back that were sent. Users of the site it only lists.",
			"Nobody gets a mail or a password from AllySwitch. Send them to the login page and the link Lost your password.",
			"Support will ask for the number of people in the list, and for the column State in the table.",
		},
	}
}

func (s *step) studentItems(state *checkpoint.State, name string) []wizard.Item {
	into := state.Answer(ImportStudents, "students.into")
	items := []wizard.Item{
		s.ask(state, wizard.Question{Key: "students.file", Label: "The list of one offering's students on this computer", Required: true, Validate: checkFile, Help: "A CSV file from the course platform, with any column names. It needs an e-mail address."}),
		s.choose(state, wizard.Question{Key: "students.into", Label: "Where do they go?", Required: true, Choices: studentsGo(state, name)}),
	}
	items = append(items, s.studentTagQuestions(state)...)
	items = append(items, s.studentColumnQuestions(state)...)
	file := state.Answer(ImportStudents, "students.file")
	if file == "" {
		return items
	}
	mapping := studentMapping(state)
	items = append(items, s.do(state, wizard.Task{Key: "read", Label: "Read the list", Required: true, Complete: s.doneWith(state, "read") && note(state, ImportStudents, "read") == mappingText(mapping), Help: "Nothing is sent anywhere.",
		Locked: lockedUnless(mapping[wp.ColumnEmail] != "", "Say which column holds the e-mail address first."),
		Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			found, err := migration.ReadStudents(ctx, s.deps.Folder, cleanPath(file), mapping, report)
			if err != nil {
				return nil, err // students.csv is still that of the list before
			}
			return func(state *checkpoint.State) {
				for key, value := range map[string]int{"ready": found.Ready, "rejected": found.Rejected, "twice": found.Twice, "members": found.Members} {
					setCount(state, ImportStudents, key, value)
				}
				setNote(state, ImportStudents, "read", mappingText(mapping))
			}, nil
		}}))
	if note(state, ImportStudents, "read") == "" {
		return items
	}
	items = append(items, s.studentTable())
	if tags := s.studentTags(state); len(tags) > 0 {
		items = append(items, s.tick(state, wizard.Tick{Key: "audited", Text: "You have looked through the list, and everybody in it bought what this opens: " + strings.Join(tags, ", "), Look: "refunds, test accounts, your own team. Leave them out with x."}))
	}
	if into == intoManaged {
		return append(items, s.managedItems(state)...)
	}
	return append(items, s.studentsIntoCRM(state, name)...)
}

// studentsGo are the places where students can go. After the switch there is no AccessAlly Managed any more.
func studentsGo(state *checkpoint.State, name string) []wizard.Choice {
	choices := []wizard.Choice{{Value: intoCRM, Label: "Into " + name}}
	if !Switched(state) {
		choices = append(choices, wizard.Choice{Value: intoManaged, Label: "Into AccessAlly Managed", Help: "With AccessAlly's own User Migration Wizard: AllySwitch prepares the file."})
	}
	return choices
}

// studentsBeforeSwitch warns who brings students into the CRM while the site may not work with it yet.
func (s *step) studentsBeforeSwitch(state *checkpoint.State) []string {
	if state.Answer(ImportStudents, "students.into") != intoCRM {
		return nil
	}
	return s.beforeSwitch(state)
}

// studentTagQuestions ask what the people of the list bought. Nothing is proposed: a list may be of any course.
func (s *step) studentTagQuestions(state *checkpoint.State) []wizard.Item {
	var items []wizard.Item
	if choices := offeringChoices(s.offerings(state)); len(choices) > 0 {
		items = append(items, s.choose(state, wizard.Question{Key: keyStudentOffering, Label: "Which offering did they buy?", Required: true,
			Choices: append(choices, wizard.Choice{Value: typedTags, Label: "Another one, or more tags: I type them"}), Help: "One list for one offering. They get the tag that opens it."}))
		if state.Answer(ImportStudents, keyStudentOffering) != typedTags {
			return items
		}
	}
	return append(items, s.studentTagsQuestion(state, true))
}

func (s *step) studentTagsQuestion(state *checkpoint.State, required bool) wizard.Question {
	return s.ask(state, wizard.Question{Key: keyStudentTags, Label: "The tags of the offering", Required: required, Validate: checkTagList,
		Help: "Exactly as in AccessAlly, several with | between them. They are in AccessAlly, Offerings, an offering, Permissions."})
}

// typedStudentTags can be answered at any time: who types tags has chosen to.
func (s *step) typedStudentTags(state *checkpoint.State) []wizard.Question {
	for _, item := range s.studentTagQuestions(state) {
		if question, ok := item.(wizard.Question); ok && question.Key == keyStudentTags {
			return nil
		}
	}
	return []wizard.Question{s.studentTagsQuestion(state, false)}
}

// offeringChoices are the offerings that a tag opens, each with that tag.
func offeringChoices(offerings []wp.Offering) []wizard.Choice {
	var choices []wizard.Choice
	for _, offering := range offerings {
		if tag := opener(offering); tag != "" {
			choices = append(choices, wizard.Choice{Value: offering.Name, Label: fmt.Sprintf("%s (tag %s)", offering.Name, tag)})
		}
	}
	return choices
}

// choose asks for one of several. What was chosen and is no choice any more, as an offering with another name, counts as not answered.
func (s *step) choose(state *checkpoint.State, question wizard.Question) wizard.Question {
	question = s.ask(state, question)
	if !hasChoice(question.Choices, question.Value) {
		question.Value = ""
	}
	return question
}

// opener is the tag that opens an offering.
func opener(offering wp.Offering) string { return cmp.Or(offering.Base, offering.Instant) }

// offering is the one of that name.
func (s *step) offering(state *checkpoint.State, name string) (wp.Offering, bool) {
	for _, offering := range s.offerings(state) {
		if offering.Name == name && opener(offering) != "" {
			return offering, true
		}
	}
	return wp.Offering{}, false
}

// studentTags are the tags that the people of the list get.
func (s *step) studentTags(state *checkpoint.State) []string {
	if offering, chosen := s.offering(state, state.Answer(ImportStudents, keyStudentOffering)); chosen {
		return []string{opener(offering)}
	}
	return listed(state.Answer(ImportStudents, keyStudentTags))
}

// studentStarts is the look at what could start for the people of the list.
func (s *step) studentStarts(state *checkpoint.State) toolStarts {
	return toolStarts{tags: s.studentTags(state), accept: keyStudentAccept, words: fmt.Sprintf("accept %d people", count(state, ImportStudents, "ready")), whom: "them",
		locked: lockedUnless(s.tick(state, wizard.Tick{Key: "audited"}).Set != nil, "Look through the list first.")}
}

// oddTags warns of tags that take access away, and of those that no offering knows.
func (s *step) oddTags(state *checkpoint.State) []string {
	opens, closes := map[string]bool{}, map[string]bool{}
	for _, offering := range s.offerings(state) {
		opens[offering.Base], opens[offering.Instant], closes[offering.Revoke] = true, true, true
		for _, tag := range offering.Modules {
			opens[tag] = true
		}
	}
	var warnings []string
	for _, tag := range s.studentTags(state) {
		switch {
		case closes[tag]:
			warnings = append(warnings, fmt.Sprintf("The tag %q takes access away. Nobody who has it can open the offering.", tag))
		case len(opens) > 0 && !opens[tag]:
			warnings = append(warnings, fmt.Sprintf("No offering that AllySwitch knows opens with the tag %q. Compare it to the letter, with its capitals.", tag))
		}
	}
	return warnings
}

func checkTagList(text string) error {
	if len(listed(text)) == 0 {
		return fmt.Errorf("give at least one tag")
	}
	return nil
}

func (s *step) studentColumnQuestions(state *checkpoint.State) []wizard.Item {
	choices := []wizard.Choice{{Value: noColumn, Label: "no column"}}
	for _, heading := range strings.Split(note(state, ImportStudents, "columns"), "\n") {
		choices = append(choices, wizard.Choice{Value: heading, Label: heading})
	}
	words := map[string]string{wp.ColumnEmail: "the e-mail address", wp.ColumnFirstName: "the first name", wp.ColumnLastName: "the last name"}
	var items []wizard.Item
	for _, column := range strings.Fields(note(state, ImportStudents, "ask")) {
		items = append(items, s.ask(state, wizard.Question{Key: "students.column." + column, Label: "Which column holds " + words[column] + "?", Required: true,
			Default: note(state, ImportStudents, "proposed."+column), Choices: choices, Help: "AllySwitch is not sure, and proposes the one that looks most like it."}))
	}
	return items
}

func studentMapping(state *checkpoint.State) wp.Mapping {
	mapping := wp.Mapping{}
	for _, column := range migration.StudentColumns() {
		if heading := cmp.Or(state.Answer(ImportStudents, "students.column."+column), note(state, ImportStudents, "sure."+column)); heading != "" && heading != noColumn {
			mapping[column] = heading
		}
	}
	return mapping
}

func mappingText(mapping wp.Mapping) string {
	return mapping[wp.ColumnEmail] + "\t" + mapping[wp.ColumnFirstName] + "\t" + mapping[wp.ColumnLastName]
}

func (s *step) studentTable() wizard.Table {
	table := s.table("students", "The students (saved in students.csv)", migration.StudentsFile, []wizard.Column{{Title: "State", Width: 8}, {Title: "Address", Width: 28, Private: true}, {Title: "First name", Width: 12, Private: true},
		{Title: "Last name", Width: 12, Private: true}, {Title: "User", Width: 6}, {Title: "Note"}}, "state", "user_email", "first_name", "last_name", "ID", "note")
	table.Actions = []wizard.RowAction{{Key: "x", Label: "leave out, or take in again", Do: func(row int, _ string) (wizard.Change, error) {
		ready, err := migration.LeaveOutStudent(s.deps.Folder, row)
		return func(state *checkpoint.State) { setCount(state, ImportStudents, "ready", ready) }, explain(err, s.deps)
	}, Done: func(row int) bool { return table.Row(row)[0] == "left out" }}}
	return table
}

// managedItems prepare the file for AccessAlly's own wizard and say how to use it. That wizard puts one tag on everybody (AccessAlly, Importing Contacts via the
// User Migration Wizard: "apply the first tag"); the others are added in AccessAlly.
func (s *step) managedItems(state *checkpoint.State) []wizard.Item {
	tags := s.studentTags(state)
	if len(tags) == 0 {
		return nil
	}
	items := []wizard.Item{s.studentFileTask(state),
		wizard.Instruction{Text: "Install AccessAlly's User Migration Wizard, a plugin of its own, and give it this file.", Where: []string{"Plugins", "Add New", "Upload Plugin"}, Copy: s.deps.path(migration.StudentsUsersFile),
			Look: "the download in AccessAlly's article about the User Migration Wizard; then, in the wizard, the first tag to apply. It takes one: " + tags[0]},
		s.tick(state, wizard.Tick{Key: "imported", Text: "The User Migration Wizard has run to its end", Note: "How many users did it make?"})}
	if others := tags[1:]; len(others) > 0 && state.Answer(ImportStudents, "students.into") == intoManaged {
		items = append(items, s.tick(state, wizard.Tick{Key: "other-tags", Text: "Everybody in the list has the other tags too: " + strings.Join(others, ", "), Where: accessAlly("Members"),
			Look: "filter for who has the tag " + tags[0] + ", compare with the list, choose them, then the bulk action Add Tags."}))
	}
	return append(items, s.tick(state, wizard.Tick{Key: "checked", Text: "Three of them show a contact ID and the tags", Where: []string{"Users", "Edit", "AccessAlly Membership Information"}}))
}

func (s *step) studentFileTask(state *checkpoint.State) wizard.Task {
	tags := s.studentTags(state)
	return s.do(state, wizard.Task{Key: "file", Label: "Write the file for the User Migration Wizard", Required: true, Complete: s.doneWith(state, "file"),
		Locked: lockedUnless(s.tick(state, wizard.Tick{Key: "audited"}).Set != nil, "Look through the list first."), Help: "Saved as students-users.csv.",
		Run: func(context.Context, job.Reporter) (wizard.Change, error) {
			return nil, migration.WriteStudentUsers(s.deps.Folder, tags)
		}})
}

func (s *step) studentsIntoCRM(state *checkpoint.State, name string) []wizard.Item {
	look := s.studentStarts(state)
	if len(look.tags) == 0 {
		return nil
	}
	items, allowed := s.startsOf(state, look), s.allowed(state, look)
	items = append(items, s.crmTask(state, wizard.Task{Key: "send", Label: say("Put %d {student|students} into %s", count(state, ImportStudents, "ready"), name), Required: true, Complete: s.doneWith(state, "send") && count(state, ImportStudents, "lacking") == 0,
		Locked: lockedUnless(look.locked == "" && s.startsDecided(state, look), "Look through the list, and decide what may start, first."), Help: "Makes contacts, puts the tags on, and reads everybody back."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			sent, err := migration.SendStudents(ctx, deps, migration.StudentBatch{Tags: look.tags, Allowed: allowed}, report)
			return func(state *checkpoint.State) {
				for key, value := range map[string]int{"made": sent.Made, "were": sent.Were, "complete": sent.Complete, "lacking": sent.Missing, "problems": sent.Problems} {
					setCount(state, ImportStudents, key, value)
				}
			}, err
		}))
	if s.doneWith(state, "send") {
		items = append(items, s.studentUsers(state)...)
	}
	return items
}

// studentUsers make them users: by machine as far as the site lets us, by AccessAlly's own wizard otherwise.
func (s *step) studentUsers(state *checkpoint.State) []wizard.Item {
	provider, _ := s.deps.provider(state)
	if level(state) == levelFiles {
		return s.managedItems(state)
	}
	at := level(state)
	items := []wizard.Item{s.siteTask(state, wizard.Task{Key: "users", Label: "Make them users of the site", Required: true, Complete: s.doneWith(state, "users"), Help: "As Subscribers, without any mail. With the companion they get their contact ID at once, and AccessAlly fetches their tags."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			var with *site.Companion
			if at == levelCompanion {
				var err error
				if with, err = found.Companion(ctx); err != nil {
					return nil, err
				}
			}
			made, err := migration.MakeStudentUsers(ctx, s.deps.Folder, found, with, provider.AccessAllySystem, report)
			return func(state *checkpoint.State) {
				setNote(state, ImportStudents, "users", say("%d made, %d {was a user|were users} already, %d linked, %d refreshed, %d to look at", made.Made, made.Were, made.Linked, made.Refreshed, made.Problems))
			}, err
		})}
	if at != levelCompanion {
		items = append(items, s.studentFileTask(state), s.tick(state, wizard.Tick{Key: "imported", Text: "The User Migration Wizard has given them their contact IDs", Look: "the file students-users.csv in the migration's folder."}))
	}
	return append(items, s.tick(state, wizard.Tick{Key: "checked", Text: "Three of them show a contact ID and the tags", Where: []string{"Users", "Edit", "AccessAlly Membership Information"}}))
}

func studentFacts(state *checkpoint.State, name string) []wizard.Fact {
	if note(state, ImportStudents, "read") == "" {
		return nil
	}
	facts := []wizard.Fact{fact(wizard.MarkGood, "List", several(count(state, ImportStudents, "ready"), "student"))}
	for _, one := range []struct{ key, label, text string }{{"rejected", "No address", "without a usable address: %d, in students-rejected.csv"}, {"twice", "Twice", "rows that repeat somebody, and were left out: %d"},
		{"members", "Members", "on the site already: %d, who only get the tags"}} {
		if n := count(state, ImportStudents, one.key); n > 0 {
			facts = append(facts, fact(wizard.MarkPlain, one.label, say(one.text, n)))
		}
	}
	if complete := count(state, ImportStudents, "complete"); complete+count(state, ImportStudents, "lacking")+count(state, ImportStudents, "problems") > 0 {
		mark := wizard.MarkGood
		if count(state, ImportStudents, "lacking")+count(state, ImportStudents, "problems") > 0 {
			mark = wizard.MarkWarn
		}
		facts = append(facts, fact(mark, "Read back", say("%d {has|have} all tags in %s, %d {lacks|lack} some, %d could not be sent or told apart; %d {was|were} made, %d {was|were} there",
			complete, name, count(state, ImportStudents, "lacking"), count(state, ImportStudents, "problems"), count(state, ImportStudents, "made"), count(state, ImportStudents, "were"))))
	}
	if text := note(state, ImportStudents, "users"); text != "" {
		facts = append(facts, fact(wizard.MarkGood, "Users", text))
	}
	return facts
}
