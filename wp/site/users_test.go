package site_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

func ways() []site.Way { return []site.Way{site.ByCompanion, site.ByREST, site.ByXMLRPC} }

func TestEveryWayReadsTheMembersOfTheCleanedExport(t *testing.T) {
	for _, people := range []int{17, 99, 100, 101, 199, 200, 298, 299, 1003, 2045, 4501} {
		story := newStory(t, people)
		members := exported(t, story.fake)
		for _, way := range ways() {
			var last site.Progress
			users, reading, err := story.read(site.ReadOptions{Way: way, Progress: func(p site.Progress) { last = p }})
			if err != nil {
				t.Fatalf("%s, %d people: %v", way, people, err)
			}
			sameMembers(t, users, members)
			if reading.Cursor.Read != len(members) || last.Read != len(members) || last.Waiting != "" || reading.Way != way {
				t.Errorf("%s: reading %+v, progress %+v", way, reading, last)
			}
			if way != site.ByXMLRPC && (reading.Before != len(members) || reading.After != len(members)) {
				t.Errorf("%s: totals %+v", way, reading)
			}
		}
	}
}

func TestWhatIsReadGoesThroughCleanLikeTheDownloadedFile(t *testing.T) {
	story := newStory(t, 120)
	clean := func(file []byte) (members, rejected string) {
		var kept, out bytes.Buffer
		if _, err := wp.Clean(context.Background(), bytes.NewReader(file), wp.CleanOptions{}, &kept, &out); err != nil {
			t.Fatal(err)
		}
		return kept.String(), out.String()
	}
	wantMembers, wantRejected := clean(story.fake.Export())
	for _, way := range ways() {
		var file bytes.Buffer
		writer := wp.NewStoredWriter(&file)
		if _, err := story.find().Users(context.Background(), site.ReadOptions{Way: way}, func(user site.User) error { return writer.Write(user.Stored) }); err != nil {
			t.Fatal(err)
		}
		if err := writer.Flush(); err != nil {
			t.Fatal(err)
		}
		members, rejected := clean(file.Bytes())
		if members != wantMembers {
			t.Errorf("%s: members.csv differs", way)
		}
		if strings.Count(rejected, "\n") != strings.Count(wantRejected, "\n") || !strings.Contains(rejected, "not-an-address") {
			t.Errorf("%s: rejected.csv is\n%s\nnot\n%s", way, rejected, wantRejected)
		}
	}
}

func TestTheCompanionAlsoTellsContactIDsAndTags(t *testing.T) {
	story := newStory(t, 40)
	users, _, err := story.read(site.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	byLogin := map[string]site.User{}
	for _, user := range users {
		byLogin[user.Login] = user
	}
	if plus := byLogin["plus"]; plus.ContactID == nil || *plus.ContactID != "500004" || len(plus.Tags) != 1 || plus.Mark == "" {
		t.Errorf("plus: %+v", plus)
	}
	if admin := byLogin["admin"]; admin.ContactID == nil || *admin.ContactID != "" || admin.Tags == nil || len(admin.Tags) != 0 {
		t.Errorf("the administrator has neither, which is known: %+v", admin)
	}
	users, _, err = story.read(site.ReadOptions{AccountsOnly: true})
	if err != nil || users[1].ContactID != nil || users[1].Tags != nil {
		t.Errorf("not asked for is unknown: %+v, %v", users[1], err)
	}
	story.Set(wptest.NoAccessAlly, true)
	users, _, err = story.read(site.ReadOptions{})
	if err != nil || users[1].ContactID != nil || users[1].Tags != nil {
		t.Errorf("unreadable is unknown: %+v, %v", users[1], err)
	}
}

func TestOnlyWhoJoinedSince(t *testing.T) {
	story := newStory(t, 60)
	users, _, err := story.read(site.ReadOptions{Way: site.ByCompanion, RegisteredSince: "2022-01-01 00:00:00"})
	if err != nil || len(users) == 0 || len(users) == 60 {
		t.Fatalf("%d users, %v", len(users), err)
	}
	for _, user := range users {
		if user.Registered < "2022-01-01 00:00:00" {
			t.Errorf("%s registered %s", user.Login, user.Registered)
		}
	}
	if _, _, err := story.read(site.ReadOptions{Way: site.ByREST, RegisteredSince: "2022-01-01 00:00:00"}); err == nil {
		t.Error("REST cannot select by date, and must not read everybody instead")
	}
}

func TestWhatPassesByItselfIsWaitedForAndNothingIsLost(t *testing.T) {
	for _, condition := range []wptest.Condition{wptest.HalfPages, wptest.ServerErrors, wptest.SlowPages} {
		for _, way := range ways() {
			if way == site.ByXMLRPC || condition == wptest.ServerErrors && way == site.ByCompanion {
				continue
			}
			t.Run(string(condition)+" "+string(way), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					story := newStory(t, 450, condition)
					var reasons []string
					users, _, err := story.read(site.ReadOptions{Way: way, Progress: func(p site.Progress) {
						if p.Waiting != "" {
							reasons = append(reasons, p.Waiting)
						}
					}})
					if err != nil {
						t.Fatal(err)
					}
					sameMembers(t, users, exported(t, story.fake))
					if len(reasons) == 0 {
						t.Error("nobody was told why nothing happened")
					}
				})
			})
		}
	}
}

