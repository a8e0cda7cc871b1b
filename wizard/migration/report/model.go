package report

import (
	"strconv"
	"strings"
	"time"
)

// Report is everything that a report says. HTML and Markdown are two ways of writing it.
type Report struct {
	Made     time.Time
	Tool     string
	Demo     bool
	Redacted bool
	Verdict  Verdict
	// Doubts are figures that do not fit each other, and things that have changed since the last read-back.
	Doubts []string
	// Key are the few numbers to see first, Facts are what was moved where, when, by which version.
	Key      []KeyFigure
	Facts    []Fact
	Sections []Section
	Evidence Evidence
	// known are names that must not stand in a redacted report, wherever they turn up.
	known []string
}

// Tone is how good a thing is. It is always said in words too.
type Tone string

// The tones.
const (
	Good    Tone = "good"
	Bad     Tone = "bad"
	Unknown Tone = "unknown"
)

// Verdict is the one sentence on top.
type Verdict struct {
	Tone     Tone
	Word     string
	Sentence string
	Source   string
}

// KeyFigure is a number to see first.
type KeyFigure struct {
	Value int
	Label string
	Tone  Tone
}

// Fact is a label with its value.
type Fact struct {
	Label string
	Value Text
}

// Kind says where a text comes from, and so what a redacted report does with it.
type Kind byte

// The kinds of text.
const (
	// Ours are the program's own words and numbers.
	Ours Kind = iota
	// Outside are names of tags, fields, pages and automations, and errors: addresses and names of sites in them are hidden.
	Outside
	// Person is the address of a person, Private a text that may say anything about anybody, Site the name of a site or account.
	Person
	Private
	Site
	// Advice quotes something from outside between “ and ”.
	Advice
)

// Text is one text and where it comes from.
type Text struct {
	Words string
	Kind  Kind
	// Share is the part of a hundred that a bar beside the text shows, 0 for none.
	Share int
}

// Ours tells what to escape with care: nothing from outside is in it.
func (t Text) Ours() bool { return t.Kind == Ours }

func say(words string) Text     { return Text{Words: words} }
func outside(words string) Text { return Text{Words: visible(words), Kind: Outside} }
func person(words string) Text  { return Text{Words: visible(words), Kind: Person} }
func private(words string) Text { return Text{Words: visible(words), Kind: Private} }
func site(words string) Text    { return Text{Words: visible(words), Kind: Site} }
func number(n int) Text         { return say(grouped(n)) }

// Section is one part of the report under its own heading.
type Section struct {
	ID, Title string
	// Words are paragraphs, Source says which lines or files the section rests on.
	Words  []string
	Points []Text
	Charts []Chart
	Tables []Table
	Source string
}

// Table is rows under headings.
type Table struct {
	ID, Caption string
	Columns     []Column
	Rows        [][]Text
	// More says where the rest is when the table was cut.
	More string
}

// Column is the heading of a column.
type Column struct {
	Title  string
	Number bool
	// Wide columns may break anywhere: hashes and addresses.
	Wide bool
}

func columns(titles ...string) []Column {
	list := make([]Column, len(titles))
	for i, title := range titles {
		name, isNumber := strings.CutPrefix(title, "#")
		list[i] = Column{Title: name, Number: isNumber}
	}
	return list
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// count writes a number with its noun: "1 member", "4,812 members".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// moment writes a time on the clock of whoever makes the report.
func moment(at time.Time) string {
	if at.IsZero() {
		return "not known"
	}
	return at.Local().Format("2 Jan 2006, 15:04:05")
}
