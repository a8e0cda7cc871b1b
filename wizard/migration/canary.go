package migration

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// CanariesFile keeps the made-up members that go ahead of everybody.
const CanariesFile = "canaries.json"

// mostCanaries are sent at most.
const mostCanaries = 12

// ErrCanary means that a made-up member, who went ahead, does not have in the CRM what it was sent with.
var ErrCanary = errors.New("a made-up member who went ahead has lost something in the CRM")

// Canary is one made-up member, who has everything that one offering opens. Nobody counts it among the members.
type Canary struct {
	// Offering is the offering, or the tag where the offerings are not known.
	Offering string        `json:"offering"`
	Email    string        `json:"email"`
	Tags     []string      `json:"tags"`
	ID       crm.ContactID `json:"id,omitempty"`
	// State is one of the canary states.
	State string `json:"state,omitempty"`
	// Sent is when something was last written to it.
	Sent   time.Time     `json:"sent,omitzero"`
	Note   string        `json:"note,omitempty"`
	Checks []CanaryCheck `json:"checks,omitempty"`
}

// The states of a canary. One that is being sent is ours, whatever became of the call.
const (
	canaryWaiting = ""
	canarySending = "sending"
	canarySent    = "sent"
	canaryForeign = "left alone"
	canaryRemoved = "removed"
	canaryStays   = "stays"
)

// CanaryCheck is what the CRM showed of a canary after a phase.
type CanaryCheck struct {
	Phase string    `json:"phase"`
	At    time.Time `json:"at"`
	// Missing are tags that are not to be seen; Gone says that there is no contact; Unknown that the CRM did not show the tags.
	Missing []string `json:"missing,omitempty"`
	Gone    bool     `json:"gone,omitempty"`
	Unknown bool     `json:"unknown,omitempty"`
}

func (c CanaryCheck) whole() bool { return len(c.Missing) == 0 && !c.Gone }

// Canaries are all made-up members of a migration.
type Canaries struct {
	Domain string   `json:"domain"`
	All    []Canary `json:"canaries"`
}

// LoadCanaries reads canaries.json; none without an error when there is no such file.
func LoadCanaries(folder *checkpoint.Folder) (Canaries, error) {
	var canaries Canaries
	err := readJSON(folder, CanariesFile, &canaries)
	if errors.Is(err, fs.ErrNotExist) {
		return Canaries{}, nil
	}
	return canaries, doing("read "+CanariesFile, err)
}

func (c Canaries) save(folder *checkpoint.Folder) error {
	return doing("write "+CanariesFile, writeJSON(folder, CanariesFile, c))
}

// Alive is how many are in the CRM as far as we know.
func (c Canaries) Alive() int {
	alive := 0
	for _, canary := range c.All {
		if canary.alive() {
			alive++
		}
	}
	return alive
}

func (c Canary) alive() bool { return c.State == canarySent || c.State == canarySending }

// hatch makes up one member per offering, or per tag where the offerings are not known.
func hatch(roster *Roster, offerings *Offerings, domain string) Canaries {
	canaries := Canaries{Domain: domain}
	taken := map[string]bool{}
	add := func(name string, tags []string) {
		email := "canary+" + fileWord(name) + "@" + domain
		if len(tags) == 0 || len(canaries.All) == mostCanaries || taken[email] {
			return
		}
		if _, member := roster.ByKey(address.Key(email)); member {
			return
		}
		taken[email] = true
		canaries.All = append(canaries.All, Canary{Offering: name, Email: email, Tags: tags})
	}
	if offerings != nil {
		for _, offering := range offerings.Offerings {
			tags := []string{offering.Base, offering.Instant}
			for _, module := range offering.Modules {
				tags = append(tags, module)
			}
			add(offering.Name, ours(roster, tags))
		}
		return canaries
	}
	for _, name := range roster.Tags {
		add(name, []string{name})
	}
	return canaries
}

// ours are those of the tags that members have: a canary makes no tag of its own.
func ours(roster *Roster, tags []string) []string {
	var known []string
	for _, tag := range tags {
		if _, found := slices.BinarySearch(roster.Tags, tag); found && !slices.Contains(known, tag) {
			known = append(known, tag)
		}
	}
	slices.Sort(known)
	return known
}

