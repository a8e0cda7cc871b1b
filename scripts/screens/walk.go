package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// errCard says that an error is on the screen.
var errCard = errors.New("an error card")

// walk works through the wizard as somebody does who only reads the screen: the line with the pointer, and the keys in the last line.
// Look is called before each key, and says when to stop.
func (w *window) walk(look func(text string) (stop bool, err error)) error {
	for range 1500 {
		w.settle()
		text := w.text()
		stop, err := look(text)
		if err != nil || stop {
			return err
		}
		if err := w.step(w.text()); err != nil {
			return err
		}
	}
	return fmt.Errorf("the walk does not end:\n%s", w.text())
}

// again is a task that has run, and may run again. Once is enough.
var again = regexp.MustCompile(`\[ Enter: start \]\s*\n\s*Done \d`)

// exactly finds the words that have to be typed.
var exactly = regexp.MustCompile(`Type exactly: (.+)`)

func (w *window) step(text string) error {
	lines := strings.Split(strings.TrimRight(text, "\n "), "\n")
	keys, pointed := lines[len(lines)-1], pointed(lines)
	switch {
	case strings.Contains(text, "This did not work") || strings.Contains(text, "Held back"):
		return fmt.Errorf("%w:\n%s", errCard, text)
	case strings.Contains(text, "please read"):
		time.Sleep(time.Second) // a card that opens by itself does not listen at once
		return w.press("\x1b")
	case strings.Contains(keys, "stop safely"):
		return w.until("the end of the work", func() bool { return !strings.Contains(w.text(), "stop safely") })
	case again.MatchString(text):
		return w.press("\t")
	case strings.Contains(keys, "Space tick"):
		return w.check(pointed)
	case strings.Contains(keys, "y as it should be"):
		return w.mark()
	case strings.Contains(keys, "s seen, it is right"):
		return w.settlePlaces()
	case strings.Contains(keys, "Enter save"):
		return w.reply(text)
	case strings.Contains(pointed, "Not finished yet"):
		return w.goBack()
	}
	return w.press("\r")
}

// rowOf finds where in a list the pointer stands.
var rowOf = regexp.MustCompile(`Row (\d+) of (\d+)`)

// mark says of every row of the list of people to test with that it is as it should be: there are ten at most.
func (w *window) mark() error {
	for range 10 {
		for _, keys := range []string{"y", "\r"} {
			if err := w.press(keys); err != nil {
				return err
			}
		}
		w.settle()
		if at := rowOf.FindStringSubmatch(w.text()); at == nil || at[1] == at[2] {
			break
		}
		if err := w.press("\x1b[B"); err != nil {
			return err
		}
	}
	return w.press("\r")
}

// settlePlaces says of every place that waits for a person that it stays so, or that it is right: what waits stands first in the list.
func (w *window) settlePlaces() error {
	for range 10 {
		text, keys := w.text(), []string{"s", "\r", "\x1b[B"}
		switch {
		case pointsTo(text, "to do"):
			keys = []string{"x", "\x1b[B"}
		case !pointsTo(text, "not read") && !pointsTo(text, "look"):
			return w.press("\r")
		}
		for _, key := range keys {
			if err := w.press(key); err != nil {
				return err
			}
		}
		w.settle()
	}
	return nil
}

// pointsTo says that the pointer of a list stands on a row with this state.
func pointsTo(text, state string) bool {
	return strings.Contains(text, "› "+state) || strings.Contains(text, "> "+state)
}

// goBack returns to what is still open, as the last line of the screen says. On a busy computer a key may come before what it was meant for.
func (w *window) goBack() error {
	for range 40 {
		if err := w.press("\x1b[Z"); err != nil {
			return err
		}
		lines := strings.Split(strings.TrimRight(w.text(), "\n "), "\n")
		keys, pointed := lines[len(lines)-1], pointed(lines)
		if strings.Contains(keys, "Space tick") && !strings.Contains(pointed, "(if it") || strings.Contains(keys, "Enter start") && !again.MatchString(w.text()) {
			return nil
		}
	}
	return fmt.Errorf("a page ends that is not finished:\n%s", w.text())
}

// pointed is the item with the pointer: its line and the next. ASCII has a pointer of its own.
func pointed(lines []string) string {
	for i, line := range lines {
		for _, sign := range []string{" › ", " > "} {
			if at := strings.Index(line, sign); at == 0 {
				return strings.Join(lines[i:min(i+2, len(lines))], " ")
			}
		}
	}
	return ""
}

func (w *window) check(pointed string) error {
	if strings.Contains(pointed, "(if it applies)") || strings.Contains(pointed, "(if it") {
		return w.press("\t")
	}
	if err := w.press(" "); err != nil {
		return err
	}
	if text := w.text(); strings.Contains(text, "Enter save") && !strings.Contains(text, "Space tick") {
		return w.press("\r") // a note that nobody has to write
	}
	return nil
}

func (w *window) reply(text string) error {
	if found := exactly.FindStringSubmatch(text); found != nil && strings.HasPrefix(found[1], "switch to") {
		if err := w.send(strings.TrimSpace(found[1])); err != nil {
			return err
		}
		w.settle()
		return w.press("\r")
	}
	return w.press("\t")
}
