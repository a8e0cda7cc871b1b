package command

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"allyswitch/steps"
	"allyswitch/wizard/migration"
)

// UndoOptions say how far to go back.
type UndoOptions struct {
	// DryRun only counts and lists.
	DryRun bool
	// To is the step before which everything shall be as it was; empty means the import.
	To string
	// Yes goes on without asking.
	Yes bool
	// SiteIsBack is the owner's word that the site does not ask the CRM any more who may open what.
	SiteIsBack bool
}

// undoLine is what an undo would do or has done, for a machine to read.
type undoLine struct {
	Event    string                `json:"event"`
	DryRun   bool                  `json:"dry_run"`
	To       string                `json:"to"`
	Plan     *migration.UndoPlan   `json:"plan,omitempty"`
	Result   *migration.UndoResult `json:"result,omitempty"`
	Sentence string                `json:"sentence"`
	List     string                `json:"list"`
	Left     string                `json:"left"`
}

// Undo takes back what was done in the CRM, and the contact IDs that were set on the site, since a step, after showing what that means.
func Undo(ctx context.Context, options Options, undo UndoOptions) error {
	session, err := openExisting(options)
	if err != nil {
		return err
	}
	defer session.Close()
	state := session.Folder.State()
	undo.To = cmp.Or(undo.To, steps.Import)
	since, err := steps.Reached(session.Steps, state, undo.To)
	if err != nil {
		return err
	}
	after, err := migration.UndoneUntil(session.Folder, since)
	if err != nil {
		return err
	}
	engine, err := session.Deps.Engine(state)
	if err != nil {
		return err
	}
	if linked, err := migration.LinkedOnTheSite(session.Folder, after); err != nil || linked {
		engine.Site, engine.NoSite = session.Deps.Companion(ctx, state)
	}
	plan, err := migration.PlanUndo(ctx, engine, after, newPhases(options.Err))
	if err != nil {
		return session.Deps.Explain(err)
	}
	if err := session.tellUndoPlan(options, undo, plan); err != nil || undo.DryRun {
		return err
	}
	if err := allowUndo(options, undo, steps.Switched(state), plan); err != nil {
		return err
	}
	result, err := migration.Undo(ctx, engine, after, newPhases(options.Err))
	if err != nil {
		return session.Deps.Explain(err)
	}
	if !result.Open {
		steps.TakeBack(session.Steps, state, undo.To)
		if err := session.Keeping().Save(state); err != nil {
			return err
		}
	}
	return session.tellUndone(options, undo, result)
}

// allowUndo holds undo back until the owner has typed what it is about.
func allowUndo(options Options, undo UndoOptions, switched bool, plan *migration.UndoPlan) error {
	if switched && !undo.SiteIsBack {
		return &heldBack{"Nothing was done. Your site asks the CRM who may open what: without the tags nobody could open anything.\n" +
			"First bring AccessAlly back to managing its contacts itself, from your backup. Then start again with --site-is-back."}
	}
	if undo.Yes || plan.Nothing() {
		return nil
	}
	fmt.Fprintf(options.Err, "To go on, type: %s\n> ", plan.Confirmation())
	typed, err := bufio.NewReader(options.In).ReadString('\n')
	if strings.TrimSpace(typed) != plan.Confirmation() {
		return &heldBack{"Nothing was done: " + cmp.Or(noAnswer(err), "what you typed is something else.")}
	}
	return nil
}

func noAnswer(err error) string {
	if err != nil {
		return "nobody answered. With --yes it goes on without asking."
	}
	return ""
}

func (s *Session) undoFiles() (list, left string) {
	return filepath.Join(s.Folder.Dir(), migration.UndoFile), filepath.Join(s.Folder.Dir(), migration.UndoLeftFile)
}

func (s *Session) tellUndoPlan(options Options, undo UndoOptions, plan *migration.UndoPlan) error {
	list, left := s.undoFiles()
	if options.JSON {
		return writeJSON(options.Out, undoLine{Event: "undo-plan", DryRun: undo.DryRun, To: undo.To, Plan: plan, Sentence: plan.Sentence(), List: list, Left: left})
	}
	fmt.Fprintln(options.Out, plan.Sentence())
	if plan.Unseen != "" {
		fmt.Fprintln(options.Out, plan.Unseen)
	}
	fmt.Fprintf(options.Out, "What it would do is listed in %s\n", list)
	if len(plan.Left) > 0 {
		fmt.Fprintf(options.Out, "What would stay, and why, is listed in %s\n", left)
	}
	if undo.DryRun {
		fmt.Fprintln(options.Out, "This was a dry run: nothing was sent.")
	}
	return nil
}

func (s *Session) tellUndone(options Options, undo UndoOptions, result *migration.UndoResult) error {
	list, left := s.undoFiles()
	if options.JSON {
		err := writeJSON(options.Out, undoLine{Event: "undo", To: undo.To, Result: result, Sentence: result.Sentence(), List: list, Left: left})
		if err != nil || !result.Open {
			return err
		}
		return ErrPartly
	}
	fmt.Fprintln(options.Out, result.Sentence())
	if result.Open {
		return ErrPartly
	}
	return nil
}
