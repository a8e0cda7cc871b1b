package kit

import "allyswitch/crm"

// routes are the two ways in: the credential decides between one member a call and a hundred (Kit's page "Bulk & async processing").
func routes() []crm.Route {
	return []crm.Route{
		{Option: optionKey, Name: "API key", Features: (&driver{}).Features()},
		{Option: optionToken, Name: "OAuth token", Features: (&driver{bulk: true}).Features()},
	}
}
