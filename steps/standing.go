package steps

import (
	"allyswitch/wizard/checkpoint"
)

// Standing is how far a step is in numbers, for an overview: what is open first. It is empty where a step has nothing to count, or nothing was counted yet.
func Standing(state *checkpoint.State, id string) string {
	has := func(key string) int64 { return count(state, id, key) }
	switch {
	case state.Steps[id] == nil:
	case id == Import && note(state, Import, "fingerprint") != "":
		return say("%d still to go, %d refused, %d left out, %d taken", has("waiting"), has("failed"), has("skipped"), has("arrived"))
	case id == Tags && note(state, Tags, "proof") != "":
		return say("%d {member|members} with gaps, %d compared", has("gaps"), has("members"))
	case id == CRMSetup && note(state, CRMSetup, "asked") != "":
		return say("%d not there, %d not to be told, %d there", has("missing"), has("unknown"), has("there"))
	case id == TagReview && note(state, TagReview, "read") != "":
		return say("%d {place|places} still to do, of which %d to look at and %d not read; %d done, %d settled by you", has("todo")+has("look")+has("unreadable"), has("look"), has("unreadable"), has("done"), has("settled"))
	case id == Automations && has("offerings") > 0:
		return offeringsWords(state)
	case id == LinkUsers && note(state, LinkUsers, "links") != "":
		return note(state, LinkUsers, "links")
	case id == Payments && note(state, Payments, "orders") != "":
		return say("%d {order|orders} still open; ", has("orders-open")) + note(state, Payments, "orders")
	case id == Test && has("controls") > 0:
		passed, failed := controlsCount(state)
		return say("%d {person|people} to test with: %d as it should be, %d not", has("controls"), passed, len(failed))
	}
	return ""
}
