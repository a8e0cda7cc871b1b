package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// keyTagList is the answer that holds AccessAlly's own list of tags: the names, or a file with them.
const keyTagList = "tags.list"

// tagListItems put AccessAlly's whole list beside the CRM's. Tags that nobody has yet are not proven by looking at members, but forms and offerings use them.
func (s *step) tagListItems(state *checkpoint.State, name string) []wizard.Item {
	var items []wizard.Item
	// After the switch AccessAlly shows the CRM's own tags: there would be nothing to compare any more.
	if level(state) == levelCompanion && !Switched(state) {
		items = append(items, s.companionTask(state, wizard.Task{Key: "list-site", Label: "Read AccessAlly's list of tags from the site", Complete: s.doneWith(state, "list-site"),
			Help: "Settings, Tags, without copying. Changes nothing."}, s.readTagList))
	}
	items = append(items, s.ask(state, wizard.Question{Key: keyTagList, Label: "AccessAlly's list of tags (optional)", Validate: checkTagNames,
		Help: "From Settings, Tags: the names with | between them, or a file with one name a line. Then AllySwitch finds tags that nobody has yet, and names that look the same and are not."}))
	given := state.Answer(Tags, keyTagList)
	if given == "" && note(state, Tags, "list-from") != fromSite {
		return items
	}
	items = append(items, s.crmTask(state, wizard.Task{Key: "compare", Label: "Compare the list with " + name, Required: true, Complete: s.listCompared(state), Help: "Changes nothing."},
		s.compareTagList(given, note(state, Tags, "list-from"))))
	if note(state, Tags, "list") == "" {
		return items
	}
	items = append(items, s.table("tag-list", "Tags side by side (saved in tag-list.csv)", migration.TagListFile,
		[]wizard.Column{{Title: "State", Width: 9}, {Title: "In AccessAlly", Width: 26}, {Title: "In the CRM", Width: 26}, {Title: "Members", Width: 7}, {Title: "Note"}}, "state", "accessally", "crm", "people", "note"))
	return append(items, s.makeTagItems(state, name)...)
}

// listCompared says that AccessAlly's list, as it was last given or read, has been put beside the CRM's.
func (s *step) listCompared(state *checkpoint.State) bool {
	return s.doneWith(state, "compare") && note(state, Tags, "list-compared") == state.Answer(Tags, keyTagList)+note(state, Tags, "list-from")
}

// everyTag asks for the tags that nobody has yet: reading members back proves nothing about them, and the next buyer needs them (AccessAlly, Switch: add all tags
// to your CRM). A list that was compared answers for itself, and what is missing in it has to be made.
func (s *step) everyTag(state *checkpoint.State, name string) []wizard.Item {
	implicit := tagsImplicit(state.CRM.Provider)
	if s.listCompared(state) && (!implicit || count(state, Tags, "list-missing") == 0) {
		return nil
	}
	besides := fmt.Sprintf("What is there besides, add in %s by hand, or give AllySwitch the list above.", name)
	if implicit {
		besides = fmt.Sprintf("%s knows a tag only once somebody has it. Give AllySwitch the list above: it can put what is there besides on a made-up contact.", name)
	}
	return []wizard.Item{s.tick(state, wizard.Tick{Key: "every-tag", Text: "Every tag of AccessAlly's own list is in " + name + ", under the same name, also those that nobody has yet", Where: accessAlly("Settings", "Tags"),
		Look: fmt.Sprintf("at least %s: so many your members have. %s", several(count(state, EditCSV, "tags"), "tag"), besides)})}
}

// fromSite says that the list was read from the site.
const fromSite = "the site"

func (s *step) readTagList(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
	names, err := migration.ReadTagList(ctx, s.deps.Folder, with, report)
	if err != nil {
		return nil, err
	}
	return func(state *checkpoint.State) {
		setCount(state, Tags, "listed", names)
		setNote(state, Tags, "list-from", fromSite)
		delete(state.Step(Tags).Answers, keyTagList)
	}, nil
}

func (s *step) compareTagList(given, from string) func(context.Context, migration.Deps, job.Reporter) (wizard.Change, error) {
	return func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
		if given != "" {
			names, err := tagNames(given)
			if err != nil {
				return nil, err
			}
			if _, err := migration.KeepTagList(deps.Folder, names); err != nil {
				return nil, err
			}
		}
		list, err := migration.CompareTagList(ctx, deps, report)
		if err != nil {
			return nil, err
		}
		return keepTagList(list, given+from), nil
	}
}

