package steps

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// The answers about the circumstances of the switch.
const (
	keySiteKind   = "site.kind"
	keyAccessAlly = "site.accessally"
	keyOwner      = "people.owner"
	keyHelper     = "people.helper"
)

// The two kinds of site.
const (
	siteLive = "live"
	siteCopy = "copy"
)

// preflight is what has to be in order before anything is done: a list that turns from open to done, and what to fill in or tick for it.
func (s *step) preflight(state *checkpoint.State) []wizard.Item {
	items := []wizard.Item{
		s.ask(state, wizard.Question{Key: keySiteKind, Label: "Is this the live site, or a copy to rehearse on? (optional)", Help: kindHelp(state),
			Choices: []wizard.Choice{{Value: siteLive, Label: "The live site"}, {Value: siteCopy, Label: "A copy (staging)"}}}),
		s.ask(state, wizard.Question{Key: keyAccessAlly, Label: "The version of AccessAlly (optional)", Help: "It is on the Plugins page. With the companion AllySwitch reads it."}),
		s.ask(state, wizard.Question{Key: keyOwner, Label: "Who runs the switch? (optional)", Help: "A name, for the report and for support."}),
		s.ask(state, wizard.Question{Key: keyHelper, Label: "Who helps? (optional)", Help: "Somebody at AccessAlly's support, an agency, or nobody."}),
		s.tick(state, wizard.Tick{Key: "backup", Text: "There is a full backup of files and database, and it is not on the same server", Note: "Where is it?",
			Look: "the word Backups in your host's control panel. Open the backup once to see that it is complete."}),
	}
	items = append(items, s.secondItems(state)...)
	items = append(items,
		s.tick(state, wizard.Tick{Key: "staging", Optional: true, Text: "The licence for a staging site has been asked for, if you rehearse on one", Note: "What did AccessAlly's support say?",
			Look: "an answer from AccessAlly's support. A licence is for one live site. A copy of the site also charges cards, unless its Production Site URL is set."}))
	if provider, ok := s.deps.provider(state); ok && !fieldsImplicit(provider) {
		items = append(items, s.writeTask(state, provider))
	}
	return append(items, s.preflightTable(state))
}

// fieldsImplicit says that a custom field cannot be made before it is filled (Drip: its API reference, Custom fields).
func fieldsImplicit(provider crm.Provider) bool { return provider.ID == "drip" }

// writeTask shows that the key may write, before the long part begins.
func (s *step) writeTask(state *checkpoint.State, provider crm.Provider) wizard.Task {
	return s.crmTask(state, wizard.Task{Key: "write", Label: "See that the key may write in " + provider.Name, Complete: s.doneWith(state, "write"),
		Locked: lockedUnless(state.CRM.Fingerprint != "", "Check the key first."), Help: "Makes the three fields that step 4 fills. Nothing else, and it can be taken back."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			fields, err := migration.TryWriting(ctx, deps, report)
			return func(state *checkpoint.State) { setCount(state, Start, "fields", fields) }, err
		})
}

// preflightTable is the list at a glance.
func (s *step) preflightTable(state *checkpoint.State) wizard.Table {
	rows := s.preflightRows(state)
	return wizard.Table{Key: "preflight", Title: "Before you begin", Rows: len(rows), Columns: []wizard.Column{{Title: "State", Width: 9}, {Title: "What", Width: 26}, {Title: "Detail"}},
		Row: func(i int) []string { return rows[i] }}
}

// The states of a row before the beginning.
const (
	rowDone    = "done"
	rowOpen    = "open"
	rowLook    = "look"
	rowUnknown = "not known"
	// rowDisproved was ticked, and a check has found otherwise.
	rowDisproved = "disproved"
)

func (s *step) preflightRows(state *checkpoint.State) [][]string {
	ticked := func(key, what, open string) []string {
		tick := s.tick(state, wizard.Tick{Key: key})
		if tick.Set == nil {
			return []string{rowOpen, what, open}
		}
		return []string{rowDone, what, orText(tick.Set.Note, "ticked "+tick.Set.At.Format("2 Jan"))}
	}
	rows := [][]string{
		ticked("backup", "Backup", "the only way back, until payments run again"),
		secondRow(state, ticked("second-admin", "A second administrator", "opens the site when a member's record goes wrong")),
		s.kindRow(state), versionRow(state), s.roomRow(state), s.writeRow(state),
	}
	if state.Answer(Start, keySiteKind) == siteCopy || s.tick(state, wizard.Tick{Key: "staging"}).Set != nil {
		rows = append(rows, ticked("staging", "Licence for a staging site", "ask AccessAlly's support: a licence is for one live site"))
	}
	who := state.Answer(Start, keyOwner)
	if helper := state.Answer(Start, keyHelper); helper != "" {
		who = strings.TrimPrefix(who+", helped by "+helper, ", ")
	}
	if who == "" {
		return append(rows, []string{rowOpen, "Who", "who runs it, and who helps"})
	}
	return append(rows, []string{rowDone, "Who", who})
}

// adminRow looks at the tick with what the export has told since. The second administrator may be younger than the export.
func adminRow(state *checkpoint.State, row []string) []string {
	if row[0] == rowDone && count(state, EditCSV, "administrators") == 1 {
		return []string{rowLook, row[1], "ticked, but the export names one administrator only"}
	}
	return row
}

