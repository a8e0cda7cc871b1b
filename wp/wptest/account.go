package wptest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// account is a person with what the server knows beside.
type account struct {
	Person
	// contact is AccessAlly's contact ID, password an application password.
	contact, password string
}

// newAccount gives a person the contact ID that the real test site gives them, too: some have none, and one has what AccessAlly writes when
// something went wrong.
func newAccount(person Person) *account {
	made := &account{Person: person, contact: fmt.Sprint(500000 + person.ID)}
	switch person.Login {
	case "admin", "twin2", "empty":
		made.contact = ""
	case "invalid":
		made.contact = "error"
	}
	return made
}

func (a *account) display() string {
	if name := strings.TrimSpace(a.FirstName + " " + a.LastName); name != "" {
		return name
	}
	return a.Login
}

func (a *account) roles() []string {
	list := []string{}
	for role := range strings.SplitSeq(a.Roles, ",") {
		if role = strings.TrimSpace(role); role != "" {
			list = append(list, role)
		}
	}
	return list
}

func (a *account) isAdmin() bool { return slices.Contains(a.roles(), "administrator") }

// capabilities are what an account may do.
func (a *account) capabilities() object {
	able := object{"read": true, "level_0": true}
	for _, role := range a.roles() {
		able[role] = true
	}
	if a.isAdmin() {
		for _, name := range []string{"manage_options", "list_users", "edit_users", "create_users", "delete_users", "activate_plugins"} {
			able[name] = true
		}
	}
	return able
}

// mark changes with the account.
func (a *account) mark() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{a.Login, a.Email, a.FirstName, a.LastName, a.display(), a.Registered, a.Roles}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// date is the registration as the REST API writes it, with its own way of writing the zero date.
func (a *account) date() string {
	if strings.HasPrefix(a.Registered, "0000-00-00") {
		return "-001-11-30T00:00:00+00:00"
	}
	return strings.Replace(a.Registered, " ", "T", 1) + "+00:00"
}

// tagNames are the site's tags by ID: 1001, 1002 … in order of name.
type tagNames struct{ list []string }

func namesOf(site *Site) tagNames {
	var names []string
	for _, offering := range site.Offerings {
		names = append(names, offering.Base, offering.Instant, offering.Revoke)
		for _, name := range offering.Modules {
			names = append(names, name)
		}
	}
	for _, person := range site.People {
		names = append(names, person.Tags...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return tagNames{slices.DeleteFunc(names, func(name string) bool { return name == "" })}
}

// id is the ID of a tag.
func (t tagNames) id(name string) string {
	at, _ := slices.BinarySearch(t.list, name)
	return fmt.Sprint(1001 + at)
}

// ids are the IDs of tags. Nobody's tags are an empty list.
func (t tagNames) ids(names []string) []string {
	list := []string{}
	for _, name := range names {
		if name != "" {
			list = append(list, t.id(name))
		}
	}
	return list
}
