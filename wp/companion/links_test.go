package companion_test

import (
	"testing"

	"allyswitch/wp/wptest/realsite"
)

// manyLinks are links for more people than the companion looks at together, of every sort in turn, with what is to become of each.
func manyLinks(t *testing.T, site *realsite.Site) (links []link, want []result) {
	t.Helper()
	for i, u := range linked(t, site) {
		moved, wrong := "9"+*u.ContactID, "not this"
		switch i % 4 {
		case 0:
			links, want = append(links, link{u.ID, moved, u.ContactID}), append(want, result{u.ID, "set", u.ContactID, &moved})
		case 1:
			links, want = append(links, link{u.ID, *u.ContactID, nil}), append(want, result{u.ID, "already", u.ContactID, u.ContactID})
		case 2:
			links, want = append(links, link{u.ID, moved, &wrong}), append(want, result{u.ID, "changed", u.ContactID, u.ContactID})
		case 3:
			links, want = append(links, link{u.ID + 5_000_000, moved, nil}), append(want, result{u.ID + 5_000_000, "not_found", nil, nil})
		}
	}
	return links, want
}

// linked are people of whom everyone has a contact ID of his own.
func linked(t *testing.T, site *realsite.Site) []user {
	t.Helper()
	var list []user
	seen := map[string]bool{"": true, "error": true}
	for _, u := range everybody(t, site, 2000, "&with=contact_id") {
		if u.ContactID != nil && !seen[*u.ContactID] && len(list) < 400 {
			seen[*u.ContactID] = true
			list = append(list, u)
		}
	}
	return list
}

// putBack sets what was there before, when the test ends.
func putBack(t *testing.T, site *realsite.Site, results []result) {
	t.Helper()
	var back []link
	for _, r := range results {
		if r.Result == "set" {
			back = append(back, link{r.UserID, *r.Before, r.After})
		}
	}
	if counts := post[written](t, site, "/contact-ids", map[string]any{"links": back}).Counts; counts["set"] != len(back) {
		t.Errorf("of %d contact IDs to put back: %v", len(back), counts)
	}
}

func TestEachLinkOfALongRequestHasItsOwnResult(t *testing.T) {
	site := realsite.Open(t)
	links, want := manyLinks(t, site)
	answer := post[written](t, site, "/contact-ids", map[string]any{"links": links})
	defer putBack(t, site, answer.Results)
	if len(answer.Results) != len(want) {
		t.Fatalf("%d results for %d links", len(answer.Results), len(want))
	}
	for i, got := range answer.Results {
		if got.UserID != want[i].UserID || got.Result != want[i].Result || deref(got.Before) != deref(want[i].Before) || deref(got.After) != deref(want[i].After) {
			t.Errorf("link %d: user %d %s from %s to %s, want user %d %s from %s to %s", i, got.UserID, got.Result, deref(got.Before), deref(got.After),
				want[i].UserID, want[i].Result, deref(want[i].Before), deref(want[i].After))
		}
	}
	for _, u := range everybody(t, site, 2000, "&with=contact_id") {
		for _, w := range want {
			if w.UserID == u.ID && deref(u.ContactID) != deref(w.After) {
				t.Errorf("user %d has %s, want %s", u.ID, deref(u.ContactID), deref(w.After))
			}
		}
	}
}

// WordPress itself needs two queries to write a value; whatever more a link costs is time that an owner waits.
func TestALinkCostsHardlyMoreQueriesThanItsWriting(t *testing.T) {
	site := realsite.Open(t)
	queries := func(people []user) (int, []result) {
		var links []link
		for _, u := range people {
			links = append(links, link{u.ID, "9" + *u.ContactID, u.ContactID})
		}
		answer := post[written](t, site, "/contact-ids", map[string]any{"links": links})
		if answer.Counts["set"] != len(links) {
			t.Fatalf("of %d links: %v", len(links), answer.Counts)
		}
		return answer.Queries, answer.Results
	}
	people := linked(t, site)
	one, first := queries(people[:1])
	all, rest := queries(people[1:])
	putBack(t, site, append(first, rest...))
	if each := float64(all-one) / float64(len(people)-2); each > 2.4 {
		t.Errorf("a link costs %.1f queries, %d for %d people and %d for one", each, all, len(people)-1, one)
	}
}
