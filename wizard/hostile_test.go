package wizard_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
	"allyswitch/wizard/wizardtest"
)

// everywhere is a station that puts a text into every field that is drawn.
func everywhere(text string) *wizardtest.Station {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	step := &wizardtest.Station{Name: "import", Heading: "Title " + text, Place: 2, Wants: []string{"never"}}
	run := func(_ context.Context, report job.Reporter) (wizard.Change, error) {
		report.Phase("Doing "+text, 100)
		report.Add(50, 1)
		report.Wait("Waiting "+text, time.Now().Add(5*time.Second))
		time.Sleep(5 * time.Second)
		report.Warn("Warned " + text)
		return nil, &told{text}
	}
	step.Sheets = func(*checkpoint.State) wizard.Sheet {
		tick := &checkpoint.Tick{At: at, Note: "Noted " + text}
		column := []wizard.Column{{Title: "Head " + text}, {Title: "Mail", Private: true}}
		row := func(int) []string { return []string{"Cell " + text, "anna@example.com " + text} }
		return wizard.Sheet{
			Does: []string{"Does " + text}, Warnings: []string{"Warn " + text}, Known: "Known " + text, Help: []string{"Help " + text},
			Did: []wizard.Fact{{Label: "Fact " + text, Value: "Value " + text}, {Label: "Name", Value: "Anna Example", Private: true}},
			Items: []wizard.Item{
				wizard.Task{Key: "send", Label: "Task " + text, Help: "Help " + text, Run: run, Required: true,
					Last: checkpoint.Task{Started: at, Ended: &at, Outcome: wizard.OutcomeFailed, Error: "Err " + text}},
				wizard.Task{Key: "later", Label: "Later " + text, Locked: "Locked " + text, Required: true},
				wizard.Question{Key: "q", Label: "Label " + text, Help: "Help " + text, Default: "Default " + text, Value: "Value " + text},
				wizard.Question{Key: "confirm", Label: "Confirm", Confirm: "Words " + text},
				wizard.Question{Key: "c", Label: "Choice " + text, Choices: []wizard.Choice{{Value: "a", Label: "One " + text, Help: "Help " + text}}, Value: "a"},
				wizard.Tick{Key: "t", Text: "Tick " + text, Where: []string{"Menu " + text}, Look: "Look " + text, Set: tick},
				wizard.Tick{Key: "u", Text: "Untick " + text, Note: "Note " + text},
				wizard.Instruction{Text: "Do " + text, Where: []string{"Menu " + text}, Look: "Look " + text, Copy: "Copy " + text, Link: "https://example.com/" + text},
				wizard.Table{Key: "rows", Title: "Table " + text, Columns: column, Rows: 5, Row: row,
					Actions: []wizard.RowAction{{Key: "x", Label: "Act " + text, Do: func(int, string) (wizard.Change, error) { return nil, errors.New("refused " + text) }},
						{Key: "m", Label: "Mend " + text, Ask: &wizard.Question{Label: "Ask " + text, Help: "Help " + text, Value: text},
							Do: func(int, string) (wizard.Change, error) { panic(text) }}}},
			},
		}
	}
	return step
}

// told is an error that tells about itself with a text from outside.
type told struct{ text string }

func (e *told) Error() string { return "error " + e.text }

func (e *told) Explain() wizard.Explanation {
	return wizard.Explanation{What: "What " + e.text, Means: "Means " + e.text, Now: "Now " + e.text, Code: "KIT-401", Detail: "Detail " + e.text}
}

