package crm_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
)

// After a lost answer an update does not say that somebody else had made the contact: the first try may have. A contact that was known is only updated.
func TestWhatALostAnswerHasMadeIsOurs(t *testing.T) {
	for name, test := range map[string]struct {
		contact crm.Contact
		lost    bool
		result  crm.Result
	}{
		"nobody knew it, and an answer was lost":       {crm.Contact{Email: "ada@example.com"}, true, crm.Created},
		"it was known, and an answer was lost":         {crm.Contact{ID: "1", Email: "ada@example.com"}, true, crm.Updated},
		"nobody knew it, and the first answer says it": {crm.Contact{Email: "ada@example.com"}, false, crm.Updated},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				writes := 0
				f := &fake{features: crm.Features{UpsertBatch: 1, UpsertIdempotent: true}}
				f.upsert = func([]crm.Contact) ([]crm.Outcome, error) {
					if writes++; writes == 1 && test.lost {
						return nil, lost()
					}
					return []crm.Outcome{{ID: "1", Result: crm.Updated}}, nil
				}
				outcomes, err := open(t, f).Upsert(t.Context(), []crm.Contact{test.contact})
				if err != nil || outcomes[0].Result != test.result {
					t.Errorf("%+v, %v", outcomes, err)
				}
			})
		})
	}
}

// A write whose answer is lost must not make a second contact where the CRM would: it is looked up first, once reads have caught up.
func TestALostAnswerIsLookedUpBeforeAnythingIsSentAgain(t *testing.T) {
	for name, test := range map[string]struct {
		arrived, whole, idempotent bool
		writes, looks              int
		result                     crm.Result
	}{
		"it had arrived":                       {true, true, false, 1, 1, crm.Created},
		"it had arrived in part":               {true, false, false, 2, 1, crm.Created},
		"it had not arrived":                   {false, false, false, 2, 1, crm.Created},
		"a CRM that cannot make a second one":  {true, true, true, 2, 0, crm.Created},
		"nor when nothing of it had come over": {false, false, true, 2, 0, crm.Created},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, writes, looks := time.Now(), 0, 0
				f := &fake{features: crm.Features{UpsertBatch: 1, UpsertIdempotent: test.idempotent, ReadLag: 5 * time.Minute}}
				f.upsert = func(contacts []crm.Contact) ([]crm.Outcome, error) {
					if writes++; writes == 1 {
						return nil, lost()
					}
					return created(contacts), nil
				}
				f.find = func(email string) ([]crm.Contact, error) {
					looks++
					if time.Since(start) < 5*time.Minute {
						t.Error("looked before reads had caught up")
					}
					contact := crm.Contact{ID: "1", Email: email}
					if test.whole {
						contact.FirstName = "Ada"
					}
					if test.arrived {
						return []crm.Contact{contact}, nil
					}
					return nil, nil
				}
				outcomes, err := open(t, f).Upsert(t.Context(), []crm.Contact{{Email: "ada@example.com", FirstName: "Ada"}})
				if err != nil || writes != test.writes || looks != test.looks || outcomes[0].Result != test.result {
					t.Errorf("%d writes, %d looks, %+v, %v", writes, looks, outcomes, err)
				}
			})
		})
	}
}

// When the answer to creating a tag is lost, the list is read again before another is made.
func TestALostTagIsLookedForBeforeAnotherIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		creates := 0
		f := &fake{}
		f.create = func(name string) (crm.Tag, error) {
			creates++
			f.tags = append(f.tags, crm.Tag{ID: "7", Name: name})
			return crm.Tag{}, lost()
		}
		tag, err := open(t, f).EnsureTag(t.Context(), "VIP")
		if err != nil || tag.ID != "7" || creates != 1 || f.listings != 2 {
			t.Errorf("%+v, %v, %d created, %d listings", tag, err, creates, f.listings)
		}
	})
}

// Once an answer was lost, the owner's stop or a key taken back meanwhile must not make it look as if nothing had been sent.
func TestALostAnswerIsNotForgottenOverLaterTrouble(t *testing.T) {
	takenBack := &crm.Error{Kind: crm.KindAuth}
	for name, test := range map[string]struct {
		stopAfter time.Duration
		second    error
		find      error
	}{
		"stopped before the look-up": {stopAfter: 500 * time.Millisecond},
		"the look-up is refused":     {find: takenBack},
		"the second try is refused":  {second: takenBack},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.stopAfter > 0 {
					time.AfterFunc(test.stopAfter, cancel)
				}
				tries := 0
				try := func() error {
					if tries++; tries > 1 {
						return test.second
					}
					return lost()
				}
				f := &fake{features: crm.Features{UpsertBatch: 1, TagBatch: 1}}
				f.upsert = func([]crm.Contact) ([]crm.Outcome, error) { return nil, try() }
				f.apply = func([]crm.Target) ([]crm.Outcome, error) { return nil, try() }
				f.create = func(string) (crm.Tag, error) { return crm.Tag{}, try() }
				f.find = func(string) ([]crm.Contact, error) { return nil, test.find }
				client := open(t, f)
				contact := []crm.Contact{{Email: "ada@example.com"}}
				_, written := client.Upsert(ctx, contact)
				works := map[string]error{"written": written}
				if test.find == nil && test.stopAfter == 0 {
					tries = 0
					_, works["tagged"] = client.ApplyTag(ctx, crm.Tag{ID: "1", Name: "VIP"}, []crm.Target{{ID: "1"}})
					tries = 0
					_, works["made"] = client.EnsureTag(ctx, "VIP")
				}
				for what, err := range works {
					var trouble *crm.Error
					if !errors.As(err, &trouble) || !trouble.Sent {
						t.Errorf("it may have been %s, and the error says that nothing was sent: %v", what, err)
					}
				}
				if takenBack.Sent {
					t.Error("the driver's own error was changed")
				}
			})
		})
	}
}
