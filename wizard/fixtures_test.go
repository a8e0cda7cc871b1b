package wizard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// station is a made-up step.
type station struct {
	id, title string
	number    int
	aside     bool
	// wants are the answers without which it is not done; locked says that it is not open.
	wants  []string
	ticks  []string
	tasks  []string
	locked bool
	check  bool
	sheet  func(*checkpoint.State) wizard.Sheet
	refuse func(key, value string) error
}

func (s *station) ID() string    { return s.id }
func (s *station) Title() string { return s.title }
func (s *station) Number() int   { return s.number }
func (s *station) Beside() bool  { return s.aside }

func (s *station) Open(state *checkpoint.State) wizard.Screen { return wizard.NewSheetScreen(s, state) }

func (s *station) Status(state *checkpoint.State) wizard.Status {
	known := state.Step(s.id)
	switch {
	case s.locked:
		return wizard.Locked
	case s.check:
		return wizard.NeedsCheck
	}
	for _, key := range s.wants {
		if known.Answers[key] == "" {
			return wizard.Ready
		}
	}
	for _, key := range s.ticks {
		if _, ok := known.Ticks[key]; !ok {
			return wizard.Ready
		}
	}
	for _, key := range s.tasks {
		if known.Tasks[key].Outcome != wizard.OutcomeDone {
			return wizard.Ready
		}
	}
	return wizard.Done
}

func (s *station) Sheet(state *checkpoint.State) wizard.Sheet {
	if s.sheet == nil {
		return wizard.Sheet{Does: []string{"It does what " + s.title + " does."}, Known: "It says so."}
	}
	return s.sheet(state)
}

func (s *station) Questions(state *checkpoint.State) []wizard.Question {
	var questions []wizard.Question
	for _, item := range s.Sheet(state).Items {
		if question, ok := item.(wizard.Question); ok {
			questions = append(questions, question)
		}
	}
	return questions
}

func (s *station) Answer(state *checkpoint.State, key, value string) error {
	if s.refuse != nil {
		if err := s.refuse(key, value); err != nil {
			return err
		}
	}
	known := state.Step(s.id)
	if known.Answers == nil {
		known.Answers = map[string]string{}
	}
	known.Answers[key] = value
	return nil
}

// shelf is a Folder in memory.
type shelf struct {
	state *checkpoint.State
	saves int
	fail  error
}

func newShelf() *shelf {
	state := &checkpoint.State{Schema: checkpoint.Schema}
	state.Step("privacy").Notes = map[string]string{"salt": "made up"}
	return &shelf{state: state}
}

func (f *shelf) State() *checkpoint.State { return f.state }

func (f *shelf) Save(*checkpoint.State) error {
	if f.fail != nil {
		return f.fail
	}
	f.saves++
	return nil
}

// ask is a station with one question of each kind.
func asking() *station {
	step := &station{id: "connect", title: "Connect your site and your CRM", wants: []string{"site.url", "crm.provider", "crm.key"}}
	step.sheet = func(state *checkpoint.State) wizard.Sheet {
		return wizard.Sheet{
			Does:     []string{"Tells AllySwitch where your site is and where your members go."},
			Warnings: []string{"Do not change anything in AccessAlly while this goes on."},
			Items: []wizard.Item{
				wizard.Question{Key: "site.url", Label: "Address of your site", Help: "As it stands in your browser.", Required: true,
					Value: state.Answer("connect", "site.url"), Validate: https},
				wizard.Question{Key: "crm.provider", Label: "Where do your members go?", Required: true, Value: state.Answer("connect", "crm.provider"),
					Choices: []wizard.Choice{{Value: "activecampaign", Label: "ActiveCampaign", Help: "Needs the API URL and key."}, {Value: "kit", Label: "Kit"}, {Value: "keap", Label: "Keap"}}},
				wizard.Question{Key: "crm.key", Label: "API key", Secret: true, Env: "ALLYSWITCH_CRM_KEY", Required: true, Value: state.Answer("connect", "crm.key")},
				wizard.Question{Key: "site.name", Label: "What do you call your site?", Default: "My site", Value: state.Answer("connect", "site.name")},
			},
			Known: "The site and the CRM answer, and say who we are.",
			Help:  []string{"If the site does not answer, ask your host whether the REST interface is blocked."},
			Level: "REST",
		}
	}
	return step
}

func https(value string) error {
	if len(value) < 8 || value[:8] != "https://" {
		return errors.New("the address must begin with https://")
	}
	return nil
}