// kindRow compares what the owner says about the site with what its address and the site itself say.
func (s *step) kindRow(state *checkpoint.State) []string {
	said, seen := state.Answer(Start, keySiteKind), siteSeems(state)
	words := map[string]string{siteLive: "the live site", siteCopy: "a copy", "": ""}
	switch {
	case said == "" && seen == "":
		return []string{rowOpen, "Live or copy", "say which it is: on a copy, cards must not be charged"}
	case said == "":
		return []string{rowLook, "Live or copy", "it looks like " + words[seen] + ": say which it is"}
	case seen != "" && said != seen:
		return []string{rowLook, "Live or copy", fmt.Sprintf("you say %s, but it looks like %s", words[said], words[seen])}
	}
	return []string{rowDone, "Live or copy", words[said]}
}

// kindDoubt warns when the site seems to be another kind than the owner says.
func (s *step) kindDoubt(state *checkpoint.State) []string {
	switch said, seen := state.Answer(Start, keySiteKind), siteSeems(state); {
	case said == siteLive && seen == siteCopy:
		return []string{"You say that this is the live site, but it looks like a copy. Look at the address: what is done on a copy does not help your members."}
	case said == siteCopy:
		return []string{"On a copy: set the Production Site URL to the live site's address, or the copy charges your members' cards as well. And use a CRM account of its own, not the live one."}
	}
	return nil
}

// siteSeems is what the site says about itself, or what its address looks like; empty when nothing tells. An address that looks ordinary proves nothing.
func siteSeems(state *checkpoint.State) string {
	switch environment := note(state, Start, "site.environment"); environment {
	case "staging", "development", "local":
		return siteCopy
	}
	address, err := url.Parse(state.Site.URL)
	if err != nil {
		return ""
	}
	host := strings.ToLower(address.Hostname())
	for _, ending := range []string{".local", ".test", ".localhost", ".wpengine.com", ".wpenginepowered.com", ".kinsta.cloud", ".flywheelsites.com", ".flywheelstaging.com",
		".cloudwaysapps.com", ".instawp.xyz", ".sg-host.com", ".wpstaging.com", ".onrocket.site", ".pantheonsite.io"} {
		if strings.HasSuffix(host, ending) {
			return siteCopy
		}
	}
	for _, label := range strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' }) {
		switch strings.TrimRight(label, "0123456789") {
		case "staging", "stage", "stg", "dev", "test", "sandbox", "clone", "copy":
			return siteCopy
		}
	}
	if site.Loopback(host) {
		return siteCopy
	}
	return ""
}

func kindHelp(state *checkpoint.State) string {
	text := "On a copy you can rehearse. The members themselves move on the live site."
	if siteSeems(state) == siteCopy {
		text += " By its address, this looks like a copy."
	}
	return text
}

// safeVersion is the first AccessAlly that does not tell strangers about the server (its security notice of 3.5.7).
const safeVersion = "3.5.7"

func versionRow(state *checkpoint.State) []string {
	version := orText(note(state, Start, "site.version"), state.Answer(Start, keyAccessAlly))
	switch {
	case version == "" || version == "unknown":
		return []string{rowOpen, "AccessAlly's version", "support will ask for it"}
	case older(version, safeVersion):
		return []string{rowLook, "AccessAlly's version", version + ": update it first, versions before " + safeVersion + " leak what the server knows"}
	}
	return []string{rowDone, "AccessAlly's version", version}
}

// older compares two versions part by part. What is no number counts as 0.
func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		var x, y int
		if i < len(a) {
			_, _ = fmt.Sscanf(a[i], "%d", &x)
		}
		if i < len(b) {
			_, _ = fmt.Sscanf(b[i], "%d", &y)
		}
		if x != y {
			return x < y
		}
	}
	return false
}

// roomRow says whether the CRM's plan has room for everybody.
func (s *step) roomRow(state *checkpoint.State) []string {
	const what = "Room in the CRM's plan"
	users := max(count(state, EditCSV, "members"), count(state, Start, "users"))
	limit, contacts := count(state, Start, "limit"), count(state, Start, "contacts")
	switch {
	case state.CRM.Fingerprint == "":
		return []string{rowOpen, what, "check the key first"}
	case limit < 0 || contacts < 0:
		return []string{rowUnknown, what, "the CRM does not tell: look at your plan"}
	case users == 0:
		return []string{rowOpen, what, say("%d of %d in use; how many members there are shows in step 3", contacts, limit)}
	case contacts+users > limit:
		return []string{rowLook, what, say("%d {person|people} on the site, %d in use, %d allowed: it may be too small", users, contacts, limit)}
	}
	return []string{rowDone, what, say("%d {person|people} on the site, %d in use, %d allowed", users, contacts, limit)}
}

func (s *step) writeRow(state *checkpoint.State) []string {
	const what = "The key may write"
	provider, _ := s.deps.provider(state)
	switch {
	case s.doneWith(state, "write"), count(state, Import, "arrived") > 0:
		return []string{rowDone, what, "it has made the fields of step 4"}
	case fieldsImplicit(provider):
		return []string{rowUnknown, what, provider.Name + " cannot be asked: it shows with the first members"}
	}
	return []string{rowOpen, what, "that it reads is no proof that it writes"}
}

// byHand is how long AccessAlly's own guides say that the switch to a CRM takes by hand.
func byHand(provider string) string {
	switch provider {
	case "keap":
		return "8 to 12 hours"
	case "ontraport", "drip":
		return "6 to 8 hours"
	case "activecampaign", "kit":
		return "5 to 7 hours"
	}
	return "5 to 12 hours"
}
