package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// entry is one thing in the album: the name of its pictures, and what they show.
type entry struct{ name, title string }

// The pictures that show something else than a page as it opens.
const (
	helpPicture    = "15-help"
	stepsPicture   = "16-all-steps"
	errorPicture   = "17-error"
	jobPicture     = "18-job"
	privacyPicture = "19-privacy"
	searchPicture  = "20-search"
	laterPicture   = "25-later"
	plainPicture   = "26-plain"
)

// tools are the pages beside the way, in the order of the list of all steps.
var tools = []entry{
	{"21-import-students", "Tool: import students"},
	{"22-add-member", "Tool: add one member"},
	{"23-merge-contacts", "Tool: merge two contacts"},
	{"24-team-settings", "Tool: team settings"},
}

// commands are what is shown without a screen of its own, and the words that ask for it.
var commands = []struct {
	entry
	arguments []string
}{
	{entry{"27-status", "allyswitch status: where a migration stands"}, []string{"status"}},
	{entry{"28-watch", "allyswitch watch --once: what has drifted since"}, []string{"watch", "--once"}},
	{entry{"29-undo", "allyswitch undo --dry-run: what would be taken back"}, []string{"undo", "--dry-run"}},
}

// album lists everything there are pictures of. The place of a page is its number.
var album = []entry{
	{"00-start", "Start: what moves where"},
	{"01-maintenance", "Step 1: maintenance mode"},
	{"02-export", "Step 2: export the users"},
	{"03-edit-csv", "Step 3: clean the member file"},
	{"04-import", "Step 4: import"},
	{"05-tags", "Step 5: prove every member's tags"},
	{"06-api-keys", "Step 6: API keys"},
	{"07-switch", "Step 7: the switch"},
	{"08-crm-setup", "Step 8: the CRM's own set-up"},
	{"09-tag-review", "Step 9: items that use a tag"},
	{"10-automations", "Step 10: automations"},
	{"11-link-users", "Step 11: link users to contacts"},
	{"12-payments", "Step 12: payment plans"},
	{"13-test", "Step 13: test"},
	{"14-finish", "Finish: open the site and tidy up"},
	{helpPicture, "Help, with F1"},
	{stepsPicture, "The list of all steps"},
	{errorPicture, "An error: what happened, what it means for members, what to do, and a code to read aloud"},
	{jobPicture, "Work in progress"},
	{privacyPicture, "Privacy mode: names and addresses are replaced"},
	{searchPicture, "Search in a table"},
	{laterPicture, "A step that is not open yet can be read"},
	{plainPicture, "Line by line, with --plain"},
}

// everything is the album with what lies beside the way.
func everything() []entry {
	all := slices.Concat(album, tools)
	for _, command := range commands {
		all = append(all, command.entry)
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return all
}

var numbered = regexp.MustCompile(`^ Step (\d+) of 13`)

// pageOf is the name of the page on display, empty when something lies on top of it.
func pageOf(text string) string {
	switch {
	case strings.Contains(text, "please read"):
		return ""
	case strings.HasPrefix(text, " Start"):
		return album[0].name
	case strings.HasPrefix(text, " Finish"):
		return album[14].name
	}
	if found := numbered.FindStringSubmatch(text); found != nil {
		number, _ := strconv.Atoi(found[1])
		return album[number].name
	}
	return ""
}

// index writes the list of all pictures that are there.
func (s *studio) index() error {
	var text strings.Builder
	text.WriteString("# Pictures of every page\n\n" +
		"Each was made from the running program: `allyswitch demo` in a terminal (xterm.js) in a browser, led by keys only, in the terminal's own dark or light theme.\n" +
		"The members in them are made up. `scripts/screens/make` makes them all again; it needs Go, npm and Chromium, and a few minutes.\n" +
		"`scripts/screens/make -only walk-dark,error-light` makes some.\n\n")
	for _, entry := range everything() {
		files, err := filepath.Glob(filepath.Join(s.out, entry.name+"-*.png"))
		if err != nil {
			return err
		}
		if len(files) == 0 {
			continue
		}
		slices.SortFunc(files, func(a, b string) int { return rank(a) - rank(b) })
		links := make([]string, 0, len(files))
		for _, file := range files[1:] {
			name := filepath.Base(file)
			links = append(links, fmt.Sprintf("[%s](%s)", strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, entry.name+"-"), ".png"), "-", ", "), name))
		}
		fmt.Fprintf(&text, "## %s\n\n![%s](%s)\n\n", entry.title, entry.title, filepath.Base(files[0]))
		if len(links) > 0 {
			fmt.Fprintf(&text, "Also: %s\n\n", strings.Join(links, " · "))
		}
	}
	return os.WriteFile(filepath.Join(s.out, "README.md"), []byte(strings.TrimRight(text.String(), "\n")+"\n"), 0o644)
}

// rank puts the picture that is shown first: home, dark.
func rank(file string) int {
	for i, end := range []string{"80x24-dark", "80x24-light", "80x24-nocolor", "80x24-ascii", "120x40-dark", "120x40-light", "120x40-nocolor", "120x40-ascii", "60x16-dark"} {
		if strings.HasSuffix(file, end+".png") {
			return i
		}
	}
	return 99
}
