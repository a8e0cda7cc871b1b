package migration

import (
	"context"
	"fmt"
	"slices"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

// CarryTagList brings the tags of AccessAlly's list that the CRM does not have into being where a tag exists only once somebody has it (Drip): one made-up
// contact at a domain of the owner's gets them all. It is kept among the made-up members, so that finish and undo take it away again. What is there in
// another spelling is left alone.
func CarryTagList(ctx context.Context, deps Deps, domain string, report job.Reporter) (carried int, err error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return 0, err
	}
	missing, err := notInCRM(ctx, deps)
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	canaries, err := LoadCanaries(deps.Folder)
	if err != nil {
		return 0, err
	}
	if canaries.Domain == "" {
		canaries.Domain = domain
	}
	canaries.All = append(canaries.All, Canary{Offering: "Tags that nobody has", Email: fmt.Sprintf("canary+tags%d@%s", len(canaries.All)+1, domain), Tags: missing})
	flock := &flock{deps: deps, report: report, canaries: canaries, tags: map[string]crm.Tag{}}
	for _, canary := range canaries.All {
		for _, name := range canary.Tags {
			flock.tags[name] = crm.Tag{Name: name}
		}
	}
	report.Phase("Putting the tags on a made-up contact", 1)
	if err := flock.fly(ctx); err != nil {
		return 0, err
	}
	if _, err := deps.CRM.Settle(ctx); err != nil {
		return 0, doing("wait for the CRM to finish", err)
	}
	flock.written()
	if err := flock.check(ctx, phaseAhead); err != nil {
		return 0, err
	}
	return len(missing), nil
}

// notInCRM are the tags of AccessAlly's list that the CRM does not have, without those that it has in another spelling.
func notInCRM(ctx context.Context, deps Deps) ([]string, error) {
	names, err := LoadTagList(deps.Folder)
	if err != nil {
		return nil, err
	}
	existing, err := deps.CRM.Tags(ctx)
	if err != nil {
		return nil, doing("list the tags", err)
	}
	missing, _ := compareTags(deps.CRM.Features(), names, existing)
	like := likeTags(existing)
	return slices.DeleteFunc(missing, func(name string) bool {
		other, _ := like.First(name)
		return other != ""
	}), nil
}
