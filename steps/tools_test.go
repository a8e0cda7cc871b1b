package steps_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// crms are all five, for what differs between them.
func crms() []string { return []string{"activecampaign", "kit", "keap", "ontraport", "drip"} }

// withTools is a migration whose list of steps has the tools too.
func withTools(t testing.TB, crmID string, contacts ...sandbox.Contact) *journey {
	t.Helper()
	j := begin(t, crmID)
	j.all = append(j.all, steps.Tools(j.deps)...)
	j.keeping.Steps = j.all
	j.keeper = &wizard.Keeper{Folder: j.keeping}
	tags := []string{}
	for _, contact := range contacts {
		tags = append(tags, contact.Tags...)
	}
	slices.Sort(tags)
	j.demo.Sandbox.Load(sandbox.Contents{Tags: slices.Compact(tags), Contacts: contacts})
	j.connect()
	return j
}

func somebody(email, first string, tags ...string) sandbox.Contact {
	return sandbox.Contact{Email: email, FirstName: first, LastName: "Doe", State: "active", Tags: tags}
}

// having are the contacts of the CRM with an address.
func (j *journey) having(email string) []sandbox.Contact {
	return slices.DeleteFunc(j.demo.Sandbox.Contents().Contacts, func(contact sandbox.Contact) bool { return contact.Email != email })
}

// confirm types the words that a question wants.
func (j *journey) confirm(step, key string) {
	j.t.Helper()
	for _, question := range j.step(step).Questions(j.state()) {
		if question.Key == key {
			j.answer(step, key, question.Confirm)
			return
		}
	}
	j.t.Fatalf("%s does not ask for %s", step, key)
}

// ticksAll ticks every box of a page.
func (j *journey) ticksAll(step string) {
	j.t.Helper()
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if tick, ok := item.(wizard.Tick); ok && tick.Set == nil {
			j.tick(step, tick.Key)
		}
	}
}

// One person who bought, and has a contact but no user.
func TestOneMemberByHand(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("new@example.com", "Nia", "Yoga"))
				j.answer(steps.AddMember, "member.email", "new@example.com")
				j.run(steps.AddMember, "contact")
				j.answer(steps.AddMember, "member.login-page", "https://demo.example.com/login/")
				j.answer(steps.AddMember, "member.offering", "nothing")
				j.ticksAll(steps.AddMember)
				j.ticksAll(steps.AddMember)
				if j.status(steps.AddMember) != wizard.Done {
					t.Error("the tool is not done at the end")
				}
				if text := j.copies(steps.AddMember); !strings.Contains(text, "Lost your password") || !strings.Contains(text, "new@example.com") {
					t.Errorf("the mail to send: %q", text)
				}
				j.answer(steps.AddMember, "member.email", "other@example.com")
				if j.status(steps.AddMember) == wizard.Done {
					t.Error("what was done for one person counts for another")
				}
				j.run(steps.AddMember, "contact")
				j.answer(steps.AddMember, "member.first", "Otto")
				j.answer(steps.AddMember, "member.create", "yes")
				j.run(steps.AddMember, "make-contact")
				if made := j.having("other@example.com"); len(made) != 1 || made[0].FirstName != "Otto" {
					t.Errorf("the contact that was made: %+v", made)
				}
			})
		})
	}
}

// copies is all text of a page that is there to be copied.
func (j *journey) copies(step string) string {
	text := ""
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if instruction, ok := item.(wizard.Instruction); ok {
			text += instruction.Copy + "\n"
		}
	}
	return text
}

