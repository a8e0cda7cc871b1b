package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// keyNewMail is the answer whether the CRM may mail the members who are new in it. Consent is theirs to give: no program sets it.
const keyNewMail = "import.mail"

// The two answers.
const (
	mailLater = "later"
	mailReady = "ready"
)

// toBeMailed is how many members the CRM mails only once the owner has seen to it: those who are new there, where it holds mail back from people whom a
// program brings in, and those who are there without a confirmed consent.
func (s *step) toBeMailed(state *checkpoint.State) int64 {
	waiting := count(state, Import, "plan.unconfirmed")
	if provider, ok := s.deps.provider(state); ok && provider.Mail.Held {
		// A plan that is made after the import knows them all already.
		return max(waiting+count(state, Import, "plan.new"), count(state, Tags, "created"))
	}
	return waiting
}

// mailFact says whom the CRM will not mail by itself, or mails at once.
func (s *step) mailFact(state *checkpoint.State) []wizard.Fact {
	provider, ok := s.deps.provider(state)
	fresh := count(state, Import, "plan.new")
	if !ok || fresh == 0 || provider.Mail.Words == "" {
		return nil
	}
	mark := wizard.MarkPlain
	if provider.Mail.Held && state.Answer(Import, keyNewMail) != mailReady {
		mark = wizard.MarkWarn
	}
	return []wizard.Fact{fact(mark, "Mail", say("%d {member is|members are} new in the CRM. ", fresh)+provider.Mail.Words)}
}

// mailQuestion asks whether that has been seen to. Step 10 takes no choice of the CRM as sender before that.
func (s *step) mailQuestion(state *checkpoint.State, name string) []wizard.Item {
	if s.toBeMailed(state) == 0 {
		return nil
	}
	return []wizard.Item{s.ask(state, wizard.Question{Key: keyNewMail, Label: "May " + name + " mail the members who are new there? (optional)", Default: mailLater,
		Help:    "Only they can agree to mail, so AllySwitch sets nothing. You can answer this later: step 10 asks for it when " + name + " is to send something.",
		Choices: []wizard.Choice{{Value: mailLater, Label: "Not yet: AccessAlly goes on sending"}, {Value: mailReady, Label: "Yes: those who have agreed are marked so in " + name}}})}
}

// notMailed says that the CRM is to send messages to members whom it does not mail.
func (s *step) notMailed(state *checkpoint.State, name string) string {
	waiting := s.toBeMailed(state)
	if len(sentBy(state, byCRM)) == 0 || waiting == 0 || state.Answer(Import, keyNewMail) == mailReady {
		return ""
	}
	provider, _ := s.deps.provider(state)
	text := say("%d {member is|members are} new in %s, or without a confirmed consent there, and may get none of what it is to send. ", waiting, name)
	if provider.Mail.Held {
		text += provider.Mail.Words + " "
	}
	return text + fmt.Sprintf("Then answer the question in step 4, May %s mail the members who are new there, or let AccessAlly send.", name)
}
