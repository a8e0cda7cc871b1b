package migration

import (
	"errors"
	"io/fs"
	"slices"

	"allyswitch/crm/address"
)

// AdminStanding is what the member file tells about the second administrator's address.
type AdminStanding string

// The standings.
const (
	AdminUnknown  AdminStanding = ""              // there is no member file yet
	AdminFree     AdminStanding = "free"          // nobody in the member file has the address
	AdminPlain    AdminStanding = "administrator" // an administrator has it, and has none of the members' tags
	AdminIsMember AdminStanding = "member"        // a member has it
	AdminUnclear  AdminStanding = "unclear"       // somebody has it, and the export does not tell roles
)

// SecondAdministrator looks for an address among the members. administrators are the user IDs with that role in the export; none means that it tells no roles.
func SecondAdministrator(deps Deps, email string, administrators []int64) (AdminStanding, error) {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if errors.Is(err, fs.ErrNotExist) {
		return AdminUnknown, nil
	}
	if err != nil {
		return AdminUnknown, err
	}
	return roster.standing(email, administrators), nil
}

func (r *Roster) standing(email string, administrators []int64) AdminStanding {
	at, there := r.ByKey(address.Key(email))
	switch {
	case !there:
		return AdminFree
	case len(r.Members[at].Tags) > 0:
		return AdminIsMember
	case len(administrators) == 0:
		return AdminUnclear
	case !slices.Contains(administrators, r.Members[at].ID):
		return AdminIsMember
	}
	return AdminPlain
}