// tour walks over everything that can be drawn and looks at each page.
func tour(t *testing.T, term *wizardtest.Terminal, look func(page string)) {
	t.Helper()
	see := func() { look(term.Text()) }
	see()
	for range 12 {
		term.Press("tab")
		see()
	}
	term.Press("shift+tab", "down")
	term.Press("x")
	see()
	term.Press("m")
	see()
	term.Press("enter", "esc", "f1")
	see()
	term.Press("pgdown")
	see()
	term.Press("esc", "ctrl+p")
	see()
	term.Press("ctrl+g", "ctrl+l")
	see()
	term.Press("esc")
	for range 12 {
		term.Press("shift+tab")
		see()
	}
	term.Press("r")
	term.Wait(time.Second)
	see()
	term.Wait(10 * time.Second)
	see()
	term.Press("d")
	see()
	term.Press("down", "down", "down", "down", "down", "down", "down", "down")
	see()
	term.Press("esc")
	see()
}

func TestTextFromOutsideCannotDoAnything(t *testing.T) {
	hostile := map[string]string{
		"csi":   "\x1b[2J\x1b[5;5HPWNED",
		"osc":   "\x1b]0;PWNED\x07\x1b]52;c;UFdORUQ=\x07\x1b]8;;https://evil.example\x1b\\x",
		"dcs":   "\x1bPq#PWNED\x1b\\\x1b_PWNED\x1b\\\x1b^PWNED\x1b\\",
		"c0":    "a\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1c\x1d\x1e\x1f\x7fb",
		"lines": "a\nb\rc\r\nd\te",
		"c1":    "a" + between(0x80, 0x9f) + "2J\u009c\u009d0;x\u009c\u009b2Jb",
		"bidi":  "a" + bidi() + "b",
		"bytes": "a\xff\xfe\x9b2J\x9d0;x\x9c\xc3(b",
	}
	all := ""
	for name, text := range hostile {
		all += text
		t.Run(name, func(t *testing.T) {
			for _, size := range wizardtest.Sizes() {
				model := tea.Model(shellOf(t, wizardtest.NewShelf(), everywhere(text)))
				for range 12 {
					model = wizardtest.Press(model, "tab")
					wizardtest.Frame(t, model, size)
				}
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), everywhere(all)), home())
		tour(t, term, func(page string) {
			if !strings.Contains(page, "Step 2 of 2") {
				t.Fatalf("the header has gone:\n%s", page)
			}
		})
		raw := term.Raw()
		for _, bad := range []string{"PWNED\x07", "]0;PWNED", "]52;", "]8;;", "\x1bPq", "\u202e", "\u2066", "\u009b", "\u0085", "\x0e", "\x00"} {
			if strings.Contains(raw, bad) {
				t.Errorf("%q reached the terminal", bad)
			}
		}
		for _, r := range between(0x80, 0x9f) + bidi() + strings.Map(func(r rune) rune {
			if strings.ContainsRune("\a\b\t\n\r\x1b", r) { // what drawing itself needs
				return -1
			}
			return r
		}, between(0, 0x1f)+"\x7f") {
			if strings.ContainsRune(raw, r) {
				t.Errorf("U+%04X reached the terminal", r)
			}
		}
	})
}

// between is every character from one to another.
func between(from, to rune) string {
	var all strings.Builder
	for r := from; r <= to; r++ {
		all.WriteRune(r)
	}
	return all.String()
}

// bidi is every character that turns the direction of what is read.
func bidi() string { return "\u061c\u200e\u200f" + between(0x202a, 0x202e) + between(0x2066, 0x2069) }

