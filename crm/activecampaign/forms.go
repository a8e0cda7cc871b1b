package activecampaign

import (
	"context"
	"encoding/json"

	"allyswitch/crm"
)

// formJSON is a form ("List all forms"). The example of that page has sendoptin among the options, that of "Retrieve a form" has not.
type formJSON struct {
	ID      text            `json:"id"`
	Name    text            `json:"name"`
	Options json.RawMessage `json:"options"`
}

// confirms says whether the form mails people to confirm, nil when it does not say: options may be an empty list, as PHP writes what is empty.
func (f formJSON) confirms() *bool {
	var options struct {
		SendOptIn *bool `json:"sendoptin"`
	}
	if json.Unmarshal(f.Options, &options) != nil {
		return nil
	}
	return options.SendOptIn
}

// Forms lists the forms. One that does not say whether it sends a mail to confirm leaves that unknown.
func (d *driver) Forms(ctx context.Context) ([]crm.Form, error) {
	rows, err := collect[formJSON](ctx, d, "list the forms", "/forms", "forms", nil, nil)
	if err != nil {
		return nil, err
	}
	forms := make([]crm.Form, 0, len(rows))
	for _, row := range rows {
		form := crm.Form{ID: string(row.ID), Name: string(row.Name)}
		if confirms := row.confirms(); confirms != nil {
			form.OptInKnown, form.Confirms = true, *confirms
		}
		forms = append(forms, form)
	}
	return forms, nil
}
