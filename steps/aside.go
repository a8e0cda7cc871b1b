package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// Engine opens the CRM for a command that works beside the steps. Without a key it says what is missing, in words for people.
func (d *Deps) Engine(state *checkpoint.State) (migration.Deps, error) {
	provider, values, missing := d.settings(state)
	if missing != "" {
		return migration.Deps{}, errors.New(missing)
	}
	engine, err := d.connect(d.engine(state), provider, values)
	return engine, d.Explain(err)
}

// Companion opens the companion on the site; without one it says why, in words that can stand in a list.
func (d *Deps) Companion(ctx context.Context, state *checkpoint.State) (*site.Companion, string) {
	settings, missing := d.siteSettings(state)
	if missing != "" {
		return nil, "AllySwitch is not logged in to the site. " + missing
	}
	found, err := site.Find(ctx, settings, state.Site.URL)
	if err != nil {
		return nil, "the site cannot be reached: " + err.Error()
	}
	with, err := found.Companion(ctx)
	if err != nil {
		return nil, "the companion on the site cannot be reached: " + err.Error()
	}
	return with, ""
}

// Explain gives an error of the engine words for people. Nil stays nil.
func (d *Deps) Explain(err error) error { return explain(err, d) }

// Reached is when a step could first be worked on: the zero time for everything up to the import, before which nothing is sent. An error says that it was
// never reached, or that there is no such step.
func Reached(all []wizard.Step, state *checkpoint.State, id string) (time.Time, error) {
	at, first := place(all, id), place(all, Import)
	switch {
	case at < 0:
		return time.Time{}, fmt.Errorf("there is no step called %q", id)
	case at <= first:
		return time.Time{}, nil
	}
	before := state.Steps[all[at-1].ID()]
	if before == nil || before.Done == nil {
		return time.Time{}, fmt.Errorf("you have not come as far as %q yet, so there is nothing to go back from", all[at].Title())
	}
	return *before.Done, nil
}

func place(all []wizard.Step, id string) int {
	return slices.IndexFunc(all, func(step wizard.Step) bool { return step.ID() == id })
}

// TakeBack makes a step and all after it undone, once what they did in the CRM has been taken back. What was answered about files stays; what was
// answered from the import on is asked again, since much of it is a consent.
func TakeBack(all []wizard.Step, state *checkpoint.State, id string) {
	first := place(all, Import)
	for i, step := range all[max(place(all, id), 0):] {
		kept := state.Step(step.ID())
		if place(all, id)+i >= first {
			state.Steps[step.ID()] = &checkpoint.Step{}
			continue
		}
		kept.Done, kept.Inputs = nil, ""
	}
}

// Switched says that AccessAlly asks the CRM who may open what, as far as somebody has ticked it.
func Switched(state *checkpoint.State) bool {
	kept := state.Steps[Switch]
	if kept == nil {
		return false
	}
	_, ticked := kept.Ticks["switched"]
	return ticked
}
