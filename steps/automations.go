package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
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
		Does: []string{
			fmt.Sprintf("Now you decide, message by message, whether AccessAlly or %s sends it, and set up the automations you need.", name),
			"AllySwitch shows what is there, what your members' tags would start, and which offering has no automation yet.",
		},
		Warnings: []string{
			"If both send the same message, everybody gets it twice. Decide for one.",
			"Before you switch an automation on, see that it starts for new tags only, not for everybody who has the tag already.",
		},
		Did:   s.reviewFacts(state, name),
		Items: s.automationItems(state, name),
		Known: "Every message has exactly one sender, and no imported member was mailed.",
		Help: []string{
			"A CRM automation usually goes: a tag starts it, it adds the access tags, calls the webhook, waits a little, sends the mail.",
			"\"Not known\" beside an offering means that the CRM does not say what starts its automations. It does not mean that there is none.",
			"You may keep AccessAlly Emails and come back to this later.",
			"Tell support: what stands under \"So far\", and the name of the automation in question. If members were mailed by mistake, pause it first.",
		},
	}
}

func (s *step) automationItems(state *checkpoint.State, name string) []wizard.Item {
	offerings := s.offerings(state)
	names := offeringNames(offerings)
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "look", Label: "See what is in " + name, Required: true, Complete: s.doneWith(state, "look") && note(state, Automations, "looked-for") == names,
		Help: "Reads what can start by itself, and compares it with your tags and offerings. Changes nothing. Look again after you have set something up."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			review, err := migration.ReviewAutomations(ctx, deps, offerings, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				keepReview(state, review)
				setNote(state, Automations, "looked-for", names)
			}, nil
		})}
	if s.doneWith(state, "look") {
		items = append(items, s.reviewTables(state)...)
	}
	items = append(items, wizard.Instruction{Text: "The recipe of every offering is in AccessAlly.", Where: accessAlly("Offerings", "an offering", "Automations"),
		Look: "the tag that starts it, the tags that give access, the webhook and the mail."})
	for _, message := range messages() {
		items = append(items, s.ask(state, wizard.Question{Key: message.key, Label: "Who sends " + message.label + "? (optional)", Default: byAccessAlly, Help: message.help,
			Choices: []wizard.Choice{{Value: byAccessAlly, Label: "AccessAlly Emails, as until now"}, {Value: byCRM, Label: name}, {Value: byNobody, Label: "Nobody"}}}))
	}
	items = append(items, s.wokenItems(state)...)
	return append(items,
		doubt(s.tick(state, wizard.Tick{Key: "reviewed", Text: "Every offering has its automation, or is run by AccessAlly Emails", Note: "Which does what?"}), withoutAutomation(state, name)),
		doubt(s.tick(state, wizard.Tick{Key: "emails", Text: "For each message one sender is chosen", Where: accessAlly("Emails"),
			Look: s.senders(state, name)}), cmp.Or(nothingSends(state, name), s.notMailed(state, name))),
		doubt(s.tick(state, wizard.Tick{Key: "nobody-mailed", Text: "No automation has started for the imported members",
			Look: fmt.Sprintf("the number of people who entered each automation in %s today.", name)}), wokenDoubt(state)))
}

// Who sends a message.
const (
	byAccessAlly = "accessally"
	byCRM        = "crm"
	byNobody     = "nobody"
)

// message is a mail that either side can send.
type message struct{ key, label, help string }

// messages are the mails that AccessAlly Emails can send (AccessAlly, Emails guide).
func messages() []message {
	return []message{
		{"message.welcome", "the welcome with the log-in", "After a purchase. The CRM needs an automation that starts with the tag of the offering."},
		{"message.invoice", "the invoice", "After every payment. Most CRMs do not know the amounts: AccessAlly does."},
		{"message.payment-failed", "the mail about a failed payment", "The CRM needs an automation that starts with the tag for failed payments."},
		{"message.renewal", "the reminder of a renewal", "The CRM does not know the date of the next charge, unless it is put into a field."},
		{"message.module", "the mail about a new module", "The CRM needs an automation that starts with the tag of the module."},
		{"message.affiliate", "the mail about an affiliate's sale", "Only where the site has affiliates."},
	}
}

