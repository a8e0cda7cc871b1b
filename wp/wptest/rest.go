package wptest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rest answers a REST route.
func (h *Handler) rest(q *question) reply {
	who, wrong := h.whoIs(q)
	switch {
	case h.is(RESTBlocked):
		return refuse(http.StatusUnauthorized, "rest_cannot_access", "Only authenticated users can access the REST API.")
	case wrong != "":
		return refuse(http.StatusUnauthorized, wrong, "<strong>Error:</strong> The provided credentials are wrong.")
	case q.route == "/":
		return h.index(q).header("Link", h.link(q))
	case strings.HasPrefix(q.route, "/allyswitch/v1"):
		if !h.is(NoCompanion) && !h.inactive {
			return h.companion(q, who)
		}
	case q.route == "/wp/v2/users/me":
		return h.me(q, who)
	case q.route == "/wp/v2/users/me/application-passwords/introspect":
		return h.introspect(who)
	case strings.HasPrefix(q.route, "/wp/v2/users") && !h.is(UsersRemoved):
		return h.users(q, who)
	case q.route == "/wp/v2/plugins/allyswitch-companion/allyswitch-companion":
		return h.plugin(q, who)
	}
	return noRoute().header("Link", h.link(q))
}

func noRoute() reply {
	return refuse(http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
}

func notLoggedIn() reply {
	return refuse(http.StatusUnauthorized, "rest_not_logged_in", "You are not currently logged in.")
}

// denied is the refusal for who may not: 401 for visitors, 403 for others.
func denied(who *account, code, message string) reply {
	if who == nil {
		return refuse(http.StatusUnauthorized, code, message)
	}
	return refuse(http.StatusForbidden, code, message)
}

func (h *Handler) index(q *question) reply {
	namespaces := []string{"oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1"}
	if !h.is(NoCompanion) && !h.inactive {
		namespaces = append(namespaces, "allyswitch/v1")
	}
	var authentication any = []any{} // PHP's empty object.
	if !h.is(PasswordsOff) {
		authentication = object{"application-passwords": object{"endpoints": object{"authorization": q.base + "/wp-admin/authorize-application.php"}}}
	}
	return data(http.StatusOK, only(q, object{"name": "Membership site", "description": "", "url": q.base, "home": q.base, "gmt_offset": "0",
		"namespaces": namespaces, "authentication": authentication, "routes": object{}}))
}

func (h *Handler) me(q *question, who *account) reply {
	if who == nil {
		return notLoggedIn()
	}
	return data(http.StatusOK, only(q, h.shown(q, who)))
}

func (h *Handler) introspect(who *account) reply {
	switch {
	case h.is(PasswordsOff):
		return refuse(http.StatusNotImplemented, "application_passwords_disabled", "Application passwords are not available.")
	case who == nil:
		return notLoggedIn()
	}
	return data(http.StatusOK, object{"uuid": "18a6fcc8-aa6e-4e16-ba96-e9064d9ad2d0", "app_id": "", "name": "AllySwitch", "created": "2026-11-21T21:14:25", "last_used": nil, "last_ip": nil})
}

// shown is a user as context=edit has them.
func (h *Handler) shown(q *question, who *account) object {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r == '@' || r == '.' || r == '+':
			return '-'
		case r > 0x7f:
			return -1
		}
		return r
	}, strings.ToLower(who.Login))
	shown := object{"id": who.ID, "name": who.display(), "url": "", "description": who.Biography, "link": q.base + "/author/" + slug + "/", "slug": slug, "meta": []any{}}
	if q.query.Get("context") != "edit" {
		return shown
	}
	for name, value := range map[string]any{"username": who.Login, "first_name": who.FirstName, "last_name": who.LastName, "email": who.Email, "locale": "en_US",
		"nickname": who.Login, "roles": who.roles(), "registered_date": who.date(), "extra_capabilities": object{}} {
		shown[name] = value
	}
	if fields := q.query.Get("_fields"); fields == "" || strings.Contains(fields, "capabilities") {
		shown["capabilities"] = who.capabilities()
	}
	if h.is(NoAddresses) {
		delete(shown, "email")
	}
	return shown
}

// users answers /wp/v2/users and what is below it.
func (h *Handler) users(q *question, who *account) reply {
	below := strings.Trim(strings.TrimPrefix(q.route, "/wp/v2/users"), "/")
	switch {
	case below == "" && q.method == http.MethodPost:
		return h.create(q, who)
	case below == "":
		return h.list(q, who)
	}
	id, err := strconv.ParseInt(below, 10, 64)
	if err != nil {
		return noRoute()
	}
	if there := h.find(id); there != nil {
		return h.one(q, who, there)
	}
	return refuse(http.StatusNotFound, "rest_user_invalid_id", "Invalid user ID.")
}

func (h *Handler) one(q *question, who, there *account) reply {
	if who == nil || !who.isAdmin() {
		return denied(who, "rest_user_cannot_view", "Sorry, you are not allowed to list users.")
	}
	if q.method == http.MethodDelete && q.query.Get("force") == "true" && q.query.Has("reassign") {
		h.people = slices.DeleteFunc(h.people, func(each *account) bool { return each == there })
		return data(http.StatusOK, object{"deleted": true, "previous": h.shown(q, there)})
	}
	if q.method != http.MethodGet {
		if _, ok := q.json()["email"]; ok {
			h.mail = append(h.mail, there.Email) // "[Site] Email Changed"
		}
		return refuse(http.StatusForbidden, "rest_cannot_edit", "Nobody changes users on the made-up site.")
	}
	return data(http.StatusOK, only(q, h.shown(q, there)))
}

