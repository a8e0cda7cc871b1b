package wptest

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The functions of AccessAlly through which the companion answers on the made-up site.
const (
	readsContacts = "AccessAllyUserPermission::get_user_contact_id"
	readsTags     = "AccessAllyUserPermission::get_cleaned_user_tags"
	listsTags     = "AccessAllyMembershipUtilities::get_all_tags"
	readsSystem   = "AccessAllySettingSetup::get_api_settings"
	readsOffers   = "AccessAllyOfferings::get_all_offering_settings"
	setsContacts  = "AccessAllyUserPermission::set_user_contact_id"
	refreshes     = "AccessAllyAPI::sync_user_info_from_crm"
	restores      = "AccessAllyUserTags::sync_user_tag_list"
)

// system is the word of the CRM that the made-up AccessAlly has at first.
const system = "convertkit"

// companion answers the routes of docs/companion.md.
func (h *Handler) companion(q *question, who *account) reply {
	answer := h.companionRoute(q, who)
	return answer.header("X-AllySwitch-Companion", "1.0.0").header("Cache-Control", "no-store, no-cache, must-revalidate, max-age=0, private")
}

func (h *Handler) companionRoute(q *question, who *account) reply {
	switch {
	case who == nil:
		return refuse(http.StatusUnauthorized, "allyswitch_not_logged_in", "Log in as an administrator with an application password.")
	case !who.isAdmin():
		return refuse(http.StatusForbidden, "allyswitch_not_administrator", "Only an administrator of this site may use the AllySwitch companion.")
	}
	after, limit, bad := h.keyset(q)
	if bad != nil {
		return *bad
	}
	switch q.method + strings.TrimPrefix(q.route, "/allyswitch/v1") {
	case "GET/environment":
		return data(http.StatusOK, h.environment(q))
	case "GET/users":
		return h.companionUsers(q, after, limit)
	case "POST/users/lookup":
		return h.lookup(q)
	case "GET/users/invalid":
		return h.invalidUsers(after, limit)
	case "GET/change-mark":
		return data(http.StatusOK, h.changeMark())
	case "GET/tags":
		return h.needing(listsTags, func() reply {
			list := []object{}
			for _, name := range h.tags.list {
				list = append(list, object{"id": h.tags.id(name), "name": name})
			}
			return data(http.StatusOK, object{"tags": list, "system": h.system, "through": listsTags})
		})
	case "GET/offerings":
		return h.needing(readsOffers, func() reply {
			return data(http.StatusOK, object{"offerings": h.offerings(q), "through": readsOffers})
		})
	}
	return h.otherRoute(q, after, limit)
}

// keyset reads after and limit.
func (h *Handler) keyset(q *question) (after int64, limit int, bad *reply) {
	limit = map[string]int{"/allyswitch/v1/tag-references": 500, "/allyswitch/v1/access-rules": 500, "/allyswitch/v1/teams": 1000, "/allyswitch/v1/orders": 1000, "/allyswitch/v1/subscriptions": 1000}[q.route]
	if limit == 0 {
		limit = 2000
	}
	if given := q.query.Get("limit"); given != "" {
		number, err := strconv.Atoi(given)
		if err != nil || number < 1 || number > limit {
			refused := invalid("limit", "rest_out_of_bounds", fmt.Sprintf("limit must be between 1 (inclusive) and %d (inclusive)", limit))
			return 0, 0, &refused
		}
		limit = number
	}
	if given := q.query.Get("after"); given != "" {
		number, err := strconv.ParseInt(given, 10, 64)
		if err != nil || number < 0 {
			refused := invalid("after", "rest_out_of_bounds", "after must be greater than or equal to 0")
			return 0, 0, &refused
		}
		after = number
	}
	return after, limit, nil
}

// needing answers only when AccessAlly is there.
func (h *Handler) needing(function string, answer func() reply) reply {
	if h.is(NoAccessAlly) {
		return data(http.StatusNotImplemented, object{"code": "allyswitch_unavailable", "message": "What this needs was not found on this site.",
			"data": object{"status": http.StatusNotImplemented, "missing": []string{function}}})
	}
	return answer()
}

