package wptest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"allyswitch/crm/address"
)

// create answers POST /wp/v2/users. No mail goes out, as on the real one.
func (h *Handler) create(q *question, who *account) reply {
	given := q.json()
	var missing []string
	for _, name := range []string{"username", "email", "password"} {
		if _, ok := given[name]; !ok {
			missing = append(missing, name)
		}
	}
	email, login := text(given["email"]), text(given["username"])
	switch {
	case len(missing) > 0:
		return data(http.StatusBadRequest, object{"code": "rest_missing_callback_param", "message": "Missing parameter(s): " + strings.Join(missing, ", "),
			"data": object{"status": http.StatusBadRequest, "params": missing}})
	case !address.Valid(email) || !isASCII(email):
		return invalid("email", "rest_invalid_email", "Invalid email address.")
	case !regexp.MustCompile(`^[A-Za-z0-9 _.@-]{1,60}$`).MatchString(login):
		return invalid("username", "rest_user_invalid_username", "This username is invalid because it uses illegal characters. Please enter a valid username.")
	case who == nil || !who.isAdmin():
		return denied(who, "rest_cannot_create_user", "Sorry, you are not allowed to create new users.")
	}
	if taken, ok := h.taken(login, email); ok {
		return taken
	}
	return h.make(q, given, login, email)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > 0x7f }) < 0
}

// taken is WordPress's 500 for a name or address that somebody has.
func (h *Handler) taken(login, email string) (reply, bool) {
	exists := func(code, message string) (reply, bool) {
		return data(http.StatusInternalServerError, object{"code": code, "message": message, "data": nil}), true
	}
	everybody := append([]*account{h.admin, h.limited}, h.people...)
	if slices.ContainsFunc(everybody, func(each *account) bool { return strings.EqualFold(each.Login, login) }) {
		return exists("existing_user_login", "Sorry, that username already exists!")
	}
	if slices.ContainsFunc(everybody, func(each *account) bool { return strings.EqualFold(each.Email, email) }) {
		return exists("existing_user_email", "Sorry, that email address is already used!")
	}
	return reply{}, false
}

func (h *Handler) make(q *question, given map[string]json.RawMessage, login, email string) reply {
	var roles []string
	_ = json.Unmarshal(given["roles"], &roles)
	if roles == nil {
		roles = []string{"subscriber"}
	}
	made := &account{Person: Person{ID: h.nextID, Login: login, Email: email, FirstName: stored(text(given["first_name"])), LastName: stored(text(given["last_name"])),
		Registered: "2026-11-21 21:00:00", Roles: strings.Join(roles, ", ")}}
	h.nextID++
	h.people = append(h.people, made)
	answer := data(http.StatusCreated, only(q, h.shown(q, made)))
	answer.lost = h.is(LostAnswers) && h.first("create "+login)
	return answer
}

// stored is a name as WordPress keeps it.
func stored(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(name, "&amp;", "&"), "&", "&amp;"))
}