// With the companion the machine does all but the mail.
func TestOneMemberWithTheCompanion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "activecampaign", somebody("new@example.com", "Nia", "Inner Circle Member"))
		server := j.demo.Site.Handler()
		server.SwitchTo("active-campaign")
		j.deps.SiteTransport = sandbox.Transport(server)
		j.logIn()
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		j.answer(steps.AddMember, "member.offering", "Inner Circle")
		server.InCRM(j.state().Step(steps.AddMember).Notes["contact"], "Inner Circle Member", "Yoga Basics Access")
		j.run(steps.AddMember, "user", "link", "refresh")
		j.answer(steps.AddMember, "member.login-page", "https://demo.example.com/login/")
		j.ticksAll(steps.AddMember)
		if facts := fmt.Sprint(j.step(steps.AddMember).Sheet(j.state()).Did); !strings.Contains(facts, "1 tag the same on both sides; only in the CRM: none; only on the site: Yoga Basics Access") {
			t.Errorf("nothing is said about the tags: %s", facts)
		}
		if j.status(steps.AddMember) == wizard.Done {
			t.Error("the tool is done although the site shows a tag too many")
		}
		server.InCRM(j.state().Step(steps.AddMember).Notes["contact"], "Inner Circle Member")
		if text := j.copies(steps.AddMember); strings.Contains(text, "access is ready") {
			t.Error("the mail says that access is ready, although the site shows a tag too many")
		}
		j.run(steps.AddMember, "refresh")
		j.ticksAll(steps.AddMember)
		if j.status(steps.AddMember) != wizard.Done {
			t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.AddMember).Sheet(j.state())))
		}
	})
}

func TestAMemberWithSeveralContacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "ontraport", somebody("jo@example.com", "Jo"), somebody("jo@example.com", "Joanna"))
		j.answer(steps.AddMember, "member.email", "jo@example.com")
		if err := j.try(steps.AddMember, "contact"); !wizard.Refused(err) || !strings.Contains(wizard.Explain(err).Now, "Merge two contacts") {
			t.Errorf("got %v", err)
		}
		if err := j.keeper.Answer(j.step(steps.AddMember), "member.email", "not an address"); err == nil {
			t.Error("what is no address was taken")
		}
	})
}

const studentList = "Student Email,First Name,Last Name,Progress\nnew@example.com,Nia,New,20%\nold@example.com,Changed,Name,100%\nNEW@example.com,Nia,New,1%\nnonsense,No,Address,3%\ntest@example.com,Test,Account,0%\n"

// A list of one offering's students, audited and sent: nobody's name is overwritten, and everybody has the tag.
func TestStudentsOfACoursePlatform(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("old@example.com", "Olga", "Shared"))
				j.answer(steps.ImportStudents, "students.file", j.file("students.csv", studentList))
				j.answer(steps.ImportStudents, "students.into", "crm")
				j.answer(steps.ImportStudents, "students.offering", "typed")
				j.answer(steps.ImportStudents, "students.tags", "Yoga Basics Access | Newcomers")
				j.run(steps.ImportStudents, "read")
				if table := j.table(steps.ImportStudents, "students"); table.Rows != 3 {
					t.Fatalf("%d students", table.Rows)
				}
				j.row(steps.ImportStudents, "students", "x", 2, "")
				j.tick(steps.ImportStudents, "audited")
				j.decideStarts(steps.ImportStudents, "students.accept")
				j.run(steps.ImportStudents, "send", "file")
				j.ticksAll(steps.ImportStudents)
				if j.status(steps.ImportStudents) != wizard.Done {
					t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.ImportStudents).Sheet(j.state())))
				}
				for email, first := range map[string]string{"new@example.com": "Nia", "old@example.com": "Olga"} {
					there := j.having(email)
					if len(there) != 1 || there[0].FirstName != first || !slices.Contains(there[0].Tags, "Yoga Basics Access") || !slices.Contains(there[0].Tags, "Newcomers") {
						t.Errorf("%s: %+v", email, there)
					}
				}
				if len(j.having("test@example.com")) > 0 {
					t.Error("somebody who was left out was sent")
				}
			})
		})
	}
}

