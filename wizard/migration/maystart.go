package migration

import (
	"context"
	"slices"
	"strings"

	"allyswitch/crm"
)

// mayStart refuses where something may start when these tags are put on somebody, unless the owner has seen its name and allowed it.
func mayStart(ctx context.Context, deps Deps, tags, allowed []string) error {
	if len(tags) == 0 {
		return nil
	}
	starts, err := StudentStarts(ctx, deps, tags)
	if err != nil {
		return doing("read which automations are active", err)
	}
	starts = slices.DeleteFunc(starts, func(name string) bool { return slices.Contains(allowed, name) })
	if len(starts) > 0 {
		return &Refusal{Gate: ErrUndecided, Detail: strings.Join(starts, ", ")}
	}
	return nil
}

// UnknownTags are those of these tags that the CRM does not have to the letter: putting one on somebody makes it.
func UnknownTags(ctx context.Context, deps Deps, tags []string) ([]string, error) {
	there, err := deps.CRM.Tags(ctx)
	if err != nil {
		return nil, doing("read the tags", err)
	}
	var unknown []string
	for _, name := range tags {
		if !slices.ContainsFunc(there, func(tag crm.Tag) bool { return tag.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	return unknown, nil
}
