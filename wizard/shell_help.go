package wizard

import "charm.land/bubbles/v2/key"

// helpText is what F1 opens: about the step, the keys, what to tell support.
func (s *Shell) helpText() *sheetText {
	var texts []string
	if helper, ok := s.screen.(interface{ Help() []string }); ok {
		texts = append(texts, helper.Help()...)
	}
	if len(texts) > 0 {
		texts = append(texts, "")
	}
	texts = append(texts, tellHeading, "You are at "+s.path.Code(s.shown)+", in AllySwitch "+s.version+".", "", hereHeading)
	for _, column := range s.screen.FullHelp() {
		texts = append(texts, keyTexts(column)...)
	}
	texts = append(texts, "", alwaysHeading)
	return &sheetText{
		title: "Help: " + s.shown.Title(), paragraphs: append(texts, keyTexts(globalKeys())...),
		headings: []string{tellHeading, hereHeading, alwaysHeading},
	}
}

// The headings of the help.
const (
	tellHeading   = "What to tell support"
	hereHeading   = "Keys on this page"
	alwaysHeading = "Keys that always work"
)

func globalKeys() []key.Binding {
	return []key.Binding{
		hint("esc", "back; nothing is lost"),
		hint("F1", "this help (? too, when you are not typing)"),
		hint("ctrl+l", "all steps (l too, when you are not typing)"),
		hint("ctrl+y", "copy what has the focus"),
		hint("ctrl+x", "privacy: replace names and addresses, for sharing the screen"),
		hint("ctrl+s", "a file for support, to look at before it is written"),
		hint("ctrl+p", "a line for support to dictate"),
		hint("ctrl+g", "menu paths one click a line"),
		hint("ctrl+r", "draw the screen anew, when it looks broken"),
		hint("ctrl+c", "stop the work that runs, or leave; twice leaves at once"),
		hint("q", "leave, when you are not typing"),
	}
}

func keyTexts(keys []key.Binding) []string {
	var texts []string
	for _, binding := range keys {
		texts = append(texts, "  "+binding.Help().Key+": "+binding.Help().Desc)
	}
	return texts
}
