package crm

import (
	"errors"
	"slices"
	"strings"
)

// Trigger is one way in which an automation starts.
type Trigger struct {
	Kind TriggerKind
	// Word is what the CRM calls it ("tagadd", "sign-up"), empty when it does not say.
	Word string
	// Tag is the name of the tag, for TriggerTag; empty when the CRM does not tell which.
	Tag string
}

// TriggerKind says what of ours could set a trigger off.
type TriggerKind string

// The kinds of triggers. What a driver does not know for certain is TriggerUnknown: then anything may set it off.
const (
	TriggerUnknown TriggerKind = ""
	// TriggerTag is a tag that is put on a contact.
	TriggerTag TriggerKind = "tag"
	// TriggerWrite is anything else that writing contacts may bring about: a new contact, a list, a changed field, a date in a field.
	TriggerWrite TriggerKind = "write"
	// TriggerElse is what writing contacts and tags never brings about: a click, a form, a purchase, a tag that is taken away.
	TriggerElse TriggerKind = "else"
)

// TriggerTags are the names of the tags that start the automation, as far as the CRM tells: see TagsKnown.
func (a Automation) TriggerTags() []string {
	var tags []string
	for _, trigger := range a.Triggers {
		if trigger.Kind == TriggerTag && trigger.Tag != "" && !slices.Contains(tags, trigger.Tag) {
			tags = append(tags, trigger.Tag)
		}
	}
	return tags
}

// TagsKnown says that no other tag than TriggerTags starts the automation: all its triggers were read and understood, and each tag has its name.
func (a Automation) TagsKnown() bool {
	return a.TriggersKnown && !slices.ContainsFunc(a.Triggers, func(t Trigger) bool {
		return t.Kind == TriggerUnknown || t.Kind == TriggerTag && t.Tag == ""
	})
}

// TagsAlone says that of all that is written nothing but TriggerTags starts the automation: not a new contact, nor a changed field.
func (a Automation) TagsAlone() bool {
	return a.TagsKnown() && !slices.ContainsFunc(a.Triggers, func(t Trigger) bool { return t.Kind == TriggerWrite })
}

// StartedBy says in words what starts the automation, as far as the CRM tells; empty when it tells nothing.
func (a Automation) StartedBy() string {
	var all []string
	for _, trigger := range a.Triggers {
		words := trigger.Word
		if trigger.Kind == TriggerTag && trigger.Tag != "" {
			words = "the tag " + trigger.Tag
		}
		if words = printable(words); words != "" && !slices.Contains(all, words) {
			all = append(all, words)
		}
	}
	return strings.Join(all, ", ")
}

// ReadTriggers asks of each automation what starts it, one after the other. What the CRM does not answer, or answers in half, leaves the automation as it
// was listed, unknown; so does an empty answer, and one that lacks a trigger which the list has named. When the CRM shows that it does not tell this key at
// all, the others are not asked. What counts is returned: the network failed, or the key.
func ReadTriggers(automations []Automation, ask func(Automation) ([]Trigger, error)) error {
	for i, automation := range automations {
		triggers, err := ask(automation)
		if Untold(err) {
			return nil
		}
		if err != nil && !halfAnswered(err) {
			return err
		}
		if len(triggers) > 0 {
			automations[i].Triggers, automations[i].TriggersKnown = triggers, !lacks(triggers, automation.Triggers)
		}
	}
	return nil
}

// lacks says that one of the listed triggers is not among those that were read.
func lacks(read, listed []Trigger) bool {
	words := map[string]int{}
	for _, trigger := range read {
		words[trigger.Word]++
	}
	return slices.ContainsFunc(listed, func(trigger Trigger) bool {
		words[trigger.Word]--
		return words[trigger.Word] < 0
	})
}

// Untold says that the CRM does not tell something to this key, or not at all, so that asking again would not help.
func Untold(err error) bool {
	for _, kind := range []Kind{KindUnsupported, KindNotFound, KindPermission, KindWrongAddress, KindPlanLimit} {
		if IsKind(err, kind) {
			return true
		}
	}
	return false
}

// halfAnswered says that an answer came and cannot be read, or that the question was refused: that says nothing.
func halfAnswered(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Kind == KindInvalid || failed.Kind == KindTemporary && failed.Status >= 200 && failed.Status < 300
}
