package migration

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
)

// RehearsalFile is where the last rehearsal is kept.
const RehearsalFile = "rehearsal.json"

// rehearsalFolder lies below the migration's folder while a rehearsal runs.
const rehearsalFolder = "rehearsal"

// rehearsalSpeed is how many times faster than life the sandbox of a rehearsal runs.
const rehearsalSpeed = 100_000

// RehearseInput says with what to rehearse.
type RehearseInput struct {
	// Sandbox makes the sandbox of the CRM.
	Sandbox func(sandbox.Options) sandbox.Sandbox
	// Switches are what the sandbox can be made to do otherwise. Where the account's key is of another kind than the sandbox's own, the one that makes
	// them alike is found among these.
	Switches []sandbox.Switch
}

// Rehearsal is what happened when the import was tried on a copy of the account.
type Rehearsal struct {
	At          time.Time `json:"at"`
	Provider    string    `json:"provider"`
	Account     string    `json:"account"`
	Fingerprint string    `json:"fingerprint"`
	Members     int       `json:"members"`
	Created     int       `json:"created"`
	Updated     int       `json:"updated"`
	Unchanged   int       `json:"unchanged"`
	LeftOut     int       `json:"left_out"`
	// Refused are members whom the CRM would not take; Reasons says why, and of how many.
	Refused int            `json:"refused"`
	Reasons map[string]int `json:"reasons,omitempty"`
	// Collisions are tags that cannot be made under exactly their names.
	Collisions []TagConflict `json:"collisions,omitempty"`
	// Send and ReadBack are the requests that were made, and the least time in which the published limits allow them.
	Send     Estimate `json:"send"`
	ReadBack Estimate `json:"read_back"`
	// Mailed are the automations that started, with how many people each; MayStart those of which the CRM does not tell what starts them.
	Mailed   map[string]int `json:"mailed,omitempty"`
	MayStart []Start        `json:"may_start,omitempty"`
	Hidden   string         `json:"hidden,omitempty"`
	// PairsMissing and Access are what the proof of the rehearsal said.
	PairsMissing int    `json:"pairs_missing"`
	Access       Access `json:"access"`
	// Stopped is why the rehearsal did not come to its end, empty when it did.
	Stopped string `json:"stopped,omitempty"`
	// Actual is what the real import has come to since, nil before there was one.
	Actual *Actual `json:"actual,omitempty"`
}

