package steps

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

func newStart(deps *Deps) *step {
	s := &step{id: Start, title: "What moves where", deps: deps}
	s.inputs = restsOn(theCRM)
	s.sheet = s.startSheet
	s.answered = s.startAnswered
	s.advanced = s.advancedQuestions
	return s
}

func (s *step) startSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	sheet := wizard.Sheet{
		Level: level(state),
		Does: []string{
			"AllySwitch moves your members from AccessAlly Managed to a CRM, in 13 steps. What can be done by machine is done by machine. For the rest it tells you where to click, and what to look for.",
			"The order: the site is closed (step 1), the members go into the CRM with their tags (2 to 5), AccessAlly is switched over (6 to 8), items, automations, users and payments are matched (9 to 12), and all of it is tested (13).",
			"You can stop at any moment. Everything is saved, and the next start goes on where you left off.",
		},
		Warnings: append([]string{
			"Tags decide who may open what. The usual way, a file without tags, locks paying members out. AllySwitch carries the tags over and proves it for every member before you switch.",
			"Until step 7 nobody's access is changed. The site is only closed while you work, from step 1 on.",
		}, slices.Concat(s.switchedBefore(state), notLoggedIn(state), s.kindDoubt(state))...),
		Known: fmt.Sprintf("The site and the CRM are chosen, %s has accepted your key, and the boxes about the backup and the second administrator are ticked.", name),
		Help: []string{
			fmt.Sprintf("AccessAlly's own guides say %s of work by hand, and hours more for checklists and checks. With AllySwitch most of the time is the CRM's own speed limit: step 4 says how long, before anything is sent.", byHand(state.CRM.Provider)),
			"Keys are kept in memory only, unless you choose the keychain. After a restart they are asked for again. They can also come from the environment: ALLYSWITCH_CRM_KEY.",
			"AccessAlly's checklist for a move also names: a list of the automations and of the custom fields that you have, and the transactions at Stripe and PayPal. Save them before step 1. It has a guide of its own for each CRM, too.",
			"Tell support: which CRM, how many members, and whether this is the live site or a staging copy.",
		},
	}
	sheet.Items = append(sheet.Items, s.ask(state, wizard.Question{Key: "site.url", Label: "Address of your site", Required: true,
		Help: "As you type it in the browser: https://members.example.com", Validate: s.checkSameSite(state)}))
	sheet.Items = append(sheet.Items, s.ask(state, wizard.Question{Key: "crm.provider", Label: "The CRM you move to", Required: true, Choices: s.deps.choices(), Validate: s.checkSameCRM(state)}))
	if provider, ok := s.deps.provider(state); ok {
		sheet.Items = append(sheet.Items, s.connectItems(state, provider)...)
		sheet.Did = s.accountFacts(state)
	}
	sheet.Did = append(sheet.Did, s.siteFacts(state)...)
	sheet.Items = append(sheet.Items, s.siteItems(state)...)
	sheet.Items = append(sheet.Items, s.preflight(state)...)
	lockedHere(sheet.Items)
	return sheet
}

// lockedHere says above where other steps say on which page an answer is missing: this is that page.
func lockedHere(items []wizard.Item) {
	for i, item := range items {
		if task, ok := item.(wizard.Task); ok {
			task.Locked = strings.Replace(task.Locked, " on the Start page first", " above first", 1)
			items[i] = task
		}
	}
}

func (d *Deps) choices() []wizard.Choice {
	var choices []wizard.Choice
	for _, entry := range d.CRMs {
		choices = append(choices, wizard.Choice{Value: entry.Provider.ID, Label: entry.Provider.Name})
	}
	return choices
}

