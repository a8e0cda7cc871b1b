package migration

import (
	"context"
	"errors"
	"maps"
)

// play plans, imports and proves on the copy, and keeps what happened.
func (s *stage) play(ctx context.Context) error {
	plan, err := MakePlan(ctx, s.deps, s.report)
	if err != nil {
		return doing("rehearse the plan", err)
	}
	s.result.Collisions = plan.Conflicts
	s.result.MayStart, s.result.Hidden = s.plan.Blast.Undecided(nil), s.plan.Blast.Hidden
	s.deps.Decisions = plan.acceptAll()
	before := s.classes()
	imported, err := Import(ctx, s.deps, ImportInput{}, s.report)
	if errors.Is(err, ErrNoRoom) {
		s.result.Stopped = err.Error()
		imported, err = Import(ctx, s.deps, ImportInput{AcceptNoRoom: true}, s.report)
	}
	s.result.Send = s.since(before)
	s.result.keepImport(imported)
	if err != nil {
		return s.result.stop(ctx, err)
	}
	before = s.classes()
	proof, err := Prove(ctx, s.deps, s.report)
	if err != nil {
		return s.result.stop(ctx, err)
	}
	s.result.ReadBack = s.since(before)
	s.keepProof(proof)
	return nil
}

// acceptAll decides for the copy, where nobody is mailed.
func (p *Plan) acceptAll() map[string]string {
	decisions := map[string]string{}
	for _, start := range p.Blast.Undecided(nil) {
		decisions[start.ID] = start.Number()
	}
	return decisions
}

// stop keeps why the copy did not take everybody. Only a person who stops the rehearsal makes it an error.
func (r *Rehearsal) stop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Stopped = err.Error()
	return nil
}

func (r *Rehearsal) keepImport(result ImportResult) {
	r.Refused = len(result.Failed)
	for _, failure := range result.Failed {
		r.Reasons[failure.Reason]++
	}
}

func (s *stage) keepProof(proof *Proof) {
	r := s.result
	r.Created, r.Updated, r.Unchanged = proof.Created, proof.Updated, proof.Unchanged
	r.PairsMissing, r.Access = proof.PairsMissing, proof.Access
	for _, run := range s.box.Contents().Runs {
		r.Mailed[run.Automation]++
	}
}

// classes is how many requests were made so far, by rate class.
func (s *stage) classes() counts { return maps.Clone(counts(s.deps.CRM.Meter().Read().ByClass)) }

// since is what was sent since then, and the least time that the published limits allow for it.
func (s *stage) since(before counts) Estimate {
	sent := s.classes()
	for class, n := range before {
		sent[class] -= n
	}
	return sent.estimate(s.deps.CRM.Features().Windows)
}

// keepActual puts what this run came to beside what the rehearsal predicted, where there was one.
func (r *importer) keepActual(result ImportResult) error {
	rehearsal, err := LoadRehearsal(r.deps.Folder)
	if err != nil || rehearsal == nil || !rehearsal.Fits(r.plan) {
		return err
	}
	actual := Actual{Arrived: result.Arrived, Waiting: result.Waiting, Refused: len(result.Failed), Requests: result.Requests, Seconds: result.Seconds}
	if earlier := rehearsal.Actual; earlier != nil {
		actual.Requests += earlier.Requests
		actual.Seconds += earlier.Seconds
	}
	rehearsal.Actual = &actual
	return doing("write "+RehearsalFile, writeJSON(r.deps.Folder, RehearsalFile, rehearsal))
}
