package activecampaign

import "net/http"

// listForms answers "List all forms": a form that asks people to confirm, one that does not, or one that does not say.
func (s *Sandbox) listForms(c *call) {
	options := object{"blanks_overwrite": true, "confaction": "show-message"}
	forms := []object{}
	switch s.setting(switchForms) {
	case "double":
		options["sendoptin"], options["optin_id"] = true, 1
	case "single":
		options["sendoptin"] = false
	case "list":
		// PHP writes what is empty as a list.
		c.reply(http.StatusOK, object{"forms": []object{{"id": "1", "name": "Buyers", "options": []any{}}}, "meta": object{"total": "1"}})
		return
	case "none":
		c.reply(http.StatusOK, object{"forms": forms, "meta": object{"total": "0"}})
		return
	}
	forms = append(forms, object{"id": "1", "name": "Buyers", "options": options, "submit": "show-thank-you", "userid": "1"})
	c.reply(http.StatusOK, object{"forms": forms, "meta": object{"total": "1"}})
}
