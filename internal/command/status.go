package command

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// statusLine is where one step stands.
type statusLine struct {
	Step   string `json:"step"`
	Number int    `json:"number,omitempty"`
	Title  string `json:"title"`
	Status string `json:"status"`
	// Standing is how far it is in numbers, what is open first; empty where nothing was counted.
	Standing string `json:"standing,omitempty"`
}

// statusReport is where a migration stands.
type statusReport struct {
	Event   string       `json:"event"`
	Folder  string       `json:"folder"`
	Holder  string       `json:"open_in,omitempty"`
	CRM     string       `json:"crm,omitempty"`
	Account string       `json:"account,omitempty"`
	Site    string       `json:"site,omitempty"`
	Saved   time.Time    `json:"saved"`
	Journal int64        `json:"journal_lines"`
	Last    string       `json:"last_work,omitempty"`
	Step    string       `json:"step"`
	Steps   []statusLine `json:"steps"`
	// Tools are those beside the way.
	Tools   []statusLine `json:"tools"`
	Verdict string       `json:"verdict,omitempty"`
	// Progress is how far the work is that runs in another process, nil when nothing runs.
	Progress *migration.Progress `json:"progress,omitempty"`
}

// Status says where a migration stands. It takes no lock, and may run while another process works.
func Status(options Options) error {
	dir, err := folderFor(options, "")
	if err != nil {
		return err
	}
	seen, err := checkpoint.Peek(dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && seen.State == nil) {
		return fmt.Errorf("there is no migration in %s; start one with allyswitch, or name its folder with --dir", dir)
	}
	if err != nil {
		return err
	}
	report := reportOn(seen)
	if report.Holder != "" {
		// A file that a killed process has left says nothing. One that is just being written is read the next time.
		report.Progress, _ = migration.LoadProgress(dir)
	}
	if options.JSON {
		return writeJSON(options.Out, report)
	}
	report.print(options)
	return nil
}

func reportOn(seen checkpoint.Summary) statusReport {
	deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil)}
	all := wizard.Path(steps.All(deps))
	report := statusReport{Event: "status", Folder: seen.Dir, CRM: seen.State.CRM.Provider, Account: seen.State.CRM.AccountName, Site: seen.State.Site.URL,
		Saved: seen.State.Saved, Journal: seen.Lines, Step: all.Current(seen.State).ID()}
	if seen.Holder != nil {
		report.Holder = seen.Holder.String()
	}
	if seen.Last != nil {
		report.Last = fmt.Sprintf("%s %s", seen.Last.Op, seen.Last.Phase)
	}
	for _, step := range all {
		line := statusLine{Step: step.ID(), Title: step.Title(), Status: statusWord(step.Status(seen.State)), Standing: steps.Standing(seen.State, step.ID())}
		if numbered, ok := step.(wizard.Numbered); ok {
			line.Number = numbered.Number()
		}
		report.Steps = append(report.Steps, line)
	}
	for _, tool := range steps.Tools(deps) {
		report.Tools = append(report.Tools, statusLine{Step: tool.ID(), Title: tool.Title(), Status: toolWord(seen.State, tool)})
	}
	if kept := seen.State.Steps[lastProof(seen.State)]; kept != nil {
		report.Verdict = kept.Notes["access"]
	}
	return report
}

func statusWord(status wizard.Status) string {
	switch status {
	case wizard.Done:
		return "done"
	case wizard.Running:
		return "running"
	case wizard.NeedsCheck:
		return "check again"
	case wizard.Ready:
		return "ready"
	}
	return "locked"
}

// toolWord is where a tool stands. It can be used at any time, or never.
func toolWord(state *checkpoint.State, tool wizard.Step) string {
	switch status := tool.Status(state); {
	case !steps.Used(state, tool.ID()):
		return "not used"
	case status == wizard.Ready:
		return "begun"
	default:
		return statusWord(status)
	}
}

func (r statusReport) print(options Options) {
	fmt.Fprintf(options.Out, "Migration of %s to %s (%s)\n", orUnknown(r.Site), orUnknown(r.CRM), orUnknown(r.Account))
	if r.Holder != "" {
		fmt.Fprintf(options.Out, "Open in another process: %s\n", r.Holder)
	}
	r.printProgress(options)
	for _, line := range r.Steps {
		here := " "
		if line.Step == r.Step {
			here = ">"
		}
		number := "  "
		if line.Number > 0 {
			number = fmt.Sprintf("%2d", line.Number)
		}
		fmt.Fprintf(options.Out, "%s %s %-40s %s\n", here, number, line.Title, line.Status)
		if line.Standing != "" {
			fmt.Fprintf(options.Out, "     %s\n", line.Standing)
		}
	}
	fmt.Fprintln(options.Out, "Tools, beside the way:")
	for _, line := range r.Tools {
		fmt.Fprintf(options.Out, "     %-40s %s\n", line.Title, line.Status)
	}
	if r.Verdict != "" {
		fmt.Fprintln(options.Out, r.Verdict)
	}
	fmt.Fprintf(options.Out, "Saved %s. %d lines in the journal. Folder: %s\n", r.Saved.Local().Format("2 Jan 2006 15:04"), r.Journal, r.Folder)
}

// printProgress says what runs at this moment, how far it is, and why it waits.
func (r statusReport) printProgress(options Options) {
	p := r.Progress
	if p == nil {
		return
	}
	fmt.Fprintf(options.Out, "Running: %s. %s", p.Label, p.Doing)
	if p.Total > 0 {
		fmt.Fprintf(options.Out, ": %d of %d", p.Done+p.Failed, p.Total)
	} else if p.Done > 0 {
		fmt.Fprintf(options.Out, ": %d so far", p.Done)
	}
	if p.Failed > 0 {
		fmt.Fprintf(options.Out, ", %d failed", p.Failed)
	}
	fmt.Fprintln(options.Out)
	switch {
	case p.Paused:
		fmt.Fprintln(options.Out, "It is paused, by a person.")
	case p.Waiting != "" && p.Until != nil:
		fmt.Fprintf(options.Out, "It waits until %s: %s\n", p.Until.Local().Format("15:04:05"), p.Waiting)
	case p.Waiting != "":
		fmt.Fprintf(options.Out, "It waits: %s\n", p.Waiting)
	}
}

func orUnknown(text string) string {
	if text == "" {
		return "not chosen yet"
	}
	return text
}