// guided is a station for what only a person can do.
func guided() *station {
	step := &station{id: "maintenance", title: "Put the site into maintenance", number: 1, ticks: []string{"plugin", "backup"}}
	step.sheet = func(state *checkpoint.State) wizard.Sheet {
		return wizard.Sheet{
			Does:  []string{"Keeps members from changing while they are moved."},
			Items: guidedItems(state),
			Known: "Your site shows the maintenance page to somebody who is not logged in.",
		}
	}
	return step
}

func guidedItems(state *checkpoint.State) []wizard.Item {
	tick := func(key string) *checkpoint.Tick {
		if found, ok := state.Step("maintenance").Ticks[key]; ok {
			return &found
		}
		return nil
	}
	return []wizard.Item{
		wizard.Instruction{Text: "Install a maintenance plugin.", Where: []string{"Plugins", "Add New", "Search"}, Look: "Maintenance",
			Copy: "maintenance mode", Link: "https://example.com/wp-admin/plugins.php"},
		wizard.Tick{Key: "plugin", Text: "The maintenance page is on.", Where: []string{"AccessAlly", "Settings"}, Look: "Enabled", Set: tick("plugin")},
		wizard.Tick{Key: "backup", Text: "There is a backup.", Note: "Where is it?", Set: tick("backup")},
		wizard.Tick{Key: "staff", Text: "The team knows.", Optional: true, Set: tick("staff")},
	}
}

// working is a station with a task that takes a hundred seconds.
func working(run func(context.Context, job.Reporter) (wizard.Change, error)) *station {
	step := &station{id: "import", title: "Import the members", number: 4, tasks: []string{"send"}}
	step.sheet = func(state *checkpoint.State) wizard.Sheet {
		last := state.Step("import").Tasks["send"]
		sent := state.Step("import").Counters["sent"]
		return wizard.Sheet{
			Does: []string{"Sends your members to the CRM."},
			Did:  []wizard.Fact{{Mark: wizard.MarkGood, Label: "Members sent", Value: fmt.Sprint(sent)}},
			Items: []wizard.Item{wizard.Task{Key: "send", Label: "Send the members", Help: "It can be stopped at any moment.", Required: true,
				Last: last, Complete: last.Outcome == wizard.OutcomeDone, Run: run}},
			Known: "Every member is found in the CRM.",
		}
	}
	return step
}

// hundredSeconds sends a thousand members at ten a second.
func hundredSeconds(ctx context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Sending members", 1000)
	sent := int64(0)
	defer func() {}()
	for range 1000 {
		select {
		case <-ctx.Done():
			return counted(sent), fmt.Errorf("sending members: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
		sent++
		report.Add(1, 0)
	}
	return counted(sent), nil
}

func counted(sent int64) wizard.Change {
	return func(state *checkpoint.State) {
		known := state.Step("import")
		if known.Counters == nil {
			known.Counters = map[string]int64{}
		}
		known.Counters["sent"] += sent
	}
}

// people is a station with a table of members.
func people(rows int) *station {
	step := &station{id: "review", title: "Look at the rows left out", number: 3, wants: []string{"never"}}
	mended := map[int]string{}
	step.sheet = func(*checkpoint.State) wizard.Sheet {
		return wizard.Sheet{
			Does: []string{"Shows who cannot go, and why."},
			Items: []wizard.Item{wizard.Table{
				Key: "rejected", Title: "Rows left out", Rows: rows,
				Columns: []wizard.Column{{Title: "Row", Width: 8}, {Title: "E-mail", Private: true}, {Title: "Name", Private: true, Width: 16}, {Title: "Reason", Width: 20}},
				Row: func(i int) []string {
					email := fmt.Sprintf("member%d@example.com", i)
					if mended[i] != "" {
						email = mended[i]
					}
					return []string{fmt.Sprint(i + 1), email, fmt.Sprintf("Anna Example %d", i), "address is none"}
				},
				Actions: []wizard.RowAction{
					{Key: "m", Label: "mend", Ask: &wizard.Question{Label: "The right address", Required: true, Validate: address},
						Do: func(row int, answer string) (wizard.Change, error) { mended[row] = answer; return nil, nil }},
					{Key: "x", Label: "leave out", Do: func(int, string) (wizard.Change, error) { return nil, errors.New("it has bought something") }},
				},
			}},
		}
	}
	return step
}

func address(value string) error {
	if !slices.Contains([]byte(value), '@') {
		return errors.New("an address has an @ in it")
	}
	return nil
}

// shellOf makes a Shell of steps, with a look that is the same everywhere.
func shellOf(t testing.TB, folder *shelf, steps ...wizard.Step) *wizard.Shell {
	t.Helper()
	return wizard.New(wizard.Config{Steps: steps, Folder: folder, Version: "1.0.0", Options: wizard.Options{Background: wizard.DarkBackground, Zone: time.UTC}})
}

type (
	context0 = context.Context
	reporter = job.Reporter
)
