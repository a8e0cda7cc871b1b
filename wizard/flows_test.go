package wizard_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/wizardtest"
)

func home() wizardtest.Size { return wizardtest.Size{Width: 80, Height: 24} }

// ends checks that the program has ended by itself without an error.
func ends(t *testing.T, term *wizardtest.Terminal) {
	t.Helper()
	ended, err := term.Ended()
	if !ended {
		t.Fatal("the wizard is still running")
	}
	if err != nil {
		t.Fatalf("the wizard ended with %v", err)
	}
}

func TestAnOwnerAnswersTheQuestionsAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Asking(), wizardtest.Guided()), home())
		term.Sees("Start · Connect your site", "Address of your site (needed)", "Not finished yet")

		term.Type("example.com")
		term.Press("enter")
		term.Sees("The address must begin with https://.")
		term.Press("ctrl+u")
		term.Paste(" https://example.com\n")
		term.Press("enter")
		if got := folder.Now.Answer("connect", "site.url"); got != "https://example.com" {
			t.Fatalf("the address kept is %q", got)
		}
		term.Sees("Address of your site: https://example.com")

		term.Press("down", "enter") // Kit
		if got := folder.Now.Answer("connect", "crm.provider"); got != "kit" {
			t.Fatalf("the CRM kept is %q", got)
		}
		term.Paste("sk-0123456789abcdef\n")
		term.SeesNot("sk-0123")
		term.Sees("••••••••cdef")
		term.Press("enter")
		term.SeesNot("0123456789")
		term.Press("enter") // takes the default
		if got := folder.Now.Answer("connect", "site.name"); got != "My site" {
			t.Fatalf("the default was not taken: %q", got)
		}
		term.Sees("Continue to step 1, Put the site into maintenance")
		term.Press("enter")
		term.Sees("Step 1 of 1 · Put the site into maintenance")
		term.Press("q")
		term.Sees("Leave AllySwitch?", "Your progress is saved")
		term.Press("y")
		ends(t, term)
	})
}

func TestNobodyIsTrappedInAnInvalidField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Asking(), wizardtest.Guided()), home())
		term.Type("nonsense")
		term.Press("tab")
		term.Sees("Address of your site: typed, not saved yet", "The address must begin with https://.", "› ( ) ActiveCampaign")
		term.Press("esc")
		term.Sees("Go back?", "not saved yet")
		term.Press("esc")
		term.SeesNot("Go back?")
		term.Press("shift+tab")
		term.Sees("nonsense")
		if folder.Now.Answer("connect", "site.url") != "" {
			t.Fatal("the invalid answer was kept")
		}
	})
}

func TestTypingLettersIsNotACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Asking(), wizardtest.Guided()), home())
		term.Type("q?lL")
		term.Sees("│ q?lL")
	})
}

func TestTicksCanBeTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Guided()), home())
		term.Press("space")
		term.Sees("[✓] The maintenance page is on.", "ticked 1 Jan 2000")
		term.Press("space")
		term.Sees("[ ] The maintenance page is on.", "The tick is taken back.")
		term.Press("enter")
		term.Sees("[ ] The maintenance page is on.") // Enter held down must not tick what nobody has read
		term.Press("shift+tab", "space")
		term.Sees("[✓] The maintenance page is on.")
		term.Press("enter", "space")
		term.Sees("Where is it?")
		term.Type("on the second disk")
		term.Press("enter")
		if got := folder.Now.Step("maintenance").Ticks["backup"].Note; got != "on the second disk" {
			t.Fatalf("the note kept is %q", got)
		}
		term.Press("tab")
		term.Sees("[ Close AllySwitch ]")
	})
}

func TestGoingOnAsksAboutTypingThatIsNotSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := arrived()
		step := wizardtest.Asking()
		term := wizardtest.Start(t, shellOf(t, folder, step, wizardtest.Guided(), wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Press("esc", "esc")
		term.Sees("Start")
		term.Press("shift+tab", "shift+tab", "shift+tab", "shift+tab")
		term.Type("x")
		term.Press("ctrl+u")
		term.Type("nonsense")
		term.Press("tab", "tab", "tab", "tab", "enter")
		term.Sees("Leave this page?")
		term.Press("enter")
		term.Sees("Start")
		term.Press("enter", "y")
		term.Sees("Step 4 of 4")
	})
}