func keepTagList(list migration.TagList, from string) wizard.Change {
	return func(state *checkpoint.State) {
		setNote(state, Tags, "list", list.Sentence())
		setNote(state, Tags, "list-compared", from)
		for key, value := range map[string]int{"list-missing": list.Missing, "list-differ": list.Differ, "list-strangers": list.Strangers} {
			setCount(state, Tags, key, value)
		}
	}
}

// makeTagItems offer to make what is missing, where the CRM knows tags that nobody has.
func (s *step) makeTagItems(state *checkpoint.State, name string) []wizard.Item {
	missing, from := count(state, Tags, "list-missing"), note(state, Tags, "list-compared")
	provider, _ := s.deps.provider(state)
	switch {
	case missing == 0:
		return nil
	case tagsImplicit(provider.ID):
		return s.carryTagItems(state, name)
	}
	return []wizard.Item{s.crmTask(state, wizard.Task{Key: "make", Label: "Make the missing tags in " + name, Required: s.listCompared(state), Help: fmt.Sprintf("%s. Nobody gets a tag by that. What is there in another spelling is left alone.", several(missing, "tag"))},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			if _, err := migration.MakeTagList(ctx, deps, report); err != nil {
				return nil, err
			}
			list, err := migration.CompareTagList(ctx, deps, report)
			if err != nil {
				return nil, err
			}
			return keepTagList(list, from), nil
		})}
}

// keyTagDomain is the answer at which domain the made-up contact is that carries tags nobody has.
const keyTagDomain = "tags.domain"

// carryTagItems are for a CRM in which a tag exists only once somebody has it. Without that, AccessAlly cannot show revoke, failed-payment or module tags in
// step 9 as long as no member has them.
func (s *step) carryTagItems(state *checkpoint.State, name string) []wizard.Item {
	missing, from, domain := count(state, Tags, "list-missing"), note(state, Tags, "list-compared"), state.Answer(Tags, keyTagDomain)
	return []wizard.Item{
		wizard.Instruction{Text: fmt.Sprintf("%s knows a tag only once somebody has it. AccessAlly may not offer %s in step 9 before that: tags for failed payments or revoked access, for example.", name, several(missing, "such tag", "such tags"))},
		s.ask(state, wizard.Question{Key: keyTagDomain, Label: "A domain of yours for a made-up contact (optional)", Validate: checkDomain,
			Help: "A contact that nobody is gets these tags, at an address canary+… of this domain. It counts as a contact, and is removed on the last page."}),
		s.crmTask(state, wizard.Task{Key: "make", Label: "Put the missing tags on a made-up contact", Locked: lockedWithout(domain, "Name a domain of yours first."),
			Help: "Tags can start workflows for this one contact, and for nobody else. It is read back, and noted in the journal."},
			func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
				if _, err := migration.CarryTagList(ctx, deps, strings.ToLower(domain), report); err != nil {
					return nil, err
				}
				canaries, err := migration.LoadCanaries(deps.Folder)
				if err != nil {
					return nil, err
				}
				list, err := migration.CompareTagList(ctx, deps, report)
				if err != nil {
					return nil, err
				}
				keep := keepTagList(list, from)
				return func(state *checkpoint.State) {
					keep(state)
					setCount(state, Import, "canaries", canaries.Alive())
					setCount(state, Import, "canaries-sent", len(canaries.All))
				}, nil
			})}
}

// tagsImplicit says that a tag cannot be made before somebody gets it (Drip: its API reference, Tags).
func tagsImplicit(provider string) bool { return provider == "drip" }

// tagNames are the names of an answer: those in a file, one a line, or those in the answer itself.
func tagNames(given string) ([]string, error) {
	path := cleanPath(given)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return listed(given), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the list of tags: %w", err)
	}
	const most = 1 << 20
	if len(data) > most {
		return nil, errors.New("this file is too big for a list of tags: it should have one name a line")
	}
	var names []string
	for _, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		if line = strings.Trim(strings.TrimSpace(line), `"`); line != "" {
			names = append(names, line)
		}
	}
	return names, nil
}

func checkTagNames(given string) error {
	names, err := tagNames(given)
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return errors.New("there is no name in this list")
	case len(names) == 1 && strings.ContainsAny(given, `/\`):
		return checkFile(given)
	}
	return nil
}

func tagListFacts(state *checkpoint.State) []wizard.Fact {
	text := note(state, Tags, "list")
	if text == "" {
		return nil
	}
	mark := wizard.MarkGood
	switch {
	case count(state, Tags, "list-differ")+count(state, Tags, "list-strangers") > 0:
		mark = wizard.MarkBad
	case count(state, Tags, "list-missing") > 0:
		mark = wizard.MarkWarn
	}
	return []wizard.Fact{fact(mark, "The list", text)}
}
