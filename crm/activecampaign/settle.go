package activecampaign

import (
	"context"
	"maps"
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
	// settleFirstLook and settleRarestLook are the pauses between two looks at the importer.
	settleFirstLook  = time.Second
	settleRarestLook = 15 * time.Second
	// lookFrom is how many imports have to lie behind the one that is asked about while others are still being queued; lookPause is how long none may
	// have been queued before.
	lookFrom  = 4
	lookPause = time.Second
)

// Settle waits until the importer has done everything that was queued, and collects whom it left out.
func (d *driver) Settle(ctx context.Context) (crm.Settlement, error) {
	own := d.pending() > 0
	settlement := crm.Settlement{Rejected: d.takeRejected()}
	watch := stillness{pause: settleFirstLook}
	for {
		outstanding, err := d.outstanding(ctx)
		if err != nil {
			return settlement, err
		}
		before := d.pending()
		if err := d.collectFailures(ctx, outstanding == 0, settlement.Rejected); err != nil {
			return settlement, err
		}
		left := d.pending()
		watch.look(outstanding, left)
		switch {
		case outstanding == 0 && left == 0, watch.inDoubt(own):
			d.forgetBatches()
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
		id, there := d.firstBatch()
		if !there {
			return nil
		}
		done, err := d.importDone(ctx, id, rejected)
		forgotten := idle && (crm.IsKind(err, crm.KindNotFound) || crm.IsKind(err, crm.KindInvalid))
		switch {
		case done || forgotten:
			d.dropBatch(id)
		case err != nil && !crm.IsKind(err, crm.KindNotFound) && !crm.IsKind(err, crm.KindInvalid):
			return err
		default:
			return nil
		}
	}
	return nil
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

// lookMeanwhile asks about imports while others wait for the limit of 100 a minute: then the five requests a second are free, and asking at the
// end would take its own time. It never takes a request's place from an import. What goes wrong here is asked again by Settle.
func (d *driver) lookMeanwhile(ctx context.Context) {
	defer func() {
		d.mu.Lock()
		d.looking = false
		d.mu.Unlock()
	}()
	for d.pending() > lookFrom {
		queued := d.queuedSoFar()
		if d.conn.Rest(ctx, lookPause, "") != nil {
			return
		}
		for d.queuedSoFar() == queued && d.pending() > lookFrom {
			if !d.lookAtFirst(ctx) {
				break
			}
		}
	}
}

// lookAtFirst asks about the oldest import, and says whether it was done.
func (d *driver) lookAtFirst(ctx context.Context) bool {
	id, there := d.firstBatch()
	if !there || ctx.Err() != nil {
		return false
	}
	rejected := map[string]string{}
	done, err := d.importDone(ctx, id, rejected)
	if err != nil || !done {
		return false
	}
	d.keepRejected(rejected)
	d.dropBatch(id)
	return true
}

// startLooking starts lookMeanwhile, unless it is at work already or there is too little to look at.
func (d *driver) startLooking(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.looking || len(d.batches) <= lookFrom {
		return
	}
	d.looking = true
	go d.lookMeanwhile(ctx)
}

func (d *driver) queuedSoFar() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.queued
}

func (d *driver) keepRejected(rejected map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rejected == nil {
		d.rejected = map[string]string{}
	}
	maps.Copy(d.rejected, rejected)
}

// takeRejected hands over what was found out meanwhile. It is never nil.
func (d *driver) takeRejected() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	rejected := d.rejected
	d.rejected = nil
	if rejected == nil {
		rejected = map[string]string{}
	}
	return rejected
}

func (d *driver) pending() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.batches)
}

func (d *driver) firstBatch() (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.batches) == 0 {
		return "", false
	}
	return d.batches[0], true
}

func (d *driver) dropBatch(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.batches) > 0 && d.batches[0] == id {
		d.batches = d.batches[1:]
	}
}

func (d *driver) forgetBatches() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches = nil
}
