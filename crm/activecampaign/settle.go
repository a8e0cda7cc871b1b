package activecampaign

import (
	"context"
	"net/url"
	"time"

	"allyswitch/crm"
)

const (
	// settlePatience is how long the importer may stand still. ActiveCampaign names no time.
	settlePatience = 30 * time.Minute
	// doubtPatience is how long to go on when our own imports are done and others are not (another tool may be importing all day), or when
	// nothing is outstanding although an import does not call itself completed.
	doubtPatience = 5 * time.Minute
	// countPatience is how long the importer may stand still before it is asked about every import while others are outstanding.
	countPatience = 30 * time.Second
	// settleFirstLook and settleRarestLook are the pauses between two looks at the importer.
	settleFirstLook  = time.Second
	settleRarestLook = 15 * time.Second
)

// Settle waits until the importer has done everything that was queued, and collects whom it left out.
func (d *driver) Settle(ctx context.Context) (crm.Settlement, error) {
	own := d.pending() > 0
	settlement := crm.Settlement{Rejected: map[string]string{}}
	watch := stillness{pause: settleFirstLook}
	for {
		outstanding, err := d.outstanding(ctx)
		if err != nil {
			return settlement, err
		}
		before := d.pending()
		if err := d.ask(ctx, outstanding == 0, watch.still, settlement.Rejected); err != nil {
			return settlement, err
		}
		left := d.pending()
		watch.look(outstanding, left)
		switch {
		case outstanding == 0 && left == 0, watch.inDoubt(own):
			d.forgetImports()
			return settlement, nil
		case left < before:
			continue // it gets on while we ask: no time to lose
		case watch.still > settlePatience:
			return settlement, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + "-BUSY", Op: "wait for the import to finish",
				Hint: "ActiveCampaign has not finished the import yet"}
		}
		if err := d.conn.Rest(ctx, watch.pause, "ActiveCampaign is still working on the import"); err != nil {
			return settlement, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeStopped, Op: "wait for the import to finish", Err: err}
		}
	}
}

// ask looks at what was queued: by the number of contacts where that tells, else import by import. As long as the importer gets on, the number may yet tell.
func (d *driver) ask(ctx context.Context, idle bool, still time.Duration, rejected map[string]string) error {
	if d.countable() && !idle && still < countPatience {
		return nil
	}
	if idle {
		if err := d.dropArrived(ctx); err != nil {
			return err
		}
	}
	return d.collectFailures(ctx, idle, rejected)
}

// stillness measures how long the importer has not got on.
type stillness struct {
	outstanding, left int
	pause             time.Duration
	// still is how long nothing has changed, half how long one of the two signs alone has said that all is done.
	still, half time.Duration
	looked      bool
}

// look takes note of what was seen after the pause before.
func (s *stillness) look(outstanding, left int) {
	defer func() { s.outstanding, s.left, s.looked = outstanding, left, true }()
	if !s.looked {
		return
	}
	s.still += s.pause
	s.half += s.pause
	s.pause = min(s.pause*3/2, settleRarestLook)
	if outstanding != s.outstanding || left != s.left {
		s.still, s.pause = 0, settleFirstLook
	}
	if outstanding > 0 && left > 0 {
		s.half = 0
	}
}

// inDoubt says that only one sign says done and the other will not follow. Without imports of our own there is but one sign.
func (s *stillness) inDoubt(own bool) bool {
	return own && s.half > doubtPatience && (s.outstanding == 0) != (s.left == 0)
}

// outstanding is how many imports of the account are not done, in one cheap request.
func (d *driver) outstanding(ctx context.Context) (int, error) {
	const op = "ask how far the import is"
	var summary importSummary
	if err := d.get(ctx, op, "/import/bulk_import", nil, &summary); err != nil {
		return 0, err
	}
	if summary.Outstanding == nil {
		return 0, incomplete(op, "the answer does not say what is outstanding")
	}
	sum := 0
	for _, day := range *summary.Outstanding {
		sum += max(day.Batches.number(), 1)
	}
	return sum, nil
}

// collectFailures asks about imports in the order in which they were queued, up to the first that is not done.
// An idle importer that no longer knows an import is done with it.
func (d *driver) collectFailures(ctx context.Context, idle bool, rejected map[string]string) error {
	for {
		id, there := d.firstImport()
		if !there {
			return nil
		}
		done, err := d.importDone(ctx, id, rejected)
		forgotten := idle && (crm.IsKind(err, crm.KindNotFound) || crm.IsKind(err, crm.KindInvalid))
		switch {
		case done || forgotten:
			d.dropImport(id)
		case err != nil && !crm.IsKind(err, crm.KindNotFound) && !crm.IsKind(err, crm.KindInvalid):
			return err
		default:
			return nil
		}
	}
}

// importDone asks about one import. "completed" is the only documented word; any other means that it is not done.
func (d *driver) importDone(ctx context.Context, id string, rejected map[string]string) (bool, error) {
	var info importInfo
	if err := d.get(ctx, "ask whom the import left out", "/import/info", url.Values{"batchId": {id}}, &info); err != nil {
		return false, err
	}
	if info.Status != "completed" || info.Failure == nil {
		return false, nil
	}
	for _, email := range *info.Failure {
		rejected[string(email)] = "ActiveCampaign did not take this address. It may be on the account's exclusion list, or not be an address that can receive mail."
	}
	return true, nil
}
