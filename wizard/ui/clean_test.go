package ui_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"allyswitch/wizard/ui"
)

func TestCleanTakesOutWhatMovesThings(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"plain":                {"Anna Example", "Anna Example"},
		"accents stay":         {"Zoë Nguyễn Šárka", "Zoë Nguyễn Šárka"},
		"line breaks":          {"a\r\nb\nc\td", "a  b c d"},
		"csi":                  {"a\x1b[2Jb\x1b[31mc", "abc"},
		"c1 csi":               {"a\u009b2Jb", "a2Jb"},
		"osc title":            {"a\x1b]0;title\x07b", "ab"},
		"osc clipboard":        {"a\x1b]52;c;aGFjaw==\x1b\\b", "ab"},
		"osc link":             {"a\x1b]8;;https://example.com\x1b\\b\x1b]8;;\x1b\\c", "abc"},
		"dcs":                  {"a\x1bP1$qm\x1b\\b", "ab"},
		"apc":                  {"a\x1b_x\x1b\\b", "ab"},
		"lone escape":          {"a\x1b", "a"},
		"backspace and bell":   {"a\b\x07b\x7f", "ab"},
		"bidi override":        {"a\u202Egpj.exe", "agpj.exe"},
		"bidi isolate":         {"a\u2066b\u2069\u200f\u061cc", "abc"},
		"zero width":           {"a\u200bb\ufeffc\u2060d\u00ade", "abcde"},
		"broken utf-8":         {"a\xffb", "a\ufffdb"},
		"persian joiner stays": {"می\u200cخواهم", "می\u200cخواهم"},
		"emoji family":         {"\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0001F468\U0001F469\U0001F467"},
		"towers of marks":      {"Z" + strings.Repeat("\u0300", 40), "Z" + strings.Repeat("\u0300", 4)},
		"tags":                 {"a\U000E0041\U000E0001b", "ab"},
		"line separators":      {"a\u2028b\u2029c\u0085d", "a b c d"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ui.Clean(test.text); got != test.want {
				t.Errorf("Clean(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// Every control character on its own, and every C1 control, is gone.
func TestCleanLetsNoControlThrough(t *testing.T) {
	for r := rune(0); r < 0xa0; r++ {
		if r >= ' ' && r < 0x7f {
			continue
		}
		got := ui.Clean("a" + string(r) + "b")
		for _, left := range got {
			if left < ' ' || left >= 0x7f && left < 0xa0 {
				t.Errorf("U+%04X leaves %q", r, got)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"a\x1b[2Jb", "\x1b]52;c;aGFjaw==\x07", "\u009b2J", "\xff\xfe", "\U000E0041", "\x1bP\x1b\\", "\x1b", "\x9d8;;x\x9c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := ui.Clean(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("Clean(%q) leaves U+%04X", text, r)
			}
		}
		if again := ui.Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q is not stable: %q", text, got, again)
		}
	})
}