// Actual is what the real import came to, over all its runs, beside what was predicted.
type Actual struct {
	Arrived  int     `json:"arrived"`
	Waiting  int     `json:"waiting"`
	Refused  int     `json:"refused"`
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

// Fits says that the rehearsal was of these members into this account.
func (r *Rehearsal) Fits(plan *Plan) bool {
	return r.Provider == plan.Provider && r.Account == plan.Account && r.Fingerprint == plan.Fingerprint
}

// Sentence says what it predicts.
func (r *Rehearsal) Sentence() string {
	if r.Stopped != "" {
		return "It would stop: " + r.Stopped + "."
	}
	text := words.Say("%d made, %d updated, %d refused, %d {request|requests}, %s", r.Created, r.Updated, r.Refused, r.Send.Requests, Spell(r.Send.Duration()))
	if r.Actual != nil {
		text += words.Say(". So far: %d taken, %d refused, %d {request|requests}, %s", r.Actual.Arrived, r.Actual.Refused, r.Actual.Requests,
			Spell(time.Duration(r.Actual.Seconds*float64(time.Second))))
	}
	return text
}

// LoadRehearsal reads rehearsal.json; nil without an error when there was none.
func LoadRehearsal(folder *checkpoint.Folder) (*Rehearsal, error) {
	var rehearsal Rehearsal
	err := readJSON(folder, RehearsalFile, &rehearsal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &rehearsal, doing("read "+RehearsalFile, err)
}

// Rehearse tries plan, import and proof on a sandbox that holds the account's own tags, fields, automations and contacts of the members. The account itself
// is only read, the members are the real ones, and nothing leaves this computer. It needs a plan, and saves rehearsal.json.
func Rehearse(ctx context.Context, deps Deps, input RehearseInput, report job.Reporter) (*Rehearsal, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	stage, err := setStage(ctx, deps, input, report)
	if err != nil {
		return nil, err
	}
	defer stage.clear()
	if err := stage.play(ctx); err != nil {
		return nil, err
	}
	return stage.result, doing("write "+RehearsalFile, writeJSON(deps.Folder, RehearsalFile, stage.result))
}

// stage is a copy of the account, and a scratch folder with the real members.
type stage struct {
	real, deps Deps
	plan       *Plan
	box        sandbox.Sandbox
	client     *crm.Client
	report     job.Reporter
	result     *Rehearsal
}

func setStage(ctx context.Context, deps Deps, input RehearseInput, report job.Reporter) (*stage, error) {
	plan, err := LoadPlan(deps.Folder)
	if err != nil {
		return nil, err
	}
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	account, err := checkAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	if _, err := plan.Holds(deps, roster, account); err != nil {
		return nil, err
	}
	report.Phase("Copying what the account holds", 0)
	copied, err := copyAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	s := &stage{real: deps, plan: plan, report: rehearsing{report}, result: &Rehearsal{At: time.Now().UTC(), Provider: plan.Provider, Account: plan.Account,
		Fingerprint: plan.Fingerprint, Members: plan.Members, LeftOut: len(plan.Left), Mailed: map[string]int{}, Reasons: map[string]int{}}}
	if err := s.build(input, roomOf(plan, len(copied.Contacts))); err != nil {
		return nil, err
	}
	s.box.Load(copied)
	return s, s.open()
}

// build makes a sandbox that the same kind of key opens as the account.
func (s *stage) build(input RehearseInput, limit int) error {
	settings := []map[string]string{nil}
	for _, choice := range input.Switches {
		for _, setting := range choice.Settings {
			settings = append(settings, map[string]string{choice.Name: setting})
		}
	}
	for _, setting := range append(settings, nil) {
		s.box = input.Sandbox(sandbox.Options{Speed: rehearsalSpeed, Seed: 1, PlanLimit: limit, Switches: setting})
		values := s.box.Credentials()
		values["crm.url"] = "http://127.0.0.1"
		client, err := crm.Open(s.real.CRM.Provider(), crm.Settings{Values: values, Transport: sandbox.Transport(s.box), Speed: rehearsalSpeed})
		if err != nil {
			return doing("open the copy of the account", err)
		}
		s.client = client
		if alike(client.Features(), s.real.CRM.Features()) {
			break
		}
	}
	return nil
}

// alike says that both take as much at once, at the same pace.
func alike(a, b crm.Features) bool {
	return a.UpsertBatch == b.UpsertBatch && a.TagBatch == b.TagBatch && slices.Equal(a.Windows, b.Windows)
}

// roomOf is the plan limit of the copy, which holds only the contacts that are members: as much room is left in it as in the account.
func roomOf(plan *Plan, contacts int) int {
	if plan.Room.Limit < 0 || plan.Room.Now < 0 {
		return 0
	}
	return max(plan.Room.Limit-plan.Room.Now+contacts, 1)
}

// copyAccount reads tags, fields and automations, and takes the members' contacts from what was read for the plan.
func copyAccount(ctx context.Context, deps Deps) (sandbox.Contents, error) {
	var copied sandbox.Contents
	tags, err := deps.CRM.Tags(ctx)
	if err != nil {
		return copied, doing("list the tags", err)
	}
	for _, tag := range tags {
		copied.Tags = append(copied.Tags, tag.Name)
	}
	fields, err := deps.CRM.Fields(ctx)
	if err != nil {
		return copied, doing("list the custom fields", err)
	}
	names := map[crm.FieldID]string{}
	for _, field := range fields {
		names[field.ID] = field.Name
		copied.Fields = append(copied.Fields, field.Name)
	}
	automations, err := deps.CRM.Automations(ctx)
	if err != nil && !cannotTell(err) {
		return copied, doing("list the automations", err)
	}
	for _, automation := range automations {
		if tags := automation.TriggerTags(); len(tags) > 0 {
			copied.Automations = append(copied.Automations, sandbox.Automation{Name: automation.Name, Tag: tags[0], Also: tags[1:], Active: automation.Active})
		}
	}
	copied.Contacts, err = copyContacts(deps.Folder, names)
	return copied, err
}

func copyContacts(folder *checkpoint.Folder, names map[crm.FieldID]string) ([]sandbox.Contact, error) {
	known, err := loadBefores(folder)
	if err != nil {
		return nil, err
	}
	var contacts []sandbox.Contact
	for _, member := range slices.Sorted(maps.Keys(known.members)) {
		for _, before := range known.of(member) {
			contact := sandbox.Contact{Email: before.Email, FirstName: before.First, LastName: before.Last, Tags: before.Tags,
				State: string(before.State), Fields: map[string]string{}}
			for id, value := range before.Fields {
				contact.Fields[names[id]] = value
			}
			if before.State == crm.StateUnknown {
				contact.State = string(crm.StateActive)
			}
			contacts = append(contacts, contact)
		}
	}
	return contacts, nil
}

// open makes the scratch folder and a client of the copy.
func (s *stage) open() error {
	s.clear()
	folder, err := checkpoint.Open(s.real.Folder.Path(rehearsalFolder), checkpoint.Options{Tool: "rehearsal"})
	if err != nil {
		return doing("make a folder for the rehearsal", err)
	}
	s.deps = s.real
	s.deps.CRM, s.deps.Folder, s.deps.Began, s.deps.Throttle, s.deps.pacer = s.client, folder, checkpoint.CRM{}, 0, nil
	for _, name := range []string{MembersFile, TagsFile, OfferingsFile} {
		if err := copyInto(folder, s.real.Folder, name); err != nil {
			s.clear()
			return err
		}
	}
	return nil
}

func copyInto(to, from *checkpoint.Folder, name string) error {
	source, err := from.OpenFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return doing("read "+name, err)
	}
	defer source.Close()
	target, err := to.Create(name)
	if err != nil {
		return doing("copy "+name, err)
	}
	defer target.Abort()
	if _, err := io.Copy(target, source); err != nil {
		return doing("copy "+name, err)
	}
	return doing("copy "+name, target.Close())
}

// clear removes the scratch folder with everything in it.
func (s *stage) clear() {
	if s.deps.Folder != nil {
		s.deps.Folder.Close()
	}
	clearRehearsal(s.real.Folder)
}

// clearRehearsal removes what a rehearsal that was cut off has left: it holds a copy of the members.
func clearRehearsal(folder *checkpoint.Folder) {
	_ = os.RemoveAll(filepath.Join(folder.Dir(), rehearsalFolder))
}

// rehearsing tells the screen that this is not the real thing.
type rehearsing struct{ job.Reporter }

// Phase begins a new piece.
func (r rehearsing) Phase(doing string, total int64) {
	r.Reporter.Phase("Rehearsal: "+strings.ToLower(doing[:1])+doing[1:], total)
}
