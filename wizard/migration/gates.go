package migration

import (
	"context"
	"fmt"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

// openImport passes the gates: plan, account, tag names, room.
func openImport(ctx context.Context, deps Deps, input ImportInput, report job.Reporter) (*importer, error) {
	clearRehearsal(deps.Folder)
	run := &importer{deps: deps, report: report, left: map[int64]bool{}, again: map[int64]bool{}}
	for _, id := range input.Again {
		run.again[id] = true
	}
	var err error
	if run.roster, err = LoadRoster(deps.Folder, deps.UnlistedHaveNone); err != nil {
		return nil, err
	}
	plan, err := LoadPlan(deps.Folder)
	if err != nil {
		return nil, err
	}
	account, err := checkAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	drift, err := plan.gates(deps, run.roster, account, input)
	if err != nil {
		return nil, err
	}
	run.plan = plan
	for _, left := range plan.Left {
		run.left[left.Member] = true
	}
	if run.befores, err = loadBefores(deps.Folder); err != nil {
		return nil, err
	}
	if run.ledger, err = readLedger(deps.Folder); err != nil {
		return nil, err
	}
	if err := run.passBlast(ctx); err != nil {
		return nil, err
	}
	if err := run.prepare(ctx); err != nil {
		return nil, err
	}
	return run, run.lookAtDrifted(ctx, drift)
}

// gates are what holds an import back before anything is sent.
func (p *Plan) gates(deps Deps, roster *Roster, account crm.Account, input ImportInput) (Drift, error) {
	drift, err := p.Holds(deps, roster, account)
	if err != nil {
		return drift, err
	}
	if len(p.Conflicts) > 0 {
		return drift, &Refusal{ErrTagConflicts, fmt.Sprintf("%d of %d, the first is %q", len(p.Conflicts), len(roster.Tags), p.Conflicts[0].Name)}
	}
	if fits, known := p.Room.Fits(); known && !fits && !input.AcceptNoRoom {
		return drift, &Refusal{ErrNoRoom, fmt.Sprintf("the plan allows %d contacts, there would be %d", p.Room.Limit, p.Room.After)}
	}
	return drift, nil
}

// prepare makes fields and tags, and settles what an interrupted run left open.
func (r *importer) prepare(ctx context.Context) error {
	var err error
	if r.own, err = ensureFields(ctx, r.deps, r.report); err != nil {
		return err
	}
	if r.tags, _, err = ensureTags(ctx, r.deps, r.roster.Tags, r.report); err != nil {
		return err
	}
	return r.settleOpen(ctx)
}
