package ontraport

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
)

// listMark stands around every id of a list value: */*1*/*3*/*.
const listMark = "*/*"

func (k fieldKind) isDate() bool {
	return k.kind == "fulldate" || k.kind == "date" || k.kind == "timestamp"
}

// encode writes a value as Ontraport stores it: option ids for what is chosen, seconds for dates, the text itself otherwise.
func (k fieldKind) encode(value string) (string, error) {
	switch {
	case k.kind == "drop":
		return k.optionID(value)
	case k.kind == "list":
		return k.encodeList(value)
	case k.kind == "check":
		return encodeCheck(value)
	case k.isDate():
		return encodeDate(value)
	}
	return value, nil
}

// optionID finds the id of a label. An option that does not exist is refused: making one would change the owner's field.
func (k fieldKind) optionID(label string) (string, error) {
	for id, known := range k.options {
		if known == strings.TrimSpace(label) {
			return id, nil
		}
	}
	return "", fmt.Errorf("the field %q has no option %q: add it in Ontraport, or choose a text field", k.Name, label)
}

func (k fieldKind) encodeList(value string) (string, error) {
	var ids []string
	for _, label := range strings.Split(value, ",") {
		id, err := k.optionID(label)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	return listMark + strings.Join(ids, listMark) + listMark, nil
}

func encodeCheck(value string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "yes", "true", "on":
		return "1", nil
	case "0", "no", "false", "off":
		return "0", nil
	}
	return "", fmt.Errorf("a checkbox takes yes or no, not %q", value)
}

// dateFormats are the ways in which WordPress, AccessAlly and people write a date.
func dateFormats() []string {
	return []string{"2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"}
}

func encodeDate(value string) (string, error) {
	if _, err := strconv.ParseInt(value, 10, 64); err == nil && len(value) > 8 {
		return value, nil
	}
	for _, format := range dateFormats() {
		if moment, err := time.Parse(format, strings.TrimSpace(value)); err == nil {
			return strconv.FormatInt(moment.Unix(), 10), nil
		}
	}
	return "", fmt.Errorf("%q is not a date that can be read", value)
}

// decode reads a value as people see it. Nothing chosen and no date are "".
func (k fieldKind) decode(stored text) string {
	switch {
	case k.kind == "drop":
		return k.options[string(stored)]
	case k.kind == "list":
		var labels []string
		for _, id := range listIDs(string(stored)) {
			labels = append(labels, k.options[id])
		}
		return strings.Join(labels, ", ")
	case k.isDate():
		return decodeDate(string(stored))
	}
	return string(stored)
}

func decodeDate(stored string) string {
	at := moment(stored)
	if at.IsZero() {
		return ""
	}
	return strings.TrimSuffix(at.Format("2006-01-02 15:04:05"), " 00:00:00")
}

// moment reads seconds since 1970; "" and "0" are no time.
func moment(stored string) time.Time {
	n, err := strconv.ParseInt(stored, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// listIDs takes a list value apart.
func listIDs(stored string) []string {
	return slices.DeleteFunc(strings.Split(stored, listMark), func(id string) bool { return id == "" || id == "0" })
}

// stateOf reads bulk_mail. 0 means that only transactional mail may be sent, which is where unsubscribing leads.
func stateOf(bulkMail text) crm.ContactState {
	switch bulkMail {
	case "1", "2":
		return crm.StateActive
	case "0":
		return crm.StateUnsubscribed
	case "-5":
		return crm.StateUnconfirmed
	case "-2":
		return crm.StateBounced
	}
	return crm.StateUnknown
}