// list answers a page of users.
func (h *Handler) list(q *question, who *account) reply {
	if q.query.Get("context") == "edit" && (who == nil || !who.isAdmin()) {
		return denied(who, "rest_forbidden_context", "Sorry, you are not allowed to edit users.").header("Link", h.link(q))
	}
	size, offset, bad := paging(q)
	if bad != nil {
		return *bad
	}
	if trouble, ok := h.listTrouble(q, size); ok {
		return trouble
	}
	found := h.search(q)
	if who == nil || !who.isAdmin() {
		found = []*account{h.admin} // Visitors see only who has written something.
	}
	shown := []object{}
	for _, each := range found[min(offset, len(found)):min(offset+size, len(found))] {
		shown = append(shown, only(q, h.shown(q, each)))
	}
	if h.is(ShortPages) && len(shown) > 2 {
		shown = slices.Delete(shown, 1, 2)
	}
	answer := data(http.StatusOK, shown).header("X-WP-Total", strconv.Itoa(len(found))).header("X-WP-TotalPages", strconv.Itoa((len(found)+size-1)/size))
	return h.spoil(q, answer, size)
}

// paging reads per_page, page and offset.
func paging(q *question) (size, offset int, bad *reply) {
	size = 10
	if q.query.Has("per_page") {
		size, _ = strconv.Atoi(q.query.Get("per_page"))
	}
	if size < 1 || size > 100 {
		refused := invalid("per_page", "rest_out_of_bounds", "per_page must be between 1 (inclusive) and 100 (inclusive)")
		return 0, 0, &refused
	}
	if number, err := strconv.Atoi(q.query.Get("page")); err == nil && number > 1 {
		offset = (number - 1) * size
	}
	if given, err := strconv.Atoi(q.query.Get("offset")); err == nil && given > 0 {
		offset = given
	}
	return size, offset, nil
}

// listTrouble is what comes in place of a page of users.
func (h *Handler) listTrouble(q *question, size int) (reply, bool) {
	switch {
	case size == 1:
	case h.is(HTMLAnswers):
		return page(http.StatusOK, "Membership site", "A cache answers here."), true
	case h.is(EmptyAnswers):
		return reply{status: http.StatusOK, headers: map[string]string{"Content-Type": "application/json"}}, true
	case h.is(ServerErrors) && h.first("list "+q.query.Encode()):
		return refuse(http.StatusInternalServerError, "internal_server_error", "<p>There has been a critical error on this website.</p>"), true
	}
	return reply{}, false
}

// spoil is what becomes of a page on the way.
func (h *Handler) spoil(q *question, answer reply, size int) reply {
	if size == 1 || q.query.Has("search") {
		return answer
	}
	answer.half = h.is(HalfPages) && h.first("half "+q.query.Encode())
	if h.is(SlowPages) && h.first("slow "+q.query.Encode()) {
		answer.pause = 20 * time.Second
	}
	if h.is(ShrinkingPages) && h.seen["deleted"] < 5 {
		h.seen["deleted"]++
		h.people = slices.Delete(h.people, 3, 4)
	}
	return answer
}

// search selects and orders as WP_User_Query does: what has an @ is looked for in addresses only.
func (h *Handler) search(q *question) []*account {
	wanted := strings.ToLower(q.query.Get("search"))
	if wanted == "" && !q.query.Has("slug") && q.query.Get("orderby") == "id" && q.query.Get("order") != "desc" {
		return h.people
	}
	var found []*account
	for _, each := range h.people {
		email, login := strings.ToLower(each.Email), strings.ToLower(each.Login)
		switch {
		case q.query.Has("slug") && h.shown(q, each)["slug"] != q.query.Get("slug"):
		case wanted == "", strings.Contains(wanted, "@") && strings.Contains(email, wanted),
			!strings.Contains(wanted, "@") && strings.Contains(login+"\n"+email+"\n"+strings.ToLower(each.display()), wanted):
			found = append(found, each)
		}
	}
	if q.query.Get("orderby") != "id" {
		slices.SortStableFunc(found, func(a, b *account) int {
			return strings.Compare(strings.ToLower(a.display()), strings.ToLower(b.display()))
		})
	}
	if q.query.Get("order") == "desc" {
		slices.Reverse(found)
	}
	return found
}

func (h *Handler) plugin(q *question, who *account) reply {
	switch {
	case who == nil || !who.isAdmin():
		return denied(who, "rest_cannot_manage_plugins", "Sorry, you are not allowed to manage plugins for this site.")
	case h.is(NoCompanion):
		return refuse(http.StatusNotFound, "rest_plugin_not_found", "Plugin not found.")
	case q.method == http.MethodPost && string(q.json()["status"]) == `"inactive"`:
		h.inactive = true
		return data(http.StatusOK, object{"plugin": "allyswitch-companion/allyswitch-companion", "status": "inactive"})
	case q.method == http.MethodDelete && !h.inactive:
		return refuse(http.StatusBadRequest, "rest_cannot_delete_active_plugin", "Cannot delete an active plugin. Please deactivate it first.")
	case q.method == http.MethodDelete:
		h.conditions[NoCompanion] = true
		return data(http.StatusOK, object{"deleted": true, "previous": object{"plugin": "allyswitch-companion/allyswitch-companion"}})
	}
	return noRoute()
}

// text reads a string of a JSON body, "" when it is none.
func text(raw json.RawMessage) string {
	var given string
	_ = json.Unmarshal(raw, &given)
	return given
}
