package papers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
)

const guideHead = `# Guide for owners

This is what AllySwitch says and asks, page by page, in the words of its screens: to read before you begin, or to follow along on paper.
Where it says *your CRM*, the screen has its name. Some boxes and questions appear only when there is a reason; here you see all of them. An N stands for a number that the screen names.

Each page has its picture, as it opens in ` + "`allyswitch demo`" + `; [all pictures](screens/README.md) are there in other sizes and colours too.

On every page: Enter does what is marked, Space ticks a box, Tab goes to the next thing, Esc goes back, F1 explains, ` + "`q`" + ` leaves. Nothing is lost by leaving or going back.

**If you stop in the middle:** start AllySwitch again, and it goes on where you were. Keys are asked for again, because they are never saved.

This page is made from the program by ` + "`go generate ./internal/papers`" + `. Do not edit it.
`

// Guide is docs/guide.md: one chapter a step, from the same sheets as the screens.
func Guide() string {
	var out strings.Builder
	out.WriteString(guideHead)
	chapters, pictures := map[string][]chapter{}, map[string]string{}
	var order []string
	for _, entry := range registry.All() {
		deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil)}
		state := steps.Unfolded(deps, entry.Provider.ID)
		path := wizard.Path(append(steps.All(deps), steps.Tools(deps)...))
		for place, step := range path {
			name := path.Name(step)
			if chapters[name] == nil {
				order = append(order, name)
				pictures[name] = picture(path, place)
			}
			chapters[name] = append(chapters[name], newChapter(entry.Provider, step.(wizard.Sheeted).Sheet(state)))
		}
	}
	for _, name := range order {
		fmt.Fprintf(&out, "\n## %s\n\n![%s](screens/%s)\n", capital(name), capital(name), pictures[name])
		write(&out, chapters[name])
	}
	return strings.TrimRight(strings.ReplaceAll(out.String(), "\n\n\n", "\n\n"), "\n") + "\n"
}

// picture is the file of a page's picture, as it opens in the demo: scripts/screens numbers the pages in this order, and puts six others before the tools.
func picture(path wizard.Path, place int) string {
	number := place
	if tool, ok := path[place].(wizard.Beside); ok && tool.Beside() {
		number += 6
	}
	return fmt.Sprintf("%02d-%s-80x24-dark.png", number, path[place].ID())
}

// chapter is what one step says for one CRM: sections of lines.
type chapter struct {
	crm      string
	sections map[string][]line
}

// line is a line as the screen has it, and as it is for any CRM.
type line struct{ said, common string }

// headings are the parts of a chapter, in order. They are those of the screen.
var headings = []string{"", "Warnings", "What you do", "How you know that it is done", "Good to know"}

func newChapter(provider crm.Provider, sheet wizard.Sheet) chapter {
	c := chapter{crm: provider.Name, sections: map[string][]line{}}
	add := func(heading string, texts ...string) {
		for _, text := range texts {
			if text = madeUp.Replace(strings.Join(strings.Fields(text), " ")); text != "" && !aboutNow(text) {
				c.sections[heading] = append(c.sections[heading], line{said: text, common: unnamed(text, provider)})
			}
		}
	}
	add("", sheet.Does...)
	add("Warnings", sheet.Warnings...)
	for _, item := range sheet.Items {
		add("What you do", told(item))
	}
	add("How you know that it is done", sheet.Known)
	add("Good to know", sheet.Help...)
	return c
}

// madeUp are the figures and texts of a migration that there is not: see steps.Unfolded.
var madeUp = strings.NewReplacer("accept 1", "accept N", "at least 0 tags: so many your members have", "at least as many tags as your members have", ": x.", ".", " Look for x", "", "** x", "**", "would be 0 contacts, the plan allows 0", "would be more contacts than the plan allows",
	"Decide about all 2 at once", "Decide about all at once", "the number of people: 1.", "the number of people.", "for up to 1 people", "for up to N people", "these files: .", "these files.",
	"look at 1 member", "look at the members", "at 1 member ", "at the members ", "1 members", "the members")

// aboutNow says that a line is about the state of a migration, and not about the step, or about the second of two that are alike.
func aboutNow(line string) bool {
	return strings.HasPrefix(line, `Finish "`) || strings.HasPrefix(line, `**Answer: "another"`) || strings.HasPrefix(line, "Something that this step rests on")
}

// unnamed puts "your CRM" where a CRM is named, so that what is said of all is written once.
func unnamed(text string, provider crm.Provider) string {
	if strings.HasPrefix(text, "**Answer: The CRM you move to") {
		return text
	}
	for _, name := range []string{provider.AccessAllyName, provider.Name} {
		if name != "" {
			text = regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).ReplaceAllString(text, "your CRM")
		}
	}
	text = strings.ReplaceAll(text, ". your CRM", ". Your CRM")
	if strings.HasPrefix(text, "your CRM") {
		text = "Y" + text[1:]
	}
	return text
}

