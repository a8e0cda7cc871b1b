package steps

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

func newExport(deps *Deps) *step {
	s := &step{id: Export, title: "Export all WordPress users", deps: deps}
	s.inputs = restsOn(theSite)
	s.sheet, s.answered = s.exportSheet, rememberExport
	return s
}

func (s *step) exportSheet(state *checkpoint.State) wizard.Sheet {
	file, tags, mark := state.Answer(Export, "export.file"), state.Answer(Export, "tags.file"), note(state, Export, "file-mark")
	items := slices.Concat(s.downloadItems(state), s.tagFileItems(state), s.readSiteTask(state))
	items = append(items,
		s.do(state, wizard.Task{Key: "read", Label: "Look at the files", Required: true, Complete: s.readFiles(state, file, tags), Locked: lockedWithout(file, firstTheUsers(state)),
			Help: "Reads the files on this computer. Nothing is sent anywhere.",
			Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
				return s.deps.lookAtFiles(file, tags, mark, report)
			}}),
	)

	items = append(append(items, firstColumns().questions(s, state)...), s.valuesItems(state)...)
	if tags != "" {
		items = append(items, s.ask(state, wizard.Question{Key: "tags.unlisted", Label: "What about members who are not in the tag file?", Default: "unknown",
			Choices: []wizard.Choice{{Value: "unknown", Label: "Not known: show them as not decidable"}, {Value: "none", Label: "They have no tags: the file is complete"}}}))
	}
	return wizard.Sheet{
		Level:    level(state),
		Does:     []string{"This step brings your members out of WordPress: one list of all users, and one that says who has which tag."},
		Warnings: append(notLoggedIn(state), s.downloadWarnings(state)...),
		Did:      append(s.exportFacts(state), valuesFact(state)...),
		Items:    items,
		Known:    "AllySwitch has read the list of users, and knows which of its columns holds what is needed.",
		Help: []string{
			"Do not open and save the export in a spreadsheet first: that spoils dates and names.",
			"If somebody registers while the export runs, they may be missing. In maintenance mode that does not happen.",
			"Without the tag file you can go on, but step 5 cannot prove anybody's access.",
			"Where the tags come from without the companion: AccessAlly describes no export of who has which tag. Its support may have one; or filter Members by one tag after the other, and write down who is in the list.",
			"AccessAlly's own article keeps six columns, and no tags: with that file alone every member would lose what their tags open.",
			"Tell support: the code of the error, what stands under \"So far\", and how many users WordPress shows. Never send the export itself.",
		},
	}
}

// fromTheSite says that the users were read from the site itself, so that nothing is downloaded.
func (s *step) fromTheSite(state *checkpoint.State) bool {
	file := state.Answer(Export, "export.file")
	return file != "" && file == s.deps.path(migration.SiteUsersFile)
}

// downloadItems guide the download of the users. Where AllySwitch may log in, reading the site takes its place.
func (s *step) downloadItems(state *checkpoint.State) []wizard.Item {
	file := wizard.Question{Key: "export.file", Label: "The export file on this computer", Required: true, Validate: checkFile,
		Help: "Its name begins with user-export or user_export. You can drag the file into this window instead of typing."}
	if s.fromTheSite(state) {
		return []wizard.Item{s.ask(state, file)}
	}
	install := "Install the free plugin \"Export and Import Users and Customers\" by WebToffee."
	if level(state) != levelFiles {
		install = "Only if you would rather use a file than let AllySwitch read the site, as it offers below: install the free plugin \"Export and Import Users and Customers\" by WebToffee."
		file.Required = state.Answer(Export, "export.file") != ""
		file.Label += " (optional)"
	}
	return []wizard.Item{
		wizard.Instruction{Text: install, Where: []string{"Plugins", "Add New", "search for WebToffee users", "Install Now", "Activate"}},
		wizard.Instruction{Text: "Export all users as a CSV file. Keep all columns: AllySwitch takes what is needed.",
			Where: []string{"WebToffee Import Export (Basic)", "Export", "User/Customer", "Quick export"}},
		s.ask(state, file),
	}
}

// tagFileItems ask for the file of tags, and say where it can come from: AccessAlly describes no export of it (Members tab: filters for who has a tag).
func (s *step) tagFileItems(state *checkpoint.State) []wizard.Item {
	question := s.ask(state, wizard.Question{Key: "tags.file", Label: "The file that says who has which tag", Validate: checkFile,
		Help: "A CSV file with two columns: email and tags. Several tags in a cell are parted by | or ; or a comma; a person may also have several rows. The export file holds no tags, and without them nobody's access can be carried over."})
	if level(state) == levelCompanion || note(state, Export, "read-tags") != "" {
		return []wizard.Item{question}
	}
	return []wizard.Item{
		wizard.Instruction{Text: "Get the tags. The surest way is the companion plugin of the Start page: then AllySwitch reads them by itself. AccessAlly describes no export of who has which tag. Ask its support for one, or make the file yourself, tag by tag.",
			Where: accessAlly("Members"), Look: "the filter for people who have a tag. Choose one tag, and write a row for everybody in the list: their address, a comma, the tag's name. Then the next tag. The first row says email,tags."},
		question,
	}
}

