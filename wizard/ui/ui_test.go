package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"allyswitch/wizard/ui"
)

func TestSpansReadLikeSpeech(t *testing.T) {
	for span, want := range map[time.Duration]string{
		0: "0 s", 400 * time.Millisecond: "0 s", 45 * time.Second: "45 s", 59600 * time.Millisecond: "1 min", 90 * time.Second: "2 min",
		59*time.Minute + 40*time.Second: "1 h 00 min", 3*time.Hour + 5*time.Minute: "3 h 05 min", 30 * time.Hour: "30 h 00 min",
	} {
		if got := ui.Span(span); got != want {
			t.Errorf("%v is %q, want %q", span, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := ui.Count(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for rate, want := range map[float64]string{0: "", 0.05: "3.0 a minute", 1.25: "1.2 a second", 9.99: "10 a second", 1234: "1,234 a second"} {
		if got := ui.Rate(rate); got != want {
			t.Errorf("%v is %q, want %q", rate, got, want)
		}
	}
	if ui.Percent(999, 1000) != 99 || ui.Percent(1, 0) != 0 || ui.Percent(1000, 1000) != 100 {
		t.Error("per cent are rounded up before all is done")
	}
}

func TestTheBarIsFullOnlyAtTheEnd(t *testing.T) {
	theme := ui.NewTheme(true, true)
	if got := ansi.Strip(theme.Bar(999, 1000, 10)); got != "#########." {
		t.Errorf("the bar is %q", got)
	}
	if got := ansi.Strip(theme.Bar(0, 0, 4)); got != "...." {
		t.Errorf("the bar of an unknown total is %q", got)
	}
}

func TestFitIsExact(t *testing.T) {
	theme := ui.NewTheme(true, false)
	for _, text := range []string{"", "short", "a very long line indeed", "日本語のとても長い名前", "Zoë \U0001F468\U0001F469", "\x1b[31mred and long enough to be cut\x1b[m"} {
		for width := range 20 {
			if got := ui.Width(theme.Fit(text, width)); got != width {
				t.Errorf("%q fitted to %d is %d wide", text, width, got)
			}
		}
	}
}

func TestWrapKeepsTheWidth(t *testing.T) {
	text := "A sentence with aVeryLongWordThatDoesNotFitAnywhereAtAll and https://example.com/a/long/address/without/any/space in it"
	for width := 1; width < 40; width++ {
		for _, line := range ui.Wrap(text, width) {
			if ui.Width(line) > width {
				t.Fatalf("wrapped to %d: %q", width, line)
			}
		}
	}
}

// A file name that is broken at its hyphen cannot be copied, and reads as two.
func TestWrapBreaksNoNameAtItsHyphen(t *testing.T) {
	text := "The file contact-ids.csv of the migration's folder, switch.confirm-now, and run --plain, for 18 to 20 people, well-known"
	for width := 19; width < 80; width++ {
		got := ui.Wrap(text, width)
		if strings.Join(got, " ") != text {
			t.Errorf("wrapped to %d: %q", width, got)
		}
		for _, line := range got {
			if ui.Width(line) > width || strings.HasSuffix(line, "-") || strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "--plain") {
				t.Errorf("wrapped to %d: %q", width, line)
			}
		}
	}
	if got := ui.Wrap("a very-very-long-name-that-fits-nowhere", 12); strings.Join(got, "") != "avery-very-long-name-that-fits-nowhere" && strings.Join(got, "") != "a very-very-long-name-that-fits-nowhere" || len(got) < 4 {
		t.Errorf("a name that is too long: %q", got)
	}
}

func TestPastedKeysLoseTheirLineBreaks(t *testing.T) {
	input := ui.NewInput("", false)
	input.Update(tea.PasteMsg{Content: " \nsk-0123\r\n\x1b[2J "})
	if got := input.Value(); got != "sk-0123" {
		t.Errorf("the value is %q", got)
	}
}

func TestASecretIsNeverDrawn(t *testing.T) {
	theme := ui.NewTheme(true, true)
	for _, secret := range []string{"a", "short", "elevenchars", "sk-0123456789abcdef"} {
		input := ui.NewInput("", true)
		input.Update(tea.PasteMsg{Content: secret})
		for _, veil := range []ui.Veil{{}, {On: true}} {
			drawn := ansi.Strip(input.View(theme, veil, true, false, 40))
			if strings.Contains(drawn, secret) || !strings.HasPrefix(drawn, "********") {
				t.Errorf("%q is drawn as %q", secret, drawn)
			}
		}
	}
	if got := theme.Mask("sk-0123456789abcdef", true); got != "********cdef" {
		t.Errorf("the mask is %q", got)
	}
	if theme.Mask("sk-0123456789abcdef", false) != theme.Mask("x", false) {
		t.Error("the length of a mask tells something")
	}
}

func TestATableAsksForTheRowsInSightOnly(t *testing.T) {
	table := ui.Table{Columns: []ui.Column{{Title: "Row", Width: 8}, {Title: "Name"}}, Rows: 500_000, Focused: true}
	table.Move(499_990)
	table.Show(12)
	asked := 0
	lines := table.Lines(ui.NewTheme(true, true), func(i int) []string { asked++; return []string{fmt.Sprint(i), "name"} }, 60, 13)
	if asked != 12 || len(lines) != 13 {
		t.Errorf("%d rows were asked for, %d lines drawn", asked, len(lines))
	}
	if !strings.Contains(ansi.Strip(lines[12]), "> 499990") {
		t.Errorf("the cursor is not in the last line: %q", lines)
	}
}

func TestNarrowTablesKeepTheirWidth(t *testing.T) {
	table := ui.Table{Columns: []ui.Column{{Title: "A", Width: 30}, {Title: "B", Width: 30}, {Title: "C"}, {Title: "D"}}, Rows: 2}
	for width := 20; width < 100; width++ {
		for _, line := range table.Lines(ui.NewTheme(true, false), func(int) []string { return []string{"aaaa", "bbbb", "cccc", "dddd"} }, width, 3) {
			if ui.Width(line) > width {
				t.Fatalf("a line is %d wide in %d", ui.Width(line), width)
			}
		}
	}
}

func TestAsciiTwins(t *testing.T) {
	theme := ui.NewTheme(true, true)
	for _, text := range []string{fmt.Sprintf("%+v", theme.Signs), theme.Fit("a long line that is cut", 8), ansi.Strip(strings.Join(theme.Card("Title", []string{"text"}, 30, 4, 0), ""))} {
		for _, r := range text {
			if r >= 0x7f {
				t.Errorf("%q is not ASCII", text)
				break
			}
		}
	}
}
