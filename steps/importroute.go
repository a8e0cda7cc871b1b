package steps

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// The two ways in that can be chosen in step 4. Another credential is a third one: it is given on the Start page.
const (
	routeAPI    = "api"
	routeUpload = "upload"
)

// keepRoutes keeps what the planner says about the ways in, and how long the best one lasts with reading everybody back.
func keepRoutes(state *checkpoint.State, routes []migration.Route, read time.Duration) {
	var lines []string
	setNote(state, Import, "route.best", routeAPI)
	setNote(state, Import, "route.upload", "")
	for _, route := range routes {
		mark := " "
		if route.Best {
			mark = "*"
			setNote(state, Import, "route.best", route.ID)
			setNote(state, Import, "route.seconds", strconv.Itoa(int((route.Machine + route.Person + read).Seconds())))
		}
		if route.ID == routeUpload {
			setNote(state, Import, "route.upload", route.Sentence())
		}
		lines = append(lines, mark+route.Sentence())
	}
	setNote(state, Import, "routes", strings.Join(lines, "\n"))
}

// routeFacts show each way in with its numbers, the best one marked.
func routeFacts(state *checkpoint.State) []wizard.Fact {
	text := note(state, Import, "routes")
	if text == "" {
		return nil
	}
	var facts []wizard.Fact
	for _, line := range strings.Split(text, "\n") {
		mark, label := wizard.MarkPlain, "Or"
		if strings.HasPrefix(line, "*") {
			mark, label = wizard.MarkGood, "Best way"
		}
		facts = append(facts, fact(mark, label, line[1:]))
	}
	return facts
}

// routeQuestion lets the owner choose, where there is a choice.
func (s *step) routeQuestion(state *checkpoint.State) []wizard.Item {
	if note(state, Import, "route.upload") == "" {
		return nil
	}
	return []wizard.Item{s.ask(state, wizard.Question{Key: "import.route", Label: "How do the members get there?", Default: routeAPI,
		Help: "Through the API, everything is done for you. An upload is quicker where the CRM's limits are tight; what it cannot carry still goes by API.",
		Choices: []wizard.Choice{{Value: routeAPI, Label: "Through the API"},
			{Value: routeUpload, Label: "I upload files in the browser: " + note(state, Import, "route.upload")}}})}
}

// uploadItems guide an upload by hand. After it, what is missing goes by API like everything else.
func (s *step) uploadItems(state *checkpoint.State, name string) []wizard.Item {
	provider, _ := s.deps.provider(state)
	if provider.Upload == nil || note(state, Import, "route.upload") == "" || state.Answer(Import, "import.route") != routeUpload {
		return nil
	}
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "files", Label: "Write the files", Required: true, Locked: startsOpen(state), Complete: s.doneWith(state, "files"), Help: "They lie in the migration's folder."},
		func(_ context.Context, deps migration.Deps, _ job.Reporter) (wizard.Change, error) {
			files, err := migration.WriteUploads(deps)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { setNote(state, Import, "files", strings.Join(files, ", ")) }, nil
		})}
	if !s.doneWith(state, "files") {
		return items
	}
	items = append(items, wizard.Instruction{Text: "Upload these files: " + note(state, Import, "files"), Where: provider.Upload.Where, Copy: s.deps.path(""),
		Look: "Match each column to the field of the same name. Leave automations and welcome mails off."})
	for _, caution := range provider.Upload.Cautions {
		items = append(items, wizard.Instruction{Text: caution})
	}
	return append(items, doubt(s.tick(state, wizard.Tick{Key: "uploaded", Text: "All files are uploaded, and " + name + " says that it is done"}), s.uploadDoubt(state, name)),
		s.crmTask(state, wizard.Task{Key: "look", Label: "See what arrived", Required: true, Complete: s.doneWith(state, "look") && s.uploadDoubt(state, name) == "",
			Locked: lockedUnless(ticked(state, Import, "uploaded"), "Upload the files first."), Help: fmt.Sprintf("Reads %s again. What is missing goes by API.", name)},
			func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
				plan, err := migration.MakePlan(ctx, deps, report)
				if err != nil {
					return nil, err
				}
				return func(state *checkpoint.State) { keepPlan(state, plan) }, nil
			}))
}

// uploadDoubt contradicts the tick that the files are uploaded, where a look has seen none of the members and nothing has been sent by API since.
func (s *step) uploadDoubt(state *checkpoint.State, name string) string {
	planned := count(state, Import, "plan.members")
	if !s.doneWith(state, "look") || count(state, Import, "arrived") > 0 || planned == 0 || count(state, Import, "plan.new") < planned {
		return ""
	}
	return name + " shows none of the members yet. It may still be at work: see what arrived once more, or choose the way through the API above."
}

// ticked says that a box was ticked, whether it counts or not.
func ticked(state *checkpoint.State, id, key string) bool {
	kept := state.Steps[id]
	if kept == nil {
		return false
	}
	_, set := kept.Ticks[key]
	return set
}