// downloadWarnings are about the file that was downloaded. What AllySwitch reads from the site itself holds nothing of that.
func (s *step) downloadWarnings(state *checkpoint.State) []string {
	if s.fromTheSite(state) {
		return nil
	}
	return []string{
		"The export file holds everybody's password in scrambled form (a hash), administrators' too. AllySwitch never keeps them. Do not mail the file to anybody.",
		"The file also stays on your server, in wp-content/webtoffee_export. Delete it there: WebToffee Import Export, History.",
	}
}

// firstTheUsers says what the files wait for.
func firstTheUsers(state *checkpoint.State) string {
	if level(state) == levelFiles {
		return "Give the export file first."
	}
	return "Read the users from the site first, or give the export file."
}

func lockedWithout(answer, why string) string {
	if answer == "" {
		return why
	}
	return ""
}

func checkFile(path string) error {
	info, err := os.Stat(cleanPath(path))
	switch {
	case err != nil:
		return fmt.Errorf("there is no file %q; drag it into this window to get its full name", path)
	case info.IsDir():
		return fmt.Errorf("%q is a folder, not a file", path)
	case info.Size() == 0:
		return fmt.Errorf("the file %q is empty", path)
	}
	return nil
}

// cleanPath undoes what terminals do to a file that is dragged into them: quotes, and backslashes before spaces.
func cleanPath(path string) string {
	path = strings.Trim(strings.TrimSpace(path), `'"`)
	if _, err := os.Stat(path); err != nil {
		path = strings.ReplaceAll(path, `\ `, " ")
	}
	return path
}

// fileMark changes when the file does.
func fileMark(path string) string {
	info, err := os.Stat(cleanPath(path))
	if path == "" || err != nil {
		return ""
	}
	return fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
}

func (s *step) readFiles(state *checkpoint.State, file, tags string) bool {
	return file != "" && note(state, Export, "read-file") == file && note(state, Export, "read-tags") == tags
}

// lookAtFiles reads the heading of the export, and the whole of the tag file.
func (d *Deps) lookAtFiles(file, tags, mark string, report job.Reporter) (wizard.Change, error) {
	report.Phase("Looking at the export", 0)
	if mark != "" && mark != fileMark(file) {
		if err := migration.ForgetDecisions(d.Folder); err != nil {
			return nil, err
		}
	}
	layout, err := migration.LookAtExport(cleanPath(file), nil)
	if err != nil {
		return nil, err
	}
	var read *wp.MemberTags
	if tags != "" {
		report.Phase("Reading the member tags", 0)
		if read, err = migration.TakeTags(d.Folder, cleanPath(tags)); err != nil {
			return nil, err
		}
		warnOfTags(read, report)
	}
	return func(state *checkpoint.State) {
		if mark := note(state, Export, "file-mark"); mark != "" && mark != fileMark(file) {
			setNote(state, EditCSV, "decisions", "")
		}
		setNote(state, Export, "read-file", file)
		setNote(state, Export, "read-tags", tags)
		setNote(state, Export, "file-mark", fileMark(file))
		setNote(state, Export, "tags-mark", fileMark(tags))
		keepLayout(state, layout)
		keepTags(state, read)
	}, nil
}

// warnOfTags says what was found in the tag file: the first few of each kind, and how many more there are.
func warnOfTags(read *wp.MemberTags, report job.Reporter) {
	const first = 3
	seen := map[string]int{}
	for _, finding := range read.Findings {
		if seen[finding.Code]++; seen[finding.Code] <= first {
			report.Warn(finding.Sentence)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(seen)) {
		if more := seen[code] - first; more > 0 {
			report.Warn(say("%d more {row of the tag file is|rows of the tag file are} like that (%s).", more, code))
		}
	}
}

// otherProgram says that a list of users is in no form that AllySwitch knows.
const otherProgram = "not from a program that AllySwitch knows"

func keepLayout(state *checkpoint.State, layout wp.Layout) {
	kind := string(layout.Kind)
	if layout.Kind == wp.KindUnknown {
		kind = otherProgram
	}
	setNote(state, Export, "kind", say("%s, %s, %d {column|columns}", kind, layout.Encoding, len(layout.Columns)))
	setNote(state, Export, "secrets", strings.Join(layout.Secrets, ", "))
	firstColumns().keep(state, layout)
}

func keepTags(state *checkpoint.State, read *wp.MemberTags) {
	if read == nil {
		setCount(state, Export, "tag-names", 0)
		setCount(state, Export, "tagged", 0)
		return
	}
	setCount(state, Export, "tag-names", len(read.Counts))
	setCount(state, Export, "tagged", len(read.Tags))
	setCount(state, Export, "tag-findings", len(read.Findings))
}

func (s *step) exportFacts(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	if text := note(state, Export, "from-site"); text != "" {
		facts = append(facts, fact(wizard.MarkGood, "Site", text))
	}
	if kind := note(state, Export, "kind"); kind != "" && note(state, Export, "read-file") != s.deps.path(migration.SiteUsersFile) {
		facts = append(facts, fact(map[bool]wizard.Mark{true: wizard.MarkPlain, false: wizard.MarkGood}[strings.HasPrefix(kind, otherProgram)], "Export", kind))
	}
	if note(state, Export, "read-file") == "" {
		return facts
	}
	if tagged := count(state, Export, "tagged"); tagged > 0 {
		facts = append(facts, fact(wizard.MarkGood, "Tags", say("%d {address|addresses} with %d different {tag|tags}", tagged, count(state, Export, "tag-names"))))
	} else {
		facts = append(facts, fact(wizard.MarkWarn, "Tags", "no tag file yet: nobody's access can be proven without one"))
	}
	return facts
}