func TestWhatDoesNotPassIsNamed(t *testing.T) {
	for condition, kind := range map[wptest.Condition]site.Kind{
		wptest.HTMLAnswers: site.WebPage, wptest.EmptyAnswers: site.EmptyAnswer, wptest.ShortPages: site.ShortPage, wptest.NoAddresses: site.OddAnswer,
		wptest.MaintenanceMode: site.Maintenance, wptest.Firewall: site.Firewall,
	} {
		t.Run(string(condition), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				story := newStory(t, 250)
				found := story.find()
				story.Set(condition, true)
				read := 0
				reading, err := found.Users(context.Background(), site.ReadOptions{Way: site.ByREST}, func(site.User) error { read++; return nil })
				told(t, err, kind)
				if reading.Cursor.Read != read {
					t.Errorf("%d were handed on, the cursor says %d", read, reading.Cursor.Read)
				}
				story.Set(condition, false)
				if _, err := found.Users(context.Background(), site.ReadOptions{Way: site.ByREST, After: reading.Cursor}, func(site.User) error { read++; return nil }); err != nil || read != 250 {
					t.Errorf("going on: %d users, %v", read, err)
				}
			})
		})
	}
}

func TestNobodyIsMissedWhenPeopleAreDeletedMeanwhile(t *testing.T) {
	for _, way := range ways() {
		t.Run(string(way), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				story := newStory(t, 730, wptest.ShrinkingPages)
				users, reading, err := story.read(site.ReadOptions{Way: way})
				if err != nil {
					t.Fatal(err)
				}
				read := map[int64]int{}
				for _, user := range users {
					read[user.ID]++
				}
				for _, person := range story.People() {
					if read[person.ID] != 1 {
						t.Errorf("%s was read %d times", person.Login, read[person.ID])
					}
				}
				if way == site.ByREST && reading.Before == reading.After {
					t.Errorf("nobody was deleted: %+v", reading)
				}
			})
		})
	}
}

