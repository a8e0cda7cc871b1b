package steps

import (
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// siteFaultsKey is the answer that accepts what is not right on the site.
const siteFaultsKey = "test.accept-site"

// acceptance are the words that accept a number of changes, siteAcceptance those for what is not right on the site.
func acceptance(changes int64) string    { return fmt.Sprintf("accept %d", changes) }
func siteAcceptance(faults int64) string { return fmt.Sprintf("accept %d on the site", faults) }

// siteFaults are what the looks at the site have found that speaks against opening it, in words, and how many things that is.
func (s *step) siteFaults(state *checkpoint.State) (faults []string, many int64) {
	at, where := Test, "the list"
	if note(state, Test, "site-links")+note(state, Test, "site-users") == "" {
		at, where = LinkUsers, "step 11"
	}
	if n := count(state, at, "site-problems"); n > 0 {
		many += n
		faults = append(faults, say("%d {member is|members are} not on the site as they should be (see %s)", n, where))
	}
	if _, wrong := s.seenByHand(state); len(wrong) > 0 && !linksRead(state) {
		many += int64(len(wrong))
		faults = append(faults, say("%d {user|users} of step 11 {is|are} not linked rightly", len(wrong)))
	}
	if note(state, Test, "visitor") == "broken" {
		many++
		faults = append(faults, fmt.Sprintf("a visitor gets an error (status %d)", count(state, Test, "visitor-status")))
	}
	return faults, many
}

// siteFaultsQuestion holds the step until the site is right, or the owner accepts by its number what is not.
func (s *step) siteFaultsQuestion(state *checkpoint.State) []wizard.Item {
	faults, many := s.siteFaults(state)
	if many == 0 {
		return nil
	}
	words := siteAcceptance(many)
	return []wizard.Item{s.ask(state, wizard.Question{Key: siteFaultsKey, Label: "Finish although not everything on the site is right?", Required: true, Confirm: words,
		Help: fmt.Sprintf("Mend it and look again above. What is not right: %s. To finish all the same, type: %s", strings.Join(faults, "; "), words)})}
}

// everybody is how many members were compared.
func everybody(state *checkpoint.State) string {
	return members(count(state, Test, "kept") + count(state, Test, "lost") + count(state, Test, "undecided"))
}

// against is what speaks against passing and is not accepted, and what is accepted, each in words.
func (s *step) against(state *checkpoint.State) (open, accepted []string) {
	sort := func(yes bool, words ...string) {
		if yes {
			accepted = append(accepted, words...)
		} else {
			open = append(open, words...)
		}
	}
	if changes := accessChanges(state); changes > 0 {
		sort(state.Answer(Test, "test.accept") == acceptance(changes), say("the access of %d of %s changes", changes, everybody(state)))
	}
	if faults, many := s.siteFaults(state); many > 0 {
		sort(state.Answer(Test, siteFaultsKey) == siteAcceptance(many), faults...)
	}
	if _, failed := controlsCount(state); len(failed) > 0 {
		sort(false, say("the test with %d {person|people} went wrong", len(failed)))
	}
	if wokenDoubt(state) != "" {
		sort(false, "people entered an automation (see step 10)")
	}
	if s.cronDoubt(state) != "" {
		sort(false, "the site's scheduled tasks are late")
	}
	return open, accepted
}

// finalVerdict is all of it in a word and a sentence. It passes only when nothing on the page is open any more, so that it never says more than the step's
// own state.
func (s *step) finalVerdict(state *checkpoint.State, items []wizard.Item) []wizard.Fact {
	if note(state, Test, "access") == "" {
		return nil
	}
	open, accepted := s.against(state)
	verdict := func(mark wizard.Mark, format string, given ...any) []wizard.Fact {
		return []wizard.Fact{fact(mark, "Verdict", fmt.Sprintf(format, given...))}
	}
	byYourWord, all := strings.Join(accepted, "; "), everybody(state)
	todo := wizard.Pending(wizard.Sheet{Items: items})
	switch {
	case len(open) > 0:
		return verdict(wizard.MarkBad, "Not passed: %s. Settle this before the site is opened.", strings.Join(open, "; "))
	case len(todo) > 0 && len(accepted) > 0:
		return verdict(wizard.MarkPlain, "Not decided yet: %s, and you have accepted that. Still open: %s.", byYourWord, firstAndMore(todo))
	case len(todo) > 0:
		return verdict(wizard.MarkPlain, "Not decided yet: so far nothing wrong was found with %s. Still open: %s.", all, firstAndMore(todo))
	case len(accepted) > 0:
		return verdict(wizard.MarkWarn, "Accepted as it is: %s, and you have accepted that. The tests by hand went well.%s", byYourWord, notLinkedWords(state))
	case !linksRead(state):
		return verdict(wizard.MarkUnknown, "Passed as far as AllySwitch can see: all %s keep what they could open, and the tests by hand went well.%s", all, notLinkedWords(state))
	}
	return verdict(wizard.MarkGood, "Passed: all %s keep what they could open, and the tests by hand went well.", all)
}

// firstAndMore names the first of what is open, and how many more there are.
func firstAndMore(todo []string) string {
	if len(todo) == 1 {
		return todo[0]
	}
	return say("%s, and %d more", todo[0], len(todo)-1)
}

// notLinkedWords admit that nobody has read the contact IDs on the site, where that is so.
func notLinkedWords(state *checkpoint.State) string {
	if linksRead(state) {
		return ""
	}
	return " Not known: whether every user is linked to their contact on the site."
}