// canariesAhead sends the made-up members before anybody else, and sees that they arrived whole.
func (r *importer) canariesAhead(ctx context.Context) error {
	if r.deps.CanaryDomain == "" {
		return nil
	}
	canaries, err := LoadCanaries(r.deps.Folder)
	if err != nil {
		return err
	}
	if canaries.Domain != r.deps.CanaryDomain && canaries.Alive() == 0 {
		offerings, err := LoadOfferings(r.deps.Folder)
		if err != nil {
			return err
		}
		canaries = hatch(r.roster, offerings, r.deps.CanaryDomain)
	}
	r.report.Phase("Sending made-up members ahead", int64(len(canaries.All)))
	flock := &flock{deps: r.deps, report: r.report, canaries: canaries, tags: r.tags}
	if err := flock.fly(ctx); err != nil {
		return err
	}
	if !flock.any(Canary.fresh) {
		return flock.checkAgain(ctx)
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	if err := flock.tag(ctx); err != nil {
		return err
	}
	flock.written()
	return flock.check(ctx, phaseAhead)
}

// phaseAhead is the check before anybody else is sent.
const phaseAhead = "ahead"

// fresh says that nobody has seen it whole in the CRM yet.
func (c Canary) fresh() bool { return c.State == canarySent && len(c.Checks) == 0 }

// ailing says that something was missing when it was last looked at.
func (c Canary) ailing() bool {
	return c.State == canarySent && len(c.Checks) > 0 && !c.Checks[len(c.Checks)-1].whole()
}

func (f *flock) any(is func(Canary) bool) bool { return slices.ContainsFunc(f.canaries.All, is) }

// written notes when the last was written to the new ones: the CRM's lateness begins with that.
func (f *flock) written() {
	for i := range f.canaries.All {
		if canary := &f.canaries.All[i]; canary.fresh() {
			canary.Sent = time.Now().UTC()
		}
	}
}

// checkAgain holds everybody back while a made-up member lacks something.
func (f *flock) checkAgain(ctx context.Context) error {
	if !f.any(Canary.ailing) {
		return nil
	}
	return f.check(ctx, "again")
}

// flock is the made-up members at work.
type flock struct {
	deps     Deps
	report   job.Reporter
	canaries Canaries
	tags     map[string]crm.Tag
}

// fly sends those that have not been sent. An address that the CRM knows already is left alone.
func (f *flock) fly(ctx context.Context) error {
	for i := range f.canaries.All {
		canary := &f.canaries.All[i]
		if canary.State != canaryWaiting && canary.State != canarySending {
			continue
		}
		if err := f.send(ctx, canary); err != nil {
			return err
		}
		f.report.Add(1, 0)
	}
	return nil
}

func (f *flock) send(ctx context.Context, canary *Canary) error {
	found, err := f.deps.CRM.Find(ctx, canary.Email)
	if err != nil {
		return doing("look for a made-up member", err)
	}
	if len(found) > 0 && canary.State == canaryWaiting {
		canary.State, canary.Note = canaryForeign, "the CRM knew this address already"
		return f.canaries.save(f.deps.Folder)
	}
	canary.State = canarySending
	if err := f.canaries.save(f.deps.Folder); err != nil {
		return err
	}
	err = f.deps.record(OpCanary, canary.Email, canaryData{Email: canary.Email, Tags: canary.Tags}, func() (any, error) {
		outcomes, err := f.deps.CRM.Upsert(ctx, []crm.Contact{f.contact(canary)})
		if err != nil {
			return nil, err
		}
		if outcomes[0].Result == crm.Failed {
			return nil, outcomes[0].Err
		}
		canary.ID = outcomes[0].ID
		return canaryData{Email: canary.Email, ID: string(canary.ID), Tags: canary.Tags}, nil
	})
	if err != nil {
		return doing("send a made-up member", err)
	}
	canary.State, canary.Sent = canarySent, time.Now().UTC()
	return f.canaries.save(f.deps.Folder)
}

// canaryData is the journal's record of a made-up member that is sent, or removed.
type canaryData struct {
	Email   string   `json:"email"`
	ID      string   `json:"id,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Removed bool     `json:"removed,omitempty"`
	Note    string   `json:"note,omitempty"`
}

func (f *flock) contact(canary *Canary) crm.Contact {
	contact := crm.Contact{Email: canary.Email, FirstName: "Canary", LastName: canary.Offering}
	if f.deps.CRM.Features().TagsRideAlong {
		for _, name := range canary.Tags {
			contact.Tags = append(contact.Tags, f.tags[name])
		}
		contact.TagsKnown = true
	}
	return contact
}

// tag puts the tags on, where they do not ride along.
func (f *flock) tag(ctx context.Context) error {
	if f.deps.CRM.Features().TagsRideAlong {
		return nil
	}
	for i := range f.canaries.All {
		canary := &f.canaries.All[i]
		if !canary.fresh() {
			continue
		}
		if err := f.findID(ctx, canary); err != nil {
			return err
		}
		for _, name := range canary.Tags {
			if _, err := f.deps.CRM.ApplyTag(ctx, f.tags[name], []crm.Target{{ID: canary.ID, Email: canary.Email}}); err != nil {
				return doing("put a tag on a made-up member", err)
			}
		}
	}
	return f.canaries.save(f.deps.Folder)
}

// findID waits until the CRM shows a contact that it has taken without saying its ID.
func (f *flock) findID(ctx context.Context, canary *Canary) error {
	return f.lately(ctx, canary.Sent, func() (bool, error) {
		if canary.ID != "" {
			return true, nil
		}
		found, err := f.deps.CRM.Find(ctx, canary.Email)
		if err == nil && len(found) > 0 {
			canary.ID = found[0].ID
		}
		return canary.ID != "", doing("find a made-up member", err)
	})
}

// lately tries until it is done, or until the CRM's lateness is over.
func (f *flock) lately(ctx context.Context, since time.Time, try func() (bool, error)) error {
	lag := scaled(f.deps.CRM, f.deps.CRM.Features().ReadLag)
	for pause := lag/8 + time.Millisecond; ; pause *= 2 {
		done, err := try()
		left := time.Until(since.Add(lag))
		if err != nil || done || left <= 0 {
			return err
		}
		if err := waitLate(ctx, f.deps, min(pause, left)+time.Millisecond, f.report); err != nil {
			return err
		}
	}
}
