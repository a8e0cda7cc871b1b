package migration

import (
	"cmp"
	"fmt"
	"strings"
)

// RouteAPI is the way in that needs nothing but the key; RouteUpload the CRM's own import.
const (
	RouteAPI    = "api"
	RouteUpload = "upload"
)

// Terms are the owner's choices that a plan rests on. When one of them changes, the plan holds no longer.
type Terms struct {
	// Route is RouteAPI (or empty) or RouteUpload.
	Route string `json:"route,omitempty"`
	// Mapping says in one text which columns of the export were read as what.
	Mapping string `json:"mapping,omitempty"`
	// UnlistedHaveNone is the owner's word that who is not in the tag file has no tags.
	UnlistedHaveNone bool `json:"unlisted_have_none,omitempty"`
}

// terms are the choices as they are now.
func (deps Deps) terms() Terms {
	return Terms{Route: cmp.Or(deps.Terms.Route, RouteAPI), Mapping: deps.Terms.Mapping, UnlistedHaveNone: deps.UnlistedHaveNone}
}

// difference says what has become of the choices, empty when nothing has.
func (t Terms) difference(now Terms) string {
	var changed []string
	if t.Route != now.Route {
		changed = append(changed, fmt.Sprintf("the way in was %q and is %q", t.Route, now.Route))
	}
	if t.Mapping != now.Mapping {
		changed = append(changed, "other columns of the export are read")
	}
	if t.UnlistedHaveNone != now.UnlistedHaveNone {
		changed = append(changed, "who is not in the tag file is taken otherwise")
	}
	return strings.Join(changed, "; ")
}

// policies are what holds for every import, in words for the plan's file and the report.
func (t Terms) policies() []string {
	unlisted := "Who is not in the tag file has unknown tags, and is reported as not decidable."
	if t.UnlistedHaveNone {
		unlisted = "Who is not in the tag file has no tags, by the owner's word."
	}
	return []string{
		"Blanks never overwrite. First and last names are filled in only where the CRM has none.",
		"Nobody's consent is raised: who is unsubscribed or bounced stays so.",
		"No field is written besides the address, the two names and the fields ID, customer_id and user_registered. No tag is taken away.",
		unlisted,
	}
}
