package wptest

import "net/http"

// teamMeta is where the made-up site keeps its one team: in user meta, as AccessAlly's legacy teams do.
const teamMeta = "user meta accessally_team_*"

// team is who leads and who is in the made-up site's team, in the order in which WordPress keeps it.
func (h *Handler) team() []object {
	if h.is(NoAccessAlly) || h.is(NoTeams) {
		return nil
	}
	var people []object
	for _, one := range []struct {
		user int64
		part string
	}{{4, "leader"}, {7, "member"}, {10, "member"}} {
		for _, person := range h.people {
			if person.ID == one.user {
				people = append(people, object{"user_id": person.ID, "email": person.Email, "part": one.part, "team": "1"})
			}
		}
	}
	return people
}

func (h *Handler) teamsCapability() object {
	if len(h.team()) == 0 {
		return object{"available": false, "through": nil, "missing": []string{teamMeta}}
	}
	return object{"available": true, "through": teamMeta, "missing": []string{}}
}

// teamPeople is a page of them. The key of a row is its place in the list.
func (h *Handler) teamPeople(after int64, limit int) reply {
	all := h.team()
	if len(all) == 0 {
		return data(http.StatusNotImplemented, object{"code": "allyswitch_unavailable", "message": "This site does not have what this needs: " + teamMeta + ".",
			"data": object{"status": http.StatusNotImplemented, "missing": []string{teamMeta}}})
	}
	rest := all[min(int(after), len(all)):]
	page, next := rest[:min(limit, len(rest))], any(nil)
	if len(page) == limit {
		next = after + int64(limit)
	}
	return data(http.StatusOK, object{"people": append([]object{}, page...), "next": next, "through": teamMeta})
}
