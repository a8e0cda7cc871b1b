package migration_test

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// knows tells the proof which offerings the site has.
func (s *story) knows(offerings []wp.Offering, unread ...string) {
	s.t.Helper()
	if err := migration.SaveOfferings(s.deps.Folder, offerings); err != nil {
		s.t.Fatal(err)
	}
	if len(unread) > 0 {
		s.edit(migration.OfferingsFile, func(text string) string {
			return strings.TrimSuffix(strings.TrimSpace(text), "}") + `, "unread": ["` + strings.Join(unread, `","`) + `"]}`
		})
	}
}

// TestEveryMemberAndPageIsComparedByTheRuleOfTheOfferings changes tags at random in the CRM, and compares with the rule worked out the slow way.
func TestEveryMemberAndPageIsComparedByTheRuleOfTheOfferings(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.knows(s.site.Offerings)
		all := s.sandbox.Contents().Tags
		s.change(func(contents *sandbox.Contents) {
			contents.Tags = append(contents.Tags, "Yoga Basics Revoke", "Library Revoke")
			for i := range contents.Contacts {
				contact := &contents.Contacts[i]
				switch i % 4 {
				case 0:
					contact.Tags = contact.Tags[:len(contact.Tags)/2]
				case 1:
					contact.Tags = append(slices.Clone(contact.Tags), []string{"Yoga Basics Revoke", "Library Revoke", all[i%len(all)]}[i%3])
				}
				slices.Sort(contact.Tags)
				contact.Tags = slices.Compact(contact.Tags)
			}
		})
		lost, gained := s.theSlowWay()
		proof := s.prove()
		if proof.Access.Lost != lost || proof.Access.Gained != gained || lost == 0 || gained == 0 || proof.Access.Pages != 10 {
			t.Errorf("by the rule %d lose and %d gain; the proof says %s", lost, gained, proof.Access.Sentence())
		}
	})
}

// theSlowWay counts who loses and who gains a page, by wp.Offering.Opens.
func (s *story) theSlowWay() (lost, gained int) {
	contents := s.sandbox.Contents()
	for _, person := range s.site.People {
		i := slices.IndexFunc(contents.Contacts, func(c sandbox.Contact) bool { return strings.EqualFold(c.Email, strings.TrimSpace(person.Email)) })
		if i < 0 {
			continue
		}
		loses, gains := false, false
		for _, offering := range s.site.Offerings {
			for _, page := range offering.Pages {
				had := offering.Opens(page, func(tag string) bool { return slices.Contains(person.Tags, tag) })
				has := offering.Opens(page, func(tag string) bool { return slices.Contains(contents.Contacts[i].Tags, tag) })
				loses, gains = loses || had && !has, gains || has && !had
			}
		}
		if loses {
			lost++
		}
		if gains {
			gained++
		}
	}
	return lost, gained
}

// TestARevokeTagThatNobodyHasOnTheSiteShutsPages puts a tag on a contact that is among nobody's tags: where a CRM tells who has a tag only when asked, it has to be asked.
func TestARevokeTagThatNobodyHasOnTheSiteShutsPages(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.knows([]wp.Offering{{Key: "circle", Name: "Inner Circle", Base: "Inner Circle Member", Revoke: "Never used before", Pages: []wp.OfferingPage{{ID: 1, Title: "Circle home"}}}})
		s.sendEverybody()
		s.prove()
		s.tagByHand("everything@example.com", "Never used before")
		if proof := s.prove(); proof.Access.Lost != 1 || !strings.Contains(s.all(migration.AccessFile), "Circle home") {
			t.Error(proof.Access.Sentence())
		}
	})
}

