package steps

import (
	"context"
	"fmt"
	"slices"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// The answers about what one person bought.
const (
	keyMemberOffering = "member.offering"
	keyMemberTag      = "member.tag"
	keyMemberAccept   = "member.accept"
	// boughtNothing says that the tags are right as they are.
	boughtNothing = "nothing"
)

// memberStartsWords is what to type to let start what the tag could start for one person.
const memberStartsWords = "let it start"

// bought is what one person bought, seen on their contact.
type bought struct {
	// tag opens it, empty when nothing is to be added; others open it as well; closes takes the access away, empty where that is not known.
	tag    string
	others []string
	closes string
	// known says that the contact's tags could be read, has that one that opens it is among them, closed that the one that takes it away is.
	known, has, closed bool
}

func (s *step) bought(state *checkpoint.State) bought {
	var found bought
	switch answer := state.Answer(AddMember, keyMemberOffering); answer {
	case "", boughtNothing:
	case typedTags:
		found.tag = state.Answer(AddMember, keyMemberTag)
	default:
		if offering, chosen := s.offering(state, answer); chosen {
			found.tag, found.others, found.closes = opener(offering), []string{offering.Instant}, offering.Revoke
		}
	}
	tags := lines(note(state, AddMember, "contact.tags"))
	found.known = note(state, AddMember, "contact.tags-known") != ""
	found.closed = found.closes != "" && slices.Contains(tags, found.closes)
	found.has = slices.ContainsFunc(tags, func(tag string) bool { return tag == found.tag || slices.Contains(found.others, tag) })
	return found
}

// boughtSettled says that it is known what the person bought, and that the contact has its tag, or needs none.
func (s *step) boughtSettled(state *checkpoint.State) bool {
	found, question := s.bought(state), s.boughtQuestion(state)
	switch {
	case question.Value == "" || found.closed:
		return false
	case question.Value == boughtNothing:
		return true
	}
	return found.tag != "" && (found.has || !found.known && ticked(state, AddMember, "has-tag"))
}

func (s *step) boughtQuestion(state *checkpoint.State) wizard.Question {
	return s.choose(state, wizard.Question{Key: keyMemberOffering, Label: "What did the person buy?", Required: true, Help: "The contact needs the tag that opens it. Without it the person logs in and sees nothing.",
		Choices: append(offeringChoices(s.offerings(state)), wizard.Choice{Value: typedTags, Label: "Something else: I type its tag"}, wizard.Choice{Value: boughtNothing, Label: "Nothing new: the tags of the contact are right"})})
}

// boughtItems see to it that the contact has the tag of what was bought. Nothing is put on before it is known what that could start.
func (s *step) boughtItems(state *checkpoint.State, name string) []wizard.Item {
	question := s.boughtQuestion(state)
	items := []wizard.Item{question}
	if question.Value == typedTags {
		items = append(items, s.ask(state, wizard.Question{Key: keyMemberTag, Label: "The tag that opens it", Required: true, Help: "Exactly as in AccessAlly, with its capitals: AccessAlly, Offerings, an offering, Permissions."}))
	}
	found := s.bought(state)
	if found.closed {
		tick := s.tick(state, wizard.Tick{Key: "closed", Text: "The contact does not have the tag any more that takes this away: " + found.closes,
			Look: "why it was put on: a subscription that ended, or a payment that failed. If the person may come back, take it off in " + name + ", then find the contact again above."})
		items = append(items, doubt(tick, "the contact had it when AllySwitch looked. Find the contact again."))
	}
	switch {
	case found.tag == "":
	case !found.known:
		items = append(items, s.tick(state, wizard.Tick{Key: "has-tag", Text: fmt.Sprintf("The contact has the tag %s in %s", found.tag, name),
			Look: "AllySwitch could not read its tags. Before you put the tag on, look which automation it starts: it may mail the person."}))
	case !found.has:
		items = append(append(items, s.startsOf(state, memberStarts(found.tag))...), s.tagPersonTask(state, found.tag))
	}
	return items
}

// memberStarts is the look at what could start for one person.
func memberStarts(tag string) toolStarts {
	return toolStarts{tags: []string{tag}, accept: keyMemberAccept, words: memberStartsWords, whom: "the person"}
}

func (s *step) tagPersonTask(state *checkpoint.State, tag string) wizard.Task {
	email, look := state.Answer(AddMember, "member.email"), memberStarts(tag)
	allowed := s.allowed(state, look)
	return s.crmTask(state, wizard.Task{Key: "tag", Label: "Put the tag " + tag + " on the contact", Required: true,
		Locked: lockedUnless(s.startsDecided(state, look), "See, and decide, what the tag could start first."), Help: "Nothing else about the contact changes. It is read again afterwards."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			person, err := migration.TagPerson(ctx, deps, email, tag, allowed, report)
			if err != nil {
				return nil, err
			}
			return keepPerson(person), nil
		})
}

// boughtFacts say whether the contact has the tag of what was bought.
func (s *step) boughtFacts(state *checkpoint.State) []wizard.Fact {
	found := s.bought(state)
	if !found.known || note(state, AddMember, "contact.found") != "one" {
		return nil
	}
	var facts []wizard.Fact
	switch {
	case found.has:
		facts = append(facts, fact(wizard.MarkGood, "Bought", "the contact has a tag that opens it"))
	case found.tag != "":
		facts = append(facts, fact(wizard.MarkWarn, "Bought", "the contact does not have the tag that opens it: "+found.tag))
		facts = append(facts, s.startsFacts(state, memberStarts(found.tag))...)
	case s.boughtQuestion(state).Value == boughtNothing && note(state, AddMember, "contact.tags") == "":
		facts = append(facts, fact(wizard.MarkWarn, "Bought", "the contact has no tag at all: the person will log in, and open nothing that hangs on a tag"))
	}
	if found.closed {
		facts = append(facts, fact(wizard.MarkBad, "Taken away", "the contact has the tag "+found.closes+", and nobody who has it opens the offering"))
	}
	return facts
}
