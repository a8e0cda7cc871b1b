package migration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Plan says what an import will do, before anything is sent. It is bound to the members, tags and account it was made from.
type Plan struct {
	Made        time.Time `json:"made"`
	Provider    string    `json:"provider"`
	Account     string    `json:"account"`
	AccountName string    `json:"account_name,omitempty"`
	Fingerprint string    `json:"fingerprint"`
	Terms       Terms     `json:"terms"`
	// Policies are what holds whatever is sent, in words for people.
	Policies []string `json:"policies"`
	Members  int      `json:"members"`
	// New will be created, Changed get something they lack, Unchanged need nothing; Shared have the address, and so the contact, of another member;
	// Left cannot go. They add up to Members.
	New       int         `json:"new"`
	Changed   int         `json:"changed"`
	Unchanged int         `json:"unchanged"`
	Shared    int         `json:"shared,omitempty"`
	Left      []LeftOut   `json:"left,omitempty"`
	Quiet     QuietCounts `json:"quiet"`
	// Cut is how many names are shortened, because the CRM has no room for them.
	Cut int `json:"cut,omitempty"`
	// Several are members who have more than one contact in the CRM already.
	Several []int64 `json:"several,omitempty"`
	// Sent is how many of the unchanged have been sent by AllySwitch, as the journal says, but are not to be seen in the CRM (yet). They are not sent again;
	// the next read-back says whether they are there.
	Sent      int           `json:"sent,omitempty"`
	NewFields []string      `json:"new_fields,omitempty"`
	NewTags   []string      `json:"new_tags,omitempty"`
	Conflicts []TagConflict `json:"conflicts,omitempty"`
	// TagPairs is how many times a member has a tag, PairsAdded how many of those are not in the CRM yet; Tags says the same tag by tag.
	TagPairs   int        `json:"tag_pairs"`
	PairsAdded int        `json:"pairs_added"`
	Tags       []TagCount `json:"tags,omitempty"`
	// FieldWrites are the values that will be written, field by field.
	FieldWrites []FieldWrite `json:"field_writes"`
	Write       Estimate     `json:"write"`
	ReadBack    Estimate     `json:"read_back"`
	// UsedToday is how many requests of the daily allowances had been used when the plan was made, 0 where there are none.
	UsedToday int  `json:"used_today,omitempty"`
	Room      Room `json:"room"`
	// Routes are the ways in, with what each costs.
	Routes []Route `json:"routes"`
	// Blast is what the import could set off, and for how many people.
	Blast Blast `json:"blast"`
	// QuietHidden says what being unsubscribed, bounced or not confirmed may do to access at this CRM. Empty where it does nothing, or where nobody is.
	QuietHidden string `json:"quiet_hidden,omitempty"`
	// Note is what this CRM does when a plan is outgrown, empty where nothing is known.
	Note string `json:"note,omitempty"`
}

// LeftOut is a member who cannot go, and why.
type LeftOut struct {
	Member int64  `json:"member"`
	Reason string `json:"reason"`
}

// QuietCounts are members whom the CRM sends no mail. They stay so.
type QuietCounts struct {
	Unsubscribed int `json:"unsubscribed"`
	Bounced      int `json:"bounced"`
	Unconfirmed  int `json:"unconfirmed"`
}

// Room is what the CRM's plan has room for; -1 where the CRM does not tell.
type Room struct {
	Limit int `json:"limit"`
	Now   int `json:"now"`
	After int `json:"after"`
}

// Fits says whether there is room. Known is false when the CRM does not tell.
func (r Room) Fits() (fits, known bool) {
	if r.Limit < 0 || r.Now < 0 {
		return true, false
	}
	return r.After <= r.Limit, true
}

