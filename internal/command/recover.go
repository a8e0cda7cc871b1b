package command

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"allyswitch/wizard/checkpoint"
)

// The ways out of a damaged folder, as --recover takes them. None of them deletes anything.
const (
	recoverBackup  = "backup"
	recoverJournal = "journal"
	recoverAgain   = "again"
)

// openFolder opens a migration's folder. When it is damaged it takes the way out that was chosen, or asks for one where a person is there. One that can be
// opened as it is stays as it is: a command that is called again from the shell's history must not set a sound migration aside.
func openFolder(options Options, dir string) (*checkpoint.Folder, error) {
	how, err := recoverOptions(options.Recover)
	if err != nil {
		return nil, err
	}
	how.Tool = "allyswitch " + options.Version
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: how.Tool})
	var trouble *checkpoint.Error
	switch {
	case err == nil:
		return folder, nil
	case options.Recover != "":
		return checkpoint.Open(dir, how)
	case !errors.As(err, &trouble) || !errors.Is(err, checkpoint.ErrCorrupt) || !isTerminal(options.In):
		return nil, err
	}
	choice := askRecovery(options, trouble)
	if choice == "" {
		return nil, err
	}
	options.Recover = choice
	return openFolder(options, dir)
}

func recoverOptions(choice string) (checkpoint.Options, error) {
	switch choice {
	case "":
		return checkpoint.Options{}, nil
	case recoverBackup:
		return checkpoint.Options{UseBackup: true}, nil
	case recoverJournal:
		return checkpoint.Options{MendJournal: true}, nil
	case recoverAgain:
		return checkpoint.Options{StartAgain: true}, nil
	}
	return checkpoint.Options{}, fmt.Errorf("--recover takes %s, %s or %s, not %q", recoverBackup, recoverJournal, recoverAgain, choice)
}

// askRecovery says what is damaged and lets a person choose by number. Empty means to stop and change nothing.
func askRecovery(options Options, trouble *checkpoint.Error) string {
	choices := recoveries(trouble)
	fmt.Fprintf(options.Out, "%s\n%s\n%s\nCode: %s\n\n", trouble.What, trouble.Means, trouble.Now, trouble.Code)
	for i, choice := range choices {
		fmt.Fprintf(options.Out, "  %d  %s\n", i+1, choice.words)
	}
	fmt.Fprint(options.Out, "\nType a number, or press Enter to stop and change nothing: ")
	line, _ := bufio.NewReader(options.In).ReadString('\n')
	for i, choice := range choices {
		if strings.TrimSpace(line) == fmt.Sprint(i+1) {
			return choice.name
		}
	}
	return ""
}

type recovery struct{ name, words string }

func recoveries(trouble *checkpoint.Error) []recovery {
	var choices []recovery
	if trouble.Code == "FOLDER-JOURNAL" {
		choices = append(choices, recovery{recoverJournal, "Mend the journal: keep it up to the damage. A copy of the whole is kept."})
	}
	if trouble.Backup != nil && trouble.Backup.Readable {
		choices = append(choices, recovery{recoverBackup, "Go on with the earlier copy, saved " + trouble.Backup.Saved.Local().Format("2 January 2006, 15:04") + "."})
	}
	return append(choices, recovery{recoverAgain, "Start again in this folder. The old files are moved into a subfolder."})
}
