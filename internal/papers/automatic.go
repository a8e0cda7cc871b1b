package papers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/ui"
)

// The marks in README.md between which the table of what goes by machine stands.
const (
	automaticBegin = "<!-- made by go generate ./internal/papers -->\n"
	automaticEnd   = "<!-- end -->\n"
)

// automatic is what one CRM allows.
type automatic struct {
	name     string
	features crm.Features
	merges   bool
}

// Automatic is the table in README.md: what goes by machine in which CRM, from what the drivers say of themselves.
func Automatic() (string, error) {
	var crms []automatic
	for _, entry := range registry.All() {
		values := entry.Sandbox(sandbox.Options{}).Credentials()
		values["crm.url"] = "http://127.0.0.1"
		driver, err := entry.Provider.New(crm.Settings{Values: values, Meter: &crm.Meter{}})
		if err != nil {
			return "", fmt.Errorf("open %s: %w", entry.Provider.Name, err)
		}
		_, merges := driver.(crm.Merger)
		crms = append(crms, automatic{entry.Provider.Name, driver.Features(), merges})
	}
	var out strings.Builder
	row := func(what string, cell func(automatic) string) {
		cells := []string{what}
		for _, one := range crms {
			cells = append(cells, cell(one))
		}
		fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | "))
	}
	row("by API", func(a automatic) string { return "**" + a.name + "**" })
	out.WriteString(strings.Repeat("|---", len(crms)+1) + "|\n")
	row("contacts in a call", func(a automatic) string { return ui.Count(int64(a.features.UpsertBatch)) })
	row("tags", func(a automatic) string {
		if a.features.TagsRideAlong {
			return "with the contacts"
		}
		return fmt.Sprintf("calls of their own, up to %d contacts each", a.features.TagBatch)
	})
	row("custom fields are made", func(automatic) string { return "yes" })
	row("everybody is read back", func(a automatic) string { return "yes; " + lag(a.features.ReadLag) })
	row("automations can be kept quiet", quiet)
	row("the published limit", func(a automatic) string { return limit(a.features.Windows) })
	row("two contacts of one person", func(a automatic) string {
		if a.merges {
			return "merged"
		}
		return "tags are moved, the rest is shown"
	})
	row("undo", undoes)
	return out.String(), nil
}

func lag(late time.Duration) string {
	if late == 0 {
		return "at once"
	}
	if late < time.Minute {
		return fmt.Sprintf("up to %d s late", int(late.Seconds()))
	}
	return fmt.Sprintf("up to %d min late", int(late.Minutes()))
}

// quiet says whether a write can be kept from starting automations.
func quiet(a automatic) string {
	switch {
	case a.features.QuietUpsert && (a.features.QuietTags || a.features.TagsRideAlong):
		return "yes"
	case a.features.QuietUpsert:
		return "contacts yes, tags no"
	}
	return "no: pause them first, the wizard says which"
}

// limit is the limit that counts for every request.
func limit(windows []crm.Window) string {
	var all []string
	for _, window := range windows {
		if window.Class != crm.ClassAll {
			continue
		}
		switch {
		case window.Daily:
			all = append(all, ui.Count(int64(window.Requests))+" a day")
		case window.Per == time.Second:
			all = append(all, ui.Count(int64(window.Requests))+" a second")
		case window.Per == time.Minute:
			all = append(all, ui.Count(int64(window.Requests))+" a minute")
		case window.Per == time.Hour:
			all = append(all, ui.Count(int64(window.Requests))+" an hour")
		default:
			all = append(all, fmt.Sprintf("%d in %s", window.Requests, window.Per))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// undoes says what of ours an undo can take out again.
func undoes(a automatic) string {
	var can []string
	for _, one := range []struct {
		what string
		able bool
	}{
		{"contacts", a.features.CanDeleteContact}, {"tags on contacts", a.features.CanUntag},
		{"tag names", a.features.CanDeleteTag}, {"fields", a.features.CanDeleteField},
	} {
		if one.able {
			can = append(can, one.what)
		}
	}
	return strings.Join(can, ", ")
}