func TestStudentsWithTheCompanion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "drip")
		j.reach(steps.Switch)
		j.logIn()
		j.answer(steps.ImportStudents, "students.file", j.file("students.csv", studentList))
		j.answer(steps.ImportStudents, "students.into", "crm")
		j.answer(steps.ImportStudents, "students.offering", "Yoga Basics")
		j.run(steps.ImportStudents, "read")
		j.tick(steps.ImportStudents, "audited")
		j.decideStarts(steps.ImportStudents, "students.accept")
		j.run(steps.ImportStudents, "send")
		server, former := j.demo.Site.Handler(), j.demo.Site.People[3].ID
		server.SwitchTo("drip")
		j.deps.SiteTransport = sandbox.Transport(server)
		j.linkOnSite(server, former, firstStudent(j).Contact)
		for _, look := range []struct {
			contact, users, problem string
		}{
			{firstStudent(j).Contact, "3 made, 0 were users already, 2 linked, 0 refreshed, 1 to look at", fmt.Sprintf("another user has this contact already: user %d,", former)},
			{"99", "0 made, 3 were users already, 3 linked, 0 refreshed, 0 to look at", ""},
		} {
			j.linkOnSite(server, former, look.contact)
			j.run(steps.ImportStudents, "users")
			if got := j.state().Step(steps.ImportStudents).Notes["users"]; got != look.users {
				t.Errorf("users: %s", got)
			}
			if problem := firstStudent(j).Problem; !strings.Contains(problem, look.problem) || (problem == "") != (look.problem == "") {
				t.Errorf("the first one: %q, want %q", problem, look.problem)
			}
		}
	})
}

// firstStudent is the first in the list who has a contact.
func firstStudent(j *journey) migration.Student {
	j.t.Helper()
	list, err := migration.LoadStudents(j.folder)
	if err != nil {
		j.t.Fatal(err)
	}
	return list[slices.IndexFunc(list, func(one migration.Student) bool { return one.Contact != "" })]
}

func TestStudentsIntoAccessAllyManaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "kit")
		if err := j.keeper.Answer(j.step(steps.ImportStudents), "students.file", j.file("nobody.csv", "Course,Progress\nYoga,20%\n")); err == nil {
			t.Error("a list without addresses was taken")
		}
		j.answer(steps.ImportStudents, "students.file", j.file("students.csv", studentList))
		j.answer(steps.ImportStudents, "students.into", "managed")
		j.answer(steps.ImportStudents, "students.offering", "typed")
		j.answer(steps.ImportStudents, "students.tags", "Yoga Basics Access | Newcomers")
		j.run(steps.ImportStudents, "read")
		j.tick(steps.ImportStudents, "audited")
		j.run(steps.ImportStudents, "file")
		page := fmt.Sprintf("%+v", j.step(steps.ImportStudents).Sheet(j.state()).Items)
		if !strings.Contains(page, "It takes one: Yoga Basics Access") || !strings.Contains(page, "the other tags too: Newcomers") || !strings.Contains(page, "Add Tags") {
			t.Errorf("nothing says where the second tag comes from: %s", page)
		}
		text, err := os.ReadFile(j.folder.Path("students-users.csv"))
		if err != nil || strings.Count(string(text), "Yoga Basics Access") != 3 {
			t.Errorf("the file for the importer: %s %v", text, err)
		}
		if len(j.demo.Sandbox.Contents().Contacts) > 0 {
			t.Error("somebody was sent to the CRM")
		}
	})
}

func TestTeams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap")
		j.reach(steps.EditCSV)
		j.answer(steps.TeamSettings, "teams.use", "yes")
		j.run(steps.TeamSettings, "tags")
		j.row(steps.TeamSettings, "team-tags", "a", 0, "")
		j.run(steps.TeamSettings, "export")
		if page := fmt.Sprintf("%+v", j.step(steps.TeamSettings).Sheet(j.state())); strings.Contains(page, "Save who is in which team") {
			t.Error("the page promises to save who is in which team; tags do not tell")
		}
		text, err := os.ReadFile(j.folder.Path("team-members.csv"))
		if err != nil || !strings.Contains(string(text), "leader,"+j.table(steps.TeamSettings, "team-tags").Row(0)[0]) {
			t.Errorf("who is in which team: %s %v", text, err)
		}
		j.advisedOnTeams()
		for _, answer := range [][2]string{{"legacy", "yes"}, {"works", "yes"}, {"wish", "no"}, {"decision", "legacy"}} {
			j.answer(steps.TeamSettings, "teams."+answer[0], answer[1])
		}
		j.ticksAll(steps.TeamSettings)
		if j.status(steps.TeamSettings) != wizard.Done {
			t.Error("the tool is not done at the end")
		}
		j.answer(steps.TeamSettings, "teams.works", "no")
		if _, asked := j.question(steps.TeamSettings, "teams.decision"); !asked || j.state().Answer(steps.TeamSettings, "teams.decision") != "" {
			t.Error("what was decided for teams that work counts for teams that do not")
		}
		j.answer(steps.TeamSettings, "teams.decision", "none")
		j.ticksAll(steps.TeamSettings)
		if j.status(steps.TeamSettings) == wizard.Done {
			t.Error("the tool is done although something in teams does not work")
		}
	})
}

