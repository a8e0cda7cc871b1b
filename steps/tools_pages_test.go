package steps_test

import (
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

func TestPagesOfMergingOnKeap(t *testing.T) {
	pictures(t, "keap", func(t testing.TB, a *album) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga", "Shared"), somebody("jo@example.com", "Joanna", "Circle", "Shared"))
		a.show(j, steps.MergeContacts, "ready", plainly)
		j.run(steps.MergeContacts, "find")
		a.table(j, steps.MergeContacts, "ready, found", "duplicates")
		j.row(steps.MergeContacts, "duplicates", "k", 0, "")
		j.row(steps.MergeContacts, "duplicates", "x", 1, "")
		j.run(steps.MergeContacts, "compare")
		a.table(j, steps.MergeContacts, "ready, side by side", "pair")
		j.confirm(steps.MergeContacts, "merge.confirm")
		a.show(j, steps.MergeContacts, "ready, confirmed", plainly)
		j.run(steps.MergeContacts, "merge")
		a.show(j, steps.MergeContacts, "ready, merged", plainly)
		j.ticksAll(steps.MergeContacts)
		a.show(j, steps.MergeContacts, "done", plainly)
	})
}

func TestPagesOfMergingElsewhere(t *testing.T) {
	pictures(t, "elsewhere", func(t testing.TB, a *album) {
		j := withTools(t, "kit", somebody("jo@example.com", "Jo", "Yoga"), somebody("jo.work@example.org", "Jo", "Circle"))
		j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
		j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Circle welcome", Tag: "Circle", Active: true}}})
		j.run(steps.MergeContacts, "compare")
		j.run(steps.MergeContacts, "starts")
		a.show(j, steps.MergeContacts, "ready, something would start", plainly)
		j.confirm(steps.MergeContacts, "merge.accept")
		j.tick(steps.MergeContacts, "starts-seen")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge")
		a.show(j, steps.MergeContacts, "ready, tags moved", plainly)
	})
}

func TestPagesOfTwoUsers(t *testing.T) {
	pictures(t, "users", func(t testing.TB, a *album) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga"), somebody("jo.work@example.org", "Jo", "Circle"))
		server := j.demo.Site.Handler()
		j.deps.SiteTransport = sandbox.Transport(server)
		server.SwitchTo("Infusionsoft")
		j.logIn()
		for _, email := range []string{"jo@example.com", "jo.work@example.org"} {
			j.answer(steps.AddMember, "member.email", email)
			j.run(steps.AddMember, "contact", "user", "link")
		}
		j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
		j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge", "site")
		a.show(j, steps.MergeContacts, "ready, a second user", plainly)
		a.show(j, steps.MergeContacts, "ready, a second user, nobody named", wizard.Options{Privacy: true})
	})
}

func TestPagesOfOneMember(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := withTools(t, "ontraport", somebody("new@example.com", "Nia", "Inner Circle Member"), somebody("two@example.com", "Two"), somebody("two@example.com", "Too"))
		a.show(j, steps.AddMember, "ready", plainly)
		j.answer(steps.AddMember, "member.email", "nobody@example.com")
		j.run(steps.AddMember, "contact")
		a.show(j, steps.AddMember, "ready, nobody found", plainly)
		j.answer(steps.AddMember, "member.email", "two@example.com")
		_ = j.try(steps.AddMember, "contact")
		a.show(j, steps.AddMember, "ready, two found", plainly)
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		a.show(j, steps.AddMember, "ready, found", plainly)
		j.answer(steps.AddMember, "member.offering", "Yoga Basics")
		a.show(j, steps.AddMember, "ready, the tag of what was bought is missing", plainly)
		j.run(steps.AddMember, "starts")
		a.show(j, steps.AddMember, "ready, looked what it starts", plainly)
		j.tick(steps.AddMember, "starts-seen")
		j.run(steps.AddMember, "tag")
		j.answer(steps.AddMember, "member.login-page", "https://demo.example.com/login/")
		j.ticksAll(steps.AddMember)
		a.show(j, steps.AddMember, "ready, the mail to write", plainly)
		j.ticksAll(steps.AddMember)
		a.show(j, steps.AddMember, "done", plainly)
	})
}

