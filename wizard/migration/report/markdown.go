package report

import (
	"fmt"
	"strings"
)

// markdown writes the report in words, for a reader or a ticket that shows no pages.
func (r *Report) markdown() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# Migration report\n\n")
	if r.Redacted {
		fmt.Fprintf(&out, "Redacted for support: addresses, names, notes and the names of site and account are replaced by pseudonyms.\n\n")
	}
	if r.Demo {
		fmt.Fprintf(&out, "This is a demo: a made-up site and a sandbox CRM. Nobody was moved.\n\n")
	}
	fmt.Fprintf(&out, "**%s.** %s\n\n", plainText(r.Verdict.Word), plainText(r.Verdict.Sentence))
	if r.Verdict.Source != "" {
		fmt.Fprintf(&out, "%s\n\n", plainText(r.Verdict.Source))
	}
	for _, doubt := range r.Doubts {
		fmt.Fprintf(&out, "- %s\n", plainText(doubt))
	}
	fmt.Fprintln(&out)
	for _, fact := range r.Facts {
		fmt.Fprintf(&out, "- %s: %s\n", plainText(fact.Label), plainText(fact.Value.Words))
	}
	for _, section := range r.Sections {
		writeSection(&out, section)
	}
	fmt.Fprintf(&out, "\n## For a machine\n\n```json evidence\n%s\n```\n", r.Evidence.text())
	return []byte(out.String())
}

func writeSection(out *strings.Builder, section Section) {
	fmt.Fprintf(out, "\n## %s\n", plainText(section.Title))
	for _, words := range section.Words {
		fmt.Fprintf(out, "\n%s\n", plainText(words))
	}
	if len(section.Points) > 0 {
		fmt.Fprintln(out)
	}
	for _, point := range section.Points {
		fmt.Fprintf(out, "- %s\n", plainText(point.Words))
	}
	for _, chart := range section.Charts {
		fmt.Fprintf(out, "\n%s: %s\n", plainText(chart.Title), plainText(chart.Alt))
	}
	for _, table := range section.Tables {
		writeTable(out, table)
	}
	if section.Source != "" {
		fmt.Fprintf(out, "\n%s\n", plainText(section.Source))
	}
}

func writeTable(out *strings.Builder, table Table) {
	if len(table.Rows) == 0 {
		fmt.Fprintf(out, "\n%s: none.\n", plainText(table.Caption))
		return
	}
	fmt.Fprintf(out, "\n### %s\n\n", plainText(table.Caption))
	rule := ""
	for _, column := range table.Columns {
		fmt.Fprintf(out, "| %s ", plainText(column.Title))
		if column.Number {
			rule += "| ---: "
		} else {
			rule += "| --- "
		}
	}
	fmt.Fprintf(out, "|\n%s|\n", rule)
	for _, row := range table.Rows {
		for _, cell := range row {
			fmt.Fprintf(out, "| %s ", plainText(cell.Words))
		}
		fmt.Fprintln(out, "|")
	}
	if table.More != "" {
		fmt.Fprintf(out, "\n%s\n", plainText(table.More))
	}
}

// markup is every sign inside a line that Markdown, or HTML in it, could take for an order.
const markup = "\\`*_[]|~$"

// plainText writes a text so that Markdown shows it as it is. A colon before slashes, and www, are kept from becoming a link.
func plainText(text string) string {
	var out strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '&':
			out.WriteString("&amp;")
		case strings.ContainsRune(markup, r):
			out.WriteString("\\" + string(r))
		default:
			out.WriteRune(r)
		}
	}
	escaped := strings.ReplaceAll(out.String(), "://", ":\\/\\/")
	escaped = strings.ReplaceAll(escaped, "www.", "www\\.")
	return leading(escaped)
}

// leading keeps a text from becoming a list or a rule by how it begins.
func leading(text string) string {
	after := strings.TrimLeft(text, "0123456789")
	switch {
	case text != "" && strings.ContainsRune("-+#=:", rune(text[0])):
		return "\\" + text
	case len(after) < len(text) && (strings.HasPrefix(after, ". ") || strings.HasPrefix(after, ") ")):
		return text[:len(text)-len(after)] + "\\" + after
	}
	return text
}
