package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newCRMSetup(deps *Deps) *step {
	s := &step{id: CRMSetup, title: "Review the CRM's own set-up", deps: deps}
	s.inputs = restsOn(theAccount)
	s.sheet = s.setupSheet
	return s
}

func (s *step) setupSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	items := []wizard.Item{
		s.setupTick(state, wizard.Tick{Key: "password-field", Text: "The password field is decided",
			Where: accessAlly("Settings", "General Setup", "Password Field"), Look: "an empty field. Leave it so, unless you need automatic log-in links: then passwords are stored in the CRM, and most CRMs do not encrypt them."}),
		s.setupTick(state, wizard.Tick{Key: "username-field", Text: "The username field is decided", Optional: true,
			Where: accessAlly("Settings", "General Setup", "Username Field"), Look: "an empty field, unless people log in with a name that is not their e-mail address."}),
	}
	for _, tick := range setupTicks(state.CRM.Provider, name) {
		items = append(items, s.setupTick(state, tick))
	}
	items = append(items, s.tick(state, arrives(state.CRM.Provider, name)))
	items = append(items, s.valuesTicks(state, name)...)
	items = append(append(items, s.fieldQuestions(state)...), s.setupCheck(state)...)
	return wizard.Sheet{
		Does: []string{fmt.Sprintf("After saving, AccessAlly asks for a few more settings that only %s has. This step goes through them.", name)},
		Warnings: []string{
			"A webhook address of AccessAlly holds a secret of your site. Do not show it on a screen-share, and do not mail it.",
			"Do not use the webhook that makes passwords on people who have one: it would give them a new one.",
		},
		Did:   setupFacts(state),
		Items: items,
		Known: fmt.Sprintf("What %s shows to programs is there, and a tag that you added by hand to a test contact has arrived on the site.", name),
		Help: []string{
			"In CRM mode, a tag change made in the CRM reaches the site through a webhook, or when the member next comes by after a day.",
			"The look in the CRM says \"there\", \"not there\" or \"not known\". Not known means that the CRM does not show it to programs: then only you can look.",
			"The address of a webhook is never kept by AllySwitch: it holds a secret.",
			"Tell support: what the look in the CRM says, and which box you could not tick. Never the address of a webhook.",
			"AccessAlly's own page \"How to integrate AccessAlly with a CRM system\" has the pictures.",
		},
	}
}

// webhookGenerator is where AccessAlly makes the address of a webhook (its pages on automations with ActiveCampaign and Drip).
const webhookGenerator = "in the black bar on top of your site, AccessAlly, Webhook Generator, Run Custom Operation, the offering, Release Offering"

// arrives is the one real test of a webhook: the CRM's lists of webhooks do not show those inside an automation.
func arrives(provider, name string) wizard.Tick {
	starts := map[string]string{"activecampaign": "the tag that starts the automation with the webhook", "kit": "the tag that was chosen for the webhook", "keap": "the tag that starts the campaign with Send HTTP Post",
		"ontraport": "the tag that starts the automation with the webhook element", "drip": "the tag that starts the workflow with Send an HTTP Post"}[provider]
	return wizard.Tick{Key: "arrives", Text: "A tag that you add by hand to a test contact arrives on the site", Note: "Which tag, and when did it arrive?", Where: []string{"Users", "the test person", "Edit", "AccessAlly"},
		Look: fmt.Sprintf("a person of your own, whose contact ID is set on the site: the tool for one member does that. In %s, give their contact %s. Open the site once as this person: AccessAlly refreshes with the next visit. Then the tag shows here. Take it off again afterwards.", name, starts)}
}

// setupTicks are what one CRM needs besides. The menu words are those of its own screens.
func setupTicks(provider, name string) []wizard.Tick {
	webhook := func(where []string, look string) wizard.Tick {
		return wizard.Tick{Key: "webhook", Text: "A webhook tells the site about changes made in " + name, Where: where, Look: look}
	}
	switch provider {
	case "activecampaign":
		return []wizard.Tick{
			webhook([]string{"Automations", "your automation", "+", "Webhook"}, "one automation for each offering that ActiveCampaign releases or revokes. Its webhook has the address from your site: "+webhookGenerator+". The contact goes along by itself."),
			{Key: "opt-in-form", Text: "A form with single opt-in exists, and is used for nothing else", Where: accessAlly("Payment", "CRM Integration"),
				Look: "the choice of a form. People who unsubscribed are inactive in ActiveCampaign, and enter no automation. This form lets them in again when they buy."},
		}
	case "kit":
		return []wizard.Tick{
			{Key: "last-name", Text: "The custom field for the last name is chosen", Where: accessAlly("Settings", "CRM Integration"), Look: "a custom field for the last name: Kit itself has a first name only."},
			webhook(accessAlly("Settings", "CRM Integration", "Create Webhook"), "one webhook for each custom operation that Kit starts, each with a tag that is used for nothing else: Kit's webhooks start with a tag only. Choose the tag, then Create Webhook."),
		}
	case "keap":
		return []wizard.Tick{webhook([]string{"Campaign Builder", "a sequence", "Send HTTP Post"}, "one for each offering that Keap releases or revokes. The address is from your site: "+webhookGenerator+". The contact ID goes along by itself.")}
	case "ontraport":
		return []wizard.Tick{
			webhook([]string{"Automations", "a webhook element", "Post data"}, "one for each offering that Ontraport releases or revokes. The address is from your site: "+webhookGenerator+". The post data is contactId=[Contact ID], in one line."),
			{Key: "owner", Text: "The API key has a contact owner, and all permissions are ticked", Where: []string{"Administration", "Integrations", "Ontraport API Instructions and Key Manager"},
				Look: "the key that AccessAlly uses: a person who stays as contact owner, and a tick at every permission. What is not ticked, AccessAlly cannot do, and says so only when a member buys."},
			{Key: "tracking", Text: "You have decided about Ontraport's tracking on your pages", Where: accessAlly("Payment", "CRM Integration"), Optional: true,
				Look: "Ontraport's tracking. AccessAlly puts that script on every page unless it is turned off. Turn it off, or name it in your privacy notice."},
			{Key: "wordpress", Text: "The WordPress site is entered in Ontraport, and PilotPress is off", Where: []string{"Administration", "Integrations", "WordPress Website"}, Look: "your site as an existing one, without membership levels."},
		}
	case "drip":
		return []wizard.Tick{webhook([]string{"Workflows", "a workflow", "Send an HTTP Post"}, "one for each offering that Drip releases or revokes. The address is from your site: "+webhookGenerator+".")}
	}
	return nil
}
