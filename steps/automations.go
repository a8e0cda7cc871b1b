package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

func newAutomations(deps *Deps) *step {
	s := &step{id: Automations, title: "Review and add CRM automations", deps: deps}
	s.inputs = restsOn(theAccount)
	s.sheet = s.automationsSheet
	return s
}

func (s *step) automationsSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			fmt.Sprintf("Now you decide, message by message, whether AccessAlly or %s sends it, and set up the automations you need.", name),
		},
		Warnings: []string{
			"If both send the same message, everybody gets it twice. Decide for one.",
			"Before you switch an automation on, see that it starts for new tags only, not for everybody who has the tag already.",
		},
		Items: []wizard.Item{
			wizard.Instruction{Text: "The recipe of every offering is in AccessAlly.", Where: accessAlly("Offerings", "an offering", "Automations"),
				Look: "the tag that starts it, the tags that give access, the webhook and the mail."},
			s.tick(state, wizard.Tick{Key: "reviewed", Text: "Every offering has its automation, or is run by AccessAlly Emails", Note: "Which does what?"}),
			s.tick(state, wizard.Tick{Key: "emails", Text: "For each message one sender is chosen", Where: accessAlly("Emails"),
				Look: "welcome, invoice, payment failed, renewal reminder, module release, affiliate sale."}),
			s.tick(state, wizard.Tick{Key: "nobody-mailed", Text: "No automation has started for the imported members",
				Look: fmt.Sprintf("the number of people who entered each automation in %s today.", name)}),
		},
		Known: "Every message has exactly one sender, and no imported member was mailed.",
		Help: []string{
			"A CRM automation usually goes: a tag starts it, it adds the access tags, calls the webhook, waits a little, sends the mail.",
			"You may keep AccessAlly Emails and come back to this later.",
		},
	}
}