// through is the function that an answer came through, null when there is none.
func (h *Handler) through(function string) any {
	if h.is(NoAccessAlly) {
		return nil
	}
	return function
}

func (h *Handler) environment(q *question) object {
	accessAlly := object{"active": true, "version": "4.1.0", "licensed": true}
	switch {
	case h.is(NoAccessAlly):
		accessAlly = object{"active": false, "version": nil, "licensed": nil}
	case h.is(AccessAlly3):
		accessAlly["version"] = "3.6.2"
	}
	newest := int64(0)
	for _, each := range h.people {
		newest = max(newest, each.ID)
	}
	return object{
		"companion": object{"version": "1.0.0", "activated": "2026-11-21T20:04:05Z", "switches_off": "2026-12-05T20:04:05Z"},
		"site": object{"url": q.base, "home": q.base, "name": "Membership site", "language": "en-US", "timezone": "+00:00", "multisite": false,
			"environment": "local", "users": len(h.people), "newest_user": newest},
		"wordpress": "6.1.9", "php": object{"version": "8.2.29", "memory_limit": 268435456, "max_execution_time": 30},
		"accessally": accessAlly, "progressally": object{"active": true, "version": "1.4.4"},
		"crm":    object{"system": map[bool]any{true: nil, false: h.system}[h.is(NoAccessAlly)], "through": h.through(readsSystem)},
		"cron":   object{"disabled": false, "events": 14, "seconds_late": 0},
		"limits": object{"users": 2000, "lookup": 2000, "contact_ids": 1000, "refresh": 25, "cached_tags": 500, "tag_references": 500, "access_rules": 500, "teams": 1000, "orders": 1000},
		"capabilities": object{"read_contact_ids": h.capability(readsContacts), "read_tags": h.capability(readsTags), "list_tags": h.capability(listsTags),
			"read_system": h.capability(readsSystem), "read_offerings": h.capability(readsOffers), "set_contact_ids": h.capability(setsContacts),
			"refresh_users": h.capability(refreshes), "restore_cached_tags": h.capability(restores),
			"read_tag_references": object{"available": true, "through": "options, posts, theme", "missing": []string{}},
			"read_teams":          h.teamsCapability(),
			"read_orders":         h.tables("wp_aal_orders"), "read_subscriptions": h.tables("wp_aal_subscriptions")},
	}
}

func (h *Handler) capability(function string) object {
	missing := []string{}
	if h.is(NoAccessAlly) {
		missing = append(missing, function)
	}
	return object{"available": !h.is(NoAccessAlly), "through": h.through(function), "missing": missing}
}

func (h *Handler) tables(name string) object {
	capability := h.capability("table " + name)
	capability["tables"] = []string{name}
	if h.is(NoAccessAlly) {
		capability["tables"] = []string{}
	}
	return capability
}

// companionUser is a user as the companion answers.
func (h *Handler) companionUser(each *account, with string) object {
	user := object{"id": each.ID, "login": each.Login, "email": each.Email, "first_name": each.FirstName, "last_name": each.LastName,
		"display_name": each.display(), "registered": each.Registered, "roles": each.roles(), "mark": each.mark()}
	for field := range strings.SplitSeq(with, ",") {
		switch {
		case field == "":
		case h.is(NoAccessAlly):
			user[field] = nil
		case field == "contact_id":
			user[field] = each.contact
		case field == "tags":
			user[field] = h.tags.ids(h.kept[each.contact])
		}
	}
	return user
}

