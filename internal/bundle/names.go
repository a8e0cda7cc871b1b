package bundle

import (
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"allyswitch/wizard/checkpoint"
)

// nameFiles may hold the names of people: all tables of ours. What automations.csv calls a name is that of an automation.
func nameFiles() []string {
	return slices.DeleteFunc(checkpoint.FileNames(), func(name string) bool { return !strings.HasSuffix(name, ".csv") || name == "automations.csv" })
}

// nameColumns are where names stand in them.
var nameColumns = []string{"first_name", "last_name", "display_name", "name"}

// nameSet looks through the files for names only when there is a page to hide them in.
type nameSet struct{ root *os.Root }

func namesIn(root *os.Root) nameSet { return nameSet{root} }

// hide replaces every capitalised word of a text that is a name of somebody in the files. It may hide a word too many: Mark is a name, too.
func (n nameSet) hide(text string) string {
	words := map[string]bool{} // the capitalised words of the page, and whether each is somebody's name
	for _, word := range strings.FieldsFunc(text, notPartOfName) {
		if first := []rune(word)[0]; len(word) > 1 && (!unicode.IsLower(first)) {
			words[strings.ToLower(word)] = false
		}
	}
	for _, name := range nameFiles() {
		n.look(name, words)
	}
	return hideWords(text, words)
}

func notPartOfName(r rune) bool { return !isPartOfName(r) }

// look marks the words that are names in one file. A file that is not there, or breaks off, has told what it can.
func (n nameSet) look(name string, words map[string]bool) {
	info, err := n.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	file, err := n.root.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = -1, true, true
	var columns []int
	for {
		record, err := reader.Read()
		if err == io.EOF || record == nil {
			return
		}
		if columns == nil {
			if columns = columnsOf(record); len(columns) == 0 {
				return
			}
			continue
		}
		for _, column := range columns {
			if column < len(record) {
				markWords(record[column], words)
			}
		}
	}
}

func columnsOf(heading []string) []int {
	columns := []int{}
	for i, title := range heading {
		if slices.Contains(nameColumns, strings.TrimPrefix(title, "\ufeff")) {
			columns = append(columns, i)
		}
	}
	return columns
}

func markWords(name string, words map[string]bool) {
	for _, word := range strings.FieldsFunc(name, notPartOfName) {
		lower := strings.ToLower(word)
		if _, shown := words[lower]; shown {
			words[lower] = true
		}
	}
}

// hideWords replaces the marked words, where they are capitalised, by as many signs, so that tables keep their shape.
func hideWords(text string, marked map[string]bool) string {
	var out strings.Builder
	word := []rune{}
	flush := func() {
		if len(word) > 0 && marked[strings.ToLower(string(word))] && !unicode.IsLower(word[0]) {
			out.WriteString(strings.Repeat("*", len(word)))
		} else {
			out.WriteString(string(word))
		}
		word = word[:0]
	}
	for _, r := range text {
		if isPartOfName(r) {
			word = append(word, r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}
