package migration

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

// SetupFile lists what a look at the CRM's own set-up has found.
const SetupFile = "crm-setup.csv"

// SetupState says whether something is in the CRM. What cannot be read is not known, never "not there".
type SetupState string

// The states of one part of the set-up.
const (
	SetupThere   SetupState = "there"
	SetupMissing SetupState = "not there"
	SetupUnknown SetupState = "not known"
)

// WantedField is a custom field that the site's settings rely on, and the box that it belongs to.
type WantedField struct {
	Box, Purpose, Name string
	// Wants says, in a word for people, what type of field AccessAlly wants; empty where any will do. Kinds are the CRM's own words for it.
	Wants string
	Kinds []string
}

// fits says that a field is of the type that is wanted. A CRM that does not tell types cannot be wrong about them.
func (w WantedField) fits(field crm.Field) bool {
	if w.Wants == "" || field.Kind == "" {
		return true
	}
	plain := func(kind string) string { return strings.ToLower(strings.ReplaceAll(kind, "_", "")) }
	return slices.ContainsFunc(w.Kinds, func(kind string) bool { return plain(kind) == plain(field.Kind) })
}

// SetupFinding is one part of the CRM's set-up, as it was found.
type SetupFinding struct {
	// Box is the tick that the finding speaks about, empty for none.
	Box, What string
	State     SetupState
	Note      string
}

// Setup is what a look at the CRM has found.
type Setup struct {
	Findings []SetupFinding
	// Renamed are tags of members that are no longer in the CRM under exactly their names.
	Renamed []string
}

// Count is how many findings have a state.
func (s Setup) Count(state SetupState) int {
	count := 0
	for _, finding := range s.Findings {
		if finding.State == state {
			count++
		}
	}
	return count
}

// CheckSetup looks in the CRM whether what the site relies on is there: fields, tags, and webhooks to the site, as far as the API shows them. It changes
// nothing, writes crm-setup.csv, and keeps no webhook's address: that holds a secret of the site. unseen are parts that no API shows: they are listed as not known.
func CheckSetup(ctx context.Context, deps Deps, wanted []WantedField, unseen []SetupFinding, siteURL string, report job.Reporter) (Setup, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return Setup{}, err
	}
	var setup Setup
	for _, part := range []struct {
		doing string
		look  func() error
	}{
		{"Looking at the custom fields", func() error { return setup.fields(ctx, deps, wanted) }},
		{"Looking at the tags", func() error { return setup.tags(ctx, deps) }},
		{"Looking at the webhooks", func() error { return setup.webhooks(ctx, deps, siteURL) }},
		{"Looking at the forms", func() error { return setup.forms(ctx, deps) }},
		{"Looking whom the contacts belong to", func() error { return setup.owners(ctx, deps) }},
	} {
		report.Phase(part.doing, 0)
		if err := part.look(); err != nil {
			return Setup{}, err
		}
	}
	setup.permissions()
	for _, part := range unseen {
		part.State = SetupUnknown
		setup.Findings = append(setup.Findings, part)
	}
	return setup, setup.save(deps)
}

// withheld marks findings about what the key was not allowed to see.
const withheld = "to this key"

// permissions sums up what the key was allowed to read. That it may write, the import has shown.
func (s *Setup) permissions() {
	var hidden []string
	for _, finding := range s.Findings {
		if finding.State == SetupUnknown && strings.HasSuffix(finding.Note, withheld) {
			hidden = append(hidden, finding.What)
		}
	}
	const what = "What the key may read"
	if len(hidden) > 0 {
		s.add("owner", what, SetupMissing, "not everything: %s", strings.Join(hidden, ", "))
		return
	}
	s.add("owner", what, SetupThere, "fields, tags and webhooks; that it may write, the import has shown")
}

func (s *Setup) add(box, what string, state SetupState, format string, values ...any) {
	s.Findings = append(s.Findings, SetupFinding{Box: box, What: what, State: state, Note: fmt.Sprintf(format, values...)})
}

