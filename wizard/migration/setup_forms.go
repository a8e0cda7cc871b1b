package migration

import (
	"context"
	"fmt"
	"strings"
)

// forms looks for a form that lets people in without asking them to confirm, where the CRM lists its forms. Which of them AccessAlly uses, only AccessAlly
// shows. That none was seen proves nothing: a form may not say what it asks.
func (s *Setup) forms(ctx context.Context, deps Deps) error {
	const box, what = "opt-in-form", "A form with single opt-in"
	lister, can := deps.CRM.Forms()
	if !can {
		return nil
	}
	name := deps.CRM.Provider().Name
	list, err := lister.Forms(ctx)
	switch {
	case err != nil && !cannotTell(err):
		return doing("list the forms", err)
	case err != nil:
		s.add(box, what, SetupUnknown, "%s does not show its forms "+withheld, name)
		return nil
	}
	var single []string
	silent := 0
	for _, form := range list {
		switch {
		case !form.OptInKnown:
			silent++
		case !form.Confirms:
			single = append(single, fmt.Sprintf("%q", form.Name))
		}
	}
	switch {
	case len(single) > 0:
		s.add(box, what, SetupThere, "%s; see in AccessAlly that it uses one of them, and nothing else does", strings.Join(single, ", "))
	case len(list) == 0:
		s.add(box, what, SetupUnknown, "%s lists no form to programs: make one, or look there", name)
	case silent == 0:
		s.add(box, what, SetupUnknown, "the forms that %s lists mail people to confirm, as far as it tells (%d): look there", name, len(list))
	default:
		s.add(box, what, SetupUnknown, "%d of the %d forms that %s lists do not say whether people have to confirm: look there", silent, len(list), name)
	}
	return nil
}
