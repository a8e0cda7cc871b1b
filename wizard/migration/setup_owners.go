package migration

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/words"
)

// mostOwners is of how many contacts the owner is read: enough to see a pattern, and twenty requests.
const mostOwners = 1000

// owners says whom the contacts that the import has made belong to, where the CRM tells. The key's own contact owner is in no answer: this is what it has
// come to.
func (s *Setup) owners(ctx context.Context, deps Deps) error {
	const box, what = "owner", "The contacts' owner"
	reader, can := deps.CRM.Owners()
	if !can {
		return nil
	}
	made, err := contactsMade(deps)
	if err != nil {
		return err
	}
	if len(made) == 0 {
		s.add(box, what, SetupUnknown, "AllySwitch has made no contact that would show it: look at the key, and at a contact")
		return nil
	}
	name, looked := deps.CRM.Provider().Name, spread(made, mostOwners)
	owners, err := reader.Owners(ctx, looked)
	if err != nil && !cannotTell(err) {
		return doing("look whom the contacts belong to", err)
	}
	if err != nil {
		s.add(box, what, SetupUnknown, "%s does not show the owner of contacts "+withheld, name)
		return nil
	}
	state, note := judgeOwners(len(looked), owners)
	if len(looked) < len(made) {
		note += fmt.Sprintf("; AllySwitch has made %d, and has looked at these", len(made))
	}
	s.add(box, what, state, "%s", note)
	return nil
}

// judgeOwners says in words what was read of so many contacts.
func judgeOwners(looked int, owners map[crm.ContactID]string) (SetupState, string) {
	counts := map[string]int{}
	for _, owner := range owners {
		counts[owner]++
	}
	nobody := counts[""]
	delete(counts, "")
	users := slices.Sorted(maps.Keys(counts))
	switch {
	case nobody > 0:
		return SetupMissing, words.Say("of %d contacts %d {belongs|belong} to nobody", looked, nobody)
	case len(owners) < looked:
		return SetupUnknown, fmt.Sprintf("of %d contacts the owner was shown of %d only", looked, len(owners))
	case len(users) == 1:
		return SetupThere, fmt.Sprintf("all %d contacts belong to user %s: see that this is the person you chose", looked, users[0])
	}
	var parts []string
	for _, user := range users {
		parts = append(parts, fmt.Sprintf("%d to user %s", counts[user], user))
	}
	return SetupUnknown, fmt.Sprintf("of %d contacts belong %s: see that this is what you want", looked, strings.Join(parts, ", "))
}

// contactsMade are the contacts that the CRM did not have before the members were sent, in order.
func contactsMade(deps Deps) ([]crm.ContactID, error) {
	ledger, err := readLedger(deps.Folder)
	if err != nil {
		return nil, err
	}
	var made []crm.ContactID
	for _, one := range ledger.members {
		if one.id != "" && !one.known {
			made = append(made, one.id)
		}
	}
	slices.Sort(made)
	return made, nil
}

// spread takes at most so many of a list, evenly.
func spread[T any](list []T, most int) []T {
	if len(list) <= most {
		return list
	}
	taken := make([]T, most)
	for i := range taken {
		taken[i] = list[i*len(list)/most]
	}
	return taken
}
