// Package migration is the engine: it reads the members, plans, imports, tags, proves, links and verifies. Its tasks are plain functions that a
// screen, an unattended run and a test on a fake clock call alike. Every piece of work goes the same way: the intent is on
// disk, then the call is made, then the outcome is on disk.
package migration

import (
	"context"
	"fmt"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// Deps is what every task works with.
type Deps struct {
	CRM    *crm.Client
	Folder *checkpoint.Folder
	// Began is the account that the migration began with, empty before one is known. Work never reads the state: that belongs to the screen.
	Began checkpoint.CRM
	// UnlistedHaveNone is the owner's word that who is not in the tag file has no tags. Without it, that is unknown.
	UnlistedHaveNone bool
	// LeaveOut are the addresses of people who stay out of the CRM by the owner's word: the administrator who opens the site when all else fails.
	LeaveOut []string
	// Terms are the owner's choices that the plan rests on.
	Terms Terms
	// DriftAllowed is how many members may have joined, left or changed since the plan was made.
	DriftAllowed int
	// Throttle is how much of the allowed pace is used, in percent; 0 means all of it.
	Throttle int
	// Decisions are what the owner has typed about what may start by itself, by Start.ID.
	Decisions map[string]string
	// CanaryDomain is where the owner wants made-up members to go ahead of everybody, empty for none.
	CanaryDomain string
	// Site is the companion on the site, with which undo gives contact IDs back; nil when it cannot be reached, which NoSite then says in words.
	Site   *site.Companion
	NoSite string

	// pacer holds the owner's part of the pace for one task, reading and writing alike.
	pacer *throttle
}

// The files of a migration folder that this package writes.
const (
	MembersFile    = "members.csv"
	RejectedFile   = "rejected.csv"
	TagsFile       = "member-tags.csv"
	PlanFile       = "plan.json"
	BeforeFile     = "before.jsonl"
	FailedFile     = "failed.csv"
	GapsFile       = "gaps.csv"
	ContactIDsFile = "contact-ids.csv"
	AccessFile     = "access.csv"
)

// The kinds of work in the journal.
const (
	OpField    = "field"
	OpTagName  = "tag-name"
	OpUpsert   = "upsert"
	OpTag      = "tag"
	OpSkip     = "skip"
	OpReadBack = "read-back"
	OpProof    = "proof"
	OpLink     = "link"
	OpAccepted = "accepted"
	OpCanary   = "canary"
)

// watchWaits passes on to the screen why the CRM's connection waits, or why one of the others does, until the returned function is called.
func watchWaits(ctx context.Context, client *crm.Client, report job.Reporter, others ...func() crm.Wait) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				report.Wait("", time.Time{})
				return
			case <-tick.C:
				wait := client.Meter().Waiting()
				for _, other := range others {
					if wait.Reason == "" {
						wait = other()
					}
				}
				report.Wait(wait.Reason, wait.Until)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// doing wraps an error with what was being done, and leaves nil alone.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// scaled is a vendor's duration at the speed of the other end: a sandbox may run faster than life.
func scaled(client *crm.Client, d time.Duration) time.Duration {
	return time.Duration(float64(d) / client.Meter().Read().Speed)
}
