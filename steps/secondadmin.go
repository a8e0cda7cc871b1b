package steps

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// keySecondAdmin is the answer that names the second administrator's address.
const keySecondAdmin = "people.second-admin"

// What a look at the site has told about the second administrator.
const (
	adminThere = "administrator" // a user with this address, and an administrator
	adminOwn   = "own"           // the very user whom AllySwitch logs in as
	adminOther = "other"         // a user, but no administrator
	adminNone  = "none"          // nobody has this address
)

// secondItems ask for the second administrator and check what can be checked: against the members once they are known, and on the site where it can be read.
func (s *step) secondItems(state *checkpoint.State) []wizard.Item {
	email := state.Answer(Start, keySecondAdmin)
	items := []wizard.Item{
		s.ask(state, wizard.Question{Key: keySecondAdmin, Label: "The second administrator's address (optional)", Validate: checkAddress,
			Help: "With it AllySwitch sees whether a member has this address, and, once it is logged in to the site, whether the user is an administrator."}),
	}
	if email != "" && (level(state) != levelFiles || note(state, EditCSV, "fingerprint") != "") {
		items = append(items, s.secondTask(state, email))
	}
	return append(items, doubt(s.tick(state, wizard.Tick{Key: "second-admin", Text: "A second administrator can log in, with an address that is no member's",
		Where: []string{"Users", "Add New"}, Look: "the role Administrator. If a member's record goes wrong, this login still opens the site."}), secondDoubt(state)))
}

// secondTask checks at once. Without a login only the members are asked; they are asked again whenever the export is cleaned.
func (s *step) secondTask(state *checkpoint.State, email string) wizard.Task {
	task := wizard.Task{Key: "second", Label: "Check the second administrator", Help: "Looks among the members, and on the site if AllySwitch may log in. Changes nothing.",
		Complete: s.doneWith(state, "second") && note(state, Start, "second.for") == email+level(state)}
	engine, administrators, own, at := s.deps.engine(state), administratorIDs(state), state.Answer(Start, "site.user"), level(state)
	among := func(seen string) (wizard.Change, error) {
		standing, err := migration.SecondAdministrator(engine, email, administrators)
		return func(state *checkpoint.State) {
			keepSecond(state, standing)
			setNote(state, Start, "second.site", seen)
			setNote(state, Start, "second.for", email+at)
		}, err
	}
	if at == levelFiles {
		task.Run = func(context.Context, job.Reporter) (wizard.Change, error) { return among("") }
		return s.do(state, task)
	}
	return s.siteTask(state, task, func(ctx context.Context, found *site.Site, _ job.Reporter) (wizard.Change, error) {
		users, err := found.ByAddress(ctx, email)
		if err != nil {
			return nil, err
		}
		return among(adminSeen(users, own))
	})
}

// adminSeen judges the users of the site who have the address.
func adminSeen(users []wp.Stored, own string) string {
	for _, user := range users {
		switch {
		case strings.EqualFold(user.Login, own), address.Key(user.Email) == address.Key(own):
			return adminOwn
		case slices.Contains(user.Roles, "administrator"):
			return adminThere
		}
	}
	if len(users) > 0 {
		return adminOther
	}
	return adminNone
}

// keepSecond keeps what the members tell.
func keepSecond(state *checkpoint.State, standing migration.AdminStanding) {
	setNote(state, Start, "second.members", string(standing))
}

// forgetSecond drops what was found about another address.
func forgetSecond(state *checkpoint.State) {
	for _, key := range []string{"second.members", "second.site", "second.for"} {
		setNote(state, Start, key, "")
	}
}

// administratorIDs are the users with that role in the export.
func administratorIDs(state *checkpoint.State) []int64 {
	var ids []int64
	for _, text := range strings.Fields(note(state, EditCSV, "administrator-ids")) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// secondDoubt says why the second administrator is none, empty when nothing speaks against it.
func secondDoubt(state *checkpoint.State) string {
	if state.Answer(Start, keySecondAdmin) == "" {
		return ""
	}
	switch note(state, Start, "second.site") {
	case adminNone:
		return "no user of the site has this address. Make the user, with the role Administrator, then check again."
	case adminOther:
		return "the user with this address is no administrator on the site. Give the user the role Administrator, then check again."
	case adminOwn:
		return "this is the login that AllySwitch itself uses. If that one is lost, both are. Make another user, with the role Administrator."
	}
	switch standing := migration.AdminStanding(note(state, Start, "second.members")); {
	case standing == migration.AdminPlain && count(state, EditCSV, "administrators") == 1 && note(state, Start, "second.site") != adminThere:
		return "the export names one administrator only, and this is the one. Make another user, with the role Administrator, and give the address here."
	case standing == migration.AdminIsMember:
		return "this address is a member's. If that member's record goes wrong, this login goes with it. Give the second administrator an address of its own, then check again."
	}
	return ""
}

// secondRow is the second administrator in the list of what has to be in order.
func secondRow(state *checkpoint.State, row []string) []string {
	if state.Answer(Start, keySecondAdmin) == "" {
		return adminRow(state, row)
	}
	if why := secondDoubt(state); why != "" {
		return []string{rowDisproved, row[1], "because " + why}
	}
	site, members := note(state, Start, "second.site") == adminThere, migration.AdminStanding(note(state, Start, "second.members"))
	var seen, open []string
	switch members {
	case migration.AdminFree:
		seen = append(seen, "no member has this address")
	case migration.AdminPlain:
		seen = append(seen, "an administrator in the export, without members' tags")
	case migration.AdminUnclear:
		open = append(open, "somebody in the export has this address, and it tells no roles: look at the user")
	default:
		open = append(open, "not compared with the members before step 3")
	}
	if site {
		seen = append(seen, "an administrator on the site")
	}
	if row[0] == rowDone && members == migration.AdminUnclear && !site {
		row[0] = rowLook
	}
	return []string{row[0], row[1], strings.Join(append(seen, open...), "; ")}
}