// connectItems asks for what this CRM needs, and checks it.
func (s *step) connectItems(state *checkpoint.State, provider crm.Provider) []wizard.Item {
	items := []wizard.Item{wizard.Instruction{Text: "Where the key is in " + provider.Name, Where: provider.Guide.Where, Look: provider.Guide.LooksLike}}
	items = append(items, s.credentialQuestions(state, provider)...)
	items = append(items, s.keepQuestion(state)...)
	_, values, missing := s.deps.settings(state)
	items = append(items, s.do(state, wizard.Task{Key: "connect", Label: "Check the key with " + provider.Name, Required: true,
		Help: "Asks the CRM whose key this is. Nothing is changed.", Locked: missing, Complete: state.CRM.Fingerprint != "" && note(state, Start, "checked-provider") == provider.ID,
		Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			return s.deps.checkKey(ctx, provider, values, state.CRM, report)
		}}))
	return items
}

func (s *step) credentialQuestions(state *checkpoint.State, provider crm.Provider) []wizard.Item {
	var items []wizard.Item
	for _, option := range provider.Options {
		if question := s.credential(state, option); !option.Advanced || question.Value != "" {
			items = append(items, question)
		}
	}
	return items
}

// advancedQuestions are the settings that are not shown as long as they are empty.
func (s *step) advancedQuestions(state *checkpoint.State) []wizard.Question {
	provider, _ := s.deps.provider(state)
	var questions []wizard.Question
	for _, option := range provider.Options {
		if question := s.credential(state, option); option.Advanced && question.Value == "" {
			questions = append(questions, question)
		}
	}
	return questions
}

func (s *step) credential(state *checkpoint.State, option crm.Option) wizard.Question {
	help := option.Help
	if option.Example != "" {
		help += " For example " + option.Example + "."
	}
	return s.ask(state, wizard.Question{Key: option.Key, Label: option.Label, Help: help, Secret: option.Secret, Env: option.Env,
		Required: option.Required && (!option.Secret || state.CRM.Fingerprint == "")})
}

// checkKey asks the CRM whose key this is, and binds the migration to that account.
func (d *Deps) checkKey(ctx context.Context, provider crm.Provider, values map[string]string, began checkpoint.CRM, report job.Reporter) (wizard.Change, error) {
	report.Phase("Asking "+provider.Name+" whose key this is", 0)
	deps, err := d.connect(migration.Deps{Folder: d.Folder}, provider, values)
	if err != nil {
		return nil, err
	}
	account, err := deps.CRM.Check(ctx)
	if err != nil {
		return nil, err
	}
	found := crm.Fingerprint(provider, account)
	if began.Fingerprint != "" && began.Provider == provider.ID && began.Fingerprint != found {
		return nil, otherAccount(began.AccountName, account.Name)
	}
	return func(state *checkpoint.State) {
		state.CRM = checkpoint.CRM{Provider: provider.ID, URL: values["crm.url"], Account: account.ID, AccountName: account.Name, Fingerprint: found}
		setNote(state, Start, "checked-provider", provider.ID)
		setNote(state, Start, "user", account.User)
		setCount(state, Start, "limit", account.ContactLimit)
		setCount(state, Start, "contacts", account.Contacts)
	}, nil
}

func otherAccount(began, now string) error {
	return &told{err: errors.New("the key opens another account"), refused: true, words: wizard.Explanation{
		What:  fmt.Sprintf("This key opens the account %q. The migration began with %q.", now, began),
		Means: "Nothing was sent. " + safe,
		Now:   "Give the key of the first account. To move to another one, begin a new migration in a new folder.",
		Code:  "ALLY-ACCOUNT",
	}}
}

func (s *step) accountFacts(state *checkpoint.State) []wizard.Fact {
	if state.CRM.Fingerprint == "" {
		return nil
	}
	facts := []wizard.Fact{fact(wizard.MarkGood, "Account", state.CRM.AccountName)}
	limit, contacts := count(state, Start, "limit"), count(state, Start, "contacts")
	switch {
	case limit >= 0 && contacts >= 0:
		facts = append(facts, fact(wizard.MarkPlain, "Contacts", say("%d now, the plan allows %d", contacts, limit)))
	case contacts >= 0:
		facts = append(facts, fact(wizard.MarkPlain, "Contacts", say("%d now; the CRM does not tell what the plan allows", contacts)))
	default:
		facts = append(facts, fact(wizard.MarkUnknown, "Contacts", "the CRM does not tell"))
	}
	return facts
}

