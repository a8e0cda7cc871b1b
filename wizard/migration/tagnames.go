package migration

import (
	"context"
	"fmt"
	"slices"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

// TagConflict is a tag that the CRM cannot hold under exactly its name. AccessAlly compares names to the letter, so it is found before anything
// is sent.
type TagConflict struct {
	Name string `json:"name"`
	// Other is the name in the way, in the CRM or among our own tags.
	Other string `json:"other,omitempty"`
	// InCRM says that Other exists in the CRM already; false means that two of our own tags stand in each other's way.
	InCRM bool   `json:"in_crm"`
	Why   string `json:"why"`
}

// compareTags says which of our tags are still to be made and which cannot be.
func compareTags(features crm.Features, ours []string, existing []crm.Tag) (missing []string, conflicts []TagConflict) {
	exact, folded := map[string]bool{}, map[string]string{}
	for _, tag := range existing {
		exact[tag.Name] = true
		folded[fold(tag.Name)] = tag.Name
	}
	seen := map[string]string{}
	for _, name := range ours {
		if other, twin := seen[fold(name)]; twin && features.TagsFoldCase {
			conflicts = append(conflicts, TagConflict{Name: name, Other: other, Why: "the CRM takes these two names for one, because they differ in upper and lower case or spaces only"})
			continue
		}
		seen[fold(name)] = name
		if exact[name] {
			continue
		}
		if other, there := folded[fold(name)]; there && features.TagsFoldCase {
			conflicts = append(conflicts, TagConflict{Name: name, Other: other, InCRM: true, Why: "the CRM has this tag in another spelling, and AccessAlly compares to the letter"})
			continue
		}
		if features.TagLength > 0 && len([]rune(name)) > features.TagLength {
			conflicts = append(conflicts, TagConflict{Name: name, Why: fmt.Sprintf("the CRM cuts tag names after %d characters", features.TagLength)})
			continue
		}
		missing = append(missing, name)
	}
	return missing, conflicts
}

// fold is crm.Fold: what the plan lets pass, the import must be able to make.
func fold(name string) string { return crm.Fold(name) }

// ensureTags makes the tags that are not there yet, and returns all of ours by name. A tag under any other name than exactly its own is an error.
func ensureTags(ctx context.Context, deps Deps, names []string, report job.Reporter) (map[string]crm.Tag, int, error) {
	existing, err := tagsByName(ctx, deps.CRM)
	if err != nil {
		return nil, 0, err
	}
	made := 0
	tags := make(map[string]crm.Tag, len(names))
	report.Phase("Making the tags", int64(len(names)))
	for _, name := range names {
		tag, there := existing[name]
		if !there {
			tag, err = deps.makeTag(ctx, name)
			if err != nil {
				return nil, made, doing("make the tag "+name, err)
			}
			made++
		}
		tags[name] = tag
		report.Add(1, 0)
	}
	return tags, made, nil
}

func (deps Deps) makeTag(ctx context.Context, name string) (crm.Tag, error) {
	var tag crm.Tag
	err := deps.record(OpTagName, name, nameData{Name: name}, func() (any, error) {
		made, err := deps.CRM.EnsureTag(ctx, name)
		tag = made
		return nameData{Name: made.Name, ID: string(made.ID)}, err
	})
	return tag, err
}

func (deps Deps) makeField(ctx context.Context, field crm.Field) (crm.Field, error) {
	var made crm.Field
	err := deps.record(OpField, field.Name, nameData{Name: field.Name}, func() (any, error) {
		result, err := deps.CRM.EnsureField(ctx, field)
		made = result
		return nameData{Name: result.Name, ID: string(result.ID)}, err
	})
	return made, err
}

// ensureFields makes the custom fields that are missing and says where all of ours are.
func ensureFields(ctx context.Context, deps Deps, report job.Reporter) (fieldIDs, error) {
	own, missing, err := findFields(ctx, deps.CRM)
	if err != nil {
		return own, err
	}
	report.Phase("Making the custom fields", int64(len(missing)))
	for place, field := range OwnFields(deps.CRM.Features()) {
		if !slices.Contains(missing, field.Name) {
			continue
		}
		made, err := deps.makeField(ctx, field)
		if err != nil {
			return own, doing("make the custom field "+field.Name, err)
		}
		own.set(place, made.ID)
		report.Add(1, 0)
	}
	return own, nil
}
