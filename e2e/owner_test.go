//go:build unix

package e2e_test

import (
	"regexp"
	"strings"
	"time"
)

// walk works through the wizard as somebody does who only reads the screen: the line with the pointer, and the keys in the last line.
// It stops when stop says so.
func (w *window) walk(stop func(text string) bool) {
	w.t.Helper()
	for range 1200 {
		w.settle()
		text := w.text()
		if stop(text) {
			return
		}
		w.step(text)
	}
	w.t.Fatalf("the walk does not end:\n%s", w.text())
}

// exactly finds the words that have to be typed.
var exactly = regexp.MustCompile(`Type exactly: (.+)`)

func (w *window) step(text string) {
	w.t.Helper()
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	keys, pointed := lines[len(lines)-1], pointed(lines)
	switch {
	case strings.Contains(text, "This did not work") || strings.Contains(text, "Held back"):
		w.t.Fatalf("an error:\n%s", text)
	case strings.Contains(text, "please read"):
		time.Sleep(time.Second) // a card that opens by itself does not listen at once
		w.press("\x1b")
	case strings.Contains(keys, "stop safely"):
		w.until("the end of the work", func() bool { return !strings.Contains(w.text(), "stop safely") })
	case ranAlready(text):
		w.press("\t")
	case strings.Contains(keys, "Space tick"):
		w.check(pointed)
	case strings.Contains(keys, "save the note and tick"):
		w.press("\r") // a note to a tick, which nobody has to write
	case strings.Contains(keys, "y as it should be"):
		w.mark()
	case strings.Contains(keys, "s seen, it is right"):
		w.settlePlaces()
	case strings.Contains(keys, "Enter save"):
		w.reply(text)
	case strings.Contains(pointed, "Not finished yet"):
		w.goBack()
	default:
		w.press("\r")
	}
}

// mark says of every row of the list of people to test with that it is as it should be: there are ten at most.
func (w *window) mark() {
	w.t.Helper()
	for range 10 {
		w.press("y")
		w.press("\r")
		w.settle()
		if at := rowOf.FindStringSubmatch(w.text()); at == nil || at[1] == at[2] {
			break
		}
		w.press("\x1b[B")
	}
	w.press("\r")
}

// settlePlaces says of every place that waits for a person that it stays so, or that it is right: what waits stands first in the list.
func (w *window) settlePlaces() {
	w.t.Helper()
	for range 10 {
		text := w.text()
		switch {
		case strings.Contains(text, "› to do"):
			w.press("x")
		case strings.Contains(text, "› not read"), strings.Contains(text, "› look"):
			w.press("s")
			w.press("\r")
		default:
			w.press("\r")
			return
		}
		w.settle()
		w.press("\x1b[B")
		w.settle()
	}
}

// rowOf finds where in a list the pointer stands.
var rowOf = regexp.MustCompile(`Row (\d+) of (\d+)`)

// goBack returns to what is still open, as the last line of the screen says. On a busy computer a key may come before what it was meant for.
func (w *window) goBack() {
	w.t.Helper()
	for range 40 {
		w.press("\x1b[Z")
		lines := strings.Split(strings.TrimRight(w.text(), "\n"), "\n")
		keys, pointed := lines[len(lines)-1], pointed(lines)
		if strings.Contains(keys, "Space tick") && !optional(pointed) || strings.Contains(keys, "Enter start") && !ranAlready(w.text()) {
			return
		}
	}
	w.t.Fatalf("a page ends that is not finished:\n%s", w.text())
}

// again is a task that has run, and may run again: what it looks at may have changed.
var again = regexp.MustCompile(`\[ Enter: start \]\s*\n[│|\s]*(?:[^\n]*│)?\s*Done \d`)

// ranAlready says that what has the focus has run on this page. Once is enough.
func ranAlready(text string) bool { return again.MatchString(text) }

// optional says that a box need not be ticked. The words for that may be broken over two lines.
func optional(pointed string) bool { return strings.Contains(pointed, "(if it") }

// pointed is the item with the pointer: its line and the next.
func pointed(lines []string) string {
	for i, line := range lines {
		if at := strings.Index(line, " › "); at == 0 || at > 0 && strings.HasSuffix(strings.TrimRight(line[:at], " "), "│") {
			return strings.Join(lines[i:min(i+2, len(lines))], " ")
		}
	}
	return ""
}

func (w *window) check(pointed string) {
	w.t.Helper()
	if optional(pointed) {
		w.press("\t")
		return
	}
	w.press(" ")
}

func (w *window) reply(text string) {
	w.t.Helper()
	if found := exactly.FindStringSubmatch(text); found != nil && strings.HasPrefix(found[1], "switch to") {
		w.send(strings.TrimSpace(found[1]))
		w.settle()
		w.press("\r")
		return
	}
	w.press("\t")
}