// advisedOnTeams looks at the advice for each set of answers: what works and pleases needs no action, what is broken is for support, and only who begins or wants
// another setup is sent to the new system.
func (j *journey) advisedOnTeams() {
	j.t.Helper()
	for answers, advice := range map[[3]string]string{
		{"yes", "yes", "no"}: "legacy", {"no", "yes", "no"}: "keep", {"yes", "yes", "fresh"}: "new", {"no", "yes", "simplify"}: "new", {"yes", "yes", "simplify"}: "new",
		{"yes", "no"}: "none", {"no", "no"}: "none", {"yes", "first"}: "new", {"no", "first"}: "new"} {
		j.answer(steps.TeamSettings, "teams.legacy", answers[0])
		j.answer(steps.TeamSettings, "teams.works", answers[1])
		if answers[2] != "" {
			if _, early := j.question(steps.TeamSettings, "teams.decision"); early && j.state().Answer(steps.TeamSettings, "teams.wish") == "" {
				j.t.Errorf("%v: decided before it is known whether there is a reason", answers)
			}
			j.answer(steps.TeamSettings, "teams.wish", answers[2])
		}
		question, asked := j.question(steps.TeamSettings, "teams.decision")
		if !asked || question.Default != advice {
			j.t.Errorf("%v: the advice is %q", answers, question.Default)
		}
		if err := j.keeper.Answer(j.step(steps.TeamSettings), "teams.decision", "legacy"); (err == nil) != (answers[0] == "yes") {
			j.t.Errorf("%v: keeping Team (Legacy) says %v", answers, err)
		}
	}
}

// decideStarts looks what a tool's tags could start, and lets it start.
func (j *journey) decideStarts(step, accept string) {
	j.t.Helper()
	j.run(step, "starts")
	if j.state().Step(step).Notes["starts"] != "" {
		j.confirm(step, accept)
	}
	if j.state().Step(step).Notes["starts.hidden"] != "" {
		j.tick(step, "starts-seen")
	}
}

// Without the companion WordPress makes the user, and a person does the rest.
func TestOneMemberOverREST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "kit", somebody("new@example.com", "Nia", "Yoga"))
		server := j.demo.Site.Handler(wptest.NoCompanion)
		j.deps.SiteTransport = sandbox.Transport(server)
		j.logIn()
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact", "user")
		j.answer(steps.AddMember, "member.offering", "nothing")
		j.answer(steps.AddMember, "member.login-page", "https://demo.example.com/login/")
		people := server.People()
		if made := people[len(people)-1]; made.Email != "new@example.com" || made.Login != "new@example.com" || made.Roles != "subscriber" {
			t.Errorf("the user that was made: %+v", made)
		}
		if len(server.Mail()) > 0 {
			t.Errorf("mail was sent to %q", server.Mail())
		}
		if j.status(steps.AddMember) == wizard.Done {
			t.Error("the tool is done although nobody has linked the user")
		}
		j.ticksAll(steps.AddMember)
		j.ticksAll(steps.AddMember)
		if j.status(steps.AddMember) != wizard.Done {
			t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.AddMember).Sheet(j.state())))
		}
	})
}

func TestATagThatTakesAccessAwayIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "kit")
		j.answer(steps.ImportStudents, "students.offering", "typed")
		j.answer(steps.ImportStudents, "students.tags", "Yoga Basics Revoke | yoga basics access | Yoga Basics Access")
		warnings := strings.Join(j.step(steps.ImportStudents).Sheet(j.state()).Warnings, " ")
		if !strings.Contains(warnings, `"Yoga Basics Revoke" takes access away`) || !strings.Contains(warnings, `opens with the tag "yoga basics access"`) || strings.Contains(warnings, `"Yoga Basics Access"`) {
			t.Errorf("warnings: %s", warnings)
		}
	})
}
