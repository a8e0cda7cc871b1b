package steps

import (
	"context"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration/report"
)

// reportTask writes the report. It rests on what is on the disk, so it can be written again at any time.
func (s *step) reportTask(state *checkpoint.State) wizard.Task {
	return s.do(state, wizard.Task{Key: "report", Label: "Write the report", Required: true, Complete: s.doneWith(state, "report"),
		Help: "report.html and report.md for you; report-redacted.html and report-redacted.md name nobody and are for support.",
		Run: func(_ context.Context, progress job.Reporter) (wizard.Change, error) {
			progress.Phase("Writing the report", 0)
			seen, err := checkpoint.Peek(s.deps.Folder.Dir())
			if err != nil {
				return nil, err
			}
			written, err := WriteReport(s.deps, s.path(), seen.State)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { setNote(state, Finish, "report", written.Verdict.Word) }, nil
		}})
}

// WriteReport writes the report of the migration, with a part for each tool that was used. The state is a copy as it is on the disk, because the screen's own may be changing.
func WriteReport(deps *Deps, all []wizard.Step, state *checkpoint.State) (*report.Written, error) {
	options := report.Options{Tool: state.Tool, Steps: reportSteps(withTools(all, usedTools(deps, state)), state), Limits: deps.limits()}
	if provider, ok := deps.provider(state); ok {
		options.CRM = provider.Name
	}
	return report.Write(deps.Folder, options)
}

// withTools adds the tools that are not among the steps already.
func withTools(all, tools []wizard.Step) []wizard.Step {
	all = slices.Clone(all)
	for _, tool := range tools {
		if place(all, tool.ID()) < 0 {
			all = append(all, tool)
		}
	}
	return all
}

// path is every step up to this one.
func (s *step) path() []wizard.Step {
	var all []wizard.Step
	for one := s; one != nil; one = one.before {
		all = append(all, one)
	}
	slices.Reverse(all)
	return all
}

// reportSteps gives the report the words of the screens, and what is still open.
func reportSteps(all []wizard.Step, state *checkpoint.State) []report.Step {
	var list []report.Step
	for _, one := range all {
		sheeted, ok := one.(wizard.Sheeted)
		if !ok {
			continue
		}
		told := report.Step{ID: one.ID(), Title: one.Title(), Words: map[string]string{}}
		if numbered, ok := one.(wizard.Numbered); ok {
			told.Number = numbered.Number()
		}
		sheet := sheeted.Sheet(state)
		for _, found := range sheet.Did {
			told.Found = append(told.Found, report.Found{Label: found.Label, Value: found.Value, Private: found.Private})
		}
		for _, item := range sheet.Items {
			tell(&told, item)
			key, words, open := itemWords(item)
			told.Words[key] = words
			if open && key != "report" && one.Status(state) != wizard.Done {
				told.Open = append(told.Open, words)
			}
		}
		list = append(list, told)
	}
	return list
}

// tell adds what a person has ticked or answered. Where a file lies is no part of a report.
func tell(told *report.Step, item wizard.Item) {
	switch item := item.(type) {
	case wizard.Tick:
		box := report.Box{Words: item.Text, Doubt: item.Doubt, Optional: item.Optional}
		if item.Set != nil {
			box.Ticked, box.Note = item.Set.At, item.Set.Note
		}
		told.Boxes = append(told.Boxes, box)
	case wizard.Question:
		if item.Secret || item.Value == "" || strings.HasSuffix(item.Key, ".file") {
			return
		}
		answered := report.Answered{Question: item.Label, Answer: item.Value, Private: len(item.Choices) == 0}
		for _, choice := range item.Choices {
			if choice.Value == item.Value {
				answered.Answer = choice.Label
			}
		}
		told.Answers = append(told.Answers, answered)
	}
}

// itemWords are an item's key and words, and whether the step waits for it.
func itemWords(item wizard.Item) (key, words string, open bool) {
	switch item := item.(type) {
	case wizard.Tick:
		return item.Key, item.Text, !item.Optional && item.Set == nil
	case wizard.Task:
		return item.Key, item.Label, item.Required && !item.Complete
	case wizard.Question:
		return item.Key, item.Label, item.Required && !item.Secret && item.Value == ""
	}
	return "", "", false
}

// limits are those of the CRM that hold for every request, on the clock that it runs by; none while it is not connected.
func (d *Deps) limits() []report.Limit {
	client := d.Client()
	if client == nil {
		return nil
	}
	speed := client.Meter().Read().Speed
	var limits []report.Limit
	for _, window := range client.Features().Windows {
		if window.Class == crm.ClassAll && !window.Daily {
			limits = append(limits, report.Limit{Requests: window.Requests, Per: time.Duration(float64(window.Per) / speed)})
		}
	}
	return limits
}
