package site

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wp"
)

// Created is a user that was made, or was there already.
type Created struct {
	ID    int64
	Login string
	Email string
	// Existed says that there was a user with this address, who was left as they are.
	Existed bool
	// Note is a sentence for the owner, "" when there is nothing to say.
	Note string
}

// Create makes a member a user of the site: as Subscriber, with the address as user name where WordPress allows it, and a long random password that
// nobody sees. WordPress's REST API sends no mail for it. Somebody with this address is found and left as they are. The member needs an address; names
// may be empty. E-mail addresses of users who exist are never written.
func (s *Site) Create(ctx context.Context, member wp.Member) (Created, error) {
	if !address.Valid(member.Email) {
		return Created{}, s.client.trouble(Refused, "“"+member.Email+"” is not an e-mail address").during("make a user")
	}
	if found, ok, err := s.existing(ctx, member.Email); err != nil || ok {
		return found, err
	}
	for number := 1; number <= 9; number++ {
		login, note := loginFor(member.Email, number)
		made, err := s.create(ctx, member, login)
		switch {
		case err == nil:
			made.Note = note
			return made, nil
		case !Is(err, Exists) && !maybeDone(err):
			return Created{}, err
		}
		found, ok, lookErr := s.existing(ctx, member.Email)
		switch {
		case lookErr != nil && maybeDone(err):
			return Created{}, s.client.trouble(MaybeCreated, "").during("make a user").caused(errors.Join(err, lookErr))
		case lookErr != nil:
			return Created{}, lookErr
		case ok && maybeDone(err): // There was nobody a moment ago, so it was carried out.
			return s.madeAfterAll(ctx, member, found, note)
		case ok:
			return found, nil
		case maybeDone(err) || strings.Contains(err.Error(), "existing_user_email"):
			return Created{}, err
		}
	}
	return Created{}, s.client.trouble(Exists, "nine user names like "+member.Email+" are taken").during("make a user")
}

// madeAfterAll is a user whose making was not confirmed, but who is there.
func (s *Site) madeAfterAll(ctx context.Context, member wp.Member, found Created, note string) (Created, error) {
	made, err := s.verify(ctx, member, found.Login, found.ID)
	made.Note = note
	return made, err
}

// maybeDone says that a request may have been carried out although no usable answer came.
func maybeDone(err error) bool {
	var trouble *Diagnosis
	return errors.As(err, &trouble) && (trouble.passing() && trouble.Kind != TooFast || trouble.Kind == WebPage || trouble.Kind == OddAnswer)
}

// create asks once, and checks what WordPress says that it made.
func (s *Site) create(ctx context.Context, member wp.Member, login string) (Created, error) {
	password, err := secret()
	if err != nil {
		return Created{}, err
	}
	body := map[string]any{"username": login, "email": member.Email, "first_name": member.FirstName, "last_name": member.LastName, "password": password, "roles": []string{"subscriber"}}
	if name := strings.TrimSpace(member.FirstName + " " + member.LastName); name != "" {
		body["name"] = name
	}
	r, err := jsonRequest("make a user", http.MethodPost, s.route("/wp/v2/users", url.Values{"context": {"edit"}, "_fields": {userFields}}), body)
	if err != nil {
		return Created{}, err
	}
	var made restUser
	if _, err := s.send(ctx, r, &made); err != nil {
		return Created{}, err
	}
	return s.verify(ctx, member, login, made.ID)
}

// verify reads a new user back.
func (s *Site) verify(ctx context.Context, member wp.Member, login string, id int64) (Created, error) {
	const op = "read the new user back"
	var there restUser
	path := "/wp/v2/users/" + strconv.FormatInt(id, 10)
	if err := s.get(ctx, op, path, url.Values{"context": {"edit"}, "_fields": {userFields}}, &there); err != nil {
		return Created{}, err
	}
	user, complete := there.stored()
	switch {
	case !complete || user.ID != id || address.Key(user.Email) != address.Key(member.Email):
		return Created{}, s.client.trouble(NotVerified, fmt.Sprintf("user %d has another address", id)).during(op)
	case !strings.EqualFold(user.Login, login):
		return Created{}, s.client.trouble(NotVerified, fmt.Sprintf("user %d has another user name", id)).during(op)
	case len(user.Roles) != 1 || user.Roles[0] != "subscriber":
		return Created{}, s.client.trouble(NotVerified, fmt.Sprintf("user %d has the roles %q", id, user.Roles)).during(op)
	}
	return Created{ID: user.ID, Login: user.Login, Email: user.Email}, nil
}

// existing looks for users with an address.
func (s *Site) existing(ctx context.Context, email string) (Created, bool, error) {
	users, err := s.search(ctx, "look for the member on the site", email)
	if err != nil {
		return Created{}, false, err
	}
	var found []Created
	for _, user := range users {
		found = append(found, Created{ID: user.ID, Login: user.Login, Email: user.Email, Existed: true,
			Note: "There is a user with this address already. The user was left as they are."})
	}
	if len(found) > 1 {
		found[0].Note = fmt.Sprintf("%d users have this address already; the oldest is taken. Give the others addresses of their own.", len(found))
	}
	if len(found) == 0 {
		return Created{}, false, nil
	}
	return found[0], true, nil
}

// loginFor is a user name: the address where WordPress allows it, as AccessAlly wants it. WordPress allows letters without accents, digits, space, and
// . - _ @, 60 in all (sanitize_user with strict, and the column's length). A name made in place of an address is no address, so that it cannot be
// taken for somebody else's.
func loginFor(email string, number int) (login, note string) {
	if number == 1 && allowedLogin(email) {
		return email, ""
	}
	login = strings.Map(func(r rune) rune {
		if r < 0x80 && allowedLogin(string(r)) {
			return r
		}
		return '_'
	}, strings.ReplaceAll(strings.ToLower(email), "@", "_at_"))
	if number > 1 {
		login += "_" + strconv.Itoa(number)
	}
	if len(login) > 60 {
		login = login[len(login)-60:]
	}
	why := "WordPress does not allow this address as a user name"
	if allowedLogin(email) {
		why = "Another user has this address as their user name"
	}
	return login, fmt.Sprintf("%s, so the user name is %s. The member can log in with the address all the same.", why, login)
}

func allowedLogin(name string) bool {
	return name != "" && len(name) <= 60 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-@", r)
	}) < 0
}

// secret is a password of 43 characters that is kept nowhere.
func secret() (string, error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("making a password: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(random), nil
}
