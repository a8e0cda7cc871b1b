package wizard

import "strings"

// Pending says what a sheet still waits for, one short phrase an item, in order.
func Pending(sheet Sheet) []string {
	var open []string
	for _, item := range sheet.Items {
		if text := Waits(item); text != "" {
			open = append(open, text)
		}
	}
	return open
}

// Waits says what an item waits for, empty when it holds nothing up.
func Waits(item Item) string {
	switch item := item.(type) {
	case Question:
		if item.Required && item.Value == "" {
			return "answer " + quoted(item.Label)
		}
	case Tick:
		if !item.Optional && item.Set == nil && item.Doubt != "" {
			return "settle " + quoted(item.Text)
		}
		if !item.Optional && item.Set == nil {
			return "tick " + quoted(item.Text)
		}
	case Task:
		if item.Required && !item.Complete {
			return "run " + quoted(item.Label)
		}
	}
	return ""
}

func quoted(text string) string { return "\"" + strings.TrimRight(text, ".: ") + "\"" }
