package steps

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// The ticks about the raw export, and the note that holds every export that was ever given, one a line.
const (
	exportDeleted = "export-deleted"
	exportKept    = "export-kept"
	downloadsNote = "download"
)

// rememberExport notes an export when it is given: another answer later does not make it go away.
func rememberExport(state *checkpoint.State, key, value string) error {
	if key == "export.file" || key == "delta.export.file" {
		keepDownload(state, value)
	}
	return nil
}

// keepDownload notes where a file lies, whichever folder the program is started from next time.
func keepDownload(state *checkpoint.State, file string) {
	known, file := downloads(state), wholePath(file)
	if file != "" && !slices.Contains(known, file) {
		setNote(state, Export, downloadsNote, strings.Join(append(known, file), "\n"))
	}
}

// wholePath is a file's path from the root, "" for none.
func wholePath(given string) string {
	if given == "" {
		return ""
	}
	whole, err := filepath.Abs(cleanPath(given))
	if err != nil {
		return cleanPath(given)
	}
	return whole
}

func downloads(state *checkpoint.State) []string {
	return strings.FieldsFunc(note(state, Export, downloadsNote), func(r rune) bool { return r == '\n' })
}

// rawExports are the downloads that are still on this computer, every one that was ever given. A file that cannot be looked at counts as there.
func (s *step) rawExports(state *checkpoint.State) []string {
	var files []string
	for _, given := range append([]string{state.Answer(Export, "export.file"), state.Answer(Switch, "delta.export.file")}, downloads(state)...) {
		file := wholePath(given)
		if _, err := os.Stat(file); file != "" && !errors.Is(err, fs.ErrNotExist) && !s.writtenByUs(file) && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files
}

// writtenByUs says that AllySwitch has written a file itself, from the site or from an export: such a file holds no password hashes.
func (s *step) writtenByUs(file string) bool {
	name := filepath.Base(file)
	if !slices.Contains([]string{migration.SiteUsersFile, migration.SiteUsersAgainFile, migration.MembersFile, migration.RejectedFile}, name) {
		return false
	}
	given, err := os.Stat(file)
	own, missing := os.Stat(s.deps.path(name))
	return err == nil && missing == nil && os.SameFile(given, own)
}

// rawExportItems ask for the end of the raw export. The tick does not count while such a file is still here, unless the owner says that it stays on purpose.
func (s *step) rawExportItems(state *checkpoint.State) []wizard.Item {
	items := []wizard.Item{doubt(s.tick(state, wizard.Tick{Key: exportDeleted, Text: "The raw export is deleted on the server, and on this computer unless you keep it on purpose", Where: []string{"WebToffee Import Export", "History"},
		Look: "files that begin with user_export: they hold everybody's password hashes."}), s.exportDoubt(state))}
	if len(s.rawExports(state)) == 0 && !ticked(state, Finish, exportKept) {
		return items
	}
	return append(items, s.tick(state, wizard.Tick{Key: exportKept, Optional: true, Text: "You keep the raw export on this computer on purpose, in a safe place",
		Look: "who else can get at it: it holds everybody's password hashes. It should be in no folder that is shared, or copied to a cloud."}))
}

// exportDoubt contradicts the tick that the raw export is deleted.
func (s *step) exportDoubt(state *checkpoint.State) string {
	files := s.rawExports(state)
	if len(files) == 0 || ticked(state, Finish, exportKept) {
		return ""
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	return say("%d raw {export is|exports are} still on this computer: %s. Delete {it|them} and tick this again, or tick below that you keep {it|them}.", len(files), strings.Join(names, ", "))
}

// rawExportFact says of a raw export that it is still here, and whether the owner wants it so.
func rawExportFact(state *checkpoint.State, file string) wizard.Fact {
	if ticked(state, Finish, exportKept) {
		return fact(wizard.MarkPlain, "Raw export", fmt.Sprintf("%s stays on this computer by your word. It holds password hashes", filepath.Base(file)))
	}
	return fact(wizard.MarkWarn, "Raw export", fmt.Sprintf("%s is still on this computer: delete it", filepath.Base(file)))
}
