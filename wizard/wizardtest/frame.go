// Package wizardtest looks at the wizard through a terminal emulator: frames to compare with golden files, and whole programs on a fake clock.
package wizardtest

import (
	"io"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Size is a terminal's size in cells.
type Size struct{ Width, Height int }

// Sizes are those in which every page is looked at: home, large, and the least that works.
func Sizes() []Size { return []Size{{80, 24}, {120, 40}, {60, 16}} }

// Frame draws a model at a size, checks what holds for every frame, and returns its lines as a terminal shows them.
func Frame(t testing.TB, model tea.Model, size Size) []string {
	t.Helper()
	model, _ = model.Update(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
	content := model.View().Content
	Check(t, content, size)
	return Show(content, size)
}

// Check says what is wrong with a frame of any page: its shape, and control characters that are not styling.
func Check(t testing.TB, content string, size Size) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if len(lines) != size.Height {
		t.Errorf("the frame has %d lines, want %d", len(lines), size.Height)
	}
	for i, line := range lines {
		if width := ansi.StringWidth(line); width > size.Width {
			t.Errorf("line %d is %d cells wide, want at most %d: %q", i+1, width, size.Width, ansi.Strip(line))
		}
		if bad := Unsafe(line); bad != "" {
			t.Errorf("line %d lets through %s: %q", i+1, bad, line)
		}
	}
}

// Unsafe names the first thing in a line that could do more than draw: anything but text and styling. It is empty when there is none.
func Unsafe(line string) string {
	state := byte(0)
	parser := ansi.NewParser()
	for len(line) > 0 {
		sequence, _, n, next := ansi.DecodeSequence(line, state, parser)
		if n == 0 {
			return "an unreadable sequence"
		}
		if strings.HasPrefix(sequence, "\x1b") {
			if !strings.HasPrefix(sequence, "\x1b[") || !strings.HasSuffix(sequence, "m") {
				return "a control sequence"
			}
		} else if bad := unsafeRune(sequence); bad != "" {
			return bad
		}
		line, state = line[n:], next
	}
	return ""
}

func unsafeRune(text string) string {
	for _, r := range text {
		switch {
		case unicode.IsControl(r):
			return "a control character"
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
			return "a direction mark"
		}
	}
	return ""
}

// Show plays content into a terminal of a size and returns the lines that it shows, without spaces at their ends.
func Show(content string, size Size) []string {
	emulator := vt.NewEmulator(size.Width, size.Height)
	go func() { _, _ = io.Copy(io.Discard, emulator) }()
	defer hangUp(emulator)
	_, _ = emulator.WriteString(strings.ReplaceAll(content, "\n", "\r\n"))
	return lines(emulator, size)
}

// hangUp ends what the terminal says. Its own Close may not run beside a read.
func hangUp(emulator *vt.Emulator) {
	if pipe, ok := emulator.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
}

// lines reads the cells of a terminal.
func lines(screen interface{ String() string }, size Size) []string {
	out := strings.Split(screen.String(), "\n")
	for i := range out {
		out[i] = strings.TrimRight(out[i], " \r")
	}
	for len(out) < size.Height {
		out = append(out, "")
	}
	return out
}

// Press gives keys to a model by name ("enter", "tab", "x", "ctrl+c"), without running the commands it returns.
func Press(model tea.Model, keys ...string) tea.Model {
	for _, name := range keys {
		model, _ = model.Update(Key(name))
	}
	return model
}

// Type gives a text to a model key by key.
func Type(model tea.Model, text string) tea.Model {
	for _, r := range text {
		model, _ = model.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return model
}

// Key makes the message of a key from its name.
func Key(name string) tea.KeyPressMsg {
	var key tea.KeyPressMsg
	rest := name
	for _, mod := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if cut, found := strings.CutPrefix(rest, mod.name); found {
			rest, key.Mod = cut, key.Mod|mod.mod
		}
	}
	if code, ok := codes()[rest]; ok {
		key.Code = code
		if code == tea.KeySpace && key.Mod == 0 {
			key.Text = " "
		}
		return key
	}
	key.Code = []rune(rest)[0]
	if key.Mod == 0 {
		key.Text = rest
	}
	return key
}

func codes() map[string]rune {
	return map[string]rune{
		"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "space": tea.KeySpace, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "f1": tea.KeyF1,
	}
}