// senders says what has to be switched on and off for the decisions that were made.
func (s *step) senders(state *checkpoint.State, name string) string {
	var off []string
	for _, message := range messages() {
		if sender := state.Answer(Automations, message.key); sender == byCRM || sender == byNobody {
			off = append(off, message.label)
		}
	}
	if len(off) == 0 {
		return "welcome, invoice, payment failed, renewal reminder, module release, affiliate sale. AccessAlly goes on sending them."
	}
	return fmt.Sprintf("these, and switch them off: %s. Then see that the automation of each is on in %s.", strings.Join(off, ", "), name)
}

// sentBy are the messages that one side is to send.
func sentBy(state *checkpoint.State, sender string) []string {
	var all []string
	for _, message := range messages() {
		if state.Answer(Automations, message.key) == sender {
			all = append(all, message.label)
		}
	}
	return all
}

func keepReview(state *checkpoint.State, review migration.Review) {
	for key, value := range map[string]int{"active": review.Active, "ours": review.Ours, "may": review.May, "unclear": review.Unclear, "offerings": len(review.Offerings),
		"has": review.Count(migration.OfferingStarts), "perhaps": review.Count(migration.OfferingPerhaps), "none": review.Count(migration.OfferingNone), "unknown": review.Count(migration.OfferingUnknown)} {
		setCount(state, Automations, key, value)
	}
	keepEntrants(state, review.Entrants)
	setNote(state, Automations, "hidden", review.Hidden)
	var lacking []string
	for _, one := range review.Offerings {
		if one.Verdict == migration.OfferingNone {
			lacking = append(lacking, one.Offering)
		}
	}
	setNote(state, Automations, "lacking", strings.Join(lacking, "|"))
}

// runBy is who runs an offering, as the owner has decided in the list; empty while it is open.
func runBy(state *checkpoint.State, offering string) string {
	return note(state, Automations, "run."+offering)
}

// reviewTables show what is in the CRM, and the offerings beside it.
func (s *step) reviewTables(state *checkpoint.State) []wizard.Item {
	var items []wizard.Item
	automations := s.table("automations", "What is in the CRM (saved in automations.csv)", migration.AutomationsFile, []wizard.Column{{Title: "State", Width: 5}, {Title: "Kind", Width: 11}, {Title: "Name"}, {Title: "Starts with", Width: 26}, {Title: "Members", Width: 9}},
		"state", "kind", "name", "starts_with", "people")
	if automations.Rows > 0 {
		items = append(items, automations)
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.OfferingStartsFile)
	if rows.len() == 0 && s.deps.Folder != nil {
		return append(items, s.noOfferings(state))
	}
	decide := func(who string) func(int, string) (wizard.Change, error) {
		return func(row int, _ string) (wizard.Change, error) {
			offering := rows.cell(row, "offering")
			return func(state *checkpoint.State) { setNote(state, Automations, "run."+offering, who) }, nil
		}
	}
	return append(items, wizard.Table{Key: "offerings", Title: "Your offerings (saved in offering-automations.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "Automation", Width: 11}, {Title: "Offering", Width: 20}, {Title: "Members", Width: 8}, {Title: "Run by", Width: 18}, {Title: "Which"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "verdict"), rows.cell(i, "offering"), rows.cell(i, "people"), orText(runBy(state, rows.cell(i, "offering")), "not decided"), apart(rows.cell(i, "automations")) + noteAfter(rows.cell(i, "automations"), rows.cell(i, "note"))}
		},
		Actions: []wizard.RowAction{{Key: "a", Label: "AccessAlly Emails run it", Do: decide("AccessAlly Emails")}, {Key: "m", Label: "the CRM runs it", Do: decide("the CRM")}}})
}

func noteAfter(text, note string) string {
	if text != "" && note != "" {
		return ": " + note
	}
	return note
}

// noOfferings says what to do where the offerings are not known.
func (s *step) noOfferings(state *checkpoint.State) wizard.Item {
	return wizard.Instruction{Text: "AllySwitch does not know your offerings, so it cannot say which of them lack an automation. Name them in step 9, or compare the list above with AccessAlly yourself.", Where: accessAlly("Offerings")}
}