func TestPagesOfOneMemberWithTheCompanion(t *testing.T) {
	pictures(t, "companion", func(t testing.TB, a *album) {
		j := withTools(t, "drip", somebody("new@example.com", "Nia", "Inner Circle Member"))
		server := j.demo.Site.Handler()
		server.SwitchTo("drip")
		j.deps.SiteTransport = sandbox.Transport(server)
		j.logIn()
		j.answer(steps.AddMember, "member.email", "new@example.com")
		j.run(steps.AddMember, "contact")
		a.show(j, steps.AddMember, "ready, found", plainly)
		j.answer(steps.AddMember, "member.offering", "Inner Circle")
		server.InCRM(j.state().Step(steps.AddMember).Notes["contact"], "Inner Circle Member", "Yoga Basics Access")
		j.run(steps.AddMember, "user", "link", "refresh")
		a.table(j, steps.AddMember, "ready, a tag too many", "compared")
	})
}

func TestPagesOfStudents(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := withTools(t, "activecampaign", somebody("old@example.com", "Olga"))
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome to Yoga", Tag: "Yoga Basics Access", Active: true}}})
		a.show(j, steps.ImportStudents, "ready", plainly)
		j.answer(steps.ImportStudents, "students.file", j.file("students.csv", strings.Replace(studentList, "First Name", "Given", 1)))
		a.show(j, steps.ImportStudents, "ready, a column asked for", plainly)
		j.answer(steps.ImportStudents, "students.file", j.file("students.csv", studentList))
		j.answer(steps.ImportStudents, "students.into", "crm")
		a.show(j, steps.ImportStudents, "ready, which offering", plainly)
		j.answer(steps.ImportStudents, "students.offering", "Yoga Basics")
		j.run(steps.ImportStudents, "read")
		a.table(j, steps.ImportStudents, "ready, to be looked through", "students")
		j.tick(steps.ImportStudents, "audited")
		j.run(steps.ImportStudents, "starts")
		a.show(j, steps.ImportStudents, "ready, an automation would start", plainly)
		j.confirm(steps.ImportStudents, "students.accept")
		j.run(steps.ImportStudents, "send")
		a.show(j, steps.ImportStudents, "ready, sent", plainly)
		j.run(steps.ImportStudents, "file")
		j.ticksAll(steps.ImportStudents)
		a.show(j, steps.ImportStudents, "done", plainly)
		j.answer(steps.ImportStudents, "students.into", "managed")
		j.answer(steps.ImportStudents, "students.offering", "typed")
		j.answer(steps.ImportStudents, "students.tags", "Yoga Basics Access | Newcomers")
		a.show(j, steps.ImportStudents, "ready, into AccessAlly Managed", plainly)
	})
}

func TestPagesOfTeams(t *testing.T) {
	pictures(t, "", func(t testing.TB, a *album) {
		j := withTools(t, "kit")
		j.reach(steps.EditCSV)
		a.show(j, steps.TeamSettings, "ready", plainly)
		j.answer(steps.TeamSettings, "teams.use", "yes")
		j.run(steps.TeamSettings, "tags")
		j.row(steps.TeamSettings, "team-tags", "a", 0, "")
		a.table(j, steps.TeamSettings, "ready, tags found", "team-tags")
		j.run(steps.TeamSettings, "export")
		j.answer(steps.TeamSettings, "teams.legacy", "yes")
		j.answer(steps.TeamSettings, "teams.works", "first")
		j.answer(steps.TeamSettings, "teams.decision", "new")
		a.show(j, steps.TeamSettings, "ready, decided", plainly)
		j.ticksAll(steps.TeamSettings)
		a.show(j, steps.TeamSettings, "done", plainly)
		j.answer(steps.TeamSettings, "teams.legacy", "no")
		j.answer(steps.TeamSettings, "teams.works", "yes")
		j.answer(steps.TeamSettings, "teams.wish", "no")
		a.show(j, steps.TeamSettings, "ready, no reason to change", plainly)
		j.answer(steps.TeamSettings, "teams.works", "no")
		j.answer(steps.TeamSettings, "teams.decision", "none")
		a.show(j, steps.TeamSettings, "ready, something does not work", plainly)
	})
}