func (h *Handler) companionUsers(q *question, after int64, limit int) reply {
	with := "contact_id,tags"
	if q.query.Has("with") {
		with = q.query.Get("with")
	}
	since := strings.TrimSuffix(strings.Replace(q.query.Get("registered_since"), "T", " ", 1), "Z")
	upTo, _ := strconv.ParseInt(q.query.Get("up_to"), 10, 64)
	users, total := []object{}, len(h.people)
	var next any
	for _, each := range h.people[h.after(after):] {
		if upTo > 0 && each.ID > upTo {
			break
		}
		if each.Registered < since {
			continue
		}
		users = append(users, h.companionUser(each, with))
		if len(users) == limit {
			next = each.ID
			break
		}
	}
	answer := data(http.StatusOK, object{"users": users, "next": next, "total": total, "memory": 14680064, "seconds": 0.081, "queries": 31,
		"through": object{"contact_id": h.through(readsContacts), "tags": h.through(readsTags)}})
	return h.spoil(q, answer, limit)
}

func (h *Handler) lookup(q *question) reply {
	given := q.json()
	var ids []int64
	var emails []string
	_ = json.Unmarshal(given["ids"], &ids)
	_ = json.Unmarshal(given["emails"], &emails)
	if len(ids)+len(emails) > 2000 {
		return tooMany(2000)
	}
	users, missingIDs, missingEmails := []object{}, slices.Clone(ids), slices.Clone(emails)
	for _, each := range h.people {
		same := func(email string) bool { return strings.EqualFold(email, each.Email) }
		if slices.Contains(ids, each.ID) || slices.ContainsFunc(emails, same) {
			users = append(users, h.companionUser(each, "contact_id,tags"))
		}
		missingIDs = slices.DeleteFunc(missingIDs, func(id int64) bool { return id == each.ID })
		missingEmails = slices.DeleteFunc(missingEmails, same)
	}
	return data(http.StatusOK, object{"users": users, "missing_ids": append([]int64{}, missingIDs...), "missing_emails": append([]string{}, missingEmails...),
		"through": object{"contact_id": h.through(readsContacts), "tags": h.through(readsTags)}, "memory": 9437184, "seconds": 0.01, "queries": 29})
}

func tooMany(limit int) reply {
	return data(http.StatusBadRequest, object{"code": "allyswitch_too_many", "message": fmt.Sprintf("At most %d at a time. Nothing was done.", limit),
		"data": object{"status": http.StatusBadRequest, "limit": limit}})
}

func (h *Handler) invalidUsers(after int64, limit int) reply {
	return h.needing(readsContacts, func() reply {
		list, looked := []object{}, 0
		var next any
		for _, each := range h.people {
			if each.ID <= after {
				continue
			}
			if _, err := strconv.ParseUint(each.contact, 10, 63); err != nil {
				finding := map[bool]string{true: "none", false: "malformed"}[each.contact == ""]
				list = append(list, object{"id": each.ID, "email": each.Email, "contact_id": each.contact, "finding": finding})
			}
			if looked++; looked == limit {
				next = each.ID
				break
			}
		}
		return data(http.StatusOK, object{"users": list, "looked_at": looked, "next": next, "through": readsContacts})
	})
}

// changeMark changes with what it is about.
func (h *Handler) changeMark() object {
	accounts, names, ally := crc32.NewIEEE(), crc32.NewIEEE(), crc32.NewIEEE()
	newest, registered := int64(0), ""
	for _, each := range h.people {
		fmt.Fprint(accounts, each.ID, each.Login, each.Email, each.Registered, each.display(), "\n")
		fmt.Fprint(names, each.ID, each.FirstName, "\x00", each.LastName, "\x00", each.Roles, "\n")
		fmt.Fprint(ally, each.ID, each.contact, h.kept[each.contact], "\n")
		newest, registered = max(newest, each.ID), max(registered, each.Registered)
	}
	sum := func(of uint32) string { return fmt.Sprintf("%08x", of) }
	mark := object{"users": len(h.people), "newest_user": newest, "newest_registered": registered, "accounts": sum(accounts.Sum32()), "names": sum(names.Sum32()), "accessally": sum(ally.Sum32())}
	if h.is(NoAccessAlly) {
		mark["accessally"] = nil
	}
	return mark
}