// MakePlan reads the account and works out what an import would do. It writes plan.json and before.jsonl and sends nothing.
func MakePlan(ctx context.Context, deps Deps, report job.Reporter) (*Plan, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	account, err := checkAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Made: time.Now().UTC(), Provider: deps.CRM.Provider().ID, Account: account.ID, AccountName: account.Name,
		Fingerprint: roster.Fingerprint, Terms: deps.terms(), Policies: deps.terms().policies(), Members: roster.Len(), TagPairs: roster.Pairs()}
	own, missing, err := findFields(ctx, deps.CRM)
	if err != nil {
		return nil, err
	}
	plan.NewFields = missing
	found, seen, err := readBefores(ctx, deps, roster, own, report)
	if err != nil {
		return nil, err
	}
	if err := plan.planTags(ctx, deps, roster); err != nil {
		return nil, err
	}
	ledger, err := readLedger(deps.Folder)
	if err != nil {
		return nil, err
	}
	plan.planMembers(deps.CRM, roster, own, found, ledger)
	if err := plan.planStarts(ctx, deps); err != nil {
		return nil, err
	}
	plan.planCosts(deps.CRM.Provider(), deps.CRM.Features(), roster, account, seen)
	plan.UsedToday = usedToday(deps.CRM.Quota(), time.Now())
	if err := found.save(deps.Folder, roster); err != nil {
		return nil, err
	}
	if err := savePlanMembers(deps.Folder, roster); err != nil {
		return nil, err
	}
	return plan, doing("write "+PlanFile, writeJSON(deps.Folder, PlanFile, plan))
}

// checkAccount makes sure that the key still opens the account that the migration began with.
func checkAccount(ctx context.Context, deps Deps) (crm.Account, error) {
	account, err := deps.CRM.Check(ctx)
	if err != nil {
		return account, doing("check the key", err)
	}
	if began := deps.Began.Fingerprint; began != "" && began != crm.Fingerprint(deps.CRM.Provider(), account) {
		return account, &Refusal{ErrOtherAccount, fmt.Sprintf("the migration began with %s, this key opens %s",
			deps.Began.AccountName, account.Name)}
	}
	return account, nil
}

// planMembers goes by what the CRM shows, and for those whom AllySwitch has sent by the journal: a CRM may show late what was written, and who has
// arrived is not sent again.
func (p *Plan) planMembers(client *crm.Client, roster *Roster, own fieldIDs, found *befores, ledger *ledger) {
	features := client.Features()
	counter := newPlanCounter(features, roster, own)
	late := time.Since(ledger.last) < scaled(client, features.ReadLag)
	for i := range roster.Members {
		m := &roster.Members[i]
		there, reason := found.count(m.ID), cannotGo(m, features)
		if reason == "" && (own.cut(m.FirstName) != m.FirstName || own.cut(m.LastName) != m.LastName) {
			p.Cut++
		}
		switch {
		case reason != "":
			p.Left = append(p.Left, LeftOut{m.ID, reason})
		case m.Twin >= 0:
			p.Shared++
		case ledger.arrived(m):
			p.planArrived(found.members[m.ID])
		case there == 0 && late && ledger.knows(m.ID):
			p.Changed++
			counter.add(i, &Before{})
		case there == 0:
			p.New++
			counter.add(i, nil)
		default:
			p.planKnown(roster, i, own, found.of(m.ID), counter)
		}
	}
	counter.keep(p)
}

// planArrived counts a member who has arrived as they are now.
func (p *Plan) planArrived(list []packed) {
	p.Unchanged++
	if len(list) == 0 {
		p.Sent++
		return
	}
	p.Quiet.count(list[0].State)
}

// planKnown counts a member whom the CRM has already.
func (p *Plan) planKnown(roster *Roster, member int, own fieldIDs, list []Before, counter *planCounter) {
	if len(list) > 1 {
		p.Several = append(p.Several, roster.Members[member].ID)
	}
	p.Quiet.count(list[0].State)
	if needsNothing(roster, member, own, list[0], len(p.NewFields) > 0) {
		p.Unchanged++
		return
	}
	p.Changed++
	counter.add(member, &list[0])
}

func cannotGo(member *Member, features crm.Features) string {
	if features.EmailLength > 0 && len([]rune(member.Email)) > features.EmailLength {
		return fmt.Sprintf("the address is longer than the %d characters that the CRM takes", features.EmailLength)
	}
	if !address.Valid(member.Email) {
		return "the address cannot be delivered to, so no CRM takes it"
	}
	return ""
}