func (s *step) startAnswered(state *checkpoint.State, key, value string) error {
	switch key {
	case "site.url":
		state.Site.URL = siteURL(value)
	case keySecondAdmin:
		forgetSecond(state)
	case "crm.provider":
		if state.CRM.Provider != value {
			forgetCRM(state)
			state.CRM.Provider = value
		}
	}
	question := wizard.Question{Key: key}
	for _, asked := range s.Questions(state) {
		if asked.Key == key {
			question = asked
		}
	}
	if key == keepInKeychain || question.Secret && state.Answer(Start, keepInKeychain) == "yes" {
		return s.keepOrNot(state)
	}
	return nil
}

// keepOrNot puts the secrets into the keychain. One that takes nothing is not asked again: otherwise no key could be given any more.
func (s *step) keepOrNot(state *checkpoint.State) error {
	err := s.deps.keepSecrets(state)
	if err != nil {
		setAnswer(state.Step(Start), keepInKeychain, "no")
	}
	return err
}

// siteURL is the address in one spelling: with its scheme, without what follows the front page.
func siteURL(typed string) string {
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	address, err := url.Parse(typed)
	if err != nil {
		return typed
	}
	path, _, _ := strings.Cut(address.Path, "/wp-admin")
	return address.Scheme + "://" + strings.ToLower(address.Host) + strings.TrimSuffix(path, "/")
}

func checkSiteURL(typed string) error {
	address, err := url.Parse(siteURL(typed))
	if err != nil || address.Host == "" || strings.ContainsAny(typed, " \t") {
		return errors.New("this is not the address of a site; it looks like https://members.example.com")
	}
	if address.Scheme != "https" && (address.Scheme != "http" || !site.Loopback(address.Hostname())) {
		return errors.New("the address has to begin with https, so that nobody can read along")
	}
	return nil
}

// checkSameSite takes no other site once members of this one are in the CRM: an answers file of another site, for example, would mix the two.
func (s *step) checkSameSite(state *checkpoint.State) func(string) error {
	began, sent := state.Site.URL, count(state, Import, "arrived") > 0
	return func(typed string) error {
		if err := checkSiteURL(typed); err != nil || !sent || sameSite(began, siteURL(typed)) {
			return err
		}
		return fmt.Errorf("this migration is of %s, and its members are in the CRM already. For another site begin a new migration in a new folder, with --dir. Nothing was changed", began)
	}
}

// checkSameCRM takes no other CRM after the switch: the site works with this one, and the account that the migration is bound to would be forgotten.
func (s *step) checkSameCRM(state *checkpoint.State) func(string) error {
	began, name, switched := state.CRM.Provider, s.deps.crmName(state), Switched(state)
	return func(chosen string) error {
		if !switched || chosen == began {
			return nil
		}
		return fmt.Errorf("by step 7 AccessAlly on the site works with %s. For another CRM begin a new migration in a new folder, with --dir. If step 7 is not done, take its ticks back first. Nothing was changed", name)
	}
}

// sameSite says that two addresses are of one site: the host counts, with or without www.
func sameSite(a, b string) bool { return host(a) == host(b) }

// host is the host of an address, without www: by it people know a site.
func host(text string) string {
	address, err := url.Parse(text)
	if err != nil {
		return text
	}
	return strings.TrimPrefix(strings.ToLower(address.Host), "www.")
}

// forgetCRM drops what belonged to another CRM.
func forgetCRM(state *checkpoint.State) {
	state.CRM = checkpoint.CRM{}
	answers := state.Step(Start).Answers
	for key := range answers {
		if strings.HasPrefix(key, "crm.") && key != "crm.provider" {
			delete(answers, key)
		}
	}
}
