package site

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"allyswitch/wp"
)

// userFields are what is asked of WordPress: no more, since biographies and avatars make four fifths of an answer.
const userFields = "id,username,email,first_name,last_name,name,roles,registered_date"

// restUser is a user as the REST API answers with context=edit. A field that is absent was taken out by a plugin.
type restUser struct {
	ID         int64    `json:"id"`
	Username   *string  `json:"username"`
	Email      *string  `json:"email"`
	FirstName  string   `json:"first_name"`
	LastName   string   `json:"last_name"`
	Name       string   `json:"name"`
	Roles      roleList `json:"roles"`
	Registered *string  `json:"registered_date"`
}

func (u restUser) stored() (user wp.Stored, complete bool) {
	if u.ID <= 0 || u.Username == nil || u.Email == nil || u.Registered == nil {
		return wp.Stored{}, false
	}
	return wp.Stored{ID: u.ID, Login: *u.Username, Email: *u.Email, FirstName: u.FirstName, LastName: u.LastName, DisplayName: u.Name,
		Registered: *u.Registered, Roles: u.Roles}, true
}

// roleList reads ["subscriber"], and {"1":"subscriber"}, which PHP makes of a list with a hole.
type roleList []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *roleList) UnmarshalJSON(data []byte) error {
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*l = list
		return nil
	}
	var holed map[string]string
	if err := json.Unmarshal(data, &holed); err != nil {
		return err
	}
	for _, key := range slices.Sorted(mapKeys(holed)) {
		*l = append(*l, holed[key])
	}
	return nil
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// pageByREST gets a page. X-WP-Total comes with every page.
func (s *Site) pageByREST(ctx context.Context, offset, limit int, wait func(string)) ([]User, int, error) {
	parameters := url.Values{"context": {"edit"}, "orderby": {"id"}, "order": {"asc"}, "per_page": {strconv.Itoa(limit)}, "_fields": {userFields}}
	if offset > 0 {
		parameters.Set("offset", strconv.Itoa(offset))
	}
	var list []restUser
	r := request{op: "read the members", method: http.MethodGet, url: s.route("/wp/v2/users", parameters), login: true, wait: wait}
	got, err := s.send(ctx, r, &list)
	if err != nil {
		return nil, -1, err
	}
	total, err := strconv.Atoi(got.header.Get("X-WP-Total"))
	if err != nil || total < 0 {
		return nil, -1, s.client.trouble(OddAnswer, "the page does not say how many users there are (X-WP-Total)").during(r.op)
	}
	users := make([]User, 0, len(list))
	for _, each := range list {
		stored, complete := each.stored()
		if !complete {
			return nil, -1, s.client.trouble(OddAnswer, "a plugin leaves user names, addresses or dates out of the list").during(r.op)
		}
		users = append(users, User{Stored: stored})
	}
	return users, total, nil
}

// pageByXMLRPC gets a page over XML-RPC, where the password travels in the body. It does not tell the total.
func (s *Site) pageByXMLRPC(ctx context.Context, offset, limit int, wait func(string)) ([]User, int, error) {
	const op = "read the members over XML-RPC"
	fields := []string{"user_id", "username", "email", "first_name", "last_name", "display_name", "registered", "roles"}
	filter := map[string]any{"number": limit, "offset": offset, "orderby": "ID", "order": "ASC"}
	told, err := s.xmlrpc(ctx, op, "wp.getUsers", wait, 1, s.client.user, s.client.password, filter, fields)
	if refused, ok := err.(*fault); ok {
		return nil, -1, s.faultTrouble(refused).during(op)
	}
	if err != nil {
		return nil, -1, err
	}
	if told.list == nil {
		return nil, -1, s.client.trouble(OddAnswer, "the answer is no list").during(op)
	}
	users := make([]User, 0, len(told.list))
	for _, each := range told.list {
		if _, ok := each.fields["email"]; !ok {
			return nil, -1, s.client.trouble(OddAnswer, "the addresses are not in the list").during(op)
		}
		users = append(users, User{Stored: storedFrom(each)})
	}
	return users, -1, nil
}

// faultTrouble gives a fault its words: 401 is missing rights, 403 a wrong password, 405 XML-RPC switched off (class-wp-xmlrpc-server.php).
func (s *Site) faultTrouble(refused *fault) *Diagnosis {
	kind := Refused
	switch refused.code {
	case http.StatusUnauthorized:
		kind = NotAdmin
	case http.StatusForbidden:
		kind = WrongPassword
	case http.StatusMethodNotAllowed, -32601:
		kind = NoWayToRead
	}
	return s.client.trouble(kind, refused.Error()).caused(refused)
}