func (s *Setup) fields(ctx context.Context, deps Deps, wanted []WantedField) error {
	name := deps.CRM.Provider().Name
	list, err := deps.CRM.Fields(ctx)
	if err != nil && !cannotTell(err) {
		return doing("list the custom fields", err)
	}
	for _, own := range OwnFields(deps.CRM.Features()) {
		wanted = append(wanted, WantedField{Purpose: "Of step 3", Name: own.Name})
	}
	for _, want := range wanted {
		what := want.Purpose + ": the field " + want.Name
		at := slices.IndexFunc(list, func(field crm.Field) bool { return field.Name == want.Name || string(field.ID) == want.Name })
		near := slices.IndexFunc(list, func(field crm.Field) bool { return fold(field.Name) == fold(want.Name) })
		switch {
		case err != nil:
			s.add(want.Box, what, SetupUnknown, "%s does not show its custom fields "+withheld, name)
		case at >= 0 && !want.fits(list[at]):
			s.add(want.Box, what, SetupMissing, "it is there, but as a field of the type %s: AccessAlly wants %s", list[at].Kind, want.Wants)
		case at >= 0 && want.Wants != "" && list[at].Kind == "":
			s.add(want.Box, what, SetupThere, "its type is not shown")
		case at >= 0:
			s.add(want.Box, what, SetupThere, "")
		case near >= 0:
			s.add(want.Box, what, SetupMissing, "there is %q: the name differs", list[near].Name)
		case deps.CRM.Features().FieldsImplicit:
			s.add(want.Box, what, SetupUnknown, "%s shows a field only once somebody has a value in it", name)
		default:
			s.add(want.Box, what, SetupMissing, "%s has no custom field of this name", name)
		}
	}
	return nil
}

// tags compares the members' tags with those of the CRM once more: names can be changed there at any time.
func (s *Setup) tags(ctx context.Context, deps Deps) error {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return err
	}
	list, err := deps.CRM.Tags(ctx)
	if err != nil && !cannotTell(err) {
		return doing("list the tags", err)
	}
	if err != nil {
		s.add("", "The members' tags", SetupUnknown, "%s does not show its tags "+withheld, deps.CRM.Provider().Name)
		return nil
	}
	exact, near, categories := map[string]bool{}, map[string]string{}, 0
	for _, tag := range list {
		exact[tag.Name], near[fold(tag.Name)] = true, tag.Name
		if tag.Category != "" && slices.Contains(roster.Tags, tag.Name) {
			categories++
		}
	}
	for _, tag := range roster.Tags {
		if exact[tag] {
			continue
		}
		s.Renamed = append(s.Renamed, tag)
		note := "no tag has this name any more: was it renamed or deleted?"
		if other := near[fold(tag)]; other != "" {
			note = fmt.Sprintf("there is %q: AccessAlly compares to the letter", other)
		}
		s.add("", "The tag "+tag, SetupMissing, "%s", note)
	}
	if len(s.Renamed) == 0 {
		s.add("", "The members' tags", SetupThere, "all %d, under exactly their names", len(roster.Tags))
	}
	if categories > 0 {
		s.add("", "Tags in a category", SetupUnknown, "%d of the members' tags lie in a category: see that AccessAlly shows their names without it", categories)
	}
	return nil
}

// webhooks counts those that lead to the site. Calls inside an automation are in no list, so finding none proves nothing.
func (s *Setup) webhooks(ctx context.Context, deps Deps, siteURL string) error {
	const box, what = "webhook", "A webhook to the site"
	name := deps.CRM.Provider().Name
	webhooks, can := deps.CRM.Webhooks()
	if !can {
		s.add(box, what, SetupUnknown, "%s does not show webhooks to programs", name)
		return nil
	}
	list, err := webhooks.Webhooks(ctx)
	if err != nil && !cannotTell(err) {
		return doing("list the webhooks", err)
	}
	events := map[string]int{}
	for _, hook := range list {
		if sameHost(hook.URL, siteURL) {
			events[hook.Event]++
		}
	}
	switch {
	case err != nil:
		s.add(box, what, SetupUnknown, "%s does not show webhooks "+withheld, name)
	case len(events) > 0:
		s.add(box, what, SetupThere, "for: %s", strings.Join(sortedKeys(events), ", "))
	default:
		s.add(box, what, SetupUnknown, "none in the list that %s shows to programs; what stands inside an automation or rule is in no list", name)
	}
	return nil
}

func sortedKeys(set map[string]int) []string {
	var keys []string
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// sameHost says that two addresses lead to the same site, with or without www.
func sameHost(a, b string) bool {
	host := func(text string) string {
		address, err := url.Parse(text)
		if err != nil {
			return ""
		}
		return strings.TrimPrefix(strings.ToLower(address.Host), "www.")
	}
	return host(a) != "" && host(a) == host(b)
}

func (s *Setup) save(deps Deps) error {
	rows := [][]string{{"state", "what", "note", "box"}}
	for _, finding := range s.Findings {
		rows = append(rows, []string{string(finding.State), finding.What, finding.Note, finding.Box})
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return setupRank(a[0]) - setupRank(b[0]) })
	return writeRows(deps.Folder, SetupFile, rows)
}

// setupRank brings what is missing to the top.
func setupRank(state string) int {
	return slices.Index([]string{string(SetupMissing), string(SetupUnknown), string(SetupThere)}, state)
}