// withoutAutomation says which offerings nothing welcomes people to, although the CRM is to send the welcome.
func withoutAutomation(state *checkpoint.State, name string) string {
	var open []string
	for _, offering := range strings.Split(note(state, Automations, "lacking"), "|") {
		if who := runBy(state, offering); offering != "" && (who == "the CRM" || who == "" && state.Answer(Automations, "message.welcome") == byCRM) {
			open = append(open, offering)
		}
	}
	if len(open) == 0 {
		return ""
	}
	return fmt.Sprintf("nothing in %s starts with the tags of %s. Make the automation and look again, or let AccessAlly Emails run it: the key a in the list.", name, strings.Join(open, ", "))
}

// nothingSends says that messages are to come from a CRM in which nothing is switched on. Where the CRM does not show everything, that is not certain.
func nothingSends(state *checkpoint.State, name string) string {
	by := sentBy(state, byCRM)
	kept := state.Steps[Automations]
	if len(by) == 0 || kept == nil || kept.Tasks["look"].Outcome != outcomeDone || note(state, Automations, "hidden") != "" || count(state, Automations, "active") > 0 {
		return ""
	}
	return fmt.Sprintf("nothing is switched on in %s, so nobody would send: %s.", name, strings.Join(by, ", "))
}

func (s *step) reviewFacts(state *checkpoint.State, name string) []wizard.Fact {
	if !s.doneWith(state, "look") {
		return nil
	}
	facts := []wizard.Fact{fact(wizard.MarkPlain, "Switched on", switchedOn(state, name))}
	if hidden := note(state, Automations, "hidden"); hidden != "" {
		facts = append(facts, fact(wizard.MarkUnknown, "Not shown", hidden))
	}
	facts = append(facts, entrantsFacts(state, name)...)
	if all := count(state, Automations, "offerings"); all > 0 {
		mark := wizard.MarkGood
		switch {
		case count(state, Automations, "none") > 0:
			mark = wizard.MarkWarn
		case count(state, Automations, "unknown")+count(state, Automations, "perhaps") > 0:
			mark = wizard.MarkUnknown
		}
		facts = append(facts, fact(mark, "Offerings", offeringsWords(state)))
	}
	if n := count(state, Automations, "may"); n > 0 && state.Answer(Automations, "message.welcome") != byCRM {
		facts = append(facts, fact(wizard.MarkWarn, "Twice?", say("%d {automation|automations} may start with tags of your members while AccessAlly sends the welcome: see that they do not send the same", n)))
	}
	if by := sentBy(state, byCRM); len(by) > 0 {
		facts = append(facts, fact(wizard.MarkPlain, "By "+name, strings.Join(by, ", ")))
	}
	return facts
}

// switchedOn says what is switched on in the CRM, and how much of it could start for the members.
func switchedOn(state *checkpoint.State, name string) string {
	active, ours, unclear := count(state, Automations, "active"), count(state, Automations, "ours"), count(state, Automations, "unclear")
	if active == 0 {
		return "nothing that can be seen in " + name
	}
	text := say("%d {automation|automations} in %s", active, name)
	if ours > 0 {
		text += say("; %d {starts|start} with a tag of your members", ours)
	}
	if unclear > 0 {
		text += say("; of %d the CRM does not say which tags start {it|them}", unclear)
	}
	return text
}

// offeringsWords counts the offerings by what was found about them.
func offeringsWords(state *checkpoint.State) string {
	all := count(state, Automations, "offerings")
	of := several(all, "offering")
	var parts []string
	for _, one := range []struct{ key, one, many string }{{"has", " has an automation", " have an automation"}, {"perhaps", " perhaps has an automation", " perhaps have an automation"},
		{"none", " has no automation", " have no automation"}, {"unknown", ": not known whether it has an automation", ": not known whether they have an automation"}} {
		n := count(state, Automations, one.key)
		if n == 0 {
			continue
		}
		found := one.many
		if n == 1 {
			found = one.one
		}
		parts = append(parts, fmt.Sprintf("%s of %s%s", number(n), of, found))
		of = number(all) // of what, the first part has said
	}
	return strings.Join(parts, ", ")
}
