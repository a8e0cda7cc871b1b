package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
)

// A list without user IDs, such as the file of tags given by mistake, can link nobody. It is held where it is given, not in the middle of the import.
func TestAListWithoutUserIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.connect()
		j.tick(steps.Maintenance, "on", "seen")
		j.answer(steps.Export, "export.file", j.file("tags-only.csv", "email,tags\nada@example.org,Gold\n"))
		j.answer(steps.Export, "values.used", "no")
		j.run(steps.Export, "read")
		question, _ := j.asked(steps.Export, "column.ID")
		for _, choice := range question.Choices {
			if strings.HasPrefix(choice.Label, "no column") {
				t.Error("the user ID can be left out")
			}
		}
		if question.Value != "" || question.Default != "" || !strings.Contains(question.Help, "export the users again") {
			t.Errorf("the question: %+v", question)
		}
		if facts := factsOf(j, steps.Export); !strings.Contains(facts, "not from a program that AllySwitch knows") {
			t.Errorf("the facts: %s", facts)
		}
		if j.status(steps.Export) == wizard.Done {
			t.Error("step 2 is done without user IDs")
		}
		j.answer(steps.Export, "export.file", j.file("customers.csv", "customer_id,email\n7,ada@example.org\n"))
		j.run(steps.Export, "read")
		if question, asked := j.asked(steps.Export, "column.ID"); asked && !hasNone(question) {
			t.Error("the second column of the ID will not do")
		}
	})
}

func hasNone(question wizard.Question) bool {
	for _, choice := range question.Choices {
		if choice.Value == "-" {
			return true
		}
	}
	return false
}

// Who works with files is told where the file of tags can come from. Who lets AllySwitch read the site is not sent for downloads.
func TestWhereTheListsComeFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		says := func(j *journey, words string) bool {
			_, there := item(j, steps.Export, func(one wizard.Instruction) bool { return strings.Contains(one.Text, words) })
			return there
		}
		j := begin(t, "ontraport")
		j.connect()
		if !says(j, "AccessAlly describes no export of who has which tag") || says(j, "Only if you would rather use a file") {
			t.Error("with files, nobody says where the tags come from")
		}
		j.logIn()
		if !says(j, "Only if you would rather use a file") || says(j, "AccessAlly describes no export") {
			t.Error("with the companion, the page sends for downloads")
		}
		if file, _ := j.asked(steps.Export, "export.file"); file.Required {
			t.Error("a file is needed although the site can be read")
		}
		if read, _ := j.offered(steps.Export, "site"); !read.Required {
			t.Error("the reading of the site is passed over")
		}
		j.tick(steps.Maintenance, "on", "seen")
		j.run(steps.Export, "site")
		if says(j, "WebToffee") || strings.Contains(j.warned(steps.Export), "webtoffee_export") {
			t.Error("after the site was read, the page still speaks of a download")
		}
	})
}

// A guest customer has no account, so no user ID. Several of them cannot be told apart, and are not taken in.
func TestAGuestIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.tick(steps.Maintenance, "on", "seen")
		j.answer(steps.Export, "export.file", j.file("guests.csv", "ID,customer_id,user_email,user_registered,first_name,last_name,is_guest_user\n"+
			"7,7,ada@example.org,2024-01-02 03:04:05,Ada,Lovelace,\n,,guest.a@example.org,,Guest,A,1\n,,guest.b@example.org,,Guest,B,1\n"))
		j.answer(steps.Export, "values.used", "no")
		j.run(steps.Export, "read")
		j.run(steps.EditCSV, "clean")
		table := j.table(steps.EditCSV, "rejected")
		if table.Rows != 2 {
			t.Fatalf("%d rows are left out", table.Rows)
		}
		for _, action := range table.Actions {
			if action.Label != "keep" {
				continue
			}
			if _, err := action.Do(0, ""); err == nil || !strings.Contains(err.Error(), "no account on the site") {
				t.Errorf("a guest is taken in: %v", err)
			}
		}
	})
}
