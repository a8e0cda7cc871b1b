package wizardtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Asking is a station with one question of each kind.
func Asking() *Station {
	step := &Station{Name: "connect", Heading: "Connect your site and your CRM", Wants: []string{"site.url", "crm.provider", "crm.key"}}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
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

// Guided is a station for what only a person can do.
func Guided() *Station {
	step := &Station{Name: "maintenance", Heading: "Put the site into maintenance", Place: 1, Ticks: []string{"plugin", "backup"}}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
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

// Working is a station with a task that takes a hundred seconds.
func Working(run func(context.Context, job.Reporter) (wizard.Change, error)) *Station {
	step := &Station{Name: "import", Heading: "Import the members", Place: 4, Tasks: []string{"send"}}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
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

// HundredSeconds sends a thousand members at ten a second.
func HundredSeconds(ctx context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Sending members", 1000)
	// Never at the moment at which the screen looks: what it sees would be a matter of chance.
	time.Sleep(37 * time.Millisecond)
	sent := int64(0)
	for range 1000 {
		if err := report.Gate(ctx); err != nil {
			return counted(sent), fmt.Errorf("sending members: %w", err)
		}
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

// People is a station with a table of members.
func People(rows int) *Station {
	step := &Station{Name: "review", Heading: "Look at the rows left out", Place: 3, Wants: []string{"never"}}
	mended := map[int]string{}
	step.Sheets = func(*checkpoint.State) wizard.Sheet {
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
	if !strings.Contains(value, "@") {
		return errors.New("an address has an @ in it")
	}
	return nil
}
