package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// Keys draws key hints on one line. The last ones given are kept longest: hints are dropped from before keep when the line is too narrow.
func (t Theme) Keys(hints []key.Binding, keep []key.Binding, width int) string {
	hints = enabled(hints)
	for {
		line := t.keyLine(append(append([]key.Binding{}, hints...), enabled(keep)...))
		if Width(line) <= width || len(hints) == 0 {
			return t.Cut(line, width)
		}
		hints = hints[:len(hints)-1]
	}
}

func (t Theme) keyLine(hints []key.Binding) string {
	parts := make([]string, len(hints))
	for i, hint := range hints {
		parts[i] = t.Key.Render(t.keyName(hint.Help().Key)) + " " + t.Quiet.Render(hint.Help().Desc)
	}
	return " " + strings.Join(parts, t.Signs.Dot)
}

// keyName spells arrows out where they cannot be drawn.
func (t Theme) keyName(name string) string {
	if t.Signs.Down == "v" {
		return strings.NewReplacer("↑", "Up", "↓", "Down").Replace(name)
	}
	return name
}

func enabled(hints []key.Binding) []key.Binding {
	var out []key.Binding
	for _, hint := range hints {
		if hint.Enabled() && hint.Help().Key != "" {
			out = append(out, hint)
		}
	}
	return out
}