func (q *QuietCounts) count(state crm.ContactState) {
	switch state {
	case crm.StateUnsubscribed:
		q.Unsubscribed++
	case crm.StateBounced:
		q.Bounced++
	case crm.StateUnconfirmed:
		q.Unconfirmed++
	}
}

func needsNothing(roster *Roster, member int, own fieldIDs, before Before, newFields bool) bool {
	if newFields || !before.TagsKnown {
		return false
	}
	wanted := own.contact(roster, member, before.contact())
	if wanted.FirstName != "" || wanted.LastName != "" {
		return false
	}
	for id, value := range wanted.Fields {
		if before.Fields[id] != value {
			return false
		}
	}
	has := map[string]bool{}
	for _, tag := range before.Tags {
		has[tag] = true
	}
	for _, tag := range roster.TagNames(member) {
		if !has[tag] {
			return false
		}
	}
	return true
}

func (p *Plan) planTags(ctx context.Context, deps Deps, roster *Roster) error {
	existing, err := deps.CRM.Tags(ctx)
	if err != nil {
		return doing("list the tags", err)
	}
	p.NewTags, p.Conflicts = compareTags(deps.CRM.Features(), roster.Tags, existing)
	return nil
}

func (p *Plan) planCosts(provider crm.Provider, features crm.Features, roster *Roster, account crm.Account, seen int) {
	work := load{members: p.New + p.Changed, known: p.Changed, tagCounts: p.added(), automations: p.Blast.readings()}
	p.Write = estimateWrite(features, work)
	p.ReadBack = estimateRead(features, seen+p.New, roster.TagCounts())
	p.Note = features.PlanNote
	if p.Quiet != (QuietCounts{}) {
		p.QuietHidden = features.InactiveHidden
	}
	p.Routes = routes(provider, features, work)
	p.Room = Room{Limit: account.ContactLimit, Now: account.Contacts, After: account.Contacts + p.New}
}

// planStarts works out what the import could set off. A CRM that cannot tell is said to be unable to, which is not the same as none.
func (p *Plan) planStarts(ctx context.Context, deps Deps) error {
	blast, err := p.blast(ctx, deps.CRM)
	if err == nil {
		err = blast.readFirst(ctx, deps.CRM)
	}
	if err == nil {
		err = rememberEntrants(deps, blast.listed)
	}
	p.Blast = blast
	return err
}

// LoadPlan reads plan.json. Without one the error is ErrNoPlan.
func LoadPlan(folder *checkpoint.Folder) (*Plan, error) {
	var plan Plan
	err := readJSON(folder, PlanFile, &plan)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoPlan
	}
	return &plan, doing("read "+PlanFile, err)
}

// Holds says whether account, choices and members are still those of the plan, and how the members differ within what the owner allows. What has
// changed beyond that is a Refusal, with the difference; who it is, is in drift.csv.
func (p *Plan) Holds(deps Deps, roster *Roster, account crm.Account) (Drift, error) {
	changed := p.Terms.difference(deps.terms())
	switch {
	case p.Provider != deps.CRM.Provider().ID || p.Account != account.ID:
		return Drift{}, &Refusal{ErrOtherAccount, fmt.Sprintf("the plan was made for %s (%s), this is %s (%s)", p.AccountName, p.Account, account.Name, account.ID)}
	case changed != "":
		return Drift{}, &Refusal{ErrDrifted, changed}
	case p.Fingerprint == roster.Fingerprint:
		return Drift{}, nil
	}
	drift, err := driftSince(deps.Folder, p, roster)
	if err == nil && !drift.Within(deps.DriftAllowed) {
		err = &Refusal{ErrDrifted, drift.Sentence()}
	}
	return drift, err
}

func writeJSON(folder *checkpoint.Folder, name string, value any) error {
	file, err := folder.Create(name)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		file.Abort()
		return err
	}
	return file.Close()
}

func readJSON(folder *checkpoint.Folder, name string, value any) error {
	file, err := folder.OpenFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return json.NewDecoder(file).Decode(value)
}

// CheckAccount asks whose key this is. Any other account than the one that the migration began with is a Refusal.
func CheckAccount(ctx context.Context, deps Deps) error {
	_, err := checkAccount(ctx, deps)
	return err
}