func TestATableIsMendedAndSearched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.People(50_000)), home())
		term.Press("down", "m")
		term.Sees("The right address")
		term.Type("anna")
		term.Press("enter")
		term.Sees("An address has an @ in it.")
		term.Type("@example.org")
		term.Press("enter")
		term.Sees("anna@example.org")
		term.Press("x")
		term.Sees("It has bought something.")
		term.Press("/")
		term.Type("member49998@")
		term.Press("enter")
		term.Wait(5 * time.Second)
		term.Sees("Row 49,999 of 50,000", "member49998@example.com")
		term.Press("/")
		term.Type("nobody at all")
		term.Press("enter")
		term.Wait(5 * time.Second)
		term.Sees("not found: nobody at all")
	})
}

func TestAWindowThatIsTooSmallSaysSo(t *testing.T) {
	frame := strings.Join(wizardtest.Frame(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Asking()), wizardtest.Size{Width: 50, Height: 12}), "\n")
	for _, want := range []string{"50 x 12", "60 x 16", "Connect your site", "Nothing is lost"} {
		if !strings.Contains(frame, want) {
			t.Errorf("the notice does not say %q:\n%s", want, frame)
		}
	}
}

func TestNoColorWithAnyValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Asking()), home(), "NO_COLOR=yes")
		term.Sees("Connect your site")
		for _, colour := range []string{"\x1b[38;", "\x1b[48;", ";38;2;", ";38;5;"} {
			if strings.Contains(term.Raw(), colour) {
				t.Errorf("colours are sent although NO_COLOR is set: %q", colour)
			}
		}
	})
}

// bundle is a made-up support bundle.
type bundle struct{ page string }

func (b *bundle) Preview() ([]string, error) { return []string{"state.json", "allyswitch.log"}, nil }

func (b *bundle) Write(page string) (string, error) {
	b.page = page
	return "support.zip", nil
}

func TestTheFileForSupportIsShownBeforeItIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := &bundle{}
		shell := wizard.New(wizard.Config{Steps: []wizard.Step{wizardtest.People(3)}, Folder: wizardtest.NewShelf(),
			Options: wizard.Options{Background: wizard.DarkBackground}, Deps: wizard.Deps{Support: made}})
		term := wizardtest.Start(t, shell, home())
		term.Press("ctrl+s")
		term.Sees("Write a file for support?", "allyswitch.log")
		term.Press("esc")
		if made.page != "" {
			t.Fatal("it was written without asking")
		}
		term.Press("ctrl+s", "w")
		term.Sees("Written: support.zip", "member0@example.com")
		if strings.Contains(made.page, "@") || strings.Contains(made.page, "Anna") || !strings.Contains(made.page, "member ") {
			t.Errorf("the page in it is:\n%s", made.page)
		}
	})
}

func TestASearchOutlivesTheRowsOfItsTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		step := &wizardtest.Station{Name: "edit", Heading: "Edit", Place: 3, Wants: []string{"never"}}
		step.Sheets = func(state *checkpoint.State) wizard.Sheet {
			last := state.Step("edit").Tasks["clean"]
			rows := 1_000_000
			if last.Ended != nil {
				rows = 0
			}
			return wizard.Sheet{Items: []wizard.Item{
				wizard.Task{Key: "clean", Label: "Clean", Required: true, Last: last,
					Run: func(context0, reporter) (wizard.Change, error) { time.Sleep(5 * time.Second); return nil, nil }},
				wizard.Table{Key: "rows", Title: "Rows", Columns: []wizard.Column{{Title: "Name"}}, Rows: rows,
					Row: func(i int) []string { time.Sleep(time.Millisecond); return []string{strconv.Itoa(i)} }},
			}}
		}
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), step), home())
		term.Press("enter", "tab", "/")
		term.Type("nobody")
		term.Press("enter")
		term.Wait(20 * time.Second)
		term.Sees("Rows (0)", "Nothing to show.")
	})
}

func TestALetterDoesNothingToARowThatIsOutOfSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := 0
		step := &wizardtest.Station{Name: "edit", Heading: "Edit", Place: 3, Wants: []string{"never"}}
		step.Sheets = func(*checkpoint.State) wizard.Sheet {
			return wizard.Sheet{Does: slices.Repeat([]string{"A paragraph that has to be read before anything is done here."}, 30), Items: []wizard.Item{
				wizard.Table{Key: "rows", Title: "Rows", Columns: []wizard.Column{{Title: "Name"}}, Rows: 3, Row: func(int) []string { return []string{"Anna"} },
					Actions: []wizard.RowAction{{Key: "x", Label: "leave out", Do: func(int, string) (wizard.Change, error) { done++; return nil, nil }}}},
			}}
		}
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), step), home())
		term.SeesNot("Anna")
		term.Press("x")
		if done != 0 {
			t.Error("x left a row out that nobody could see")
		}
		term.Sees("Anna")
		term.Press("x")
		if done != 1 {
			t.Errorf("x was done %d times to a row in sight", done)
		}
	})
}
