package plain_test

import (
	"bytes"
	"strings"
	"testing"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
)

// aside is a tool that asks for one thing.
func aside() *wizardtest.Station {
	tool := &wizardtest.Station{Name: "merge", Heading: "Merge contacts", Aside: true, Wants: []string{"merge.keep"}}
	tool.Sheets = func(state *checkpoint.State) wizard.Sheet {
		return wizard.Sheet{Items: []wizard.Item{wizard.Question{Key: "merge.keep", Label: "Which one stays?", Required: true, Value: state.Answer("merge", "merge.keep")}}}
	}
	return tool
}

func TestAToolIsOpenedByItsNameAndLeadsBackToTheWay(t *testing.T) {
	folder := wizardtest.NewShelf()
	out, result, err := talk(t, folder, "steps\ngo merge\nanna@example.com\nquit\n", wizardtest.Asking(), wizardtest.Guided(), aside())
	if err != nil || !result.Quit {
		t.Fatalf("result %+v, error %v\n%s", result, err, out)
	}
	says(t, out, "go connect: Start, Connect your site and your CRM (to do)", "go 1: Step 1 of 1, Put the site into maintenance (to do)", "go merge: Tool, Merge contacts (to do)",
		"== Tool: Merge contacts", "Merge contacts is done.", "The next start goes on at: start, Connect your site and your CRM.")
	if got := folder.Now.Answer("merge", "merge.keep"); got != "anna@example.com" {
		t.Errorf("the tool kept %q", got)
	}
	if strings.Count(out, "== Start: Connect") != 2 {
		t.Errorf("the tool did not lead back to the way:\n%s", out)
	}
}

func TestAStepThatIsDoneIsOpenedAgainByItsNumber(t *testing.T) {
	folder := arrived()
	out, _, err := talk(t, folder, "go 1\n\n\nno\nquit\n", wizardtest.Asking(), wizardtest.Guided(), wizardtest.People(3))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	says(t, out, "== Step 1 of 3: Put the site into maintenance", "or type no to take the tick back")
	if _, ticked := folder.Now.Step("maintenance").Ticks["backup"]; ticked {
		t.Errorf("the tick was not taken back:\n%s", out)
	}
}

// arrived is a state in which the first two steps are done.
func arrived() *wizardtest.Shelf {
	folder := wizardtest.NewShelf()
	folder.Now.Step("connect").Answers = map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "crm.key": "sk-0123456789abcdef", "site.name": "My site"}
	folder.Now.Step("maintenance").Ticks = map[string]checkpoint.Tick{"plugin": {}, "backup": {}}
	return folder
}

func TestWhenAllIsDoneTheToolsAreStillThere(t *testing.T) {
	steps := []wizard.Step{wizardtest.Asking(), wizardtest.Guided(), aside()}
	out, result, err := talk(t, arrived(), "go merge\nanna@example.com\n\n", steps...)
	if err != nil || !result.Done {
		t.Fatalf("result %+v, error %v\n%s", result, err, out)
	}
	says(t, out, "Everything is done.", "Press Enter to leave, or type steps", "== Tool: Merge contacts")
	if _, result, err := talk(t, arrived(), "\n\n", steps...); err != nil || !result.Done {
		t.Errorf("an input that ends there: %+v, %v", result, err)
	}
}

func TestAStepThatIsNotOpenYetIsReadOut(t *testing.T) {
	folder := wizardtest.NewShelf()
	shut := wizardtest.Guided()
	shut.Shut = true
	out, _, err := talk(t, folder, "go 1\n\nquit\n", wizardtest.Asking(), shut)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	says(t, out, "This step is not open yet. This will be to do:", "To do: There is a backup.", "Go to: AccessAlly > Settings",
		"Press Enter to go to what comes first: start, Connect your site and your CRM.")
	if strings.Contains(out, "Have you done this?") || strings.Count(out, "== Start: Connect") != 2 {
		t.Errorf("something was asked for that cannot be done yet, or it did not lead back:\n%s", out)
	}
}

func TestAWordThatOpensNothingIsSaid(t *testing.T) {
	out, _, _ := talk(t, wizardtest.NewShelf(), "go 99\nquit\n", wizardtest.Asking())
	says(t, out, `There is no step "99". Type steps to see what there is.`)
}

func TestPrivacyIsAWordToo(t *testing.T) {
	out, _, err := talk(t, wizardtest.NewShelf(), "privacy\nmore\nprivacy\nmore\n\nquit\n", wizardtest.People(25))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(out, "Privacy is on")
	hidden, shown, _ := strings.Cut(after, "Privacy is off")
	if strings.Contains(hidden, "@example.com") || !strings.Contains(hidden, "member ") || !strings.Contains(shown, "@example.com") {
		t.Errorf("the word did not do what it says:\n%s", out)
	}
}

// zip is a made-up support bundle.
type zip struct{ page string }

func (z *zip) Preview() ([]string, error) { return []string{"state.json", "allyswitch.log"}, nil }

func (z *zip) Write(page string) (string, error) {
	z.page = page
	return "support.zip", nil
}

func TestAFileForSupportIsShownBeforeItIsWritten(t *testing.T) {
	for typed, written := range map[string]bool{"support\n\nquit\n": false, "support\nyes\nquit\n": true} {
		var out bytes.Buffer
		made, folder := &zip{}, wizardtest.NewShelf()
		folder.Now.Step("connect").Answers = map[string]string{"site.url": "https://anna@example.com"}
		_, err := plain.Run(t.Context(), plain.Config{Steps: []wizard.Step{wizardtest.Asking()}, Folder: folder, In: strings.NewReader(typed), Out: &out, Interactive: true, Deps: wizard.Deps{Support: made}})
		if err != nil {
			t.Fatal(err)
		}
		says(t, out.String(), "This would be in it.", "allyswitch.log", "Type yes to write it")
		if (made.page != "") != written || strings.Contains(made.page, "@") || strings.Contains(out.String(), "Written: support.zip") != written {
			t.Errorf("%q wrote %q and said\n%s", typed, made.page, out.String())
		}
	}
}