// TestAnOfferingWithoutPagesIsComparedAsAWhole is the second best: member by offering.
func TestAnOfferingWithoutPagesIsComparedAsAWhole(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "ontraport", 60, sandbox.Options{})
		s.sendEverybody()
		s.prove()
		s.knows([]wp.Offering{{Key: "circle", Name: "Inner Circle", Base: "Inner Circle Member"}})
		if proof := s.prove(); proof.Access.Offerings != 1 || !strings.Contains(proof.Access.Sentence(), "keep all 1 offerings") {
			t.Error(proof.Access.Sentence())
		}
		s.untagByHand("everything@example.com", "Inner Circle Member")
		if proof := s.prove(); proof.Access.Lost != 1 || !strings.Contains(s.all(migration.AccessFile), ",Inner Circle,") {
			t.Error(proof.Access.Sentence())
		}
	})
}

// TestWhatAnUnreadOfferingMayHangOnIsNeverTakenForKept adds a tag that no offering names which could be read.
func TestWhatAnUnreadOfferingMayHangOnIsNeverTakenForKept(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newStory(t, "keap", 60, sandbox.Options{})
		s.sendEverybody()
		s.prove()
		s.tagByHand("revoked@example.com", "Teacher Training Module 1")
		yoga := s.site.Offerings[:1]
		s.knows(yoga)
		if proof := s.prove(); proof.Access.Gained != 0 {
			t.Errorf("all offerings are known, and the tag opens none of their pages: %s", proof.Access.Sentence())
		}
		s.knows(yoga, "A second offering")
		if proof := s.prove(); proof.Access.Gained != 1 || proof.Access.Unread != 1 || !strings.Contains(s.all(migration.AccessFile), "the tag Teacher Training Module 1") {
			t.Errorf("%s", proof.Access.Sentence())
		}
	})
}

// TestAModuleWithoutATagOfItsOwnHangsOnTheBaseTag loses the base tag of a member whose course has such a module.
func TestAModuleWithoutATagOfItsOwnHangsOnTheBaseTag(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		s.prove()
		s.knows([]wp.Offering{{Key: "circle", Name: "Inner Circle", Base: "Inner Circle Member", Modules: map[string]string{"1": "Nobody has this"},
			Pages: []wp.OfferingPage{{ID: 1, Title: "Welcome", Module: "1"}, {ID: 2, Title: "Bonus", Module: "2"}}}})
		if proof := s.prove(); proof.Access.Lost != 0 || proof.Access.Gained != 0 {
			t.Fatalf("nothing was changed, and the proof says %s", proof.Access.Sentence())
		}
		losing := 0
		s.change(func(contents *sandbox.Contents) {
			for i := range contents.Contacts {
				contact := &contents.Contacts[i]
				if before := len(contact.Tags); losing < 2 {
					contact.Tags = slices.DeleteFunc(contact.Tags, func(tag string) bool { return tag == "Inner Circle Member" })
					losing += before - len(contact.Tags)
				}
			}
		})
		if proof := s.prove(); losing != 2 || proof.Access.Lost != losing {
			t.Errorf("%d members lost the base tag, and the proof says %s", losing, proof.Access.Sentence())
		}
	})
}

// TestWhoIsUnsubscribedMayBeHidden has a member with all tags who gets no mail from the CRM: where AccessAlly may not see such a contact, access is not decidable.
func TestWhoIsUnsubscribedMayBeHidden(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sendEverybody()
		for _, state := range []string{"unsubscribed", "bounced"} {
			s.change(func(contents *sandbox.Contents) {
				for i := range contents.Contacts {
					if contents.Contacts[i].Email == "everything@example.com" {
						contents.Contacts[i].State = state
					}
				}
			})
			proof, want := s.prove(), 0
			if s.deps.CRM.Features().InactiveHidden != "" {
				want = 1
			}
			if proof.Access.Hidden != want || proof.Access.Undecided != want || proof.Access.Lost != 0 || (proof.Access.Kept == proof.Members) == (want == 1) {
				t.Errorf("%s: %d hidden; %s", state, proof.Access.Hidden, proof.Access.Sentence())
			}
		}
	})
}
