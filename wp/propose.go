package wp

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"allyswitch/crm/address"
)

// otherNames are headings that people and tools give to the six columns, as words are compared in nameScore.
func otherNames(column string) []string {
	switch column {
	case ColumnID:
		return []string{"id", "userid", "wpid", "wpuserid", "wordpressid", "wordpressuserid", "memberid"}
	case ColumnCustomerID:
		return []string{"customerid", "customer", "custid"}
	case ColumnEmail:
		return []string{"useremail", "email", "emailaddress", "mail", "useremailaddress", "memberemail", "contactemail", "courriel", "correo", "emailadresse"}
	case ColumnRegistered:
		return []string{"userregistered", "registered", "registereddate", "registrationdate", "registeredat", "dateregistered", "membersince", "joined", "joindate", "signupdate", "datejoined", "createdat"}
	case ColumnFirstName:
		return []string{"firstname", "first", "givenname", "forename", "fname", "vorname", "prenom", "nombre"}
	case ColumnLastName:
		return []string{"lastname", "last", "surname", "familyname", "lname", "nachname", "nom", "apellido", "apellidos"}
	}
	return nil
}

// closeEnough is the least score of a heading that is proposed.
const closeEnough = 0.6

// propose finds a heading for each of the six columns that has none. Names and values must agree: a heading that sounds
// right above values that are no addresses is no address column.
func propose(columns []string, samples [][]string, taken Mapping) Mapping {
	proposed := Mapping{}
	for column, heading := range taken {
		proposed[column] = heading
	}
	for {
		best, bestColumn, bestHeading := closeEnough, "", ""
		for i, heading := range columns {
			if mapped(proposed, heading) || isSecretHeading(heading) {
				continue
			}
			for _, column := range MemberColumns() {
				if _, done := proposed[column]; done {
					continue
				}
				if score := scoreColumn(column, heading, valuesOf(samples, i)); score > best {
					best, bestColumn, bestHeading = score, column, heading
				}
			}
		}
		if bestColumn == "" {
			return proposed
		}
		proposed[bestColumn] = bestHeading
	}
}

func mapped(mapping Mapping, heading string) bool {
	for _, used := range mapping {
		if used == heading {
			return true
		}
	}
	return false
}

// scoreColumn is between 0 and about 1. Values that do not fit rule a heading out; an address column needs no name at all.
func scoreColumn(column, heading string, values []string) float64 {
	name := nameScore(column, heading)
	fit, judged := valueScore(column, values)
	switch {
	case judged && fit < 0.5:
		return 0
	case !judged:
		return 0.9 * name
	case column == ColumnEmail && !knownHeading(headingName(heading)):
		return 0.65*fit + 0.35*name
	}
	return 0.8*name + 0.2*fit
}

// nameScore compares a heading with the names of a column, letters and digits only: 1 when they are equal.
func nameScore(column, heading string) float64 {
	name := lettersAndDigits(heading)
	best := 0.0
	if known := headingName(heading); knownHeading(known) && known != strings.ToLower(column) {
		return 0
	}
	for _, other := range otherNames(column) {
		longest := max(len(name), len(other))
		if longest == 0 {
			continue
		}
		best = max(best, 1-float64(distance(name, other))/float64(longest))
	}
	return best
}

func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// distance is the number of letters to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func valuesOf(samples [][]string, column int) []string {
	var values []string
	for _, row := range samples {
		if column < len(row) && strings.TrimSpace(row[column]) != "" {
			values = append(values, cleanHeading(row[column]))
		}
	}
	return values
}

// valueScore is the share of values that a column could have; judged is false when there are none to judge.
func valueScore(column string, values []string) (share float64, judged bool) {
	if len(values) == 0 {
		return 0, false
	}
	fitting := 0
	for _, value := range values {
		if fits(column, value) {
			fitting++
		}
	}
	return float64(fitting) / float64(len(values)), true
}

func fits(column, value string) bool {
	switch column {
	case ColumnID, ColumnCustomerID:
		id, err := strconv.ParseInt(value, 10, 64)
		return err == nil && id > 0
	case ColumnEmail:
		return address.Valid(value)
	case ColumnRegistered:
		_, state := readDate(value)
		return state != dateBad
	}
	return !strings.ContainsAny(value, "@/{}$") && strings.IndexFunc(value, unicode.IsLetter) >= 0 && len(value) < 100
}

// isSecretHeading says whether a column holds what must never be kept, judged by its name.
func isSecretHeading(heading string) bool {
	name := lettersAndDigits(heading)
	for _, secret := range []string{"pass", "sessiontoken", "activationkey", "hash", "secret", "apikey", "token"} {
		if strings.Contains(name, secret) {
			return true
		}
	}
	return false
}

// looksSecret says whether a value holds a WordPress password hash or a session token, wherever it stands.
// (phpass $P$ and $H$, WordPress 6.8's $wp$2y$, bcrypt, argon2, and WebToffee's base64 of JSON or serialised tokens.)
func looksSecret(value string) bool {
	if strings.IndexByte(value, '$') >= 0 {
		for _, mark := range []string{"$P$", "$H$", "$wp$", "$2y$", "$2a$", "$2b$", "$argon2"} {
			if strings.Contains(value, mark) {
				return true
			}
		}
	}
	if len(value) < shortestToken {
		return false
	}
	return strings.Contains(value, ":{s:64:") || slices.ContainsFunc(strings.FieldsFunc(value, endsToken), isToken)
}

// shortestToken is far below the length of real ones.
const shortestToken = 40

func endsToken(r rune) bool { return strings.ContainsRune(" ,;|\t\n\"@", r) }

func isToken(word string) bool {
	return len(word) >= shortestToken && (strings.HasPrefix(word, "eyJ") || strings.HasPrefix(word, "YTo"))
}

// secretColumns are the headings of the columns that are dropped at once, by name or by what most of their cells hold.
func secretColumns(columns []string, samples [][]string) []string {
	var secret []string
	for i, heading := range columns {
		values := valuesOf(samples, i)
		if isSecretHeading(heading) || len(values) > 2*len(withoutSecrets(values)) {
			secret = append(secret, heading)
		}
	}
	return secret
}

func withoutSecrets(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), looksSecret)
}