func TestPrivacyLeavesNoAddressInAnyFrame(t *testing.T) {
	leak := regexp.MustCompile(`anna|@|example\.com[^/]|Anna Example`)
	for _, size := range []wizardtest.Size{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
		synctest.Test(t, func(t *testing.T) {
			folder := wizardtest.NewShelf()
			shell := wizard.New(wizard.Config{Steps: []wizard.Step{everywhere("<anna.lee@example.com>")}, Folder: folder,
				Options: wizard.Options{Privacy: true, Background: wizard.DarkBackground}})
			term := wizardtest.Start(t, shell, size)
			term.Sees("privacy on", "member ")
			tour(t, term, func(page string) {
				if found := leak.FindString(page); found != "" {
					t.Fatalf("privacy lets %q through:\n%s", found, page)
				}
			})
			if found := leak.FindString(regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]`).ReplaceAllString(term.Raw(), "")); found != "" {
				t.Errorf("privacy lets %q through to the terminal", found)
			}
			term.Press("ctrl+x")
			term.SeesNot("privacy on")
			term.Sees("anna.lee@example.com")
		})
	}
}

func TestPrivacyKeepsPseudonymsWithTheMigration(t *testing.T) {
	folder := wizardtest.NewShelf()
	folder.Now.Step("privacy").Notes = nil
	salt := wizard.Salt(&wizard.Keeper{Folder: folder})
	if again := wizard.Salt(&wizard.Keeper{Folder: folder}); salt == "" || again != salt {
		t.Errorf("the salt changes: %q, %q", salt, again)
	}
}

func TestCopiedTextIsVeiledToo(t *testing.T) {
	var copied []string
	shell := wizard.New(wizard.Config{Steps: []wizard.Step{wizardtest.People(3)}, Folder: wizardtest.NewShelf(),
		Options: wizard.Options{Privacy: true, Background: wizard.DarkBackground},
		Deps:    wizard.Deps{Copy: func(text string) error { copied = append(copied, text); return nil }}})
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shell, home())
		term.Press("ctrl+y")
		term.Sees("Copied.")
		term.Press("ctrl+x", "ctrl+y")
	})
	if len(copied) != 2 || strings.Contains(copied[0], "@") || strings.Contains(copied[0], "Anna") || !strings.Contains(copied[1], "member0@example.com") {
		t.Errorf("copied were %q", copied)
	}
}

func TestTypingAnAddressIsHiddenWhilePrivacyIsOn(t *testing.T) {
	shell := shellOf(t, wizardtest.NewShelf(), wizardtest.People(3))
	model := wizardtest.Press(shell, "ctrl+x", "m")
	model = wizardtest.Type(model, "anna@example.org")
	page := strings.Join(wizardtest.Frame(t, model, home()), "\n")
	if strings.Contains(page, "anna") || !strings.Contains(page, "hidden while privacy is on") {
		t.Errorf("the address is shown while it is typed:\n%s", page)
	}
}

// canary is a secret that must not be drawn anywhere.
const canary = "canary-secret-0123456789"

func TestASecretIsOnNoFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		folder.Now.Step("connect").Answers = map[string]string{"site.url": "https://example.com", "crm.provider": "kit"}
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Asking(), wizardtest.Guided()), home())
		term.Paste(canary)
		term.Press("tab", "shift+tab", "enter", "shift+tab", "ctrl+y", "f1", "esc", "ctrl+l", "esc")
		if raw := term.Raw(); strings.Contains(raw, canary[:16]) {
			t.Error("the secret reached the terminal")
		}
		term.Sees(ui.NewTheme(true, false).Mask(canary, true))
	})
}

func TestLinksAreOnlyWebAddresses(t *testing.T) {
	for link, opened := range map[string]bool{"https://example.com/x": true, "http://127.0.0.1:8080/": true, "file:///etc/passwd": false, "javascript:alert(1)": false} {
		synctest.Test(t, func(t *testing.T) {
			var got string
			step := &wizardtest.Station{Name: "a", Heading: "A", Wants: []string{"x"}}
			step.Sheets = func(*checkpoint.State) wizard.Sheet {
				return wizard.Sheet{Items: []wizard.Item{wizard.Instruction{Text: "Open it", Link: link}}}
			}
			shell := wizard.New(wizard.Config{Steps: []wizard.Step{step}, Folder: wizardtest.NewShelf(), Options: wizard.Options{Background: wizard.DarkBackground},
				Deps: wizard.Deps{OpenLink: func(address string) error { got = address; return nil }}})
			term := wizardtest.Start(t, shell, home())
			term.Press("o")
			if (got == link) != opened {
				t.Errorf("%s: opened %q", link, got)
			}
		})
	}
}