// told is an item in a line of Markdown.
func told(item wizard.Item) string {
	switch item := item.(type) {
	case wizard.Question:
		return "**Answer: " + ended(item.Label) + "** " + item.Help + choicesOf(item) + orType(item)
	case wizard.Tick:
		return "**Tick: " + ended(item.Text) + "**" + optional(item.Optional) + where(item.Where, item.Look) + noted(item.Note)
	case wizard.Task:
		return "**The machine: " + ended(item.Label) + "** " + item.Help
	case wizard.Instruction:
		return "**" + ended(item.Text) + "**" + where(item.Where, item.Look)
	case wizard.Table:
		return "**Look through: " + ended(item.Title) + "**" + actions(item.Actions)
	}
	return ""
}

// ended puts a full stop behind what has no sign at its end.
func ended(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func choicesOf(question wizard.Question) string {
	var names []string
	for _, choice := range question.Choices {
		text := choice.Label
		if choice.Help != "" {
			text += " (" + strings.TrimSuffix(choice.Help, ".") + ")"
		}
		names = append(names, text)
	}
	if len(names) == 0 {
		return ""
	}
	return " Choices: " + strings.Join(names, "; ") + "."
}

func orType(question wizard.Question) string {
	switch {
	case question.Confirm != "" && !strings.Contains(question.Help, question.Confirm):
		return " To confirm, you type: " + question.Confirm + "."
	case question.Secret:
		return " It is a secret: it is never shown and never saved."
	}
	return ""
}

func optional(yes bool) string {
	if yes {
		return " (Only if it applies.)"
	}
	return ""
}

// where is a menu path, and what to look for there.
func where(path []string, look string) string {
	text := ""
	if len(path) > 0 {
		text += " Go to " + strings.Join(path, " › ") + "."
	}
	if look != "" {
		text += " Look for " + look
	}
	return text
}

func noted(note string) string {
	if note == "" {
		return ""
	}
	return " It asks for a note: " + note
}

func actions(all []wizard.RowAction) string {
	var names []string
	for _, action := range all {
		names = append(names, fmt.Sprintf("`%s` %s", action.Key, action.Label))
	}
	if len(names) == 0 {
		return ""
	}
	return " Keys: " + strings.Join(names, ", ") + "."
}

// write writes what all CRMs have in common, and in its place what each has of its own.
func write(out *strings.Builder, chapters []chapter) {
	for _, heading := range headings {
		common, own := apart(chapters, heading)
		if len(common)+len(own) == 0 {
			continue
		}
		if heading != "" {
			fmt.Fprintf(out, "\n### %s\n", heading)
		}
		out.WriteString("\n")
		for place := range len(common) + 1 {
			writeOwn(out, chapters, own, place)
			if place < len(common) {
				writeLine(out, heading, common[place])
			}
		}
	}
}

func writeLine(out *strings.Builder, heading, text string) {
	if heading == "" {
		out.WriteString(text + "\n\n")
		return
	}
	out.WriteString("- " + text + "\n")
}

// writeOwn writes what some CRMs have at a place. Those that have the same are named together.
func writeOwn(out *strings.Builder, chapters []chapter, own map[slot][]line, place int) {
	names, lines := map[string][]string{}, map[string][]line{}
	var order []string
	for _, c := range chapters {
		here := own[slot{c.crm, place}]
		if len(here) == 0 {
			continue
		}
		key := ""
		for _, one := range here {
			key += one.common + "\n"
		}
		if names[key] == nil {
			order = append(order, key)
		}
		names[key], lines[key] = append(names[key], c.crm), here
	}
	for _, key := range order {
		fmt.Fprintf(out, "- In %s:\n", listed(names[key]))
		for _, one := range lines[key] {
			text := one.said
			if len(names[key]) > 1 {
				text = one.common
			}
			out.WriteString("  - " + text + "\n")
		}
	}
}

// listed joins names as a sentence does.
func listed(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// slot is a place before the line of that number that all have in common, for one CRM.
type slot struct {
	crm   string
	place int
}

// apart parts the lines that all chapters have from those that some have, and remembers between which of the former these stand.
func apart(chapters []chapter, heading string) (common []string, own map[slot][]line) {
	for _, one := range chapters[0].sections[heading] {
		if everybody(chapters, heading, one.common) && !slices.Contains(common, one.common) {
			common = append(common, one.common)
		}
	}
	own = map[slot][]line{}
	for _, c := range chapters {
		place := 0
		for _, one := range c.sections[heading] {
			if at := slices.Index(common, one.common); at >= 0 {
				place = max(place, at+1)
				continue
			}
			own[slot{c.crm, place}] = append(own[slot{c.crm, place}], one)
		}
	}
	return common, own
}

func everybody(chapters []chapter, heading, text string) bool {
	for _, c := range chapters {
		if !slices.ContainsFunc(c.sections[heading], func(one line) bool { return one.common == text }) {
			return false
		}
	}
	return true
}