// spoiled is a site whose list of users is changed by change before it goes out.
func (s *story) spoiled(change func(r *http.Request, answer *http.Response)) *site.Site {
	settings := s.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		answer, err := sandbox.Transport(s.Handler).RoundTrip(r)
		if err == nil {
			change(r, answer)
		}
		return answer, err
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

func TestWhoJoinsMeanwhileIsReadToo(t *testing.T) {
	story := newStory(t, 150)
	found := story.find()
	read := 0
	reading, err := found.Users(context.Background(), site.ReadOptions{Way: site.ByREST}, func(site.User) error {
		if read++; read == 149 {
			if _, err := found.Create(context.Background(), wp.Member{Email: "late@example.com"}); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if err != nil || read != 151 || reading.Before != 150 || reading.After != 151 {
		t.Errorf("read %d, %+v, %v", read, reading, err)
	}
}

func TestAListInAnotherOrderIsRefused(t *testing.T) {
	story := newStory(t, 150)
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if query := r.URL.Query(); query.Get("orderby") == "id" {
			query.Set("orderby", "name")
			r = r.Clone(r.Context())
			r.URL.RawQuery = query.Encode()
		}
		return sandbox.Transport(story.Handler).RoundTrip(r)
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	_, err = found.Users(context.Background(), site.ReadOptions{Way: site.ByREST}, func(site.User) error { return nil })
	told(t, err, site.Shifting)
}

func TestAPluginThatIgnoresTheOffsetEndsInAnErrorAndNotInALoop(t *testing.T) {
	for _, people := range []int{150, 350} {
		story := newStory(t, people)
		settings := story.settings()
		settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			query := r.URL.Query()
			query.Del("offset")
			r = r.Clone(r.Context())
			r.URL.RawQuery = query.Encode()
			return sandbox.Transport(story.Handler).RoundTrip(r)
		})
		found, err := site.Find(context.Background(), settings, home)
		if err != nil {
			t.Fatal(err)
		}
		_, err = found.Users(context.Background(), site.ReadOptions{Way: site.ByREST}, func(site.User) error { return nil })
		told(t, err, site.Shifting)
	}
}

func TestReadingGoesOnWhereItStoppedInAnyWay(t *testing.T) {
	story := newStory(t, 512)
	members := exported(t, story.fake)
	stop := errors.New("stop")
	for _, first := range ways() {
		for _, second := range ways() {
			for _, at := range []int{1, 100, 101, 333, 512} {
				t.Run(fmt.Sprint(first, " then ", second, " after ", at), func(t *testing.T) {
					found := story.find()
					var users []site.User
					reading, err := found.Users(context.Background(), site.ReadOptions{Way: first}, func(user site.User) error {
						if len(users) == at {
							return stop
						}
						users = append(users, user)
						return nil
					})
					if at < 512 && !errors.Is(err, stop) || reading.Cursor.Read != at {
						t.Fatalf("%+v, %v", reading, err)
					}
					_, err = found.Users(context.Background(), site.ReadOptions{Way: second, After: reading.Cursor}, func(user site.User) error {
						users = append(users, user)
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					sameMembers(t, users, members)
				})
			}
		}
	}
}

func TestStoppingIsQuickAndNoDiagnosis(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		story := newStory(t, 450, wptest.SlowPages)
		found := story.find()
		ctx, stop := context.WithTimeout(context.Background(), 7*time.Second)
		defer stop()
		began := time.Now()
		_, err := found.Users(ctx, site.ReadOptions{Way: site.ByREST}, func(site.User) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 8*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		time.Sleep(time.Minute) // The made-up site wakes up.
	})
}

func TestASiteThatNeverAnswersIsGivenUpAndSaidSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settings := handled(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		_, err := site.Find(context.Background(), settings, home)
		told(t, err, site.Late)
	})
}

func TestNoMoreThanFourRequestsAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		story := newStory(t, 1900, wptest.SlowPages)
		began := time.Now()
		if _, _, err := story.read(site.ReadOptions{Way: site.ByREST}); err != nil {
			t.Fatal(err)
		}
		// 20 pages of 20 seconds, the first alone and then four at a time.
		if took := time.Since(began).Round(time.Second); took < 100*time.Second || took > 130*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestRolesWithAHoleAndDatesOfNobody(t *testing.T) {
	found := newStory(t, 20).spoiled(func(r *http.Request, answer *http.Response) {
		if !strings.HasSuffix(r.URL.Path, "/wp/v2/users") {
			return
		}
		body := `[{"id":1,"username":"a","email":"a@example.com","name":"A","first_name":"","last_name":"","roles":{"1":"customer","0":"subscriber"},"registered_date":"-001-11-30T00:00:00+00:00"}]`
		replace(answer, body)
		answer.Header.Set("X-WP-Total", "1")
	})
	var users []site.User
	_, err := found.Users(context.Background(), site.ReadOptions{Way: site.ByREST}, func(user site.User) error { users = append(users, user); return nil })
	if err != nil || len(users) != 1 || !slices.Equal(users[0].Roles, []string{"subscriber", "customer"}) || users[0].Registered != "" {
		t.Errorf("%+v, %v", users, err)
	}
}

func TestIDsMayHaveHolesAndHeaps(t *testing.T) {
	story := newStory(t, 5000)
	for i := range story.fake.People {
		switch person := &story.fake.People[i]; {
		case i >= 4998:
			person.ID = int64(40_000_000 + i)
		case i >= 2500:
			person.ID = int64(9_000_000 + i)
		}
	}
	story.Handler = story.fake.Handler()
	members := exported(t, story.fake)
	for _, way := range ways() {
		users, _, err := story.read(site.ReadOptions{Way: way})
		if err != nil {
			t.Fatal(err)
		}
		sameMembers(t, users, members)
	}
	if asked := len(story.Requests()); asked > 120 {
		t.Errorf("%d requests", asked)
	}
}

func TestAReadingThroughTheCompanionGoesOnInTheMidstOfRanges(t *testing.T) {
	story := newStory(t, 9000)
	members := exported(t, story.fake)
	stop := errors.New("stop")
	var users []site.User
	var cursor site.Cursor
	for _, at := range []int{1999, 2000, 2001, 5678, 9000} {
		reading, err := story.find().Users(context.Background(), site.ReadOptions{Way: site.ByCompanion, After: cursor}, func(user site.User) error {
			if len(users) == at {
				return stop
			}
			users = append(users, user)
			return nil
		})
		if at < 9000 && !errors.Is(err, stop) || at == 9000 && err != nil {
			t.Fatal(err)
		}
		cursor = reading.Cursor
	}
	sameMembers(t, users, members)
}
